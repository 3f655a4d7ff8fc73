#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"

#define SESSIONS "sessions: [{name: a, path: x}]\n"

/* A counter's first keys; what a test is about follows. */
#define COUNTER                                 \
	SESSIONS "metrics:\n- name: a_total\n"  \
		 "  help: h\n  type: counter\n" \
		 "  match: {provider: P, id: [1]}\n"

#define HISTOGRAM                                  \
	SESSIONS "metrics:\n- name: a_seconds\n"   \
		 "  help: h\n  type: histogram\n"  \
		 "  match: {provider: P, id: 1}\n" \
		 "  value: V\n"

/* The issue's own example, word for word. */
static const char example[] =
	"manifests: [manifests/*.man]\n"
	"metrics:\n"
	"  - name: dns_query_seconds\n"
	"    help: Time from DNS query to its completion.\n"
	"    type: histogram                 # counter | gauge | histogram\n"
	"    session: [dns]                  # optional\n"
	"    match: {provider: Microsoft-Windows-DNS-Client, id: 3008}   # or a list; id, opcode, "
	"name, task, level, keyword; globs in names\n"
	"    where:                          # all must hold; any: and not: nest\n"
	"      - {field: QueryStatus, ne: 0}\n"
	"      - {field: QueryName, regex: '\\.example\\.com$'}\n"
	"    pair: {start: {id: 3006}, key: [QueryName, $pid], timeout: 30s}   # the value is the "
	"time between the two\n"
	"    value: {field: Size, scale: 1}  # counter: added; gauge: last; histogram: observed; "
	"absent: 1\n"
	"    buckets: {exponential: {start: 0.000001, factor: 2, count: 26}}   # or linear, or a "
	"list\n"
	"    labels:\n"
	"      qtype:   {field: QueryType, map: {1: A, 28: AAAA}, default: other}\n"
	"      process: {field: $pid, as: process}\n"
	"    limit: 1000\n";

/* Of the test that runs; freed behind it. */
struct fixture {
	struct config *config;
};

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct fixture));
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	config_free(fixture->config);
	free(fixture);
	return 0;
}

/* A configuration without problems, and its rules. */
static const struct rule_config *parse(void **state, const char *text)
{
	struct fixture *fixture = *state;
	struct problems problems;

	config_free(fixture->config);
	problems_init(&problems);
	fixture->config = config_parse_text("c.yml", text, strlen(text), &problems);
	if (problems.count)
		fail_msg("%zu:%zu: %s\n%s", problems.list[0].line, problems.list[0].column,
			 problems.list[0].text, text);
	problems_done(&problems);
	return fixture->config->rules;
}

static void assert_scalars(const struct scalar_list *scalars, size_t count, const char *first)
{
	assert_int_equal(scalars->count, count);
	if (count)
		assert_string_equal(scalars->list[0].text, first);
}

static void the_example_of_the_documentation_is_what_it_says(void **state)
{
	char text[sizeof(SESSIONS) + sizeof(example)];
	const struct rule_config *rule;
	struct fixture *fixture = *state;

	snprintf(text, sizeof(text), "%s%s", SESSIONS, example);
	rule = parse(state, text);
	assert_int_equal(fixture->config->rule_count, 1);
	assert_int_equal(fixture->config->manifest_count, 1);
	assert_string_equal(fixture->config->manifests[0], "manifests/*.man");
	assert_string_equal(rule->file, "c.yml");
	assert_int_equal(rule->place.line, 4);
	assert_int_equal(rule->place.column, 5);
	assert_string_equal(rule->name, "dns_query_seconds");
	assert_int_equal(rule->name_place.column, 11);
	assert_string_equal(rule->help, "Time from DNS query to its completion.");
	assert_int_equal(rule->type, RULE_HISTOGRAM);
	assert_scalars(&rule->sessions, 1, "dns");
	assert_int_equal(rule->match_count, 1);
	assert_scalars(&rule->matches[0].providers, 1, "Microsoft-Windows-DNS-Client");
	assert_scalars(&rule->matches[0].ids, 1, "3008");
	assert_int_equal(rule->matches[0].ids.list[0].magnitude, 3008);
	assert_string_equal(rule->value.path, "Size");
	assert_true(rule->scale == 1);
	assert_int_equal(rule->unit, VALUE_IS_NUMBER);
	assert_int_equal(rule->limit, 1000);
	assert_int_equal(rule->expire_ns, 0);
}

static void the_conditions_of_the_example_are_a_tree(void **state)
{
	char text[sizeof(SESSIONS) + sizeof(example)];
	const struct condition_config *where;

	snprintf(text, sizeof(text), "%s%s", SESSIONS, example);
	where = &parse(state, text)->where;
	assert_int_equal(where->kind, CONDITION_ALL);
	assert_int_equal(where->child_count, 2);
	assert_int_equal(where->children[0].kind, CONDITION_NE);
	assert_string_equal(where->children[0].field.path, "QueryStatus");
	assert_true(where->children[0].operands.list[0].is_integer);
	assert_int_equal(where->children[1].kind, CONDITION_REGEX);
	assert_string_equal(where->children[1].operands.list[0].text, "\\.example\\.com$");
}

static void the_pair_and_labels_of_the_example_are_complete(void **state)
{
	char text[sizeof(SESSIONS) + sizeof(example)];
	const struct rule_config *rule;

	snprintf(text, sizeof(text), "%s%s", SESSIONS, example);
	rule = parse(state, text);
	assert_int_equal(rule->pair.start_count, 1);
	assert_scalars(&rule->pair.starts[0].providers, 1, "Microsoft-Windows-DNS-Client");
	assert_int_equal(rule->pair.starts[0].ids.list[0].magnitude, 3006);
	assert_int_equal(rule->pair.key_count, 2);
	assert_string_equal(rule->pair.keys[0].start, "QueryName");
	assert_string_equal(rule->pair.keys[1].end, "$pid");
	assert_int_equal(rule->pair.timeout_ns, 30000000000);
	assert_int_equal(rule->pair.limit, 65536);
	assert_int_equal(rule->label_count, 2);
	assert_string_equal(rule->labels[0].name, "qtype");
	assert_int_equal(rule->labels[0].map_count, 2);
	assert_int_equal(rule->labels[0].map[1].from.magnitude, 28);
	assert_string_equal(rule->labels[0].map[1].to, "AAAA");
	assert_string_equal(rule->labels[0].otherwise, "other");
	assert_string_equal(rule->labels[1].field.path, "$pid");
	assert_string_equal(rule->labels[1].field.functions.list[0].name, "process");
	assert_null(rule->labels[1].field.functions.list[0].argument.text);
	assert_int_equal(rule->buckets.count, 26);
}

static void what_is_left_away_has_its_default(void **state)
{
	const struct rule_config *rule = parse(state, COUNTER);

	assert_int_equal(rule->sessions.count, 0);
	assert_int_equal(rule->where.kind, CONDITION_ALL);
	assert_int_equal(rule->where.child_count, 0);
	assert_int_equal(rule->pair.start_count, 0);
	assert_null(rule->value.path);
	assert_true(rule->scale == 1);
	assert_int_equal(rule->label_count, 0);
	assert_int_equal(rule->buckets.count, 0);
	assert_int_equal(rule->limit, 0);
}

static void each_key_of_a_match_is_one_or_a_list(void **state)
{
	const struct rule_config *rule =
		parse(state, SESSIONS
		      "metrics:\n- {name: a_total, type: counter, help: h, match: [\n"
		      "  {provider: [P, '{22FB2CD6-0e7b-422b-a0c7-2fad1fd0e716}'],\n"
		      "   opcode: [Start, 255], name: E*, task: [65535, T], level: [error, 3],\n"
		      "   keyword: [0x8000000000000000, K]},\n"
		      "  {provider: Q}]}\n");

	assert_int_equal(rule->match_count, 2);
	assert_scalars(&rule->matches[0].providers, 2, "P");
	assert_scalars(&rule->matches[0].opcodes, 2, "Start");
	assert_false(rule->matches[0].opcodes.list[0].is_number);
	assert_int_equal(rule->matches[0].opcodes.list[1].magnitude, 255);
	assert_scalars(&rule->matches[0].names, 1, "E*");
	assert_scalars(&rule->matches[0].tasks, 2, "65535");
	assert_scalars(&rule->matches[0].levels, 2, "error");
	assert_true(rule->matches[0].keywords.list[0].magnitude == 0x8000000000000000);
	assert_string_equal(rule->matches[0].keywords.list[1].text, "K");
	assert_scalars(&rule->matches[1].providers, 1, "Q");
}

struct number_case {
	const char *text;
	bool is_number, is_integer, negative;
	uint64_t magnitude;
	double number;
};

static const struct number_case numbers[] = {
	{"0", true, true, false, 0, 0},
	{"-7", true, true, true, 7, -7},
	{"+7", true, true, false, 7, 7},
	{"-0", true, true, false, 0, 0},
	{"0x1F", true, true, false, 31, 31},
	{"007", true, true, false, 7, 7},
	{"18446744073709551615", true, true, false, UINT64_MAX, 18446744073709551615.0},
	{"18446744073709551616", true, false, false, 0, 18446744073709551616.0},
	{"1.5", true, false, false, 0, 1.5},
	{".5", true, false, false, 0, 0.5},
	{"5.", true, true, false, 5, 5},
	{"1e3", true, true, false, 1000, 1000},
	{"1E-3", true, false, false, 0, 0.001},
	{"'5'", false, false, false, 0, 0},
	{"1e999", false, false, false, 0, 0},
	{"1_000", false, false, false, 0, 0},
	{"0x", false, false, false, 0, 0},
	{"0x1p3", false, false, false, 0, 0},
	{".", false, false, false, 0, 0},
	{"1e", false, false, false, 0, 0},
	{".inf", false, false, false, 0, 0},
	{"nan", false, false, false, 0, 0},
	{"5s", false, false, false, 0, 0},
};

static void a_scalar_is_a_number_where_it_is_written_as_one(void **state)
{
	const struct scalar_config *scalar;
	char text[512];
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		snprintf(text, sizeof(text), "%s  where: {field: F, eq: %s}\n", COUNTER,
			 numbers[i].text);
		scalar = parse(state, text)->where.children[0].operands.list;
		if (scalar->is_number != numbers[i].is_number ||
		    scalar->is_integer != numbers[i].is_integer ||
		    scalar->negative != numbers[i].negative ||
		    scalar->magnitude != numbers[i].magnitude ||
		    scalar->number != numbers[i].number)
			fail_msg("%s", numbers[i].text);
	}
}

static void conditions_nest(void **state)
{
	const struct condition_config *where =
		&parse(state,
		       COUNTER "  where:\n"
			       "    any:\n"
			       "      - {field: A, ge: 1, lt: 5.5}\n"
			       "      - not: [{field: B, in: [x, 2]}, {field: C, exists: False}]\n"
			       "      - all: [{field: $pid, mask: 0x10}, {field: D, glob: '*'}]\n")
			 ->where;
	const struct condition_config *any = &where->children[0];

	assert_int_equal(where->child_count, 1);
	assert_int_equal(any->kind, CONDITION_ANY);
	assert_int_equal(any->child_count, 3);
	assert_int_equal(any->children[0].kind, CONDITION_ALL);
	assert_int_equal(any->children[0].child_count, 2);
	assert_int_equal(any->children[0].children[0].kind, CONDITION_LT);
	assert_string_equal(any->children[0].children[0].field.path, "A");
	assert_int_equal(any->children[0].children[1].kind, CONDITION_GE);
	assert_string_equal(any->children[0].children[1].field.path, "A");
	assert_int_equal(any->children[1].kind, CONDITION_NOT);
	assert_int_equal(any->children[1].children[0].kind, CONDITION_EQ);
	assert_scalars(&any->children[1].children[0].operands, 2, "x");
	assert_string_equal(any->children[1].children[1].operands.list[0].text, "false");
	assert_int_equal(any->children[2].kind, CONDITION_ALL);
	assert_int_equal(any->children[2].children[0].kind, CONDITION_MASK);
	assert_int_equal(any->children[2].children[1].kind, CONDITION_GLOB);
}

static void a_not_has_one_condition_or_a_list(void **state)
{
	const struct condition_config *where =
		&parse(state, COUNTER "  where: {not: {field: A, as: [lower], eq: b}}\n")->where;

	assert_int_equal(where->children[0].kind, CONDITION_NOT);
	assert_int_equal(where->children[0].child_count, 1);
	assert_int_equal(where->children[0].children[0].kind, CONDITION_EQ);
	assert_string_equal(where->children[0].children[0].field.functions.list[0].name, "lower");
}

static void all_parts_of_a_condition_must_hold(void **state)
{
	const struct condition_config *where =
		&parse(state, COUNTER "  where: {field: A, eq: 1, not: {field: B, eq: 2}}\n")
			 ->where;

	assert_int_equal(where->kind, CONDITION_ALL);
	assert_int_equal(where->child_count, 2);
	assert_int_equal(where->children[0].kind, CONDITION_NOT);
	assert_int_equal(where->children[1].kind, CONDITION_EQ);
}

static void functions_have_arguments(void **state)
{
	const struct rule_config *rule =
		parse(state, COUNTER
		      "  labels:\n"
		      "    a: {field: F, as: {truncate: 20}}\n"
		      "    b:\n"
		      "      field: F\n"
		      "      as: [upper, regex: 'a(.*)', {regex: {match: m, replace: ''}}]\n"
		      "      map: StatusMap\n");
	const struct function_config *functions = rule->labels[1].field.functions.list;

	assert_string_equal(rule->labels[0].field.functions.list[0].name, "truncate");
	assert_int_equal(rule->labels[0].field.functions.list[0].argument.magnitude, 20);
	assert_int_equal(rule->labels[1].field.functions.count, 3);
	assert_string_equal(functions[0].name, "upper");
	assert_string_equal(functions[1].name, "regex");
	assert_string_equal(functions[1].argument.text, "a(.*)");
	assert_string_equal(functions[2].match, "m");
	assert_string_equal(functions[2].replace, "");
	assert_string_equal(rule->labels[1].map_name, "StatusMap");
}

static void a_path_alone_is_a_field(void **state)
{
	const struct rule_config *rule =
		parse(state, COUNTER
		      "  value: Sizes[65535].Low\n"
		      "  labels: {a: Remote.Port, b: Addresses.length, c: $payload_bytes}\n");

	assert_string_equal(rule->value.path, "Sizes[65535].Low");
	assert_string_equal(rule->labels[0].field.path, "Remote.Port");
	assert_string_equal(rule->labels[1].field.path, "Addresses.length");
	assert_string_equal(rule->labels[2].field.path, "$payload_bytes");
}

static void a_pair_may_have_different_names_and_providers(void **state)
{
	const struct rule_config *rule =
		parse(state,
		      COUNTER "  pair:\n"
			      "    start: [{provider: Q, id: 7}, {opcode: 1}]\n"
			      "    key: {start: A, end: B}\n"
			      "    timeout: 1ms\n"
			      "    limit: 16777216\n"
			      "  value: {field: S, from: start, unit: ticks, scale: 1e-3}\n"
			      "  labels: {x: {field: L, from: start}, y: {field: M, from: end}}\n");

	assert_int_equal(rule->pair.start_count, 2);
	assert_scalars(&rule->pair.starts[0].providers, 1, "Q");
	assert_scalars(&rule->pair.starts[1].providers, 1, "P");
	assert_string_equal(rule->pair.keys[0].start, "A");
	assert_string_equal(rule->pair.keys[0].end, "B");
	assert_int_equal(rule->pair.timeout_ns, 1000000);
	assert_int_equal(rule->pair.limit, 16777216);
	assert_int_equal(rule->value.side, SIDE_START);
	assert_int_equal(rule->unit, VALUE_IS_TICKS);
	assert_true(rule->scale == 0.001);
	assert_int_equal(rule->labels[0].field.side, SIDE_START);
	assert_int_equal(rule->labels[1].field.side, SIDE_END);
}

static void assert_bound(const struct rule_config *rule, size_t i, double bound)
{
	assert_true(i < rule->buckets.count);
	if (rule->buckets.bounds[i] != bound)
		fail_msg("%.17g is not %.17g", rule->buckets.bounds[i], bound);
}

static void exponential_bounds_are_round(void **state)
{
	const struct rule_config *rule = parse(
		state, HISTOGRAM "  buckets: {exponential: {start: 1e-6, factor: 10, count: 9}}\n");

	assert_int_equal(rule->buckets.count, 9);
	assert_bound(rule, 0, 1e-6);
	assert_bound(rule, 1, 1e-5);
	assert_bound(rule, 2, 1e-4);
	assert_bound(rule, 8, 100);
	rule = parse(state, HISTOGRAM
		     "  buckets: {exponential: {start: 0.000001, factor: 2, count: 26}}\n");
	assert_bound(rule, 25, 33.554432);
}

static void linear_bounds_are_round(void **state)
{
	const struct rule_config *rule = parse(
		state, HISTOGRAM "  buckets: {linear: {start: -0.3, width: 0.1, count: 7}}\n");

	assert_int_equal(rule->buckets.count, 7);
	assert_bound(rule, 0, -0.3);
	assert_bound(rule, 1, -0.2);
	assert_bound(rule, 3, 0);
	assert_bound(rule, 4, 0.1);
	assert_bound(rule, 6, 0.3);
}

static void listed_bounds_are_taken_as_they_are(void **state)
{
	const struct rule_config *rule = parse(state, HISTOGRAM "  buckets: [-1, 0, 0.5, 0x10]\n");

	assert_int_equal(rule->buckets.count, 4);
	assert_bound(rule, 0, -1);
	assert_bound(rule, 2, 0.5);
	assert_bound(rule, 3, 16);
}

static void native_buckets_have_defaults_and_may_stand_beside_others(void **state)
{
	const struct rule_config *rule = parse(state, HISTOGRAM "  buckets: {native: {}}\n");

	assert_true(rule->buckets.has_native);
	assert_int_equal(rule->buckets.count, 0);
	assert_true(rule->buckets.native.factor == 1.1);
	assert_int_equal(rule->buckets.native.max, 160);
	assert_true(rule->buckets.native.zero_threshold == 0);
	assert_false(rule->buckets.native.negative);
	rule = parse(state, HISTOGRAM "  buckets: {bounds: [-1, 2], native: {factor: 2, max: 200, "
				      "zero_threshold: 1e-9}}\n");
	assert_int_equal(rule->buckets.count, 2);
	assert_true(rule->buckets.native.factor == 2);
	assert_int_equal(rule->buckets.native.max, 200);
	assert_true(rule->buckets.native.zero_threshold == 1e-9);
	assert_true(rule->buckets.native.negative);
	rule = parse(state, HISTOGRAM "  buckets: {linear: {start: 1, width: 1, count: 2}, "
				      "native: {negative: true}}\n");
	assert_int_equal(rule->buckets.count, 2);
	assert_true(rule->buckets.native.negative);
	rule = parse(state, HISTOGRAM "  buckets: {bounds: [1]}\n");
	assert_int_equal(rule->buckets.count, 1);
	assert_false(rule->buckets.has_native);
}

static void an_exemplar_has_labels_of_its_own(void **state)
{
	const struct rule_config *rule =
		parse(state, HISTOGRAM "  buckets: [1]\n  labels: {a: A}\n"
				       "  exemplar: {a: $activity_id, b: {field: B, as: lower}}\n");

	assert_int_equal(rule->label_count, 1);
	assert_int_equal(rule->exemplar_count, 2);
	assert_string_equal(rule->exemplar[0].name, "a");
	assert_string_equal(rule->exemplar[0].field.path, "$activity_id");
	assert_int_equal(rule->exemplar[1].field.functions.count, 1);
	assert_int_equal(parse(state, HISTOGRAM "  buckets: [1]\n")->exemplar_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
		WITH(the_example_of_the_documentation_is_what_it_says),
		WITH(the_conditions_of_the_example_are_a_tree),
		WITH(the_pair_and_labels_of_the_example_are_complete),
		WITH(what_is_left_away_has_its_default),
		WITH(each_key_of_a_match_is_one_or_a_list),
		WITH(a_scalar_is_a_number_where_it_is_written_as_one),
		WITH(conditions_nest),
		WITH(a_not_has_one_condition_or_a_list),
		WITH(all_parts_of_a_condition_must_hold),
		WITH(functions_have_arguments),
		WITH(a_path_alone_is_a_field),
		WITH(a_pair_may_have_different_names_and_providers),
		WITH(exponential_bounds_are_round),
		WITH(linear_bounds_are_round),
		WITH(listed_bounds_are_taken_as_they_are),
		WITH(native_buckets_have_defaults_and_may_stand_beside_others),
		WITH(an_exemplar_has_labels_of_its_own),
#undef WITH
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
