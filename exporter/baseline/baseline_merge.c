#include "exporter/baseline/baseline_merge.h"

#include <stdlib.h>
#include <string.h>

#include "exporter/baseline/common_buckets.h"

/* A run of a part. */
struct run_of {
	const struct baseline_part *part;
	size_t index;
};

/* A series of a part. */
struct series_of {
	const struct baseline_part *part;
	struct baseline_series *series;
};

struct merging {
	struct run_of *runs;
	size_t run_count;
	struct series_of *series;
	size_t series_count;
};

static const struct baseline_run *run_at(const struct run_of *run)
{
	return &run->part->baseline->runs[run->index];
}

static int by_start(const void *a, const void *b)
{
	const struct run_of *first = a, *second = b;
	int64_t start = run_at(first)->start_ns, other = run_at(second)->start_ns;
	int order;

	if (start != other)
		return start < other ? -1 : 1;
	order = strcmp(first->part->name, second->part->name);
	return order ? order : (first->index > second->index) - (first->index < second->index);
}

static int by_key(const void *a, const void *b)
{
	const struct series_of *first = a, *second = b;
	int order = strcmp(first->series->key, second->series->key);

	return order ? order : (first->part > second->part) - (first->part < second->part);
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Twice the same would look like a repetition. */
static bool is_same_run(const struct baseline_run *a, const struct baseline_run *b)
{
	return a->start_ns == b->start_ns && a->length_ns == b->length_ns &&
	       a->origin == b->origin && a->events == b->events &&
	       same_text(a->host.name, b->host.name);
}

static int check_run(const struct run_of *run, const struct run_of *before, struct error *error)
{
	const struct baseline_run *a = run_at(before), *b = run_at(run);

	if (is_same_run(a, b))
		return error_set(error, "%s and %s hold the same run, which would be counted twice",
				 before->part->name, run->part->name);
	if (!same_text(a->configuration, b->configuration))
		return error_set(error,
				 "%s and %s were counted by different rules or limits, and their "
				 "series need not mean the same",
				 before->part->name, run->part->name);
	if (a->interval_ns != b->interval_ns)
		return error_set(error,
				 "%s and %s have intervals of different lengths, whose rates "
				 "cannot be compared",
				 before->part->name, run->part->name);
	return 0;
}

static int add_runs(struct baseline *to, const struct merging *merging, struct error *error)
{
	size_t i;

	for (i = 0; i < merging->run_count; i++) {
		const struct run_of *run = &merging->runs[i];

		if ((i && check_run(run, run - 1, error)) ||
		    baseline_add_run(to, run_at(run), error))
			return -1;
	}
	return 0;
}

static size_t bucket_numbers(const struct baseline_series *series, size_t runs)
{
	size_t run, numbers = 0;

	for (run = 0; run < runs; run++)
		numbers += series->values[run].buckets ? series->bound_count + 1 : 0;
	return numbers;
}

/* Gives both the same buckets, if they can have such. */
static int share_buckets(struct baseline *to, struct baseline_series *series,
			 const struct series_of *from, struct error *error)
{
	size_t before = bucket_numbers(series, to->run_count);

	if (common_buckets_make(series, to->run_count, from->series,
				from->part->baseline->run_count))
		return error_set(error, "out of memory");
	to->numbers += bucket_numbers(series, to->run_count) - before;
	return to->numbers <= BASELINE_NUMBERS_MAX
		       ? 0
		       : error_set(error, "a baseline holds at most %zu numbers; merge fewer runs",
				   BASELINE_NUMBERS_MAX);
}

static bool same_buckets(const struct baseline_series *a, const struct baseline_series *b)
{
	return a->kind == b->kind && baseline_same_bounds(a, b->bounds, b->bound_count);
}

static void copy_values(const struct baseline_series *series, const struct baseline_values *from,
			size_t intervals, struct baseline_values *to)
{
	to->total = from->total;
	to->sum = from->sum;
	if (intervals)
		memcpy(to->rates, from->rates, intervals * sizeof(*to->rates));
	if (from->buckets)
		memcpy(to->buckets, from->buckets,
		       (series->bound_count + 1) * sizeof(*to->buckets));
}

/* The values that a series of a part has in that part's runs. */
static int add_values(struct baseline *to, struct baseline_series *series,
		      const struct series_of *from, const struct merging *merging,
		      struct error *error)
{
	size_t i;

	for (i = 0; i < merging->run_count; i++) {
		const struct run_of *run = &merging->runs[i];
		const struct baseline_values *values = &from->series->values[run->index];
		struct baseline_values *added;

		if (run->part != from->part || !values->rates)
			continue;
		added = baseline_add_values(to, series, i, error);
		if (!added)
			return -1;
		copy_values(series, values, to->runs[i].interval_count, added);
	}
	return 0;
}

static int add_series(struct baseline *to, const struct merging *merging, struct error *error)
{
	struct baseline_series *series = NULL;
	size_t i;

	for (i = 0; i < merging->series_count; i++) {
		const struct series_of *from = &merging->series[i];
		struct baseline_series *its = from->series;
		const struct baseline_name name = {its->metric, its->labels, its->label_count,
						   its->kind,	its->bounds, its->bound_count};

		if (!series || strcmp(series->key, its->key) != 0)
			series = baseline_add_series(to, &name, error);
		else if (share_buckets(to, series, from, error))
			return -1;
		else if (!same_buckets(series, its))
			return error_set(error,
					 "%s: %s has another type or other buckets than "
					 "elsewhere",
					 from->part->name, its->key);
		if (!series || add_values(to, series, from, merging, error))
			return -1;
	}
	return 0;
}

static int gather(struct merging *merging, const struct baseline_part *parts, size_t count,
		  struct error *error)
{
	size_t i, j, runs = 0, series = 0;

	for (i = 0; i < count; i++) {
		runs += parts[i].baseline->run_count;
		series += parts[i].baseline->series_count;
	}
	merging->runs = calloc(runs + 1, sizeof(*merging->runs));
	merging->series = calloc(series + 1, sizeof(*merging->series));
	if (!merging->runs || !merging->series)
		return error_set(error, "out of memory");
	for (i = 0; i < count; i++) {
		for (j = 0; j < parts[i].baseline->run_count; j++)
			merging->runs[merging->run_count++] = (struct run_of){&parts[i], j};
		for (j = 0; j < parts[i].baseline->series_count; j++)
			merging->series[merging->series_count++] =
				(struct series_of){&parts[i], &parts[i].baseline->series[j]};
	}
	qsort(merging->runs, runs, sizeof(*merging->runs), by_start);
	qsort(merging->series, series, sizeof(*merging->series), by_key);
	return 0;
}

struct baseline *baseline_merge(const struct baseline_part *parts, size_t count,
				struct error *error)
{
	struct baseline *to = baseline_new();
	struct merging merging = {0};
	int result;

	if (to)
		result = gather(&merging, parts, count, error);
	else
		result = error_set(error, "out of memory");
	if (!result && (add_runs(to, &merging, error) || add_series(to, &merging, error)))
		result = -1;
	free(merging.runs);
	free(merging.series);
	if (!result)
		return to;
	baseline_free(to);
	return NULL;
}
