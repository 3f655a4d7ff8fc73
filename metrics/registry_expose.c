/*
 * Scrapes. Series are immutable once published and their numbers atomic, so a scrape takes no lock
 * that a writer knows. The order of a family's series is kept between scrapes; new ones are sorted
 * in.
 */
#include <stdlib.h>
#include <string.h>

#include "metrics/exposition.h"
#include "metrics/registry_private.h"

static uint64_t overflow_value(const struct registry *registry, const struct family *family)
{
	const struct shard *shard = atomic_load_explicit(&registry->shards, memory_order_acquire);
	uint64_t value = 0;

	for (; shard; shard = shard->next)
		value += cell_value(&shard->overflows[family->index].cell);
	return value;
}

static uint64_t overflow_count(const struct registry *registry, const struct family *family)
{
	const struct shard *shard = atomic_load_explicit(&registry->shards, memory_order_acquire);
	uint64_t count = 0;

	for (; shard; shard = shard->next)
		count += cell_value(&shard->overflows[family->index].count);
	return count;
}

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

static size_t count_new(const struct family *family, const struct series *newest)
{
	size_t count = 0;

	for (; newest != family->newest_sorted; newest = newest->older)
		count++;
	return count;
}

/* Takes in what was born since the last scrape. -1: out of memory. */
static int sort_in(struct family *family, bool overflow_used)
{
	struct series *newest = atomic_load_explicit(&family->newest, memory_order_acquire);
	size_t count = count_new(family, newest);
	bool add_overflow = overflow_used && !family->overflow_sorted;
	struct series **added, *series;
	size_t at = 0;

	if (!count && !add_overflow)
		return 0;
	added = malloc((count + 1) * sizeof(struct series *));
	if (!added || reserve(family, count + 1) != 0) {
		free(added);
		return -1;
	}
	for (series = newest; series != family->newest_sorted; series = series->older)
		added[at++] = series;
	if (add_overflow)
		added[at++] = family->overflow;
	qsort(added, at, sizeof(*added), compare);
	merge(family, added, at);
	free(added);
	family->newest_sorted = newest;
	family->overflow_sorted = family->overflow_sorted || add_overflow;
	return 0;
}

static void expose_family(const struct registry *registry, struct family *family,
			  struct exposition *exposition)
{
	bool overflow_used = atomic_load_explicit(&family->overflow_used, memory_order_relaxed) ||
			     overflow_count(registry, family) > 0;
	const struct series *series;
	uint64_t value;
	size_t i;

	if (sort_in(family, overflow_used) != 0) {
		exposition->out->failed = true;
		return;
	}
	exposition_family(exposition, &family->info);
	for (i = 0; i < family->sorted_count; i++) {
		series = family->sorted[i];
		value = series == family->overflow ? overflow_value(registry, family)
						   : series_value(series);
		exposition_rendered_u64(exposition, series->labels, series->length, value);
	}
}

static void expose_number(struct exposition *exposition, const char *name, const char *help,
			  enum metric_type type, uint64_t value)
{
	const struct family_info info = {.name = name, .help = help, .type = type};

	exposition_family(exposition, &info);
	exposition_u64(exposition, NULL, value);
}

static void expose_overflows(const struct registry *registry, struct exposition *exposition)
{
	static const char *const labels[] = {"family"};
	static const struct family_info info = {
		.name = "etw_exporter_series_overflow_total",
		.help = "Counted in the series with labels \"other\", for want of room for their "
			"own.",
		.type = METRIC_COUNTER,
		.labels = labels,
		.label_count = 1,
	};
	size_t i;

	exposition_family(exposition, &info);
	for (i = 0; i < registry->family_count; i++)
		exposition_u64(exposition, &registry->families[i]->info.name,
			       overflow_count(registry, registry->families[i]));
}

void registry_expose(struct registry *registry, struct exposition *exposition)
{
	size_t i;

	pthread_mutex_lock(&registry->expose_lock);
	for (i = 0; i < registry->family_count; i++)
		expose_family(registry, registry->families[i], exposition);
	pthread_mutex_unlock(&registry->expose_lock);

	expose_number(exposition, "etw_exporter_series",
		      "Series that exist, without overflow series.", METRIC_GAUGE,
		      registry_series(registry));
	expose_number(exposition, "etw_exporter_series_limit",
		      "Limit of the number of series (limits.series).", METRIC_GAUGE,
		      registry_series_limit(registry));
	expose_overflows(registry, exposition);
	expose_number(exposition, "etw_exporter_label_truncations_total",
		      "Label values that were cut to their longest length (limits.label_bytes).",
		      METRIC_COUNTER, registry_labels_cut(registry));
	exposition->family = NULL;
}
