#include "exporter/baseline/comparison.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct statistic quantiles[] = {
	{STATISTIC_QUANTILE, 0.5}, {STATISTIC_QUANTILE, 0.9}, {STATISTIC_QUANTILE, 0.99}};
#define QUANTILES (sizeof(quantiles) / sizeof(quantiles[0]))

/* The median of an event that is rare is 0 before and after: its rate says more. */
static void compare_rates(struct change_maker *maker, struct compared_series *series)
{
	static const struct statistic median = {STATISTIC_MEDIAN, 0}, rate = {STATISTIC_RATE, 0};
	struct change *change = &series->changes[series->change_count++];

	change_make(maker, series->base, series->next, &median, change);
	if (change_applies(&rate, series->base->kind) && !(change->base > 0 && change->next > 0))
		change_make(maker, series->base, series->next, &rate, change);
}

static void compare_both(struct change_maker *maker, struct compared_series *series)
{
	size_t i;

	series->kind_differs = series->base->kind != series->next->kind;
	if (series->kind_differs)
		return;
	compare_rates(maker, series);
	if (series->base->kind != BASELINE_HISTOGRAM)
		return;
	series->bounds_differ = !baseline_same_bounds(series->base, series->next->bounds,
						      series->next->bound_count);
	if (series->bounds_differ)
		return;
	for (i = 0; i < QUANTILES; i++)
		change_make(maker, series->base, series->next, &quantiles[i],
			    &series->changes[series->change_count++]);
	series->shape = change_of_shape(maker, series->base, series->next, &series->shape_test.p);
}

/* What a series was that is gone, or is that is new. */
static void describe_one(struct change_maker *maker, const struct comparison *comparison,
			 struct compared_series *series)
{
	static const struct statistic median = {STATISTIC_MEDIAN, 0};
	struct change *change = &series->changes[series->change_count++];

	*change = (struct change){
		.statistic = median,
		.base = series->base ? change_value(maker, comparison->base, series->base, &median)
				     : NAN,
		.next = series->next ? change_value(maker, comparison->next, series->next, &median)
				     : NAN,
		.ratio = NAN,
		.low = NAN,
		.high = NAN,
		.test = {NAN, NAN},
		.resolution = NAN};
}

static void add_series(struct comparison *comparison, struct change_maker *maker,
		       const struct baseline_series *base, const struct baseline_series *next)
{
	struct compared_series *series = &comparison->series[comparison->series_count++];
	const struct baseline_series *known = base ? base : next;

	*series = (struct compared_series){.key = known->key,
					   .base = base,
					   .next = next,
					   .shape = NAN,
					   .shape_test = {NAN, NAN}};
	if (base && next)
		compare_both(maker, series);
	else
		describe_one(maker, comparison, series);
	comparison->both += base && next;
	comparison->only_next += !base;
	comparison->only_base += !next;
}

/* NULL: there are no more. */
static const struct baseline_series *series_at(const struct baseline *baseline, size_t index)
{
	return index < baseline->series_count ? &baseline->series[index] : NULL;
}

/* Both are sorted by key. */
static void join_series(struct comparison *comparison, struct change_maker *maker)
{
	const struct baseline_series *base, *next;
	size_t i = 0, j = 0;
	int order;

	for (;;) {
		base = series_at(comparison->base, i);
		next = series_at(comparison->next, j);
		if (!base && !next)
			return;
		order = base && next ? strcmp(base->key, next->key) : base ? -1 : 1;
		if (order <= 0)
			i++;
		else
			base = NULL;
		if (order >= 0)
			j++;
		else
			next = NULL;
		add_series(comparison, maker, base, next);
	}
}

void comparison_adjust(enum correction correction, struct test_probability **tests, size_t count)
{
	size_t i;

	if (correction == CORRECT_BENJAMINI_HOCHBERG)
		adjust_benjamini_hochberg(tests, count);
	else if (correction == CORRECT_HOLM)
		adjust_holm(tests, count);
	else
		for (i = 0; i < count; i++)
			tests[i]->adjusted = tests[i]->p;
}

static int adjust(struct comparison *comparison, struct error *error)
{
	size_t most = comparison->series_count * (COMPARED_CHANGES_MAX + 1), count = 0, i, j;
	struct test_probability **tests = malloc((most + 1) * sizeof(struct test_probability *));

	if (!tests)
		return error_set(error, "cannot compare the baselines: out of memory");
	for (i = 0; i < comparison->series_count; i++) {
		struct compared_series *series = &comparison->series[i];

		for (j = 0; j < series->change_count; j++)
			if (!isnan(series->changes[j].test.p))
				tests[count++] = &series->changes[j].test;
		if (!isnan(series->shape_test.p))
			tests[count++] = &series->shape_test;
	}
	comparison->tests = count;
	comparison_adjust(comparison->options.correction, tests, count);
	free(tests);
	return 0;
}

bool change_is_significant(const struct change *change, double alpha)
{
	return change->test.adjusted <= alpha && change->ratio != 1 && !isnan(change->ratio);
}

/* What it has changed by at least, by its interval, whichever way. */
static double least_change(const struct change *change)
{
	double low = log(change->low), high = log(change->high);

	if (isnan(low) || isnan(high))
		return fabs(log(fmax(change->ratio, 0)));
	return low > 0 ? low : high < 0 ? -high : 0;
}

static void set_impact(struct comparison *comparison, struct compared_series *series)
{
	size_t i;

	for (i = 0; i < series->change_count; i++) {
		if (!change_is_significant(&series->changes[i], comparison->options.alpha))
			continue;
		series->changed = true;
		series->impact = fmax(series->impact, least_change(&series->changes[i]));
	}
	comparison->changed += series->changed;
}

static int status_rank(const struct compared_series *series)
{
	return series->base && series->next ? 0 : series->next ? 1 : 2;
}

static int compare_impacts(const void *a, const void *b)
{
	const struct compared_series *left = a, *right = b;
	int order = status_rank(left) - status_rank(right);

	if (order)
		return order;
	if (left->changed != right->changed)
		return right->changed - left->changed;
	if (left->impact != right->impact)
		return left->impact < right->impact ? 1 : -1;
	return strcmp(left->key, right->key);
}

static void set_geometric_mean(struct comparison *comparison, size_t place, double *room)
{
	size_t count = 0, i;

	for (i = 0; i < comparison->series_count; i++)
		if (place < comparison->series[i].change_count)
			room[count++] = comparison->series[i].changes[place].ratio;
	comparison->geometric_means[place] = geometric_mean(room, count);
}

static int summarise(struct comparison *comparison, struct error *error)
{
	double *room = malloc((comparison->series_count + 1) * sizeof(*room));
	size_t i;

	if (!room)
		return error_set(error, "cannot compare the baselines: out of memory");
	for (i = 0; i < comparison->series_count; i++)
		set_impact(comparison, &comparison->series[i]);
	for (i = 0; i < COMPARED_CHANGES_MAX; i++)
		set_geometric_mean(comparison, i, room);
	free(room);
	if (comparison->series_count)
		qsort(comparison->series, comparison->series_count, sizeof(*comparison->series),
		      compare_impacts);
	return 0;
}

static int compare(struct comparison *comparison, struct error *error)
{
	struct usability_rules *rules = &comparison->options.rules;
	struct change_maker *maker = change_maker_new(comparison->base, comparison->next,
						      comparison->options.alpha, error);

	if (!maker)
		return -1;
	comparison->by_runs = change_by_runs(maker);
	join_series(comparison, maker);
	change_maker_free(maker);
	if (adjust(comparison, error) || summarise(comparison, error))
		return -1;
	rules->by_runs = comparison->by_runs;
	rules->alpha = comparison->options.alpha;
	rules->tests = comparison->options.correction == CORRECT_NOT ? 1 : comparison->tests;
	rules->series = comparison->series_count;
	rules->common_series = comparison->both;
	usability_find(comparison->base, comparison->next, rules, &comparison->usability);
	return 0;
}

struct comparison *comparison_new(const struct baseline *base, const struct baseline *next,
				  const struct comparison_options *options, struct error *error)
{
	struct comparison *comparison = calloc(1, sizeof(*comparison));
	size_t most = base->series_count + next->series_count;

	if (comparison)
		comparison->series = calloc(most + 1, sizeof(*comparison->series));
	if (!comparison || !comparison->series) {
		error_set(error, "cannot compare the baselines: out of memory");
		comparison_free(comparison);
		return NULL;
	}
	comparison->base = base;
	comparison->next = next;
	comparison->options = *options;
	if (compare(comparison, error)) {
		comparison_free(comparison);
		return NULL;
	}
	return comparison;
}

void comparison_free(struct comparison *comparison)
{
	if (!comparison)
		return;
	free(comparison->series);
	free(comparison);
}

static const char *const correction_names[CORRECTIONS] = {"bh", "holm", "none"};

const char *correction_name(enum correction correction)
{
	return correction_names[correction];
}

bool correction_parse(const char *name, enum correction *correction)
{
	size_t i;

	for (i = 0; i < CORRECTIONS; i++) {
		if (strcmp(correction_names[i], name) != 0)
			continue;
		*correction = (enum correction)i;
		return true;
	}
	return false;
}
