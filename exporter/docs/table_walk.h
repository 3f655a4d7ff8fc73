/*
 * table_walk: all tables of keys that a configuration file is made of, each once, in the order in
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

/* From that of the file as a whole on. */
void table_walk(struct table_walk *walk, const struct key_table *root);

#endif
