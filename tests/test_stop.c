#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "exporter/system/stop.h"
#include "tests/support/posix.h"
#include "tests/support/scratch.h"
#include "tests/support/thread_state.h"

#define THREADS 8

static void a_stop_is_set_once_and_for_good(void **state)
{
	struct stop *stop = stop_new();

	(void)state;
	assert_non_null(stop);
	assert_false(stop_is_set(stop));
	stop_set(stop);
	assert_true(stop_is_set(stop));
	stop_set(stop);
	assert_true(stop_is_set(stop));
	stop_free(stop);
	stop_free(NULL);
}

/* The descriptor that the first set gave up belongs to somebody else by then. */
static void a_second_set_closes_nothing(void **state)
{
	struct stop *stop = stop_new();
	int fds[4];

	(void)state;
	stop_set(stop);
	for (int i = 0; i < 4; i++)
		fds[i] = open(NOWHERE, O_RDONLY);
	stop_set(stop);
	stop_free(stop);
	for (int i = 0; i < 4; i++) {
		assert_true(fcntl(fds[i], F_GETFD) >= 0);
		close(fds[i]);
	}
}

static void stops_that_are_freed_leave_no_descriptors(void **state)
{
	int before = open(NOWHERE, O_RDONLY), after;

	(void)state;
	close(before);
	for (int i = 0; i < 5000; i++) {
		struct stop *stop = stop_new();

		assert_non_null(stop);
		if (i % 2)
			stop_set(stop);
		stop_free(stop);
	}
	after = open(NOWHERE, O_RDONLY);
	close(after);
	assert_int_equal(after, before);
}

static uint64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void a_wait_ends_after_its_time(void **state)
{
	static const uint64_t waits[] = {0, 1, 999, 1000000, 20000000};
	struct stop *stop = stop_new();

	(void)state;
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		uint64_t began = monotonic_ns();

		assert_false(stop_wait(stop, waits[i]));
		assert_true(monotonic_ns() - began >= waits[i]);
	}
	stop_free(stop);
}

static void a_set_stop_is_not_waited_for(void **state)
{
	struct stop *stop = stop_new();

	(void)state;
	stop_set(stop);
	assert_true(stop_wait(stop, 0));
	assert_true(stop_wait(stop, UINT64_MAX));
	assert_true(stop_wait_readable(stop, -1));
	stop_free(stop);
}

struct waiter {
	struct stop *stop;
	int fd; /* -1: for the time */
	struct thread_state thread;
	pthread_t id;
	bool result;
};

static void *wait_in_thread(void *argument)
{
	struct waiter *waiter = argument;

	thread_state_here(&waiter->thread);
	waiter->result = waiter->fd < 0 ? stop_wait(waiter->stop, UINT64_MAX)
					: stop_wait_readable(waiter->stop, waiter->fd);
	return NULL;
}

static void start(struct waiter *waiter)
{
	assert_int_equal(pthread_create(&waiter->id, NULL, wait_in_thread, waiter), 0);
	thread_state_wait_blocked(&waiter->thread);
}

static void all_who_wait_are_woken(void **state)
{
	struct stop *stop = stop_new();
	struct waiter waiters[THREADS] = {0};
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	for (int i = 0; i < THREADS; i++) {
		waiters[i].stop = stop;
		waiters[i].fd = i % 2 ? fds[0] : -1;
		start(&waiters[i]);
	}
	stop_set(stop);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(waiters[i].id, NULL);
		assert_true(waiters[i].result);
	}
	close(fds[0]);
	close(fds[1]);
	stop_free(stop);
}

static void ignore(int signal)
{
	(void)signal;
}

static void a_signal_does_not_end_a_wait(void **state)
{
	struct sigaction action = {.sa_handler = ignore}, before;
	struct stop *stop = stop_new();
	int fds[2];

	(void)state;
	assert_int_equal(sigaction(SIGUSR1, &action, &before), 0);
	assert_int_equal(pipe(fds), 0);
	for (int readable = 0; readable < 2; readable++) {
		struct waiter waiter = {.stop = stop, .fd = readable ? fds[0] : -1};

		if (readable) {
			stop_free(stop);
			stop = stop_new();
			waiter.stop = stop;
		}
		start(&waiter);
		for (int i = 0; i < 5; i++) {
			pthread_kill(waiter.id, SIGUSR1);
			thread_state_wait_blocked(&waiter.thread);
		}
		stop_set(stop);
		pthread_join(waiter.id, NULL);
		assert_true(waiter.result);
	}
	sigaction(SIGUSR1, &before, NULL);
	close(fds[0]);
	close(fds[1]);
	stop_free(stop);
}

static void what_can_be_read_ends_the_wait_for_it(void **state)
{
	struct stop *stop = stop_new();
	struct waiter waiter = {.stop = stop};
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	waiter.fd = fds[0];
	start(&waiter);
	assert_int_equal(write(fds[1], "x", 1), 1);
	pthread_join(waiter.id, NULL);
	assert_false(waiter.result);
	assert_false(stop_wait_readable(stop, fds[0]));
	close(fds[1]);
	/* The byte, then the end. */
	assert_false(stop_wait_readable(stop, fds[0]));
	assert_int_equal(read(fds[0], (char[1]){0}, 1), 1);
	assert_false(stop_wait_readable(stop, fds[0]));
	/* The stop comes first, whatever can be read. */
	stop_set(stop);
	assert_true(stop_wait_readable(stop, fds[0]));
	close(fds[0]);
	stop_free(stop);
}

static void a_file_can_always_be_read(void **state)
{
	struct stop *stop = stop_new();
	struct scratch scratch;
	int fd;

	(void)state;
	scratch_make(&scratch);
	fd = open(scratch_file(&scratch, "file", ""), O_RDONLY);
	assert_true(fd >= 0);
	assert_false(stop_wait_readable(stop, fd));
	close(fd);
	/* One that is not open is not waited for: reading it says what is wrong. */
	assert_false(stop_wait_readable(stop, fd));
	stop_free(stop);
	scratch_remove(&scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stop_is_set_once_and_for_good),
		cmocka_unit_test(a_second_set_closes_nothing),
		cmocka_unit_test(stops_that_are_freed_leave_no_descriptors),
		cmocka_unit_test(a_wait_ends_after_its_time),
		cmocka_unit_test(a_set_stop_is_not_waited_for),
		cmocka_unit_test(all_who_wait_are_woken),
		cmocka_unit_test(a_signal_does_not_end_a_wait),
		cmocka_unit_test(what_can_be_read_ends_the_wait_for_it),
		cmocka_unit_test(a_file_can_always_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
