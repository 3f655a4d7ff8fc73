/*
 * schema_fields: the fields of a schema, for commands to print. Those of structs come behind their
 * struct, with its name before theirs. Any thread.
 */
#ifndef EXPORTER_COMMAND_SCHEMA_FIELDS_H
#define EXPORTER_COMMAND_SCHEMA_FIELDS_H

#include "exporter/schema/schema.h"
#include "metrics/text.h"

/* A line each, behind `indent`. */
void schema_fields_text(const struct schema *schema, const char *indent, struct text *to);

/* The member "fields" of an object that is begun. */
void schema_fields_json(const struct schema *schema, struct text *to);

#endif
