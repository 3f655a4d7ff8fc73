#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

#include "exporter/session/trace_buffer.h"
#include "tests/support/posix.h"
#include "tests/support/thread_state.h"

/* Semaphores of wine take a hundred times as long as those of Linux. */
#ifdef _WIN32
#define MANY 20000
#else
#define MANY 250000
#endif

static void hand_on(struct trace_queue *queue, size_t length)
{
	struct trace_buffer *buffer = trace_queue_take(queue, length);

	assert_non_null(buffer);
	buffer->length = length;
	trace_queue_put(queue, buffer);
}

static void buffers_come_out_in_the_order_they_went_in(void **state)
{
	struct trace_queue *queue = trace_queue_new(8 * TRACE_BUFFER_BYTES);

	(void)state;
	for (size_t round = 0; round < 5; round++) {
		for (size_t i = 1; i <= 8; i++)
			hand_on(queue, 100 * round + i);
		for (size_t i = 1; i <= 8; i++) {
			struct trace_buffer *buffer = trace_queue_get(queue);

			assert_int_equal(buffer->length, 100 * round + i);
			trace_queue_recycle(queue, buffer);
		}
	}
	trace_queue_free(queue);
}

static void a_consumer_that_is_woken_gets_nothing_once_and_no_buffer_is_lost(void **state)
{
	struct trace_queue *queue = trace_queue_new(8 * TRACE_BUFFER_BYTES);
	struct trace_buffer *buffer;
	size_t round, nothing = 0;

	(void)state;
	trace_queue_wake(queue);
	assert_null(trace_queue_get(queue));
	for (round = 0; round < 20; round++) {
		hand_on(queue, 1 + round);
		trace_queue_wake(queue);
		while (!(buffer = trace_queue_get(queue)))
			nothing++;
		assert_int_equal(buffer->length, 1 + round);
		trace_queue_recycle(queue, buffer);
	}
	while (nothing < 20) {
		assert_null(trace_queue_get(queue));
		nothing++;
	}
	hand_on(queue, 1);
	trace_queue_wake(queue);
	trace_queue_stop(queue);
	trace_queue_free(queue);
}

static void a_buffer_has_room_for_what_was_asked_and_never_little(void **state)
{
	static const size_t asked[] = {0, 1, TRACE_BUFFER_BYTES, TRACE_BUFFER_BYTES + 1, 1 << 20};
	struct trace_queue *queue = trace_queue_new(4 << 20);

	(void)state;
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		struct trace_buffer *buffer = trace_queue_take(queue, asked[i]);

		assert_true(buffer->capacity >= asked[i]);
		assert_true(buffer->capacity >= TRACE_BUFFER_BYTES);
		memset(buffer->bytes, 0x5a, buffer->capacity);
		buffer->length = buffer->capacity;
		trace_queue_put(queue, buffer);
		trace_queue_recycle(queue, trace_queue_get(queue));
	}
	trace_queue_free(queue);
}

static void a_buffer_that_came_back_is_empty(void **state)
{
	struct trace_queue *queue = trace_queue_new(0);
	struct trace_buffer *buffer = trace_queue_take(queue, 0);
	int recording;

	(void)state;
	buffer->length = 7;
	buffer->recording = (struct recording *)&recording;
	buffer->shift_ns = 7;
	buffer->flags = TRACE_BUFFER_RECORDING_END;
	trace_queue_put(queue, buffer);
	trace_queue_recycle(queue, trace_queue_get(queue));
	assert_ptr_equal(trace_queue_take(queue, 0), buffer);
	assert_int_equal(buffer->length, 0);
	assert_null(buffer->recording);
	assert_int_equal(buffer->shift_ns, 0);
	assert_int_equal(buffer->flags, 0);
	trace_queue_put(queue, buffer);
	trace_queue_free(queue);
}

static void a_consumer_that_keeps_up_sees_the_same_buffer_again(void **state)
{
	struct trace_queue *queue = trace_queue_new(64 * TRACE_BUFFER_BYTES);
	struct trace_buffer *first = trace_queue_take(queue, 0);

	(void)state;
	trace_queue_put(queue, first);
	for (int i = 0; i < 1000; i++) {
		trace_queue_recycle(queue, trace_queue_get(queue));
		assert_ptr_equal(trace_queue_take(queue, 0), first);
		trace_queue_put(queue, first);
	}
	trace_queue_free(queue);
}

static void an_unused_buffer_is_the_next(void **state)
{
	struct trace_queue *queue = trace_queue_new(4 * TRACE_BUFFER_BYTES);
	struct trace_buffer *buffer = trace_queue_take(queue, 0);

	(void)state;
	buffer->length = 5;
	trace_queue_untake(queue, buffer);
	assert_int_equal(trace_queue_depth(queue), 0);
	assert_ptr_equal(trace_queue_take(queue, 0), buffer);
	assert_int_equal(buffer->length, 0);
	/* Too small for what is wanted next, it makes room for that. */
	trace_queue_untake(queue, buffer);
	buffer = trace_queue_take(queue, 4 * TRACE_BUFFER_BYTES);
	assert_int_equal(buffer->capacity, 4 * TRACE_BUFFER_BYTES);
	trace_queue_untake(queue, buffer);
	trace_queue_free(queue);
}

static void two_unused_buffers_leave_the_bound_as_it_was(void **state)
{
	struct trace_queue *queue = trace_queue_new(2 * TRACE_BUFFER_BYTES);

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct trace_buffer *one = trace_queue_take(queue, 0);
		struct trace_buffer *two = trace_queue_take(queue, 0);

		assert_ptr_not_equal(one, two);
		trace_queue_untake(queue, one);
		trace_queue_untake(queue, two);
	}
	trace_queue_free(queue);
}

static void depth_is_what_was_handed_on_and_peak_the_most_of_it(void **state)
{
	struct trace_queue *queue = trace_queue_new(1 << 20);
	struct trace_buffer *buffer;

	(void)state;
	assert_int_equal(trace_queue_capacity(queue), 1 << 20);
	assert_int_equal(trace_queue_depth(queue), 0);
	assert_int_equal(trace_queue_peak(queue), 0);
	hand_on(queue, 1000);
	hand_on(queue, 500);
	assert_int_equal(trace_queue_depth(queue), 1500);
	buffer = trace_queue_get(queue);
	assert_int_equal(trace_queue_depth(queue), 1500);
	trace_queue_recycle(queue, buffer);
	assert_int_equal(trace_queue_depth(queue), 500);
	hand_on(queue, 600);
	assert_int_equal(trace_queue_depth(queue), 1100);
	assert_int_equal(trace_queue_peak(queue), 1500);
	trace_queue_free(queue);
}

static void the_stop_is_the_last_and_needs_no_room(void **state)
{
	struct trace_queue *queue = trace_queue_new(0);
	struct trace_buffer *buffer;

	(void)state;
	hand_on(queue, 10);
	trace_queue_stop(queue);
	buffer = trace_queue_get(queue);
	assert_int_equal(buffer->flags, 0);
	trace_queue_recycle(queue, buffer);
	buffer = trace_queue_get(queue);
	assert_int_equal(buffer->flags, TRACE_BUFFER_STOP);
	assert_int_equal(buffer->length, 0);
	assert_null(buffer->recording);
	assert_int_equal(trace_queue_depth(queue), 0);
	trace_queue_free(queue);
}

/* As when the consumer could not be started. */
static void a_queue_that_nobody_emptied_can_be_freed(void **state)
{
	struct trace_queue *queue = trace_queue_new(4 * TRACE_BUFFER_BYTES);

	(void)state;
	hand_on(queue, 1);
	hand_on(queue, 2);
	trace_queue_stop(queue);
	trace_queue_free(queue);
	trace_queue_free(NULL);
}

/* A producer in a thread of its own that takes `count` buffers of a size and says how many it has.
 */
struct producer {
	struct trace_queue *queue;
	size_t bytes;
	size_t count;
	_Atomic size_t taken;
	struct thread_state thread;
	pthread_t id;
};

static void *produce(void *argument)
{
	struct producer *producer = argument;

	thread_state_here(&producer->thread);
	for (size_t i = 0; i < producer->count; i++) {
		struct trace_buffer *buffer = trace_queue_take(producer->queue, producer->bytes);

		if (!buffer)
			break;
		buffer->length = producer->bytes;
		atomic_fetch_add(&producer->taken, 1);
		trace_queue_put(producer->queue, buffer);
	}
	return NULL;
}

static void start(struct producer *producer)
{
	assert_int_equal(pthread_create(&producer->id, NULL, produce, producer), 0);
}

static void recycle_one(struct trace_queue *queue)
{
	trace_queue_recycle(queue, trace_queue_get(queue));
}

static void a_full_queue_makes_the_producer_wait(void **state)
{
	struct producer producer = {
		.queue = trace_queue_new(4 * TRACE_BUFFER_BYTES + 1), .bytes = 1, .count = 6};

	(void)state;
	start(&producer);
	thread_state_wait_blocked(&producer.thread);
	assert_int_equal(atomic_load(&producer.taken), 4);
	recycle_one(producer.queue);
	recycle_one(producer.queue);
	pthread_join(producer.id, NULL);
	assert_int_equal(atomic_load(&producer.taken), 6);
	trace_queue_free(producer.queue);
}

static void one_buffer_fits_however_large(void **state)
{
	struct producer producer = {
		.queue = trace_queue_new(TRACE_BUFFER_BYTES), .bytes = 3 << 20, .count = 2};

	(void)state;
	start(&producer);
	thread_state_wait_blocked(&producer.thread);
	assert_int_equal(atomic_load(&producer.taken), 1);
	assert_int_equal(trace_queue_depth(producer.queue), 3 << 20);
	recycle_one(producer.queue);
	pthread_join(producer.id, NULL);
	assert_int_equal(atomic_load(&producer.taken), 2);
	trace_queue_free(producer.queue);
}

/* The small ones that are under way have to come back first. */
static void a_large_buffer_waits_until_there_is_room_for_it(void **state)
{
	struct producer producer = {.queue = trace_queue_new(4 * TRACE_BUFFER_BYTES),
				    .bytes = 4 * TRACE_BUFFER_BYTES,
				    .count = 1};

	(void)state;
	for (int i = 0; i < 3; i++)
		hand_on(producer.queue, 1);
	start(&producer);
	for (int i = 0; i < 3; i++) {
		thread_state_wait_blocked(&producer.thread);
		assert_int_equal(atomic_load(&producer.taken), 0);
		recycle_one(producer.queue);
	}
	pthread_join(producer.id, NULL);
	assert_int_equal(atomic_load(&producer.taken), 1);
	recycle_one(producer.queue);
	assert_int_equal(trace_queue_depth(producer.queue), 0);
	trace_queue_free(producer.queue);
}

static void *consume_one(void *argument)
{
	struct producer *waiting = argument;

	thread_state_here(&waiting->thread);
	return trace_queue_get(waiting->queue);
}

static void an_empty_queue_makes_the_consumer_wait(void **state)
{
	struct producer waiting = {.queue = trace_queue_new(0)};
	struct trace_buffer *buffer = trace_queue_take(waiting.queue, 0);
	void *got;

	(void)state;
	assert_int_equal(pthread_create(&waiting.id, NULL, consume_one, &waiting), 0);
	thread_state_wait_blocked(&waiting.thread);
	trace_queue_put(waiting.queue, buffer);
	pthread_join(waiting.id, &got);
	assert_ptr_equal(got, buffer);
	trace_queue_recycle(waiting.queue, buffer);
	trace_queue_free(waiting.queue);
}

static void ignore(int signal)
{
	(void)signal;
}

static void a_signal_does_not_end_a_wait(void **state)
{
	struct sigaction action = {.sa_handler = ignore}, before;
	struct producer waiting = {.queue = trace_queue_new(0)};
	struct trace_buffer *buffer = trace_queue_take(waiting.queue, 0);
	void *got;

	(void)state;
	assert_int_equal(sigaction(SIGUSR1, &action, &before), 0);
	assert_int_equal(pthread_create(&waiting.id, NULL, consume_one, &waiting), 0);
	for (int i = 0; i < 5; i++) {
		thread_state_wait_blocked(&waiting.thread);
		pthread_kill(waiting.id, SIGUSR1);
	}
	thread_state_wait_blocked(&waiting.thread);
	trace_queue_put(waiting.queue, buffer);
	pthread_join(waiting.id, &got);
	assert_ptr_equal(got, buffer);
	sigaction(SIGUSR1, &before, NULL);
	trace_queue_recycle(waiting.queue, buffer);
	trace_queue_free(waiting.queue);
}

/* The length too depends on the number, so that each buffer can be told from the others. */
static size_t length_of(uint64_t number)
{
	return sizeof(number) + number % 1000;
}

static void *produce_many(void *argument)
{
	struct trace_queue *queue = argument;

	for (uint64_t i = 0; i < MANY; i++) {
		struct trace_buffer *buffer = trace_queue_take(queue, 0);

		if (!buffer)
			break;
		if (i % 1000 == 999) {
			trace_queue_untake(queue, buffer);
			buffer = trace_queue_take(queue, TRACE_BUFFER_BYTES + i % 4096);
		}
		buffer->length = length_of(i);
		memcpy(buffer->bytes, &i, sizeof(i));
		buffer->bytes[buffer->length - 1] ^= (uint8_t)(i >> 8);
		buffer->shift_ns = (int64_t)i;
		trace_queue_put(queue, buffer);
	}
	trace_queue_stop(queue);
	return NULL;
}

static void many_buffers_come_through_two_threads_in_order(void **state)
{
	struct trace_queue *queue = trace_queue_new(3 * TRACE_BUFFER_BYTES + 100000);
	struct trace_buffer *buffer;
	uint64_t number, count = 0;
	size_t wrong = 0;
	pthread_t producer;

	(void)state;
	assert_int_equal(pthread_create(&producer, NULL, produce_many, queue), 0);
	while (!((buffer = trace_queue_get(queue))->flags & TRACE_BUFFER_STOP)) {
		memcpy(&number, buffer->bytes, sizeof(number));
		if (buffer->length == sizeof(number))
			number ^= (uint64_t)(uint8_t)(count >> 8) << 56;
		wrong += number != count || buffer->length != length_of(count) ||
			 buffer->shift_ns != (int64_t)count ||
			 trace_queue_depth(queue) > trace_queue_capacity(queue);
		count++;
		trace_queue_recycle(queue, buffer);
	}
	pthread_join(producer, NULL);
	assert_int_equal(count, MANY);
	assert_int_equal(wrong, 0);
	assert_int_equal(trace_queue_depth(queue), 0);
	assert_true(trace_queue_peak(queue) > 0 && trace_queue_peak(queue) <= 3 * 1008);
	trace_queue_free(queue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buffers_come_out_in_the_order_they_went_in),
		cmocka_unit_test(a_consumer_that_is_woken_gets_nothing_once_and_no_buffer_is_lost),
		cmocka_unit_test(a_buffer_has_room_for_what_was_asked_and_never_little),
		cmocka_unit_test(a_buffer_that_came_back_is_empty),
		cmocka_unit_test(a_consumer_that_keeps_up_sees_the_same_buffer_again),
		cmocka_unit_test(an_unused_buffer_is_the_next),
		cmocka_unit_test(two_unused_buffers_leave_the_bound_as_it_was),
		cmocka_unit_test(depth_is_what_was_handed_on_and_peak_the_most_of_it),
		cmocka_unit_test(the_stop_is_the_last_and_needs_no_room),
		cmocka_unit_test(a_queue_that_nobody_emptied_can_be_freed),
		cmocka_unit_test(a_full_queue_makes_the_producer_wait),
		cmocka_unit_test(one_buffer_fits_however_large),
		cmocka_unit_test(a_large_buffer_waits_until_there_is_room_for_it),
		cmocka_unit_test(an_empty_queue_makes_the_consumer_wait),
		cmocka_unit_test(a_signal_does_not_end_a_wait),
		cmocka_unit_test(many_buffers_come_through_two_threads_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
