#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/baseline/builder.h"
#include "tests/support/metric_messages.h"

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

static struct messages page;

/* The pages of one native histogram h, of which the first is where counting begins. */
static struct baseline *natives(const struct native_told *told, size_t count)
{
	struct baseline_builder *builder = baseline_builder_new(false);
	struct error error = {""};
	size_t i;

	for (i = 0; i < count; i++) {
		messages_clear(&page);
		put_native(&page, "h", &told[i]);
		if (baseline_builder_protobuf(builder, "page", page.bytes, messages_length(&page),
					      1, &error))
			fail_msg("%s", error.text);
	}
	return finish(builder);
}

/* Of a baseline of h alone, as BOUND=COUNT up to the last count. */
static void assert_buckets(struct baseline *baseline, double total, const char *expected)
{
	const struct baseline_series *series = baseline_find(baseline, "h");
	const struct baseline_values *values = values_of(baseline, "h");
	struct text text;
	size_t i;

	text_init(&text, 1 << 16);
	for (i = 0; i <= series->bound_count; i++) {
		if (i < series->bound_count)
			text_double(&text, series->bounds[i]);
		text_printf(&text, "=%d ", (int)values->buckets[i]);
	}
	text_char(&text, '\0');
	assert_string_equal(text.bytes, expected);
	assert_true(values->total == total);
	text_done(&text);
	baseline_free(baseline);
}

static void native_buckets_that_come_later_are_told_apart(void **state)
{
	const struct native_told told[] = {
		{.zero_threshold = 0x1p-128, .sum = 0},
		{.zero_threshold = 0x1p-128,
		 .positive_first = 1,
		 .positive_count = 1,
		 .positive = {3},
		 .sum = 5},
		{.zero_threshold = 0x1p-128,
		 .positive_first = 0,
		 .positive_count = 4,
		 .positive = {1, 5, 0, 2},
		 .sum = 23},
	};
	struct baseline *baseline;

	(void)state;
	baseline = natives(told, 3);
	assert_true(values_of(baseline, "h")->rates[0] == 3);
	assert_true(values_of(baseline, "h")->rates[1] == 5);
	assert_true(values_of(baseline, "h")->sum == 23);
	assert_buckets(baseline, 8, "0.5=0 1=1 2=5 4=0 8=2 =0 ");
}

/* What was there before counting began is none of it, and leaves no bounds. */
static void native_buckets_of_before_are_left_out(void **state)
{
	const struct native_told told[] = {
		{.zero_threshold = 0x1p-128,
		 .positive_first = -3,
		 .positive_count = 2,
		 .positive = {9, 9}},
		{.zero_threshold = 0x1p-128,
		 .positive_first = -3,
		 .positive_count = 5,
		 .positive = {9, 9, 0, 0, 4}},
	};

	(void)state;
	assert_buckets(natives(told, 2), 4, "1=0 2=4 =0 ");
}

/* Where the exporter has more buckets than it may: all that is between other bounds is joined. */
static void a_schema_that_falls_joins_buckets(void **state)
{
	const struct native_told told[] = {
		{.schema = 1, .zero_threshold = 0x1p-128},
		/* Up to 1, 1.41, 2, and to 8 alone. */
		{.schema = 1,
		 .zero_threshold = 0x1p-128,
		 .positive_first = 0,
		 .positive_count = 7,
		 .positive = {1, 2, 4, 0, 0, 0, 8}},
		/* Up to 1, 2, 4, 8, 16. */
		{.schema = 0,
		 .zero_threshold = 0x1p-128,
		 .positive_first = 0,
		 .positive_count = 5,
		 .positive = {1, 7, 0, 9, 16}},
	};

	(void)state;
	/* That it was above 0.7, and above 5.7, is not known of what came last. */
	assert_buckets(natives(told, 3), 33, "0.5=0 1=1 2=7 4=0 8=9 16=16 =0 ");
}

/* Which it may after a reset alone. */
static void a_schema_that_rises_begins_anew(void **state)
{
	const struct native_told told[] = {
		{.schema = 0,
		 .zero_threshold = 0x1p-128,
		 .positive_first = 1,
		 .positive_count = 1,
		 .positive = {10}},
		{.schema = 1,
		 .zero_threshold = 0x1p-128,
		 .positive_first = 1,
		 .positive_count = 2,
		 .positive = {2, 3}},
	};

	(void)state;
	assert_buckets(natives(told, 2), 5, "1=0 1.4142135623730951=2 2=3 =0 ");
}

static void a_zero_threshold_that_rises_joins_buckets(void **state)
{
	const struct native_told told[] = {
		{.zero_threshold = 0x1p-128},
		{.zero_threshold = 0x1p-128,
		 .zero = 1,
		 .negative_first = -1,
		 .negative_count = 1,
		 .negative = {2},
		 .positive_first = -1,
		 .positive_count = 3,
		 .positive = {4, 8, 16}},
		{.zero_threshold = 0.5,
		 .zero = 7,
		 .negative_first = 1,
		 .negative_count = 1,
		 .negative = {1},
		 .positive_first = 0,
		 .positive_count = 2,
		 .positive = {9, 17}},
	};

	(void)state;
	assert_buckets(natives(told, 3), 34, "-2=0 -1=1 -0.5=0 0.5=7 1=9 2=17 =0 ");
}

/* Without any below it the bucket of zero begins at 0, as in PromQL. */
static void the_zero_bucket_begins_at_zero_where_nothing_is_below(void **state)
{
	const struct native_told told[] = {
		{.zero_threshold = 0.25},
		{.zero_threshold = 0.25,
		 .zero = 3,
		 .positive_first = 0,
		 .positive_count = 1,
		 .positive = {1}},
	};

	(void)state;
	assert_buckets(natives(told, 2), 4, "0.25=3 0.5=0 1=1 =0 ");
}

static void native_histograms_that_went_back_began_anew(void **state)
{
	const struct native_told by_count[] = {
		{.zero_threshold = 1, .zero = 5},
		{.zero_threshold = 1, .zero = 4},
	};
	/* As many as before, but in other buckets. */
	const struct native_told by_bucket[] = {
		{.zero_threshold = 1, .zero = 5},
		{.zero_threshold = 1, .positive_first = 3, .positive_count = 1, .positive = {6}},
	};
	const struct native_told by_time[] = {
		{.zero_threshold = 1, .zero = 5, .created = 1700000000},
		{.zero_threshold = 1, .zero = 6, .created = 1700000060},
	};
	const struct native_told same[] = {
		{.zero_threshold = 1, .zero = 5, .created = 1700000000},
		{.zero_threshold = 1, .zero = 6, .created = 1700000001},
		{.zero_threshold = 1, .zero = 8},
	};

	(void)state;
	assert_buckets(natives(by_count, 2), 4, "1=4 =0 ");
	assert_buckets(natives(by_bucket, 2), 6, "4=0 8=6 =0 ");
	assert_buckets(natives(by_time, 2), 6, "1=6 =0 ");
	/* Time that is reckoned anew, and one that is not told any more. */
	assert_buckets(natives(same, 3), 3, "1=3 =0 ");
}

/* The start time alone says so where the number has grown over what it was. */
static void a_counter_that_tells_a_later_start_began_anew(void **state)
{
	struct baseline_builder *builder = baseline_builder_new(false);
	struct baseline *baseline;
	struct error error = {""};
	uint64_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		char *family, *metric, *counter;

		messages_clear(&page);
		family = family_begin(&page, "a_total", TYPE_COUNTER);
		metric = message_begin(&page);
		counter = message_begin(&page);
		put_double(&page, 1, 10 + (double)i);
		put_created(&page, 3, 1700000000 + (i == 2 ? 60 : 0), i);
		message_end(&page, FIELD_COUNTER, counter);
		message_end(&page, FIELD_METRIC, metric);
		family_end(&page, family);
		assert_int_equal(baseline_builder_protobuf(builder, "page", page.bytes,
							   messages_length(&page), 1, &error),
				 0);
	}
	baseline = finish(builder);
	assert_true(values_of(baseline, "a_total")->rates[0] == 1);
	assert_true(values_of(baseline, "a_total")->rates[1] == 12);
	baseline_free(baseline);
}

/* More bounds over all pages than a baseline has: coarser, but none is lost. */
static void native_buckets_that_move_for_ever_are_joined(void **state)
{
	static struct native_told told[200];
	const struct baseline_series *series;
	struct baseline *baseline;
	uint64_t sum = 0;
	size_t i, j;

	(void)state;
	for (i = 0; i < 200; i++) {
		told[i] = (struct native_told){.schema = 8,
					       .zero_threshold = 0x1p-128,
					       .positive_first = (int64_t)i * 40,
					       .positive_count = 16,
					       .created = 1700000000 + 60 * i};
		for (j = 0; j < 16; j += 2)
			told[i].positive[j] = 1 + i;
	}
	baseline = natives(told, 200);
	series = baseline_find(baseline, "h");
	assert_true(series->bound_count <= BASELINE_BOUNDS_MAX);
	assert_true(series->bound_count > BASELINE_BOUNDS_MAX / 4);
	for (i = 0; i <= series->bound_count; i++)
		sum += series->values[0].buckets[i];
	assert_int_equal(sum, 8 * (200 * 201 / 2 - 1));
	assert_true(series->values[0].total == (double)sum);
	for (i = 1; i < series->bound_count; i++)
		assert_true(series->bounds[i] > series->bounds[i - 1]);
	baseline_free(baseline);
}

/* Which are those that were finer when it was first seen. */
static void of_classic_and_native_buckets_it_goes_on_with_one(void **state)
{
	/* Coarser than the classic ones, finer, coarser. */
	static const int64_t schemas[] = {0, 3, -1};
	const struct native_told told = {.zero_threshold = 1};
	struct baseline_builder *builder = baseline_builder_new(true);
	struct error error = {""};
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct native_told now = told;
		char *family, *metric, *histogram;

		messages_clear(&page);
		now.schema = schemas[i];
		now.zero = i + 1;
		family = family_begin(&page, "h", TYPE_HISTOGRAM);
		metric = message_begin(&page);
		histogram = message_begin(&page);
		put_bucket(&page, 2, i + 1);
		put_bucket(&page, 3, i + 1);
		put_native_fields(&page, &now);
		message_end(&page, FIELD_HISTOGRAM, histogram);
		message_end(&page, FIELD_METRIC, metric);
		family_end(&page, family);
		if (baseline_builder_protobuf(builder, "page", page.bytes, messages_length(&page),
					      1, &error))
			fail_msg("%s", error.text);
	}
	assert_buckets(finish(builder), 3, "2=3 3=0 =0 ");
}

/* As this program writes it while events are counted. */
static void put_both(uint64_t count, uint64_t below)
{
	const struct native_told told = {.zero_threshold = 1, .zero = count, .created = 1700000000};
	char *family = family_begin(&page, "h", TYPE_HISTOGRAM);
	char *metric = message_begin(&page), *histogram = message_begin(&page);

	put_bucket(&page, 2, below - 1);
	put_bucket(&page, 3, below);
	put_native_fields(&page, &told);
	message_end(&page, FIELD_HISTOGRAM, histogram);
	message_end(&page, FIELD_METRIC, metric);
	family_end(&page, family);
}

static void what_native_buckets_have_before_the_classic_ones_begins_nothing_anew(void **state)
{
	static const struct {
		uint64_t count, below;
	} pages[] = {{11, 10}, {20, 20}, {31, 30}, {40, 40}};
	struct baseline_builder *builder = baseline_builder_new(false);
	struct error error = {""};
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		messages_clear(&page);
		put_both(pages[i].count, pages[i].below);
		if (baseline_builder_protobuf(builder, "page", page.bytes, messages_length(&page),
					      1, &error))
			fail_msg("%s", error.text);
	}
	assert_buckets(finish(builder), 29, "2=29 3=0 =0 ");
}

static void a_histogram_that_is_native_on_one_page_alone_is_refused(void **state)
{
	const struct native_told told = {.zero_threshold = 1, .zero = 5};
	struct baseline_builder *builder = baseline_builder_new(false);
	struct error error = {""};

	(void)state;
	add(builder,
	    "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 5\n"
	    "h_count 2\n",
	    0);
	messages_clear(&page);
	put_native(&page, "h", &told);
	assert_int_equal(baseline_builder_protobuf(builder, "page", page.bytes,
						   messages_length(&page), 1, &error),
			 -1);
	assert_non_null(strstr(error.text, "has another type, or other buckets, than before"));
	baseline_builder_free(builder);
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
		cmocka_unit_test(native_buckets_that_come_later_are_told_apart),
		cmocka_unit_test(native_buckets_of_before_are_left_out),
		cmocka_unit_test(a_schema_that_falls_joins_buckets),
		cmocka_unit_test(a_schema_that_rises_begins_anew),
		cmocka_unit_test(a_zero_threshold_that_rises_joins_buckets),
		cmocka_unit_test(the_zero_bucket_begins_at_zero_where_nothing_is_below),
		cmocka_unit_test(native_histograms_that_went_back_began_anew),
		cmocka_unit_test(a_counter_that_tells_a_later_start_began_anew),
		cmocka_unit_test(native_buckets_that_move_for_ever_are_joined),
		cmocka_unit_test(of_classic_and_native_buckets_it_goes_on_with_one),
		cmocka_unit_test(
			what_native_buckets_have_before_the_classic_ones_begins_nothing_anew),
		cmocka_unit_test(a_histogram_that_is_native_on_one_page_alone_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
