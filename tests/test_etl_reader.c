#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "exporter/source/etl_reader.h"
#include "tests/support/counting.h"
#include "tests/support/posix.h"
#include "tests/support/random.h"
#include "tests/support/small_recording.h"
#include "tests/support/thread_state.h"

#define QUEUE_BYTES ((size_t)1 << 20)

static struct input memory_input(const uint8_t *bytes, size_t length)
{
	return (struct input){.path = "memory", .fd = -1, .memory = bytes, .bytes = length};
}

/* Reads to the end and counts; what the reader returned. */
static int read_input(struct counting *counting, struct input *input, struct error *error)
{
	struct etl_reader reader;
	int result;

	assert_int_equal(etl_reader_init(&reader, &counting->context, error), 0);
	result = etl_reader_read(&reader, input, true, error);
	etl_reader_done(&reader);
	return result;
}

static void begin(struct counting *counting, size_t queue_bytes)
{
	counting_init(counting, 0, 0);
	counting_open(counting, queue_bytes);
	counting_begin(counting);
}

static void read_bytes(struct counting *counting, const uint8_t *bytes, size_t length,
		       size_t queue_bytes)
{
	struct input input = memory_input(bytes, length);
	struct error error;

	begin(counting, queue_bytes);
	assert_int_equal(read_input(counting, &input, &error), 0);
	counting_end(counting);
	assert_int_equal(health_get(&counting->health.bytes), length);
}

static uint64_t damage(const struct counting *counting)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < MALFORMED_COUNT; i++)
		sum += health_get(&counting->health.malformed[i]);
	return sum;
}

/* How many events an undamaged recording has, by its buffers alone. */
static uint64_t events_of(const struct small_recording *recording)
{
	struct counting counting;
	uint64_t total;

	counting_init(&counting, 0, 0);
	counting_feed_all(&counting, recording->bytes, recording->length);
	assert_int_equal(damage(&counting), 0);
	total = counting_total(&counting);
	counting_done(&counting);
	return total;
}

static void assert_read_whole(const struct small_recording *recording, size_t queue_bytes)
{
	struct counting counting;

	read_bytes(&counting, recording->bytes, recording->length, queue_bytes);
	assert_int_equal(counting_total(&counting), events_of(recording));
	assert_int_equal(health_get(&counting.health.buffers), recording->count);
	assert_int_equal(health_get(&counting.health.bytes_skipped), 0);
	assert_int_equal(damage(&counting), 0);
	assert_int_equal(trace_queue_depth(counting.queue), 0);
	counting_done(&counting);
}

static void undamaged_recordings_are_read_whole(void **state)
{
	static const struct etl_writer_options options[] = {
		{.buffer_bytes = 1024},
		{.buffer_bytes = 8192, .not_finalised = true},
		{.buffer_bytes = 65536},
		{.buffer_bytes = 200000},
		{.buffer_bytes = 65536, .compressed = true},
		{.buffer_bytes = 1 << 20, .compressed = true},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		struct small_recording recording = small_make(&options[i], 40);

		assert_read_whole(&recording, QUEUE_BYTES);
		small_done(&recording);
	}
}

static void recordings_one_behind_the_other_are_read_whole(void **state)
{
	static const struct etl_writer_options options[] = {
		{.buffer_bytes = 1024},
		{.buffer_bytes = 65536, .compressed = true},
		{.buffer_bytes = 300000},
		{.buffer_bytes = 4096},
	};
	struct small_recording all = small_make(&options[0], 5);
	size_t i;

	(void)state;
	for (i = 1; i < sizeof(options) / sizeof(options[0]); i++) {
		struct small_recording next = small_make(&options[i], 5);

		small_append(&all, &next);
	}
	assert_read_whole(&all, QUEUE_BYTES);
	small_done(&all);
}

static void buffers_that_are_larger_than_the_queue_come_through(void **state)
{
	static const struct etl_writer_options options[] = {
		{.buffer_bytes = 3 << 20},
		{.buffer_bytes = 16 << 20},
	};
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct small_recording recording = small_make(&options[i], 3);

		assert_read_whole(&recording, 1);
		small_done(&recording);
	}
}

struct pipe_writer {
	const struct small_recording *recording;
	size_t piece;
	int fd;
};

static void *write_pieces(void *argument)
{
	const struct pipe_writer *writer = argument;
	size_t at, count;

	for (at = 0; at < writer->recording->length; at += count) {
		count = writer->recording->length - at;
		if (count > writer->piece)
			count = writer->piece;
		if (write(writer->fd, writer->recording->bytes + at, count) != (ssize_t)count)
			abort();
	}
	close(writer->fd);
	return NULL;
}

static void assert_read_in_pieces(const struct small_recording *recording, size_t piece)
{
	struct pipe_writer writer = {recording, piece, -1};
	struct input input = {.path = "pipe"};
	struct counting counting;
	struct error error;
	pthread_t thread;
	int fds[2];

	begin(&counting, QUEUE_BYTES);
	assert_int_equal(pipe(fds), 0);
	input.fd = fds[0];
	writer.fd = fds[1];
	assert_int_equal(pthread_create(&thread, NULL, write_pieces, &writer), 0);
	assert_int_equal(read_input(&counting, &input, &error), 0);
	pthread_join(thread, NULL);
	close(fds[0]);
	counting_end(&counting);
	assert_int_equal(health_get(&counting.health.bytes), recording->length);
	assert_int_equal(counting_total(&counting), events_of(recording));
	assert_int_equal(damage(&counting), 0);
	counting_done(&counting);
}

static void what_comes_in_pieces_is_read_whole(void **state)
{
	static const struct etl_writer_options options[] = {
		{.buffer_bytes = 1024},
		{.buffer_bytes = 65536, .compressed = true},
	};
	static const size_t pieces[] = {13, 71, 72, 73, 1023, 1025, 4000};
	size_t i, j;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct small_recording recording = small_make(&options[i], 20);

		for (j = 0; j < sizeof(pieces) / sizeof(pieces[0]); j++)
			assert_read_in_pieces(&recording, pieces[j]);
		small_done(&recording);
	}
}

static void a_cut_buffer_is_counted_as_far_as_it_goes(void **state)
{
	struct small_recording recording = small_make(NULL, 3);
	struct counting counting;
	uint64_t whole = events_of(&recording);

	(void)state;
	read_bytes(&counting, recording.bytes, recording.at[3] + 0x48 + 400, QUEUE_BYTES);
	assert_true(counting_total(&counting) > whole - 5);
	assert_int_equal(health_get(&counting.health.buffers), 4);
	assert_int_equal(health_get(&counting.health.malformed[MALFORMED_BUFFER_TRUNCATED]), 1);
	small_done(&recording);
	counting_done(&counting);
}

static void bytes_that_are_of_no_buffer_are_counted_as_skipped(void **state)
{
	struct small_recording recording = small_make(NULL, 3);
	uint64_t whole = events_of(&recording);
	struct counting counting;

	(void)state;
	small_insert(&recording, recording.at[2], 0x77, 1000);
	read_bytes(&counting, recording.bytes, recording.length, QUEUE_BYTES);
	assert_int_equal(health_get(&counting.health.bytes_skipped), 1000);
	assert_int_equal(counting_total(&counting), whole);
	assert_int_equal(damage(&counting), 1);
	small_done(&recording);
	counting_done(&counting);
}

static void what_is_no_recording_is_refused(void **state)
{
	static const struct {
		const char *bytes;
		const char *reason;
	} cases[] = {
		{"", "memory is empty"},
		{"x", "memory is not a trace recording: no trace buffer was found in it"},
		{"A text of more than the seventy-two bytes that a buffer's header has, which is "
		 "no recording at all.",
		 "memory is not a trace recording: no trace buffer was found in it"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct input input =
			memory_input((const uint8_t *)cases[i].bytes, strlen(cases[i].bytes));
		struct counting counting;
		struct error error;

		begin(&counting, QUEUE_BYTES);
		assert_int_equal(read_input(&counting, &input, &error), -1);
		assert_string_equal(error.text, cases[i].reason);
		counting_end(&counting);
		assert_int_equal(health_get(&counting.health.bytes), input.bytes);
		assert_int_equal(counting_total(&counting), 0);
		counting_done(&counting);
	}
}

static void what_does_not_begin_as_a_recording_is_not_read_to_its_end(void **state)
{
	size_t length = (size_t)48 << 20;
	uint8_t *bytes = malloc(length);
	struct input input = memory_input(bytes, length);
	struct counting counting;
	struct error error;

	(void)state;
	assert_non_null(bytes);
	memset(bytes, 'x', length);
	begin(&counting, QUEUE_BYTES);
	assert_int_equal(read_input(&counting, &input, &error), -1);
	counting_end(&counting);
	assert_true(input.at < length);
	free(bytes);
	counting_done(&counting);
}

static void what_cannot_be_read_is_an_error(void **state)
{
	struct input input = {.path = "/", .fd = open("/", O_RDONLY)};
	struct counting counting;
	struct error error;

	(void)state;
	posix_needs("folders that can be opened");
	begin(&counting, QUEUE_BYTES);
	assert_int_equal(read_input(&counting, &input, &error), -1);
	assert_string_equal(error.text, "cannot read /: Is a directory");
	close(input.fd);
	counting_end(&counting);
	counting_done(&counting);
}

static double processor_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/*
 * Buffers that say that they are large, but each ends where the next begins: all that
 * was read ahead must not be moved for each of them.
 */
static void sizes_that_lie_take_time_in_proportion(void **state)
{
	size_t count = ((size_t)6 << 20) / 72, i;
	uint8_t *bytes = calloc(count, 72);
	int pace;

	(void)state;
	assert_non_null(bytes);
	for (i = 0; i < count; i++) {
		put_le32(bytes + 72 * i, 4 << 20);
		put_le32(bytes + 72 * i + 0x30, 0x48);
	}
	for (pace = 0; pace < 2; pace++) {
		struct input input = memory_input(bytes, count * 72);
		double start = processor_seconds();
		struct counting counting;
		struct error error;

		begin(&counting, QUEUE_BYTES);
		counting.config.pace = pace ? PACE_RECORDED : PACE_FAST;
		assert_int_equal(read_input(&counting, &input, &error), 0);
		counting_end(&counting);
		/* The last cannot be told from other bytes. */
		assert_int_equal(health_get(&counting.health.buffers), count - 1);
		assert_true(processor_seconds() - start < 20);
		counting_done(&counting);
	}
	free(bytes);
}

/* Reads what has come up to `end`, as a follower does. */
static void read_growing(struct etl_reader *reader, const struct small_recording *recording,
			 size_t end, bool last)
{
	struct input input = memory_input(recording->bytes, end);
	struct error error;
	uint64_t offset = reader->looked;

	input.at = offset;
	assert_int_equal(etl_reader_read(reader, &input, last, &error), 0);
	assert_int_equal(input.at, end);
	assert_int_equal(end - etl_reader_forget(reader), reader->looked);
	assert_int_equal(etl_reader_forget(reader), 0);
	assert_true(reader->looked >= offset);
}

static void assert_grows(const struct small_recording *recording, size_t step)
{
	struct random random = {step};
	struct etl_reader reader;
	struct counting counting;
	struct error error;
	size_t end = 0;

	begin(&counting, QUEUE_BYTES);
	assert_int_equal(etl_reader_init(&reader, &counting.context, &error), 0);
	while (end < recording->length) {
		end += 1 + random_below(&random, (uint32_t)step);
		if (end > recording->length)
			end = recording->length;
		read_growing(&reader, recording, end, false);
	}
	read_growing(&reader, recording, end, true);
	etl_reader_done(&reader);
	counting_end(&counting);
	assert_int_equal(counting_total(&counting), events_of(recording));
	assert_int_equal(health_get(&counting.health.bytes), recording->length);
	assert_int_equal(health_get(&counting.health.buffers), recording->count);
	assert_int_equal(damage(&counting), 0);
	counting_done(&counting);
}

static void what_grows_is_read_once(void **state)
{
	static const struct etl_writer_options options[] = {
		{.buffer_bytes = 1024},
		{.buffer_bytes = 65536, .compressed = true},
	};
	static const size_t steps[] = {50, 700, 5000, 100000};
	size_t i, j;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct small_recording recording = small_make(&options[i], 20);

		for (j = 0; j < sizeof(steps) / sizeof(steps[0]); j++)
			assert_grows(&recording, steps[j]);
		small_done(&recording);
	}
}

static void what_is_forgotten_needs_no_memory(void **state)
{
	static const struct etl_writer_options options = {.buffer_bytes = 1 << 20};
	struct small_recording recording = small_make(&options, 1);
	struct input input = memory_input(recording.bytes, recording.length - 1);
	struct etl_reader reader;
	struct counting counting;
	struct error error;

	(void)state;
	begin(&counting, QUEUE_BYTES);
	assert_int_equal(etl_reader_init(&reader, &counting.context, &error), 0);
	assert_int_equal(etl_reader_read(&reader, &input, false, &error), 0);
	assert_int_equal(etl_reader_forget(&reader), (1 << 20) - 1);
	assert_null(reader.carry);
	etl_reader_done(&reader);
	counting_end(&counting);
	small_done(&recording);
	counting_done(&counting);
}

/* Nobody else knows of its recording. */
static void a_reader_that_handed_nothing_on_leaves_nothing_behind(void **state)
{
	struct etl_reader reader;
	struct counting counting;
	struct error error;

	(void)state;
	counting_init(&counting, 0, 0);
	counting_open(&counting, QUEUE_BYTES);
	assert_int_equal(etl_reader_init(&reader, &counting.context, &error), 0);
	etl_reader_done(&reader);
	etl_reader_done(&reader);
	trace_queue_stop(counting.queue);
	assert_true(trace_queue_get(counting.queue)->flags & TRACE_BUFFER_STOP);
	counting_done(&counting);
}

static void a_header_read_again_counts_losses_only(void **state)
{
	struct small_recording recording = small_make(NULL, 2);
	uint64_t whole = events_of(&recording);
	struct etl_reader reader;
	struct counting counting;
	struct error error;

	(void)state;
	begin(&counting, QUEUE_BYTES);
	assert_int_equal(etl_reader_init(&reader, &counting.context, &error), 0);
	read_growing(&reader, &recording, recording.length, false);
	put_le32(recording.bytes + 0x98, 17);
	etl_reader_header_again(&reader, recording.bytes, recording.size[0]);
	etl_reader_done(&reader);
	counting_end(&counting);
	assert_int_equal(health_get(&counting.health.events_lost), 17);
	assert_int_equal(counting_total(&counting), whole);
	assert_int_equal(health_get(&counting.health.bytes), recording.length);
	small_done(&recording);
	counting_done(&counting);
}

struct reading {
	struct counting *counting;
	const struct small_recording *recording;
	struct thread_state thread;
	int result;
};

static void *read_in_thread(void *argument)
{
	struct reading *reading = argument;
	struct input input = memory_input(reading->recording->bytes, reading->recording->length);
	struct error error;

	thread_state_here(&reading->thread);
	reading->result = read_input(reading->counting, &input, &error);
	return NULL;
}

static void a_stop_while_the_queue_is_full_ends_the_reading(void **state)
{
	static const struct etl_writer_options options = {.buffer_bytes = 256 << 10};
	struct small_recording recording = small_make(&options, 20);
	struct counting counting;
	struct reading reading = {.counting = &counting, .recording = &recording};
	pthread_t thread;

	(void)state;
	counting_init(&counting, 0, 0);
	counting_open(&counting, QUEUE_BYTES);
	assert_int_equal(pthread_create(&thread, NULL, read_in_thread, &reading), 0);
	thread_state_wait_blocked(&reading.thread);
	stop_set(counting.stop);
	counting_begin(&counting);
	pthread_join(thread, NULL);
	counting_end(&counting);
	assert_int_equal(reading.result, 0);
	assert_true(health_get(&counting.health.bytes) < recording.length);
	/* What was read was counted. */
	assert_int_equal(health_get(&counting.health.buffers) * (256 << 10),
			 health_get(&counting.health.bytes));
	counting_total(&counting);
	small_done(&recording);
	counting_done(&counting);
}

static void a_stop_before_anything_came_is_no_error(void **state)
{
	struct input input = {.path = "pipe"};
	struct counting counting;
	struct error error;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	input.fd = fds[0];
	begin(&counting, QUEUE_BYTES);
	stop_set(counting.stop);
	assert_int_equal(read_input(&counting, &input, &error), 0);
	counting_end(&counting);
	close(fds[0]);
	close(fds[1]);
	counting_done(&counting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(undamaged_recordings_are_read_whole),
		cmocka_unit_test(recordings_one_behind_the_other_are_read_whole),
		cmocka_unit_test(buffers_that_are_larger_than_the_queue_come_through),
		cmocka_unit_test(what_comes_in_pieces_is_read_whole),
		cmocka_unit_test(a_cut_buffer_is_counted_as_far_as_it_goes),
		cmocka_unit_test(bytes_that_are_of_no_buffer_are_counted_as_skipped),
		cmocka_unit_test(what_is_no_recording_is_refused),
		cmocka_unit_test(what_does_not_begin_as_a_recording_is_not_read_to_its_end),
		cmocka_unit_test(what_cannot_be_read_is_an_error),
		cmocka_unit_test(sizes_that_lie_take_time_in_proportion),
		cmocka_unit_test(what_grows_is_read_once),
		cmocka_unit_test(what_is_forgotten_needs_no_memory),
		cmocka_unit_test(a_reader_that_handed_nothing_on_leaves_nothing_behind),
		cmocka_unit_test(a_header_read_again_counts_losses_only),
		cmocka_unit_test(a_stop_while_the_queue_is_full_ends_the_reading),
		cmocka_unit_test(a_stop_before_anything_came_is_no_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
