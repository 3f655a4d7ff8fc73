/* What the log file header says: the clock, and losses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "tests/support/counted_events.h"
#include "tests/support/small_recording.h"

#define START_NS 1705526400000000000 /* of the writer's recordings */
#define SECOND	 ((int64_t)1000000000)

static void the_first_and_the_last_event_are_in_unix_time(void **state)
{
	static const struct etl_writer_options clocks[] = {
		{.clock = ETL_CLOCK_QPC, .perf_frequency_hz = 1000, .start_clock = 5000},
		{.clock = ETL_CLOCK_CPU_CYCLES, .cpu_mhz = 1, .start_clock = 5000000},
		{.clock = ETL_CLOCK_SYSTEM_TIME},
	};
	static const uint64_t first[] = {6000, 6000000, 133500000010000000};
	static const uint64_t last[] = {8000, 8000000, 133500000030000000};
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct etl_writer *writer = etl_writer_new(&clocks[i]);
		struct etl_event event = event_of(&app, 5);
		struct counting counting;

		counting_init(&counting, 0, 0);
		event.time = last[i];
		etl_write_event(writer, &event, 8);
		etl_flush(writer, 0, 0);
		event.time = first[i];
		etl_write_event(writer, &event, 8);
		finish_and_feed(&counting, writer);
		/* The header is an event, and the first. */
		assert_int_equal(atomic_load(&counting.health.first_event_time), START_NS);
		assert_int_equal(atomic_load(&counting.health.last_event_time),
				 START_NS + 3 * SECOND);
		counting_done(&counting);
	}
}

/* The events of a processor's buffer may all be older than the header, in merged recordings. */
static void the_first_event_may_be_older_than_the_header(void **state)
{
	struct etl_writer *writer = etl_writer_new(NULL);
	struct etl_event event = event_of(&app, 5);
	struct counting counting;

	(void)state;
	counting_init(&counting, 0, 0);
	event.time = 1000000000 - 70000000;
	etl_write_event(writer, &event, 8);
	finish_and_feed(&counting, writer);
	assert_int_equal(atomic_load(&counting.health.first_event_time), START_NS - 7 * SECOND);
	assert_int_equal(atomic_load(&counting.health.last_event_time), START_NS);
	counting_done(&counting);
}

static void without_a_header_there_are_no_times(void **state)
{
	struct small_recording recording = small_make(NULL, 3);
	struct counting counting;

	(void)state;
	counting_init(&counting, 0, 0);
	counting_feed_all(&counting, recording.bytes + recording.at[1],
			  recording.length - recording.at[1]);
	assert_true(counting_total(&counting) > 0);
	assert_true(atomic_load(&counting.health.first_event_time) == NO_TIME);
	assert_true(atomic_load(&counting.health.last_event_time) == NO_TIME);
	assert_true(atomic_load(&counting.health.lag_ns) == NO_TIME);
	assert_int_equal(malformed(&counting, MALFORMED_FILE_HEADER), 1);
	small_done(&recording);
	counting_done(&counting);
}

static void a_time_that_cannot_be_does_not_hide_the_others(void **state)
{
	struct etl_writer *writer = etl_writer_new(NULL);
	struct etl_event event = event_of(&app, 5);
	struct counting counting;

	(void)state;
	counting_init(&counting, 0, 0);
	event.time = 1000000000 - 10000000;
	etl_write_event(writer, &event, 8);
	event.time = UINT64_MAX;
	etl_write_event(writer, &event, 8);
	finish_and_feed(&counting, writer);
	assert_int_equal(atomic_load(&counting.health.first_event_time), START_NS - SECOND);
	assert_int_equal(atomic_load(&counting.health.last_event_time), START_NS);
	counting_done(&counting);
}

static void messages_without_a_time_do_not_change_the_times(void **state)
{
	struct etl_writer *writer = etl_writer_new(NULL);
	struct etl_wpp message = {.number = 12, .flags = 0x02};
	struct counting counting;

	(void)state;
	counting_init(&counting, 0, 0);
	etl_write_wpp(writer, &message);
	finish_and_feed(&counting, writer);
	assert_int_equal(atomic_load(&counting.health.first_event_time), START_NS);
	assert_int_equal(atomic_load(&counting.health.last_event_time), START_NS);
	counting_done(&counting);
}

static void the_lag_is_from_when_the_event_was_due(void **state)
{
	struct small_recording recording = small_make(NULL, 0);
	struct trace_buffer buffer = {.bytes = recording.bytes,
				      .length = recording.length,
				      .recording = recording_new(),
				      .flags = TRACE_BUFFER_RECORDING_END};
	struct counting counting;
	struct timespec now;
	int64_t lag;

	(void)state;
	counting_init(&counting, 0, 0);
	clock_gettime(CLOCK_REALTIME, &now);
	buffer.shift_ns = now.tv_sec * SECOND + now.tv_nsec - START_NS - 5 * SECOND;
	aggregator_feed(counting.aggregator, &buffer);
	lag = atomic_load(&counting.health.lag_ns);
	assert_true(lag >= 5 * SECOND && lag < 60 * SECOND);
	small_done(&recording);
	counting_done(&counting);
}

static void a_shift_that_overflows_leaves_no_lag(void **state)
{
	static const int64_t shifts[] = {INT64_MAX, INT64_MIN};
	struct small_recording recording = small_make(NULL, 0);
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct trace_buffer buffer = {.bytes = recording.bytes,
					      .length = recording.length,
					      .recording = recording_new(),
					      .shift_ns = shifts[i],
					      .flags = TRACE_BUFFER_RECORDING_END};
		struct counting counting;

		counting_init(&counting, 0, 0);
		aggregator_feed(counting.aggregator, &buffer);
		assert_true(atomic_load(&counting.health.lag_ns) == NO_TIME);
		counting_done(&counting);
	}
	small_done(&recording);
}

#define EVENTS_LOST_AT	0x98 /* in a header buffer of a 64-bit session */
#define BUFFERS_LOST_AT 0x17c
#define POINTER_SIZE_AT 0x94
#define START_TIME_AT	0x170

static uint64_t events_lost(const struct counting *counting)
{
	return health_get(&counting->health.events_lost);
}

static uint64_t buffers_lost(const struct counting *counting)
{
	return health_get(&counting->health.buffers_lost);
}

/* The header buffer again, with these losses. */
static void feed_header(struct counting *counting, struct recording *recording,
			const struct small_recording *from, uint32_t events, uint32_t buffers)
{
	put_le32(from->bytes + EVENTS_LOST_AT, events);
	put_le32(from->bytes + BUFFERS_LOST_AT, buffers);
	counting_feed(counting, recording, from->bytes, from->size[0], TRACE_BUFFER_HEADER_ONLY);
}

static void losses_of_the_header_are_counted(void **state)
{
	static const struct etl_writer_options options = {.events_lost = 41, .buffers_lost = 2};
	struct counting counting;

	(void)state;
	counting_init(&counting, 0, 0);
	finish_and_feed(&counting, etl_writer_new(&options));
	assert_int_equal(events_lost(&counting), 41);
	assert_int_equal(buffers_lost(&counting), 2);
	counting_done(&counting);
}

static void a_header_read_again_counts_what_is_more(void **state)
{
	struct small_recording from = small_make(NULL, 2);
	struct recording *recording = recording_new();
	struct counting counting;
	uint64_t total;

	(void)state;
	counting_init(&counting, 0, 0);
	counting_feed(&counting, recording, from.bytes, from.length, 0);
	total = counting_total(&counting);
	feed_header(&counting, recording, &from, 5, 1);
	feed_header(&counting, recording, &from, 5, 1);
	assert_int_equal(events_lost(&counting), 5);
	feed_header(&counting, recording, &from, 7, 1);
	assert_int_equal(events_lost(&counting), 7);
	assert_int_equal(buffers_lost(&counting), 1);
	/* Its records are not counted again. */
	assert_int_equal(counting_total(&counting), total);
	assert_int_equal(health_get(&counting.health.buffers), 3);
	counting_feed(&counting, recording, NULL, 0, TRACE_BUFFER_RECORDING_END);
	small_done(&from);
	counting_done(&counting);
}

static void a_header_that_goes_back_and_forth_counts_its_most(void **state)
{
	struct small_recording from = small_make(NULL, 0);
	struct recording *recording = recording_new();
	struct counting counting;

	(void)state;
	counting_init(&counting, 0, 0);
	counting_feed(&counting, recording, from.bytes, from.length, 0);
	feed_header(&counting, recording, &from, 5, 3);
	feed_header(&counting, recording, &from, 2, 0);
	feed_header(&counting, recording, &from, 5, 3);
	feed_header(&counting, recording, &from, 6, 4);
	assert_int_equal(events_lost(&counting), 6);
	assert_int_equal(buffers_lost(&counting), 4);
	counting_feed(&counting, recording, NULL, 0, TRACE_BUFFER_RECORDING_END);
	small_done(&from);
	counting_done(&counting);
}

static void losses_of_recordings_one_behind_the_other_add_up(void **state)
{
	struct etl_writer_options options = {.events_lost = 5, .buffers_lost = 3};
	struct small_recording both = small_make(&options, 1), second;
	struct counting counting;

	(void)state;
	options.events_lost = 4;
	options.buffers_lost = 9;
	second = small_make(&options, 1);
	small_append(&both, &second);
	counting_init(&counting, 0, 0);
	counting_feed_all(&counting, both.bytes, both.length);
	assert_int_equal(events_lost(&counting), 9);
	assert_int_equal(buffers_lost(&counting), 12);
	small_done(&both);
	counting_done(&counting);
}

/* A followed file's header is read again though another recording stands behind its own. */
static void a_header_read_again_is_not_of_the_recording_behind_it(void **state)
{
	struct etl_writer_options later = {.start_filetime = 133500000000000000 + 3600 * 10000000LL,
					   .events_lost = 1};
	struct small_recording both = small_make(NULL, 1), second = small_make(&later, 1);
	struct small_recording tail = small_make(&later, 1);
	struct recording *recording = recording_new();
	struct counting counting;
	int64_t last;

	(void)state;
	small_append(&both, &second);
	counting_init(&counting, 0, 0);
	counting_feed(&counting, recording, both.bytes, both.length, 0);
	last = atomic_load(&counting.health.last_event_time);
	assert_true(last > START_NS + 3600 * SECOND);
	feed_header(&counting, recording, &both, 3, 0);
	atomic_store(&counting.health.last_event_time, NO_TIME);
	counting_feed(&counting, recording, tail.bytes + tail.at[1], tail.size[1],
		      TRACE_BUFFER_RECORDING_END);
	assert_int_equal(atomic_load(&counting.health.last_event_time), last);
	assert_int_equal(events_lost(&counting), 1);
	small_done(&tail);
	small_done(&both);
	counting_done(&counting);
}

static void a_header_that_cannot_be_read_is_counted_once(void **state)
{
	struct small_recording recording = small_make(NULL, 3);
	struct counting counting;

	(void)state;
	put_le32(recording.bytes + POINTER_SIZE_AT, 5);
	counting_init(&counting, 0, 0);
	counting_feed_all(&counting, recording.bytes, recording.length);
	assert_int_equal(malformed(&counting, MALFORMED_FILE_HEADER), 1);
	assert_int_equal(all_malformed(&counting), 1);
	assert_null(aggregator_header(counting.aggregator));
	small_done(&recording);
	counting_done(&counting);
}

/* The clock of the recording before would tell wrong times. */
static void behind_a_header_that_cannot_be_read_there_are_no_times(void **state)
{
	struct etl_writer_options later = {.start_clock = 900000000000000};
	struct small_recording both = small_make(NULL, 1), second = small_make(&later, 2);
	struct counting counting;
	int64_t last;

	(void)state;
	counting_init(&counting, 0, 0);
	counting_feed_all(&counting, both.bytes, both.length);
	last = atomic_load(&counting.health.last_event_time);
	put_le32(second.bytes + POINTER_SIZE_AT, 5);
	small_append(&both, &second);
	counting_feed_all(&counting, both.bytes, both.length);
	assert_int_equal(atomic_load(&counting.health.last_event_time), last);
	assert_int_equal(malformed(&counting, MALFORMED_FILE_HEADER), 1);
	small_done(&both);
	counting_done(&counting);
}

static void the_first_header_is_what_is_told(void **state)
{
	static const struct etl_writer_options first = {.session_name = "first"};
	static const struct etl_writer_options then = {.session_name = "then"};
	struct small_recording both = small_make(&first, 1), second = small_make(&then, 1);
	struct counting counting;

	(void)state;
	small_append(&both, &second);
	counting_init(&counting, 0, 0);
	counting_feed_all(&counting, both.bytes, both.length);
	assert_string_equal(aggregator_header(counting.aggregator)->session_name, "first");
	small_done(&both);
	counting_done(&counting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_and_the_last_event_are_in_unix_time),
		cmocka_unit_test(the_first_event_may_be_older_than_the_header),
		cmocka_unit_test(without_a_header_there_are_no_times),
		cmocka_unit_test(a_time_that_cannot_be_does_not_hide_the_others),
		cmocka_unit_test(messages_without_a_time_do_not_change_the_times),
		cmocka_unit_test(the_lag_is_from_when_the_event_was_due),
		cmocka_unit_test(a_shift_that_overflows_leaves_no_lag),
		cmocka_unit_test(losses_of_the_header_are_counted),
		cmocka_unit_test(a_header_read_again_counts_what_is_more),
		cmocka_unit_test(a_header_that_goes_back_and_forth_counts_its_most),
		cmocka_unit_test(losses_of_recordings_one_behind_the_other_add_up),
		cmocka_unit_test(a_header_read_again_is_not_of_the_recording_behind_it),
		cmocka_unit_test(a_header_that_cannot_be_read_is_counted_once),
		cmocka_unit_test(behind_a_header_that_cannot_be_read_there_are_no_times),
		cmocka_unit_test(the_first_header_is_what_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
