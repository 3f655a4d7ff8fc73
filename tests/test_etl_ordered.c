/* Recordings that are read in the order of their events, by the source and the aggregator. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/posix.h"
#include "tests/support/replay.h"

enum {
	CPUS = 4
};

/* Events of all processors at about the same times, a buffer of each processor after the other. */
static size_t add_recording(struct replay *replay, const char *name,
			    const struct etl_writer_options *options, size_t buffers, size_t events,
			    size_t payload_bytes)
{
	static const uint8_t payload[60000];
	struct etl_writer *writer = etl_writer_new(options);
	struct etl_event event = {.guid = {1}, .payload = payload, .payload_bytes = payload_bytes};
	const uint8_t *bytes;
	size_t buffer, i, length;

	for (event.processor = 0; event.processor < CPUS; event.processor++) {
		event.time = 1000000000 + event.processor;
		for (buffer = 0; buffer < buffers; buffer++) {
			for (i = 0; i < events; i++, event.time += 1000)
				etl_write_event(writer, &event, 8);
			etl_flush(writer, event.processor, 0);
		}
	}
	bytes = etl_writer_finish(writer, &length);
	etl_save(scratch_path(&replay->scratch, name), bytes, length);
	replay_add_name(replay, name);
	etl_writer_free(writer);
	return length;
}

static void check_order(bool is_ordered, bool compressed)
{
	const struct etl_writer_options options = {.compressed = compressed};
	struct replay replay;
	size_t length;

	replay_init(&replay);
	replay.counting.wants.order = is_ordered;
	length = add_recording(&replay, "a.etl", &options, 5, 20, 8);
	assert_int_equal(replay_run(&replay), 0);
	assert_int_equal(counting_total(&replay.counting), CPUS * 5 * 20 + 1);
	assert_int_equal(REPLAY_HEALTH(&replay, bytes), length);
	assert_int_equal(REPLAY_HEALTH(&replay, buffers), CPUS * 5 + 1);
	assert_int_equal(REPLAY_HEALTH(&replay, files_done), 1);
	assert_int_equal(REPLAY_HEALTH(&replay, events_unordered), 0);
	assert_int_equal(replay_damage(&replay), 0);
	replay_done(&replay);
}

static void all_of_a_recording_is_counted_in_order_as_without(void **state)
{
	(void)state;
	check_order(false, false);
	check_order(true, false);
	check_order(true, true);
}

static void each_of_several_recordings_is_ordered_in_itself(void **state)
{
	struct replay replay;

	(void)state;
	replay_init(&replay);
	replay.counting.wants.order = true;
	add_recording(&replay, "a.etl", NULL, 3, 20, 8);
	add_recording(&replay, "b.etl", NULL, 3, 20, 8);
	assert_int_equal(replay_run(&replay), 0);
	assert_int_equal(counting_total(&replay.counting), 2 * (CPUS * 3 * 20 + 1));
	assert_int_equal(REPLAY_HEALTH(&replay, events_unordered), 0);
	replay_done(&replay);
}

static void a_file_that_is_cut_while_it_is_read_is_an_error(void **state)
{
	const struct etl_writer_options options = {.buffer_bytes = 256 << 10};
	struct replay replay;

	(void)state;
	replay_init(&replay);
	replay.counting.wants.order = true;
	add_recording(&replay, "a.etl", &options, 5, 20, 8);
	replay_start(&replay);
	thread_state_wait_blocked(&replay.thread_state);
	assert_int_equal(truncate(replay.paths[0], 700000), 0);
	counting_begin(&replay.counting);
	assert_int_equal(replay_finish(&replay), -1);
	assert_non_null(strstr(replay.error.text, "it was cut while it was read"));
	assert_int_equal(REPLAY_HEALTH(&replay, files_failed), 1);
	counting_total(&replay.counting);
	replay_done(&replay);
}

/* Few bytes in the file; by their times the events of all these buffers wait for one another. */
static void what_is_decompressed_beyond_the_cap_is_counted_all_the_same(void **state)
{
	const struct etl_writer_options options = {.buffer_bytes = 12 << 20, .compressed = true};
	struct replay replay;
	size_t length;

	(void)state;
	replay_init(&replay);
	replay.counting.wants.order = true;
	length = add_recording(&replay, "a.etl", &options, 2, 200, 59000);
	assert_true(length < 16 << 20);
	assert_int_equal(replay_run(&replay), 0);
	assert_int_equal(counting_total(&replay.counting), CPUS * 2 * 200 + 1);
	assert_int_equal(replay_damage(&replay), 0);
	replay_done(&replay);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_a_recording_is_counted_in_order_as_without),
		cmocka_unit_test(each_of_several_recordings_is_ordered_in_itself),
		cmocka_unit_test(a_file_that_is_cut_while_it_is_read_is_an_error),
		cmocka_unit_test(what_is_decompressed_beyond_the_cap_is_counted_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
