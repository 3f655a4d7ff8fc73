/*
 * field_path: how the fields of an event are named: `Remote.Port`, `Addresses[0]`,
 * `Addresses.length`, or `$pid` of its header. Any thread; nothing is kept.
 */
#ifndef CONFIG_FIELD_PATH_H
#define CONFIG_FIELD_PATH_H

#include <stdbool.h>

#include "config/report.h"
#include "config/yaml.h"

#define FIELD_PATH_BYTES_MAX 1000
#define FIELD_INDEX_MAX	     65535 /* no array has more elements */

/*
 * Whether the value of `key` is the path of a field, by its form alone; the report says why not.
 */
bool field_path_check(const struct yaml_node *node, const char *key, const struct report *report);

/* The same, for a value that could have been a mapping. */
bool field_path_check_short(const struct yaml_node *node, const char *key,
			    const struct report *report);

#endif
