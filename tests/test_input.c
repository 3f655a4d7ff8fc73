#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exporter/demo.h"
#include "exporter/source/input.h"
#include "tests/support/posix.h"
#include "tests/support/scratch.h"
#include "tests/support/thread_state.h"

static ssize_t read_some(struct input *input, char *to, size_t count)
{
	struct error error;

	return input_read(input, (uint8_t *)to, count, NULL, &error);
}

static void a_file_is_read_to_its_end_in_pieces(void **state)
{
	struct scratch scratch;
	struct input input;
	struct error error;
	char bytes[8] = "";

	(void)state;
	scratch_make(&scratch);
	assert_int_equal(input_open(&input, scratch_file(&scratch, "file", "0123456789"), &error),
			 0);
	assert_int_equal(input.bytes, 10);
	assert_int_equal(input.at, 0);
	assert_int_equal(read_some(&input, bytes, 7), 7);
	assert_memory_equal(bytes, "0123456", 7);
	assert_int_equal(input.at, 7);
	assert_int_equal(read_some(&input, bytes, 7), 3);
	assert_memory_equal(bytes, "789", 3);
	assert_int_equal(read_some(&input, bytes, 7), 0);
	assert_int_equal(input.at, 10);
	input_close(&input);
	input_close(&input);
	scratch_remove(&scratch);
}

static void a_file_is_read_from_where_it_is_sought(void **state)
{
	struct scratch scratch;
	struct input input;
	struct error error;
	char bytes[8] = "";

	(void)state;
	scratch_make(&scratch);
	input_open(&input, scratch_file(&scratch, "file", "0123456789"), &error);
	input_seek(&input, 8);
	assert_int_equal(read_some(&input, bytes, 8), 2);
	assert_memory_equal(bytes, "89", 2);
	assert_int_equal(input.at, 10);
	input_seek(&input, 0);
	assert_int_equal(read_some(&input, bytes, 1), 1);
	assert_memory_equal(bytes, "0", 1);
	input_seek(&input, 1000);
	assert_int_equal(read_some(&input, bytes, 8), 0);
	input_close(&input);
	scratch_remove(&scratch);
}

static void what_is_written_to_a_file_later_is_read_too(void **state)
{
	struct scratch scratch;
	struct input input;
	struct error error;
	char bytes[8] = "";
	FILE *file;

	(void)state;
	scratch_make(&scratch);
	input_open(&input, scratch_file(&scratch, "file", ""), &error);
	assert_int_equal(input.bytes, 0);
	assert_int_equal(read_some(&input, bytes, 8), 0);
	file = fopen(scratch_path(&scratch, "file"), "w");
	assert_non_null(file);
	fputs("more", file);
	fclose(file);
	assert_int_equal(read_some(&input, bytes, 8), 4);
	assert_memory_equal(bytes, "more", 4);
	input_close(&input);
	scratch_remove(&scratch);
}

static int lowest_free(void)
{
	int fd = open(NOWHERE, O_RDONLY);

	close(fd);
	return fd;
}

static void what_cannot_be_opened_is_an_error_that_names_it(void **state)
{
	struct scratch scratch;
	struct input input;
	struct error error = {""};
	int before = lowest_free();
	char expected[600];

	(void)state;
	scratch_make(&scratch);
	assert_int_equal(input_open(&input, scratch_path(&scratch, "none"), &error), -1);
	snprintf(expected, sizeof(expected), "cannot open %.400s: No such file or directory",
		 scratch.path);
	assert_string_equal(error.text, expected);
	assert_int_equal(input_open(&input, scratch_directory(&scratch, "directory"), &error), -1);
	snprintf(expected, sizeof(expected), "cannot read %.400s: it is a directory", scratch.path);
	assert_string_equal(error.text, expected);
	assert_int_equal(input_open(&input, "", &error), -1);
	assert_int_equal(lowest_free(), before);
	scratch_remove(&scratch);
}

static void what_cannot_be_read_is_an_error_that_names_it(void **state)
{
	struct input input;
	struct error error = {""};
	uint8_t bytes[8];

	(void)state;
	posix_needs("/proc");
	/* Memory of this process at an address where there is none. */
	assert_int_equal(input_open(&input, "/proc/self/mem", &error), 0);
	assert_int_equal(input_read(&input, bytes, 8, NULL, &error), -1);
	assert_string_equal(error.text, "cannot read /proc/self/mem: Input/output error");
	assert_int_equal(input.at, 0);
	input_close(&input);
}

static void the_demo_is_read_from_memory(void **state)
{
	uint8_t *bytes = malloc(demo_recording_length + 1);
	struct input input;
	struct error error;
	size_t length = 0;
	ssize_t got;

	(void)state;
	assert_non_null(bytes);
	assert_int_equal(input_open(&input, INPUT_DEMO_PATH, &error), 0);
	assert_int_equal(input.bytes, demo_recording_length);
	while ((got = input_read(&input, bytes + length,
				 65521 < demo_recording_length + 1 - length
					 ? 65521
					 : demo_recording_length + 1 - length,
				 NULL, &error)) > 0)
		length += (size_t)got;
	assert_int_equal(got, 0);
	assert_int_equal(length, demo_recording_length);
	assert_memory_equal(bytes, demo_recording_bytes, length);
	input_seek(&input, demo_recording_length - 1);
	assert_int_equal(input_read(&input, bytes, 2, NULL, &error), 1);
	input_close(&input);
	free(bytes);
}

static void a_place_behind_the_demos_end_is_its_end(void **state)
{
	static const uint64_t behind[] = {0, 1, 1000, UINT64_MAX / 2};
	struct input input;
	struct error error;
	char bytes[8];

	(void)state;
	input_open(&input, INPUT_DEMO_PATH, &error);
	for (size_t i = 0; i < sizeof(behind) / sizeof(behind[0]); i++) {
		input_seek(&input, demo_recording_length + behind[i]);
		assert_int_equal(read_some(&input, bytes, 8), 0);
	}
	input_seek(&input, UINT64_MAX);
	assert_int_equal(read_some(&input, bytes, 8), 0);
	input_close(&input);
}

/* Runs with another standard input, then puts the old one back. */
static void with_stdin(int fd, void (*run)(void))
{
	int saved = dup(STDIN_FILENO);

	if (fd >= 0)
		dup2(fd, STDIN_FILENO);
	else
		close(STDIN_FILENO);
	run();
	if (saved >= 0) {
		dup2(saved, STDIN_FILENO);
		close(saved);
	} else {
		close(STDIN_FILENO);
	}
}

static void read_stdin(void)
{
	struct input input;
	struct error error;
	struct stop *stop = stop_new();
	uint8_t bytes[8];

	assert_int_equal(input_open(&input, INPUT_STDIN_PATH, &error), 0);
	assert_int_equal(input.bytes, 0);
	assert_int_equal(input_read(&input, bytes, 8, stop, &error), 5);
	assert_memory_equal(bytes, "piped", 5);
	assert_int_equal(input_read(&input, bytes, 8, stop, &error), 0);
	assert_int_equal(input.at, 5);
	input_close(&input);
	assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0);
	stop_free(stop);
}

static void standard_input_is_read_and_stays_open(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "piped", 5), 5);
	close(fds[1]);
	with_stdin(fds[0], read_stdin);
	close(fds[0]);
}

static void open_as_stdin(void)
{
	struct input input;
	struct error error;

	assert_int_equal(input_open(&input, "/proc/self/exe", &error), 0);
	assert_int_equal(input.fd, STDIN_FILENO);
	input_close(&input);
	assert_int_equal(fcntl(STDIN_FILENO, F_GETFD), -1);
}

static void a_file_in_the_place_of_standard_input_is_closed(void **state)
{
	(void)state;
	with_stdin(-1, open_as_stdin);
}

struct waiter {
	const char *path;
	struct stop *stop;
	struct thread_state thread;
	struct error error;
	uint8_t bytes[8];
	ssize_t first, second;
};

static void *read_fifo(void *argument)
{
	struct waiter *waiter = argument;
	struct input input;

	thread_state_here(&waiter->thread);
	if (input_open(&input, waiter->path, &waiter->error))
		return NULL;
	waiter->first = input_read(&input, waiter->bytes, 8, waiter->stop, &waiter->error);
	waiter->second = input_read(&input, waiter->bytes, 8, waiter->stop, &waiter->error);
	input_close(&input);
	return NULL;
}

static void make_fifo(struct scratch *scratch)
{
	scratch_make(scratch);
	assert_int_equal(mkfifo(scratch_path(scratch, "fifo"), 0600), 0);
}

static void a_fifo_without_a_writer_is_waited_for_until_the_stop(void **state)
{
	struct waiter waiter = {.stop = stop_new(), .first = -1, .second = -1};
	struct scratch scratch;
	pthread_t thread;

	(void)state;
	make_fifo(&scratch);
	waiter.path = scratch.path;
	assert_int_equal(pthread_create(&thread, NULL, read_fifo, &waiter), 0);
	thread_state_wait_blocked(&waiter.thread);
	stop_set(waiter.stop);
	pthread_join(thread, NULL);
	assert_int_equal(waiter.first, 0);
	assert_int_equal(waiter.second, 0);
	stop_free(waiter.stop);
	scratch_remove(&scratch);
}

static void a_fifo_ends_with_its_writer(void **state)
{
	struct waiter waiter = {.stop = stop_new(), .first = -1, .second = -1};
	struct scratch scratch;
	pthread_t thread;
	int writer;

	(void)state;
	make_fifo(&scratch);
	waiter.path = scratch.path;
	assert_int_equal(pthread_create(&thread, NULL, read_fifo, &waiter), 0);
	thread_state_wait_blocked(&waiter.thread);
	writer = open(waiter.path, O_WRONLY);
	assert_true(writer >= 0);
	thread_state_wait_blocked(&waiter.thread);
	assert_int_equal(write(writer, "abc", 3), 3);
	close(writer);
	pthread_join(thread, NULL);
	assert_int_equal(waiter.first, 3);
	assert_int_equal(waiter.second, 0);
	assert_memory_equal(waiter.bytes, "abc", 3);
	stop_free(waiter.stop);
	scratch_remove(&scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_read_to_its_end_in_pieces),
		cmocka_unit_test(a_file_is_read_from_where_it_is_sought),
		cmocka_unit_test(what_is_written_to_a_file_later_is_read_too),
		cmocka_unit_test(what_cannot_be_opened_is_an_error_that_names_it),
		cmocka_unit_test(what_cannot_be_read_is_an_error_that_names_it),
		cmocka_unit_test(the_demo_is_read_from_memory),
		cmocka_unit_test(a_place_behind_the_demos_end_is_its_end),
		cmocka_unit_test(standard_input_is_read_and_stays_open),
		cmocka_unit_test(a_file_in_the_place_of_standard_input_is_closed),
		cmocka_unit_test(a_fifo_without_a_writer_is_waited_for_until_the_stop),
		cmocka_unit_test(a_fifo_ends_with_its_writer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
