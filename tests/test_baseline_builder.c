#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/baseline/builder.h"

#define HEALTH "# TYPE etw_session_events_total counter\netw_session_events_total 10\n"

static struct baseline_run plain_run(void)
{
	return (struct baseline_run){
		.origin = BASELINE_URL, .start_ns = 5, .interval_ns = 1000000000, .complete = true};
}

static void add(struct baseline_builder *builder, const char *page, double seconds)
{
	struct error error = {""};

	if (baseline_builder_page(builder, "page", page, strlen(page), seconds, &error))
		fail_msg("%s", error.text);
}

static struct baseline *finish(struct baseline_builder *builder)
{
	const struct baseline_run run = plain_run();
	struct error error = {""};
	struct baseline *baseline = baseline_builder_finish(builder, &run, &error);

	if (!baseline)
		fail_msg("%s", error.text);
	baseline_builder_free(builder);
	return baseline;
}

static const struct baseline_values *values_of(const struct baseline *baseline, const char *key)
{
	const struct baseline_series *series = baseline_find(baseline, key);

	assert_non_null(series);
	assert_non_null(series->values[0].rates);
	return &series->values[0];
}

static void counters_become_rates_from_the_first_page_on(void **state)
{
	struct baseline_builder *builder = baseline_builder_new(false);
	const struct baseline_values *values;
	struct baseline *baseline;

	(void)state;
	add(builder, "# TYPE a_total counter\na_total 100\n", 1);
	add(builder, "# TYPE a_total counter\na_total 110\n", 2);
	add(builder, "# TYPE a_total counter\na_total 110\n", 0);
	add(builder, "# TYPE a_total counter\na_total 113\nb_total 4\n", 1);
	baseline = finish(builder);
	values = values_of(baseline, "a_total");
	assert_int_equal(baseline->runs[0].interval_count, 2);
	assert_true(values->total == 13);
	assert_true(values->rates[0] == 5);
	assert_true(values->rates[1] == 3);
	baseline_free(baseline);
}

static void a_series_that_comes_later_began_from_zero(void **state)
{
	struct baseline_builder *builder = baseline_builder_new(true);
	struct baseline *baseline;

	(void)state;
	add(builder, "# TYPE g gauge\ng 1\n", 1);
	add(builder, "# TYPE a_total counter\na_total 8\n# TYPE h gauge\nh 2\n", 2);
	baseline = finish(builder);
	assert_true(values_of(baseline, "a_total")->rates[0] == 0);
	assert_true(values_of(baseline, "a_total")->rates[1] == 4);
	assert_true(isnan(values_of(baseline, "h")->rates[0]));
	assert_true(values_of(baseline, "h")->rates[1] == 2);
	assert_true(values_of(baseline, "g")->rates[0] == 1);
	assert_true(isnan(values_of(baseline, "g")->rates[1]));
	baseline_free(baseline);
}

static void a_counter_that_goes_back_has_begun_anew(void **state)
{
	struct baseline_builder *builder = baseline_builder_new(false);
	struct baseline *baseline;

	(void)state;
	add(builder, HEALTH "# TYPE a_total counter\na_total 100\n", 0);
	add(builder, HEALTH "# TYPE a_total counter\na_total 7\n", 1);
	baseline = finish(builder);
	assert_true(values_of(baseline, "a_total")->rates[0] == 7);
	/* One series may: it was forgotten. The sessions' own tell that it was not all. */
	assert_true(baseline->runs[0].complete);
	baseline_free(baseline);
}

static void an_exporter_that_began_anew_is_told(void **state)
{
	struct baseline_builder *builder = baseline_builder_new(false);
	struct baseline *baseline;

	(void)state;
	add(builder, HEALTH, 0);
	add(builder, "# TYPE etw_session_events_total counter\netw_session_events_total 3\n", 1);
	baseline = finish(builder);
	assert_false(baseline->runs[0].complete);
	assert_int_equal(baseline->runs[0].events, 3);
	assert_int_equal(baseline->series_count, 0);
	baseline_free(baseline);
}

static void histograms_have_buckets_sums_and_rates(void **state)
{
	struct baseline_builder *builder = baseline_builder_new(false);
	const struct baseline_values *values;
	struct baseline *baseline;

	(void)state;
	add(builder,
	    "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 5\n"
	    "h_count 2\n",
	    0);
	add(builder,
	    "# TYPE h histogram\nh_bucket{le=\"1\"} 4\nh_bucket{le=\"+Inf\"} 6\nh_sum 9\n"
	    "h_count 6\n",
	    2);
	baseline = finish(builder);
	values = values_of(baseline, "h");
	assert_true(values->total == 4);
	assert_true(values->sum == 4);
	assert_true(values->rates[0] == 2);
	assert_int_equal(values->buckets[0], 3);
	assert_int_equal(values->buckets[1], 1);
	assert_true(baseline_find(baseline, "h")->bounds[0] == 1);
	baseline_free(baseline);
}

static void quiet_intervals_have_no_events_and_gauges_stay(void **state)
{
	struct baseline_builder *builder = baseline_builder_new(true);
	struct baseline *baseline;
	struct error error;

	(void)state;
	add(builder, "# TYPE a_total counter\na_total 8\n# TYPE g gauge\ng 2\n", 1);
	assert_int_equal(baseline_builder_quiet(builder, 2, &error), 0);
	baseline = finish(builder);
	assert_int_equal(baseline->runs[0].interval_count, 3);
	assert_true(values_of(baseline, "a_total")->rates[2] == 0);
	assert_true(values_of(baseline, "g")->rates[2] == 2);
	baseline_free(baseline);
}

static void what_was_lost_is_told(void **state)
{
	struct baseline_builder *builder = baseline_builder_new(true);
	struct baseline *baseline;

	(void)state;
	add(builder,
	    HEALTH
	    "# TYPE etw_session_events_lost_total counter\n"
	    "etw_session_events_lost_total{session=\"a\"} 2\n"
	    "etw_session_events_lost_total{session=\"b\"} 3\n"
	    "# TYPE etw_session_events_dropped_total counter\n"
	    "etw_session_events_dropped_total 4\n"
	    "# TYPE etw_session_buffers_lost_total counter\netw_session_buffers_lost_total 5\n"
	    "# TYPE etw_exporter_rules_info gauge\netw_exporter_rules_info{hash=\"ab\"} 1\n",
	    1);
	baseline = finish(builder);
	assert_int_equal(baseline->runs[0].events, 10);
	assert_int_equal(baseline->runs[0].events_lost, 9);
	assert_int_equal(baseline->runs[0].buffers_lost, 5);
	assert_false(baseline->runs[0].complete);
	assert_string_equal(baseline->runs[0].configuration, "ab");
	baseline_free(baseline);
}

static void what_contradicts_itself_is_refused(void **state)
{
	static const char *const pages[][2] = {
		{"# TYPE a_total counter\na_total 1\na_total 1\n", "is there twice"},
		{"# TYPE b gauge\nb 1\n", "has another type"},
	};
	struct baseline_builder *builder;
	struct error error;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		builder = baseline_builder_new(true);
		add(builder, "# TYPE b counter\nb 1\n", 1);
		assert_int_equal(baseline_builder_page(builder, "page", pages[i][0],
						       strlen(pages[i][0]), 1, &error),
				 -1);
		assert_non_null(strstr(error.text, pages[i][1]));
		baseline_builder_free(builder);
	}
	builder = baseline_builder_new(true);
	assert_int_equal(baseline_builder_quiet(builder, BASELINE_INTERVALS_MAX + 1, &error), -1);
	assert_non_null(strstr(error.text, "--interval"));
	baseline_builder_free(builder);
}

static void families_of_the_exporter_itself_are_none_of_the_machine(void **state)
{
	(void)state;
	assert_true(baseline_wants_family("etw_events_total"));
	assert_true(baseline_wants_family("etw_event_bytes_total"));
	assert_true(baseline_wants_family("dns_query_seconds"));
	assert_false(baseline_wants_family("etw_session_events_total"));
	assert_false(baseline_wants_family("etw_exporter_build_info"));
	assert_false(baseline_wants_family("etw_rule_series"));
	assert_false(baseline_wants_family("etw_baseline_ratio"));
	assert_false(baseline_wants_family("process_cpu_seconds_total"));
	assert_false(baseline_wants_family("up"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counters_become_rates_from_the_first_page_on),
		cmocka_unit_test(a_series_that_comes_later_began_from_zero),
		cmocka_unit_test(a_counter_that_goes_back_has_begun_anew),
		cmocka_unit_test(an_exporter_that_began_anew_is_told),
		cmocka_unit_test(histograms_have_buckets_sums_and_rates),
		cmocka_unit_test(quiet_intervals_have_no_events_and_gauges_stay),
		cmocka_unit_test(what_was_lost_is_told),
		cmocka_unit_test(what_contradicts_itself_is_refused),
		cmocka_unit_test(families_of_the_exporter_itself_are_none_of_the_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
