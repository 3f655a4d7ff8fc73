/* Recordings that are read to their end: several, failing ones, changing ones, stops. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/posix.h"
#include "tests/support/replay.h"

static void assert_files(const struct replay *replay, uint64_t done, uint64_t failed)
{
	assert_int_equal(REPLAY_HEALTH(replay, files_done), done);
	assert_int_equal(REPLAY_HEALTH(replay, files_failed), failed);
	assert_int_equal(REPLAY_HEALTH(replay, files_open), 0);
}

static void all_files_are_read_and_all_bytes_of_them(void **state)
{
	static const struct etl_writer_options compressed = {.compressed = true};
	struct replay replay;
	size_t bytes;

	(void)state;
	replay_init(&replay);
	bytes = replay_add(&replay, "a.etl", NULL, 10);
	bytes += replay_add(&replay, "b.etl", &compressed, 20);
	bytes += replay_add(&replay, "c.etl", NULL, 1);
	assert_int_equal(replay_run(&replay), 0);
	assert_files(&replay, 3, 0);
	assert_int_equal(REPLAY_HEALTH(&replay, bytes), bytes);
	assert_int_equal(REPLAY_HEALTH(&replay, buffers), 11 + 21 + 2);
	assert_true(counting_total(&replay.counting) > 90);
	assert_int_equal(replay_damage(&replay), 0);
	replay_done(&replay);
}

static void a_directory_and_a_glob_are_read(void **state)
{
	struct replay replay;

	(void)state;
	replay_init(&replay);
	replay_save(&replay, "a.etl", NULL, 1);
	replay_save(&replay, "b.ETL", NULL, 1);
	replay_save(&replay, "c.log", NULL, 1);
	replay_save(&replay, "d.log", NULL, 1);
	replay_add_path(&replay, replay.scratch.directory);
	replay_add_name(&replay, "c.*");
	assert_int_equal(replay_run(&replay), 0);
	assert_files(&replay, 3, 0);
	replay_done(&replay);
}

static void files_that_fail_do_not_keep_others_from_being_read(void **state)
{
	struct replay replay;

	(void)state;
	replay_init(&replay);
	replay_add_name(&replay, "missing.etl");
	scratch_file(&replay.scratch, "empty.etl", "");
	replay_add_name(&replay, "empty.etl");
	replay_add(&replay, "good.etl", NULL, 5);
	scratch_file(&replay.scratch, "text.etl", "no recording");
	replay_add_name(&replay, "text.etl");
	assert_int_equal(replay_run(&replay), 0);
	assert_files(&replay, 1, 3);
	assert_true(counting_total(&replay.counting) > 15);
	assert_non_null(strstr(counting_log(&replay.counting), "empty.etl is empty"));
	assert_non_null(strstr(counting_log(&replay.counting), "No such file or directory"));
	assert_non_null(strstr(counting_log(&replay.counting), "is not a trace recording"));
	replay_done(&replay);
}

static void it_fails_where_no_file_can_be_read(void **state)
{
	struct replay replay;

	(void)state;
	replay_init(&replay);
	replay_add_name(&replay, "missing.etl");
	replay_add_name(&replay, "missing too.etl");
	assert_int_equal(replay_run(&replay), -1);
	assert_files(&replay, 0, 2);
	assert_non_null(strstr(replay.error.text, "missing too.etl"));
	replay_done(&replay);
}

static void it_fails_where_no_file_matches(void **state)
{
	struct replay replay;

	(void)state;
	replay_init(&replay);
	replay_add_name(&replay, "*.etl");
	assert_int_equal(replay_run(&replay), -1);
	assert_files(&replay, 0, 0);
	assert_non_null(strstr(replay.error.text, "nothing matches"));
	replay_done(&replay);
}

static void files_beyond_the_limit_are_counted_as_refused(void **state)
{
	struct replay replay;

	(void)state;
	replay_init(&replay);
	replay_add(&replay, "a.etl", NULL, 1);
	replay_add(&replay, "b.etl", NULL, 1);
	replay_add(&replay, "c.etl", NULL, 1);
	replay.counting.limits.files = 1;
	assert_int_equal(replay_run(&replay), 0);
	assert_files(&replay, 1, 0);
	assert_int_equal(REPLAY_HEALTH(&replay, files_refused), 2);
	replay_done(&replay);
}

static void zeros_at_the_end_are_damage_once(void **state)
{
	struct small_recording recording = small_make(NULL, 2);
	struct replay replay;

	(void)state;
	replay_init(&replay);
	small_insert(&recording, recording.length, 0, 3 * 65536);
	etl_save(scratch_path(&replay.scratch, "a.etl"), recording.bytes, recording.length);
	replay_add_name(&replay, "a.etl");
	assert_int_equal(replay_run(&replay), 0);
	assert_int_equal(REPLAY_HEALTH(&replay, malformed[MALFORMED_BUFFER_ZEROS]), 1);
	assert_int_equal(REPLAY_HEALTH(&replay, bytes), recording.length);
	assert_int_equal(REPLAY_HEALTH(&replay, bytes_skipped), 3 * 65536);
	small_done(&recording);
	replay_done(&replay);
}

/* A file whose reading is halted by a full queue, until the test has done something to it. */
static void begin_halted(struct replay *replay)
{
	static const struct etl_writer_options options = {.buffer_bytes = 256 << 10};

	replay_init(replay);
	replay_add(replay, "a.etl", &options, 20);
	replay_start(replay);
	thread_state_wait_blocked(&replay->thread_state);
}

static void a_file_that_shrinks_while_it_is_read_is_counted(void **state)
{
	struct replay replay;

	(void)state;
	begin_halted(&replay);
	assert_int_equal(truncate(replay.paths[0], 100000), 0);
	counting_begin(&replay.counting);
	assert_int_equal(replay_finish(&replay), 0);
	assert_int_equal(REPLAY_HEALTH(&replay, file_changes[FILE_CHANGE_SHRUNK]), 1);
	assert_files(&replay, 1, 0);
	counting_total(&replay.counting);
	replay_done(&replay);
}

static void a_file_that_is_replaced_while_it_is_read_is_counted_and_read_to_its_end(void **state)
{
	struct replay replay;
	char *other;

	(void)state;
	posix_needs("removal of files that are open");
	begin_halted(&replay);
	other = strdup(scratch_file(&replay.scratch, "other", "other"));
	assert_int_equal(rename(other, replay.paths[0]), 0);
	counting_begin(&replay.counting);
	assert_int_equal(replay_finish(&replay), 0);
	assert_int_equal(REPLAY_HEALTH(&replay, file_changes[FILE_CHANGE_REPLACED]), 1);
	assert_int_equal(REPLAY_HEALTH(&replay, buffers), 21);
	free(other);
	replay_done(&replay);
}

static void a_file_that_disappears_while_it_is_read_is_counted_and_read_to_its_end(void **state)
{
	struct replay replay;

	(void)state;
	posix_needs("removal of files that are open");
	begin_halted(&replay);
	assert_int_equal(unlink(replay.paths[0]), 0);
	counting_begin(&replay.counting);
	assert_int_equal(replay_finish(&replay), 0);
	assert_int_equal(REPLAY_HEALTH(&replay, file_changes[FILE_CHANGE_DISAPPEARED]), 1);
	assert_int_equal(REPLAY_HEALTH(&replay, buffers), 21);
	replay_done(&replay);
}

static void a_file_that_a_stop_cuts_short_is_not_done(void **state)
{
	struct replay replay;

	(void)state;
	begin_halted(&replay);
	assert_int_equal(REPLAY_HEALTH(&replay, files_open), 1);
	stop_set(replay.counting.stop);
	counting_begin(&replay.counting);
	assert_int_equal(replay_finish(&replay), 0);
	assert_files(&replay, 0, 0);
	assert_int_equal(replay_damage(&replay), 0);
	assert_true(REPLAY_HEALTH(&replay, buffers) < 21);
	counting_total(&replay.counting);
	replay_done(&replay);
}

/* Standard input is a pipe for as long as a test needs it. */
struct stdin_pipe {
	int was;
	int writer;
};

static void begin_stdin(struct stdin_pipe *pipe_in)
{
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	pipe_in->was = dup(STDIN_FILENO);
	assert_int_equal(dup2(fds[0], STDIN_FILENO), STDIN_FILENO);
	close(fds[0]);
	pipe_in->writer = fds[1];
}

static void end_stdin(struct stdin_pipe *pipe_in)
{
	if (pipe_in->was >= 0) {
		dup2(pipe_in->was, STDIN_FILENO);
		close(pipe_in->was);
	} else {
		close(STDIN_FILENO);
	}
}

static void begin_reading_stdin(struct replay *replay, struct stdin_pipe *pipe_in)
{
	replay_init(replay);
	replay_add_path(replay, "-");
	begin_stdin(pipe_in);
	counting_begin(&replay->counting);
	replay_start(replay);
}

static void standard_input_is_read_to_its_end(void **state)
{
	static const struct etl_writer_options options = {.buffer_bytes = 1024};
	struct small_recording recording = small_make(&options, 10);
	struct stdin_pipe pipe_in;
	struct replay replay;

	(void)state;
	begin_reading_stdin(&replay, &pipe_in);
	assert_int_equal(write(pipe_in.writer, recording.bytes, 5000), 5000);
	replay_wait(&replay.counting.health.buffers, 4);
	assert_int_equal(write(pipe_in.writer, recording.bytes + 5000, recording.length - 5000),
			 recording.length - 5000);
	close(pipe_in.writer);
	assert_int_equal(replay_finish(&replay), 0);
	end_stdin(&pipe_in);
	assert_files(&replay, 1, 0);
	assert_int_equal(REPLAY_HEALTH(&replay, bytes), recording.length);
	assert_int_equal(replay_damage(&replay), 0);
	small_done(&recording);
	replay_done(&replay);
}

static void a_stop_ends_the_wait_for_standard_input(void **state)
{
	static const struct etl_writer_options options = {.buffer_bytes = 1024};
	struct small_recording recording = small_make(&options, 10);
	size_t sent[] = {0, 1024, 2048}, i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct stdin_pipe pipe_in;
		struct replay replay;

		begin_reading_stdin(&replay, &pipe_in);
		assert_int_equal(write(pipe_in.writer, recording.bytes, sent[i]), sent[i]);
		replay_wait(&replay.counting.health.bytes, sent[i]);
		thread_state_wait_blocked(&replay.thread_state);
		stop_set(replay.counting.stop);
		assert_int_equal(replay_finish(&replay), 0);
		close(pipe_in.writer);
		end_stdin(&pipe_in);
		assert_files(&replay, 0, 0);
		assert_int_equal(REPLAY_HEALTH(&replay, buffers), sent[i] / 1024);
		replay_done(&replay);
	}
	small_done(&recording);
}

/* Zeros in a recording that is not read to its end are not at its end. */
static void zeros_before_a_stop_are_no_damage(void **state)
{
	static const struct etl_writer_options options = {.buffer_bytes = 1024};
	struct small_recording recording = small_make(&options, 2);
	struct stdin_pipe pipe_in;
	struct replay replay;

	(void)state;
	small_insert(&recording, recording.length, 0, 2048);
	begin_reading_stdin(&replay, &pipe_in);
	assert_int_equal(write(pipe_in.writer, recording.bytes, recording.length),
			 recording.length);
	replay_wait(&replay.counting.health.bytes, recording.length);
	thread_state_wait_blocked(&replay.thread_state);
	stop_set(replay.counting.stop);
	assert_int_equal(replay_finish(&replay), 0);
	close(pipe_in.writer);
	end_stdin(&pipe_in);
	assert_int_equal(replay_damage(&replay), 0);
	small_done(&recording);
	replay_done(&replay);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_files_are_read_and_all_bytes_of_them),
		cmocka_unit_test(a_directory_and_a_glob_are_read),
		cmocka_unit_test(files_that_fail_do_not_keep_others_from_being_read),
		cmocka_unit_test(it_fails_where_no_file_can_be_read),
		cmocka_unit_test(it_fails_where_no_file_matches),
		cmocka_unit_test(files_beyond_the_limit_are_counted_as_refused),
		cmocka_unit_test(zeros_at_the_end_are_damage_once),
		cmocka_unit_test(a_file_that_shrinks_while_it_is_read_is_counted),
		cmocka_unit_test(
			a_file_that_is_replaced_while_it_is_read_is_counted_and_read_to_its_end),
		cmocka_unit_test(
			a_file_that_disappears_while_it_is_read_is_counted_and_read_to_its_end),
		cmocka_unit_test(a_file_that_a_stop_cuts_short_is_not_done),
		cmocka_unit_test(standard_input_is_read_to_its_end),
		cmocka_unit_test(a_stop_ends_the_wait_for_standard_input),
		cmocka_unit_test(zeros_before_a_stop_are_no_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
