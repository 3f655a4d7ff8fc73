#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/baseline/compare_cells.h"
#include "exporter/baseline/compare_report.h"
#include "tests/support/statistics_random.h"
#include "tests/support/baseline_rig.h"

#define INTERVALS    40
#define REPORT_LIMIT (1 << 20)
#define SECONDS	     "etw_disk_io_seconds"

/* A comparison of two baselines, and conditions on it. */
struct rig {
	struct baseline *base, *next;
	struct comparison *comparison;
	struct fail_on *conditions[4];
	struct fail_on_result results[4];
	size_t condition_count;
	struct text text;
};

static void add_series(struct baseline *baseline, const char *op, double rate, double latency,
		       uint64_t seed)
{
	struct statistics_random random = {seed};
	uint64_t buckets[1][RIG_BOUNDS + 1] = {{0}};
	double rates[INTERVALS];
	size_t i;

	for (i = 0; i < INTERVALS; i++)
		rates[i] = rate * (1 + 0.02 * random_normal(&random));
	for (i = 0; i < 5000; i++)
		rig_observe(buckets[0], latency * exp(random_normal(&random)));
	rig_counter(baseline, "etw_disk_io_total", op, rates);
	rig_histogram(baseline, SECONDS, op, buckets);
}

/* Writes take twice as long. One series is new; names have what formats must escape. */
static void begin(struct rig *rig, uint64_t buffers_lost)
{
	struct baseline_run run = rig_run(INTERVALS);
	const struct comparison_options options = {.alpha = 0.05, .rules = {.lost_max = 0.01}};
	struct error error;

	*rig = (struct rig){.base = rig_baseline(1, INTERVALS), .next = baseline_new()};
	run.buffers_lost = buffers_lost;
	run.host.release = run.host.name;
	assert_int_equal(baseline_add_run(rig->next, &run, &error), 0);
	add_series(rig->base, "read", 100, 0.02, 1);
	add_series(rig->next, "read", 100, 0.02, 2);
	add_series(rig->base, "w|<&>`\033", 100, 0.02, 3);
	add_series(rig->next, "w|<&>`\033", 100, 0.04, 4);
	add_series(rig->next, "trim", 100, 0.02, 5);
	rig->comparison = comparison_new(rig->base, rig->next, &options, &error);
	assert_non_null(rig->comparison);
	text_init(&rig->text, REPORT_LIMIT);
}

static void add_condition(struct rig *rig, const char *text)
{
	struct error error;
	size_t i = rig->condition_count++;

	rig->conditions[i] = fail_on_parse(text, &error);
	assert_non_null(rig->conditions[i]);
	assert_int_equal(
		fail_on_evaluate(rig->conditions[i], rig->comparison, &rig->results[i], &error), 0);
}

static struct compare_report report_of(const struct rig *rig, bool terminal)
{
	return (struct compare_report){.base_name = "base.json",
				       .next_name = "new.json",
				       .comparison = rig->comparison,
				       .conditions = rig->conditions,
				       .results = rig->results,
				       .condition_count = rig->condition_count,
				       .bars = terminal,
				       .colours = terminal};
}

static const char *written(struct rig *rig, const char *format, bool terminal)
{
	struct compare_report report = report_of(rig, terminal);

	text_clear(&rig->text);
	compare_format_find(format)(&report, &rig->text);
	text_char(&rig->text, '\0');
	assert_false(rig->text.failed);
	return rig->text.bytes;
}

static enum compare_verdict verdict_of(const struct rig *rig)
{
	struct compare_report report = report_of(rig, false);

	return compare_verdict(&report);
}

static void end(struct rig *rig)
{
	size_t i;

	for (i = 0; i < rig->condition_count; i++) {
		fail_on_result_done(&rig->results[i]);
		fail_on_free(rig->conditions[i]);
	}
	text_done(&rig->text);
	comparison_free(rig->comparison);
	baseline_free(rig->next);
	baseline_free(rig->base);
}

#define assert_has(text, part)                                        \
	do {                                                          \
		if (!strstr(text, part))                              \
			print_error("%s\nhas not: %s\n", text, part); \
		assert_non_null(strstr(text, part));                  \
	} while (0)

static void text_says_what_changed_and_what_did_not(void **state)
{
	struct rig rig;
	const char *text;

	(void)state;
	begin(&rig, 0);
	add_condition(&rig, "p50(" SECONDS ") > +10%");
	text = written(&rig, "text", false);
	assert_has(text, "BASE  base.json: 1 run, 40 intervals, 4 series\n");
	assert_has(text, "flagged (host): hosts run the releases 6.1 and host\n");
	assert_has(text, "failed: p50(etw_disk_io_seconds) > +10% (1 of 2 series)\n");
	assert_has(text, "  etw_disk_io_seconds{op=\"w|<&>`?\"}\n");
	assert_has(text, "    p50 ");
	assert_has(text, "             ~ ");
	assert_has(text, "<0.001   +");
	assert_has(text, "\nnew  ");
	assert_has(text, "1 of 4 series changed, 2 are new, 0 are gone\n");
	assert_null(strchr(text, '\033'));
	assert_null(strstr(text, "█"));
	end(&rig);
}

static void terminals_have_colours_and_bars(void **state)
{
	struct rig rig;
	const char *text;

	(void)state;
	begin(&rig, 0);
	text = written(&rig, "text", true);
	assert_has(text, "\033[31m");
	assert_has(text, "█");
	assert_has(text, " > ");
	end(&rig);
}

static void json_has_every_number(void **state)
{
	struct rig rig;
	const char *text;

	(void)state;
	begin(&rig, 0);
	add_condition(&rig, "p50(" SECONDS ") > +10%");
	text = written(&rig, "json", false);
	assert_has(text, "{\"base\":\"base.json\",\"new\":\"new.json\",\"result\":\"regression\"");
	assert_has(text, "{\"check\":\"host\",\"result\":\"flagged\",");
	assert_has(text, "\"fail_on\":[{\"condition\":\"p50(etw_disk_io_seconds) > +10%\","
			 "\"result\":\"failed\"");
	assert_has(text, "\"op\":\"w|<&>`\\u001b\"");
	assert_has(text, "\"statistic\":\"p99\"");
	assert_has(text, "\"tested_over\":\"observations\",\"significant\":true");
	assert_has(text, "\"status\":\"new\"");
	assert_has(text, "\"base\":null");
	assert_null(strstr(text, "nan"));
	assert_null(strstr(text, "inf,"));
	end(&rig);
}

static void markdown_has_tables_in_which_names_are_no_markup(void **state)
{
	struct rig rig;
	const char *text;

	(void)state;
	begin(&rig, 0);
	add_condition(&rig, "p50(" SECONDS ") > +10%");
	text = written(&rig, "markdown", false);
	assert_has(text, "### Baselines: regression\n");
	assert_has(text, "|---|---|--:|--:|--:|--:|--:|\n");
	assert_has(text, "op=&quot;w&#124;&lt;&amp;&gt;&#96;?&quot;");
	assert_has(text, " | **+");
	assert_has(text, "<details><summary>Not changed: 3</summary>");
	assert_has(text, "<details><summary>New: 2</summary>");
	assert_has(text, "- **failed** <code>p50&#40;etw&#95;disk&#95;io&#95;seconds&#41; ");
	end(&rig);
}

static void junit_has_a_case_for_each_check_and_condition(void **state)
{
	struct rig rig;
	const char *text;

	(void)state;
	begin(&rig, 0);
	add_condition(&rig, "p50(" SECONDS ") > +10%");
	add_condition(&rig, "p50(" SECONDS "{op=\"read\"}) > +10%");
	add_condition(&rig, "p50(etw_none) > +10%");
	text = written(&rig, "junit", false);
	assert_has(text, "tests=\"12\" failures=\"1\" errors=\"1\" skipped=\"0\"");
	assert_has(text, "<testcase classname=\"usability\" name=\"lost\" time=\"0\"></testcase>");
	assert_has(text, "<system-out>hosts run the releases 6.1 and host</system-out>");
	assert_has(text, "name=\"p50(etw_disk_io_seconds) &gt; +10%\" time=\"0\">"
			 "<failure type=\"regression\" message=\"1 of 2 series\">"
			 "etw_disk_io_seconds{op=&quot;w|&lt;&amp;&gt;`?&quot;}: ");
	assert_has(text, "p &lt;0.001\n</failure>");
	assert_has(text, "{op=&quot;read&quot;}) &gt; +10%\" time=\"0\"></testcase>");
	assert_has(text, "<error type=\"unusable\" message=\"no series of etw_none is there\">");
	end(&rig);
}

static void what_is_refused_shows_no_series(void **state)
{
	static const char *const formats[] = {"text", "json", "markdown", "junit"};
	struct rig rig;
	size_t i;

	(void)state;
	begin(&rig, 3);
	add_condition(&rig, "p50(" SECONDS ") > +10%");
	assert_int_equal(verdict_of(&rig), COMPARE_UNUSABLE);
	for (i = 0; i < 4; i++) {
		const char *text = written(&rig, formats[i], false);

		assert_has(text, "refused");
		assert_has(text, "lost 3 buffers");
		assert_null(strstr(text, "op="));
	}
	assert_has(written(&rig, "junit", false), "<skipped/>");
	end(&rig);
}

static void verdicts_are_of_conditions(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, 0);
	assert_int_equal(verdict_of(&rig), COMPARE_SAME);
	add_condition(&rig, "p50(" SECONDS "{op=\"read\"}) > +10%");
	assert_int_equal(verdict_of(&rig), COMPARE_SAME);
	add_condition(&rig, "p50(etw_none) > +10%");
	assert_int_equal(verdict_of(&rig), COMPARE_UNUSABLE);
	add_condition(&rig, "p50(" SECONDS ") > +10%");
	assert_int_equal(verdict_of(&rig), COMPARE_REGRESSION);
	end(&rig);
}

static void formats_are_found_by_name(void **state)
{
	(void)state;
	assert_non_null(compare_format_find("junit"));
	assert_null(compare_format_find("html"));
}

static void check_value(const char *metric, enum baseline_kind kind, enum statistic_kind statistic,
			double value, const char *text)
{
	char name[64];
	const struct baseline_series series = {.metric = strcpy(name, metric), .kind = kind};
	const struct change change = {.statistic = {statistic, 0.5}, .next = value};
	struct compare_cell cell;

	compare_value_cell(&cell, &series, &change, true);
	assert_string_equal(cell.text, text);
}

static void values_have_the_units_of_their_metrics(void **state)
{
	(void)state;
	check_value("a_seconds", BASELINE_HISTOGRAM, STATISTIC_QUANTILE, 0.0123, "12.3 ms");
	check_value("a_seconds", BASELINE_HISTOGRAM, STATISTIC_QUANTILE, 4.5e-5, "45 µs");
	check_value("a_seconds", BASELINE_HISTOGRAM, STATISTIC_QUANTILE, 2e-12, "0.002 ns");
	check_value("a_seconds", BASELINE_HISTOGRAM, STATISTIC_MEDIAN, 0.5, "0.5/s");
	check_value("a_seconds", BASELINE_HISTOGRAM, STATISTIC_COUNT, 50, "50");
	check_value("a_bytes_total", BASELINE_COUNTER, STATISTIC_MEDIAN, 1536, "1.5 KiB/s");
	check_value("a_bytes", BASELINE_GAUGE, STATISTIC_MEDIAN, 3e9, "2.794 GiB");
	check_value("a_total", BASELINE_COUNTER, STATISTIC_RATE, 123456.7, "123457/s");
	check_value("a_total", BASELINE_COUNTER, STATISTIC_TOTAL, 0, "0");
	check_value("a", BASELINE_GAUGE, STATISTIC_MEDIAN, NAN, "-");
}

static void expect_ratio(double ratio, const char *text)
{
	struct compare_cell cell;

	compare_ratio_cell(&cell, ratio);
	assert_string_equal(cell.text, text);
}

static void changes_are_percentages(void **state)
{
	(void)state;
	expect_ratio(1.201, "+20.1 %");
	expect_ratio(0.5, "-50.0 %");
	expect_ratio(0, "-100.0 %");
	expect_ratio(250, "250x");
	expect_ratio(INFINITY, "from 0");
	expect_ratio(NAN, "?");
}

static void quantiles_beyond_the_last_bound_are_at_least_that(void **state)
{
	char metric[] = "a_seconds";
	const struct baseline_series series = {.metric = metric, .kind = BASELINE_HISTOGRAM};
	const struct change change = {
		.statistic = {STATISTIC_QUANTILE, 0.5}, .next = 2, .next_beyond = true};
	struct compare_cell cell;

	(void)state;
	compare_value_cell(&cell, &series, &change, true);
	assert_string_equal(cell.text, "> 2 s");
}

static void intervals_say_where_buckets_are_wide(void **state)
{
	struct change change = {.low = 1.1, .high = 1.5, .resolution = 1.1};
	struct compare_cell cell;

	(void)state;
	compare_interval_cell(&cell, &change);
	assert_string_equal(cell.text, "+10.0 % ... +50.0 %");
	change.resolution = 2;
	compare_interval_cell(&cell, &change);
	assert_string_equal(cell.text, "+10.0 % ... +50.0 %, in a bucket of 2x");
	change.high = NAN;
	compare_interval_cell(&cell, &change);
	assert_string_equal(cell.text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_says_what_changed_and_what_did_not),
		cmocka_unit_test(terminals_have_colours_and_bars),
		cmocka_unit_test(json_has_every_number),
		cmocka_unit_test(markdown_has_tables_in_which_names_are_no_markup),
		cmocka_unit_test(junit_has_a_case_for_each_check_and_condition),
		cmocka_unit_test(what_is_refused_shows_no_series),
		cmocka_unit_test(verdicts_are_of_conditions),
		cmocka_unit_test(formats_are_found_by_name),
		cmocka_unit_test(values_have_the_units_of_their_metrics),
		cmocka_unit_test(changes_are_percentages),
		cmocka_unit_test(intervals_say_where_buckets_are_wide),
		cmocka_unit_test(quantiles_beyond_the_last_bound_are_at_least_that),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
