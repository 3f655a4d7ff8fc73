#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/rule_rig.h"
#include "tests/support/rule_text.h"

#define A_TOTAL "{name: a_total, help: h, type: counter, match: {provider: Test-1, name: A}}"
#define B_TOTAL "{name: b_total, help: h, type: counter, match: {provider: Test-1, name: [A, B]}}"
#define LATENCY                                                                                \
	"{name: l_seconds, help: h, type: histogram, buckets: [1], match: {provider: Test-1, " \
	"name: End}, pair: {start: {name: Begin}, key: [Key]}}"
#define BY_PROCESS                                                                             \
	"{name: p_total, help: h, type: counter, match: {provider: Test-1, name: A}, labels: " \
	"{process: {field: $pid, as: process}}}"

/* The configurations of before live as long as rules of theirs may. */
#define CHANGES_MAX 200

struct rig {
	struct rule_rig rules;
	struct config *configs[CHANGES_MAX];
	struct rule_set *sets[CHANGES_MAX];
	size_t count;
};

static void begin(struct rig *rig, const char *metrics)
{
	memset(rig, 0, sizeof(*rig));
	rule_rig_init(&rig->rules, "test", metrics);
	/* A trace that goes on. */
	rig->rules.loops = true;
}

static void end(struct rig *rig)
{
	size_t i;

	rule_rig_done(&rig->rules);
	for (i = 0; i < rig->count; i++) {
		rule_set_free(rig->sets[i]);
		config_free(rig->configs[i]);
	}
}

static const struct rule_set *make_set(struct rig *rig, const char *metrics)
{
	struct config *config = rule_text_config(metrics);
	struct rule_set *set = rule_set_new(config, rig->rules.registry);

	assert_non_null(set);
	assert_true(rig->count < CHANGES_MAX);
	rig->configs[rig->count] = config;
	rig->sets[rig->count++] = set;
	return set;
}

/* Whether it is a change at all. */
static bool change(struct rig *rig, const char *metrics)
{
	const struct rule_set *set = make_set(rig, metrics);
	struct rules_change *change;
	bool is_one;

	change = aggregator_prepare_rules(rig->rules.aggregator, set);
	assert_non_null(change);
	is_one = rules_change_is_one(change);
	if (is_one) {
		aggregator_change_rules(rig->rules.aggregator, NULL, change);
		aggregator_publish_rules(rig->rules.aggregator, change);
	}
	rules_change_free(change);
	return is_one;
}

static void write(struct rig *rig, uint64_t ms, const char *name, uint32_t key)
{
	struct tl_event event;

	tl_begin(&event, 1, name);
	tl_u32(&event, "Key", key);
	event.event.time = rule_rig_time(ms);
	event.event.pid = 42;
	tl_write(rig->rules.writer, &event);
}

static void count(struct rig *rig, const char *name, size_t times)
{
	for (; times; times--)
		write(rig, 1, name, 0);
	rule_rig_run(&rig->rules);
}

static void what_says_the_same_is_no_change(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, "[" A_TOTAL ", " B_TOTAL "]");
	assert_false(change(&rig, "[" A_TOTAL ",  # why\n" B_TOTAL "]"));
	assert_true(change(&rig, "[" A_TOTAL "]"));
	end(&rig);
}

static void event_types_that_were_seen_are_counted_by_rules_that_come(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, "[" A_TOTAL "]");
	count(&rig, "A", 3);
	count(&rig, "B", 1);
	assert_true(change(&rig, "[" A_TOTAL ", " B_TOTAL "]"));
	count(&rig, "A", 2);
	count(&rig, "B", 4);
	rule_rig_check(&rig.rules, "a_total", 5);
	rule_rig_check(&rig.rules, "b_total", 6);
	assert_int_equal(health_get(&rule_rig_health(&rig.rules, 0)->matched), 5);
	assert_int_equal(health_get(&rule_rig_health(&rig.rules, 1)->matched), 6);
	end(&rig);
}

static void rules_that_are_gone_count_no_more(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, "[" A_TOTAL ", " B_TOTAL "]");
	count(&rig, "A", 3);
	assert_true(change(&rig, "[" B_TOTAL "]"));
	count(&rig, "A", 2);
	rule_rig_check(&rig.rules, "b_total", 5);
	assert_int_equal(rules_rule_count(aggregator_rules(rig.rules.aggregator)), 1);
	assert_true(change(&rig, "[]"));
	count(&rig, "A", 1);
	assert_int_equal(rules_rule_count(aggregator_rules(rig.rules.aggregator)), 0);
	end(&rig);
}

static void a_rule_that_says_something_else_goes_on_with_its_numbers(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, "[" A_TOTAL "]");
	count(&rig, "A", 3);
	assert_true(change(&rig, "[{name: a_total, help: h, type: counter, match: {provider: "
				 "Test-1, name: B}}]"));
	count(&rig, "A", 2);
	count(&rig, "B", 1);
	rule_rig_check(&rig.rules, "a_total", 4);
	assert_int_equal(health_get(&rule_rig_health(&rig.rules, 0)->matched), 4);
	end(&rig);
}

static void rules_come_where_there_were_none(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, "[]");
	count(&rig, "A", 3);
	assert_true(change(&rig, "[" A_TOTAL "]"));
	count(&rig, "A", 2);
	rule_rig_check(&rig.rules, "a_total", 2);
	end(&rig);
}

static void state_comes_with_the_first_rule_that_needs_it_and_goes_with_the_last(void **state)
{
	struct rig rig;
	const struct rules *rules;

	(void)state;
	begin(&rig, "[" A_TOTAL "]");
	rules = aggregator_rules(rig.rules.aggregator);
	count(&rig, "A", 3);
	assert_null(rules_known_state(rules));
	assert_true(change(&rig, "[" A_TOTAL ", " BY_PROCESS "]"));
	count(&rig, "A", 2);
	assert_non_null(rules_known_state(rules));
	rule_rig_check(&rig.rules, "p_total{process=\"unknown\"}", 2);
	assert_true(change(&rig, "[" A_TOTAL "]"));
	count(&rig, "A", 1);
	assert_null(rules_known_state(rules));
	rule_rig_check(&rig.rules, "a_total", 6);
	end(&rig);
}

static void many_changes_leave_the_rules_that_stay_alone(void **state)
{
	struct rig rig;
	size_t i;
	char metrics[1024];

	(void)state;
	begin(&rig, "[" A_TOTAL ", " B_TOTAL "]");
	for (i = 0; i < CHANGES_MAX; i++) {
		snprintf(metrics, sizeof(metrics),
			 "[" A_TOTAL ", {name: c_total, help: h, type: counter, match: {provider: "
			 "Test-1}, where: {field: Key, lt: %zu}}, " BY_PROCESS "]",
			 1 + i);
		assert_true(change(&rig, metrics));
		count(&rig, "A", 1);
		count(&rig, "C", 1);
	}
	rule_rig_check(&rig.rules, "a_total", CHANGES_MAX);
	rule_rig_check(&rig.rules, "c_total", 2 * CHANGES_MAX);
	rule_rig_check(&rig.rules, "p_total{process=\"unknown\"}", CHANGES_MAX);
	assert_int_equal(rule_rig_all_errors(&rig.rules, 0), 0);
	end(&rig);
}

static void starts_that_wait_for_a_rule_that_changes_wait_in_vain(void **state)
{
	struct rig rig;
	const struct pairs_counts *pairs;

	(void)state;
	begin(&rig, "[" LATENCY "]");
	write(&rig, 1, "Begin", 7);
	write(&rig, 2, "End", 7);
	write(&rig, 3, "End", 8);
	rule_rig_run(&rig.rules);
	assert_true(change(&rig, "[{name: l_seconds, help: other, type: histogram, buckets: [1], "
				 "match: {provider: Test-1, name: End}, pair: {start: {name: "
				 "Begin}, key: [Key]}}]"));
	pairs = &rule_rig_health(&rig.rules, 0)->pairs;
	assert_int_equal(health_get(&pairs->matched), 1);
	assert_int_equal(health_get(&pairs->unmatched[PAIR_END]), 1);
	assert_int_equal(health_get(&pairs->open), 0);
	rule_rig_check(&rig.rules, "l_seconds_count", 1);
	end(&rig);
}

static void a_session_in_place_of_another_goes_on_with_the_numbers_of_its_rules(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, "[" A_TOTAL ", " B_TOTAL "]");
	count(&rig, "A", 3);
	rule_rig_succeed(&rig.rules, make_set(&rig, "[" A_TOTAL "]"));
	count(&rig, "A", 2);
	rule_rig_check(&rig.rules, "a_total", 5);
	rule_rig_check(&rig.rules, "b_total", RULE_RIG_NO_SAMPLE);
	assert_int_equal(health_get(&rule_rig_health(&rig.rules, 0)->matched), 5);
	rule_rig_succeed(&rig.rules, NULL);
	rule_rig_check(&rig.rules, "a_total", RULE_RIG_NO_SAMPLE);
	end(&rig);
}

static void what_was_set_last_is_so_also_after_times_have_come_again(void **state)
{
	static const char gauge[] = "[{name: key, help: h, type: gauge, value: Key, match: "
				    "{provider: Test-1, name: A}}]";
	struct rig rig;
	uint32_t i;

	(void)state;
	begin(&rig, gauge);
	for (i = 0; i < 3; i++) {
		write(&rig, 1000, "A", i);
		rule_rig_run(&rig.rules);
	}
	rule_rig_succeed(&rig.rules, make_set(&rig, gauge));
	write(&rig, 2000, "A", 7);
	rule_rig_run(&rig.rules);
	rule_rig_check(&rig.rules, "key", 7);
	end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_says_the_same_is_no_change),
		cmocka_unit_test(event_types_that_were_seen_are_counted_by_rules_that_come),
		cmocka_unit_test(rules_that_are_gone_count_no_more),
		cmocka_unit_test(a_rule_that_says_something_else_goes_on_with_its_numbers),
		cmocka_unit_test(rules_come_where_there_were_none),
		cmocka_unit_test(
			state_comes_with_the_first_rule_that_needs_it_and_goes_with_the_last),
		cmocka_unit_test(many_changes_leave_the_rules_that_stay_alone),
		cmocka_unit_test(starts_that_wait_for_a_rule_that_changes_wait_in_vain),
		cmocka_unit_test(
			a_session_in_place_of_another_goes_on_with_the_numbers_of_its_rules),
		cmocka_unit_test(what_was_set_last_is_so_also_after_times_have_come_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
