#include "exporter/decoder/tdh_info.h"

#include <stdlib.h>
#include <string.h>

#include "exporter/base/bytes.h"
#include "exporter/decoder/corrections.h"
#include "exporter/schema/tdh_types.h"
#include "exporter/value/utf16.h"

/* Of one map. Many of its entries may share one text of the record, but not of ours. */
#define MAP_BYTES_MAX	 ((size_t)1 << 20)
#define ENTRIES_MAX	 65536
#define NAME_UNITS_BYTES (2 * (size_t)TDH_NAME_SIZE)
/* A count that corrections name stands so many fields before, or nearer. */
#define COUNT_BEFORE 16
#define IPV6_BYTES   16
/* What an entry of a map takes without its text: its value, a pointer, and the heap's own. */
#define ENTRY_BYTES 32

enum {
	/* TRACE_EVENT_INFO */
	INFO_DECODING_SOURCE = 48,
	INFO_PROVIDER_NAME = 52,
	INFO_LEVEL_NAME = 56,
	INFO_KEYWORDS_NAME = 64,
	INFO_TASK_NAME = 68,
	INFO_OPCODE_NAME = 72,
	INFO_EVENT_NAME = 92, /* but of classes a field's name: that of the activity's */
	INFO_PROPERTY_COUNT = 100,
	INFO_TOP_COUNT = 104,
	PROPERTY_BYTES = 24,

	DECODING_SOURCE_CLASS = 1,

	PROPERTY_STRUCT = 0x01,
	PROPERTY_LENGTH_FIELD = 0x02,
	PROPERTY_COUNT_FIELD = 0x04,
	PROPERTY_FIXED_COUNT = 0x20,
	PROPERTY_CUSTOM_SCHEMA = 0x80,

	/* EVENT_MAP_INFO */
	MAP_ENTRY_BYTES = 8,
	MAP_BITS = 0x02 | 0x10 | 0x20, /* of a manifest, and of classes */
	MAP_PATTERNS = 0x04,	       /* of a manifest: texts that match texts */
	MAP_CLASS = 0x08 | 0x10 | 0x20,
	MAP_NO_VALUES = 0x40, /* likewise: names without their values */
	MAP_OF_TEXTS = 1,     /* what the values of a class's map are */
};

/* Text in metadata often ends in a blank that is not part of the name. */
static void trim(char *text)
{
	size_t length = strlen(text);

	while (length && text[length - 1] == ' ')
		text[--length] = '\0';
}

void tdh_info_text(const uint8_t *base, size_t length, uint32_t offset, char to[TDH_NAME_SIZE])
{
	struct bytes bytes = {base, length};

	to[0] = '\0';
	if (offset == 0 || !bytes_take(&bytes, offset))
		return;
	/* No more fits, and the end of what does not is not looked for. */
	if (bytes.left > NAME_UNITS_BYTES)
		bytes.left = NAME_UNITS_BYTES;
	utf16_take_string(&bytes, to, TDH_NAME_SIZE);
	trim(to);
}

void tdh_map_done(struct tdh_map *map)
{
	size_t i;

	for (i = 0; map->names && i < map->map.count; i++)
		free(map->names[i]);
	free(map->names);
	free(map->values);
	memset(map, 0, sizeof(*map));
}

/* Offsets in it are relative to its own beginning. */
static bool fill_map(struct tdh_map *map, const uint8_t *info, size_t length, uint32_t count)
{
	char text[TDH_NAME_SIZE];
	uint32_t i;

	map->values = calloc(count, sizeof(*map->values));
	map->names = calloc(count, sizeof(*map->names));
	if (!map->values || !map->names)
		return false;
	for (i = 0; i < count; i++) {
		const uint8_t *entry = info + TDH_MAP_BYTES + (size_t)i * MAP_ENTRY_BYTES;

		tdh_info_text(info, length, le32(entry), text);
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

static bool has_numbers(const uint8_t *info)
{
	uint32_t flags = le32(info + 4), values = le32(info + 12);

	if (flags & (MAP_PATTERNS | MAP_NO_VALUES))
		return false;
	return !(flags & MAP_CLASS) || values != MAP_OF_TEXTS;
}

bool tdh_map_init(struct tdh_map *map, const uint8_t *info, size_t length)
{
	uint32_t count;

	memset(map, 0, sizeof(*map));
	if (length < TDH_MAP_BYTES || !has_numbers(info))
		return false;
	count = le32(info + 8);
	if (count == 0 || count > ENTRIES_MAX || count > (length - TDH_MAP_BYTES) / MAP_ENTRY_BYTES)
		return false;
	if (fill_map(map, info, length, count))
		return true;
	tdh_map_done(map);
	return false;
}

/* A schema that is being made from a TRACE_EVENT_INFO. */
struct making {
	const uint8_t *info;
	size_t length;
	const struct tdh_maps *maps;
	struct schema_builder *builder;
	uint32_t property_count;
	uint16_t *handles; /* by property index; of those that were added */
	bool *added;
};

static const uint8_t *property_at(const struct making *making, uint32_t index)
{
	return making->info + TDH_INFO_BYTES + (size_t)index * PROPERTY_BYTES;
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
	char map[TDH_NAME_SIZE];

	if (!tdh_field(le16(property + 8), le16(property + 10), field))
		return false;
	tdh_info_text(making->info, making->length, le32(property + 12), map);
	if (map[0])
		field->map = making->maps->find(making->maps->context, map);
	return set_length(making, le32(property), le16(property + 18), field);
}

static void read_name(const struct making *making, uint32_t index, char to[TDH_NAME_SIZE])
{
	tdh_info_text(making->info, making->length, le32(property_at(making, index) + 4), to);
}

/* Where the metadata is known to be wrong. */
static void correct(const struct making *making, uint32_t index, const char *name,
		    struct field *field)
{
	const char *count = field_correct(making->info, name, field);
	char other[TDH_NAME_SIZE];
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
	char name[TDH_NAME_SIZE];

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
	struct bytes bytes = {making->info, making->length};
	uint32_t offset = le32(making->info + INFO_KEYWORDS_NAME);
	char joined[TDH_NAME_SIZE];
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
	bool is_class = le32(making->info + INFO_DECODING_SOURCE) == DECODING_SOURCE_CLASS;
	char name[TDH_NAME_SIZE];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (is_class && rows[i].at == INFO_EVENT_NAME)
			continue;
		tdh_info_text(making->info, making->length, le32(making->info + rows[i].at), name);
		if (name[0])
			schema_builder_name(making->builder, (enum schema_name)rows[i].name, name,
					    strlen(name));
	}
}

static struct schema *build(struct making *making)
{
	uint32_t top = le32(making->info + INFO_TOP_COUNT);

	if (!making->handles || !making->added || !making->builder) {
		schema_builder_free(making->builder);
		return NULL;
	}
	add_names(making);
	add_keywords(making);
	if (add_properties(making, 0, top, SCHEMA_TOP, 0))
		return schema_builder_end(making->builder);
	schema_builder_free(making->builder);
	return NULL;
}

struct schema *tdh_info_schema(const char *source, const uint8_t *info, size_t length,
			       const struct tdh_maps *maps)
{
	struct making making = {.info = info, .length = length, .maps = maps};
	struct schema *schema;

	if (length < TDH_INFO_BYTES)
		return NULL;
	making.property_count = le32(info + INFO_PROPERTY_COUNT);
	if (making.property_count > (length - TDH_INFO_BYTES) / PROPERTY_BYTES ||
	    making.property_count > SCHEMA_FIELDS_MAX)
		return NULL;
	making.handles = calloc(making.property_count + 1u, sizeof(*making.handles));
	making.added = calloc(making.property_count + 1u, sizeof(*making.added));
	making.builder = schema_builder_new(source);
	schema = build(&making);
	free(making.handles);
	free(making.added);
	return schema;
}
