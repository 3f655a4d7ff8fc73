#include "exporter/decoder/decoding.h"

#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "exporter/decoder/decoder.h"

/* Event types whose schemas are remembered, and the memory for it. */
#define ENTRIES_MAX 65536
#define BYTES_MAX   ((size_t)256 << 20)

/* In a key's kind, beside the record kind. */
#define STRING_ONLY 0x80

/* What schemas are remembered by; behind it stands the TraceLogging metadata, where there is some.
 */
struct key {
	uint8_t guid[16];
	uint16_t id;
	uint16_t version;
	uint8_t opcode;
	uint8_t kind; /* and whether it is one string */
	uint16_t schema_bytes;
	uint8_t schema[];
};

struct entry {
	const struct schema *schema; /* NULL: none is known */
	struct schema *owned;	     /* the same, where nobody else has it */
	uint64_t generation;	     /* of the knowledge it was looked for with */
	struct tdh_asked asked;
	UT_hash_handle hh;
	struct key key;
};

struct decoding {
	struct decoder_state state;
	struct entry *entries;
	size_t entry_count;
	size_t bytes; /* of entries, and of the schemas that they own */
	uint64_t generation;
	struct key *scratch; /* for the longest metadata there can be */
};

struct decoding *decoding_new(const struct manifests *files)
{
	struct decoding *decoding = calloc(1, sizeof(*decoding));

	if (!decoding)
		return NULL;
	decoding->state.files = files;
	decoding->state.metadata = event_metadata_new();
	decoding->state.eventsources = manifests_new("eventsource");
	decoding->state.chunks = eventsource_new();
	decoding->scratch = malloc(sizeof(struct key) + UINT16_MAX);
	if (decoding->state.metadata && decoding->state.eventsources && decoding->state.chunks &&
	    decoding->scratch)
		return decoding;
	decoding_free(decoding);
	return NULL;
}

void decoding_free(struct decoding *decoding)
{
	struct entry *entry, *next;

	if (!decoding)
		return;
	HASH_ITER(hh, decoding->entries, entry, next)
	{
		HASH_DEL(decoding->entries, entry);
		schema_free(entry->owned);
		free(entry);
	}
	event_metadata_free(decoding->state.metadata);
	manifests_free(decoding->state.eventsources);
	eventsource_free(decoding->state.chunks);
	ftrace_formats_free(decoding->state.formats);
	tdh_free(decoding->state.tdh);
	free(decoding->scratch);
	free(decoding);
}

void decoding_set_formats(struct decoding *decoding, const char *path)
{
	if (!decoding->state.formats)
		decoding->state.formats = ftrace_formats_new(path);
}

void decoding_set_registered(struct decoding *decoding, struct session_health *health)
{
	if (!decoding->state.tdh)
		decoding->state.tdh = tdh_new(health);
}

bool decoding_look_again(struct decoding *decoding, int64_t now_ns)
{
	if (!decoding->state.tdh || !tdh_look_again(decoding->state.tdh, now_ns))
		return false;
	decoding->generation++;
	return true;
}

bool decoding_is_metadata(const struct event_record *record)
{
	const struct decoder *decoder;
	size_t i;

	for (i = 0; (decoder = decoder_at(i)); i++)
		if (decoder->is_metadata && decoder->is_metadata(record))
			return true;
	return false;
}

bool decoding_learn(struct decoding *decoding, const struct event_record *record)
{
	const struct decoder *decoder;
	bool learnt = false;
	size_t i;

	for (i = 0; (decoder = decoder_at(i)); i++)
		if (decoder->is_metadata && decoder->is_metadata(record) &&
		    decoder->learn(&decoding->state, record))
			learnt = true;
	decoding->generation += learnt;
	return learnt;
}

static size_t set_key(const struct event_record *record, struct key *key)
{
	memset(key, 0, sizeof(*key));
	memcpy(key->guid, record->guid, sizeof(key->guid));
	key->id = record->id;
	key->version = record->version;
	key->opcode = record->opcode;
	key->kind = record->kind | (record->flags & EVENT_FLAG_STRING_ONLY ? STRING_ONLY : 0);
	if (record->schema) {
		key->schema_bytes = record->schema_bytes;
		memcpy(key->schema, record->schema, record->schema_bytes);
	}
	return sizeof(*key) + key->schema_bytes;
}

static bool fits(const struct schema *schema, const struct event_record *record)
{
	size_t consumed;

	return payload_visit(schema, record->payload, record->payload_bytes, record->pointer_bytes,
			     NULL, &consumed) == PAYLOAD_OK;
}

/* Asks the decoders in turn, until one has a schema that fits; else the first one's is kept. */
static void look_for(struct decoding *decoding, const struct event_record *record,
		     struct entry *entry)
{
	const struct decoder *decoder;
	size_t i;

	decoding->state.asked = &entry->asked;
	for (i = 0; (decoder = decoder_at(i)); i++) {
		struct schema *owned = NULL;
		const struct schema *schema = decoder->find(&decoding->state, record, &owned);

		bool exact = schema && fits(schema, record);

		if (schema && (exact || !entry->schema)) {
			schema_free(entry->owned);
			entry->schema = schema;
			entry->owned = owned;
		} else {
			schema_free(owned);
		}
		if (exact)
			return;
	}
}

static struct entry *add_entry(struct decoding *decoding, const struct key *key, size_t key_bytes)
{
	struct entry *entry;

	if (decoding->entry_count >= ENTRIES_MAX ||
	    decoding->bytes + sizeof(*entry) + key_bytes > BYTES_MAX)
		return NULL;
	entry = calloc(1, sizeof(*entry) + key_bytes);
	if (!entry)
		return NULL;
	memcpy(&entry->key, key, key_bytes);
	HASH_ADD_KEYPTR(hh, decoding->entries, &entry->key, key_bytes, entry);
	if (!entry->hh.tbl) {
		free(entry);
		return NULL;
	}
	decoding->entry_count++;
	decoding->bytes += sizeof(*entry) + key_bytes;
	entry->generation = UINT64_MAX;
	return entry;
}

const struct schema *decoding_find(struct decoding *decoding, const struct event_record *record)
{
	size_t key_bytes = set_key(record, decoding->scratch);
	struct entry *entry;

	HASH_FIND(hh, decoding->entries, decoding->scratch, key_bytes, entry);
	if (!entry)
		entry = add_entry(decoding, decoding->scratch, key_bytes);
	if (!entry)
		return NULL;
	/* A schema that was found stays; one that was not may be known by now. */
	if (!entry->schema && entry->generation != decoding->generation) {
		look_for(decoding, record, entry);
		entry->generation = decoding->generation;
		decoding->bytes += entry->owned ? entry->owned->bytes : 0;
	}
	return entry->schema;
}

const char *decoding_provider(const struct decoding *decoding, const struct event_record *record)
{
	const char *name = manifests_provider(decoding->state.eventsources, record->guid);

	if (!name && decoding->state.files)
		name = manifests_provider(decoding->state.files, record->guid);
	return name;
}

const struct value_map *decoding_map(const struct decoding *decoding, const uint8_t *guid,
				     const char *name)
{
	const struct value_map *map = manifests_map(decoding->state.eventsources, guid, name);

	if (!map && decoding->state.files)
		map = manifests_map(decoding->state.files, guid, name);
	return map;
}
