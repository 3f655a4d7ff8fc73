#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"
#include "tests/support/config_check.h"
#include "tests/support/posix.h"

#define SESSIONS	 "sessions: [{name: a, path: x}]\n"
#define RULE(name, type) SESSIONS "metrics:\n- name: " name "\n  help: h\n  type: " type "\n"

/* From line 2 on. */
#define CHECK_TOP(text, ...) CHECK(SESSIONS text "\n", __VA_ARGS__)

/* In line 7. */
#define CHECK_KEY(key, ...) \
	CHECK(RULE("a_total", "counter") "  match: {provider: P}\n  " key "\n", __VA_ARGS__)

#define HISTOGRAM RULE("a_seconds", "histogram") "  value: V\n  match: {provider: P}\n"

/* In line 8. */
#define CHECK_BUCKETS(buckets, ...) CHECK(HISTOGRAM "  buckets: " buckets "\n", __VA_ARGS__)

static void a_rule_must_be_complete(void **state)
{
	(void)state;
	CHECK_TOP("metrics: {}", "2:10: metrics must be a list, each rule beginning with \"- "
				 "name:\", not a mapping");
	CHECK_TOP("metrics: []", NULL);
	CHECK_TOP("metrics:",
		  "2:9: metrics must be a list, each rule beginning with \"- name:\", not empty");
	CHECK_TOP("metrics: [a]",
		  "2:11: a rule must be a mapping with the keys name, help, type, session, match, "
		  "where, pair, value, buckets, labels, exemplar, limit and expire, not \"a\"");
	CHECK_TOP("metrics: [{}]", "2:11: a rule needs the key \"name\"",
		  "2:11: a rule needs the key \"type\"", "2:11: a rule needs the key \"match\"");
	CHECK_TOP("metrics: [{name: a_total, type: sum, match: {provider: P}}]",
		  "2:33: type must be counter or gauge or histogram, not \"sum\"");
	CHECK_TOP("metrics: [{name: a_total, tpye: counter, match: {provider: P}}]",
		  "2:11: a rule needs the key \"type\"",
		  "2:27: unknown key \"tpye\"; did you mean \"type\"?");
}

static void a_value_is_checked(void **state)
{
	(void)state;
	CHECK_KEY("value: {scale: 2}", "7:10: a value needs the key \"field\"");
	CHECK_KEY("value: {field: A, scale: 0}", "7:28: scale must be over 0");
	CHECK_KEY("value: {field: A, scale: -1}", "7:28: scale must be over 0");
	CHECK_KEY("value: {field: A, scale: x}",
		  "7:28: scale must be a number such as 2, 0.5 or 1e-6, not \"x\"");
	CHECK_KEY("value: {field: A, scale: .inf}",
		  "7:28: scale must be a number such as 2, 0.5 or 1e-6, not \".inf\"");
	CHECK_KEY("value: {field: A, from: start}",
		  "7:27: from: start needs a pair: there is only one event otherwise");
	CHECK_KEY("value: {field: A, from: begin}",
		  "7:27: from must be end or start, not \"begin\"");
	CHECK_KEY("value: {field: A, unit: ms}",
		  "7:27: unit must be number or ticks or since, not \"ms\"");
}

static void buckets_are_checked(void **state)
{
	(void)state;
	CHECK_BUCKETS("[]", "8:12: buckets must have from 1 to 256 bounds, not 0");
	CHECK_BUCKETS("{}",
		      "8:12: buckets must be exponential or linear, or a list of bounds, with or "
		      "without native, or native alone");
	CHECK_BUCKETS(
		"x",
		"8:12: buckets must be a list of bounds, or a mapping with the key exponential, "
		"linear or native, not \"x\"");
	CHECK_BUCKETS("[1, 1]", "8:16: the bounds of buckets must ascend; 1 comes behind 1");
	CHECK_BUCKETS("[2, 1]", "8:16: the bounds of buckets must ascend; 1 comes behind 2");
	CHECK_BUCKETS(
		"[1, x]",
		"8:16: a bound of buckets must be a number such as 0.001, not \"x\"; +Inf is added "
		"anyway");
	CHECK_BUCKETS("[1, .inf]", "8:16: a bound of buckets must be a number such as 0.001, not "
				   "\".inf\"; +Inf is added "
				   "anyway");
	CHECK_BUCKETS(
		"[\"1\"]",
		"8:13: a bound of buckets must be a number such as 0.001, not \"1\"; +Inf is added "
		"anyway");
	CHECK_BUCKETS("{exponential: {start: 0, factor: 2, count: 2}}",
		      "8:34: start must be over 0: bounds grow from it by a factor");
	CHECK_BUCKETS("{exponential: {start: 1, factor: 1, count: 2}}",
		      "8:45: factor must be over 1");
	CHECK_BUCKETS("{exponential: {start: 1, factor: 2}}",
		      "8:26: exponential needs the key \"count\"");
	CHECK_BUCKETS("{exponential: {start: 1e300, factor: 1e10, count: 2}}",
		      "8:26: the bound 2 of buckets is too large");
	CHECK_BUCKETS("{exponential: {start: 1, factor: 2, count: 257}}",
		      "8:55: count must be a whole number from 1 to 256, not \"257\"");
	CHECK_BUCKETS("{exponential: {start: 1, factor: 1.0000000000000002, count: 3}}",
		      "8:26: the bounds of buckets must ascend; 1 comes behind 1");
	CHECK_BUCKETS("{linear: {start: 1, width: 0, count: 2}}", "8:39: width must be over 0");
	CHECK_BUCKETS("{linear: {start: 1e300, width: 1, count: 2}}",
		      "8:21: the bounds of buckets must ascend; 1e+300 comes behind 1e+300");
	CHECK_BUCKETS("{linear: {start: 1, width: 1, count: 0}}",
		      "8:49: count must be a whole number from 1 to 256, not \"0\"");
	CHECK_BUCKETS("{linear: {start: 1, width: 1, count: 2}, exponential: {start: 1, factor: 2, "
		      "count: "
		      "2}}",
		      "8:12: buckets must be exponential or linear, or a list of bounds, with or "
		      "without native, or native alone");
	CHECK_BUCKETS("{exponental: {start: 1, factor: 2, count: 2}}",
		      "8:13: unknown key \"exponental\"; did you mean \"exponential\"?");
}

static void native_buckets_are_checked(void **state)
{
	(void)state;
	CHECK_BUCKETS("{native: {factor: 1}}", "8:30: factor must be over 1");
	CHECK_BUCKETS("{native: {max: 79}}",
		      "8:27: max must be a whole number from 80 to 1024, not \"79\"");
	CHECK_BUCKETS("{native: {max: 159, negative: true}}",
		      "8:27: max must be at least 160 where values may be below 0");
	CHECK_BUCKETS("{bounds: [-1], native: {max: 80}}",
		      "8:41: max must be at least 160 where values may be below 0");
	CHECK_BUCKETS("{native: {zero_threshold: 1e-40}}",
		      "8:38: zero_threshold must be 0, or at least 2.93874e-39");
	CHECK_BUCKETS("{native: {zero_threshold: -1}}",
		      "8:38: zero_threshold must be 0, or at least 2.93874e-39");
	CHECK_BUCKETS("{bounds: 1, native: {}}", "8:21: bounds must be a list, not \"1\"");
	CHECK_BUCKETS("{bounds: [1], linear: {start: 1, width: 1, count: 2}}",
		      "8:12: buckets must be exponential or linear, or a list of bounds, with or "
		      "without native, or native alone");
}

#define CHECK_EXEMPLAR(exemplar, ...) \
	CHECK(HISTOGRAM "  buckets: [1]\n  exemplar: " exemplar "\n", __VA_ARGS__)

static void exemplars_are_checked(void **state)
{
	(void)state;
	CHECK_EXEMPLAR("{}", "9:13: an exemplar has from 1 to 8 labels, not 0");
	CHECK_EXEMPLAR("{a: A, b: A, c: A, d: A, e: A, f: A, g: A, h: A, i: A}",
		       "9:13: an exemplar has from 1 to 8 labels, not 9");
	CHECK_EXEMPLAR("x", "9:13: exemplar must be a mapping of names to fields, such as "
			    "{activity: $activity_id}, not \"x\"");
	CHECK_EXEMPLAR(
		"{a: {field: A, from: start}}",
		"9:14: labels of exemplars are from the event that ends a pair, not from its "
		"start",
		"9:34: from: start needs a pair: there is only one event otherwise");
	CHECK_TOP("metrics: [{name: a, help: h, type: gauge, value: V, exemplar: {a: A}, match: "
		  "{provider: P, id: 1}}]",
		  "2:63: exemplars are for counters and histograms; a gauge has none");
}

static void buckets_belong_to_histograms(void **state)
{
	(void)state;
	CHECK_TOP(
		"metrics: [{name: a_seconds, help: h, type: histogram, value: V, match: {provider: "
		"P}}]",
		"2:11: a histogram needs the key \"buckets\", such as {exponential: {start: "
		"0.000001, "
		"factor: 2, count: 26}} or a list of bounds");
	CHECK_TOP(
		"metrics: [{name: a_total, help: h, type: counter, buckets: [1], match: {provider: "
		"P}}]",
		"2:60: buckets are for a histogram; a counter has none");
	CHECK_TOP("metrics: [{name: a, help: h, type: gauge, value: V, buckets: [1], match: "
		  "{provider: "
		  "P}}]",
		  "2:62: buckets are for a histogram; a gauge has none");
}

static void other_keys_of_a_rule_are_checked(void **state)
{
	(void)state;
	CHECK_KEY("limit: -1", "7:10: limit must be a whole number from 0 to 10000000, not \"-1\"");
	CHECK_KEY("limit: 10000001",
		  "7:10: limit must be a whole number from 0 to 10000000, not \"10000001\"");
	CHECK_KEY("expire: 1ms", "7:11: expire must be from 1s to 8784h, not \"1ms\"");
	CHECK_KEY("session: []", "7:12: session must have from 1 to 10000 entries, not 0");
	CHECK_KEY("session: [a, {}]", "7:16: session must be a string or a number, not a mapping");
	CHECK_KEY("help2: x", "7:3: unknown key \"help2\"; did you mean \"help\"?");
}

static void include_and_manifests_are_checked(void **state)
{
	(void)state;
	CHECK_TOP(
		"include: a.yml",
		"2:10: include needs files, and this configuration is none: it comes from memory");
	CHECK_TOP("include: []", "2:10: include must have from 1 to 256 entries, not 0");
	CHECK_TOP("include: [{}]",
		  "2:11: include must be a string or a list of strings, not a mapping");
	CHECK_TOP("manifests: []", "2:12: manifests must have from 1 to 1000 entries, not 0");
	CHECK_TOP("manifests: [a, ~]",
		  "2:16: manifests must be a string or a list of strings, not empty");
	CHECK_TOP("manifests: ~/a.man", "2:12: warning: the \"~\" in \"~/a.man\" is not expanded; "
					"write the home directory");
}

/* The line `times` times, with the number of each in place of `#`. */
static char *repeat(const char *begin, const char *line, size_t times, const char *end)
{
	char *made = malloc(strlen(begin) + (strlen(line) + 20) * times + strlen(end) + 1);
	char *at = stpcpy(made, begin);
	size_t i, before = strcspn(line, "#");

	for (i = 0; i < times; i++)
		at += sprintf(at, "%.*s%zu%s", (int)before, line, i, line + before + 1);
	strcpy(at, end);
	return made;
}

static void check_repeated(const char *begin, const char *line, size_t times, const char *end,
			   const char *wanted)
{
	char *text = repeat(begin, line, times, end);

	CHECK(text, wanted);
	free(text);
}

#define RULE_LINE "- {name: a#_total, help: h, type: counter, match: {provider: P}}\n"

static void more_than_the_limits_are_refused(void **state)
{
	static const char labels[] = RULE("a_total", "counter") "  match: {provider: P}\n"
								"  labels:\n";
	static const char bounds[] = RULE("a", "histogram") "  match: {provider: P}\n"
							    "  value: V\n  buckets: [";

	(void)state;
	check_repeated(SESSIONS "metrics:\n", RULE_LINE, RULES_MAX, "", NULL);
	check_repeated(SESSIONS "metrics:\n", RULE_LINE, RULES_MAX + 1, "",
		       "3:1: there can be 1000 rules, over all files; with these 1001 there are "
		       "1001");
	check_repeated(labels, "    l#: F\n", RULE_LABELS_MAX, "", NULL);
	check_repeated(labels, "    l#: F\n", RULE_LABELS_MAX + 1, "",
		       "8:5: a rule can have 32 labels, not 33");
	check_repeated(bounds, "#,", BUCKETS_MAX, "]\n", NULL);
	check_repeated(bounds, "#,", BUCKETS_MAX + 1, "]\n",
		       "8:12: buckets must have from 1 to 256 bounds, not 257");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_must_be_complete),
		cmocka_unit_test(a_value_is_checked),
		cmocka_unit_test(buckets_are_checked),
		cmocka_unit_test(native_buckets_are_checked),
		cmocka_unit_test(exemplars_are_checked),
		cmocka_unit_test(buckets_belong_to_histograms),
		cmocka_unit_test(other_keys_of_a_rule_are_checked),
		cmocka_unit_test(include_and_manifests_are_checked),
		cmocka_unit_test(more_than_the_limits_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
