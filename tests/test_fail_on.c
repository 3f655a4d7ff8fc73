#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/baseline/fail_on_private.h"
#include "tests/support/statistics_random.h"
#include "tests/support/baseline_rig.h"

#define INTERVALS 40
#define DISK	  "etw_disk_io_seconds"

static struct fail_on *parsed(const char *text)
{
	struct error error = {""};
	struct fail_on *condition = fail_on_parse(text, &error);

	if (!condition)
		print_error("%s: %s\n", text, error.text);
	assert_non_null(condition);
	assert_string_equal(fail_on_text(condition), text);
	return condition;
}

static void conditions_have_a_statistic_a_metric_and_a_threshold(void **state)
{
	struct fail_on *condition = parsed("p99(etw_disk_io_seconds) > +10%");

	(void)state;
	assert_string_equal(condition->metric, "etw_disk_io_seconds");
	assert_int_equal(condition->statistic.kind, STATISTIC_QUANTILE);
	assert_float_equal(condition->statistic.q, 0.99, 1e-12);
	assert_true(condition->above);
	assert_int_equal(condition->threshold, FAIL_ON_RATIO);
	assert_float_equal(condition->value, 1.1, 1e-12);
	assert_true(isnan(condition->p));
	assert_int_equal(condition->matcher_count, 0);
	fail_on_free(condition);
}

static void every_statistic_is_known(void **state)
{
	static const struct {
		const char *text;
		enum statistic_kind kind;
		double q;
	} rows[] = {
		{"median(a) > 2x", STATISTIC_MEDIAN, 0},
		{"rate(a) > 2x", STATISTIC_RATE, 0},
		{"total(a) > 2x", STATISTIC_TOTAL, 0},
		{"count(a) > 2x", STATISTIC_COUNT, 0},
		{"mean(a) > 2x", STATISTIC_MEAN, 0},
		{"p50(a) > 2x", STATISTIC_QUANTILE, .5},
		{"p99.9(a) > 2x", STATISTIC_QUANTILE, .999},
		{"p5(a) > 2x", STATISTIC_QUANTILE, .05},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fail_on *condition = parsed(rows[i].text);

		assert_int_equal(condition->statistic.kind, rows[i].kind);
		assert_float_equal(condition->statistic.q, rows[i].q, 1e-12);
		fail_on_free(condition);
	}
}

static void thresholds_are_changes_ratios_and_values(void **state)
{
	static const struct {
		const char *text;
		enum fail_on_threshold threshold;
		bool above;
		double value;
	} rows[] = {
		{"rate(a) > +10%", FAIL_ON_RATIO, true, 1.1},
		{"rate(a)>+0.5 %", FAIL_ON_RATIO, true, 1.005},
		{"rate(a) < -5%", FAIL_ON_RATIO, false, 0.95},
		{"rate(a) > 1.5x", FAIL_ON_RATIO, true, 1.5},
		{"rate(a) < 0.5x", FAIL_ON_RATIO, false, 0.5},
		{"rate(a) > 1e6", FAIL_ON_VALUE, true, 1e6},
		{"rate(a) < .5", FAIL_ON_VALUE, false, 0.5},
		{"rate(a) > 250ms", FAIL_ON_VALUE, true, 0.25},
		{"rate(a) > 10us", FAIL_ON_VALUE, true, 1e-5},
		{"rate(a) > 64MiB", FAIL_ON_VALUE, true, 67108864},
		{"rate(a) > 3s", FAIL_ON_VALUE, true, 3},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fail_on *condition = parsed(rows[i].text);

		assert_int_equal(condition->threshold, rows[i].threshold);
		assert_int_equal(condition->above, rows[i].above);
		assert_float_equal(condition->value, rows[i].value, 1e-12);
		fail_on_free(condition);
	}
}

static void matchers_are_those_of_promql(void **state)
{
	struct fail_on *condition =
		parsed("rate(a:b{x=\"1\\\"\", y!='2', z=~`r|w`, zz!~\"q.*\",}) > 2x at p < 0.01");
	char x[] = "x", y[] = "y", z[] = "z", one[] = "1\"", three[] = "3", r[] = "r", rw[] = "rw";
	struct baseline_label labels[] = {{x, one}, {y, three}, {z, r}};
	size_t i;

	(void)state;
	assert_string_equal(condition->metric, "a:b");
	assert_float_equal(condition->p, 0.01, 1e-12);
	assert_int_equal(condition->matcher_count, 4);
	for (i = 0; i < 4; i++)
		assert_true(label_matcher_takes(condition->matchers[i], labels, 3));
	labels[2].value = rw;
	assert_false(label_matcher_takes(condition->matchers[2], labels, 3));
	assert_true(label_matcher_takes(condition->matchers[3], labels, 3));
	assert_false(label_matcher_takes(condition->matchers[0], labels + 1, 2));
	fail_on_free(condition);
}

static void what_is_wrong_is_shown_at_its_place(void **state)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{"", "--fail-on, column 1: a statistic is expected: median, rate, total, count, "
		     "mean, p50, p99, p99.9: >>>"},
		{"max(a) > 2x", "column 1: a statistic is expected"},
		{"p0(a) > 2x", "column 3: a percentile is between p0 and p100: p0>>>(a) > 2x"},
		{"p100(a) > 2x", "a percentile is between"},
		{"p0x10(a) > 2x", "column 2: a number is expected"},
		{"rate a > 2x", "column 6: ( is expected behind the statistic: rate >>>a > 2x"},
		{"rate(1a) > 2x", "column 6: the name of a metric is expected"},
		{"rate(a > 2x", "column 8: { or ) is expected"},
		{"rate(a{x}) > 2x", "column 9: =, !=, =~ or !~ is expected"},
		{"rate(a{x=y}) > 2x", "column 10: a value in quotes is expected"},
		{"rate(a{x=\"y}) > 2x", "column 19: the value has no closing quote"},
		{"rate(a{x=\"\\q\"}) > 2x", "column 11: \\ stands before"},
		{"rate(a{x=\"y\" z=\"1\"}) > 2x", "column 14: a comma or } is expected"},
		{"rate(a{x=~\"(\"}) > 2x", "bad regular expression"},
		{"rate(a) = 2x", "column 9: > or < is expected"},
		{"rate(a) > ", "column 11: a number is expected"},
		{"rate(a) > 10%", "column 13: a change has a sign: +10% or -10%"},
		{"rate(a) > -10%", "> takes +"},
		{"rate(a) < +10%", "< takes -"},
		{"rate(a) < -101%", "nothing is more than 100% less"},
		{"rate(a) > +10", "% is expected behind a change"},
		{"rate(a) > 0.5x", "> takes 1x or more"},
		{"rate(a) < 1.5x", "> takes 1x or more, < takes 1x or less"},
		{"rate(a) > 5 parsecs", "column 13: nothing more is expected"},
		{"rate(a) > 5min", "column 12: this is no unit"},
		{"rate(a) > 1e999", "this is no number"},
		{"rate(a) > 2x at 0.01", "at p < 0.01 is expected"},
		{"rate(a) > 2x at p < 1", "p is between 0 and 1"},
		{"rate(a) > 2 at p < 0.01", "p is of a change"},
		{"rate(a) > 2x or", "column 14: nothing more is expected: rate(a) > 2x >>>or"},
	};
	struct error error;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_null(fail_on_parse(rows[i].text, &error));
		if (!strstr(error.text, rows[i].message))
			print_error("%s: %s\n", rows[i].text, error.text);
		assert_non_null(strstr(error.text, rows[i].message));
	}
}

static void too_much_is_refused(void **state)
{
	static char text[FAIL_ON_BYTES_MAX + 16];
	struct error error;
	size_t i;

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	assert_null(fail_on_parse(text, &error));
	assert_non_null(strstr(error.text, "longer than 4096 bytes"));
	strcpy(text, "rate(a{");
	for (i = 0; i <= FAIL_ON_MATCHERS_MAX; i++)
		strcat(text, "x=\"1\",");
	strcat(text, "}) > 2x");
	assert_null(fail_on_parse(text, &error));
	assert_non_null(strstr(error.text, "more than 16 matchers"));
}

/* Two baselines and what a condition says of them. */
struct rig {
	struct baseline *base, *next;
	struct comparison *comparison;
	struct fail_on_result result;
};

static void add_series(struct baseline *baseline, const char *op, double rate, double latency,
		       uint64_t observations, uint64_t seed)
{
	struct statistics_random random = {seed};
	uint64_t buckets[16][RIG_BOUNDS + 1] = {{0}};
	double rates[16 * INTERVALS];
	size_t run, i;

	for (i = 0; i < baseline->run_count * INTERVALS; i++)
		rates[i] = rate * (1 + 0.02 * random_normal(&random));
	for (run = 0; run < baseline->run_count; run++)
		for (i = 0; i < observations; i++)
			rig_observe(buckets[run], latency * exp(random_normal(&random)));
	rig_counter(baseline, "etw_disk_io_total", op, rates);
	rig_histogram(baseline, DISK, op, buckets);
}

static void begin(struct rig *rig, size_t runs)
{
	rig->base = rig_baseline(runs, INTERVALS);
	rig->next = rig_baseline(runs, INTERVALS);
}

/* Reads are as they were, of writes there are half as many, and they take half as long again. */
static void fill(struct rig *rig, uint64_t observations)
{
	add_series(rig->base, "read", 100, 0.02, observations, 1);
	add_series(rig->base, "write", 100, 0.02, observations, 2);
	add_series(rig->next, "read", 100, 0.02, observations, 3);
	add_series(rig->next, "write", 50, 0.03, observations, 4);
}

static void compare(struct rig *rig)
{
	static const struct comparison_options options = {.alpha = 0.05};
	struct error error;

	rig->comparison = comparison_new(rig->base, rig->next, &options, &error);
	assert_non_null(rig->comparison);
}

/* How many series fail. */
static size_t evaluate(struct rig *rig, const char *text)
{
	struct fail_on *condition = parsed(text);
	struct error error;
	size_t failed;

	assert_int_equal(fail_on_evaluate(condition, rig->comparison, &rig->result, &error), 0);
	failed = rig->result.failed;
	fail_on_result_done(&rig->result);
	fail_on_free(condition);
	return failed;
}

static void end(struct rig *rig)
{
	comparison_free(rig->comparison);
	baseline_free(rig->next);
	baseline_free(rig->base);
}

static void changes_beyond_the_threshold_fail(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, 1);
	fill(&rig, 5000);
	compare(&rig);
	assert_int_equal(evaluate(&rig, "p50(" DISK ") > +10%"), 1);
	assert_int_equal(rig.result.count, 2);
	assert_int_equal(evaluate(&rig, "p90(" DISK ") > 1.2x at p < 0.001"), 1);
	assert_int_equal(evaluate(&rig, "p50(" DISK ") > +90%"), 0);
	assert_int_equal(evaluate(&rig, "p50(" DISK ") < -10%"), 0);
	assert_int_equal(evaluate(&rig, "p50(" DISK "{op=\"read\"}) > +1%"), 0);
	assert_int_equal(rig.result.count, 1);
	assert_int_equal(evaluate(&rig, "rate(etw_disk_io_total) < -40%"), 1);
	assert_int_equal(evaluate(&rig, "median(etw_disk_io_total) < 0.6x"), 1);
	assert_int_equal(evaluate(&rig, "total(etw_disk_io_total) < -40%"), 1);
	assert_int_equal(evaluate(&rig, "total(etw_disk_io_total) < -60%"), 0);
	assert_int_equal(evaluate(&rig, "mean(" DISK ") > +10%"), 1);
	assert_int_equal(evaluate(&rig, "count(" DISK ") < -1%"), 0);
	assert_string_equal(rig.result.unusable, "");
	end(&rig);
}

static void values_are_those_of_new(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, 1);
	fill(&rig, 5000);
	add_series(rig.next, "trim", 1, 0.3, 5000, 9);
	compare(&rig);
	assert_int_equal(evaluate(&rig, "p50(" DISK ") > 10ms"), 3);
	assert_int_equal(evaluate(&rig, "p50(" DISK ") > 24ms"), 2);
	assert_int_equal(evaluate(&rig, "p50(" DISK ") > 100ms"), 1);
	assert_int_equal(evaluate(&rig, "count(" DISK "{op=~\"r.*\"}) < 5001"), 1);
	end(&rig);
}

/* p is adjusted for the condition's own series, not for all that are compared. */
static void conditions_are_adjusted_by_themselves(void **state)
{
	static const char *const ops[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
	struct rig rig;
	size_t i;

	(void)state;
	begin(&rig, 4);
	for (i = 0; i < 8; i++) {
		add_series(rig.base, ops[i], 100, 0.02, 5000, 10 + i);
		add_series(rig.next, ops[i], i ? 100 : 150, 0.02, 5000, 30 + i);
	}
	compare(&rig);
	assert_true(rig.comparison->by_runs);
	assert_int_equal(rig.comparison->changed, 0);
	assert_int_equal(rig.comparison->usability.findings[USABILITY_RUNS].level,
			 USABILITY_FLAGGED);
	assert_int_equal(evaluate(&rig, "median(etw_disk_io_total{op=\"a\"}) > +10%"), 1);
	assert_int_equal(evaluate(&rig, "median(etw_disk_io_total{op=~\"a|b|c|d\"}) > +10%"), 0);
	assert_int_equal(rig.result.undecided, 4);
	assert_non_null(strstr(rig.result.unusable, "too few runs to say whether"));
	end(&rig);
}

static void conditions_that_say_nothing_are_unusable(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, 1);
	fill(&rig, 100);
	add_series(rig.next, "trim", 1, 0.3, 100, 9);
	compare(&rig);
	evaluate(&rig, "rate(etw_net_total) > +10%");
	assert_string_equal(rig.result.unusable, "no series of etw_net_total is there");
	evaluate(&rig, "rate(etw_disk_io_total{op=\"x\"}) > +10%");
	assert_string_equal(rig.result.unusable, "no series of etw_disk_io_total is there");
	evaluate(&rig, "p99(etw_disk_io_total{op=\"read\"}) > +10%");
	assert_string_equal(rig.result.unusable,
			    "etw_disk_io_total{op=\"read\"} has no such statistic");
	evaluate(&rig, "p50(" DISK "{op=\"trim\"}) > +10%");
	assert_string_equal(rig.result.unusable, DISK "{op=\"trim\"} is new");
	assert_int_equal(evaluate(&rig, "p99(" DISK ") > +10%"), 0);
	assert_int_equal(rig.result.undecided, 2);
	assert_string_equal(rig.result.unusable,
			    "there are too few observations to say whether " DISK " has changed");
	end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conditions_have_a_statistic_a_metric_and_a_threshold),
		cmocka_unit_test(every_statistic_is_known),
		cmocka_unit_test(thresholds_are_changes_ratios_and_values),
		cmocka_unit_test(matchers_are_those_of_promql),
		cmocka_unit_test(what_is_wrong_is_shown_at_its_place),
		cmocka_unit_test(too_much_is_refused),
		cmocka_unit_test(changes_beyond_the_threshold_fail),
		cmocka_unit_test(values_are_those_of_new),
		cmocka_unit_test(conditions_are_adjusted_by_themselves),
		cmocka_unit_test(conditions_that_say_nothing_are_unusable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
