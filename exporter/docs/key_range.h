/*
 * key_range: what the values of a key of the configuration may be, as one would write them.
 */
#ifndef EXPORTER_DOCS_KEY_RANGE_H
#define EXPORTER_DOCS_KEY_RANGE_H

#include "config/keys.h"
#include "config/units.h"

/* The least and the most, of durations, sizes and counts; false: it has none. */
bool key_range(const struct key *key, struct unit_text *low, struct unit_text *high);

#endif
