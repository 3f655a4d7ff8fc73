/*
 * series: a family with label values, and what its cells amount to. Private to the registry.
 *
 * All but its cells and how many are in use is immutable. Cells are added under the registry's
 * lock, while scrapes read.
 */
#ifndef METRICS_SERIES_H
#define METRICS_SERIES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "metrics/cell.h"
#include "metrics/table.h"

struct series {
	_Atomic(struct cell *) cells; /* newest first */
	int64_t created_ns;	      /* when it was born, since 1970 */
	struct series *older;	      /* of those that wait to be sorted */
	_Atomic uint32_t used;	      /* cells that are not retired; 0 once it has expired */
	uint32_t family;	      /* its index */
	uint32_t hash;		      /* of the label text */
	uint32_t length;	      /* of the label text */
	char labels[];		      /* between the braces, escaped; not terminated */
};

/* A series without cells, from malloc. NULL: out of memory, or the text is absurdly long. */
struct series *series_new(uint32_t family, const char *labels, size_t length, uint32_t hash);

/* Adds a cell, in use, for scrapes to see. Only one thread at a time; scrapes may run meanwhile. */
void series_add_cell(struct series *series, struct cell *cell);

static inline bool series_has_expired(const struct series *series)
{
	return !atomic_load_explicit(&series->used, memory_order_relaxed);
}

static inline bool series_is(const struct series *series, const char *labels, size_t length)
{
	return series->length == length && (!length || memcmp(series->labels, labels, length) == 0);
}

/* Of a family's table. NULL: not there. */
struct series *series_find(const struct table *table, const char *labels, size_t length,
			   uint32_t hash);

/* The sum of integers, and of doubles. */
uint64_t series_value(const struct series *series);
double series_sum(const struct series *series);

/* The double that was set last. False: none was. */
bool series_last(const struct series *series, double *value);

/* How many values fell in each of `buckets` buckets alone; returns how many in all. */
uint64_t series_buckets(const struct series *series, uint64_t *counts, size_t buckets);

/* Sets the sum of its native buckets, which are behind `buckets` others. */
void series_native(const struct series *series, size_t buckets, struct native_sum *sum);

/* The last exemplar of a counter (bucket 0) or bucket; length 0: there is none. */
void series_exemplar(const struct series *series, const struct family_info *info, size_t bucket,
		     struct exemplar *exemplar);

/* By label text: less than, equal to or greater than 0. */
int series_compare(const struct series *a, const struct series *b);

#endif
