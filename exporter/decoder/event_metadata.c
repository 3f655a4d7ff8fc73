#include "exporter/decoder/event_metadata.h"

#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "exporter/bytes.h"
#include "exporter/decoder/corrections.h"
#include "exporter/guid.h"
#include "exporter/tdh_types.h"
#include "exporter/utf16.h"

#define RECORDS_MAX 65536
#define BYTES_MAX   ((size_t)64 << 20)
/* Of one map. Many of its entries may share one text of the record, but not of ours. */
#define MAP_BYTES_MAX	 ((size_t)1 << 20)
#define ENTRIES_MAX	 65536
#define NAME_BYTES	 1024
#define NAME_UNITS_BYTES (2 * (size_t)NAME_BYTES)
/* A count that corrections name stands so many fields before, or nearer. */
#define IPV6_BYTES   16
#define COUNT_BEFORE 16
/* What an entry of a map takes without its text: its value, a pointer, and the heap's own. */
#define ENTRY_BYTES 32

enum {
	TYPE_EVENT_INFO = 32,
	TYPE_EVENT_MAP_INFO = 33,

	/* TRACE_EVENT_INFO */
	INFO_DESCRIPTOR = 32,
	INFO_PROVIDER_NAME = 52,
	INFO_LEVEL_NAME = 56,
	INFO_KEYWORDS_NAME = 64,
	INFO_TASK_NAME = 68,
	INFO_OPCODE_NAME = 72,
	INFO_EVENT_NAME = 92,
	INFO_PROPERTY_COUNT = 100,
	INFO_TOP_COUNT = 104,
	INFO_PROPERTIES = 112,
	PROPERTY_BYTES = 24,

	PROPERTY_STRUCT = 0x01,
	PROPERTY_LENGTH_FIELD = 0x02,
	PROPERTY_COUNT_FIELD = 0x04,
	PROPERTY_FIXED_LENGTH = 0x10,
	PROPERTY_FIXED_COUNT = 0x20,
	PROPERTY_CUSTOM_SCHEMA = 0x80,

	/* EVENT_MAP_INFO, behind the provider GUID */
	MAP_INFO = 16,
	MAP_ENTRIES = 16,
	MAP_ENTRY_BYTES = 8,
	MAP_BITS = 2,
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

struct map_key {
	uint8_t guid[16];
	char name[NAME_BYTES]; /* what is behind its end is no part of the key */
};

struct map_info {
	struct map_key key;
	struct value_map map;
	uint32_t *values;
	char **names;
	size_t bytes;
	UT_hash_handle hh;
};

struct event_metadata {
	struct event_info *events;
	struct map_info *maps;
	size_t records, bytes, schema_bytes;
};

struct event_metadata *event_metadata_new(void)
{
	return calloc(1, sizeof(struct event_metadata));
}

static void map_free(struct map_info *map)
{
	size_t i;

	for (i = 0; map->names && i < map->map.count; i++)
		free(map->names[i]);
	free(map->names);
	free(map->values);
	free(map);
}

void event_metadata_free(struct event_metadata *metadata)
{
	struct event_info *info, *next_info;
	struct map_info *map, *next_map;

	if (!metadata)
		return;
	HASH_ITER(hh, metadata->events, info, next_info)
	{
		HASH_DEL(metadata->events, info);
		schema_free(info->schema);
		free(info->bytes);
		free(info);
	}
	HASH_ITER(hh, metadata->maps, map, next_map)
	{
		HASH_DEL(metadata->maps, map);
		map_free(map);
	}
	free(metadata);
}

bool event_metadata_is(const struct event_record *record)
{
	return (record->kind == RECORD_FULL || record->kind == RECORD_INSTANCE) &&
	       memcmp(record->guid, &metadata_class, 16) == 0 &&
	       (record->opcode == TYPE_EVENT_INFO || record->opcode == TYPE_EVENT_MAP_INFO);
}

/* Text in metadata often ends in a blank that is not part of the name. */
static void trim(char *text)
{
	size_t length = strlen(text);

	while (length && text[length - 1] == ' ')
		text[--length] = '\0';
}

/* The text at an offset from `base`; empty where there is none or the offset is outside. */
static void read_text(const uint8_t *base, size_t length, uint32_t offset, char to[NAME_BYTES])
{
	struct bytes bytes = {base, length};

	to[0] = '\0';
	if (offset == 0 || !bytes_take(&bytes, offset))
		return;
	/* No more fits, and the end of what does not is not looked for. */
	if (bytes.left > NAME_UNITS_BYTES)
		bytes.left = NAME_UNITS_BYTES;
	utf16_take_string(&bytes, to, NAME_BYTES);
	trim(to);
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

	if (record->payload_bytes < INFO_PROPERTIES)
		return false;
	key_of(payload, le16(payload + INFO_DESCRIPTOR), payload[INFO_DESCRIPTOR + 2], &key);
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

static size_t map_key_bytes(const struct map_key *key)
{
	return offsetof(struct map_key, name) + strlen(key->name);
}

static const struct map_info *find_map(const struct event_metadata *metadata,
				       const struct map_key *key)
{
	const struct map_info *map;

	HASH_FIND(hh, metadata->maps, key, map_key_bytes(key), map);
	return map;
}

/* Offsets in it are relative to its own beginning, not to the payload's. */
static bool fill_map(struct map_info *map, const uint8_t *info, size_t length, uint32_t count)
{
	char text[NAME_BYTES];
	uint32_t i;

	map->values = calloc(count, sizeof(*map->values));
	map->names = calloc(count, sizeof(*map->names));
	if (!map->values || !map->names)
		return false;
	for (i = 0; i < count; i++) {
		const uint8_t *entry = info + MAP_ENTRIES + (size_t)i * MAP_ENTRY_BYTES;

		read_text(info, length, le32(entry), text);
		map->values[i] = le32(entry + 4);
		map->names[i] = strdup(text);
		map->map.count = i + 1;
		map->bytes += ENTRY_BYTES + strlen(text);
		if (!map->names[i] || map->bytes > MAP_BYTES_MAX)
			return false;
	}
	map->map.bits = le32(info + 4) & MAP_BITS;
	map->map.values = map->values;
	map->map.names = (const char *const *)map->names;
	return true;
}

static bool learn_map(struct event_metadata *metadata, const struct event_record *record)
{
	const uint8_t *info;
	struct map_info *map;
	size_t length;
	uint32_t count;

	if (record->payload_bytes < MAP_INFO + MAP_ENTRIES)
		return false;
	info = record->payload + MAP_INFO;
	length = record->payload_bytes - MAP_INFO;
	count = le32(info + 8);
	if (count == 0 || count > ENTRIES_MAX || count > (length - MAP_ENTRIES) / MAP_ENTRY_BYTES)
		return false;
	map = calloc(1, sizeof(*map));
	if (!map)
		return false;
	map->bytes = sizeof(*map);
	memcpy(map->key.guid, record->payload, sizeof(map->key.guid));
	read_text(info, length, le32(info), map->key.name);
	if (!find_map(metadata, &map->key) && fill_map(map, info, length, count))
		HASH_ADD_KEYPTR(hh, metadata->maps, &map->key, map_key_bytes(&map->key), map);
	if (!map->hh.tbl) {
		map_free(map);
		return false;
	}
	metadata->bytes += map->bytes;
	return true;
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

/* A schema that is being made from a TRACE_EVENT_INFO. */
struct making {
	const struct event_metadata *metadata;
	const struct event_info *info;
	struct schema_builder *builder;
	uint32_t property_count;
	uint16_t *handles; /* by property index; of those that were added */
	bool *added;
};

static const uint8_t *property_at(const struct making *making, uint32_t index)
{
	return making->info->bytes + INFO_PROPERTIES + (size_t)index * PROPERTY_BYTES;
}

static bool add_properties(struct making *making, uint32_t first, uint32_t count, uint16_t parent,
			   unsigned int depth);

static bool reference(const struct making *making, uint16_t index, uint16_t *handle)
{
	if (index >= making->property_count || !making->added[index])
		return false;
	*handle = making->handles[index];
	return true;
}

static bool set_count(const struct making *making, uint32_t flags, uint16_t count,
		      struct field *field)
{
	if (flags & PROPERTY_COUNT_FIELD) {
		field->count_kind = COUNT_FIELD;
		return reference(making, count, &field->count);
	}
	if (count > 1 || flags & PROPERTY_FIXED_COUNT) {
		field->count_kind = COUNT_FIXED;
		field->count = count;
	}
	return true;
}

static bool set_length(const struct making *making, uint32_t flags, uint16_t length,
		       struct field *field)
{
	if (flags & PROPERTY_LENGTH_FIELD) {
		field->length_kind = LENGTH_FIELD;
		return reference(making, length, &field->length);
	}
	/* A width is given for numbers, too. */
	if (field->type != VALUE_UTF16 && field->type != VALUE_ANSI && field->type != VALUE_BINARY)
		return true;
	/* tdh.h: what the length is where it is left out. */
	if (field->type == VALUE_BINARY && field->out == OUT_IPV6 && !length)
		length = IPV6_BYTES;
	if (field->length_kind == LENGTH_NATURAL && length) {
		field->length_kind = LENGTH_FIXED;
		field->length = length;
	}
	return true;
}

static bool make_simple(const struct making *making, const uint8_t *property, struct field *field)
{
	const struct map_info *map;
	struct map_key key;

	if (!tdh_field(le16(property + 8), le16(property + 10), field))
		return false;
	memcpy(key.guid, making->info->key.guid, sizeof(key.guid));
	read_text(making->info->bytes, making->info->length, le32(property + 12), key.name);
	map = key.name[0] ? find_map(making->metadata, &key) : NULL;
	if (map)
		field->map = &map->map;
	return set_length(making, le32(property), le16(property + 18), field);
}

static void read_name(const struct making *making, uint32_t index, char to[NAME_BYTES])
{
	read_text(making->info->bytes, making->info->length, le32(property_at(making, index) + 4),
		  to);
}

/* Where the metadata is known to be wrong. */
static void correct(const struct making *making, uint32_t index, const char *name,
		    struct field *field)
{
	const char *count = field_correct(making->info->key.guid, name, field);
	char other[NAME_BYTES];
	uint32_t i;

	for (i = index > COUNT_BEFORE ? index - COUNT_BEFORE : 0; count && i < index; i++) {
		read_name(making, i, other);
		if (strcmp(other, count) == 0 && reference(making, (uint16_t)i, &field->count)) {
			field->count_kind = COUNT_FIELD;
			return;
		}
	}
}

static bool add_property(struct making *making, uint32_t index, uint16_t parent, unsigned int depth)
{
	const uint8_t *property = property_at(making, index);
	uint32_t flags = le32(property);
	struct field field = {.type = VALUE_STRUCT};
	char name[NAME_BYTES];

	if (making->added[index] || flags & PROPERTY_CUSTOM_SCHEMA)
		return false;
	if (!(flags & PROPERTY_STRUCT) && !make_simple(making, property, &field))
		return false;
	if (!set_count(making, flags, le16(property + 16), &field))
		return false;
	read_name(making, index, name);
	correct(making, index, name, &field);
	making->handles[index] =
		schema_builder_add(making->builder, parent, &field, name, strlen(name));
	making->added[index] = true;
	return !(flags & PROPERTY_STRUCT) ||
	       add_properties(making, le16(property + 8), le16(property + 10),
			      making->handles[index], depth + 1);
}

static bool add_properties(struct making *making, uint32_t first, uint32_t count, uint16_t parent,
			   unsigned int depth)
{
	uint32_t i;

	if (depth > SCHEMA_DEPTH_MAX || first > making->property_count ||
	    count > making->property_count - first)
		return false;
	for (i = 0; i < count; i++)
		if (!add_property(making, first + i, parent, depth))
			return false;
	return true;
}

/* One string behind the other, up to an empty one; joined as manifests' are. */
static void add_keywords(struct making *making)
{
	const struct event_info *info = making->info;
	struct bytes bytes = {info->bytes, info->length};
	uint32_t offset = le32(info->bytes + INFO_KEYWORDS_NAME);
	char joined[NAME_BYTES];
	size_t used = 0, length;

	if (offset == 0 || !bytes_take(&bytes, offset))
		return;
	if (bytes.left > NAME_UNITS_BYTES)
		bytes.left = NAME_UNITS_BYTES;
	while (bytes.left >= 2 && used + 1 < sizeof(joined)) {
		length = utf16_take_string(&bytes, joined + used, sizeof(joined) - used - 1);
		trim(joined + used);
		if (!length)
			break;
		used += strlen(joined + used);
		joined[used++] = ',';
	}
	if (used)
		schema_builder_name(making->builder, SCHEMA_KEYWORDS, joined, used - 1);
}

static void add_names(struct making *making)
{
	static const struct {
		uint16_t at;
		uint8_t name;
	} rows[] = {
		{INFO_PROVIDER_NAME, SCHEMA_PROVIDER}, {INFO_TASK_NAME, SCHEMA_TASK},
		{INFO_OPCODE_NAME, SCHEMA_OPCODE},     {INFO_LEVEL_NAME, SCHEMA_LEVEL},
		{INFO_TASK_NAME, SCHEMA_EVENT},	       {INFO_EVENT_NAME, SCHEMA_EVENT},
	};
	const struct event_info *info = making->info;
	char name[NAME_BYTES];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		read_text(info->bytes, info->length, le32(info->bytes + rows[i].at), name);
		if (name[0])
			schema_builder_name(making->builder, (enum schema_name)rows[i].name, name,
					    strlen(name));
	}
}

static struct schema *build(const struct event_metadata *metadata, const struct event_info *info)
{
	struct making making = {.metadata = metadata, .info = info};
	size_t room = (info->length - INFO_PROPERTIES) / PROPERTY_BYTES;
	struct schema *schema = NULL;
	bool complete = false;

	making.property_count = le32(info->bytes + INFO_PROPERTY_COUNT);
	if (making.property_count > room || making.property_count > SCHEMA_FIELDS_MAX)
		return NULL;
	making.handles = calloc(making.property_count + 1u, sizeof(*making.handles));
	making.added = calloc(making.property_count + 1u, sizeof(*making.added));
	making.builder = schema_builder_new("eventinfo");
	if (making.handles && making.added && making.builder) {
		add_names(&making);
		add_keywords(&making);
		complete = add_properties(&making, 0, le32(info->bytes + INFO_TOP_COUNT),
					  SCHEMA_TOP, 0);
	}
	if (complete)
		schema = schema_builder_end(making.builder);
	else
		schema_builder_free(making.builder);
	free(making.handles);
	free(making.added);
	return schema;
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
