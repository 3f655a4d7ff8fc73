#include "metrics/series.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

struct series *series_new(uint32_t family, const char *labels, size_t length, uint32_t hash)
{
	struct series *series;

	if (length > UINT32_MAX - sizeof(*series))
		return NULL;
	series = malloc(sizeof(*series) + length);
	if (!series)
		return NULL;
	atomic_init(&series->cells, NULL);
	series->created_ns = now_ns();
	series->older = NULL;
	atomic_init(&series->used, 0);
	series->family = family;
	series->hash = hash;
	series->length = (uint32_t)length;
	if (length)
		memcpy(series->labels, labels, length);
	return series;
}

void series_add_cell(struct series *series, struct cell *cell)
{
	cell->series = series;
	cell->next = atomic_load_explicit(&series->cells, memory_order_relaxed);
	atomic_store_explicit(&series->cells, cell, memory_order_release);
	atomic_fetch_add_explicit(&series->used, 1, memory_order_relaxed);
}

struct series *series_find(const struct table *table, const char *labels, size_t length,
			   uint32_t hash)
{
	struct series *series;
	size_t at;

	for (series = table_first(table, hash, &at); series; series = table_next(table, hash, &at))
		if (series_is(series, labels, length))
			return series;
	return NULL;
}

static const struct cell *first_cell(const struct series *series)
{
	return atomic_load_explicit(&series->cells, memory_order_acquire);
}

uint64_t series_value(const struct series *series)
{
	const struct cell *cell = first_cell(series);
	uint64_t value = 0;

	for (; cell; cell = cell->next)
		value += cell_value(cell);
	return value;
}

double series_sum(const struct series *series)
{
	const struct cell *cell = first_cell(series);
	double sum = 0;

	for (; cell; cell = cell->next)
		sum += cell_double(cell);
	return sum;
}

bool series_last(const struct series *series, double *value)
{
	const struct cell *cell = first_cell(series);
	int64_t last = CELL_NEVER_SET, when;

	for (; cell; cell = cell->next) {
		/* Pairs with cell_set(): the value is at least as new as the time. */
		when = (int64_t)atomic_load_explicit(&cell->more[0], memory_order_acquire);
		if (when <= last)
			continue;
		last = when;
		*value = cell_double(cell);
	}
	return last != CELL_NEVER_SET;
}

uint64_t series_buckets(const struct series *series, uint64_t *counts, size_t buckets)
{
	const struct cell *cell = first_cell(series);
	uint64_t all = 0, count;
	size_t i;

	memset(counts, 0, buckets * sizeof(*counts));
	for (; cell; cell = cell->next) {
		for (i = 0; i < buckets; i++) {
			count = atomic_load_explicit(&cell->more[i], memory_order_relaxed);
			counts[i] += count;
			all += count;
		}
	}
	return all;
}

void series_native(const struct series *series, size_t buckets, struct native_sum *sum)
{
	const struct cell *cell = first_cell(series);

	native_sum_clear(sum);
	for (; cell; cell = cell->next)
		native_sum_add(sum, &cell->more[buckets]);
}

void series_exemplar(const struct series *series, const struct family_info *info, size_t bucket,
		     struct exemplar *exemplar)
{
	const struct cell *cell = first_cell(series);
	size_t at = cell_exemplar_at(info, bucket);

	exemplar->length = 0;
	for (; cell; cell = cell->next)
		exemplar_take_later(&cell->more[at], exemplar);
}

int series_compare(const struct series *a, const struct series *b)
{
	size_t shorter = a->length < b->length ? a->length : b->length;
	int order = memcmp(a->labels, b->labels, shorter);

	if (order)
		return order;
	return (a->length > b->length) - (a->length < b->length);
}
