#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/page.h"
#include "tests/support/rule_rig.h"

/* One side of a pair. */
struct side {
	uint64_t ms;
	const char *name; /* of the event */
	uint32_t key;
	const char *item;
	uint8_t provider; /* 0: 1 */
	uint32_t processor;
	uint32_t tid;
	double weight;
};

static void write_side(struct rule_rig *rig, const struct side *side)
{
	struct tl_event event;

	tl_begin(&event, side->provider ? side->provider : 1, side->name);
	tl_u32(&event, "Key", side->key);
	tl_utf16(&event, "Item", side->item ? side->item : "");
	tl_f64(&event, "Weight", side->weight);
	event.event.time = rule_rig_time(side->ms);
	event.event.pid = 42;
	event.event.tid = side->tid;
	event.event.processor = side->processor;
	tl_write(rig->writer, &event);
}

#define WRITE(rig, ms_, name_, key_, ...) \
	write_side((rig), &(struct side){.ms = (ms_), .name = (name_), .key = (key_), __VA_ARGS__})

static void check(struct rule_rig *rig, const char *sample, double expected)
{
	double value = rule_rig_value(rig, sample);

	if (value - expected < 1e-9 && expected - value < 1e-9)
		return;
	print_error("%s is %.12g, not %g; the page:\n%s", sample, value, expected,
		    rule_rig_page(rig));
	fail();
}

struct expected {
	uint64_t matched, starts, ends, expired;
};

static void check_pairs(const struct rule_rig *rig, struct expected expected)
{
	const struct pairs_counts *pairs = &rule_rig_health(rig, 0)->pairs;

	assert_int_equal(health_get(&pairs->matched), expected.matched);
	assert_int_equal(health_get(&pairs->unmatched[PAIR_START]), expected.starts);
	assert_int_equal(health_get(&pairs->unmatched[PAIR_END]), expected.ends);
	assert_int_equal(health_get(&pairs->expired), expected.expired);
	assert_int_equal(health_get(&pairs->open), 0);
}

/* A histogram of the time from Begin to End; `pair` and `more` go on from there. */
static void begin(struct rule_rig *rig, const char *pair, const char *more)
{
	char rules[2048];

	snprintf(rules, sizeof(rules),
		 "[{name: d_seconds, help: h, type: histogram, match: {provider: Test-1, name: "
		 "End}, pair: {start: {name: Begin%s, buckets: [0.01, 0.1, 1]%s}]",
		 pair, more);
	rule_rig_init(rig, "test", rules);
}

static void the_value_of_a_pair_is_the_time_between_in_seconds(void **state)
{
	struct rule_rig rig;

	(void)state;
	begin(&rig, "}, key: Key}", "");
	WRITE(&rig, 100, "Begin", 1);
	WRITE(&rig, 110, "Begin", 2);
	WRITE(&rig, 150, "End", 1);
	WRITE(&rig, 610, "End", 2);
	rule_rig_run(&rig);
	check(&rig, "d_seconds_count", 2);
	check(&rig, "d_seconds_sum", 0.55);
	check(&rig, "d_seconds_bucket{le=\"0.01\"}", 0);
	check(&rig, "d_seconds_bucket{le=\"0.1\"}", 1);
	check(&rig, "d_seconds_bucket{le=\"1\"}", 2);
	check_pairs(&rig, (struct expected){.matched = 2});
	assert_int_equal(health_get(&rule_rig_health(&rig, 0)->matched), 2);
	assert_int_equal(rule_rig_all_errors(&rig, 0), 0);
	rule_rig_done(&rig);
}

static void ends_that_come_first_from_another_cpu_are_paired(void **state)
{
	struct rule_rig rig;

	(void)state;
	begin(&rig, "}, key: Key}", ", labels: {item: {field: Item, from: start}}");
	WRITE(&rig, 150, "End", 1);
	etl_flush(rig.writer, 0, 0);
	WRITE(&rig, 100, "Begin", 1, .item = "tea", .processor = 1);
	etl_flush(rig.writer, 1, 0);
	rule_rig_run(&rig);
	check(&rig, "d_seconds_sum{item=\"tea\"}", 0.05);
	check_pairs(&rig, (struct expected){.matched = 1});
	rule_rig_done(&rig);
}

static void a_start_that_starts_again_begins_anew(void **state)
{
	struct rule_rig rig;

	(void)state;
	begin(&rig, "}, key: Key}", "");
	WRITE(&rig, 100, "Begin", 1);
	WRITE(&rig, 200, "Begin", 1);
	WRITE(&rig, 250, "End", 1);
	WRITE(&rig, 260, "End", 1);
	rule_rig_run(&rig);
	check(&rig, "d_seconds_sum", 0.05);
	check_pairs(&rig, (struct expected){.matched = 1, .starts = 1, .ends = 1});
	rule_rig_done(&rig);
}

static void what_takes_longer_than_the_timeout_has_expired(void **state)
{
	struct rule_rig rig;

	(void)state;
	begin(&rig, "}, key: Key, timeout: 1s}", "");
	WRITE(&rig, 100, "Begin", 1);
	WRITE(&rig, 1000, "Begin", 2);
	WRITE(&rig, 1101, "End", 1);
	WRITE(&rig, 2000, "End", 2);
	WRITE(&rig, 2500, "Begin", 3);
	rule_rig_run(&rig);
	check(&rig, "d_seconds_sum", 1);
	check_pairs(&rig, (struct expected){.matched = 1, .starts = 1, .ends = 1, .expired = 1});
	rule_rig_done(&rig);
}

static void what_is_open_at_the_end_is_unmatched(void **state)
{
	struct rule_rig rig;

	(void)state;
	begin(&rig, "}, key: Key}", "");
	WRITE(&rig, 100, "Begin", 1);
	WRITE(&rig, 100, "Begin", 2);
	WRITE(&rig, 100, "End", 3);
	rule_rig_run(&rig);
	check(&rig, "d_seconds_count", RULE_RIG_NO_SAMPLE);
	check_pairs(&rig, (struct expected){.starts = 2, .ends = 1});
	rule_rig_done(&rig);
}

static void starts_may_be_of_another_provider_and_keys_of_other_names(void **state)
{
	struct rule_rig rig;
	struct tl_event event;

	(void)state;
	rule_rig_init(
		&rig, "test",
		"[{name: d_seconds, help: h, type: histogram, match: {provider: Test-1, name: "
		"End}, pair: {start: {provider: Test-2, name: Begin}, key: [{start: Id, end: "
		"Key}, $pid]}, buckets: [1], labels: {provider: {field: $provider, from: "
		"start}, event: $event, item: Item, name: {field: Name, from: start}}}]");
	tl_begin(&event, 2, "Begin");
	tl_u64(&event, "Id", 7); /* wider than the other side's */
	tl_text(&event, "Name", "n");
	event.event.time = rule_rig_time(100);
	event.event.pid = 42;
	tl_write(rig.writer, &event);
	event.event.pid = 43;
	tl_write(rig.writer, &event);
	WRITE(&rig, 300, "End", 7, .item = "tea");
	WRITE(&rig, 100, "Begin", 8, .item = "tea");
	rule_rig_run(&rig);
	check(&rig, "d_seconds_sum{provider=\"Test-2\",event=\"End\",item=\"tea\",name=\"n\"}",
	      0.2);
	check_pairs(&rig, (struct expected){.matched = 1, .starts = 1});
	rule_rig_done(&rig);
}

static void starts_are_of_the_rule_s_provider_unless_another_is_given(void **state)
{
	struct rule_rig rig;

	(void)state;
	begin(&rig, "}, key: Key}", "");
	WRITE(&rig, 100, "Begin", 1, .provider = 2);
	WRITE(&rig, 200, "End", 1);
	WRITE(&rig, 200, "End", 1, .provider = 2);
	rule_rig_run(&rig);
	check_pairs(&rig, (struct expected){.ends = 1});
	rule_rig_done(&rig);
}

static void negative_keys_are_the_same_in_any_width(void **state)
{
	struct rule_rig rig;
	struct tl_event event;

	(void)state;
	begin(&rig, "}, key: N}", "");
	tl_begin(&event, 1, "Begin");
	tl_i32(&event, "N", -5);
	event.event.time = rule_rig_time(100);
	tl_write(rig.writer, &event);
	tl_begin(&event, 1, "End");
	tl_i64(&event, "N", -5);
	event.event.time = rule_rig_time(200);
	tl_write(rig.writer, &event);
	rule_rig_run(&rig);
	check(&rig, "d_seconds_sum", 0.1);
	rule_rig_done(&rig);
}

static void keys_are_texts_guids_and_threads(void **state)
{
	struct rule_rig rig;

	(void)state;
	begin(&rig, "}, key: [Item, $tid, $provider]}", "");
	WRITE(&rig, 100, "Begin", 1, .item = "tea", .tid = 1);
	WRITE(&rig, 110, "Begin", 1, .item = "tea", .tid = 2);
	WRITE(&rig, 120, "Begin", 1, .item = "rum", .tid = 1);
	WRITE(&rig, 200, "End", 1, .item = "rum", .tid = 1);
	WRITE(&rig, 200, "End", 1, .item = "rum", .tid = 2);
	WRITE(&rig, 205, "End", 1, .item = "tea", .tid = 2);
	rule_rig_run(&rig);
	check(&rig, "d_seconds_sum", 0.175);
	check_pairs(&rig, (struct expected){.matched = 2, .starts = 1, .ends = 1});
	rule_rig_done(&rig);
}

static void activities_pair(void **state)
{
	struct rule_rig rig;
	struct tl_event event;
	uint8_t i;

	(void)state;
	begin(&rig, "}, key: $activity_id}", ", labels: {activity: $activity_id}");
	for (i = 0; i < 4; i++) {
		tl_begin(&event, 1, i < 2 ? "Begin" : "End");
		event.event.time = rule_rig_time(100 + i);
		event.event.activity_id[0] = 1 + i % 2;
		tl_write(rig.writer, &event);
	}
	rule_rig_run(&rig);
	check(&rig, "d_seconds_sum{activity=\"00000001-0000-0000-0000-000000000000\"}", 0.002);
	check(&rig, "d_seconds_count{activity=\"00000002-0000-0000-0000-000000000000\"}", 1);
	rule_rig_done(&rig);
}

static void an_event_without_its_key_is_counted(void **state)
{
	struct rule_rig rig;
	struct tl_event event;

	(void)state;
	begin(&rig, "}, key: Other}", "");
	WRITE(&rig, 100, "Begin", 1);
	tl_begin(&event, 1, "End");
	tl_u32(&event, "Other", 1);
	event.event.time = rule_rig_time(200);
	tl_write(rig.writer, &event);
	rule_rig_run(&rig);
	assert_int_equal(rule_rig_errors(&rig, 0, RULE_ERROR_FIELD), 1);
	check_pairs(&rig, (struct expected){.ends = 1});
	rule_rig_done(&rig);
}

static void one_event_may_end_a_pair_and_start_the_next(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init(
		&rig, "test",
		"[{name: d_seconds, help: h, type: histogram, match: {provider: Test-1, name: "
		"Tick}, pair: {start: {name: Tick}, key: Key}, buckets: [1], labels: {before: "
		"{field: Item, from: start}, after: Item}}]");
	WRITE(&rig, 100, "Tick", 1, .item = "a");
	WRITE(&rig, 150, "Tick", 1, .item = "b");
	WRITE(&rig, 250, "Tick", 1, .item = "c");
	rule_rig_run(&rig);
	check(&rig, "d_seconds_sum{before=\"a\",after=\"b\"}", 0.05);
	check(&rig, "d_seconds_sum{before=\"b\",after=\"c\"}", 0.1);
	check(&rig, "d_seconds_sum{before=\"a\",after=\"a\"}", RULE_RIG_NO_SAMPLE);
	assert_int_equal(health_get(&rule_rig_health(&rig, 0)->pairs.matched), 2);
	rule_rig_done(&rig);
}

static void the_value_may_be_of_either_side(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init(
		&rig, "test",
		"[{name: s_total, help: h, type: counter, match: {provider: Test-1, name: "
		"End}, pair: {start: {name: Begin}, key: Key}, value: {field: Weight, from: "
		"start, scale: 10}}, {name: e, help: h, type: gauge, match: {provider: Test-1, "
		"name: End}, pair: {start: {name: Begin}, key: Key}, value: Weight}, {name: "
		"t_seconds_total, help: h, type: counter, match: {provider: Test-1, name: End}, "
		"pair: {start: {name: Begin}, key: Key}}]");
	WRITE(&rig, 100, "Begin", 1, .weight = 2.5);
	WRITE(&rig, 150, "End", 1, .weight = 7);
	WRITE(&rig, 160, "Begin", 1, .weight = 1);
	WRITE(&rig, 170, "End", 1, .weight = 4);
	rule_rig_run(&rig);
	check(&rig, "s_total", 35);
	check(&rig, "e", 4);
	check(&rig, "t_seconds_total", 0.06);
	rule_rig_done(&rig);
}

static void conditions_are_of_the_end(void **state)
{
	struct rule_rig rig;

	(void)state;
	begin(&rig, "}, key: Key}", ", where: {field: Item, eq: good}");
	WRITE(&rig, 100, "Begin", 1, .item = "bad");
	WRITE(&rig, 150, "End", 1, .item = "good");
	WRITE(&rig, 200, "Begin", 2, .item = "good");
	WRITE(&rig, 250, "End", 2, .item = "bad");
	rule_rig_run(&rig);
	check(&rig, "d_seconds_count", 1);
	check_pairs(&rig, (struct expected){.matched = 1, .starts = 1});
	assert_int_equal(health_get(&rule_rig_health(&rig, 0)->matched), 1);
	rule_rig_done(&rig);
}

static void labels_missing_on_one_side_leave_those_of_the_other(void **state)
{
	struct rule_rig rig;

	(void)state;
	begin(&rig, "}, key: Key}",
	      ", labels: {a: {field: None, from: start, default: '-'}, b: {field: Item, from: "
	      "start}, c: {field: Nothing, default: '+'}, d: Item, e: $event, f: {field: $event, "
	      "from: start}}");
	WRITE(&rig, 100, "Begin", 1, .item = "x");
	WRITE(&rig, 150, "End", 1, .item = "y");
	rule_rig_run(&rig);
	check(&rig, "d_seconds_count{a=\"-\",b=\"x\",c=\"+\",d=\"y\",e=\"End\",f=\"Begin\"}", 1);
	assert_int_equal(rule_rig_errors(&rig, 0, RULE_ERROR_FIELD), 2);
	rule_rig_done(&rig);
}

static void a_label_of_a_start_has_all_of_a_wide_pointer(void **state)
{
	struct rule_rig rig;
	struct tl_event event;

	(void)state;
	begin(&rig, "}, key: Key}", ", labels: {p: {field: P, from: start}}");
	tl_begin(&event, 1, "Begin");
	tl_u32(&event, "Key", 1);
	tl_pointer(&event, "P", 0xffff800000001234, 8);
	event.event.time = rule_rig_time(100);
	tl_write(rig.writer, &event);
	/* The last start before the end is of a narrow writer. */
	tl_begin(&event, 1, "Begin");
	tl_u32(&event, "Key", 2);
	tl_pointer(&event, "P", 0x1234, 4);
	event.event.time = rule_rig_time(110);
	tl_write_pointers(rig.writer, &event, 4);
	WRITE(&rig, 200, "End", 1);
	WRITE(&rig, 200, "End", 2);
	rule_rig_run(&rig);
	check(&rig, "d_seconds_count{p=\"0xffff800000001234\"}", 1);
	check(&rig, "d_seconds_count{p=\"0x1234\"}", 1);
	rule_rig_done(&rig);
}

static void the_table_of_open_pairs_is_bounded(void **state)
{
	struct rule_rig rig;
	uint32_t i;

	(void)state;
	begin(&rig, "}, key: Key, limit: 10}", "");
	for (i = 0; i < 100; i++)
		WRITE(&rig, 100 + i, "Begin", i);
	for (i = 0; i < 100; i++)
		WRITE(&rig, 300 + i, "End", i);
	rule_rig_run(&rig);
	check(&rig, "d_seconds_count", 10);
	check_pairs(&rig, (struct expected){.matched = 10, .starts = 90, .ends = 90});
	rule_rig_done(&rig);
}

static void series_of_pairs_beyond_the_limit_are_other(void **state)
{
	struct rule_rig rig;
	char item[16];
	uint32_t i;

	(void)state;
	begin(&rig, "}, key: Key}",
	      ", limit: 2, labels: {a: {field: Item, from: start}, b: $event}");
	for (i = 0; i < 10; i++) {
		snprintf(item, sizeof(item), "i%u", i % 5);
		WRITE(&rig, 100 + i, "Begin", i, .item = item);
		WRITE(&rig, 100 + i, "End", i);
	}
	rule_rig_run(&rig);
	check(&rig, "d_seconds_count{a=\"i0\",b=\"End\"}", 2);
	check(&rig, "d_seconds_count{a=\"i1\",b=\"End\"}", 2);
	check(&rig, "d_seconds_count{a=\"other\",b=\"other\"}", 6);
	check(&rig, "etw_exporter_series_overflow_total{family=\"d_seconds\"}", 6);
	rule_rig_done(&rig);
}

static void write_loop(struct rule_rig *rig)
{
	WRITE(rig, 100, "Begin", 1);
	WRITE(rig, 150, "End", 1);
	/* Open at the end. */
	WRITE(rig, 900, "Begin", 1);
	rule_rig_run(rig);
}

static void a_recording_that_comes_again_begins_with_nothing_open(void **state)
{
	struct rule_rig rig;

	(void)state;
	begin(&rig, "}, key: Key}", "");
	rig.loops = true;
	write_loop(&rig);
	write_loop(&rig);
	write_loop(&rig);
	check(&rig, "d_seconds_count", 3);
	check(&rig, "d_seconds_sum", 0.15);
	check_pairs(&rig, (struct expected){.matched = 3, .starts = 3});
	rule_rig_done(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_value_of_a_pair_is_the_time_between_in_seconds),
		cmocka_unit_test(ends_that_come_first_from_another_cpu_are_paired),
		cmocka_unit_test(a_start_that_starts_again_begins_anew),
		cmocka_unit_test(what_takes_longer_than_the_timeout_has_expired),
		cmocka_unit_test(what_is_open_at_the_end_is_unmatched),
		cmocka_unit_test(starts_may_be_of_another_provider_and_keys_of_other_names),
		cmocka_unit_test(starts_are_of_the_rule_s_provider_unless_another_is_given),
		cmocka_unit_test(negative_keys_are_the_same_in_any_width),
		cmocka_unit_test(keys_are_texts_guids_and_threads),
		cmocka_unit_test(activities_pair),
		cmocka_unit_test(an_event_without_its_key_is_counted),
		cmocka_unit_test(one_event_may_end_a_pair_and_start_the_next),
		cmocka_unit_test(the_value_may_be_of_either_side),
		cmocka_unit_test(conditions_are_of_the_end),
		cmocka_unit_test(labels_missing_on_one_side_leave_those_of_the_other),
		cmocka_unit_test(a_label_of_a_start_has_all_of_a_wide_pointer),
		cmocka_unit_test(the_table_of_open_pairs_is_bounded),
		cmocka_unit_test(series_of_pairs_beyond_the_limit_are_other),
		cmocka_unit_test(a_recording_that_comes_again_begins_with_nothing_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
