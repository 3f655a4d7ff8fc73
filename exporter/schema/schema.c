#include "exporter/schema/schema.h"

#include <stdlib.h>
#include <string.h>

/* All names of a schema together; real ones take a few KiB. */
#define TEXT_LIMIT (256u << 10)

struct draft {
	struct field field; /* length and count as handles */
	size_t name_at;
	uint16_t parent;
	uint16_t depth;
	uint16_t index; /* in the finished schema */
};

struct schema_builder {
	const char *source;
	char *text; /* names, each with a terminator */
	size_t text_length, text_capacity;
	size_t names_at[SCHEMA_NAME_COUNT];
	struct draft *drafts;
	size_t count, capacity;
	bool has_variants;
	bool is_open_ended;
	bool failed;
};

/* One allocation: the schema, its fields, its text. */
struct schema_memory {
	struct schema schema;
	struct field fields[];
};

/* Offset 0 is the empty name. */
static size_t add_text(struct schema_builder *builder, const char *text, size_t length)
{
	size_t at = builder->text_length, need = at + length + 1;
	size_t capacity = builder->text_capacity ? builder->text_capacity : 256;
	char *grown;

	if (need > TEXT_LIMIT)
		builder->failed = true;
	if (builder->failed)
		return 0;
	while (capacity < need)
		capacity *= 2;
	if (capacity > builder->text_capacity) {
		grown = realloc(builder->text, capacity);
		if (!grown) {
			builder->failed = true;
			return 0;
		}
		builder->text = grown;
		builder->text_capacity = capacity;
	}
	if (length)
		memcpy(builder->text + at, text, length);
	builder->text[at + length] = '\0';
	builder->text_length = need;
	return at;
}

struct schema_builder *schema_builder_new(const char *source)
{
	struct schema_builder *builder = calloc(1, sizeof(*builder));

	if (!builder)
		return NULL;
	builder->source = source;
	add_text(builder, "", 0);
	return builder;
}

void schema_builder_free(struct schema_builder *builder)
{
	if (!builder)
		return;
	free(builder->text);
	free(builder->drafts);
	free(builder);
}

void schema_builder_name(struct schema_builder *builder, enum schema_name name, const char *text,
			 size_t length)
{
	builder->names_at[name] = add_text(builder, text, length);
}

void schema_builder_has_variants(struct schema_builder *builder)
{
	builder->has_variants = true;
}

void schema_builder_is_open_ended(struct schema_builder *builder)
{
	builder->is_open_ended = true;
}

static bool make_room(struct schema_builder *builder)
{
	size_t capacity = builder->capacity ? 2 * builder->capacity : 16;
	struct draft *grown;

	if (builder->count < builder->capacity)
		return true;
	if (builder->count >= SCHEMA_FIELDS_MAX)
		return false;
	grown = realloc(builder->drafts, capacity * sizeof(*grown));
	if (!grown)
		return false;
	builder->drafts = grown;
	builder->capacity = capacity;
	return true;
}

uint16_t schema_builder_add(struct schema_builder *builder, uint16_t parent,
			    const struct field *field, const char *name, size_t name_length)
{
	uint16_t depth = 0;
	struct draft *draft;

	if (parent != SCHEMA_TOP) {
		if (parent >= builder->count || builder->drafts[parent].field.type != VALUE_STRUCT)
			builder->failed = true;
		else
			depth = (uint16_t)(builder->drafts[parent].depth + 1);
	}
	if (builder->failed || depth >= SCHEMA_DEPTH_MAX || !make_room(builder)) {
		builder->failed = true;
		return 0;
	}
	draft = &builder->drafts[builder->count];
	*draft = (struct draft){.field = *field, .parent = parent, .depth = depth};
	draft->name_at = add_text(builder, name, name_length);
	return (uint16_t)builder->count++;
}

/* Places the fields level by level, so that the members of each struct stand together. */
static void place(struct schema_builder *builder, uint16_t parent, uint16_t *next)
{
	uint16_t first = *next;
	size_t i;

	for (i = 0; i < builder->count; i++)
		if (builder->drafts[i].parent == parent)
			builder->drafts[i].index = (*next)++;
	if (parent != SCHEMA_TOP) {
		builder->drafts[parent].field.first_member = first;
		builder->drafts[parent].field.member_count = (uint16_t)(*next - first);
	}
	for (i = 0; i < builder->count; i++)
		if (builder->drafts[i].parent == parent &&
		    builder->drafts[i].field.type == VALUE_STRUCT)
			place(builder, (uint16_t)i, next);
}

/* Whether `level` is the level of fields with this parent, or one around it. */
static bool is_around(const struct schema_builder *builder, uint16_t level, uint16_t parent)
{
	while (parent != level) {
		if (parent == SCHEMA_TOP)
			return false;
		parent = builder->drafts[parent].parent;
	}
	return true;
}

/* Whether a field stands before another of the same level, or before the struct that one is in. */
static bool is_before(const struct schema_builder *builder, uint16_t first,
		      const struct draft *draft)
{
	uint16_t at = (uint16_t)(draft - builder->drafts);

	while (builder->drafts[at].parent != builder->drafts[first].parent)
		at = builder->drafts[at].parent;
	return first < at;
}

/* A length or count by a field: of this level or one around it, before, and a single number. */
static bool resolve(struct schema_builder *builder, const struct draft *draft, uint16_t *reference)
{
	struct draft *other;

	if (*reference >= builder->count)
		return false;
	other = &builder->drafts[*reference];
	if (!is_around(builder, other->parent, draft->parent) ||
	    !is_before(builder, *reference, draft) || other->field.count_kind != COUNT_ONE ||
	    other->field.type == VALUE_STRUCT || other->field.type == VALUE_NULL)
		return false;
	other->field.is_reference = true;
	*reference = other->index;
	return true;
}

/* Strings and bytes are pointed to as a whole, arrays only of what has a width. */
static bool can_be_located(const struct field *field)
{
	bool has_width = value_type_bytes((enum value_type)field->type, 8) != 0;
	bool is_sized = field->type == VALUE_UTF16 || field->type == VALUE_ANSI ||
			field->type == VALUE_BINARY;

	if (field->count_kind >= COUNT_DATA_LOC && !has_width)
		return false;
	return field->length_kind < LENGTH_DATA_LOC || is_sized;
}

static bool resolve_all(struct schema_builder *builder)
{
	size_t i;

	for (i = 0; i < builder->count; i++) {
		struct draft *draft = &builder->drafts[i];

		if (draft->field.length_kind == LENGTH_FIELD &&
		    !resolve(builder, draft, &draft->field.length))
			return false;
		if (draft->field.count_kind == COUNT_FIELD &&
		    !resolve(builder, draft, &draft->field.count))
			return false;
		if (!can_be_located(&draft->field))
			return false;
	}
	return true;
}

static struct schema *finish(struct schema_builder *builder)
{
	struct schema_memory *memory;
	uint16_t placed = 0;
	size_t bytes, i;
	char *text;

	place(builder, SCHEMA_TOP, &placed);
	if (!resolve_all(builder))
		return NULL;
	bytes = sizeof(*memory) + builder->count * sizeof(struct field) + builder->text_length;
	memory = malloc(bytes);
	if (!memory)
		return NULL;
	text = (char *)&memory->fields[builder->count];
	memcpy(text, builder->text, builder->text_length);
	memory->schema = (struct schema){
		.source = builder->source,
		.provider = text + builder->names_at[SCHEMA_PROVIDER],
		.event = text + builder->names_at[SCHEMA_EVENT],
		.task = text + builder->names_at[SCHEMA_TASK],
		.opcode = text + builder->names_at[SCHEMA_OPCODE],
		.level = text + builder->names_at[SCHEMA_LEVEL],
		.keywords = text + builder->names_at[SCHEMA_KEYWORDS],
		.has_variants = builder->has_variants,
		.is_open_ended = builder->is_open_ended,
		.fields = memory->fields,
		.field_count = (uint16_t)builder->count,
		.bytes = bytes,
	};
	for (i = 0; i < builder->count; i++) {
		const struct draft *draft = &builder->drafts[i];

		memory->fields[draft->index] = draft->field;
		memory->fields[draft->index].name = text + draft->name_at;
		memory->schema.top_count += draft->parent == SCHEMA_TOP;
	}
	return &memory->schema;
}

struct schema *schema_builder_end(struct schema_builder *builder)
{
	struct schema *schema = builder->failed ? NULL : finish(builder);

	schema_builder_free(builder);
	return schema;
}

/* The schema is the first thing in its memory. */
void schema_free(struct schema *schema)
{
	free(schema);
}

struct type_row {
	const char *name;
	uint8_t bytes;
};

static const struct type_row types[VALUE_TYPE_COUNT] = {
	[VALUE_NULL] = {"Null", 0},
	[VALUE_UTF16] = {"UnicodeString", 0},
	[VALUE_ANSI] = {"AnsiString", 0},
	[VALUE_I8] = {"Int8", 1},
	[VALUE_U8] = {"UInt8", 1},
	[VALUE_I16] = {"Int16", 2},
	[VALUE_U16] = {"UInt16", 2},
	[VALUE_I32] = {"Int32", 4},
	[VALUE_U32] = {"UInt32", 4},
	[VALUE_I64] = {"Int64", 8},
	[VALUE_U64] = {"UInt64", 8},
	[VALUE_F32] = {"Float", 4},
	[VALUE_F64] = {"Double", 8},
	[VALUE_BOOL32] = {"Boolean", 4},
	[VALUE_BINARY] = {"Binary", 0},
	[VALUE_GUID] = {"GUID", 16},
	[VALUE_POINTER] = {"Pointer", 0},
	[VALUE_FILETIME] = {"FILETIME", 8},
	[VALUE_SYSTEMTIME] = {"SYSTEMTIME", 16},
	[VALUE_SID] = {"SID", 0},
	[VALUE_HEX32] = {"HexInt32", 4},
	[VALUE_HEX64] = {"HexInt64", 8},
	[VALUE_CHAR8] = {"AnsiChar", 1},
	[VALUE_CHAR16] = {"UnicodeChar", 2},
	[VALUE_WBEM_SID] = {"WbemSID", 0},
	[VALUE_IPV4] = {"IPv4", 4},
	[VALUE_IPV6] = {"IPv6", 16},
	[VALUE_PORT] = {"Port", 2},
	[VALUE_STRUCT] = {"Struct", 0},
};

size_t value_type_bytes(enum value_type type, size_t pointer_bytes)
{
	return type == VALUE_POINTER ? pointer_bytes : types[type].bytes;
}

const char *value_type_name(enum value_type type)
{
	return types[type].name;
}
