#include "metrics/series.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 16

struct series *series_new(struct arena *arena, const char *labels, size_t length, uint32_t hash)
{
	struct series *series;

	if (length > UINT32_MAX)
		return NULL;
	series = arena_alloc(arena, sizeof(*series) + length);
	if (!series)
		return NULL;
	atomic_init(&series->cells, NULL);
	series->older = NULL;
	series->hash = hash;
	series->length = (uint32_t)length;
	if (length)
		memcpy(series->labels, labels, length);
	return series;
}

void series_add_cell(struct series *series, struct cell *cell)
{
	cell->next = atomic_load_explicit(&series->cells, memory_order_relaxed);
	atomic_store_explicit(&series->cells, cell, memory_order_release);
}

uint64_t series_value(const struct series *series)
{
	const struct cell *cell = atomic_load_explicit(&series->cells, memory_order_acquire);
	uint64_t value = 0;

	for (; cell; cell = cell->next)
		value += cell_value(cell);
	return value;
}

int series_compare(const struct series *a, const struct series *b)
{
	size_t shorter = a->length < b->length ? a->length : b->length;
	int order = memcmp(a->labels, b->labels, shorter);

	if (order)
		return order;
	return (a->length > b->length) - (a->length < b->length);
}

void series_table_done(struct series_table *table)
{
	free(table->slots);
	*table = (struct series_table){0};
}

struct series *series_table_find(const struct series_table *table, const char *labels,
				 size_t length, uint32_t hash)
{
	struct series *series;
	size_t at;

	if (!table->slots)
		return NULL;
	for (at = hash & table->mask; (series = table->slots[at]); at = (at + 1) & table->mask)
		if (series->hash == hash && series->length == length &&
		    memcmp(series->labels, labels, length) == 0)
			return series;
	return NULL;
}

static void place(struct series **slots, size_t mask, struct series *series)
{
	size_t at = series->hash & mask;

	while (slots[at])
		at = (at + 1) & mask;
	slots[at] = series;
}

int series_table_reserve(struct series_table *table)
{
	size_t slots = table->slots ? table->mask + 1 : 0;
	size_t grown = slots ? slots * 2 : FIRST_SLOTS;
	struct series **bigger;
	size_t i;

	/* At most three quarters full, so that probes stay short. */
	if (table->count + 1 <= slots / 4 * 3)
		return 0;
	bigger = calloc(grown, sizeof(*bigger));
	if (!bigger)
		return -1;
	for (i = 0; i < slots; i++)
		if (table->slots[i])
			place(bigger, grown - 1, table->slots[i]);
	free(table->slots);
	table->slots = bigger;
	table->mask = grown - 1;
	return 0;
}

void series_table_add(struct series_table *table, struct series *series)
{
	place(table->slots, table->mask, series);
	table->count++;
}
