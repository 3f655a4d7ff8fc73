/*
 * tdh_info: schemas and value maps from the structures that TDH describes events with.
 *
 * Source: TRACE_EVENT_INFO and EVENT_MAP_INFO of tdh.h. They come from recordings, and from Windows
 * itself; every offset in them is checked. Nothing is kept: pure functions, any thread.
 */
#ifndef EXPORTER_DECODER_TDH_INFO_H
#define EXPORTER_DECODER_TDH_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exporter/schema/schema.h"

#define TDH_NAME_SIZE 1024 /* in UTF-8, with the terminator; longer ones are cut */

/* Of a TRACE_EVENT_INFO, before its properties. */
#define TDH_INFO_BYTES	    112
#define TDH_INFO_DESCRIPTOR 32 /* where the EVENT_DESCRIPTOR is */

/* Of an EVENT_MAP_INFO, before its entries. */
#define TDH_MAP_BYTES 16

/* The text at an offset from `base`; empty where there is none or the offset is outside. */
void tdh_info_text(const uint8_t *base, size_t length, uint32_t offset, char to[TDH_NAME_SIZE]);

/* Where the maps are that a TRACE_EVENT_INFO names. */
struct tdh_maps {
	/* NULL: there is none of that name. Borrowed, as long as the schema. */
	const struct value_map *(*find)(void *context, const char *name);
	void *context;
};

/*
 * The schema that a TRACE_EVENT_INFO describes, with `source` as its own; the caller's. NULL: it is
 * damaged, too large, of kinds that are not known, or no memory.
 */
struct schema *tdh_info_schema(const char *source, const uint8_t *info, size_t length,
			       const struct tdh_maps *maps);

struct tdh_map {
	struct value_map map;
	uint32_t *values;
	char **names;
	size_t bytes; /* of memory, with all it owns but itself */
};

/* False: the EVENT_MAP_INFO is damaged, too large, maps no numbers, or there is no memory. */
bool tdh_map_init(struct tdh_map *map, const uint8_t *info, size_t length);
/* Leaves it empty. */
void tdh_map_done(struct tdh_map *map);

#endif
