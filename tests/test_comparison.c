#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/baseline/comparison.h"
#include "tests/support/statistics_random.h"
#include "tests/support/baseline_rig.h"
#include "tests/support/statistics_values.h"

#define INTERVALS    60
#define INTERVAL_MAX 512
#define READS	     "etw_reads_total"
#define SECONDS	     "etw_disk_io_seconds"

struct rig {
	struct baseline *base, *next;
	struct comparison_options options;
	struct comparison *comparison;
};

static void begin(struct rig *rig, size_t base_runs, size_t next_runs)
{
	*rig = (struct rig){.base = rig_baseline(base_runs, INTERVALS),
			    .next = rig_baseline(next_runs, INTERVALS),
			    .options = {.alpha = 0.05, .rules = {.lost_max = 0.01}}};
}

static void compare(struct rig *rig)
{
	struct error error;

	rig->comparison = comparison_new(rig->base, rig->next, &rig->options, &error);
	assert_non_null(rig->comparison);
}

static void end(struct rig *rig)
{
	comparison_free(rig->comparison);
	baseline_free(rig->next);
	baseline_free(rig->base);
}

static void add_rates(struct baseline *baseline, const char *metric, const char *op, double level,
		      uint64_t seed)
{
	struct statistics_random random = {seed};
	double rates[INTERVAL_MAX];
	size_t i;

	assert_true(baseline->run_count * INTERVALS <= INTERVAL_MAX);
	for (i = 0; i < baseline->run_count * INTERVALS; i++)
		rates[i] = level * (1 + 0.05 * random_normal(&random));
	rig_counter(baseline, metric, op, rates);
}

static void add_times(struct baseline *baseline, const char *op, double median, uint64_t count,
		      uint64_t seed)
{
	struct statistics_random random = {seed};
	uint64_t buckets[8][RIG_BOUNDS + 1] = {{0}};
	size_t run, i;

	for (run = 0; run < baseline->run_count; run++)
		for (i = 0; i < count; i++)
			rig_observe(buckets[run], median * exp(random_normal(&random)));
	rig_histogram(baseline, SECONDS, op, buckets);
}

static const struct compared_series *find(const struct rig *rig, const char *key)
{
	size_t i;

	for (i = 0; i < rig->comparison->series_count; i++)
		if (strcmp(rig->comparison->series[i].key, key) == 0)
			return &rig->comparison->series[i];
	fail();
	return NULL;
}

static void a_baseline_is_equal_to_itself(void **state)
{
	struct rig rig;
	size_t i;

	(void)state;
	begin(&rig, 1, 1);
	add_rates(rig.base, READS, "a", 100, 1);
	add_rates(rig.next, READS, "a", 100, 1);
	add_times(rig.base, "a", 0.02, 3000, 2);
	add_times(rig.next, "a", 0.02, 3000, 2);
	compare(&rig);
	assert_int_equal(rig.comparison->both, 2);
	assert_int_equal(rig.comparison->changed, 0);
	assert_int_equal(usability_level(&rig.comparison->usability), USABILITY_GOOD);
	for (i = 0; i < COMPARED_CHANGES_MAX; i++)
		assert_near(rig.comparison->geometric_means[i], 1, 1e-2);
	assert_near(find(&rig, SECONDS "{op=\"a\"}")->shape, 0, 0);
	end(&rig);
}

static void rates_that_rise_by_a_fifth_are_found_with_their_interval(void **state)
{
	const struct change *change;
	struct rig rig;

	(void)state;
	begin(&rig, 1, 1);
	add_rates(rig.base, READS, "a", 100, 1);
	add_rates(rig.next, READS, "a", 120, 2);
	compare(&rig);
	assert_int_equal(rig.comparison->changed, 1);
	change = &rig.comparison->series[0].changes[0];
	assert_int_equal(change->statistic.kind, STATISTIC_MEDIAN);
	assert_int_equal(change->repetition, REPEATED_INTERVALS);
	assert_near(change->base, 100, 0.02);
	assert_near(change->next, 120, 0.02);
	assert_near(change->ratio, 1.2, 0.02);
	assert_true(change->low > 1.15 && change->low < change->ratio);
	assert_true(change->high < 1.25 && change->high > change->ratio);
	assert_true(change->test.adjusted < 1e-6);
	end(&rig);
}

static void quantiles_that_double_are_found(void **state)
{
	const struct compared_series *series;
	struct rig rig;
	size_t i;

	(void)state;
	begin(&rig, 1, 1);
	add_times(rig.base, "a", 0.02, 5000, 1);
	add_times(rig.next, "a", 0.04, 5000, 2);
	compare(&rig);
	series = &rig.comparison->series[0];
	assert_int_equal(series->change_count, 4);
	assert_false(change_is_significant(&series->changes[0], 0.05));
	for (i = 1; i < 4; i++) {
		assert_true(change_is_significant(&series->changes[i], 0.05));
		assert_int_equal(series->changes[i].repetition, REPEATED_OBSERVATIONS);
		assert_near(series->changes[i].ratio, 2, 0.1);
		assert_true(series->changes[i].low < series->changes[i].ratio);
		assert_true(series->changes[i].high > series->changes[i].ratio);
	}
	assert_true(series->shape > 0.2);
	assert_true(series->shape_test.adjusted < 1e-6);
	end(&rig);
}

static void enough_runs_are_tested_instead_of_intervals(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, 4, 4);
	add_rates(rig.base, READS, "a", 100, 1);
	add_rates(rig.next, READS, "a", 120, 2);
	compare(&rig);
	assert_true(rig.comparison->by_runs);
	assert_int_equal(rig.comparison->series[0].changes[0].repetition, REPEATED_RUNS);
	assert_near(rig.comparison->series[0].changes[0].test.p, 2.0 / 70, 1e-9);
	assert_int_equal(rig.comparison->changed, 1);
	end(&rig);
	begin(&rig, 3, 3);
	add_rates(rig.base, READS, "a", 100, 1);
	add_rates(rig.next, READS, "a", 120, 2);
	compare(&rig);
	assert_false(rig.comparison->by_runs);
	assert_int_equal(rig.comparison->series[0].changes[0].repetition, REPEATED_INTERVALS);
	end(&rig);
}

static void the_least_p_of_runs_is_counted(void **state)
{
	(void)state;
	assert_near(change_least_p(3, 3), 0.1, 1e-12);
	assert_near(change_least_p(4, 4), 2.0 / 70, 1e-12);
	assert_near(change_least_p(2, 8), 2.0 / 45, 1e-12);
	assert_near(change_least_p(1, 30), 2.0 / 31, 1e-12);
	assert_near(change_least_p(1, 1), 1, 0);
	assert_near(change_least_p(0, 9), 1, 0);
}

static void series_are_sorted_by_impact_then_new_then_gone(void **state)
{
	static const char *const order[] = {READS "{op=\"c\"}",	  READS "{op=\"b\"}",
					    READS "{op=\"a\"}",	  READS "{op=\"d\"}",
					    READS "{op=\"new\"}", READS "{op=\"gone\"}"};
	struct rig rig;
	size_t i;

	(void)state;
	begin(&rig, 1, 1);
	add_rates(rig.base, READS, "a", 100, 1);
	add_rates(rig.base, READS, "b", 100, 2);
	add_rates(rig.base, READS, "c", 100, 3);
	add_rates(rig.base, READS, "d", 100, 4);
	add_rates(rig.base, READS, "gone", 70, 5);
	add_rates(rig.next, READS, "a", 100, 6);
	add_rates(rig.next, READS, "b", 130, 7);
	add_rates(rig.next, READS, "c", 30, 8);
	add_rates(rig.next, READS, "d", 100, 9);
	add_rates(rig.next, READS, "new", 50, 10);
	compare(&rig);
	assert_int_equal(rig.comparison->series_count, 6);
	for (i = 0; i < 6; i++)
		assert_string_equal(rig.comparison->series[i].key, order[i]);
	assert_int_equal(rig.comparison->both, 4);
	assert_int_equal(rig.comparison->only_next, 1);
	assert_int_equal(rig.comparison->only_base, 1);
	assert_int_equal(rig.comparison->changed, 2);
	assert_near(rig.comparison->series[4].changes[0].next, 50, 0.05);
	assert_true(isnan(rig.comparison->series[4].changes[0].base));
	assert_near(rig.comparison->series[5].changes[0].base, 70, 0.05);
	assert_near(rig.comparison->geometric_means[0], pow(1.3 * 0.3, 0.25), 0.05);
	end(&rig);
}

/* The median of an event that is rare is 0: its rate tells. */
static void rare_events_are_compared_by_their_rates(void **state)
{
	double rates[INTERVALS] = {0}, more[INTERVALS] = {0};
	const struct change *change;
	struct rig rig;
	size_t i;

	(void)state;
	for (i = 0; i < INTERVALS; i++) {
		rates[i] = i % 20 == 3;
		more[i] = i % 3 == 1;
	}
	begin(&rig, 1, 1);
	rig_counter(rig.base, READS, "a", rates);
	rig_counter(rig.next, READS, "a", more);
	compare(&rig);
	change = &rig.comparison->series[0].changes[0];
	assert_int_equal(change->statistic.kind, STATISTIC_RATE);
	assert_near(change->base, 3.0 / INTERVALS, 1e-12);
	assert_near(change->next, 20.0 / INTERVALS, 1e-12);
	assert_near(change->ratio, 20.0 / 3, 1e-12);
	assert_true(change_is_significant(change, 0.05));
	end(&rig);
}

static void what_was_nothing_comes_from_0(void **state)
{
	double none[INTERVALS] = {0};
	const struct change *change;
	struct rig rig;

	(void)state;
	begin(&rig, 1, 1);
	rig_counter(rig.base, READS, "a", none);
	add_rates(rig.next, READS, "a", 10, 1);
	compare(&rig);
	change = &rig.comparison->series[0].changes[0];
	assert_true(isinf(change->ratio));
	assert_true(change_is_significant(change, 0.05));
	assert_true(isnan(rig.comparison->geometric_means[0]));
	end(&rig);
}

static void gauges_below_0_change_by_shares_of_their_median(void **state)
{
	double values[INTERVALS], higher[INTERVALS];
	struct statistics_random random = {5};
	const struct change *change;
	struct rig rig;
	size_t i;

	(void)state;
	for (i = 0; i < INTERVALS; i++) {
		values[i] = -10 + random_normal(&random);
		higher[i] = i % 9 == 4 ? NAN : -5 + random_normal(&random);
	}
	begin(&rig, 1, 1);
	rig_gauge(rig.base, "etw_queue", NULL, values);
	rig_gauge(rig.next, "etw_queue", NULL, higher);
	compare(&rig);
	change = &rig.comparison->series[0].changes[0];
	assert_near(change->base, -10, 0.05);
	assert_near(change->next, -5, 0.1);
	assert_near(change->ratio, 1.5, 0.05);
	assert_true(change_is_significant(change, 0.05));
	end(&rig);
}

/* As of a run that has not the series. */
static void forget(struct baseline_series *series, size_t run)
{
	free(series->values[run].rates);
	series->values[run] = (struct baseline_values){0};
}

static void a_run_without_the_series_has_none_of_its_events(void **state)
{
	static const struct statistic total = {STATISTIC_TOTAL, 0};
	struct change_maker *maker;
	struct baseline_series *series;
	struct error error;
	struct rig rig;

	(void)state;
	begin(&rig, 2, 1);
	add_rates(rig.base, READS, "a", 100, 1);
	add_rates(rig.base, READS, "b", 100, 2);
	add_rates(rig.next, READS, "a", 100, 3);
	series = baseline_find(rig.base, READS "{op=\"b\"}");
	assert_non_null(series);
	series->values[0].total = 600;
	forget(series, 1);
	maker = change_maker_new(rig.base, rig.next, 0.05, &error);
	assert_non_null(maker);
	assert_near(change_value(maker, rig.base, series, &total), 300, 1e-12);
	/* Where no series of the metric is there, it was not counted. */
	forget(baseline_find(rig.base, READS "{op=\"a\"}"), 1);
	change_maker_free(maker);
	maker = change_maker_new(rig.base, rig.next, 0.05, &error);
	assert_near(change_value(maker, rig.base, series, &total), 600, 1e-12);
	change_maker_free(maker);
	baseline_free(rig.next);
	baseline_free(rig.base);
}

static void other_buckets_are_said_and_quantiles_left_out(void **state)
{
	struct baseline_series *series;
	struct rig rig;

	(void)state;
	begin(&rig, 1, 1);
	add_times(rig.base, "a", 0.02, 5000, 1);
	add_times(rig.next, "a", 0.04, 5000, 2);
	series = baseline_find(rig.next, SECONDS "{op=\"a\"}");
	series->bounds[3] = 0.009;
	compare(&rig);
	assert_true(rig.comparison->series[0].bounds_differ);
	assert_int_equal(rig.comparison->series[0].change_count, 1);
	assert_true(isnan(rig.comparison->series[0].shape));
	end(&rig);
}

static void another_type_is_said_and_nothing_compared(void **state)
{
	double values[INTERVALS] = {0};
	struct rig rig;

	(void)state;
	begin(&rig, 1, 1);
	rig_gauge(rig.base, READS, "a", values);
	rig_counter(rig.next, READS, "a", values);
	compare(&rig);
	assert_true(rig.comparison->series[0].kind_differs);
	assert_int_equal(rig.comparison->series[0].change_count, 0);
	end(&rig);
}

static void without_series_or_runs_there_is_nothing_to_compare(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, 0, 0);
	compare(&rig);
	assert_int_equal(rig.comparison->series_count, 0);
	assert_int_equal(rig.comparison->tests, 0);
	assert_int_equal(usability_level(&rig.comparison->usability), USABILITY_REFUSED);
	end(&rig);
}

static void histograms_without_observations_are_not_tested(void **state)
{
	struct rig rig;
	const struct change *change;

	(void)state;
	begin(&rig, 1, 1);
	add_times(rig.base, "a", 0.02, 0, 1);
	add_times(rig.next, "a", 0.04, 5000, 2);
	compare(&rig);
	change = &rig.comparison->series[0].changes[1];
	assert_true(isnan(change->base) && isnan(change->ratio) && isnan(change->test.adjusted));
	assert_near(change->next, 0.04, 0.15);
	assert_true(isnan(rig.comparison->series[0].shape));
	end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_baseline_is_equal_to_itself),
		cmocka_unit_test(rates_that_rise_by_a_fifth_are_found_with_their_interval),
		cmocka_unit_test(quantiles_that_double_are_found),
		cmocka_unit_test(enough_runs_are_tested_instead_of_intervals),
		cmocka_unit_test(the_least_p_of_runs_is_counted),
		cmocka_unit_test(series_are_sorted_by_impact_then_new_then_gone),
		cmocka_unit_test(rare_events_are_compared_by_their_rates),
		cmocka_unit_test(what_was_nothing_comes_from_0),
		cmocka_unit_test(gauges_below_0_change_by_shares_of_their_median),
		cmocka_unit_test(a_run_without_the_series_has_none_of_its_events),
		cmocka_unit_test(other_buckets_are_said_and_quantiles_left_out),
		cmocka_unit_test(another_type_is_said_and_nothing_compared),
		cmocka_unit_test(without_series_or_runs_there_is_nothing_to_compare),
		cmocka_unit_test(histograms_without_observations_are_not_tested),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
