#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/support/rule_rig.h"

#define BY_ADDRESS_AND_SIZE "labels: {p: Address, size: {field: Size, default: none}}"
#define BY_CODE(labels)	    "labels: {code: Code" labels "}"

/* The last `missing` bytes are not there. */
static void write_address(struct rule_rig *rig, uint64_t address, int pointer_bytes, size_t missing)
{
	struct tl_event event;

	tl_begin(&event, 1, "Load");
	tl_pointer(&event, "Address", address, pointer_bytes);
	tl_u32(&event, "Size", 7);
	event.payload.length -= missing;
	event.event.time = rule_rig_time(1);
	tl_write_pointers(rig->writer, &event, pointer_bytes);
}

static void write_begin(struct tl_event *event, const char *name)
{
	tl_begin(event, 1, name);
	event->event.time = rule_rig_time(1);
}

static void layouts_may_change_from_event_to_event(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init_counter(&rig, BY_ADDRESS_AND_SIZE);
	write_address(&rig, 0xffff800000001000, 8, 0);
	write_address(&rig, 0xffff800000001000, 8, 0);
	write_address(&rig, 0x80002000, 4, 0);
	write_address(&rig, 0xffff800000003000, 8, 0);
	write_address(&rig, 0x80002000, 4, 0);
	write_address(&rig, 0x80004000, 4, 0);
	write_address(&rig, 0xffff800000001000, 8, 4);
	write_address(&rig, 0xffff800000005000, 8, 0);
	write_address(&rig, 0xffff800000001000, 8, 1);
	write_address(&rig, 0xffff800000001000, 8, 0);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total{p=\"0xffff800000001000\",size=\"7\"}", 3);
	rule_rig_check(&rig, "a_total{p=\"0x80002000\",size=\"7\"}", 2);
	rule_rig_check(&rig, "a_total{p=\"0xffff800000003000\",size=\"7\"}", 1);
	rule_rig_check(&rig, "a_total{p=\"0x80004000\",size=\"7\"}", 1);
	rule_rig_check(&rig, "a_total{p=\"0xffff800000005000\",size=\"7\"}", 1);
	rule_rig_check(&rig, "a_total{p=\"0xffff800000001000\",size=\"none\"}", 2);
	assert_int_equal(rule_rig_errors(&rig, 0, RULE_ERROR_PAYLOAD), 2);
	assert_int_equal(rule_rig_errors(&rig, 0, RULE_ERROR_FIELD), 2);
	rule_rig_done(&rig);
}

/* Numbers are read at fixed places by then: the cut payload's pointers must not change those. */
static void a_cut_payload_of_other_pointers_changes_nothing_for_those_behind(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init_counter(&rig, BY_ADDRESS_AND_SIZE);
	write_address(&rig, 0xffff800000001000, 8, 0);
	write_address(&rig, 0xffff800000002000, 8, 0);
	write_address(&rig, 0x80003000, 4, 4);
	write_address(&rig, 0xffff800000004000, 8, 0);
	write_address(&rig, 0x80005000, 4, 0);
	write_address(&rig, 0x80006000, 4, 0);
	write_address(&rig, 0xffff800000007000, 8, 2);
	write_address(&rig, 0x80008000, 4, 0);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total{p=\"0xffff800000002000\",size=\"7\"}", 1);
	rule_rig_check(&rig, "a_total{p=\"0x80003000\",size=\"none\"}", 1);
	rule_rig_check(&rig, "a_total{p=\"0xffff800000004000\",size=\"7\"}", 1);
	rule_rig_check(&rig, "a_total{p=\"0x80006000\",size=\"7\"}", 1);
	rule_rig_check(&rig, "a_total{p=\"0xffff800000007000\",size=\"none\"}", 1);
	rule_rig_check(&rig, "a_total{p=\"0x80008000\",size=\"7\"}", 1);
	rule_rig_done(&rig);
}

static void an_empty_payload_among_others_has_no_numbers(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init_counter(&rig, BY_ADDRESS_AND_SIZE);
	write_address(&rig, 0x1000, 8, 0);
	write_address(&rig, 0x1000, 8, 0);
	write_address(&rig, 0x1000, 8, 12);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total{p=\"0x1000\",size=\"7\"}", 2);
	rule_rig_check(&rig, "a_total{p=\"\",size=\"none\"}", 1);
	rule_rig_done(&rig);
}

/* The same bytes, four times each, in turn: what the first type's mean is remembered by then. */
static void event_types_whose_fields_differ_in_meaning_do_not_share_series(void **state)
{
	struct rule_rig rig;
	struct tl_event event;
	int i;

	(void)state;
	rule_rig_init_counter(&rig, BY_CODE(""));
	for (i = 0; i < 4; i++) {
		write_begin(&event, "Unsigned");
		tl_u64(&event, "Code", UINT64_MAX);
		tl_write(rig.writer, &event);
		write_begin(&event, "Signed");
		tl_i64(&event, "Code", -1);
		tl_write(rig.writer, &event);
		write_begin(&event, "Pointer");
		tl_pointer(&event, "Code", UINT64_MAX, 8);
		tl_write_pointers(rig.writer, &event, 8);
	}
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total{code=\"18446744073709551615\"}", 4);
	rule_rig_check(&rig, "a_total{code=\"-1\"}", 4);
	rule_rig_check(&rig, "a_total{code=\"0xffffffffffffffff\"}", 4);
	rule_rig_done(&rig);
}

static void event_types_whose_fields_mean_the_same_count_into_one_series(void **state)
{
	struct rule_rig rig;
	struct tl_event event;
	int i;

	(void)state;
	rule_rig_init_counter(&rig, BY_CODE(""));
	for (i = 0; i < 4; i++) {
		write_begin(&event, "First");
		tl_u32(&event, "Code", 5);
		tl_write(rig.writer, &event);
		write_begin(&event, "Behind");
		tl_text(&event, "Text", "of no fixed length");
		tl_u32(&event, "Code", 5);
		tl_write(rig.writer, &event);
		write_begin(&event, "Without");
		tl_u64(&event, "Other", 5);
		tl_write(rig.writer, &event);
	}
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total{code=\"5\"}", 8);
	rule_rig_check(&rig, "a_total{code=\"\"}", 4);
	rule_rig_done(&rig);
}

static void what_is_of_the_event_type_is_not_shared(void **state)
{
	struct rule_rig rig;
	struct tl_event event;
	int i;

	(void)state;
	rule_rig_init_counter(&rig, BY_CODE(", event: $event"));
	for (i = 0; i < 4; i++) {
		write_begin(&event, i % 2 ? "Odd" : "Even");
		tl_u32(&event, "Code", 5);
		tl_write(rig.writer, &event);
	}
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total{code=\"5\",event=\"Even\"}", 2);
	rule_rig_check(&rig, "a_total{code=\"5\",event=\"Odd\"}", 2);
	rule_rig_done(&rig);
}

/* More than are remembered for sharing, each with a meaning of its own. */
static void many_event_types_of_different_meaning_are_kept_apart(void **state)
{
	struct rule_rig rig;
	char name[16], sample[64];
	int round, i;

	(void)state;
	rule_rig_init_counter(&rig, BY_CODE(", event: $event"));
	for (round = 0; round < 2; round++) {
		for (i = 0; i < 40; i++) {
			struct tl_event event;

			snprintf(name, sizeof(name), "E%d", i);
			write_begin(&event, name);
			tl_u32(&event, "Code", 5);
			tl_write(rig.writer, &event);
		}
	}
	rule_rig_run(&rig);
	for (i = 0; i < 40; i++) {
		snprintf(sample, sizeof(sample), "a_total{code=\"5\",event=\"E%d\"}", i);
		rule_rig_check(&rig, sample, 2);
	}
	rule_rig_done(&rig);
}

/* A start is waiting with or without a value, with or without labels, as long as it takes. */
static void starts_keep_what_the_rule_wants_of_them(void **state)
{
	struct rule_rig rig;
	struct tl_event event;
	uint32_t i;

	(void)state;
	rule_rig_init(
		&rig, "test",
		"[{name: a_total, help: h, type: counter, match: {provider: Test-1, name: End}, "
		"pair: {start: {name: Begin}, key: Id}, value: {field: Bytes, from: start}}, "
		"{name: b_total, help: h, type: counter, match: {provider: Test-1, name: End}, "
		"pair: {start: {name: Begin}, key: Id}, value: {field: Bytes, from: start}, "
		"labels: "
		"{kind: {field: Kind, from: start}, code: Code}}, {name: c_seconds, help: h, type: "
		"histogram, buckets: [1], match: {provider: Test-1, name: End}, pair: {start: "
		"{name: Begin}, key: Id}, labels: {code: Code}}, "
		"{name: d_seconds, help: h, type: histogram, buckets: [1], match: {provider: "
		"Test-1, name: End}, pair: {start: {name: Begin}, key: Id}, labels: {kind: {field: "
		"Kind, from: start}}}]");
	for (i = 0; i < 8; i++) {
		tl_begin(&event, 1, i < 4 ? "Begin" : "End");
		tl_u32(&event, "Id", i % 4);
		if (i < 4) {
			tl_u32(&event, "Bytes", 10 + i);
			tl_u32(&event, "Kind", 7);
			/* Of the last it is cut off. */
			if (i == 3)
				event.payload.length -= 4;
		} else {
			tl_u32(&event, "Code", 3);
		}
		event.event.time = rule_rig_time(1 + i);
		tl_write(rig.writer, &event);
	}
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total", 46);
	rule_rig_check(&rig, "b_total{kind=\"7\",code=\"3\"}", 33);
	rule_rig_check(&rig, "b_total{kind=\"\",code=\"3\"}", 13);
	rule_rig_check(&rig, "c_seconds_count{code=\"3\"}", 4);
	rule_rig_check(&rig, "d_seconds_count{kind=\"7\"}", 3);
	rule_rig_check(&rig, "d_seconds_count{kind=\"\"}", 1);
	rule_rig_done(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layouts_may_change_from_event_to_event),
		cmocka_unit_test(a_cut_payload_of_other_pointers_changes_nothing_for_those_behind),
		cmocka_unit_test(an_empty_payload_among_others_has_no_numbers),
		cmocka_unit_test(event_types_whose_fields_differ_in_meaning_do_not_share_series),
		cmocka_unit_test(event_types_whose_fields_mean_the_same_count_into_one_series),
		cmocka_unit_test(what_is_of_the_event_type_is_not_shared),
		cmocka_unit_test(many_event_types_of_different_meaning_are_kept_apart),
		cmocka_unit_test(starts_keep_what_the_rule_wants_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
