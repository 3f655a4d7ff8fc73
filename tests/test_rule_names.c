#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"
#include "tests/support/config_check.h"

#define SESSIONS	 "sessions: [{name: a, path: x}]\n"
#define RULE(name, type) SESSIONS "metrics:\n- name: " name "\n  help: h\n  type: " type "\n"

/* From line 2 on. */
#define CHECK_TOP(text, ...) CHECK(SESSIONS text "\n", __VA_ARGS__)

/* The name in line 3. */
#define CHECK_NAME(name, ...) CHECK(RULE(name, "counter") "  match: {provider: P}\n", __VA_ARGS__)

#define CHECK_GAUGE(name, ...) \
	CHECK(RULE(name, "gauge") "  value: V\n  match: {provider: P}\n", __VA_ARGS__)

/* In line 7. */
#define CHECK_KEY(key, ...) \
	CHECK(RULE("a_total", "counter") "  match: {provider: P}\n  " key "\n", __VA_ARGS__)

#define HISTOGRAM RULE("a_seconds", "histogram") "  value: V\n  match: {provider: P}\n"

/* In line 8. */
#define CHECK_BUCKETS(buckets, ...) CHECK(HISTOGRAM "  buckets: " buckets "\n", __VA_ARGS__)

static void names_of_metrics_are_checked(void **state)
{
	(void)state;
	CHECK_NAME(
		"a-b_total",
		"3:9: the name of a metric must be letters, digits and _, the first no digit, not "
		"\"a-b_total\"");
	CHECK_NAME(
		"1a_total",
		"3:9: the name of a metric must be letters, digits and _, the first no digit, not "
		"\"1a_total\"");
	CHECK_NAME(
		"a:b_total",
		"3:9: the name of a metric must be letters, digits and _, the first no digit, not "
		"\"a:b_total\"");
	CHECK_NAME("''", "3:9: name must have from 1 to 200 bytes, not 0");
	CHECK_NAME("etw_session_x_total", "3:9: the name \"etw_session_x_total\" is one of the "
					  "exporter's own (etw_session_...); "
					  "take another");
	CHECK_NAME("process_x_total", "3:9: the name \"process_x_total\" is one of the exporter's "
				      "own (process_...); take "
				      "another");
	CHECK_NAME(
		"go_x_total",
		"3:9: the name \"go_x_total\" is one of the exporter's own (go_...); take another");
	CHECK_NAME(
		"scrape_x_total",
		"3:9: the name \"scrape_x_total\" is one of the exporter's own (scrape_...); take "
		"another");
	CHECK_NAME("up_total",
		   "3:9: the name \"up_total\" is one of the exporter's own (up); take another");
	CHECK_NAME("etw_rule_x_total", "3:9: the name \"etw_rule_x_total\" is one of the "
				       "exporter's own (etw_rule_...); take "
				       "another");
	CHECK_NAME("etw_exporter_x_total",
		   "3:9: the name \"etw_exporter_x_total\" is one of the exporter's own "
		   "(etw_exporter_...); take another");
	CHECK_NAME("etw_events_total", "3:9: the name \"etw_events_total\" is one of the "
				       "exporter's own (etw_events_total); "
				       "take another");
	CHECK_NAME("etw_event_bytes_total",
		   "3:9: the name \"etw_event_bytes_total\" is one of the exporter's own "
		   "(etw_event_bytes_total); take another");
	CHECK_NAME("_total", "3:9: the name of a counter needs something before _total");
	CHECK_NAME("reads", "3:9: the name of a counter must end in _total, not \"reads\"; call it "
			    "reads_total");
	CHECK_NAME("x_count", "3:9: the name of a counter must end in _total, not \"x_count\"; "
			      "call it x_count_total");
}

static void names_of_gauges_do_not_end_as_others_do(void **state)
{
	(void)state;
	CHECK_GAUGE(
		"x_total",
		"3:9: the name of a gauge must not end in _total as \"x_total\" does: that is how "
		"counters end");
	CHECK_GAUGE("x_count", "3:9: the name of a gauge must not end in _count as \"x_count\" "
			       "does: that is how the "
			       "parts of other metrics end");
	CHECK_GAUGE("x_sum", "3:9: the name of a gauge must not end in _sum as \"x_sum\" does: "
			     "that is how the parts "
			     "of other metrics end");
	CHECK_GAUGE("x_bucket", "3:9: the name of a gauge must not end in _bucket as \"x_bucket\" "
				"does: that is how the "
				"parts of other metrics end");
	CHECK_GAUGE("x_info", "3:9: the name of a gauge must not end in _info as \"x_info\" does: "
			      "that is how info "
			      "metrics end");
	CHECK_GAUGE("x_created", "3:9: the name of a gauge must not end in _created as "
				 "\"x_created\" does: that is how "
				 "the parts of other metrics end");
	CHECK_GAUGE("etw_events", "3:9: the name \"etw_events\" is one of the exporter's own "
				  "(etw_events_total); take "
				  "another");
	CHECK_GAUGE("up", "3:9: the name \"up\" is one of the exporter's own (up); take another");
}

static void names_are_linted_as_promlint_does(void **state)
{
	(void)state;
	CHECK_NAME("x_milliseconds_total", "3:9: warning: the name \"x_milliseconds_total\" has "
					   "the unit \"milliseconds\"; base "
					   "units make metrics fit together: use seconds, with "
					   "value.scale where the events have "
					   "another");
	CHECK_NAME("x_ms_total",
		   "3:9: warning: the name \"x_ms_total\" has the unit \"ms\"; base units make "
		   "metrics fit "
		   "together: use seconds, with value.scale where the events have another");
	CHECK_NAME("x_us_total",
		   "3:9: warning: the name \"x_us_total\" has the unit \"us\"; base units make "
		   "metrics fit "
		   "together: use seconds, with value.scale where the events have another");
	CHECK_NAME("x_kb_total",
		   "3:9: warning: the name \"x_kb_total\" has the unit \"kb\"; base units make "
		   "metrics fit "
		   "together: use bytes, with value.scale where the events have another");
	CHECK_NAME(
		"x_kilobytes_total",
		"3:9: warning: the name \"x_kilobytes_total\" has the unit \"kilobytes\"; base "
		"units make "
		"metrics fit together: use bytes, with value.scale where the events have another");
	CHECK_NAME("x_minutes_total", "3:9: warning: the name \"x_minutes_total\" has the unit "
				      "\"minutes\"; base units make "
				      "metrics fit together: use seconds, with value.scale where "
				      "the events have another");
	CHECK_NAME(
		"x_percent_total",
		"3:9: warning: the name \"x_percent_total\" has the unit \"percent\"; base units "
		"make "
		"metrics fit together: use ratio, with value.scale where the events have another");
	CHECK_NAME("x_counter_total", "3:9: warning: the name \"x_counter_total\" has the word "
				      "counter in it; the type is "
				      "said by itself");
	CHECK_NAME("histogram_x_total", "3:9: warning: the name \"histogram_x_total\" has the word "
					"histogram in it; the type is "
					"said by itself");
	CHECK_NAME("readBytes_total", "3:9: warning: the name \"readBytes_total\" is in camelCase; "
				      "write small letters with _ "
				      "between the words");
	CHECK_NAME("x_microseconds_hours_total",
		   "3:9: warning: the name \"x_microseconds_hours_total\" has the unit "
		   "\"microseconds\"; "
		   "base units make metrics fit together: use seconds, with value.scale where the "
		   "events "
		   "have another");
	CHECK_NAME("x_S_total",
		   "3:9: warning: the name \"x_S_total\" has the unit \"S\"; base units make "
		   "metrics fit "
		   "together: use seconds, with value.scale where the events have another");
	CHECK_NAME(
		"milliseconds_total",
		"3:9: warning: the name \"milliseconds_total\" has the unit \"milliseconds\"; base "
		"units make "
		"metrics fit together: use seconds, with value.scale where the events have "
		"another");
	CHECK_NAME("b_total", NULL);
	CHECK_NAME("x_bytes_total", NULL);
}

static void a_metric_needs_help_and_a_value_that_says_something(void **state)
{
	(void)state;
	CHECK_TOP("metrics: [{name: a_total, type: counter, match: {provider: P}}]",
		  "2:18: warning: the metric has no help; say in a sentence what it counts");
	CHECK_TOP("metrics: [{name: a, help: h, type: gauge, match: {provider: P}}]",
		  "2:11: warning: a gauge without value and pair is 1 for each event");
	CHECK_TOP("metrics: [{name: a, help: h, type: gauge, expire: 1m, match: {provider: P}, "
		  "labels: {p: {field: $pid, as: process}}}]",
		  NULL);
	CHECK_TOP("metrics: [{name: a, help: h, type: histogram, buckets: [1], match: {provider: "
		  "P}}]",
		  "2:11: warning: a histogram without value and pair observes 1 for each event");
}

static void two_rules_with_one_name_are_refused(void **state)
{
	(void)state;
	CHECK_TOP("metrics:\n- {name: a_total, help: h, type: counter, match: {provider: P}}\n- "
		  "{name: "
		  "a_total, help: h, type: counter, match: {provider: P}}",
		  "4:10: two rules have the name \"a_total\", the first in c.yml, line 3; each "
		  "needs its "
		  "own");
	CHECK_TOP(
		"metrics:\n- {name: a_total, help: h, type: counter, match: {provider: P}}\n- "
		"{name: a, "
		"help: h, type: gauge, value: V, match: {provider: P}}",
		"4:10: \"a\" and \"a_total\" in c.yml, line 3, are one metric but for _total; take "
		"another name");
}

static void labels_are_checked(void **state)
{
	(void)state;
	CHECK_KEY("labels: [a]", "7:11: labels must be a mapping of names to fields, such as "
				 "{process: ImageName}, not "
				 "a list");
	CHECK_KEY(
		"labels: {a-b: F}",
		"7:12: the name of a label must be at most 200 letters, digits and _, the first no "
		"digit and not both of the first two _, not \"a-b\"");
	CHECK_KEY(
		"labels: {1a: F}",
		"7:12: the name of a label must be at most 200 letters, digits and _, the first no "
		"digit and not both of the first two _, not \"1a\"");
	CHECK_KEY(
		"labels: {__a: F}",
		"7:12: the name of a label must be at most 200 letters, digits and _, the first no "
		"digit and not both of the first two _, not \"__a\"");
	CHECK_KEY("labels: {quantile: F}",
		  "7:12: the label \"quantile\" is Prometheus's own; take another name");
	CHECK_KEY("labels: {le: F}",
		  "7:12: the label \"le\" is Prometheus's own; take another name");
	CHECK_KEY("labels: {a: F, a: G}",
		  "7:18: the label \"a\" is given twice; the first is in line 7");
	CHECK_KEY("labels: {a: }", "7:15: a label must be the name of a field, or a mapping with "
				   "the key \"field\", not "
				   "empty");
	CHECK_KEY("labels: {a: [F]}", "7:15: a label must be the name of a field, or a mapping "
				      "with the key \"field\", not a "
				      "list");
	CHECK_KEY("labels: {a: {}}", "7:15: a label needs the key \"field\"");
	CHECK_KEY("labels: {a: {field: F, from: start}}",
		  "7:32: from: start needs a pair: there is only one event otherwise");
	CHECK_KEY(
		"labels: {type: F}",
		"7:12: warning: a label named \"type\" says little; say of what, as in query_type");
	CHECK_KEY("labels: {aB: F}", "7:12: warning: the label \"aB\" is in camelCase; write small "
				     "letters with _ between "
				     "the words");
	CHECK_KEY("labels: {a: {field: F, map: {}}}",
		  "7:31: map must have from 1 to 10000 entries, not 0");
	CHECK_KEY(
		"labels: {a: {field: F, map: [x]}}",
		"7:31: map must be a mapping of values to texts, such as {1: A, 28: AAAA}, or the "
		"name of a manifest's map, not a list");
	CHECK_KEY("labels: {a: {field: F, map: {1: }}}",
		  "7:35: the text of a map must be a string, not empty");
	CHECK_KEY("labels: {a: {field: F, map: {1: a, 0x1: b}}}",
		  "7:38: the map has the value \"0x1\" twice; the first is in line 7");
	CHECK_KEY("labels: {a: {field: F, default: \"\\e\"}}",
		  "7:35: default must be without control characters, not \"\\x1b\"");
	CHECK_KEY(
		"labels: {[a]: F}",
		"7:12: the name of a label must be at most 200 letters, digits and _, the first no "
		"digit and not both of the first two _, not a list");
	CHECK_KEY("labels: {a: {field: F, as: \"\"}}",
		  "7:30: as must be a label function such as lower, or a list of them, not \"\"");
	CHECK_KEY("labels: {a: {field: F, as: []}}",
		  "7:30: as must have from 1 to 16 entries, not 0");
	CHECK_KEY("labels: {a: {field: F, as: Lower}}", "7:30: as must be a label function such as "
							"lower, or a list of them, not \"Lower\"");
	CHECK_KEY("labels: {a: {field: F, as: {truncate: 1, lower: 2}}}",
		  "7:30: a label function with an argument is one key and its value, such as "
		  "truncate: "
		  "20; of several make a list, each behind a \"-\"");
	CHECK_KEY("labels: {a: {field: F, as: {truncate: }}}",
		  "7:41: the argument of a label function must be a string or a number, not empty");
	CHECK_KEY("labels: {a: {field: F, as: {regex: {match: m}}}}",
		  "7:38: a regex needs the key \"replace\"");
	CHECK_KEY("labels: {a: {field: F, as: [[lower]]}}",
		  "7:31: as must be a label function such as lower, or a list of them, not a list");
}

static void a_histogram_has_no_label_le(void **state)
{
	(void)state;
	CHECK_BUCKETS("[1]\n  labels: {le: F}",
		      "9:12: the label \"le\" is Prometheus's own; take another name");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_metrics_are_checked),
		cmocka_unit_test(names_of_gauges_do_not_end_as_others_do),
		cmocka_unit_test(names_are_linted_as_promlint_does),
		cmocka_unit_test(a_metric_needs_help_and_a_value_that_says_something),
		cmocka_unit_test(two_rules_with_one_name_are_refused),
		cmocka_unit_test(labels_are_checked),
		cmocka_unit_test(a_histogram_has_no_label_le),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
