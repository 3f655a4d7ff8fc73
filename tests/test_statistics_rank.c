#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "exporter/baseline/statistics.h"
#include "tests/support/statistics_random.h"
#include "exporter/baseline/statistics_rank.h"
#include "tests/support/statistics_values.h"

static struct two_samples sorted(double *base, size_t base_count, double *next, size_t next_count)
{
	sort_values(base, base_count);
	sort_values(next, next_count);
	return (struct two_samples){base, base_count, next, next_count};
}

static struct two_samples sorted_lists(struct statistics_values *values)
{
	return sorted(values->lists[0], values->counts[0], values->lists[1], values->counts[1]);
}

static void check_mann_whitney(struct statistics_values *values)
{
	struct two_samples samples = sorted_lists(values);
	double u = mann_whitney_u(&samples);
	struct rank_null null;

	rank_null_init(&null, &samples, 1, 1);
	assert_near(u, values->lists[2][0], 0);
	assert_near(rank_null_p(&null, u), values->lists[2][1], 1e-9);
}

static void mann_whitney_is_that_of_scipy(void **state)
{
	(void)state;
	each_statistics_values("mann_whitney", check_mann_whitney);
}

static void check_hodges_lehmann(struct statistics_values *values)
{
	struct two_samples samples = sorted_lists(values);
	struct change_estimate estimate;
	struct rank_null null;

	rank_null_init(&null, &samples, 1, 1);
	hodges_lehmann(&samples, PAIR_SHIFT, &null, 0.05, &estimate);
	assert_near(estimate.middle, values->lists[2][0], 1e-12);
	hodges_lehmann(&samples, PAIR_RATIO, &null, 0.05, &estimate);
	assert_near(estimate.middle, values->lists[2][1], 1e-12);
}

static void estimates_are_medians_of_all_pairs(void **state)
{
	(void)state;
	each_statistics_values("hodges_lehmann", check_hodges_lehmann);
}

/*
 * Hollander and Wolfe, "Nonparametric Statistical Methods" (1973), example 4.1, p. 69: permeability
 * of the human chorioamnion at term and earlier: one-sided p 0.1272; p. 75: the estimate 0.305.
 */
static void as_published_permeability_differs_by_0_305(void **state)
{
	double term[] = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
	double earlier[] = {1.15, 0.88, 0.90, 0.74, 1.21};
	struct two_samples samples = sorted(earlier, 5, term, 10);
	struct change_estimate estimate;
	struct rank_null null;

	(void)state;
	rank_null_init(&null, &samples, 1, 1);
	assert_near(mann_whitney_u(&samples), 35, 0);
	assert_near(rank_null_p(&null, 35), 2 * 0.1272, 1e-3);
	hodges_lehmann(&samples, PAIR_SHIFT, &null, 0.05, &estimate);
	assert_near(estimate.middle, 0.305, 1e-12);
}

/* Mann and Whitney 1947, table I: that U is no more, for samples of 4 and 4, and of 5 and 8. */
static void as_published_small_samples_have_the_table_of_1947(void **state)
{
	double base[] = {1, 2, 3, 4, 5}, next[] = {11, 12, 13, 14, 15, 16, 17, 18};
	struct two_samples samples = {base, 4, next, 4};
	struct rank_null null;

	(void)state;
	rank_null_init(&null, &samples, 1, 1);
	assert_near(rank_null_p(&null, 0) / 2, 0.014, 0.03);
	assert_near(rank_null_p(&null, 1) / 2, 0.029, 0.03);
	assert_near(rank_null_p(&null, 4) / 2, 0.171, 0.03);
	samples = (struct two_samples){base, 5, next, 8};
	rank_null_init(&null, &samples, 1, 1);
	assert_near(rank_null_p(&null, 6) / 2, 0.023, 0.03);
	assert_near(rank_null_p(&null, 8) / 2, 0.047, 0.03);
}

static void p_is_the_same_whichever_sample_is_first(void **state)
{
	double few[] = {1, 2, 2, 5}, many[] = {2, 3, 5, 6, 7, 9};
	struct two_samples one = {few, 4, many, 6}, other = {many, 6, few, 4};
	struct rank_null null;
	double p;

	(void)state;
	rank_null_init(&null, &one, 1, 1);
	p = rank_null_p(&null, mann_whitney_u(&one));
	rank_null_init(&null, &other, 1, 1);
	assert_near(rank_null_p(&null, mann_whitney_u(&other)), p, 1e-12);
}

static void samples_of_one_value_do_not_differ(void **state)
{
	double values[40];
	struct two_samples samples = {values, 40, values, 40};
	struct change_estimate estimate;
	struct rank_null null;
	size_t i;

	(void)state;
	for (i = 0; i < 40; i++)
		values[i] = 3;
	rank_null_init(&null, &samples, 1, 1);
	assert_near(rank_null_p(&null, mann_whitney_u(&samples)), 1, 0);
	hodges_lehmann(&samples, PAIR_RATIO, &null, 0.05, &estimate);
	assert_near(estimate.middle, 1, 0);
	assert_near(estimate.low, 1, 0);
	assert_near(estimate.high, 1, 0);
}

static int compare(const void *a, const void *b)
{
	const double *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

/* All pairs, sorted, are what is searched without making them. */
static void intervals_are_ranked_changes_of_all_pairs(void **state)
{
	double base[] = {0, 0, 1, 3, 7, 8, 11, 12, 13, 20}, next[] = {0, 2, 2, 5, 9, 11, 15, 16};
	struct two_samples samples = {base, 10, next, 8};
	struct change_estimate estimate;
	struct rank_null null;
	double pairs[80], limit;
	size_t i;

	(void)state;
	for (i = 0; i < 80; i++)
		pairs[i] = base[i / 8] != 0   ? next[i % 8] / base[i / 8]
			   : next[i % 8] == 0 ? 1
					      : INFINITY;
	qsort(pairs, 80, sizeof(*pairs), compare);
	rank_null_init(&null, &samples, 1, 1);
	limit = rank_null_limit(&null, 0.05);
	assert_true(limit > 10 && limit < 20);
	assert_true(rank_null_p(&null, limit) <= 0.05);
	assert_true(rank_null_p(&null, limit + 1) > 0.05);
	hodges_lehmann(&samples, PAIR_RATIO, &null, 0.05, &estimate);
	assert_near(estimate.low, pairs[(size_t)limit], 0);
	assert_near(estimate.high, pairs[79 - (size_t)limit], 0);
	assert_near(estimate.middle, (pairs[39] + pairs[40]) / 2, 1e-15);
}

static void three_and_three_have_no_interval(void **state)
{
	double base[] = {1, 2, 3}, next[] = {4, 5, 6};
	struct two_samples samples = {base, 3, next, 3};
	struct change_estimate estimate;
	struct rank_null null;

	(void)state;
	rank_null_init(&null, &samples, 1, 1);
	assert_near(rank_null_p(&null, 9), 0.1, 1e-12);
	hodges_lehmann(&samples, PAIR_SHIFT, &null, 0.05, &estimate);
	assert_near(estimate.middle, 3, 0);
	assert_true(isinf(estimate.low) && isinf(estimate.high));
	hodges_lehmann(&samples, PAIR_RATIO, &null, 0.05, &estimate);
	assert_near(estimate.low, 0, 0);
}

#define STEPS 20000

static void autoregressive(double *values, size_t count, double coefficient, uint64_t seed)
{
	struct statistics_random random = {seed};
	double value = 0;
	size_t i;

	for (i = 0; i < count; i++)
		values[i] = value = coefficient * value + random_normal(&random);
}

/* (1 + c) / (1 - c) is what a first-order autoregression has. */
static void dependent_values_are_worth_fewer(void **state)
{
	static double values[STEPS];

	(void)state;
	autoregressive(values, STEPS, 0, 1);
	assert_near(dependence_factor(values, STEPS), 1, 0.1);
	autoregressive(values, STEPS, 0.5, 2);
	assert_near(dependence_factor(values, STEPS), 3, 0.15);
	autoregressive(values, STEPS, 0.9, 3);
	assert_near(dependence_factor(values, STEPS), 19, 0.2);
	autoregressive(values, STEPS, -0.5, 4);
	assert_near(dependence_factor(values, STEPS), 1, 0);
}

static void values_that_are_all_the_same_are_independent(void **state)
{
	static const double values[] = {2, 2, 2, 2, 2};

	(void)state;
	assert_near(dependence_factor(values, 5), 1, 0);
	assert_near(dependence_factor(values, 0), 1, 0);
}

static void dependent_samples_have_a_greater_p_and_a_wider_interval(void **state)
{
	double base[20], next[20];
	struct two_samples samples = {base, 20, next, 20};
	struct change_estimate narrow, wide;
	struct rank_null independent, dependent;
	double u;
	size_t i;

	(void)state;
	for (i = 0; i < 20; i++) {
		base[i] = 100 + (double)i;
		next[i] = 112.5 + (double)i;
	}
	u = mann_whitney_u(&samples);
	rank_null_init(&independent, &samples, 1, 1);
	rank_null_init(&dependent, &samples, 4, 4);
	assert_true(rank_null_p(&independent, u) < 0.001);
	assert_true(rank_null_p(&dependent, u) > 0.01);
	hodges_lehmann(&samples, PAIR_SHIFT, &independent, 0.05, &narrow);
	hodges_lehmann(&samples, PAIR_SHIFT, &dependent, 0.05, &wide);
	assert_true(wide.low < narrow.low && wide.high > narrow.high);
}

static void pooled_ranks_count_what_is_below_and_half_of_what_is_equal(void **state)
{
	static const double base[] = {1, 2, 2, 3}, next[] = {2, 4};
	const struct two_samples samples = {base, 4, next, 2};

	(void)state;
	assert_near(pooled_rank(&samples, 0), 0, 0);
	assert_near(pooled_rank(&samples, 2), 2.5, 0);
	assert_near(pooled_rank(&samples, 9), 6, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mann_whitney_is_that_of_scipy),
		cmocka_unit_test(estimates_are_medians_of_all_pairs),
		cmocka_unit_test(as_published_permeability_differs_by_0_305),
		cmocka_unit_test(as_published_small_samples_have_the_table_of_1947),
		cmocka_unit_test(p_is_the_same_whichever_sample_is_first),
		cmocka_unit_test(samples_of_one_value_do_not_differ),
		cmocka_unit_test(intervals_are_ranked_changes_of_all_pairs),
		cmocka_unit_test(three_and_three_have_no_interval),
		cmocka_unit_test(dependent_values_are_worth_fewer),
		cmocka_unit_test(values_that_are_all_the_same_are_independent),
		cmocka_unit_test(dependent_samples_have_a_greater_p_and_a_wider_interval),
		cmocka_unit_test(pooled_ranks_count_what_is_below_and_half_of_what_is_equal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
