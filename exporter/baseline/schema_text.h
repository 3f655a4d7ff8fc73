/*
 * schema_text: JSON schemas of what is made of baselines, written from tables. Pure; any thread.
 */
#ifndef EXPORTER_BASELINE_SCHEMA_TEXT_H
#define EXPORTER_BASELINE_SCHEMA_TEXT_H

#include <stdbool.h>

#include "metrics/text.h"

#define SCHEMA_COUNT  "{\"type\":\"integer\",\"minimum\":0,\"maximum\":9007199254740992}"
#define SCHEMA_NS     "{\"type\":\"integer\",\"minimum\":0}"
#define SCHEMA_NUMBER "{\"type\":[\"number\",\"null\"]}"
#define SCHEMA_STRING "{\"type\":\"string\"}"
#define SCHEMA_BOOL   "{\"type\":\"boolean\"}"
#define SCHEMA_LABELS "{\"type\":\"object\",\"additionalProperties\":" SCHEMA_STRING "}"

/* A property is a row. */
struct schema_property {
	const char *name;
	bool required;
	const char *schema, *what;
};

#define SCHEMA_LIST(properties) (properties), sizeof(properties) / sizeof((properties)[0])

/* An object with these properties alone, without the closing brace and the opening one. */
void schema_add_object(struct text *to, const struct schema_property *properties, size_t count);

/* The same, called `name`, with the opening one. */
void schema_add_definition(struct text *to, const char *name,
			   const struct schema_property *properties, size_t count);

#endif
