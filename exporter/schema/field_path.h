/*
 * field_path: a field of a schema by its path, as rules write it: "Size", "Remote.Port",
 * "Addresses[2]", "Addresses.length".
 *
 * Names may hold dots and brackets themselves: at each level the longest name that fits is meant.
 * Read-only once found.
 */
#ifndef EXPORTER_FIELD_PATH_H
#define EXPORTER_FIELD_PATH_H

#include <stdbool.h>

#include "exporter/schema/schema.h"

#define FIELD_PATH_ANY UINT32_MAX

struct field_path_step {
	uint16_t field;	  /* index in the schema */
	uint32_t element; /* of an array; FIELD_PATH_ANY where the field is none */
};

struct field_path {
	struct field_path_step steps[SCHEMA_DEPTH_MAX + 1];
	uint8_t count;
	bool length; /* how many elements the last field has; of strings, also where they are
			elements, how many units, of binary bytes */
};

enum field_path_result {
	FIELD_PATH_FOUND,
	FIELD_PATH_UNKNOWN,   /* the schema has no such field */
	FIELD_PATH_IS_ARRAY,  /* it needs an index, or ".length" */
	FIELD_PATH_NO_ARRAY,  /* it has an index, but is no array */
	FIELD_PATH_IS_STRUCT, /* a member of it is needed */
	FIELD_PATH_NO_LENGTH, /* ".length" of what has none */
};

enum field_path_result field_path_find(const struct schema *schema, const char *path,
				       struct field_path *found);

/* What is wrong, to go behind `field "X" `: "is an array: ..."; of FIELD_PATH_FOUND nothing. */
const char *field_path_problem(enum field_path_result result);

#endif
