/* Replays in a loop, and at the speed at which they were recorded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/replay.h"

static void assert_files(const struct replay *replay, uint64_t done, uint64_t failed)
{
	assert_int_equal(REPLAY_HEALTH(replay, files_done), done);
	assert_int_equal(REPLAY_HEALTH(replay, files_failed), failed);
	assert_int_equal(REPLAY_HEALTH(replay, files_open), 0);
}

static void a_loop_begins_again_until_it_is_stopped(void **state)
{
	struct replay replay;
	uint64_t loops;
	size_t bytes;

	(void)state;
	replay_init(&replay);
	bytes = replay_add(&replay, "a.etl", NULL, 5);
	replay.counting.config.loop = true;
	counting_begin(&replay.counting);
	replay_start(&replay);
	replay_wait(&replay.counting.health.loops, 5);
	stop_set(replay.counting.stop);
	assert_int_equal(replay_finish(&replay), 0);
	loops = REPLAY_HEALTH(&replay, loops);
	assert_in_range(REPLAY_HEALTH(&replay, files_done), loops, loops + 1);
	assert_in_range(REPLAY_HEALTH(&replay, bytes), loops * bytes, (loops + 1) * bytes);
	counting_total(&replay.counting);
	replay_done(&replay);
}

static size_t count_lines(const char *text, const char *part)
{
	size_t count = 0;

	for (text = strstr(text, part); text; text = strstr(text + 1, part))
		count++;
	return count;
}

static void a_loop_does_not_log_the_same_again_and_again(void **state)
{
	struct replay replay;

	(void)state;
	replay_init(&replay);
	replay_add(&replay, "a.etl", NULL, 1);
	replay_add_name(&replay, "missing.etl");
	replay_add_name(&replay, "none*.etl");
	replay.counting.config.loop = true;
	counting_begin(&replay.counting);
	replay_start(&replay);
	replay_wait(&replay.counting.health.loops, 5);
	stop_set(replay.counting.stop);
	assert_int_equal(replay_finish(&replay), 0);
	assert_true(REPLAY_HEALTH(&replay, files_failed) >= 5);
	assert_int_equal(count_lines(counting_log(&replay.counting), "level=error"), 1);
	assert_int_equal(count_lines(counting_log(&replay.counting), "level=warn"), 1);
	replay_done(&replay);
}

/* Buffers of the writer are flushed 100 ticks apart, from 2,000,000,000 on. */
static void add_paced(struct replay *replay, const char *name, uint64_t ticks_per_second,
		      size_t buffers)
{
	struct etl_writer_options options = {.perf_frequency_hz = ticks_per_second,
					     .start_clock = 2000000000 - 100};

	replay_add(replay, name, &options, buffers);
	replay->counting.config.pace = PACE_RECORDED;
}

static void at_recorded_speed_it_takes_as_long_as_the_recording(void **state)
{
	double begun = replay_seconds(), took;
	struct replay replay;

	(void)state;
	replay_init(&replay);
	add_paced(&replay, "a.etl", 2000, 4);
	add_paced(&replay, "b.etl", 2000, 2);
	assert_int_equal(replay_run(&replay), 0);
	took = replay_seconds() - begun;
	/* Each buffer 50 ms after the one before, the first as long after the beginning. */
	assert_true(took >= 0.3 && took < 0.3 + REPLAY_PATIENCE_SECS);
	assert_files(&replay, 2, 0);
	assert_int_equal(REPLAY_HEALTH(&replay, buffers), 8);
	/* The lag is of the replay, not since the recording was made. */
	assert_true(atomic_load(&replay.counting.health.lag_ns) <
		    REPLAY_PATIENCE_SECS * 1000000000LL);
	assert_true(atomic_load(&replay.counting.health.lag_ns) > -1000000000LL);
	assert_int_equal(replay_damage(&replay), 0);
	counting_total(&replay.counting);
	replay_done(&replay);
}

static void events_come_when_they_are_due(void **state)
{
	struct replay replay;

	(void)state;
	replay_init(&replay);
	add_paced(&replay, "a.etl", 1, 4); /* 100 s apart */
	counting_begin(&replay.counting);
	replay_start(&replay);
	replay_wait(&replay.counting.health.buffers, 1);
	thread_state_wait_blocked(&replay.thread_state);
	assert_int_equal(REPLAY_HEALTH(&replay, buffers), 1);
	stop_set(replay.counting.stop);
	assert_int_equal(replay_finish(&replay), 0);
	/* What had been received is counted. */
	assert_int_equal(REPLAY_HEALTH(&replay, buffers), 2);
	assert_files(&replay, 0, 0);
	replay_done(&replay);
}

static void without_a_header_nothing_is_waited_for(void **state)
{
	struct etl_writer_options options = {.perf_frequency_hz = 1};
	struct small_recording recording = small_make(&options, 5);
	struct replay replay;

	(void)state;
	replay_init(&replay);
	etl_save(scratch_path(&replay.scratch, "a.etl"), recording.bytes + recording.at[1],
		 recording.length - recording.at[1]);
	replay_add_name(&replay, "a.etl");
	replay.counting.config.pace = PACE_RECORDED;
	assert_int_equal(replay_run(&replay), 0);
	assert_int_equal(REPLAY_HEALTH(&replay, buffers), 5);
	assert_true(atomic_load(&replay.counting.health.lag_ns) == NO_TIME);
	small_done(&recording);
	replay_done(&replay);
}

static void recordings_one_behind_the_other_are_each_replayed_at_their_speed(void **state)
{
	struct etl_writer_options options = {.perf_frequency_hz = 2000,
					     .start_clock = 2000000000 - 100};
	struct small_recording both = small_make(&options, 2), second;
	double begun = replay_seconds();
	struct replay replay;

	(void)state;
	options.start_filetime = 133500000000000000 - 86400 * 10000000ull;
	options.compressed = true;
	second = small_make(&options, 3);
	small_append(&both, &second);
	replay_init(&replay);
	etl_save(scratch_path(&replay.scratch, "a.etl"), both.bytes, both.length);
	replay_add_name(&replay, "a.etl");
	replay.counting.config.pace = PACE_RECORDED;
	assert_int_equal(replay_run(&replay), 0);
	assert_true(replay_seconds() - begun >= 0.25);
	assert_int_equal(REPLAY_HEALTH(&replay, buffers), 7);
	assert_true(atomic_load(&replay.counting.health.lag_ns) <
		    REPLAY_PATIENCE_SECS * 1000000000LL);
	assert_int_equal(replay_damage(&replay), 0);
	small_done(&both);
	replay_done(&replay);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_loop_begins_again_until_it_is_stopped),
		cmocka_unit_test(a_loop_does_not_log_the_same_again_and_again),
		cmocka_unit_test(at_recorded_speed_it_takes_as_long_as_the_recording),
		cmocka_unit_test(events_come_when_they_are_due),
		cmocka_unit_test(without_a_header_nothing_is_waited_for),
		cmocka_unit_test(recordings_one_behind_the_other_are_each_replayed_at_their_speed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
