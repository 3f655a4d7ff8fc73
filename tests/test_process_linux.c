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
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "exporter/exporter_metrics.h"

/* The sample of that name on the page of the process; -1: it is not there. */
static double sample(const char *name)
{
	struct text text;
	struct exposition exposition = {.out = &text, .format = EXPOSITION_TEXT};
	char line[100];
	const char *at;
	double value = -1;

	text_init(&text, 1 << 20);
	process_metrics_collect(&exposition, NULL);
	text_char(&text, '\0');
	assert_false(text.failed);
	snprintf(line, sizeof(line), "\n%s ", name);
	at = strstr(text.bytes, line);
	if (at)
		value = strtod(at + strlen(line), NULL);
	text_done(&text);
	return value;
}

static void memory_threads_and_times_are_those_of_the_process(void **state)
{
	double now = (double)time(NULL), start = sample("process_start_time_seconds");

	(void)state;
	assert_true(sample("process_resident_memory_bytes") > 65536);
	assert_true(sample("process_virtual_memory_bytes") >=
		    sample("process_resident_memory_bytes"));
	assert_true(sample("process_threads") >= 1);
	/* This program has run for minutes at most; the boot is known to a second. */
	assert_true(start > now - 3600 && start < now + 2);
}

static void cpu_time_goes_on(void **state)
{
	struct timespec used;
	double before = sample("process_cpu_seconds_total"), spent;

	(void)state;
	assert_true(before >= 0);
	do {
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
		spent = (double)used.tv_sec + (double)used.tv_nsec / 1e9;
	} while (spent < before + 0.05);
	assert_true(sample("process_cpu_seconds_total") > before);
	assert_true(sample("process_cpu_seconds_total") < spent + 1);
}

static void *wait_for_end(void *argument)
{
	char byte;

	return read(*(int *)argument, &byte, 1) < 0 ? argument : NULL;
}

static void a_thread_more_is_one_more(void **state)
{
	double before = sample("process_threads");
	pthread_t thread;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(pthread_create(&thread, NULL, wait_for_end, &fds[0]), 0);
	assert_true(sample("process_threads") >= before + 1);
	close(fds[1]);
	pthread_join(thread, NULL);
	close(fds[0]);
}

static void open_files_are_counted_without_the_look_itself(void **state)
{
	double before = sample("process_open_fds");
	struct rlimit limit;
	int fds[3];

	(void)state;
	assert_true(before >= 0);
	for (int i = 0; i < 3; i++)
		fds[i] = open("/dev/null", O_RDONLY);
	assert_true(sample("process_open_fds") == before + 3);
	for (int i = 0; i < 3; i++)
		close(fds[i]);
	assert_true(sample("process_open_fds") == before);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_true(sample("process_max_fds") == (double)limit.rlim_cur);
}

static void a_name_of_any_bytes_is_no_obstacle(void **state)
{
	static const char *const names[] = {"a b", "a) R 1 2", "((", ")", "a\nb) S", "\n"};
	char before[16];

	(void)state;
	prctl(PR_GET_NAME, before);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(prctl(PR_SET_NAME, names[i]), 0);
		assert_true(sample("process_resident_memory_bytes") > 65536);
		assert_true(sample("process_threads") >= 1);
	}
	prctl(PR_SET_NAME, before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_threads_and_times_are_those_of_the_process),
		cmocka_unit_test(cpu_time_goes_on),
		cmocka_unit_test(a_thread_more_is_one_more),
		cmocka_unit_test(open_files_are_counted_without_the_look_itself),
		cmocka_unit_test(a_name_of_any_bytes_is_no_obstacle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
