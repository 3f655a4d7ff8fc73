#include "exporter/decoder/mof.h"

#include <string.h>

#include "exporter/decoder/mof_table.h"
#include "exporter/decoder/kernel_classes.h"

struct type_word {
	const char *word;
	uint8_t type;
	uint8_t out;
	bool sized; /* what stands in brackets is its length */
};

static const struct type_word words[] = {
	{"u32", VALUE_U32, OUT_DEFAULT, false},
	{"pointer", VALUE_POINTER, OUT_DEFAULT, false},
	{"wstr", VALUE_UTF16, OUT_DEFAULT, false},
	{"u64", VALUE_U64, OUT_DEFAULT, false},
	{"u16", VALUE_U16, OUT_DEFAULT, false},
	{"u8", VALUE_U8, OUT_DEFAULT, false},
	{"i8", VALUE_I8, OUT_DEFAULT, false},
	{"i16", VALUE_I16, OUT_DEFAULT, false},
	{"i32", VALUE_I32, OUT_DEFAULT, false},
	{"i64", VALUE_I64, OUT_DEFAULT, false},
	{"astr", VALUE_ANSI, OUT_DEFAULT, false},
	{"wchar", VALUE_UTF16, OUT_DEFAULT, true},
	{"bytes", VALUE_BINARY, OUT_DEFAULT, true},
	{"guid", VALUE_GUID, OUT_DEFAULT, false},
	{"sid", VALUE_WBEM_SID, OUT_DEFAULT, false},
	{"ipv4", VALUE_IPV4, OUT_DEFAULT, false},
	{"ipv6", VALUE_IPV6, OUT_DEFAULT, false},
	{"port", VALUE_PORT, OUT_DEFAULT, false},
	{"time", VALUE_U64, OUT_ETWTIME, false},
	{"filetime", VALUE_FILETIME, OUT_DEFAULT, false},
	{"struct", VALUE_STRUCT, OUT_DEFAULT, false},
	{"pad", VALUE_NULL, OUT_DEFAULT, true},
};

/* A piece of a row's text; none is ever longer than that. */
struct piece {
	const char *at;
	size_t length;
};

static struct piece piece_of(const char *at, const char *ends)
{
	return (struct piece){at, strcspn(at, ends)};
}

static bool piece_is(struct piece a, const char *b, size_t length)
{
	return a.length == length && memcmp(a.at, b, length) == 0;
}

const char *mof_row_type_name(const struct mof_row *row, uint8_t type)
{
	for (const struct mof_type *each = row->types; each->name; each++)
		if (each->type == type)
			return each->name;
	return NULL;
}

static const struct type_word *find_word(struct piece piece)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (piece_is(piece, words[i].word, strlen(words[i].word)))
			return &words[i];
	return NULL;
}

/* Each field of the text is one handle, in the order of the text. */
static uint16_t handle_of(const char *fields, struct piece name)
{
	uint16_t handle = 0;

	while (*fields && !piece_is(name, fields, strcspn(fields, ":"))) {
		fields += strcspn(fields, " ");
		fields += *fields == ' ';
		handle++;
	}
	return handle;
}

static uint16_t number_of(struct piece digits)
{
	unsigned number = 0;

	for (size_t i = 0; i < digits.length; i++)
		number = 10 * number + (unsigned)(digits.at[i] - '0');
	return (uint16_t)number;
}

/* What stands between brackets. */
static void set_extent(const char *fields, struct piece extent, bool sized, struct field *field)
{
	if (sized) {
		field->length_kind = LENGTH_FIXED;
		field->length = number_of(extent);
	} else if (!extent.length) {
		field->count_kind = COUNT_REST;
	} else if (extent.at[0] >= '0' && extent.at[0] <= '9') {
		field->count_kind = COUNT_FIXED;
		field->count = number_of(extent);
	} else {
		field->count_kind = COUNT_FIELD;
		field->count = handle_of(fields, extent);
	}
}

/* `at` is behind the colon. */
static bool read_type(const char *fields, const char *at, struct field *field)
{
	struct piece word = piece_of(at, "[? ");
	const struct type_word *type = find_word(word);

	if (!type)
		return false;
	*field = (struct field){.type = type->type, .out = type->out};
	at += word.length;
	if (*at == '[') {
		struct piece extent = piece_of(at + 1, "]");

		set_extent(fields, extent, type->sized, field);
		at += 1 + extent.length + 1;
	}
	field->optional = *at == '?';
	return true;
}

/* Pointers to the end would fit a payload of either size. */
static bool has_variants(const struct field *field)
{
	return field->type == VALUE_WBEM_SID || field->type == VALUE_POINTER;
}

static bool add_fields(struct schema_builder *builder, const char *fields)
{
	uint16_t structure = SCHEMA_TOP, handle;
	bool variants = false, to_end = false;
	const char *at = fields;

	while (*at) {
		bool is_member = *at == '.';
		struct piece name = piece_of(at + is_member, ":");
		struct field field;

		if (!read_type(fields, name.at + name.length + 1, &field))
			return false;
		handle = schema_builder_add(builder, is_member ? structure : SCHEMA_TOP, &field,
					    name.at, name.length);
		if (field.type == VALUE_STRUCT)
			structure = handle;
		variants |= has_variants(&field);
		to_end |= field.count_kind == COUNT_REST;
		at += strcspn(at, " ");
		at += *at == ' ';
	}
	if (variants && !to_end)
		schema_builder_has_variants(builder);
	return true;
}

static struct schema *build(const struct kernel_class *class, const char *type_name,
			    const char *fields)
{
	struct schema_builder *builder = schema_builder_new("kernel");

	if (!builder)
		return NULL;
	schema_builder_name(builder, SCHEMA_PROVIDER, class->name, strlen(class->name));
	schema_builder_name(builder, SCHEMA_EVENT, type_name, strlen(type_name));
	if (add_fields(builder, fields))
		return schema_builder_end(builder);
	schema_builder_free(builder);
	return NULL;
}

struct schema *mof_schema_new(const struct guid *class_guid, uint16_t version, uint8_t type)
{
	const struct kernel_class *class = kernel_class_find(class_guid);

	if (!class || !class->events)
		return NULL;
	for (const struct mof_row *row = class->events; row->types; row++) {
		const char *name = mof_row_type_name(row, type);

		if (name && row->fields && version >= row->first_version &&
		    version <= row->last_version)
			return build(class, name, row->fields);
	}
	return NULL;
}

static bool visit_type(const struct kernel_class *class, const struct mof_row *row,
		       const struct mof_type *type, known_event_visit *visit, void *context)
{
	struct schema *schema = row->fields ? build(class, type->name, row->fields) : NULL;
	const struct known_event event = {
		.guid = class->guid,
		.provider = class->name,
		.event = type->name,
		.schema = schema,
		.id = type->type,
		.first_version = row->first_version,
		.last_version = row->last_version,
		.classic = true,
	};
	bool more = (schema || !row->fields) && visit(context, &event);

	schema_free(schema);
	return more;
}

bool mof_each(known_event_visit *visit, void *context)
{
	const struct kernel_class *class;
	const struct mof_type *type;
	const struct mof_row *row;
	size_t i;

	for (i = 0; (class = kernel_class_at(i)); i++)
		for (row = class->events; row && row->types; row++)
			for (type = row->types; type->name; type++)
				if (!visit_type(class, row, type, visit, context))
					return false;
	return true;
}
