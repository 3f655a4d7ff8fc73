/* Recordings that are still written, on real files. A poll is a millisecond. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/posix.h"
#include "tests/support/random.h"
#include "tests/support/replay.h"

#define HEADER_END_TIME_AT 0x78 /* in a header buffer of a 64-bit session */
#define EVENTS_LOST_AT	   0x98

static void begin(struct replay *replay, const char *name)
{
	replay_init(replay);
	replay->counting.config.follow = true;
	replay_add_name(replay, name);
}

static void start(struct replay *replay)
{
	counting_begin(&replay->counting);
	replay_start(replay);
}

static void finish(struct replay *replay)
{
	stop_set(replay->counting.stop);
	assert_int_equal(replay_finish(replay), 0);
	assert_int_equal(REPLAY_HEALTH(replay, files_open), 0);
	counting_total(&replay->counting);
}

static void write_at(const char *path, size_t at, const void *bytes, size_t count)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0644);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, count, (off_t)at), count);
	close(fd);
}

static void write_u32(const char *path, size_t at, uint32_t value)
{
	uint8_t bytes[4];

	put_le32(bytes, value);
	write_at(path, at, bytes, sizeof(bytes));
}

static uint64_t events_of(const struct small_recording *recording)
{
	struct counting counting;
	uint64_t total;

	counting_init(&counting, 0, 0);
	counting_feed_all(&counting, recording->bytes, recording->length);
	total = counting_total(&counting);
	counting_done(&counting);
	return total;
}

/* Returns when every file has been looked at once more, by a new one that is looked at, too. */
static void pass_round(struct replay *replay)
{
	static const struct etl_writer_options options = {.buffer_bytes = 1024};
	uint64_t done = REPLAY_HEALTH(replay, files_done);
	char name[32];

	snprintf(name, sizeof(name), "z%d.etl", (int)done);
	replay_save(replay, name, &options, 0);
	replay_wait(&replay->counting.health.files_done, done + 1);
}

static void assert_appended(const struct etl_writer_options *options, uint32_t step)
{
	struct small_recording recording = small_make(options, 20);
	struct random random = {step};
	struct replay replay;
	size_t at = 0, count;

	begin(&replay, "a.etl");
	start(&replay);
	while (at < recording.length) {
		count = 1 + random_below(&random, step);
		if (count > recording.length - at)
			count = recording.length - at;
		write_at(replay.paths[0], at, recording.bytes + at, count);
		at += count;
	}
	replay_wait(&replay.counting.health.bytes, recording.length);
	assert_int_equal(REPLAY_HEALTH(&replay, files_done), 0);
	assert_int_equal(REPLAY_HEALTH(&replay, files_open), 1);
	write_u32(replay.paths[0], EVENTS_LOST_AT, 7);
	write_u32(replay.paths[0], HEADER_END_TIME_AT, 133600000);
	write_u32(replay.paths[0], HEADER_END_TIME_AT + 4, 31083000);
	replay_wait(&replay.counting.health.files_done, 1);
	finish(&replay);
	assert_int_equal(REPLAY_HEALTH(&replay, bytes), recording.length);
	assert_int_equal(REPLAY_HEALTH(&replay, events), events_of(&recording));
	assert_int_equal(REPLAY_HEALTH(&replay, buffers), recording.count);
	assert_int_equal(REPLAY_HEALTH(&replay, events_lost), 7);
	assert_int_equal(replay_damage(&replay), 0);
	small_done(&recording);
	replay_done(&replay);
}

static void what_is_appended_is_counted_once(void **state)
{
	static const struct etl_writer_options plain = {.buffer_bytes = 4096,
							.not_finalised = true};
	static const struct etl_writer_options compressed = {.compressed = true,
							     .not_finalised = true};

	(void)state;
	assert_appended(&plain, 4096);
	assert_appended(&plain, 300);
	assert_appended(&compressed, 1000);
	assert_appended(&compressed, 100);
}

static void new_files_are_picked_up(void **state)
{
	static const struct etl_writer_options running = {.not_finalised = true};
	struct replay replay;

	(void)state;
	begin(&replay, "*.etl");
	start(&replay);
	replay_save(&replay, "a.etl", NULL, 1);
	replay_wait(&replay.counting.health.files_done, 1);
	replay_save(&replay, "b.etl", &running, 1);
	replay_wait(&replay.counting.health.buffers, 4);
	assert_int_equal(REPLAY_HEALTH(&replay, files_open), 1);
	replay_save(&replay, "c.etl", NULL, 1);
	replay_wait(&replay.counting.health.files_done, 2);
	finish(&replay);
	assert_int_equal(REPLAY_HEALTH(&replay, buffers), 6);
	assert_int_equal(REPLAY_HEALTH(&replay, files_failed), 0);
	replay_done(&replay);
}

static const struct etl_writer_options another = {
	.buffer_bytes = 4096, .start_filetime = 133500000000000000 + 10000000, .events_lost = 3};

static void a_file_that_is_replaced_is_read_anew(void **state)
{
	struct replay replay;
	char *path;

	(void)state;
	begin(&replay, "a.etl");
	replay_save(&replay, "a.etl", NULL, 5);
	start(&replay);
	replay_wait(&replay.counting.health.files_done, 1);
	replay_save(&replay, "new", &another, 8);
	path = strdup(scratch_path(&replay.scratch, "new"));
	assert_int_equal(rename(path, replay.paths[0]), 0);
	replay_wait(&replay.counting.health.files_done, 2);
	finish(&replay);
	assert_int_equal(REPLAY_HEALTH(&replay, file_changes[FILE_CHANGE_REPLACED]), 1);
	assert_int_equal(REPLAY_HEALTH(&replay, buffers), 6 + 9);
	assert_int_equal(REPLAY_HEALTH(&replay, bytes), 6 * 65536 + 9 * 4096);
	assert_int_equal(REPLAY_HEALTH(&replay, events_lost), 3);
	assert_int_equal(replay_damage(&replay), 0);
	free(path);
	replay_done(&replay);
}

static void a_file_that_is_written_over_is_read_anew(void **state)
{
	struct small_recording recording = small_make(&another, 3);
	struct replay replay;

	(void)state;
	begin(&replay, "a.etl");
	replay_save(&replay, "a.etl", NULL, 5);
	start(&replay);
	replay_wait(&replay.counting.health.files_done, 1);
	etl_save(replay.paths[0], recording.bytes, recording.length);
	replay_wait(&replay.counting.health.files_done, 2);
	finish(&replay);
	assert_int_equal(REPLAY_HEALTH(&replay, file_changes[FILE_CHANGE_SHRUNK]) +
				 REPLAY_HEALTH(&replay, file_changes[FILE_CHANGE_REPLACED]),
			 1);
	assert_int_equal(REPLAY_HEALTH(&replay, buffers), 6 + 4);
	assert_int_equal(replay_damage(&replay), 0);
	small_done(&recording);
	replay_done(&replay);
}

static void a_file_that_disappears_is_counted_and_not_read_again_when_it_is_back(void **state)
{
	struct replay replay;
	char *away;

	(void)state;
	begin(&replay, "*.etl");
	replay_save(&replay, "a.etl", NULL, 5);
	start(&replay);
	replay_wait(&replay.counting.health.files_done, 1);
	away = strdup(scratch_path(&replay.scratch, "away"));
	assert_int_equal(rename(scratch_path(&replay.scratch, "a.etl"), away), 0);
	replay_wait(&replay.counting.health.file_changes[FILE_CHANGE_DISAPPEARED], 1);
	assert_int_equal(rename(away, scratch_path(&replay.scratch, "a.etl")), 0);
	pass_round(&replay);
	pass_round(&replay);
	finish(&replay);
	assert_int_equal(REPLAY_HEALTH(&replay, buffers), 6 + 2);
	assert_int_equal(REPLAY_HEALTH(&replay, file_changes[FILE_CHANGE_DISAPPEARED]), 1);
	assert_int_equal(REPLAY_HEALTH(&replay, file_changes[FILE_CHANGE_REPLACED]), 0);
	free(away);
	replay_done(&replay);
}

/* At every moment of a look. */
static void a_file_that_comes_and_goes_has_not_failed(void **state)
{
	struct replay replay;
	char *away, *there;
	int i;

	(void)state;
	begin(&replay, "*.etl");
	replay_save(&replay, "a.etl", NULL, 5);
	start(&replay);
	replay_wait(&replay.counting.health.files_done, 1);
	away = strdup(scratch_path(&replay.scratch, "away"));
	there = strdup(scratch_path(&replay.scratch, "a.etl"));
	for (i = 0; i < 5000; i++) {
		assert_int_equal(rename(there, away), 0);
		assert_int_equal(rename(away, there), 0);
	}
	finish(&replay);
	assert_int_equal(REPLAY_HEALTH(&replay, files_failed), 0);
	assert_int_equal(REPLAY_HEALTH(&replay, files_done), 1);
	assert_int_equal(REPLAY_HEALTH(&replay, buffers), 6);
	free(away);
	free(there);
	replay_done(&replay);
}

static void a_circular_recording_is_read_when_it_is_finalised(void **state)
{
	struct etl_writer_options options = {.log_file_mode = 2, .not_finalised = true};
	struct replay replay;

	(void)state;
	begin(&replay, "*.etl");
	replay_save(&replay, "a.etl", &options, 5);
	start(&replay);
	pass_round(&replay);
	assert_int_equal(REPLAY_HEALTH(&replay, bytes), 1024);
	options.not_finalised = false;
	replay_save(&replay, "a.etl", &options, 5);
	replay_wait(&replay.counting.health.files_done, 2);
	finish(&replay);
	assert_int_equal(REPLAY_HEALTH(&replay, buffers), 6 + 1);
	replay_done(&replay);
}

static void zeros_that_are_written_later_are_waited_for(void **state)
{
	struct etl_writer_options options = {
		.buffer_bytes = 4096, .log_file_mode = 0x21, .not_finalised = true};
	struct small_recording recording = small_make(&options, 10);
	struct replay replay;
	size_t i;

	(void)state;
	begin(&replay, "*.etl");
	replay_save(&replay, "a.etl", &options, 0);
	assert_int_equal(truncate(scratch_path(&replay.scratch, "a.etl"), 20 * 4096), 0);
	start(&replay);
	for (i = 0; i < recording.count; i++) {
		replay_wait(&replay.counting.health.buffers, i);
		write_at(scratch_path(&replay.scratch, "a.etl"), recording.at[i],
			 recording.bytes + recording.at[i], recording.size[i]);
	}
	replay_wait(&replay.counting.health.buffers, recording.count);
	assert_int_equal(REPLAY_HEALTH(&replay, bytes), recording.length);
	write_u32(scratch_path(&replay.scratch, "a.etl"), HEADER_END_TIME_AT + 4, 31083000);
	replay_wait(&replay.counting.health.files_done, 1);
	finish(&replay);
	assert_int_equal(REPLAY_HEALTH(&replay, buffers), recording.count);
	assert_int_equal(REPLAY_HEALTH(&replay, bytes), 20 * 4096);
	assert_int_equal(replay_damage(&replay), 0);
	small_done(&recording);
	replay_done(&replay);
}

static void zeros_at_the_end_of_a_finalised_recording_are_damage_once(void **state)
{
	static const struct etl_writer_options options = {.buffer_bytes = 4096};
	struct replay replay;

	(void)state;
	begin(&replay, "*.etl");
	replay_save(&replay, "a.etl", &options, 3);
	assert_int_equal(truncate(scratch_path(&replay.scratch, "a.etl"), 20 * 4096), 0);
	start(&replay);
	replay_wait(&replay.counting.health.files_done, 1);
	pass_round(&replay);
	finish(&replay);
	assert_int_equal(REPLAY_HEALTH(&replay, malformed[MALFORMED_BUFFER_ZEROS]), 1);
	assert_int_equal(replay_damage(&replay), 1);
	assert_int_equal(REPLAY_HEALTH(&replay, bytes), 20 * 4096 + 1024);
	replay_done(&replay);
}

static void a_file_that_cannot_be_read_is_tried_again(void **state)
{
	struct replay replay;

	(void)state;
	begin(&replay, "a.etl");
	replay_save(&replay, "a.etl", NULL, 2);
	scratch_close(&replay.scratch, "a.etl");
	start(&replay);
	replay_wait(&replay.counting.health.files_failed, 1);
	assert_int_equal(REPLAY_HEALTH(&replay, files_open), 0);
	scratch_open(&replay.scratch, "a.etl");
	replay_wait(&replay.counting.health.files_done, 1);
	finish(&replay);
	assert_int_equal(REPLAY_HEALTH(&replay, files_failed), 1);
	assert_int_equal(REPLAY_HEALTH(&replay, buffers), 3);
	replay_done(&replay);
}

static void a_file_that_was_read_is_done_once_though_it_fails_for_a_while(void **state)
{
	struct replay replay;

	(void)state;
	begin(&replay, "*.etl");
	replay_save(&replay, "a.etl", NULL, 2);
	start(&replay);
	replay_wait(&replay.counting.health.files_done, 1);
	scratch_close(&replay.scratch, "a.etl");
	replay_wait(&replay.counting.health.files_failed, 1);
	scratch_open(&replay.scratch, "a.etl");
	pass_round(&replay);
	pass_round(&replay);
	finish(&replay);
	assert_int_equal(REPLAY_HEALTH(&replay, files_done), 1 + 2);
	assert_int_equal(REPLAY_HEALTH(&replay, buffers), 3 + 2);
	replay_done(&replay);
}

static void what_is_no_recording_has_failed_until_it_is_one(void **state)
{
	struct replay replay;
	char *text;
	size_t i;

	(void)state;
	begin(&replay, "*.etl");
	text = calloc(1, 100001);
	assert_non_null(text);
	memset(text, 'x', 100000);
	scratch_file(&replay.scratch, "a.etl", text);
	start(&replay);
	replay_wait(&replay.counting.health.files_failed, 1);
	for (i = 0; i < 3; i++)
		pass_round(&replay);
	assert_int_equal(REPLAY_HEALTH(&replay, files_failed), 1);
	/* However often it is tried, no byte is counted twice. */
	assert_true(REPLAY_HEALTH(&replay, bytes) <= 100000 + 3 * 1024);
	replay_save(&replay, "new", &another, 2);
	free(text);
	text = strdup(scratch_path(&replay.scratch, "new"));
	assert_int_equal(rename(text, scratch_path(&replay.scratch, "a.etl")), 0);
	replay_wait(&replay.counting.health.files_done, 4);
	finish(&replay);
	assert_int_equal(REPLAY_HEALTH(&replay, buffers), 3 + 3);
	free(text);
	replay_done(&replay);
}

/* A writer that says nothing would halt the session, stop or not. */
static void what_is_no_regular_file_is_not_waited_for(void **state)
{
	struct replay replay;
	int writer;

	(void)state;
	begin(&replay, "*.etl");
	assert_int_equal(mkfifo(scratch_path(&replay.scratch, "a.etl"), 0644), 0);
	writer = open(scratch_path(&replay.scratch, "a.etl"), O_RDWR);
	assert_true(writer >= 0);
	start(&replay);
	replay_wait(&replay.counting.health.files_failed, 1);
	pass_round(&replay);
	finish(&replay);
	assert_int_equal(REPLAY_HEALTH(&replay, files_failed), 1);
	assert_non_null(strstr(counting_log(&replay.counting), "not a regular file"));
	close(writer);
	replay_done(&replay);
}

static void a_stop_while_the_queue_is_full_ends_it(void **state)
{
	static const struct etl_writer_options options = {.buffer_bytes = 256 << 10};
	struct replay replay;

	(void)state;
	begin(&replay, "a.etl");
	replay_save(&replay, "a.etl", &options, 20);
	replay_start(&replay);
	thread_state_wait_blocked(&replay.thread_state);
	stop_set(replay.counting.stop);
	counting_begin(&replay.counting);
	finish(&replay);
	assert_int_equal(REPLAY_HEALTH(&replay, files_done), 0);
	assert_true(REPLAY_HEALTH(&replay, buffers) < 21);
	assert_int_equal(replay_damage(&replay), 0);
	replay_done(&replay);
}

static void a_stop_may_come_at_any_moment(void **state)
{
	struct random random = {1};
	size_t i, j, moments;

	(void)state;
	for (i = 0; i < 40; i++) {
		struct replay replay;

		begin(&replay, "*.etl");
		replay_save(&replay, "a.etl", &another, 30);
		replay_save(&replay, "b.etl", NULL, 20);
		start(&replay);
		moments = random_below(&random, 3000);
		for (j = 0; j < moments; j++)
			replay_seconds();
		finish(&replay);
		assert_int_equal(replay_damage(&replay), 0);
		replay_done(&replay);
	}
}

static void files_beyond_the_limit_are_refused_once(void **state)
{
	struct replay replay;

	(void)state;
	begin(&replay, "*.etl");
	replay.counting.limits.files = 2;
	replay_save(&replay, "a.etl", &another, 1);
	replay_save(&replay, "b.etl", &another, 1);
	replay_save(&replay, "c.etl", &another, 1);
	start(&replay);
	replay_wait(&replay.counting.health.files_done, 2);
	replay_save(&replay, "d.etl", &another, 1);
	replay_wait(&replay.counting.health.files_refused, 2);
	finish(&replay);
	assert_int_equal(REPLAY_HEALTH(&replay, files_refused), 2);
	assert_int_equal(REPLAY_HEALTH(&replay, files_done), 2);
	replay_done(&replay);
}

struct run {
	void *source;
	struct error error;
	int result;
	pthread_t thread;
};

static void *run_thread(void *argument)
{
	struct run *run = argument;

	run->result = etl_source.run(run->source, &run->error);
	return NULL;
}

static void run_again(struct run *run)
{
	assert_int_equal(pthread_create(&run->thread, NULL, run_thread, run), 0);
}

static void it_goes_on_where_it_was_after_a_failure(void **state)
{
	static const struct etl_writer_options running = {.not_finalised = true};
	struct small_recording more = small_make(&running, 5);
	struct replay replay;
	struct run run;

	(void)state;
	begin(&replay, "folder/*.etl");
	scratch_directory(&replay.scratch, "folder");
	replay_save(&replay, "folder/a.etl", &running, 5);
	counting_begin(&replay.counting);
	run.source = etl_source.open(&replay.counting.context, &replay.error);
	assert_non_null(run.source);
	run_again(&run);
	replay_wait(&replay.counting.health.buffers, 6);
	scratch_close(&replay.scratch, "folder");
	pthread_join(run.thread, NULL);
	scratch_open(&replay.scratch, "folder");
	assert_int_equal(run.result, -1);
	assert_non_null(strstr(run.error.text, "Permission denied"));
	write_at(scratch_path(&replay.scratch, "folder/a.etl"), more.length,
		 more.bytes + more.at[1], more.size[1]);
	run_again(&run);
	replay_wait(&replay.counting.health.buffers, 7);
	stop_set(replay.counting.stop);
	pthread_join(run.thread, NULL);
	etl_source.close(run.source);
	counting_end(&replay.counting);
	assert_int_equal(run.result, 0);
	assert_int_equal(REPLAY_HEALTH(&replay, bytes), 7 * 65536);
	assert_int_equal(replay_damage(&replay), 0);
	small_done(&more);
	replay_done(&replay);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_appended_is_counted_once),
		cmocka_unit_test(new_files_are_picked_up),
		cmocka_unit_test(a_file_that_is_replaced_is_read_anew),
		cmocka_unit_test(a_file_that_is_written_over_is_read_anew),
		cmocka_unit_test(
			a_file_that_disappears_is_counted_and_not_read_again_when_it_is_back),
		cmocka_unit_test(a_file_that_comes_and_goes_has_not_failed),
		cmocka_unit_test(a_circular_recording_is_read_when_it_is_finalised),
		cmocka_unit_test(zeros_that_are_written_later_are_waited_for),
		cmocka_unit_test(zeros_at_the_end_of_a_finalised_recording_are_damage_once),
		cmocka_unit_test(a_file_that_cannot_be_read_is_tried_again),
		cmocka_unit_test(a_file_that_was_read_is_done_once_though_it_fails_for_a_while),
		cmocka_unit_test(what_is_no_recording_has_failed_until_it_is_one),
		cmocka_unit_test(what_is_no_regular_file_is_not_waited_for),
		cmocka_unit_test(a_stop_while_the_queue_is_full_ends_it),
		cmocka_unit_test(a_stop_may_come_at_any_moment),
		cmocka_unit_test(files_beyond_the_limit_are_refused_once),
		cmocka_unit_test(it_goes_on_where_it_was_after_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
