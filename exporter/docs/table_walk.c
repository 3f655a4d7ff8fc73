#include "exporter/docs/table_walk.h"

static void add(struct table_walk *walk, const struct key_table *table)
{
	size_t i;

	for (i = 0; i < walk->count; i++)
		if (walk->tables[i] == table)
			return;
	if (walk->count < TABLES_MAX)
		walk->tables[walk->count++] = table;
}

static void add_with_variants(struct table_walk *walk, const struct key_table *table)
{
	size_t i;

	add(walk, table);
	for (i = 0; table->variants && table->variants[i]; i++)
		add(walk, table->variants[i]);
}

void table_walk(struct table_walk *walk, const struct key_table *root)
{
	size_t i, j;

	walk->count = 0;
	add(walk, root);
	for (i = 0; i < walk->count; i++)
		for (j = 0; j < walk->tables[i]->count; j++)
			if (walk->tables[i]->keys[j].table)
				add_with_variants(walk, walk->tables[i]->keys[j].table);
}
