/*
 * label_map: texts for values, as `map:` of a label gives them.
 *
 * Read-only once made, any thread. Numbers are found among the keys that are integers, however they
 * are written; texts among all, as they are written. Of equal keys the first counts.
 */
#ifndef EXPORTER_LABEL_MAP_H
#define EXPORTER_LABEL_MAP_H

#include <stddef.h>

#include "config/rule_config.h"
#include "exporter/value/value_number.h"

struct label_map;

/* Borrows the entries. NULL: out of memory. */
struct label_map *label_map_new(const struct map_entry *entries, size_t count);
void label_map_free(struct label_map *map);

/* NULL: it is not there. */
const char *label_map_number(const struct label_map *map, const struct value_number *number);
const char *label_map_text(const struct label_map *map, const char *text, size_t length);

#endif
