#include "exporter/decoder/event_metadata.h"

#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "exporter/base/bytes.h"
#include "exporter/decoder/tdh_info.h"
#include "exporter/decoder/tdh_map_table.h"
#include "exporter/base/guid.h"

#define RECORDS_MAX 65536
#define BYTES_MAX   ((size_t)64 << 20)

enum {
	TYPE_EVENT_INFO = 32,
	TYPE_EVENT_MAP_INFO = 33,
	MAP_INFO = 16, /* where the EVENT_MAP_INFO is, behind the provider's GUID */
};

static const struct guid metadata_class = GUID(bbccf6c1, 6cd1, 48c4, 80ff, 839482e37671);

struct key {
	uint8_t guid[16];
	uint16_t id;
	uint8_t version;
};

struct event_info {
	struct key key;
	uint8_t *bytes;
	size_t length;
	struct schema *schema; /* once asked for */
	bool built;
	UT_hash_handle hh;
};

struct event_metadata {
	struct event_info *events;
	struct tdh_map_table maps;
	size_t records, bytes, schema_bytes;
};

struct event_metadata *event_metadata_new(void)
{
	return calloc(1, sizeof(struct event_metadata));
}

void event_metadata_free(struct event_metadata *metadata)
{
	struct event_info *info, *next_info;

	if (!metadata)
		return;
	HASH_ITER(hh, metadata->events, info, next_info)
	{
		HASH_DEL(metadata->events, info);
		schema_free(info->schema);
		free(info->bytes);
		free(info);
	}
	tdh_map_table_done(&metadata->maps);
	free(metadata);
}

bool event_metadata_is(const struct event_record *record)
{
	return (record->kind == RECORD_FULL || record->kind == RECORD_INSTANCE) &&
	       memcmp(record->guid, &metadata_class, 16) == 0 &&
	       (record->opcode == TYPE_EVENT_INFO || record->opcode == TYPE_EVENT_MAP_INFO);
}

static void key_of(const uint8_t *guid, uint16_t id, uint8_t version, struct key *key)
{
	memset(key, 0, sizeof(*key));
	memcpy(key->guid, guid, sizeof(key->guid));
	key->id = id;
	key->version = version;
}

static bool learn_event(struct event_metadata *metadata, const struct event_record *record)
{
	const uint8_t *payload = record->payload;
	struct event_info *info;
	struct key key;

	if (record->payload_bytes < TDH_INFO_BYTES)
		return false;
	key_of(payload, le16(payload + TDH_INFO_DESCRIPTOR), payload[TDH_INFO_DESCRIPTOR + 2],
	       &key);
	HASH_FIND(hh, metadata->events, &key, sizeof(key), info);
	if (info)
		return false;
	info = calloc(1, sizeof(*info));
	if (info)
		info->bytes = malloc(record->payload_bytes);
	if (!info || !info->bytes) {
		free(info);
		return false;
	}
	info->key = key;
	info->length = record->payload_bytes;
	memcpy(info->bytes, payload, record->payload_bytes);
	HASH_ADD(hh, metadata->events, key, sizeof(key), info);
	metadata->bytes += sizeof(*info) + info->length;
	if (info->hh.tbl)
		return true;
	free(info->bytes);
	free(info);
	return false;
}

static bool learn_map(struct event_metadata *metadata, const struct event_record *record)
{
	size_t bytes;

	if (record->payload_bytes < MAP_INFO)
		return false;
	bytes = tdh_map_table_add(&metadata->maps, record->payload, record->payload + MAP_INFO,
				  record->payload_bytes - MAP_INFO);
	metadata->bytes += bytes;
	return bytes > 0;
}

bool event_metadata_learn(struct event_metadata *metadata, const struct event_record *record)
{
	bool learnt;

	if (metadata->records >= RECORDS_MAX || metadata->bytes + record->payload_bytes > BYTES_MAX)
		return false;
	learnt = record->opcode == TYPE_EVENT_INFO ? learn_event(metadata, record)
						   : learn_map(metadata, record);
	metadata->records += learnt;
	return learnt;
}

/* A schema that is being made. */
struct making {
	const struct event_metadata *metadata;
	const struct event_info *info;
};

static const struct value_map *find_map(void *context, const char *name)
{
	const struct making *making = context;

	return tdh_map_table_find(&making->metadata->maps, making->info->key.guid, name);
}

static struct schema *build(const struct event_metadata *metadata, const struct event_info *info)
{
	struct making making = {metadata, info};
	const struct tdh_maps maps = {find_map, &making};

	return tdh_info_schema("eventinfo", info->bytes, info->length, &maps);
}

const struct schema *event_metadata_find(struct event_metadata *metadata,
					 const struct event_record *record)
{
	struct event_info *info;
	struct key key;

	if (record->kind != RECORD_EVENT)
		return NULL;
	key_of(record->guid, record->id, (uint8_t)record->version, &key);
	HASH_FIND(hh, metadata->events, &key, sizeof(key), info);
	if (!info)
		return NULL;
	if (!info->built && metadata->schema_bytes < BYTES_MAX) {
		info->schema = build(metadata, info);
		info->built = true;
		metadata->schema_bytes += info->schema ? info->schema->bytes : 0;
	}
	return info->schema;
}
