#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <time.h>

#include "exporter/source/pacer.h"
#include "tests/support/thread_state.h"

#define MS     UINT64_C(1000000)
#define SECOND (1000 * MS)
#define HOUR   (3600 * SECOND)
#define START  INT64_C(1700000000000000000)
#define ORIGIN UINT64_C(5000000000)

/* A recording whose clock counts nanoseconds. */
static struct etl_header make_header(void)
{
	return (struct etl_header){
		.start_unix_ns = START,
		.clock = {CLOCK_QPC, ORIGIN, START, SECOND},
	};
}

static uint64_t now_ns(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

static void a_buffer_is_due_as_long_after_the_beginning_as_it_was_flushed(void **state)
{
	struct etl_header header = make_header();
	struct stop *stop = stop_new();
	struct pacer pacer = {0};
	uint64_t began = now_ns(CLOCK_MONOTONIC);

	(void)state;
	assert_false(pacer_wait(&pacer, &header, ORIGIN, stop));
	for (uint64_t ms = 5; ms <= 40; ms += 5) {
		assert_false(pacer_wait(&pacer, &header, ORIGIN + ms * MS, stop));
		assert_true(now_ns(CLOCK_MONOTONIC) - began >= ms * MS);
	}
	stop_free(stop);
}

struct waiter {
	struct pacer pacer;
	struct etl_header header;
	uint64_t timestamp;
	struct stop *stop;
	struct thread_state thread;
	bool result;
};

static void *wait_in_thread(void *argument)
{
	struct waiter *waiter = argument;

	thread_state_here(&waiter->thread);
	waiter->result =
		pacer_wait(&waiter->pacer, &waiter->header, waiter->timestamp, waiter->stop);
	return NULL;
}

static void assert_waits_until_stopped(struct pacer pacer, struct etl_header header,
				       uint64_t timestamp)
{
	struct waiter waiter = {pacer, header, timestamp, stop_new(), {0}, false};
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, wait_in_thread, &waiter), 0);
	thread_state_wait_blocked(&waiter.thread);
	stop_set(waiter.stop);
	pthread_join(thread, NULL);
	assert_true(waiter.result);
	stop_free(waiter.stop);
}

static void assert_does_not_wait(struct pacer pacer, struct etl_header header, uint64_t timestamp)
{
	struct stop *stop = stop_new();

	/* What it would wait for is an hour and more away: a test that hangs has failed. */
	assert_false(pacer_wait(&pacer, &header, timestamp, stop));
	stop_set(stop);
	assert_true(pacer_wait(&pacer, &header, timestamp, stop));
	stop_free(stop);
}

static void a_stop_ends_the_wait(void **state)
{
	(void)state;
	assert_waits_until_stopped((struct pacer){0}, make_header(), ORIGIN + HOUR);
	assert_waits_until_stopped((struct pacer){0}, make_header(), ORIGIN + 23 * HOUR);
}

static void a_time_that_cannot_be_right_is_not_waited_for(void **state)
{
	struct etl_header header = make_header(), unknown = make_header();

	(void)state;
	assert_does_not_wait((struct pacer){0}, header, ORIGIN + 24 * HOUR + 1);
	assert_does_not_wait((struct pacer){0}, header, ORIGIN + 10000 * HOUR);
	assert_does_not_wait((struct pacer){0}, header, UINT64_MAX);
	assert_does_not_wait((struct pacer){0}, header, ORIGIN);
	assert_does_not_wait((struct pacer){0}, header, ORIGIN - 1);
	assert_does_not_wait((struct pacer){0}, header, 0);
	unknown.clock.type = CLOCK_UNKNOWN;
	assert_does_not_wait((struct pacer){0}, unknown, ORIGIN + HOUR);
	assert_does_not_wait((struct pacer){0}, (struct etl_header){0}, ORIGIN + HOUR);
}

static void a_time_after_the_recordings_end_is_not_waited_for(void **state)
{
	struct etl_header header = make_header();

	(void)state;
	header.end_unix_ns = START + (int64_t)HOUR;
	assert_waits_until_stopped((struct pacer){0}, header, ORIGIN + HOUR);
	/* A little later can be. */
	assert_waits_until_stopped((struct pacer){0}, header, ORIGIN + HOUR + 30 * SECOND);
	assert_does_not_wait((struct pacer){0}, header, ORIGIN + HOUR + 61 * SECOND);
	assert_does_not_wait((struct pacer){0}, header, ORIGIN + 5 * HOUR);
}

/* One time too late does not make all that follow late, nor one too early. */
static void a_wrong_time_changes_nothing_for_the_next(void **state)
{
	struct etl_header header = make_header();
	struct stop *stop = stop_new();
	struct pacer pacer = {0};

	(void)state;
	pacer_wait(&pacer, &header, ORIGIN, stop);
	assert_false(pacer_wait(&pacer, &header, ORIGIN + 25 * HOUR, stop));
	assert_false(pacer_wait(&pacer, &header, 0, stop));
	assert_false(pacer_wait(&pacer, &header, ORIGIN + MS, stop));
	assert_waits_until_stopped(pacer, header, ORIGIN + HOUR);
	assert_waits_until_stopped(pacer, header, ORIGIN + 24 * HOUR);
	stop_free(stop);
}

static void the_shift_is_from_the_recordings_beginning_to_the_replays(void **state)
{
	struct etl_header header = make_header();
	struct stop *stop = stop_new();
	struct pacer pacer = {0};
	int64_t before = (int64_t)now_ns(CLOCK_REALTIME), after, shift;

	(void)state;
	pacer_wait(&pacer, &header, ORIGIN, stop);
	after = (int64_t)now_ns(CLOCK_REALTIME);
	shift = pacer.shift_ns;
	assert_true(shift >= before - START && shift <= after - START);
	pacer_wait(&pacer, &header, ORIGIN + MS, stop);
	assert_int_equal(pacer.shift_ns, shift);
	stop_free(stop);
}

static void the_next_recording_begins_its_own_replay(void **state)
{
	struct etl_header first = make_header(), second = make_header();
	struct stop *stop = stop_new();
	struct pacer pacer = {0};

	(void)state;
	second.start_unix_ns = second.clock.origin_unix_ns = START - (int64_t)(100 * HOUR);
	pacer_wait(&pacer, &first, ORIGIN + MS, stop);
	assert_false(pacer_is_due(&pacer, &second, ORIGIN));
	pacer_wait(&pacer, &second, ORIGIN, stop);
	assert_true(pacer.shift_ns >= (int64_t)now_ns(CLOCK_REALTIME) - START);
	assert_true(pacer_is_due(&pacer, &second, ORIGIN));
	assert_false(pacer_is_due(&pacer, &second, ORIGIN + HOUR));
	stop_free(stop);
}

static void what_need_not_wait_is_known_beforehand(void **state)
{
	struct etl_header header = make_header();
	struct stop *stop = stop_new();
	struct pacer pacer = {0};

	(void)state;
	assert_false(pacer_is_due(&pacer, &header, ORIGIN));
	pacer_wait(&pacer, &header, ORIGIN, stop);
	assert_true(pacer_is_due(&pacer, &header, ORIGIN));
	assert_true(pacer_is_due(&pacer, &header, ORIGIN + 1));
	assert_true(pacer_is_due(&pacer, &header, ORIGIN + 25 * HOUR));
	assert_false(pacer_is_due(&pacer, &header, ORIGIN + HOUR));
	assert_false(pacer_is_due(&pacer, &header, ORIGIN + 24 * HOUR));
	stop_free(stop);
}

/* Header times are hostile: no sum of them overflows, and none of these is waited for. */
static void times_at_the_ends_of_the_range_are_taken(void **state)
{
	static const int64_t times[] = {INT64_MIN, INT64_MIN + 1, -1,	    0,
					1,	   INT64_MAX - 1, INT64_MAX};
	struct stop *stop = stop_new();
	size_t count = sizeof(times) / sizeof(times[0]);

	(void)state;
	stop_set(stop);
	for (size_t i = 0; i < count * count * count; i++) {
		struct etl_header header = make_header();
		struct pacer pacer = {0};

		header.start_unix_ns = times[i % count];
		header.end_unix_ns = times[i / count % count];
		header.clock.origin_unix_ns = times[i / count / count];
		assert_true(pacer_wait(&pacer, &header, ORIGIN, stop));
		assert_true(pacer_wait(&pacer, &header, 0, stop));
		assert_true(pacer_wait(&pacer, &header, UINT64_MAX / 2, stop));
		pacer_is_due(&pacer, &header, UINT64_MAX);
	}
	stop_free(stop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_buffer_is_due_as_long_after_the_beginning_as_it_was_flushed),
		cmocka_unit_test(a_stop_ends_the_wait),
		cmocka_unit_test(a_time_that_cannot_be_right_is_not_waited_for),
		cmocka_unit_test(a_time_after_the_recordings_end_is_not_waited_for),
		cmocka_unit_test(a_wrong_time_changes_nothing_for_the_next),
		cmocka_unit_test(the_shift_is_from_the_recordings_beginning_to_the_replays),
		cmocka_unit_test(the_next_recording_begins_its_own_replay),
		cmocka_unit_test(what_need_not_wait_is_known_beforehand),
		cmocka_unit_test(times_at_the_ends_of_the_range_are_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
