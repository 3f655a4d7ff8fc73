#include "exporter/baseline/common_buckets.h"

#include <stdlib.h>
#include <string.h>

static bool is_empty(const struct baseline_series *series, size_t runs, size_t bucket)
{
	size_t run;

	for (run = 0; run < runs; run++)
		if (series->values[run].buckets && series->values[run].buckets[bucket])
			return false;
	return true;
}

/* The bucket that a value is in. */
static size_t bucket_of(const double *bounds, size_t count, double value)
{
	size_t low = 0, high = count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (bounds[middle] < value)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool may_have(const struct baseline_series *series, size_t runs, double bound)
{
	size_t bucket = bucket_of(series->bounds, series->bound_count, bound);

	return (bucket < series->bound_count && series->bounds[bucket] == bound) ||
	       is_empty(series, runs, bucket);
}

/* Of those of the first that the second may have, and that are not there yet. */
static size_t add_bounds(double *to, size_t count, const struct baseline_series *of,
			 const struct baseline_series *other, size_t other_runs)
{
	size_t i, added = count;

	for (i = 0; i < of->bound_count; i++)
		if (may_have(other, other_runs, of->bounds[i]))
			to[added++] = of->bounds[i];
	return added;
}

static int compare_bounds(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

/* Sorted and each once; of too many every other is given up. */
static size_t settle(double *bounds, size_t count)
{
	size_t i, kept = 0;

	if (count > 1)
		qsort(bounds, count, sizeof(*bounds), compare_bounds);
	for (i = 0; i < count; i++)
		if (!kept || bounds[kept - 1] != bounds[i])
			bounds[kept++] = bounds[i];
	if (kept <= BASELINE_BOUNDS_MAX)
		return kept;
	for (i = 0; 2 * i < kept; i++)
		bounds[i] = bounds[2 * i];
	return i;
}

static size_t find_common(const struct baseline_series *a, size_t a_runs,
			  const struct baseline_series *b, size_t b_runs, double *to)
{
	size_t count = add_bounds(to, 0, a, b, b_runs);

	return settle(to, add_bounds(to, count, b, a, a_runs));
}

/* Each of the old buckets that is not empty lies in one of the new ones. */
static void move_counts(const struct baseline_series *series, const uint64_t *from,
			const double *bounds, size_t count, uint64_t *to)
{
	size_t i;

	memset(to, 0, (count + 1) * sizeof(*to));
	for (i = 0; i < series->bound_count; i++)
		to[bucket_of(bounds, count, series->bounds[i])] += from[i];
	to[count] += from[series->bound_count];
}

struct replacement {
	double *bounds;
	uint64_t **buckets; /* by run */
	size_t runs;
};

static void replacement_done(struct replacement *replacement)
{
	size_t i;

	for (i = 0; replacement->buckets && i < replacement->runs; i++)
		free(replacement->buckets[i]);
	free(replacement->buckets);
	free(replacement->bounds);
}

/* False: no memory. */
static bool prepare(const struct baseline_series *series, size_t runs, const double *bounds,
		    size_t count, struct replacement *to)
{
	size_t i;

	*to = (struct replacement){.bounds = malloc((count + 1) * sizeof(*to->bounds)),
				   .buckets = calloc(runs + 1, sizeof(uint64_t *)),
				   .runs = runs};
	if (!to->bounds || !to->buckets)
		return false;
	memcpy(to->bounds, bounds, count * sizeof(*bounds));
	for (i = 0; i < runs; i++) {
		if (!series->values[i].buckets)
			continue;
		to->buckets[i] = malloc((count + 1) * sizeof(uint64_t));
		if (!to->buckets[i])
			return false;
		move_counts(series, series->values[i].buckets, bounds, count, to->buckets[i]);
	}
	return true;
}

/* What was there goes into the replacement. */
static void replace(struct baseline_series *series, size_t count, struct replacement *by)
{
	double *bounds = series->bounds;
	size_t i;

	series->bounds = by->bounds;
	by->bounds = bounds;
	series->bound_count = count;
	for (i = 0; i < by->runs; i++) {
		uint64_t *buckets = series->values[i].buckets;

		series->values[i].buckets = by->buckets[i];
		by->buckets[i] = buckets;
	}
}

int common_buckets_make(struct baseline_series *a, size_t a_runs, struct baseline_series *b,
			size_t b_runs)
{
	struct replacement of_a = {0}, of_b = {0};
	double *bounds;
	size_t count;
	bool done;

	if (a->kind != BASELINE_HISTOGRAM || b->kind != BASELINE_HISTOGRAM ||
	    baseline_same_bounds(a, b->bounds, b->bound_count))
		return 0;
	bounds = malloc((a->bound_count + b->bound_count + 1) * sizeof(*bounds));
	if (!bounds)
		return -1;
	count = find_common(a, a_runs, b, b_runs, bounds);
	done = !count || (prepare(a, a_runs, bounds, count, &of_a) &&
			  prepare(b, b_runs, bounds, count, &of_b));
	if (done && count) {
		replace(a, count, &of_a);
		replace(b, count, &of_b);
	}
	replacement_done(&of_a);
	replacement_done(&of_b);
	free(bounds);
	return done ? 0 : -1;
}

int common_buckets_make_all(struct baseline *a, struct baseline *b, struct error *error)
{
	size_t i = 0, j = 0;
	int order;

	while (i < a->series_count && j < b->series_count) {
		order = strcmp(a->series[i].key, b->series[j].key);
		if (!order &&
		    common_buckets_make(&a->series[i], a->run_count, &b->series[j], b->run_count))
			return error_set(error, "cannot compare the baselines: out of memory");
		i += order <= 0;
		j += order >= 0;
	}
	return 0;
}

void common_buckets_trim(struct baseline_series *series, size_t runs)
{
	size_t i, run, kept = 0;

	for (i = 0; i < series->bound_count; i++) {
		if (is_empty(series, runs, i) && is_empty(series, runs, i + 1))
			continue;
		series->bounds[kept] = series->bounds[i];
		/* Those up to the bound are one bucket, all but this one of which are empty. */
		for (run = 0; run < runs; run++)
			if (series->values[run].buckets)
				series->values[run].buckets[kept] = series->values[run].buckets[i];
		kept++;
	}
	for (run = 0; run < runs; run++)
		if (series->values[run].buckets)
			series->values[run].buckets[kept] =
				series->values[run].buckets[series->bound_count];
	series->bound_count = kept;
}
