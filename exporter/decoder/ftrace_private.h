/*
 * ftrace_private: what finding format files, making schemas of them and making value maps share.
 */
#ifndef EXPORTER_DECODER_FTRACE_PRIVATE_H
#define EXPORTER_DECODER_FTRACE_PRIVATE_H

#include "exporter/decoder/ftrace.h"
#include "exporter/decoder/ftrace_format.h"

struct ftrace_maps;

/* The value map that a print format has for a field; NULL: none, or no memory. Kept in `maps`. */
const struct value_map *ftrace_map_find(struct ftrace_maps **maps, const struct tep_event *event,
					const struct tep_format_field *field);

/* Whether the print format shows a field as a bitmask. */
bool ftrace_is_bitmask(const struct tep_event *event, const struct tep_format_field *field);

void ftrace_maps_free(struct ftrace_maps *maps);

/* A type of C that is a number, as formats spell it. */
struct ftrace_c_type {
	const char *name;
	uint8_t bytes;
	bool is_signed;
};

/* `type` is as in "const int" or "__data_loc unsigned int[]". NULL: not known. */
const struct ftrace_c_type *ftrace_c_type_find(const char *type);

/* NULL: it has too many fields, or they contradict each other. */
struct schema *ftrace_schema_make(struct ftrace_maps **maps, const struct tep_event *event);

#endif
