/* Source: JSON Schema, draft 7. What YAML takes for a number or a truth is as good as a text. */
#include <stdio.h>
#include <string.h>

#include "config/web_keys.h"
#include "exporter/command/json.h"
#include "exporter/docs/docs.h"
#include "exporter/docs/key_range.h"
#include "exporter/docs/table_walk.h"

#define SCALAR "{\"type\":[\"string\",\"number\",\"boolean\"]}"

static void add_list(struct text *to, const char *of)
{
	text_printf(to, "{\"type\":\"array\",\"items\":%s}", of);
}

static void add_reference(struct text *to, const struct table_walk *walk,
			  const struct key_table *table)
{
	size_t i;

	for (i = 0; walk->tables[i] != table; i++)
		;
	text_printf(to, "{\"$ref\":\"#/definitions/keys%zu\"}", i);
}

/* "source: tracefs" as a condition; of the table that there is without the key, nothing. */
static void add_variant(struct text *to, const struct table_walk *walk,
			const struct key_table *table)
{
	size_t length = strcspn(table->variant, ":");

	text_printf(to, "{\"if\":{\"properties\":{\"%.*s\":{\"const\":\"%s\"}},", (int)length,
		    table->variant, table->variant + length + 2);
	text_printf(to, "\"required\":[\"%.*s\"]},\"then\":", (int)length, table->variant);
	add_reference(to, walk, table);
	text_string(to, ",\"else\":");
}

static void add_mapping(struct text *to, const struct table_walk *walk,
			const struct key_table *table)
{
	size_t variants = 0, i;

	if (!table) {
		text_string(to, "{\"type\":\"object\"}");
		return;
	}
	for (i = 0; table->variants && table->variants[i]; i++) {
		if (table->variants[i] == table)
			continue;
		add_variant(to, walk, table->variants[i]);
		variants++;
	}
	add_reference(to, walk, table);
	for (; variants; variants--)
		text_char(to, '}');
}

/* What has the names as its keys. */
static void add_named(struct text *to, const struct table_walk *walk, const struct key_table *table)
{
	text_string(to, "{\"type\":\"object\",\"additionalProperties\":{\"anyOf\":[" SCALAR);
	if (table) {
		text_char(to, ',');
		add_mapping(to, walk, table);
	}
	text_string(to, "]}}");
}

static void add_choices(struct text *to, const char *const *choices)
{
	json_key(to, "enum");
	text_char(to, '[');
	for (; *choices; choices++) {
		json_next(to);
		text_json(to, *choices);
	}
	text_char(to, ']');
}

static void add_scalar(struct text *to, const struct key *key)
{
	if (!key->choices) {
		text_string(to, SCALAR);
		return;
	}
	text_char(to, '{');
	add_choices(to, key->choices);
	text_char(to, '}');
}

static void add_shape(struct text *to, const struct table_walk *walk, const struct key *key,
		      enum key_shape shape)
{
	switch (shape) {
	case SHAPE_SCALAR:
		add_scalar(to, key);
		break;
	case SHAPE_MAPPING:
		add_mapping(to, walk, key->table);
		break;
	default:
		add_named(to, walk, key->table);
	}
}

/* One of the shapes, alone or in a list, in which they may be mixed. */
static void add_shapes(struct text *to, const struct table_walk *walk, const struct key *key)
{
	static const struct {
		enum key_shape one, list;
	} shapes[] = {
		{SHAPE_SCALAR, SHAPE_SCALARS},
		{SHAPE_MAPPING, SHAPE_MAPPINGS},
		{.one = SHAPE_NAMED},
	};
	size_t i;

	json_key(to, "anyOf");
	text_char(to, '[');
	for (i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		if (!(key->shapes & shapes[i].one))
			continue;
		json_next(to);
		add_shape(to, walk, key, shapes[i].one);
	}
	if (key->shapes & (SHAPE_SCALARS | SHAPE_MAPPINGS)) {
		json_next(to);
		text_string(to, "{\"type\":\"array\",\"items\":{\"anyOf\":[");
		for (i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
			if (!(key->shapes & shapes[i].list))
				continue;
			json_next(to);
			add_shape(to, walk, key, shapes[i].one);
		}
		text_string(to, "]}}");
	}
	text_char(to, ']');
}

static void add_quantity(struct text *to, const struct unit_system *system)
{
	const struct unit *unit;

	json_key(to, "type");
	text_string(to, system->bare ? "[\"string\",\"integer\"]" : "\"string\"");
	json_key(to, "pattern");
	text_string(to, "\"^([0-9]+(\\\\.[0-9]+)?(");
	for (unit = system->units; unit->name; unit++)
		text_printf(to, "%s%s", unit == system->units ? "" : "|", unit->name);
	text_string(to, system->bare ? ")?)" : "))");
	text_string(to, system->compound ? "+$\"" : "$\"");
}

static void add_kind(struct text *to, const struct table_walk *walk, const struct key *key)
{
	switch (key->kind) {
	case KEY_WORD:
	case KEY_CHOICE:
		add_choices(to, key->choices);
		break;
	case KEY_BOOL:
		json_string(to, "type", "boolean");
		break;
	case KEY_DURATION:
		add_quantity(to, &unit_durations);
		break;
	case KEY_SIZE:
		add_quantity(to, &unit_sizes);
		break;
	case KEY_COUNT:
		json_string(to, "type", "integer");
		json_u64(to, "minimum", key->low);
		json_u64(to, "maximum", key->high);
		break;
	case KEY_NUMBER:
		json_string(to, "type", "number");
		break;
	case KEY_SCALARS:
		json_key(to, "anyOf");
		text_string(to, "[" SCALAR ",");
		add_list(to, SCALAR);
		text_char(to, ']');
		break;
	case KEY_MAPPING:
		json_key(to, "allOf");
		text_char(to, '[');
		add_mapping(to, walk, key->table);
		text_char(to, ']');
		break;
	case KEY_OTHER:
		add_shapes(to, walk, key);
		break;
	default:
		json_key(to, "type");
		text_string(to, "[\"string\",\"number\",\"boolean\"]");
	}
}

/* Ranges of quantities no schema can say: the description does. */
static void add_description(struct text *to, const struct key *key)
{
	struct unit_text low, high;
	struct text words;

	text_init(&words, 4096);
	text_string(&words, key->help);
	if (key_range(key, &low, &high))
		text_printf(&words, " From %s to %s.", low.text, high.text);
	if (!key->required && key->fallback && *key->fallback)
		text_printf(&words, " Default: %s.", key->fallback);
	text_char(&words, '\0');
	json_string(to, "description", words.failed ? key->help : words.bytes);
	text_done(&words);
}

static void add_required(struct text *to, const struct key_table *table)
{
	bool any = false;
	size_t i;

	for (i = 0; i < table->count; i++) {
		if (!table->keys[i].required)
			continue;
		if (!any) {
			json_key(to, "required");
			text_char(to, '[');
		}
		any = true;
		json_next(to);
		text_json(to, table->keys[i].name);
	}
	if (any)
		text_char(to, ']');
}

/* Behind a schema, that of no value: of those that do not fit editors tell what the first says. */
static void add_blank(struct text *to, enum key_blank blank)
{
	if (blank == BLANK_NULL)
		text_string(to, "},{\"type\":\"null\"}]");
	else if (blank == BLANK_TEXT)
		text_string(to, "},{\"enum\":[null,\"\"]}]");
}

static void add_table(struct text *to, const struct table_walk *walk, const struct key_table *table)
{
	size_t i;

	text_string(to, "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{");
	for (i = 0; i < table->count; i++) {
		json_key(to, table->keys[i].name);
		text_char(to, '{');
		add_description(to, &table->keys[i]);
		if (table->blank)
			text_string(to, ",\"anyOf\":[{");
		add_kind(to, walk, &table->keys[i]);
		add_blank(to, table->blank);
		text_char(to, '}');
	}
	text_char(to, '}');
	add_required(to, table);
	text_char(to, '}');
}

static void add_schema(struct text *to, const char *title, const struct key_table *root)
{
	struct table_walk walk;
	char name[32];
	size_t i;

	table_walk(&walk, root);
	text_printf(to,
		    "{\"$schema\":\"http://json-schema.org/draft-07/schema#\","
		    "\"title\":\"%s\",\"%s\":[",
		    title, root->blank ? "anyOf" : "allOf");
	add_reference(to, &walk, root);
	text_printf(to, "%s],\"definitions\":{", root->blank ? ",{\"type\":\"null\"}" : "");
	for (i = 0; i < walk.count; i++) {
		snprintf(name, sizeof(name), "keys%zu", i);
		json_key(to, name);
		add_table(to, &walk, walk.tables[i]);
	}
	text_string(to, "}}\n");
}

void docs_config_schema(struct text *to)
{
	add_schema(to, "etw_exporter.yml", &config_keys);
}

void docs_web_schema(struct text *to)
{
	add_schema(to, "web configuration of etw_exporter", &web_keys);
}
