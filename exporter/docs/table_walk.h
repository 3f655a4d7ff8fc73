/*
 * table_walk: all tables of keys that the configuration file is made of, each once, in the order in
 * which they are first needed.
 */
#ifndef EXPORTER_DOCS_TABLE_WALK_H
#define EXPORTER_DOCS_TABLE_WALK_H

#include "config/keys.h"

#define TABLES_MAX 64

struct table_walk {
	const struct key_table *tables[TABLES_MAX];
	size_t count;
};

/* From the configuration as a whole on. */
void table_walk(struct table_walk *walk);

#endif
