#include "exporter/baseline/schema_text.h"

/* A reference has no room for more than itself. */
static void add_property(struct text *to, const struct schema_property *property)
{
	text_json(to, property->name);
	text_string(to, ":{\"description\":");
	text_json(to, property->what);
	text_printf(to, ",\"allOf\":[%s]}", property->schema);
}

void schema_add_object(struct text *to, const struct schema_property *properties, size_t count)
{
	bool begun = false;
	size_t i;

	text_string(to, "\"type\":\"object\",\"additionalProperties\":false,\"required\":[");
	for (i = 0; i < count; i++) {
		if (!properties[i].required)
			continue;
		text_string(to, begun ? "," : "");
		text_json(to, properties[i].name);
		begun = true;
	}
	text_string(to, "],\n\"properties\":{\n");
	for (i = 0; i < count; i++) {
		text_string(to, i ? ",\n" : "");
		add_property(to, &properties[i]);
	}
	text_char(to, '}');
}

void schema_add_definition(struct text *to, const char *name,
			   const struct schema_property *properties, size_t count)
{
	text_json(to, name);
	text_string(to, ":{");
	schema_add_object(to, properties, count);
}
