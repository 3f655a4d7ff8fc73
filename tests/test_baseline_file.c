#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "exporter/baseline/baseline_file.h"
#include "exporter/baseline/baseline_merge.h"
#include "tests/support/scratch.h"

#define RUN_BEGIN                                                                              \
	"{\"baseline\":1,\"runs\":[{\"origin\":\"live\",\"start_ns\":-3,\"length_ns\":2,"      \
	"\"interval_ns\":1,\"intervals\":2,\"events\":7,\"events_lost\":1,\"buffers_lost\":0," \
	"\"complete\":false,\"host\":{\"name\":\"h\"},\"labels\":{\"b\":\"1\"}}],\"series\":["
#define COUNTER                                                                        \
	"{\"metric\":\"a\",\"labels\":{},\"type\":\"counter\",\"runs\":[{\"total\":3," \
	"\"rates\":[1,null]}]}"
#define HISTOGRAM(buckets)                                                                    \
	"{\"metric\":\"h\",\"labels\":{\"x\":\"y\"},\"type\":\"histogram\",\"bounds\":[1,2]," \
	"\"runs\":[{\"total\":3,\"sum\":4.5,\"buckets\":" buckets ",\"rates\":[1,0.5]}]}"

static struct baseline *make(int64_t start_ns, const char *metric, double rate)
{
	const char *const configuration = "c0";
	struct baseline_run run = {.origin = BASELINE_RECORDING,
				   .start_ns = start_ns,
				   .interval_ns = 5,
				   .interval_count = 2,
				   .events = 1};
	const struct baseline_name name = {.metric = metric, .kind = BASELINE_COUNTER};
	struct baseline *baseline = baseline_new();
	struct baseline_series *series;
	struct baseline_values *values;
	struct error error;

	memcpy(&run.configuration, &configuration, sizeof(configuration));
	assert_int_equal(baseline_add_run(baseline, &run, &error), 0);
	series = baseline_add_series(baseline, &name, &error);
	assert_non_null(series);
	values = baseline_add_values(baseline, series, 0, &error);
	assert_non_null(values);
	values->rates[1] = values->total = rate;
	return baseline;
}

static struct baseline *parse(const char *text)
{
	struct error error = {""};
	struct baseline *baseline = baseline_parse("file", text, strlen(text), &error);

	if (!baseline)
		fail_msg("%s", error.text);
	return baseline;
}

static void what_is_written_is_read_again(void **state)
{
	struct baseline *baseline =
		parse(RUN_BEGIN COUNTER "," HISTOGRAM("[1,0,9007199254740992]") "]}");
	const struct baseline_series *histogram = baseline_find(baseline, "h{x=\"y\"}");
	struct baseline *again;
	struct text first, second;

	(void)state;
	assert_non_null(histogram);
	assert_int_equal(histogram->values[0].buckets[2], (uint64_t)1 << 53);
	assert_true(isnan(baseline_find(baseline, "a")->values[0].rates[1]));
	text_init(&first, 1 << 20);
	text_init(&second, 1 << 20);
	baseline_json(baseline, &first);
	again = baseline_parse("file", first.bytes, first.length, &(struct error){""});
	assert_non_null(again);
	baseline_json(again, &second);
	assert_int_equal(first.length, second.length);
	assert_memory_equal(first.bytes, second.bytes, first.length);
	text_done(&first);
	text_done(&second);
	baseline_free(again);
	baseline_free(baseline);
}

static void what_is_wrong_is_refused_with_its_place(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{"", "file:1:0: "},
		{"[]", "file is no baseline"},
		{"{}", "file is no baseline"},
		{"{\"baseline\":2}", "version 2; this program knows version 1"},
		{"{\"baseline\":1,\"baseline\":1}", "duplicate"},
		{"{\"baseline\":1,\"runs\":[],\"series\":[]}", "runs must have an element"},
		{RUN_BEGIN "],\"more\":1}", "has members"},
		{RUN_BEGIN COUNTER "," COUNTER "]}", "a is there twice"},
		{RUN_BEGIN HISTOGRAM("[1,0,2]") "," COUNTER "]}",
		 "series[1] stands before its place"},
		{RUN_BEGIN HISTOGRAM("[1,0]") "]}",
		 "series[0].runs[0].buckets must have one element more"},
		{RUN_BEGIN HISTOGRAM("[1,0,-1]") "]}", "whole numbers from 0 to 2^53"},
		{RUN_BEGIN HISTOGRAM("[1,0,1.5]") "]}", "whole numbers from 0 to 2^53"},
		{RUN_BEGIN "{\"metric\":\"a\",\"labels\":{},\"type\":\"counter\",\"runs\":[]}]}",
		 "series[0].runs must have as many elements as there are runs"},
		{RUN_BEGIN "{\"metric\":\"a\",\"labels\":{},\"type\":\"counter\",\"runs\":["
			   "{\"total\":1,\"rates\":[1]}]}]}",
		 "series[0].runs[0].rates must have as many elements as the run has intervals"},
		{RUN_BEGIN "{\"metric\":\"a\",\"labels\":{\"b\":1},\"type\":\"counter\",\"runs\":["
			   "null]}]}",
		 "series[0].b must be a text"},
		{RUN_BEGIN "{\"metric\":\"a\",\"labels\":{},\"type\":\"sum\",\"runs\":[null]}]}",
		 "series[0].type must be counter, gauge or histogram"},
		{RUN_BEGIN "{\"metric\":\"h\",\"labels\":{},\"type\":\"histogram\",\"bounds\":"
			   "[2,1],\"runs\":[null]}]}",
		 "series[0].bounds must be numbers that rise"},
		{"{\"baseline\":1,\"runs\":[{\"origin\":\"moon\"}],\"series\":[]}",
		 "runs[0].origin must be recording, live or url"},
		{"{\"baseline\":1,\"runs\":[{\"origin\":\"live\",\"start_ns\":0.5}],\"series\":[]}",
		 "runs[0].start_ns must be a whole number"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct error error = {""};

		assert_null(baseline_parse("file", cases[i].text, strlen(cases[i].text), &error));
		if (!strstr(error.text, cases[i].why))
			fail_msg("\"%s\" does not say \"%s\"", error.text, cases[i].why);
	}
}

static void a_file_is_written_as_a_whole(void **state)
{
	struct baseline *baseline = make(1, "a", 2), *read;
	struct error error = {""};
	struct scratch scratch;

	(void)state;
	scratch_make(&scratch);
	if (baseline_file_write(baseline, scratch_path(&scratch, "base.json"), &error) ||
	    baseline_file_write(baseline, scratch_path(&scratch, "base.json"), &error))
		fail_msg("%s", error.text);
	read = baseline_file_read(scratch_path(&scratch, "base.json"), &error);
	assert_non_null(read);
	assert_true(read->series[0].values[0].rates[1] == 2);
	assert_int_equal(baseline_file_write(baseline, scratch_path(&scratch, "none/b"), &error),
			 -1);
	assert_non_null(strstr(error.text, "cannot write the baseline"));
	assert_int_equal(baseline_file_write(baseline, scratch.directory, &error), -1);
	assert_null(baseline_file_read(scratch.directory, &error));
	assert_non_null(strstr(error.text, "cannot read the baseline"));
	assert_int_equal(unlink(scratch_path(&scratch, "base.json")), 0);
	/* Nothing stays beside it. */
	assert_int_equal(rmdir(scratch.directory), 0);
	baseline_free(read);
	baseline_free(baseline);
}

static void merged_runs_are_in_the_order_of_their_starts(void **state)
{
	struct baseline *late = make(20, "b", 2), *early = make(10, "a", 1), *merged;
	const struct baseline_part parts[] = {{"late", late}, {"early", early}};
	struct error error = {""};

	(void)state;
	merged = baseline_merge(parts, 2, &error);
	if (!merged)
		fail_msg("%s", error.text);
	assert_int_equal(merged->run_count, 2);
	assert_int_equal(merged->runs[0].start_ns, 10);
	assert_int_equal(merged->series_count, 2);
	assert_non_null(baseline_find(merged, "a")->values[0].rates);
	assert_null(baseline_find(merged, "a")->values[1].rates);
	assert_null(baseline_find(merged, "b")->values[0].rates);
	assert_true(baseline_find(merged, "b")->values[1].rates[1] == 2);
	baseline_free(merged);
	baseline_free(late);
	baseline_free(early);
}

static void runs_that_do_not_belong_together_are_not_merged(void **state)
{
	struct baseline *one = make(10, "a", 1), *two = make(20, "a", 1);
	const struct baseline_part same[] = {{"one", one}, {"other", one}};
	const struct baseline_part both[] = {{"one", one}, {"two", two}};
	struct error error = {""};

	(void)state;
	assert_null(baseline_merge(same, 2, &error));
	assert_non_null(strstr(error.text, "one and other hold the same run"));
	two->runs[0].interval_ns = 6;
	assert_null(baseline_merge(both, 2, &error));
	assert_non_null(strstr(error.text, "intervals of different lengths"));
	two->runs[0].interval_ns = 5;
	two->runs[0].configuration[0] = 'd';
	assert_null(baseline_merge(both, 2, &error));
	assert_non_null(strstr(error.text, "different rules"));
	baseline_free(one);
	baseline_free(two);
}

static void there_are_limits(void **state)
{
	struct baseline *baseline = baseline_new();
	struct baseline_run run = {.interval_ns = 1, .interval_count = BASELINE_INTERVALS_MAX + 1};
	struct error error;
	size_t i;

	(void)state;
	assert_int_equal(baseline_add_run(baseline, &run, &error), -1);
	run.interval_count = 0;
	for (i = 0; i < BASELINE_RUNS_MAX; i++)
		assert_int_equal(baseline_add_run(baseline, &run, &error), 0);
	assert_int_equal(baseline_add_run(baseline, &run, &error), -1);
	assert_non_null(strstr(error.text, "at most 1000 runs"));
	baseline_free(baseline);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(what_is_wrong_is_refused_with_its_place),
		cmocka_unit_test(a_file_is_written_as_a_whole),
		cmocka_unit_test(merged_runs_are_in_the_order_of_their_starts),
		cmocka_unit_test(runs_that_do_not_belong_together_are_not_merged),
		cmocka_unit_test(there_are_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
