/*
 * That what does not differ is not said to: baselines of the same distribution are compared again
 * and again, and no more of them than alpha may show anything at all.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/baseline/comparison.h"
#include "tests/support/statistics_random.h"
#include "tests/support/baseline_rig.h"

#define COMPARES      1000
#define ALPHA	      0.05
#define SERIES	      5
#define INTERVALS     60
#define INTERVALS_MAX 512
#define OBSERVATIONS  2000

/* Fills rates of one run. */
typedef void draw(struct statistics_random *random, double *rates, size_t count);

static void normal(struct statistics_random *random, double *rates, size_t count)
{
	while (count--)
		*rates++ = 1000 + 50 * random_normal(random);
}

static void lognormal(struct statistics_random *random, double *rates, size_t count)
{
	while (count--)
		*rates++ = 100 * exp(random_normal(random));
}

/* 0, 1 or 2, mostly 0: as rare events have it. */
static void tied(struct statistics_random *random, double *rates, size_t count)
{
	while (count--) {
		double even = random_even(random);

		*rates++ = even < 0.7 ? 0 : even < 0.9 ? 1 : 2;
	}
}

static void autoregressive(struct statistics_random *random, double *rates, size_t count,
			   double coefficient)
{
	double value = random_normal(random);

	while (count--) {
		*rates++ = 1000 + 50 * value;
		value = coefficient * value +
			sqrt(1 - coefficient * coefficient) * random_normal(random);
	}
}

static void slightly_dependent(struct statistics_random *random, double *rates, size_t count)
{
	autoregressive(random, rates, count, 0.3);
}

static void dependent(struct statistics_random *random, double *rates, size_t count)
{
	autoregressive(random, rates, count, 0.7);
}

/* Each run has a level of its own, as boots, layouts and neighbours of machines make it. */
static void dependent_with_levels(struct statistics_random *random, double *rates, size_t count)
{
	double level = 30 * random_normal(random);
	size_t i;

	dependent(random, rates, count);
	for (i = 0; i < count; i++)
		rates[i] += level;
}

struct shape {
	size_t runs, intervals, series;
	bool histograms;
};

static void add_histogram(struct baseline *baseline, struct statistics_random *random,
			  const char *op)
{
	uint64_t buckets[16][RIG_BOUNDS + 1] = {{0}};
	size_t run, i;

	assert_true(baseline->run_count <= 16);
	for (run = 0; run < baseline->run_count; run++)
		for (i = 0; i < OBSERVATIONS; i++)
			rig_observe(buckets[run], 0.02 * exp(random_normal(random)));
	rig_histogram(baseline, "etw_disk_io_seconds", op, buckets);
}

static struct baseline *drawn(const struct shape *shape, draw *draw_rates,
			      struct statistics_random *random)
{
	struct baseline *baseline = rig_baseline(shape->runs, shape->intervals);
	double rates[16 * INTERVALS_MAX];
	char op[] = "a";
	size_t run;

	assert_true(shape->runs <= 16 && shape->intervals <= INTERVALS_MAX);
	for (; op[0] < (char)('a' + (char)shape->series); op[0]++) {
		for (run = 0; run < shape->runs; run++)
			draw_rates(random, rates + run * shape->intervals, shape->intervals);
		rig_counter(baseline, "etw_disk_io_total", op, rates);
		if (shape->histograms)
			add_histogram(baseline, random, op);
	}
	return baseline;
}

/* Of COMPARES those that say that anything changed. */
static size_t count_changed(const struct shape *shape, draw *draw_rates, enum correction correction)
{
	const struct comparison_options options = {
		.alpha = ALPHA, .correction = correction, .rules = {.lost_max = 0.01}};
	struct statistics_random random = {42};
	size_t changed = 0, i;

	for (i = 0; i < COMPARES; i++) {
		struct baseline *base = drawn(shape, draw_rates, &random);
		struct baseline *next = drawn(shape, draw_rates, &random);
		struct error error;
		struct comparison *comparison = comparison_new(base, next, &options, &error);

		assert_non_null(comparison);
		assert_int_not_equal(usability_level(&comparison->usability), USABILITY_REFUSED);
		changed += comparison->changed > 0;
		comparison_free(comparison);
		baseline_free(next);
		baseline_free(base);
	}
	print_message("%zu of %d\n", changed, COMPARES);
	return changed;
}

static void check(const struct shape *shape, draw *draw_rates)
{
	assert_true(count_changed(shape, draw_rates, CORRECT_BENJAMINI_HOCHBERG) <=
		    ALPHA * COMPARES);
}

static const struct shape one_series = {1, INTERVALS, 1, false};
static const struct shape some_series = {1, INTERVALS, SERIES, false};

static void normal_rates_are_not_said_to_change(void **state)
{
	(void)state;
	check(&one_series, normal);
	check(&some_series, normal);
}

static void lognormal_rates_are_not_said_to_change(void **state)
{
	(void)state;
	check(&one_series, lognormal);
	check(&some_series, lognormal);
}

static void tied_rates_are_not_said_to_change(void **state)
{
	(void)state;
	check(&one_series, tied);
	check(&some_series, tied);
}

static void dependent_rates_are_not_said_to_change(void **state)
{
	(void)state;
	check(&one_series, slightly_dependent);
	check(&some_series, slightly_dependent);
	check(&one_series, dependent);
	check(&some_series, dependent);
}

static void histograms_are_not_said_to_change(void **state)
{
	static const struct shape shape = {1, INTERVALS, 2, true};

	(void)state;
	check(&shape, normal);
}

/* Runs that differ from one another are told from a change by runs alone. */
static void runs_with_levels_of_their_own_are_not_said_to_change(void **state)
{
	static const struct shape four = {4, INTERVALS, 1, true}, eight = {8, 20, SERIES, false};

	(void)state;
	assert_true(count_changed(&one_series, dependent_with_levels, CORRECT_BENJAMINI_HOCHBERG) >
		    2 * ALPHA * COMPARES);
	check(&four, dependent_with_levels);
	check(&eight, dependent_with_levels);
}

/* Without correction many series would say so in many more compares. */
static void corrections_are_what_keeps_many_series_quiet(void **state)
{
	(void)state;
	assert_true(count_changed(&some_series, normal, CORRECT_NOT) > 2 * ALPHA * COMPARES);
	assert_true(count_changed(&some_series, normal, CORRECT_HOLM) <= ALPHA * COMPARES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(normal_rates_are_not_said_to_change),
		cmocka_unit_test(lognormal_rates_are_not_said_to_change),
		cmocka_unit_test(tied_rates_are_not_said_to_change),
		cmocka_unit_test(dependent_rates_are_not_said_to_change),
		cmocka_unit_test(histograms_are_not_said_to_change),
		cmocka_unit_test(runs_with_levels_of_their_own_are_not_said_to_change),
		cmocka_unit_test(corrections_are_what_keeps_many_series_quiet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
