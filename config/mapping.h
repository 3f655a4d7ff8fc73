/*
 * mapping: reads a mapping of the configuration file into a struct, by its table of keys.
 *
 * Used while a configuration is read, by one thread. Everything that is wrong goes to the report,
 * and reading goes on.
 */
#ifndef CONFIG_MAPPING_H
#define CONFIG_MAPPING_H

#include "config/keys.h"
#include "config/report.h"
#include "config/yaml.h"

/* Which of a table's keys are there. */
struct mapping {
	const struct key_table *table;
	const struct yaml_node *keys[KEYS_MAX];	  /* NULL: not there */
	const struct yaml_node *values[KEYS_MAX]; /* NULL: not there */
};

/*
 * Reports keys that are unknown, there twice, or missing. A node that is no mapping is reported and
 * then is one without keys.
 */
void mapping_open(struct mapping *mapping, const struct key_table *table,
		  const struct yaml_node *node, const struct report *report);

/*
 * Fills `into`, the struct of the mapping's table: what the file says, defaults for the rest.
 * Leaves out KEY_OTHER.
 */
void mapping_read(const struct mapping *mapping, void *into, const struct report *report);

/* The value of a key, NULL where it is not there. */
const struct yaml_node *mapping_value(const struct mapping *mapping, const char *key);

/* Its place; zero where it is not there. */
struct place mapping_place(const struct mapping *mapping, const char *key);

#endif
