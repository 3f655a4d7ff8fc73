#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "exporter/baseline/statistics.h"
#include "exporter/baseline/statistics_histogram.h"
#include "tests/support/statistics_random.h"
#include "tests/support/statistics_values.h"

#define BUCKETS_MAX 32

static double quantile(const double *bounds, size_t bound_count, const uint64_t *counts, double q)
{
	const struct histogram_view histogram = {bounds, counts, bound_count};

	return histogram_quantile_of(&histogram, q);
}

/* Of promql/testdata/histograms.test of Prometheus: testhistogram, start="positive" and
 * start="negative". */
static void quantiles_are_those_of_prometheus_own_tests(void **state)
{
	static const double positive[] = {0.1, 0.2, 1}, negative[] = {-0.2, -0.1, 0.3};
	static const uint64_t of_positive[] = {5, 2, 4, 1}, of_negative[] = {1, 1, 0, 1};

	(void)state;
	assert_near(quantile(positive, 3, of_positive, 0.2), 0.048, 1e-12);
	assert_near(quantile(positive, 3, of_positive, 0.5), 0.15, 1e-12);
	assert_near(quantile(positive, 3, of_positive, 0.8), 0.72, 1e-12);
	assert_near(quantile(positive, 3, of_positive, 1), 1, 0);
	assert_near(quantile(negative, 3, of_negative, 0.2), -0.2, 1e-12);
	assert_near(quantile(negative, 3, of_negative, 0.5), -0.15, 1e-12);
	assert_near(quantile(negative, 3, of_negative, 0.8), 0.3, 1e-12);
}

static void without_observations_or_bounds_there_is_no_quantile(void **state)
{
	static const double bounds[] = {1, 2};
	static const uint64_t counts[] = {0, 0, 0}, one[] = {4};

	(void)state;
	assert_true(isnan(quantile(bounds, 2, counts, 0.5)));
	assert_true(isnan(quantile(bounds, 0, one, 0.5)));
}

static void shares_are_quantiles_the_other_way_round(void **state)
{
	static const double bounds[] = {-1, 0, 2, 8};
	static const uint64_t counts[] = {2, 3, 5, 0, 4};
	const struct histogram_view histogram = {bounds, counts, 4};
	double q;

	(void)state;
	for (q = 0.2; q < 0.7; q += 0.05)
		assert_near(histogram_share_up_to(&histogram, histogram_quantile_of(&histogram, q)),
			    q, 1e-12);
	assert_near(histogram_share_up_to(&histogram, -1), 2.0 / 14, 1e-15);
	assert_near(histogram_share_up_to(&histogram, -5), 0, 0);
	assert_near(histogram_share_up_to(&histogram, 100), 10.0 / 14, 1e-15);
}

static void values_are_known_as_exactly_as_their_bucket_is_wide(void **state)
{
	static const double bounds[] = {-1, 0, 2, 8};
	const struct histogram_view histogram = {bounds, NULL, 4};

	(void)state;
	assert_near(histogram_resolution(&histogram, 3), 4, 0);
	assert_near(histogram_resolution(&histogram, 8), 4, 0);
	assert_true(isinf(histogram_resolution(&histogram, 1)));
	assert_true(isinf(histogram_resolution(&histogram, 9)));
	assert_true(isnan(histogram_resolution(&histogram, -0.5)));
	assert_true(isnan(histogram_resolution(&histogram, NAN)));
}

/* The lists behind the bounds are the counts of `base` and `next`. */
static struct two_histograms histograms_of(const struct statistics_values *values, size_t bounds,
					   uint64_t counts[2][BUCKETS_MAX])
{
	size_t side, i;

	for (side = 0; side < 2; side++)
		for (i = 0; i < values->counts[bounds + 1 + side]; i++)
			counts[side][i] = (uint64_t)values->lists[bounds + 1 + side][i];
	return (struct two_histograms){{values->lists[bounds], counts[0], values->counts[bounds]},
				       {values->lists[bounds], counts[1], values->counts[bounds]}};
}

static void check_ks(struct statistics_values *values)
{
	uint64_t counts[2][BUCKETS_MAX];
	struct two_histograms histograms = histograms_of(values, 0, counts);
	double p;

	assert_near(histogram_ks(&histograms, &p), values->lists[3][0], 1e-12);
	assert_near(p, values->lists[3][1], 1e-9);
}

static void kolmogorov_smirnov_is_that_of_scipy(void **state)
{
	(void)state;
	each_statistics_values("ks", check_ks);
}

static void check_interval(struct statistics_values *values, double share)
{
	uint64_t counts[2][BUCKETS_MAX];
	struct two_histograms histograms = histograms_of(values, 1, counts);
	double room[QUANTILE_ROOM];
	struct change_estimate estimate;

	histogram_quantile_change(&histograms, values->lists[0][0], 0.05, room, &estimate);
	assert_near(estimate.low, values->lists[4][0], share);
	assert_near(estimate.high, values->lists[4][1], share);
	assert_true(estimate.low <= estimate.middle && estimate.middle <= estimate.high);
}

/* Which are uncertain themselves. */
static void check_quantile_change(struct statistics_values *values)
{
	check_interval(values, 0.002);
}

static void check_quantile_resampled(struct statistics_values *values)
{
	check_interval(values, 0.02);
}

static void bootstrap_intervals_are_those_of_a_million_draws(void **state)
{
	(void)state;
	each_statistics_values("quantile_change", check_quantile_change);
}

static void bootstrap_intervals_are_those_of_resampled_observations(void **state)
{
	(void)state;
	each_statistics_values("quantile_resampled", check_quantile_resampled);
}

static void bootstrap_intervals_are_the_same_each_time(void **state)
{
	static const double bounds[] = {1, 2, 4, 8};
	static const uint64_t base[] = {10, 40, 30, 10, 2}, next[] = {12, 35, 35, 9, 1};
	const struct two_histograms histograms = {{bounds, base, 4}, {bounds, next, 4}};
	double room[QUANTILE_ROOM];
	struct change_estimate one, other;

	(void)state;
	histogram_quantile_change(&histograms, 0.9, 0.05, room, &one);
	histogram_quantile_change(&histograms, 0.9, 0.05, room, &other);
	assert_near(one.low, other.low, 0);
	assert_near(one.high, other.high, 0);
	/* On any machine. */
	assert_near(one.low, 0.584766324496, 1e-8);
	assert_near(one.high, 1.472307536936, 1e-8);
}

static struct change_estimate changed(const uint64_t *base, const uint64_t *next, double q)
{
	static const double bounds[] = {0, 1, 2, 4};
	const struct two_histograms histograms = {{bounds, base, 4}, {bounds, next, 4}};
	static double room[QUANTILE_ROOM];
	struct change_estimate estimate;

	histogram_quantile_change(&histograms, q, 0.05, room, &estimate);
	return estimate;
}

static void intervals_reach_from_0_to_infinity_where_quantiles_may_be_0(void **state)
{
	static const uint64_t zeros[] = {100, 0, 0, 0, 0}, some[] = {0, 0, 100, 0, 0};
	static const uint64_t mixed[] = {50, 0, 50, 0, 0};
	struct change_estimate estimate;

	(void)state;
	estimate = changed(zeros, zeros, 0.5);
	assert_near(estimate.low, 1, 1e-9);
	assert_near(estimate.high, 1, 1e-9);
	estimate = changed(some, zeros, 0.5);
	assert_near(estimate.low, 0, 0);
	assert_near(estimate.high, 0, 0);
	estimate = changed(zeros, some, 0.5);
	assert_true(isinf(estimate.low) && isinf(estimate.high));
	estimate = changed(some, mixed, 0.5);
	assert_near(estimate.low, 0, 0);
	assert_true(estimate.high > 0.6 && estimate.high < 1.2);
	estimate = changed(mixed, some, 0.5);
	assert_true(estimate.low > 0.8 && estimate.low < 1.6);
	assert_true(isinf(estimate.high));
}

/* Between 1 and 2 there is nothing: a quantile is below, or above. */
static void an_interval_knows_of_gaps(void **state)
{
	static const uint64_t gap[] = {0, 500, 0, 500, 0}, low[] = {0, 1000, 0, 0, 0};
	struct change_estimate estimate = changed(low, gap, 0.5);

	(void)state;
	/* From the end of what is below the gap to the beginning of what is above it. */
	assert_true(estimate.low > 1.7 && estimate.low < 2);
	assert_true(estimate.high > 4 && estimate.high < 4.6);
}

static void intervals_of_very_many_observations_are_narrow(void **state)
{
	static const uint64_t many[] = {0, 1000000000000000, 1000000000000000, 0, 0};
	struct change_estimate estimate = changed(many, many, 0.25);

	(void)state;
	assert_near(estimate.low, 1, 1e-6);
	assert_near(estimate.high, 1, 1e-6);
	assert_true(estimate.low < 1 && estimate.high > 1);
}

/* Of numbers that may be looked up: the first outputs of SplitMix64 for the seed 1234567. */
static void the_generator_is_splitmix64(void **state)
{
	struct statistics_random random = {1234567};

	(void)state;
	assert_near(random_even(&random), 6457827717110365317u * 0x1p-64, 1e-15);
	assert_near(random_even(&random), 3203168211198807973u * 0x1p-64, 1e-15);
}

static void check_two_by_two(struct statistics_values *values)
{
	static const double bounds[] = {1, 2};
	uint64_t base[] = {(uint64_t)values->lists[0][0], (uint64_t)values->lists[0][1], 0};
	uint64_t next[] = {(uint64_t)values->lists[1][0], (uint64_t)values->lists[1][1], 0};
	const struct two_histograms histograms = {{bounds, base, 2}, {bounds, next, 2}};
	double below = (double)(base[0] + next[0]);
	double all = below + (double)(base[1] + next[1]);

	assert_near(histogram_quantile_p(&histograms, below / all), values->lists[2][0], 1e-6);
}

static void a_quantile_at_a_bound_has_the_chi_square_test_of_scipy(void **state)
{
	(void)state;
	each_statistics_values("two_by_two", check_two_by_two);
}

static void quantiles_with_few_observations_beyond_are_not_tested(void **state)
{
	static const double bounds[] = {1, 2};
	static const uint64_t few[] = {200, 200, 99}, enough[] = {200, 200, 100};
	struct two_histograms histograms = {{bounds, few, 2}, {bounds, enough, 2}};

	(void)state;
	assert_true(isnan(histogram_quantile_p(&histograms, 0.99)));
	histograms.base.counts = enough;
	assert_false(isnan(histogram_quantile_p(&histograms, 0.99)));
}

static void quantiles_beyond_the_last_bound_do_not_differ(void **state)
{
	static const double bounds[] = {1, 2};
	static const uint64_t counts[] = {0, 0, 500};
	const struct two_histograms histograms = {{bounds, counts, 2}, {bounds, counts, 2}};
	double room[QUANTILE_ROOM];
	struct change_estimate estimate;

	(void)state;
	assert_near(histogram_quantile_p(&histograms, 0.5), 1, 0);
	histogram_quantile_change(&histograms, 0.5, 0.05, room, &estimate);
	assert_near(estimate.low, 1, 0);
	assert_near(estimate.high, 1, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantiles_are_those_of_prometheus_own_tests),
		cmocka_unit_test(without_observations_or_bounds_there_is_no_quantile),
		cmocka_unit_test(shares_are_quantiles_the_other_way_round),
		cmocka_unit_test(values_are_known_as_exactly_as_their_bucket_is_wide),
		cmocka_unit_test(kolmogorov_smirnov_is_that_of_scipy),
		cmocka_unit_test(bootstrap_intervals_are_those_of_a_million_draws),
		cmocka_unit_test(bootstrap_intervals_are_those_of_resampled_observations),
		cmocka_unit_test(bootstrap_intervals_are_the_same_each_time),
		cmocka_unit_test(intervals_reach_from_0_to_infinity_where_quantiles_may_be_0),
		cmocka_unit_test(an_interval_knows_of_gaps),
		cmocka_unit_test(intervals_of_very_many_observations_are_narrow),
		cmocka_unit_test(the_generator_is_splitmix64),
		cmocka_unit_test(a_quantile_at_a_bound_has_the_chi_square_test_of_scipy),
		cmocka_unit_test(quantiles_with_few_observations_beyond_are_not_tested),
		cmocka_unit_test(quantiles_beyond_the_last_bound_do_not_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
