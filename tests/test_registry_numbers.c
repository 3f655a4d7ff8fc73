#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/page.h"
#include "tests/support/random.h"
#include "tests/support/registry_rig.h"

static const char *const only_a[] = {"a"};
static const char *const only_le[] = {"le"};
static const double bounds[] = {0.001, 0.5, 1, 100};

#define BOUNDS (sizeof(bounds) / sizeof(bounds[0]))

static const struct family_info seconds = {
	.name = "x_seconds_total",
	.help = "Xs.",
	.type = METRIC_COUNTER,
	.labels = only_a,
	.label_count = 1,
	.number = NUMBER_F64,
};
static const struct family_info gauge = {
	.name = "x_ratio",
	.help = "Ratio.",
	.type = METRIC_GAUGE,
	.labels = only_a,
	.label_count = 1,
	.number = NUMBER_F64,
};
static const struct family_info histogram = {
	.name = "x_seconds",
	.help = "Xs.",
	.type = METRIC_HISTOGRAM,
	.labels = only_a,
	.label_count = 1,
	.bounds = bounds,
	.bound_count = BOUNDS,
};

static double value_of(struct registry_rig *rig, const char *sample)
{
	const char *page = registry_rig_page(rig, EXPOSITION_TEXT);
	double value;

	if (!page_find(page, sample, &value))
		fail_msg("no %s in\n%s", sample, page);
	return value;
}

static void assert_sample(struct registry_rig *rig, const char *sample, double expected)
{
	double value = value_of(rig, sample);

	if (value != expected)
		fail_msg("%s is %.17g, not %.17g", sample, value, expected);
}

static void scales_divide_where_that_is_exact(void **state)
{
	static const struct {
		double factor, shown;
		bool divides;
	} cases[] = {
		{1e-7, 1e7, true},   {1e-9, 1e9, true},	 {0.001, 1000, true}, {0.5, 2, true},
		{1e-15, 1e15, true}, {0.3, 0.3, false},	 {1, 1, false},	      {1000, 1000, false},
		{-0.5, -0.5, false}, {1.0 / 3, 3, true}, {0.75, 0.75, false},
	};
	struct metric_scale scale;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		scale = metric_scale(cases[i].factor);
		assert_true(scale.factor == cases[i].shown);
		assert_int_equal(scale.divides, cases[i].divides);
	}
	assert_true(metric_scale_apply(metric_scale(1e-7), 1000) == 0.0001);
	assert_true(metric_scale_apply((struct metric_scale){0}, 0.1) == 0.1);
}

static void counters_of_doubles_are_the_sum_of_their_cells(void **state)
{
	struct registry_rig rig;
	struct family *family;
	struct shard *other;

	(void)state;
	registry_rig_begin(&rig, 10);
	family = registry_rig_family(&rig, &seconds);
	other = shard_new(rig.registry);
	cell_add_f64(registry_rig_cell(rig.shard, family, "1"), 0.25);
	cell_add_f64(registry_rig_cell(rig.shard, family, "1"), 0.5);
	cell_add_f64(registry_rig_cell(other, family, "1"), 1e10);
	assert_sample(&rig, "x_seconds_total{a=\"1\"}", 10000000000.75);
	registry_rig_end(&rig);
}

static void integers_are_summed_before_they_are_scaled(void **state)
{
	struct family_info ticks = seconds;
	struct registry_rig rig;
	struct cell *cell;
	uint64_t sum = 0, i;

	(void)state;
	ticks.scale = metric_scale(1e-7);
	registry_rig_begin(&rig, 10);
	cell = registry_rig_cell(rig.shard, registry_rig_family(&rig, &ticks), "1");
	for (i = 0; i < 10000000; i++) {
		cell_add_f64(cell, (double)(i * 7 % 1000));
		sum += i * 7 % 1000;
	}
	assert_sample(&rig, "x_seconds_total{a=\"1\"}", (double)sum / 1e7);
	registry_rig_end(&rig);
}

static void integer_cells_are_scaled_too(void **state)
{
	struct family_info ticks = seconds;
	struct registry_rig rig;

	(void)state;
	ticks.number = NUMBER_U64;
	ticks.scale = metric_scale(1e-7);
	registry_rig_begin(&rig, 10);
	cell_add(registry_rig_cell(rig.shard, registry_rig_family(&rig, &ticks), "1"), 1000);
	assert_sample(&rig, "x_seconds_total{a=\"1\"}", 0.0001);
	registry_rig_end(&rig);
}

static void a_gauge_is_what_was_set_last_in_any_shard(void **state)
{
	struct family_info scaled = gauge;
	struct cell *first, *second;
	struct registry_rig rig;
	struct family *family;

	(void)state;
	scaled.scale = metric_scale(0.5);
	registry_rig_begin(&rig, 10);
	family = registry_rig_family(&rig, &scaled);
	first = registry_rig_cell(rig.shard, family, "1");
	second = registry_rig_cell(shard_new(rig.registry), family, "1");
	cell_set(first, 8, 100, 0);
	assert_sample(&rig, "x_ratio{a=\"1\"}", 4);
	cell_set(second, -3, 99, 0);
	assert_sample(&rig, "x_ratio{a=\"1\"}", 4);
	cell_set(second, -3, 101, 0);
	assert_sample(&rig, "x_ratio{a=\"1\"}", -1.5);
	cell_set(first, 6, 102, 0);
	assert_sample(&rig, "x_ratio{a=\"1\"}", 3);
	cell_set(first, 5, 101, 0);
	assert_sample(&rig, "x_ratio{a=\"1\"}", 3);
	cell_set(first, 5, 101, 1);
	cell_set(second, 5, 100, 1);
	assert_sample(&rig, "x_ratio{a=\"1\"}", 2.5);
	registry_rig_end(&rig);
}

static void a_gauge_that_was_never_set_has_no_sample(void **state)
{
	struct registry_rig rig;
	struct family *family;
	struct cell *cell;

	(void)state;
	registry_rig_begin(&rig, 10);
	family = registry_rig_family(&rig, &gauge);
	cell = registry_rig_cell(rig.shard, family, "1");
	registry_rig_page(&rig, EXPOSITION_TEXT);
	assert_null(strstr(rig.page.bytes, "x_ratio{"));
	cell_set(cell, 0, INT64_MIN, 0);
	assert_sample(&rig, "x_ratio{a=\"1\"}", 0);
	registry_rig_end(&rig);
}

static void the_bucket_is_the_first_whose_bound_is_not_below(void **state)
{
	double many[FAMILY_BOUNDS_MAX];
	struct random random = {3};
	size_t count, i, expected;
	double value;

	(void)state;
	for (i = 0; i < FAMILY_BOUNDS_MAX; i++)
		many[i] = (double)i * 2;
	for (count = 0; count <= 300; count++) {
		for (i = 0; i < 40; i++) {
			value = (double)random_below(&random, (uint32_t)(count * 2 + 4)) - 2;
			for (expected = 0; expected < count && many[expected] < value;)
				expected++;
			assert_int_equal(histogram_bucket(many, count, value), expected);
		}
	}
}

static void histograms_count_each_value_in_its_bucket_and_all_above(void **state)
{
	static const double values[] = {0.001, 0.0011, 0.5, 1, 100, 100.5, -7, 0};
	struct registry_rig rig;
	struct cell *cell;
	size_t i;

	(void)state;
	registry_rig_begin(&rig, 10);
	cell = registry_rig_cell(rig.shard, registry_rig_family(&rig, &histogram), "1");
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		assert_true(cell_observe(cell, &histogram, values[i]));
	assert_sample(&rig, "x_seconds_bucket{a=\"1\",le=\"0.001\"}", 3);
	assert_sample(&rig, "x_seconds_bucket{a=\"1\",le=\"0.5\"}", 5);
	assert_sample(&rig, "x_seconds_bucket{a=\"1\",le=\"1\"}", 6);
	assert_sample(&rig, "x_seconds_bucket{a=\"1\",le=\"100\"}", 7);
	assert_sample(&rig, "x_seconds_bucket{a=\"1\",le=\"+Inf\"}", 8);
	assert_sample(&rig, "x_seconds_count{a=\"1\"}", 8);
	assert_sample(&rig, "x_seconds_sum{a=\"1\"}", 0.001 + 0.0011 + 0.5 + 1 + 100 + 100.5 - 7);
	registry_rig_end(&rig);
}

static void what_is_no_finite_number_is_not_observed(void **state)
{
	struct family_info huge = histogram;
	struct registry_rig rig;
	struct cell *cell;

	(void)state;
	huge.scale = metric_scale(1e10);
	registry_rig_begin(&rig, 10);
	cell = registry_rig_cell(rig.shard, registry_rig_family(&rig, &huge), "1");
	assert_false(cell_observe(cell, &huge, (double)NAN));
	assert_false(cell_observe(cell, &huge, (double)INFINITY));
	assert_false(cell_observe(cell, &huge, -(double)INFINITY));
	assert_false(cell_observe(cell, &huge, 1e300));
	assert_sample(&rig, "x_seconds_bucket{a=\"1\",le=\"+Inf\"}", 0);
	assert_sample(&rig, "x_seconds_sum{a=\"1\"}", 0);
	registry_rig_end(&rig);
}

static void bounds_are_of_scaled_values_and_sums_are_exact(void **state)
{
	struct family_info ticks = histogram;
	struct registry_rig rig;
	struct cell *cell;
	uint64_t sum = 0, i;

	(void)state;
	ticks.scale = metric_scale(1e-7);
	registry_rig_begin(&rig, 10);
	cell = registry_rig_cell(rig.shard, registry_rig_family(&rig, &ticks), "1");
	for (i = 0; i < 10000000; i++) {
		cell_observe(cell, &ticks, (double)(i % 20001));
		sum += i % 20001;
	}
	assert_sample(&rig, "x_seconds_sum{a=\"1\"}", (double)sum / 1e7);
	assert_sample(&rig, "x_seconds_count{a=\"1\"}", 10000000);
	/* 10,001 of each 20,001, of which there are 499 whole and a rest of 19,501. */
	assert_sample(&rig, "x_seconds_bucket{a=\"1\",le=\"0.001\"}", 500 * 10001.0);
	assert_sample(&rig, "x_seconds_bucket{a=\"1\",le=\"0.5\"}", 10000000);
	registry_rig_end(&rig);
}

static void histograms_of_shards_add_up(void **state)
{
	struct registry_rig rig;
	struct family *family;
	struct shard *other;

	(void)state;
	registry_rig_begin(&rig, 10);
	family = registry_rig_family(&rig, &histogram);
	other = shard_new(rig.registry);
	cell_observe(registry_rig_cell(rig.shard, family, "1"), &histogram, 0.25);
	cell_observe(registry_rig_cell(other, family, "1"), &histogram, 0.5);
	cell_observe(registry_rig_cell(other, family, "1"), &histogram, 1000);
	assert_sample(&rig, "x_seconds_bucket{a=\"1\",le=\"0.001\"}", 0);
	assert_sample(&rig, "x_seconds_bucket{a=\"1\",le=\"0.5\"}", 2);
	assert_sample(&rig, "x_seconds_bucket{a=\"1\",le=\"+Inf\"}", 3);
	assert_sample(&rig, "x_seconds_sum{a=\"1\"}", 1000.75);
	registry_rig_end(&rig);
}

static void overflow_cells_are_histograms_and_gauges_too(void **state)
{
	struct family *family, *last;
	struct registry_rig rig;
	struct shard *other;
	bool overflow;

	(void)state;
	registry_rig_begin(&rig, 0);
	family = registry_rig_family(&rig, &histogram);
	last = registry_rig_family(&rig, &gauge);
	other = shard_new(rig.registry);
	cell_observe(shard_series_cell(rig.shard, family, only_a, &overflow), &histogram, 0.5);
	assert_true(overflow);
	cell_observe(shard_overflow(other, family), &histogram, 200);
	cell_set(shard_series_cell(rig.shard, last, only_a, &overflow), 5, 2, 0);
	cell_set(shard_series_cell(other, last, only_a, &overflow), 4, 1, 0);
	assert_sample(&rig, "x_seconds_bucket{a=\"other\",le=\"0.5\"}", 1);
	assert_sample(&rig, "x_seconds_count{a=\"other\"}", 2);
	assert_sample(&rig, "x_seconds_sum{a=\"other\"}", 200.5);
	assert_sample(&rig, "x_ratio{a=\"other\"}", 5);
	registry_rig_end(&rig);
}

static void what_cannot_be_shown_is_no_family(void **state)
{
	static const double falling[] = {1, 0.5}, equal[] = {1, 1};
	static const double infinite[] = {1, (double)INFINITY}, none[] = {(double)NAN};
	static double many[FAMILY_BOUNDS_MAX + 1];
	const struct family_info refused[] = {
		{.name = "x", .help = "", .type = METRIC_COUNTER},
		{.name = "_total", .help = "", .type = METRIC_COUNTER},
		{.name = "x",
		 .help = "",
		 .type = METRIC_HISTOGRAM,
		 .bounds = falling,
		 .bound_count = 2},
		{.name = "x",
		 .help = "",
		 .type = METRIC_HISTOGRAM,
		 .bounds = equal,
		 .bound_count = 2},
		{.name = "x",
		 .help = "",
		 .type = METRIC_HISTOGRAM,
		 .bounds = infinite,
		 .bound_count = 2},
		{.name = "x",
		 .help = "",
		 .type = METRIC_HISTOGRAM,
		 .bounds = none,
		 .bound_count = 1},
		{.name = "x",
		 .help = "",
		 .type = METRIC_HISTOGRAM,
		 .bounds = many,
		 .bound_count = FAMILY_BOUNDS_MAX + 1},
		{.name = "x",
		 .help = "",
		 .type = METRIC_HISTOGRAM,
		 .labels = only_le,
		 .label_count = 1},
	};
	struct registry_rig rig;
	size_t i;

	(void)state;
	for (i = 0; i <= FAMILY_BOUNDS_MAX; i++)
		many[i] = (double)i;
	registry_rig_begin(&rig, 10);
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		assert_null(registry_family(rig.registry, &refused[i]));
	registry_rig_end(&rig);
}

#define OBSERVED 300000

struct writing {
	struct shard *shard;
	struct family *family;
	atomic_uint *running;
};

static void *observe(void *context)
{
	struct writing *writing = context;
	bool overflow;
	struct cell *cell = shard_series_cell(writing->shard, writing->family, only_a, &overflow);
	uint32_t i;

	for (i = 0; i < OBSERVED; i++)
		cell_observe(cell, &histogram, (double)(i % 150));
	atomic_fetch_sub(writing->running, 1);
	return NULL;
}

static const char *const buckets[] = {
	"x_seconds_bucket{a=\"a\",le=\"0.001\"}", "x_seconds_bucket{a=\"a\",le=\"0.5\"}",
	"x_seconds_bucket{a=\"a\",le=\"1\"}", "x_seconds_bucket{a=\"a\",le=\"100\"}",
	"x_seconds_bucket{a=\"a\",le=\"+Inf\"}"};

/* Nothing fell since the page before; returns the count. */
static double check_page(const char *page, double last[BOUNDS + 1])
{
	double value, before = 0, count;
	size_t i;

	if (!page_find(page, "x_seconds_count{a=\"a\"}", &count))
		return 0;
	for (i = 0; i <= BOUNDS; i++) {
		value = page_value(page, buckets[i]);
		assert_true(value >= before && value >= last[i]);
		before = last[i] = value;
	}
	assert_true(before == count);
	return count;
}

static void scrapes_of_a_histogram_are_consistent_while_it_is_written(void **state)
{
	double last[BOUNDS + 1] = {0};
	atomic_uint running = 2;
	struct writing writing[2];
	pthread_t threads[2];
	struct registry_rig rig;
	struct family *family;
	int i;

	(void)state;
	registry_rig_begin(&rig, 10);
	family = registry_rig_family(&rig, &histogram);
	for (i = 0; i < 2; i++) {
		writing[i] = (struct writing){shard_new(rig.registry), family, &running};
		assert_int_equal(pthread_create(&threads[i], NULL, observe, &writing[i]), 0);
	}
	while (atomic_load(&running) > 0)
		check_page(registry_rig_page(&rig, EXPOSITION_TEXT), last);
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	assert_true(check_page(registry_rig_page(&rig, EXPOSITION_TEXT), last) == 2 * OBSERVED);
	registry_rig_end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scales_divide_where_that_is_exact),
		cmocka_unit_test(counters_of_doubles_are_the_sum_of_their_cells),
		cmocka_unit_test(integers_are_summed_before_they_are_scaled),
		cmocka_unit_test(integer_cells_are_scaled_too),
		cmocka_unit_test(a_gauge_is_what_was_set_last_in_any_shard),
		cmocka_unit_test(a_gauge_that_was_never_set_has_no_sample),
		cmocka_unit_test(the_bucket_is_the_first_whose_bound_is_not_below),
		cmocka_unit_test(histograms_count_each_value_in_its_bucket_and_all_above),
		cmocka_unit_test(what_is_no_finite_number_is_not_observed),
		cmocka_unit_test(bounds_are_of_scaled_values_and_sums_are_exact),
		cmocka_unit_test(histograms_of_shards_add_up),
		cmocka_unit_test(overflow_cells_are_histograms_and_gauges_too),
		cmocka_unit_test(what_cannot_be_shown_is_no_family),
		cmocka_unit_test(scrapes_of_a_histogram_are_consistent_while_it_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
