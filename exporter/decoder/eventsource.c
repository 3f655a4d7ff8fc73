#include "exporter/decoder/eventsource.h"

#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "config/fnv.h"
#include "exporter/base/bytes.h"

enum {
	CHUNK_EVENT_ID = 0xfffe,

	/* The envelope in front of each chunk; the two versions between format and magic do not
	   matter. */
	ENVELOPE_FORMAT = 0,
	ENVELOPE_MAGIC = 3,
	ENVELOPE_TOTAL = 4,
	ENVELOPE_NUMBER = 6,
	ENVELOPE_BYTES = 8,

	FORMAT_XML = 1,
	MAGIC = 0x5b,
};

struct piece {
	uint8_t *bytes; /* NULL: not there yet */
	uint32_t length;
};

/* A manifest whose chunks are being gathered. */
struct gathering {
	uint8_t guid[16];
	uint32_t pid;
	uint16_t total, have;
	size_t bytes;	   /* of all that is held for it */
	uint64_t chunk_no; /* when the last of its chunks came, in chunks of all */
	struct gathering *next;
	struct piece pieces[];
};

struct known {
	uint64_t hash;
	UT_hash_handle hh;
};

struct eventsource {
	struct gathering *open; /* in no order */
	size_t open_count, open_bytes;
	uint64_t chunk_no;
	struct known *known;
	size_t known_count;
	uint64_t refused;
};

struct eventsource *eventsource_new(void)
{
	return calloc(1, sizeof(struct eventsource));
}

static void close_gathering(struct eventsource *eventsource, struct gathering *gathering)
{
	struct gathering **link = &eventsource->open;
	uint16_t i;

	while (*link != gathering)
		link = &(*link)->next;
	*link = gathering->next;
	eventsource->open_count--;
	eventsource->open_bytes -= gathering->bytes;
	for (i = 0; i < gathering->total; i++)
		free(gathering->pieces[i].bytes);
	free(gathering);
}

void eventsource_free(struct eventsource *eventsource)
{
	struct known *known, *next;

	if (!eventsource)
		return;
	while (eventsource->open)
		close_gathering(eventsource, eventsource->open);
	HASH_ITER(hh, eventsource->known, known, next)
	{
		HASH_DEL(eventsource->known, known);
		free(known);
	}
	free(eventsource);
}

bool eventsource_is(const struct event_record *record)
{
	return record->kind == RECORD_EVENT && record->id == CHUNK_EVENT_ID &&
	       record->payload_bytes >= ENVELOPE_BYTES &&
	       record->payload[ENVELOPE_FORMAT] == FORMAT_XML &&
	       record->payload[ENVELOPE_MAGIC] == MAGIC &&
	       le16(record->payload + ENVELOPE_NUMBER) < le16(record->payload + ENVELOPE_TOTAL);
}

static void give_up(struct eventsource *eventsource, struct gathering *gathering)
{
	eventsource->refused++;
	close_gathering(eventsource, gathering);
}

/* The one that has waited longest; NULL: none is open. */
static struct gathering *find_oldest(struct eventsource *eventsource)
{
	struct gathering *gathering, *oldest = eventsource->open;

	for (gathering = oldest; gathering; gathering = gathering->next)
		if (gathering->chunk_no < oldest->chunk_no)
			oldest = gathering;
	return oldest;
}

/* Makes room for `bytes` more, and gives up what is too old. */
static void make_room(struct eventsource *eventsource, size_t bytes, size_t gatherings)
{
	struct gathering *oldest;

	while ((oldest = find_oldest(eventsource))) {
		if (eventsource->open_count + gatherings <= EVENTSOURCE_OPEN_MAX &&
		    eventsource->open_bytes + bytes <= EVENTSOURCE_OPEN_BYTES_MAX &&
		    eventsource->chunk_no - oldest->chunk_no <= EVENTSOURCE_OPEN_CHUNKS_MAX)
			break;
		give_up(eventsource, oldest);
	}
}

static struct gathering *find_gathering(const struct eventsource *eventsource,
					const struct event_record *record)
{
	struct gathering *gathering;

	for (gathering = eventsource->open; gathering; gathering = gathering->next)
		if (gathering->pid == record->pid &&
		    memcmp(gathering->guid, record->guid, sizeof(gathering->guid)) == 0)
			break;
	return gathering;
}

static size_t gathering_bytes(uint16_t total)
{
	return sizeof(struct gathering) + total * sizeof(struct piece);
}

static struct gathering *open_gathering(struct eventsource *eventsource,
					const struct event_record *record, uint16_t total)
{
	struct gathering *gathering = calloc(1, gathering_bytes(total));

	if (!gathering)
		return NULL;
	memcpy(gathering->guid, record->guid, sizeof(gathering->guid));
	gathering->pid = record->pid;
	gathering->total = total;
	gathering->bytes = gathering_bytes(total);
	gathering->chunk_no = eventsource->chunk_no;
	gathering->next = eventsource->open;
	eventsource->open = gathering;
	eventsource->open_count++;
	eventsource->open_bytes += gathering->bytes;
	return gathering;
}

struct chunk {
	uint16_t total, number;
	const uint8_t *bytes; /* into the record */
	uint32_t length;
};

/* Whether the chunk is of another manifest than those that were gathered. */
static bool contradicts(const struct gathering *gathering, const struct chunk *chunk)
{
	const struct piece *piece;

	if (gathering->total != chunk->total)
		return true;
	piece = &gathering->pieces[chunk->number];
	return piece->bytes && (piece->length != chunk->length ||
				memcmp(piece->bytes, chunk->bytes, chunk->length) != 0);
}

/* What the chunk belongs to, with room for it. NULL: no memory. */
static struct gathering *gathering_for(struct eventsource *eventsource,
				       const struct event_record *record, const struct chunk *chunk)
{
	struct gathering *gathering = find_gathering(eventsource, record);

	if (gathering && contradicts(gathering, chunk)) {
		give_up(eventsource, gathering);
		gathering = NULL;
	}
	if (gathering)
		gathering->chunk_no = eventsource->chunk_no;
	make_room(eventsource, chunk->length + (gathering ? 0 : gathering_bytes(chunk->total)),
		  !gathering);
	/* It may have been too large itself. */
	gathering = find_gathering(eventsource, record);
	return gathering ? gathering : open_gathering(eventsource, record, chunk->total);
}

/* The gathering with the chunk added. NULL: no memory. */
static struct gathering *gather(struct eventsource *eventsource, const struct event_record *record)
{
	const struct chunk chunk = {
		.total = le16(record->payload + ENVELOPE_TOTAL),
		.number = le16(record->payload + ENVELOPE_NUMBER),
		.bytes = record->payload + ENVELOPE_BYTES,
		.length = record->payload_bytes - ENVELOPE_BYTES,
	};
	struct gathering *gathering = gathering_for(eventsource, record, &chunk);
	struct piece *piece = gathering ? &gathering->pieces[chunk.number] : NULL;

	if (!piece || piece->bytes)
		return gathering;
	piece->bytes = malloc(chunk.length ? chunk.length : 1);
	if (!piece->bytes)
		return NULL;
	memcpy(piece->bytes, chunk.bytes, chunk.length);
	piece->length = chunk.length;
	gathering->have++;
	gathering->bytes += chunk.length;
	eventsource->open_bytes += chunk.length;
	return gathering;
}

/* All pieces, without the zeros at the end; the caller frees it. NULL: no memory. */
static char *join(const struct gathering *gathering, size_t *length)
{
	char *xml = malloc(gathering->bytes);
	size_t at = 0;
	uint16_t i;

	if (!xml)
		return NULL;
	for (i = 0; i < gathering->total; i++) {
		memcpy(xml + at, gathering->pieces[i].bytes, gathering->pieces[i].length);
		at += gathering->pieces[i].length;
	}
	while (at && xml[at - 1] == '\0')
		at--;
	*length = at;
	return xml;
}

/* False: the manifest was there before, or there is no room to remember it. */
static bool remember(struct eventsource *eventsource, const uint8_t *guid, const char *xml,
		     size_t length)
{
	uint64_t hash = fnv_bytes(fnv_bytes(FNV_BEGIN, guid, 16), xml, length);
	struct known *known;

	HASH_FIND(hh, eventsource->known, &hash, sizeof(hash), known);
	if (known)
		return false;
	known = eventsource->known_count < EVENTSOURCE_KNOWN_MAX ? calloc(1, sizeof(*known)) : NULL;
	if (known) {
		known->hash = hash;
		HASH_ADD(hh, eventsource->known, hash, sizeof(hash), known);
		if (known->hh.tbl) {
			eventsource->known_count++;
			return true;
		}
	}
	free(known);
	eventsource->refused++;
	return false;
}

static bool add_manifest(struct eventsource *eventsource, const struct gathering *gathering,
			 struct manifests *manifests)
{
	size_t before = manifests_count(manifests), length;
	char *xml = join(gathering, &length);
	struct error error;

	if (xml && remember(eventsource, gathering->guid, xml, length) &&
	    manifests_add(manifests, "EventSource", xml, length, &error))
		eventsource->refused++;
	free(xml);
	return manifests_count(manifests) > before;
}

bool eventsource_learn(struct eventsource *eventsource, const struct event_record *record,
		       struct manifests *manifests)
{
	struct gathering *gathering;
	bool learnt;

	if (!eventsource_is(record))
		return false;
	eventsource->chunk_no++;
	gathering = gather(eventsource, record);
	if (!gathering || gathering->have < gathering->total)
		return false;
	learnt = add_manifest(eventsource, gathering, manifests);
	close_gathering(eventsource, gathering);
	return learnt;
}

uint64_t eventsource_refused(const struct eventsource *eventsource)
{
	return eventsource->refused;
}
