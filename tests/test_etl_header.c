#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/record/etl.h"
#include "exporter/record/etl_header.h"
#include "tests/support/etl_writer.h"
#include "tests/support/little_endian.h"

#define NS_PER_SECOND  INT64_C(1000000000)
#define START_FILETIME UINT64_C(133500000000000000)
#define START_UNIX_NS  INT64_C(1705526400000000000)
#define START_CLOCK    UINT64_C(1000000000)
#define EPOCH_FILETIME UINT64_C(116444736000000000)
#define RECORD_AT      0x48
#define PAYLOAD_AT     (0x48 + 0x20)

/* The log file header of an empty recording made with these options, its bytes open to damage. */
struct made {
	struct etl_writer *writer;
	uint8_t *bytes;
	struct event_record record;
};

static void make(struct made *made, const struct etl_writer_options *options)
{
	struct etl_cursor cursor;
	struct etl_buffer buffer;
	const uint8_t *bytes;
	size_t length;

	made->writer = etl_writer_new(options);
	bytes = etl_writer_finish(made->writer, &length);
	made->bytes = malloc(length);
	assert_non_null(made->bytes);
	memcpy(made->bytes, bytes, length);
	etl_buffer_read(made->bytes, &buffer);
	etl_walk(&cursor, made->bytes + RECORD_AT, buffer.data_end - RECORD_AT, 0);
	assert_int_equal(etl_next(&cursor, &made->record), ETL_RECORD);
}

static void unmake(struct made *made)
{
	free(made->bytes);
	etl_writer_free(made->writer);
}

static struct etl_header parse(const struct etl_writer_options *options)
{
	struct etl_header header;
	struct made made;

	make(&made, options);
	assert_true(etl_header_is(&made.record));
	assert_true(etl_header_parse(&made.record, &header));
	unmake(&made);
	return header;
}

static void each_field_is_found_with_both_pointer_sizes(void **state)
{
	(void)state;
	for (uint32_t pointer_bytes = 4; pointer_bytes <= 8; pointer_bytes += 4) {
		struct etl_header header = parse(&(struct etl_writer_options){
			.buffer_bytes = 8192,
			.pointer_bytes = pointer_bytes,
			.processors = 12,
			.os_build = 9600,
			.perf_frequency_hz = 2337949,
			.cpu_mhz = 2394,
			.boot_filetime = START_FILETIME - 36000000001,
			.log_file_mode = 0x08000021,
			.events_lost = 41,
			.buffers_lost = 7,
			.session_name = "a session",
			.log_file_name = "D:\\traces\\one.etl",
		});

		assert_int_equal(header.buffer_bytes, 8192);
		assert_int_equal(header.os_major, 6);
		assert_int_equal(header.os_minor, 3);
		assert_int_equal(header.os_build, 9600);
		assert_int_equal(header.processors, 12);
		assert_int_equal(header.start_unix_ns, START_UNIX_NS);
		assert_int_equal(header.end_unix_ns, START_UNIX_NS + 100);
		assert_int_equal(header.boot_unix_ns, START_UNIX_NS - 3600000000100);
		assert_int_equal(header.log_file_mode, 0x08000021);
		assert_int_equal(header.buffers_written, 1);
		assert_int_equal(header.pointer_bytes, pointer_bytes);
		assert_int_equal(header.events_lost, 41);
		assert_int_equal(header.buffers_lost, 7);
		assert_int_equal(header.cpu_mhz, 2394);
		assert_int_equal(header.perf_frequency_hz, 2337949);
		assert_string_equal(header.session_name, "a session");
		assert_string_equal(header.log_file_name, "D:\\traces\\one.etl");
	}
}

static void a_session_that_was_not_ended_has_no_end(void **state)
{
	struct etl_header header = parse(&(struct etl_writer_options){.not_finalised = true});

	(void)state;
	assert_int_equal(header.end_unix_ns, 0);
	assert_int_equal(header.buffers_written, 0);
	assert_int_equal(header.start_unix_ns, START_UNIX_NS);
}

static void only_the_systems_first_hook_is_a_header(void **state)
{
	struct made made;

	(void)state;
	make(&made, NULL);
	made.record.opcode = 5;
	assert_false(etl_header_is(&made.record));
	made.record.opcode = 0;
	made.record.group = 1;
	assert_false(etl_header_is(&made.record));
	made.record.group = 0;
	made.record.kind = RECORD_FULL;
	assert_false(etl_header_is(&made.record));
	made.record.kind = RECORD_SYSTEM;
	assert_true(etl_header_is(&made.record));
	unmake(&made);
}

static void a_payload_that_ends_before_the_names_is_refused(void **state)
{
	(void)state;
	for (uint32_t pointer_bytes = 4; pointer_bytes <= 8; pointer_bytes += 4) {
		uint32_t names_at = pointer_bytes == 8 ? 280 : 272;
		struct etl_header header;
		struct made made;

		make(&made, &(struct etl_writer_options){.pointer_bytes = pointer_bytes});
		for (uint32_t length = 0; length <= names_at; length++) {
			/* On the heap alone, so that a read past the end is seen. */
			uint8_t *payload = malloc(length ? length : 1);

			assert_non_null(payload);
			memcpy(payload, made.bytes + PAYLOAD_AT, length);
			made.record.payload = payload;
			made.record.payload_bytes = length;
			assert_int_equal(etl_header_parse(&made.record, &header),
					 length == names_at);
			free(payload);
		}
		assert_string_equal(header.session_name, "");
		assert_string_equal(header.log_file_name, "");
		unmake(&made);
	}
}

static void a_pointer_size_that_is_none_is_refused(void **state)
{
	static const uint32_t sizes[] = {0, 1, 3, 5, 7, 9, 16, 0x80000004, UINT32_MAX};
	struct etl_header header;
	struct made made;

	(void)state;
	make(&made, NULL);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		put_le32(made.bytes + PAYLOAD_AT + 0x2c, sizes[i]);
		assert_false(etl_header_parse(&made.record, &header));
	}
	unmake(&made);
}

static void names_are_read_by_the_header_not_by_the_record(void **state)
{
	struct etl_header header;
	struct made made;

	(void)state;
	/* SYSTEM32 around a payload of 64-bit pointers. */
	make(&made, NULL);
	made.record.pointer_bytes = 4;
	assert_true(etl_header_parse(&made.record, &header));
	assert_string_equal(header.session_name, "test session");
	assert_int_equal(header.pointer_bytes, 8);
	unmake(&made);
}

/* A name of `count` times a character that is `bytes` long in UTF-8. */
static char *repeat(const char *character, size_t count)
{
	size_t bytes = strlen(character);
	char *name = malloc(count * bytes + 1);

	assert_non_null(name);
	for (size_t i = 0; i < count; i++)
		memcpy(name + i * bytes, character, bytes);
	name[count * bytes] = '\0';
	return name;
}

static void a_name_longer_than_its_room_is_cut_and_the_next_is_whole(void **state)
{
	char *longest = repeat("s", 1024), *longer = repeat("s", 1025);
	char *wide = repeat("\xe2\x82\xac", 1000);
	struct etl_header header;

	(void)state;
	header = parse(&(struct etl_writer_options){.session_name = longest});
	assert_string_equal(header.session_name, longest);
	header = parse(&(struct etl_writer_options){.session_name = longer});
	assert_string_equal(header.session_name, longest);
	assert_string_equal(header.log_file_name, "C:\\test.etl");
	header = parse(&(struct etl_writer_options){.session_name = wide, .log_file_name = longer});
	assert_int_equal(strlen(header.session_name), 1023);
	assert_memory_equal(header.session_name, wide, 1023);
	assert_string_equal(header.log_file_name, longest);
	free(longest);
	free(longer);
	free(wide);
}

static void a_name_that_is_no_utf16_is_made_utf8(void **state)
{
	struct etl_header header;
	struct made made;
	uint8_t *name;

	(void)state;
	make(&made, &(struct etl_writer_options){.session_name = "abcd"});
	name = made.bytes + PAYLOAD_AT + 280;
	put_le16(name + 2, 0xd83d);
	put_le16(name + 6, 0xdc00);
	assert_true(etl_header_parse(&made.record, &header));
	assert_string_equal(header.session_name, "a\xef\xbf\xbd"
						 "c\xef\xbf\xbd");
	assert_string_equal(header.log_file_name, "C:\\test.etl");
	unmake(&made);
}

static void a_name_without_an_end_ends_with_the_record(void **state)
{
	struct etl_header header;
	struct made made;

	(void)state;
	make(&made, &(struct etl_writer_options){.session_name = "abcd", .log_file_name = "x"});
	/* "abcd", zero, "x", zero: cut to "abc", then to half a unit more. */
	for (uint32_t half = 0; half < 2; half++) {
		made.record.payload_bytes = 280 + 6 + half;
		assert_true(etl_header_parse(&made.record, &header));
		assert_string_equal(header.session_name, "abc");
		assert_string_equal(header.log_file_name, "");
	}
	unmake(&made);
}

static int64_t unix_ns(const struct trace_clock *clock, uint64_t timestamp)
{
	int64_t ns = INT64_C(0x5a5a5a5a5a5a5a5a);

	assert_true(trace_clock_unix_ns(clock, timestamp, &ns));
	return ns;
}

static void a_performance_counter_counts_from_the_start(void **state)
{
	struct trace_clock clock =
		parse(&(struct etl_writer_options){.perf_frequency_hz = 14318180}).clock;

	(void)state;
	assert_int_equal(clock.type, CLOCK_QPC);
	assert_int_equal(unix_ns(&clock, START_CLOCK), START_UNIX_NS);
	/* 7 ticks are 488.889 ns, 14318179 are 999999930.158. */
	assert_int_equal(unix_ns(&clock, START_CLOCK + 7), START_UNIX_NS + 488);
	assert_int_equal(unix_ns(&clock, START_CLOCK + 14318179), START_UNIX_NS + 999999930);
	assert_int_equal(unix_ns(&clock, START_CLOCK + 14318180), START_UNIX_NS + NS_PER_SECOND);
	assert_int_equal(unix_ns(&clock, START_CLOCK + 3 * UINT64_C(14318180) + 7),
			 START_UNIX_NS + 3 * NS_PER_SECOND + 488);
	assert_int_equal(unix_ns(&clock, START_CLOCK - 2 * UINT64_C(14318180)),
			 START_UNIX_NS - 2 * NS_PER_SECOND);
}

/* ticks * 10^9 passes 2^64 after half an hour. */
static void years_of_ticks_stay_exact(void **state)
{
	struct trace_clock clock = parse(NULL).clock;
	int64_t seconds = INT64_C(200) * 365 * 86400;

	(void)state;
	assert_int_equal(unix_ns(&clock, START_CLOCK + (uint64_t)seconds * 10000000 + 3),
			 START_UNIX_NS + seconds * NS_PER_SECOND + 300);
	clock = parse(&(struct etl_writer_options){.perf_frequency_hz = 2338525}).clock;
	seconds = INT64_C(11) * 86400;
	assert_int_equal(unix_ns(&clock, START_CLOCK + (uint64_t)seconds * 2338525 + 1),
			 START_UNIX_NS + seconds * NS_PER_SECOND + 427);
}

static void system_time_is_a_filetime(void **state)
{
	struct trace_clock clock = parse(&(struct etl_writer_options){
						 .clock = ETL_CLOCK_SYSTEM_TIME,
						 .perf_frequency_hz = 3,
					 })
					   .clock;

	(void)state;
	assert_int_equal(clock.type, CLOCK_SYSTEM_TIME);
	assert_int_equal(unix_ns(&clock, START_FILETIME), START_UNIX_NS);
	assert_int_equal(unix_ns(&clock, START_FILETIME + 1), START_UNIX_NS + 100);
	assert_int_equal(unix_ns(&clock, EPOCH_FILETIME), 0);
	assert_int_equal(unix_ns(&clock, EPOCH_FILETIME - 1), -100);
}

static void cpu_cycles_are_of_the_nominal_frequency(void **state)
{
	struct trace_clock clock = parse(&(struct etl_writer_options){
						 .clock = ETL_CLOCK_CPU_CYCLES,
						 .cpu_mhz = 2600,
					 })
					   .clock;

	(void)state;
	assert_int_equal(clock.type, CLOCK_CPU_CYCLES);
	assert_int_equal(unix_ns(&clock, START_CLOCK), START_UNIX_NS);
	/* 26 cycles are 10 ns; 7 are 2.69. */
	assert_int_equal(unix_ns(&clock, START_CLOCK + 26), START_UNIX_NS + 10);
	assert_int_equal(unix_ns(&clock, START_CLOCK + 7), START_UNIX_NS + 2);
	assert_int_equal(unix_ns(&clock, START_CLOCK + 2600000001), START_UNIX_NS + NS_PER_SECOND);
	assert_int_equal(unix_ns(&clock, START_CLOCK - 26), START_UNIX_NS - 10);
}

/* What the clock becomes when the value stands at an offset from the times (boot, frequency, start,
 * type). */
static struct trace_clock with_times(size_t at, uint64_t value, enum etl_clock type)
{
	struct etl_header header;
	struct made made;

	make(&made, &(struct etl_writer_options){.clock = type});
	put_le64(made.bytes + PAYLOAD_AT + 0xf8 + at, value);
	assert_true(etl_header_parse(&made.record, &header));
	unmake(&made);
	return header.clock;
}

static void a_clock_without_a_frequency_or_a_start_is_unknown(void **state)
{
	struct trace_clock zeros = {0};
	struct etl_header header;
	struct made made;
	int64_t ns;

	(void)state;
	assert_int_equal(with_times(8, 0, ETL_CLOCK_QPC).type, CLOCK_UNKNOWN);
	assert_int_equal(with_times(16, 0, ETL_CLOCK_QPC).type, CLOCK_UNKNOWN);
	assert_int_equal(with_times(16, UINT64_MAX, ETL_CLOCK_CPU_CYCLES).type, CLOCK_UNKNOWN);
	assert_int_equal(with_times(8, 0, ETL_CLOCK_SYSTEM_TIME).type, CLOCK_SYSTEM_TIME);
	assert_int_equal(with_times(16, 0, ETL_CLOCK_SYSTEM_TIME).type, CLOCK_SYSTEM_TIME);
	assert_int_equal(with_times(24, 0, ETL_CLOCK_QPC).type, CLOCK_UNKNOWN);
	assert_int_equal(with_times(24, 4, ETL_CLOCK_QPC).type, CLOCK_UNKNOWN);
	make(&made, &(struct etl_writer_options){.clock = ETL_CLOCK_CPU_CYCLES});
	put_le32(made.bytes + PAYLOAD_AT + 0x34, 0);
	assert_true(etl_header_parse(&made.record, &header));
	assert_int_equal(header.clock.type, CLOCK_UNKNOWN);
	assert_false(trace_clock_unix_ns(&header.clock, START_CLOCK, &ns));
	assert_false(trace_clock_unix_ns(&zeros, 0, &ns));
	unmake(&made);
}

static void the_highest_frequency_is_still_exact(void **state)
{
	uint64_t highest = UINT64_MAX / 1000000000;
	struct trace_clock clock = with_times(8, highest, ETL_CLOCK_QPC);

	(void)state;
	assert_int_equal(clock.type, CLOCK_QPC);
	assert_int_equal(unix_ns(&clock, START_CLOCK + highest - 1), START_UNIX_NS + 999999999);
	assert_int_equal(with_times(8, highest + 1, ETL_CLOCK_QPC).type, CLOCK_UNKNOWN);
	assert_int_equal(with_times(8, UINT64_MAX, ETL_CLOCK_QPC).type, CLOCK_UNKNOWN);
}

static void a_time_outside_of_nanoseconds_is_refused(void **state)
{
	struct trace_clock clock = {.type = CLOCK_QPC, .frequency_hz = 1000000000};
	int64_t ns;

	(void)state;
	assert_int_equal(unix_ns(&clock, INT64_MAX), INT64_MAX);
	assert_false(trace_clock_unix_ns(&clock, (uint64_t)INT64_MAX + 1, &ns));
	assert_false(trace_clock_unix_ns(&clock, UINT64_MAX, &ns));
	clock.origin_unix_ns = 1;
	assert_int_equal(unix_ns(&clock, INT64_MAX - 1), INT64_MAX);
	assert_false(trace_clock_unix_ns(&clock, INT64_MAX, &ns));
	clock.origin = UINT64_MAX;
	clock.origin_unix_ns = -2;
	assert_int_equal(unix_ns(&clock, UINT64_MAX - INT64_MAX + 1), INT64_MIN);
	assert_false(trace_clock_unix_ns(&clock, UINT64_MAX - INT64_MAX, &ns));
	assert_false(trace_clock_unix_ns(&clock, 0, &ns));
	clock = (struct trace_clock){
		.type = CLOCK_QPC, .origin_unix_ns = INT64_MAX, .frequency_hz = 1};
	assert_int_equal(unix_ns(&clock, 0), INT64_MAX);
	assert_false(trace_clock_unix_ns(&clock, 1, &ns));
	assert_false(trace_clock_unix_ns(&clock, UINT64_MAX, &ns));
}

/* FILETIMEs that nanoseconds since 1970 cannot express count as not said. */
static void a_filetime_out_of_range_is_as_good_as_none(void **state)
{
	static const uint64_t none[] = {
		0, 1, 24211015631452241, 208678456368547759, UINT64_C(1) << 63, UINT64_MAX};
	struct etl_header header;
	struct made made;

	(void)state;
	make(&made, NULL);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		put_le64(made.bytes + PAYLOAD_AT + 0x10, none[i]);
		put_le64(made.bytes + PAYLOAD_AT + 0xf8, none[i]);
		put_le64(made.bytes + PAYLOAD_AT + 0xf8 + 16, none[i]);
		assert_true(etl_header_parse(&made.record, &header));
		assert_int_equal(header.end_unix_ns, 0);
		assert_int_equal(header.boot_unix_ns, 0);
		assert_int_equal(header.start_unix_ns, 0);
	}
	put_le64(made.bytes + PAYLOAD_AT + 0x10, 24211015631452242);
	put_le64(made.bytes + PAYLOAD_AT + 0xf8, 208678456368547758);
	assert_true(etl_header_parse(&made.record, &header));
	assert_int_equal(header.end_unix_ns, INT64_C(-9223372036854775800));
	assert_int_equal(header.boot_unix_ns, INT64_C(9223372036854775800));
	unmake(&made);
}

/* The first timestamp that is not before a time, whatever the clock's steps are. */
static void a_time_has_its_first_timestamp(void **state)
{
	static const uint64_t frequencies[] = {1, 3, 10000000, 3579545, 1000000000, 2893127931};
	static const int64_t times[] = {-7000000003, -1, 0, 1, 33, 999999999, 86400000000001};
	uint64_t timestamp;
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(frequencies) / sizeof(frequencies[0]); i++) {
		struct trace_clock clock = {.type = CLOCK_QPC,
					    .origin = UINT64_C(1) << 40,
					    .origin_unix_ns = 1000000000,
					    .frequency_hz = frequencies[i]};

		for (j = 0; j < sizeof(times) / sizeof(times[0]); j++) {
			assert_true(trace_clock_ticks(&clock, times[j], &timestamp));
			assert_true(unix_ns(&clock, timestamp) >= times[j]);
			assert_true(unix_ns(&clock, timestamp - 1) < times[j]);
		}
	}
}

static void a_time_that_no_timestamp_has_is_refused(void **state)
{
	struct trace_clock clock = {
		.type = CLOCK_NANOSECONDS, .origin = 5, .frequency_hz = 1000000000};
	uint64_t timestamp;

	(void)state;
	assert_true(trace_clock_ticks(&clock, -10, &timestamp));
	assert_int_equal(timestamp, 0);
	clock.frequency_hz = UINT64_C(18000000000);
	clock.origin = UINT64_MAX - 5;
	assert_false(trace_clock_ticks(&clock, 1000000000, &timestamp));
	clock.type = CLOCK_UNKNOWN;
	assert_false(trace_clock_ticks(&clock, 0, &timestamp));
}

static void every_clock_has_a_name(void **state)
{
	(void)state;
	assert_string_equal(clock_type_name(CLOCK_UNKNOWN), "unknown");
	assert_string_equal(clock_type_name(CLOCK_QPC), "qpc");
	assert_string_equal(clock_type_name(CLOCK_SYSTEM_TIME), "system_time");
	assert_string_equal(clock_type_name(CLOCK_CPU_CYCLES), "cpu_cycles");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_field_is_found_with_both_pointer_sizes),
		cmocka_unit_test(a_session_that_was_not_ended_has_no_end),
		cmocka_unit_test(only_the_systems_first_hook_is_a_header),
		cmocka_unit_test(a_payload_that_ends_before_the_names_is_refused),
		cmocka_unit_test(a_pointer_size_that_is_none_is_refused),
		cmocka_unit_test(names_are_read_by_the_header_not_by_the_record),
		cmocka_unit_test(a_name_longer_than_its_room_is_cut_and_the_next_is_whole),
		cmocka_unit_test(a_name_that_is_no_utf16_is_made_utf8),
		cmocka_unit_test(a_name_without_an_end_ends_with_the_record),
		cmocka_unit_test(a_performance_counter_counts_from_the_start),
		cmocka_unit_test(years_of_ticks_stay_exact),
		cmocka_unit_test(system_time_is_a_filetime),
		cmocka_unit_test(cpu_cycles_are_of_the_nominal_frequency),
		cmocka_unit_test(a_clock_without_a_frequency_or_a_start_is_unknown),
		cmocka_unit_test(the_highest_frequency_is_still_exact),
		cmocka_unit_test(a_time_outside_of_nanoseconds_is_refused),
		cmocka_unit_test(a_filetime_out_of_range_is_as_good_as_none),
		cmocka_unit_test(a_time_has_its_first_timestamp),
		cmocka_unit_test(a_time_that_no_timestamp_has_is_refused),
		cmocka_unit_test(every_clock_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
