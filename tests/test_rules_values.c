#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/rule_rig.h"

static void begin(struct rule_rig *rig)
{
	rule_rig_init(
		rig, "test",
		"[{name: size, help: h, type: gauge, match: {provider: Test-1}, value: Size}]");
}

static void write_size(struct rule_rig *rig, uint64_t ms, uint32_t processor, uint32_t size)
{
	struct tl_event event;

	tl_begin(&event, 1, "Now");
	tl_u32(&event, "Size", size);
	event.event.time = rule_rig_time(ms);
	event.event.processor = processor;
	tl_write(rig->writer, &event);
}

static void a_buffer_of_another_processor_does_not_bring_back_what_was_before(void **state)
{
	struct rule_rig rig;

	(void)state;
	begin(&rig);
	write_size(&rig, 100, 0, 1);
	write_size(&rig, 300, 0, 3);
	etl_flush(rig.writer, 0, 0);
	write_size(&rig, 200, 1, 2);
	etl_flush(rig.writer, 1, 0);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "size", 3);
	rule_rig_done(&rig);
}

static void of_events_of_one_time_the_last_in_the_recording_is_shown(void **state)
{
	struct rule_rig rig;

	(void)state;
	begin(&rig);
	write_size(&rig, 100, 0, 1);
	write_size(&rig, 100, 0, 2);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "size", 2);
	rule_rig_done(&rig);
}

static void a_recording_that_comes_again_sets_anew(void **state)
{
	struct rule_rig rig;

	(void)state;
	begin(&rig);
	rig.loops = true;
	write_size(&rig, 100, 0, 1);
	write_size(&rig, 900, 0, 9);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "size", 9);
	write_size(&rig, 100, 0, 1);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "size", 1);
	rule_rig_done(&rig);
}

static void write_change(struct rule_rig *rig, int32_t change)
{
	struct tl_event event;

	tl_begin(&event, 1, "Change");
	tl_i32(&event, "Change", change);
	event.event.time = rule_rig_time(1);
	tl_write(rig->writer, &event);
}

static void the_sum_of_a_histogram_falls_only_where_a_bucket_is_below_zero(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init(&rig, "test",
		      "[{name: rise, help: h, type: histogram, match: {provider: Test-1}, value: "
		      "Change, buckets: [0, 10]}, {name: both, help: h, type: histogram, match: "
		      "{provider: Test-1}, value: Change, buckets: [-1, 10]}]");
	write_change(&rig, 7);
	write_change(&rig, -3);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "rise_sum", 7);
	rule_rig_check(&rig, "rise_count", 1);
	assert_int_equal(rule_rig_errors(&rig, 0, RULE_ERROR_VALUE), 1);
	rule_rig_check(&rig, "both_sum", 4);
	rule_rig_check(&rig, "both_bucket{le=\"-1\"}", 1);
	assert_int_equal(rule_rig_errors(&rig, 1, RULE_ERROR_VALUE), 0);
	rule_rig_done(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_buffer_of_another_processor_does_not_bring_back_what_was_before),
		cmocka_unit_test(of_events_of_one_time_the_last_in_the_recording_is_shown),
		cmocka_unit_test(a_recording_that_comes_again_sets_anew),
		cmocka_unit_test(the_sum_of_a_histogram_falls_only_where_a_bucket_is_below_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
