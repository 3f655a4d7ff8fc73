#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include <cmocka.h>

#include "metrics/native.h"
#include "tests/support/registry_rig.h"

static const char *const only_a[] = {"a"};
static const double bounds[] = {0.005, 1, 2.5e6};

static const struct family_info labelled = {
	.name = "x_wait_seconds",
	.help = "Waits.",
	.type = METRIC_HISTOGRAM,
	.labels = only_a,
	.label_count = 1,
	.bounds = bounds,
	.bound_count = 3,
};
static const struct family_info bare = {
	.name = "x_sizes",
	.help = "Sizes.",
	.type = METRIC_HISTOGRAM,
};

/* The page begins with this. */
static void assert_page(struct registry_rig *rig, enum exposition_format format,
			const char *expected)
{
	const char *page = registry_rig_page(rig, format);

	if (strncmp(page, expected, strlen(expected)) != 0)
		fail_msg("%s\nis not the begin of\n%s", expected, page);
}

static void observe_four(struct registry_rig *rig)
{
	static const double values[] = {0.001, 0.005, 1, 3e6};
	struct family *family = registry_rig_family(rig, &labelled);
	struct cell *cell = registry_rig_cell(rig->shard, family, "\"v\"");
	size_t i;

	for (i = 0; i < 4; i++)
		cell_observe(cell, &labelled, values[i]);
}

static void text_histograms_have_bounds_as_the_go_library_writes_them(void **state)
{
	struct registry_rig rig;

	(void)state;
	registry_rig_begin(&rig, 10);
	observe_four(&rig);
	assert_page(&rig, EXPOSITION_TEXT,
		    "# HELP x_wait_seconds Waits.\n"
		    "# TYPE x_wait_seconds histogram\n"
		    "x_wait_seconds_bucket{a=\"\\\"v\\\"\",le=\"0.005\"} 2\n"
		    "x_wait_seconds_bucket{a=\"\\\"v\\\"\",le=\"1\"} 3\n"
		    "x_wait_seconds_bucket{a=\"\\\"v\\\"\",le=\"2.5e+06\"} 3\n"
		    "x_wait_seconds_bucket{a=\"\\\"v\\\"\",le=\"+Inf\"} 4\n"
		    "x_wait_seconds_sum{a=\"\\\"v\\\"\"} 3000001.006\n"
		    "x_wait_seconds_count{a=\"\\\"v\\\"\"} 4\n");
	registry_rig_end(&rig);
}

static void openmetrics_histograms_have_canonical_bounds(void **state)
{
	struct registry_rig rig;

	(void)state;
	registry_rig_begin(&rig, 10);
	observe_four(&rig);
	assert_page(&rig, EXPOSITION_OPENMETRICS,
		    "# TYPE x_wait_seconds histogram\n"
		    "# UNIT x_wait_seconds seconds\n"
		    "# HELP x_wait_seconds Waits.\n"
		    "x_wait_seconds_bucket{a=\"\\\"v\\\"\",le=\"0.005\"} 2\n"
		    "x_wait_seconds_bucket{a=\"\\\"v\\\"\",le=\"1.0\"} 3\n"
		    "x_wait_seconds_bucket{a=\"\\\"v\\\"\",le=\"2.5e+06\"} 3\n"
		    "x_wait_seconds_bucket{a=\"\\\"v\\\"\",le=\"+Inf\"} 4\n"
		    "x_wait_seconds_sum{a=\"\\\"v\\\"\"} 3000001.006\n"
		    "x_wait_seconds_count{a=\"\\\"v\\\"\"} 4\n");
	registry_rig_end(&rig);
}

static void without_labels_and_bounds_there_is_one_bucket(void **state)
{
	struct registry_rig rig;
	struct cell *cell;
	bool overflow;

	(void)state;
	registry_rig_begin(&rig, 10);
	cell = shard_cell(rig.shard, registry_rig_family(&rig, &bare), NULL, &overflow);
	cell_observe(cell, &bare, -2);
	assert_page(&rig, EXPOSITION_OPENMETRICS,
		    "# TYPE x_sizes histogram\n# HELP x_sizes Sizes.\n"
		    "x_sizes_bucket{le=\"+Inf\"} 1\nx_sizes_sum -2\nx_sizes_count 1\n");
	registry_rig_end(&rig);
}

static void openmetrics_has_no_sum_where_it_may_fall(void **state)
{
	static const double negative[] = {-1};
	struct family_info family = bare;
	struct registry_rig rig;
	struct cell *cell;
	bool overflow;

	(void)state;
	family.bounds = negative;
	family.bound_count = 1;
	registry_rig_begin(&rig, 10);
	cell = shard_cell(rig.shard, registry_rig_family(&rig, &family), NULL, &overflow);
	cell_observe(cell, &family, -2);
	assert_page(
		&rig, EXPOSITION_OPENMETRICS,
		"# TYPE x_sizes histogram\n# HELP x_sizes Sizes.\n"
		"x_sizes_bucket{le=\"-1.0\"} 1\nx_sizes_bucket{le=\"+Inf\"} 1\nx_sizes_created ");
	assert_page(&rig, EXPOSITION_TEXT,
		    "# HELP x_sizes Sizes.\n# TYPE x_sizes histogram\n"
		    "x_sizes_bucket{le=\"-1\"} 1\nx_sizes_bucket{le=\"+Inf\"} 1\n"
		    "x_sizes_sum -2\nx_sizes_count 1\n");
	registry_rig_end(&rig);
}

/* As where an event is counted while a page is made: native buckets are read after the others. */
static void text_counts_what_its_own_buckets_have(void **state)
{
	static const struct native_buckets native = {
		.schema = 0, .max = NATIVE_MAX_LEAST, .zero_threshold = NATIVE_ZERO_THRESHOLD};
	struct family_info family = bare;
	struct registry_rig rig;
	struct cell *cell;
	bool overflow;

	(void)state;
	family.bounds = bounds;
	family.bound_count = 3;
	family.native = &native;
	registry_rig_begin(&rig, 10);
	cell = shard_cell(rig.shard, registry_rig_family(&rig, &family), NULL, &overflow);
	cell_observe(cell, &family, 0.5);
	native_observe(&cell->more[4], &native, 0.5);
	assert_page(&rig, EXPOSITION_TEXT,
		    "# HELP x_sizes Sizes.\n# TYPE x_sizes histogram\n"
		    "x_sizes_bucket{le=\"0.005\"} 0\nx_sizes_bucket{le=\"1\"} 1\n"
		    "x_sizes_bucket{le=\"2.5e+06\"} 1\nx_sizes_bucket{le=\"+Inf\"} 1\n"
		    "x_sizes_sum 0.5\nx_sizes_count 1\n");
	registry_rig_end(&rig);
}

/* What strconv.AppendFloat(b, f, 'g', -1, 64) of Go gives, and the canonical ones of OpenMetrics.
 */
static void bounds_are_written_as_other_exporters_do(void **state)
{
	static const struct {
		double bound;
		const char *text, *openmetrics;
	} cases[] = {
		{0, "0", "0.0"},
		{-0.0, "0", "0.0"},
		{1, "1", "1.0"},
		{10, "10", "10.0"},
		{-10, "-10", "-10.0"},
		{0.1, "0.1", "0.1"},
		{0.0001, "0.0001", "0.0001"},
		{0.00001, "1e-05", "1e-05"},
		{0.000256, "0.000256", "0.000256"},
		{1.6e-5, "1.6e-05", "1.6e-05"},
		{100000, "100000", "100000.0"},
		{123456.5, "123456.5", "123456.5"},
		{1e6, "1e+06", "1e+06"},
		{1048576, "1.048576e+06", "1.048576e+06"},
		{1e10, "1e+10", "1e+10"},
		{0.1 + 0.2, "0.30000000000000004", "0.30000000000000004"},
		{-DBL_MAX, "-1.7976931348623157e+308", "-1.7976931348623157e+308"},
		{4.9406564584124654e-324, "5e-324", "5e-324"},
		{(double)INFINITY, "+Inf", "+Inf"},
	};
	struct text text;
	size_t i;

	(void)state;
	text_init(&text, 1000);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		text_clear(&text);
		bucket_bound(&text, cases[i].bound, false);
		text_char(&text, '\0');
		assert_string_equal(text.bytes, cases[i].text);
		text_clear(&text);
		bucket_bound(&text, cases[i].bound, true);
		text_char(&text, '\0');
		assert_string_equal(text.bytes, cases[i].openmetrics);
	}
	text_done(&text);
}

static void the_longest_bound_fits_its_label(void **state)
{
	static const double longest[] = {-DBL_MAX, -2.2250738585072014e-308};
	struct bucket_label made[3];

	(void)state;
	bucket_labels_make(made, longest, 2, true);
	assert_memory_equal(made[0].bytes, "le=\"-1.7976931348623157e+308\"", 29);
	assert_int_equal(made[0].length, 29);
	assert_memory_equal(made[1].bytes, "le=\"-2.2250738585072014e-308\"", 29);
	assert_memory_equal(made[2].bytes, "le=\"+Inf\"", 9);
	assert_int_equal(made[2].length, 9);
}

static void a_page_too_small_for_a_histogram_fails(void **state)
{
	struct exposition exposition;
	struct registry_rig rig;
	struct text small;
	size_t limit;

	(void)state;
	registry_rig_begin(&rig, 10);
	observe_four(&rig);
	for (limit = 0; limit < 500; limit++) {
		text_init(&small, limit);
		exposition = (struct exposition){.out = &small};
		registry_expose(rig.registry, &exposition);
		assert_true(small.failed && small.length <= limit);
		text_done(&small);
	}
	registry_rig_end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_histograms_have_bounds_as_the_go_library_writes_them),
		cmocka_unit_test(openmetrics_histograms_have_canonical_bounds),
		cmocka_unit_test(without_labels_and_bounds_there_is_one_bucket),
		cmocka_unit_test(openmetrics_has_no_sum_where_it_may_fall),
		cmocka_unit_test(text_counts_what_its_own_buckets_have),
		cmocka_unit_test(bounds_are_written_as_other_exporters_do),
		cmocka_unit_test(the_longest_bound_fits_its_label),
		cmocka_unit_test(a_page_too_small_for_a_histogram_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
