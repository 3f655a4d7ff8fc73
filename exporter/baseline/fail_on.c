#include "exporter/baseline/fail_on_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool takes(const struct fail_on *condition, const struct baseline_series *series)
{
	size_t i;

	if (strcmp(series->metric, condition->metric) != 0)
		return false;
	for (i = 0; i < condition->matcher_count; i++)
		if (!label_matcher_takes(condition->matchers[i], series->labels,
					 series->label_count))
			return false;
	return true;
}

static bool is_quantile(const struct fail_on *condition)
{
	return condition->statistic.kind == STATISTIC_QUANTILE;
}

/* Why a series cannot be looked at; NULL: it can. */
static const char *why_not(const struct fail_on *condition, const struct compared_series *series)
{
	const struct baseline_series *known = series->next ? series->next : series->base;

	if (!change_applies(&condition->statistic, known->kind))
		return "has no such statistic";
	if (!series->next)
		return "is gone";
	if (condition->threshold == FAIL_ON_VALUE)
		return NULL;
	if (!series->base)
		return "is new";
	if (series->kind_differs)
		return "is of another type now";
	if (is_quantile(condition) && series->bounds_differ)
		return "has other buckets now";
	return NULL;
}

static void evaluate_series(const struct fail_on *condition, const struct comparison *comparison,
			    struct change_maker *maker, const struct compared_series *series,
			    struct fail_on_series *to)
{
	to->series = series->next;
	if (condition->threshold == FAIL_ON_RATIO) {
		change_make(maker, series->base, series->next, &condition->statistic, &to->change);
		return;
	}
	to->change = (struct change){.statistic = condition->statistic,
				     .base = NAN,
				     .ratio = NAN,
				     .low = NAN,
				     .high = NAN,
				     .test = {NAN, NAN},
				     .resolution = NAN};
	to->change.next =
		change_value(maker, comparison->next, series->next, &condition->statistic);
}

/* All series that the condition takes; what it takes and cannot look at is said. */
static void take_series(const struct fail_on *condition, const struct comparison *comparison,
			struct change_maker *maker, struct fail_on_result *result)
{
	const char *why;
	size_t i;

	snprintf(result->unusable, sizeof(result->unusable), "no series of %.100s is there",
		 condition->metric);
	for (i = 0; i < comparison->series_count; i++) {
		const struct compared_series *series = &comparison->series[i];

		if (!takes(condition, series->next ? series->next : series->base))
			continue;
		why = why_not(condition, series);
		if (why)
			snprintf(result->unusable, sizeof(result->unusable), "%.180s %s",
				 series->key, why);
		else
			evaluate_series(condition, comparison, maker, series,
					&result->series[result->count++]);
	}
	if (result->count)
		result->unusable[0] = '\0';
}

static int adjust(const struct comparison *comparison, struct fail_on_result *result,
		  struct error *error)
{
	struct test_probability **tests =
		malloc((result->count + 1) * sizeof(struct test_probability *));
	size_t i;

	if (!tests)
		return error_set(error, "cannot compare the baselines: out of memory");
	for (i = 0; i < result->count; i++)
		tests[i] = &result->series[i].change.test;
	comparison_adjust(comparison->options.correction, tests, result->count);
	free(tests);
	return 0;
}

static bool is_beyond(const struct fail_on *condition, const struct change *change)
{
	double value = condition->threshold == FAIL_ON_RATIO ? change->ratio : change->next;

	return condition->above ? value > condition->value : value < condition->value;
}

/* Medians, rates and quantiles always have a test where there is enough to go by. */
static bool needs_test(const struct fail_on *condition)
{
	enum statistic_kind kind = condition->statistic.kind;

	return !isnan(condition->p) || kind == STATISTIC_MEDIAN || kind == STATISTIC_RATE ||
	       kind == STATISTIC_QUANTILE;
}

/* The least that p can be of a test over runs, where one of all series has changed. */
static double least_p(const struct comparison *comparison, const struct fail_on_result *result)
{
	double tests = comparison->options.correction == CORRECT_NOT ? 1 : (double)result->count;

	if (!comparison->by_runs)
		return 0;
	return tests * change_least_p(comparison->base->run_count, comparison->next->run_count);
}

static bool is_decided(const struct fail_on *condition, const struct change *change, double least,
		       double alpha)
{
	if (condition->threshold == FAIL_ON_VALUE)
		return !isnan(change->next);
	if (!needs_test(condition) && isnan(change->test.p))
		return !isnan(change->ratio);
	return !isnan(change->test.p) && (least <= alpha || change->test.adjusted <= alpha);
}

static bool fails(const struct fail_on *condition, const struct change *change, double alpha)
{
	if (condition->threshold == FAIL_ON_RATIO && !isnan(change->test.p) &&
	    !(change->test.adjusted <= alpha))
		return false;
	return is_beyond(condition, change);
}

static void decide(const struct fail_on *condition, const struct comparison *comparison,
		   struct fail_on_result *result)
{
	double alpha = isnan(condition->p) ? comparison->options.alpha : condition->p;
	double least = least_p(comparison, result);
	size_t i;

	for (i = 0; i < result->count; i++) {
		struct fail_on_series *series = &result->series[i];

		if (!is_decided(condition, &series->change, least, alpha))
			result->undecided++;
		else
			series->failed = fails(condition, &series->change, alpha);
		result->failed += series->failed;
	}
	if (result->count && result->undecided == result->count)
		snprintf(result->unusable, sizeof(result->unusable),
			 "there are too few %s to say whether %.100s has changed",
			 comparison->by_runs ? "runs" : "observations", condition->metric);
}

static int compare_keys(const void *a, const void *b)
{
	const struct fail_on_series *left = a, *right = b;

	return strcmp(left->series->key, right->series->key);
}

int fail_on_evaluate(const struct fail_on *condition, const struct comparison *comparison,
		     struct fail_on_result *result, struct error *error)
{
	struct change_maker *maker;

	*result = (struct fail_on_result){
		.series = calloc(comparison->series_count + 1, sizeof(*result->series))};
	if (!result->series)
		return error_set(error, "cannot compare the baselines: out of memory");
	maker = change_maker_new(comparison->base, comparison->next, comparison->options.alpha,
				 error);
	if (!maker)
		return -1;
	take_series(condition, comparison, maker, result);
	change_maker_free(maker);
	if (adjust(comparison, result, error))
		return -1;
	decide(condition, comparison, result);
	if (result->count)
		qsort(result->series, result->count, sizeof(*result->series), compare_keys);
	return 0;
}

void fail_on_result_done(struct fail_on_result *result)
{
	free(result->series);
	result->series = NULL;
}
