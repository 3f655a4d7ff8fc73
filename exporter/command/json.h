/*
 * json: members of JSON objects. The text has an object begun, the comma between two members is
 * written with the second. Any thread.
 */
#ifndef EXPORTER_COMMAND_JSON_H
#define EXPORTER_COMMAND_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "metrics/text.h"

/* Its value is the caller's to write. */
void json_key(struct text *to, const char *key);
void json_u64(struct text *to, const char *key, uint64_t value);
void json_bool(struct text *to, const char *key, bool value);
void json_string(struct text *to, const char *key, const char *value);

/* The same, but null where the value is NULL or empty. */
void json_string_or_null(struct text *to, const char *key, const char *value);

/* A comma, unless the array has only begun. */
void json_next(struct text *to);

#endif
