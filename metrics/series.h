/*
 * series: a series and the table that finds it by its label text. Private to the registry.
 *
 * The table is used under the registry's lock; what it finds is immutable but for its cells.
 */
#ifndef METRICS_SERIES_H
#define METRICS_SERIES_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "metrics/arena.h"
#include "metrics/registry.h"

struct series {
	_Atomic(struct cell *) cells; /* newest first */
	struct series *older;	      /* of the family; set before the series is published */
	uint32_t hash;
	uint32_t length; /* of the label text */
	char labels[];	 /* between the braces, escaped; not terminated */
};

/* A series without cells that is in no table. NULL: out of memory, or the text is absurdly long. */
struct series *series_new(struct arena *arena, const char *labels, size_t length, uint32_t hash);

/* Adds a cell for scrapes to see. Only one thread at a time; scrapes may run meanwhile. */
void series_add_cell(struct series *series, struct cell *cell);

uint64_t series_value(const struct series *series);

/* By label text: less than, equal to or greater than 0. */
int series_compare(const struct series *a, const struct series *b);

struct series_table {
	struct series **slots; /* open addressing; NULL: empty */
	size_t mask;	       /* slots - 1; 0 before the first is added */
	size_t count;
};

void series_table_done(struct series_table *table);

/* NULL: not there. */
struct series *series_table_find(const struct series_table *table, const char *labels,
				 size_t length, uint32_t hash);

/* So that the next add finds room. -1: out of memory. */
int series_table_reserve(struct series_table *table);

/* After a successful reserve; the series is not there yet. */
void series_table_add(struct series_table *table, struct series *series);

#endif
