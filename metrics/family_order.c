/*
 * The order of a family's series, which is kept between scrapes: new ones are sorted in, expired
 * ones are taken out and freed. Everything here runs under the expose lock, so that no scrape sees
 * it.
 */
#include <stdlib.h>
#include <string.h>

#include "metrics/registry_private.h"

static int compare(const void *a, const void *b)
{
	return series_compare(*(struct series *const *)a, *(struct series *const *)b);
}

static int reserve(struct family *family, size_t more)
{
	size_t needed = family->sorted_count + more;
	size_t capacity = family->sorted_capacity;
	struct series **sorted;

	if (needed <= capacity)
		return 0;
	/* An eighth more than needed: few copies while series are born, little waste after. */
	capacity = needed + needed / 8 + 8;
	sorted = realloc(family->sorted, capacity * sizeof(struct series *));
	if (!sorted)
		return -1;
	family->sorted = sorted;
	family->sorted_capacity = capacity;
	return 0;
}

/* Where `series` belongs among the first `count` of the sorted. */
static size_t place_of(const struct family *family, size_t count, const struct series *series)
{
	size_t low = 0, middle;

	while (low < count) {
		middle = low + (count - low) / 2;
		if (series_compare(family->sorted[middle], series) < 0)
			low = middle + 1;
		else
			count = middle;
	}
	return low;
}

/* `added` is sorted. From the greatest down, each moves what is greater than it to its final place.
 */
static void merge(struct family *family, struct series *const *added, size_t count)
{
	size_t end = family->sorted_count;
	size_t at;

	family->sorted_count += count;
	for (; count; count--) {
		at = place_of(family, end, added[count - 1]);
		memmove(family->sorted + at + count, family->sorted + at,
			(end - at) * sizeof(*family->sorted));
		family->sorted[at + count - 1] = added[count - 1];
		end = at;
	}
}

/* Moves what was born to family->unsorted; returns how many are there. */
static size_t take_newborn(struct family *family)
{
	struct series *newborn =
		atomic_exchange_explicit(&family->newborn, NULL, memory_order_acquire);
	struct series *next, *series;
	size_t count = 0;

	for (; newborn; newborn = next) {
		next = newborn->older;
		newborn->older = family->unsorted;
		family->unsorted = newborn;
	}
	for (series = family->unsorted; series; series = series->older)
		count++;
	return count;
}

/* -1: out of memory; nothing is lost. */
static int sort_in(struct family *family, bool add_overflow)
{
	size_t count = take_newborn(family), at = 0;
	struct series **added, *series;

	if (!count && !add_overflow)
		return 0;
	added = malloc((count + 1) * sizeof(struct series *));
	if (!added || reserve(family, count + 1) != 0) {
		free(added);
		return -1;
	}
	for (series = family->unsorted; series; series = series->older)
		added[at++] = series;
	if (add_overflow)
		added[at++] = family->overflow;
	qsort(added, at, sizeof(*added), compare);
	merge(family, added, at);
	free(added);
	family->unsorted = NULL;
	family->overflow_sorted = family->overflow_sorted || add_overflow;
	return 0;
}

/* Under the lock: gives the cells of an expired series back to their shards. */
static void return_cells(struct registry *registry, struct series *series)
{
	struct cell *cell = atomic_load_explicit(&series->cells, memory_order_relaxed), *next;
	struct shard *shard;

	for (; cell; cell = next) {
		next = cell->next;
		shard = atomic_load_explicit(&registry->shards, memory_order_relaxed);
		while (shard->number != cell->shard)
			shard = shard->next;
		cell->series = NULL;
		cell->next = shard->spare[series->family];
		shard->spare[series->family] = cell;
	}
}

/* One at a time, for no birth to wait long. */
static void bury(struct registry *registry, struct family *family, struct series *series)
{
	pthread_mutex_lock(&registry->lock);
	return_cells(registry, series);
	atomic_fetch_sub_explicit(&family->dead, 1, memory_order_relaxed);
	atomic_fetch_sub_explicit(&registry->dead, 1, memory_order_relaxed);
	pthread_mutex_unlock(&registry->lock);
	free(series);
}

static void drop_expired(struct registry *registry, struct family *family)
{
	size_t kept = 0, i;

	for (i = 0; i < family->sorted_count; i++) {
		if (series_has_expired(family->sorted[i]))
			bury(registry, family, family->sorted[i]);
		else
			family->sorted[kept++] = family->sorted[i];
	}
	family->sorted_count = kept;
}

int family_put_in_order(struct registry *registry, struct family *family)
{
	bool overflow_used = atomic_load_explicit(&family->overflow_used, memory_order_relaxed) ||
			     family_overflow_count(registry, family) > 0;

	if (sort_in(family, overflow_used && !family->overflow_sorted) != 0)
		return -1;
	if (atomic_load_explicit(&family->dead, memory_order_relaxed))
		drop_expired(registry, family);
	return 0;
}

void family_drop_overflow(struct family *family)
{
	size_t kept = 0, i;

	for (i = 0; i < family->sorted_count; i++)
		if (family->sorted[i] != family->overflow)
			family->sorted[kept++] = family->sorted[i];
	family->sorted_count = kept;
	family->overflow_sorted = false;
}

static void free_chain(struct series *series)
{
	struct series *older;

	for (; series; series = older) {
		older = series->older;
		free(series);
	}
}

void family_free_series(struct family *family)
{
	size_t i;

	free_chain(atomic_load_explicit(&family->newborn, memory_order_relaxed));
	free_chain(family->unsorted);
	for (i = 0; i < family->sorted_count; i++)
		if (family->sorted[i] != family->overflow)
			free(family->sorted[i]);
	free(family->sorted);
	free(family->overflow);
}
