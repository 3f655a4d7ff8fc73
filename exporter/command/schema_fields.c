#include "exporter/command/schema_fields.h"

#include "exporter/command/json.h"

/* Names of fields with those of their structs before them. */
#define NAME_LIMIT ((size_t)64 << 10)

/* A field's name behind those of the structs that it is in. */
struct path {
	const struct path *above;
	const char *name;
};

struct printing {
	const struct schema *schema;
	const char *indent; /* NULL: JSON */
	struct text *to;
};

static void add_path(const struct path *path, struct text *to)
{
	if (path->above) {
		add_path(path->above, to);
		text_char(to, '.');
	}
	text_string(to, path->name);
}

static void print_json(const struct text *name, const struct field *field, struct text *to)
{
	json_next(to);
	text_string(to, "{\"name\":");
	text_json_bytes(to, name->bytes, name->length);
	json_string(to, "type", value_type_name((enum value_type)field->type));
	json_bool(to, "array", field->count_kind != COUNT_ONE);
	text_char(to, '}');
}

static void print_text(const struct text *name, const struct field *field,
		       const struct printing *printing)
{
	struct text *to = printing->to;

	text_string(to, printing->indent);
	text_printable(to, name->failed ? "?" : name->bytes);
	text_printf(to, "  %s%s\n", value_type_name((enum value_type)field->type),
		    field->count_kind == COUNT_ONE ? "" : "[]");
}

static void print(const struct printing *printing, const struct path *path,
		  const struct field *field)
{
	struct text name;

	text_init(&name, NAME_LIMIT);
	add_path(path, &name);
	if (printing->indent) {
		text_char(&name, '\0');
		print_text(&name, field, printing);
	} else {
		print_json(&name, field, printing->to);
	}
	text_done(&name);
}

static void each_field(const struct printing *printing, uint16_t first, uint16_t count,
		       const struct path *above)
{
	uint16_t i;

	for (i = first; i < first + count; i++) {
		const struct field *field = &printing->schema->fields[i];
		const struct path path = {above, field->name};

		print(printing, &path, field);
		if (field->type == VALUE_STRUCT)
			each_field(printing, field->first_member, field->member_count, &path);
	}
}

void schema_fields_text(const struct schema *schema, const char *indent, struct text *to)
{
	const struct printing printing = {schema, indent, to};

	each_field(&printing, 0, schema->top_count, NULL);
}

void schema_fields_json(const struct schema *schema, struct text *to)
{
	const struct printing printing = {schema, NULL, to};

	json_key(to, "fields");
	text_char(to, '[');
	each_field(&printing, 0, schema->top_count, NULL);
	text_char(to, ']');
}
