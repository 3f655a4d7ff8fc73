/*
 * tdh_map_table: value maps of providers, by name, made of TDH's EVENT_MAP_INFO.
 *
 * Owned by a decoder, which zeroes it to begin with and bounds it; one thread.
 */
#ifndef EXPORTER_DECODER_TDH_MAP_TABLE_H
#define EXPORTER_DECODER_TDH_MAP_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "exporter/schema/schema.h"

struct tdh_map_entry;

struct tdh_map_table {
	struct tdh_map_entry *entries;
};

/* NULL: the provider (GUID, 16 bytes) has none of that name. Borrowed, as long as the table. */
const struct value_map *tdh_map_table_find(const struct tdh_map_table *table, const uint8_t *guid,
					   const char *name);

/*
 * Adds the map of an EVENT_MAP_INFO, which says its name. The bytes of memory that it takes; 0: it
 * is not added, as it is there already, damaged, too large, maps no numbers, or for want of memory.
 */
size_t tdh_map_table_add(struct tdh_map_table *table, const uint8_t *guid, const uint8_t *info,
			 size_t length);

void tdh_map_table_done(struct tdh_map_table *table);

#endif
