#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/etl_writer.h"
#include "tests/support/posix.h"
#include "tests/support/random.h"
#include "tests/support/xpress_writer.h"

enum {
	RECORDS_AT = 0x48,
	HEADER_PAYLOAD_AT = 0x48 + 0x20,
	START_CLOCK = 1000000000,
};

/* A finished recording. */
struct recording {
	struct etl_writer *writer;
	const uint8_t *bytes;
	size_t length;
};

static uint64_t get(const uint8_t *at, int bytes)
{
	uint64_t value = 0;

	for (int i = bytes - 1; i >= 0; i--)
		value = value << 8 | at[i];
	return value;
}

static struct recording finish(struct etl_writer *writer)
{
	struct recording recording = {.writer = writer};

	recording.bytes = etl_writer_finish(writer, &recording.length);
	return recording;
}

static const uint8_t *buffer_at(const struct recording *recording, size_t index)
{
	return recording->bytes + etl_buffer_offset(recording->writer, index);
}

/* A record of `length` bytes of a kind that has no header but its size and its mark. */
static void write_raw(struct etl_writer *writer, uint32_t processor, uint64_t time, size_t length)
{
	uint8_t bytes[65535] = {0};

	bytes[0] = (uint8_t)length;
	bytes[1] = (uint8_t)(length >> 8);
	bytes[2] = 0x0e;
	bytes[3] = 0xc0;
	etl_write_raw(writer, processor, time, bytes, length);
}

static void the_first_buffer_holds_the_header_record_and_ones(void **state)
{
	struct recording made = finish(etl_writer_new(NULL));
	uint64_t offset = get(made.bytes + 0x30, 4);

	(void)state;
	assert_int_equal(made.length, 65536);
	assert_int_equal(get(made.bytes, 4), 65536);
	assert_int_equal(get(made.bytes + 0x0c, 4), 0);
	assert_int_equal(get(made.bytes + 0x10, 8), 0);
	assert_int_equal(get(made.bytes + 0x18, 8), 0);
	assert_int_equal(get(made.bytes + 0x28, 2), 0x0800);
	assert_int_equal(get(made.bytes + 0x2c, 4), 3);
	assert_int_equal(get(made.bytes + 0x34, 2), 0x01);
	assert_int_equal(get(made.bytes + 0x36, 2), 4);
	/* SYSTEM64, hook 0x0000 version 2; its size and the padding end where the buffer says. */
	assert_memory_equal(made.bytes + 0x48, "\x02\x00\x02\xc0", 4);
	assert_int_equal(get(made.bytes + 0x4e, 2), 0);
	assert_int_equal(offset, (RECORDS_AT + get(made.bytes + 0x4c, 2) + 7) / 8 * 8);
	for (size_t i = offset; i < made.length; i++)
		assert_int_equal(made.bytes[i], 0xff);
	etl_writer_free(made.writer);
}

static void a_buffer_header_says_what_its_buffer_holds(void **state)
{
	struct etl_writer *writer = etl_writer_new(NULL);
	struct recording made;
	const uint8_t *at;

	(void)state;
	write_raw(writer, 3, 2000000000, 20);
	write_raw(writer, 3, 2000000007, 8);
	etl_flush(writer, 3, 0x02);
	made = finish(writer);
	assert_int_equal(etl_buffer_count(made.writer), 2);
	assert_int_equal(etl_buffer_offset(made.writer, 1), 65536);
	at = buffer_at(&made, 1);
	assert_int_equal(get(at, 4), 65536);
	assert_int_equal(get(at + 0x04, 4), 0x48 + 24 + 8);
	assert_true(get(at + 0x08, 4) > 65536);
	assert_int_equal(get(at + 0x10, 8), 2000000007);
	assert_int_equal(get(at + 0x18, 8), 1);
	assert_int_equal(at[0x28], 3);
	assert_int_equal(at[0x29], 8);
	assert_int_equal(get(at + 0x2c, 4), 3);
	assert_int_equal(get(at + 0x30, 4), 0x48 + 24 + 8);
	assert_int_equal(get(at + 0x34, 2), 0x02);
	assert_int_equal(get(at + 0x36, 2), 0);
	for (size_t i = 0x48 + 24 + 8; i < 65536; i++)
		assert_int_equal(at[i], 0xff);
	etl_writer_free(made.writer);
}

static void a_record_is_padded_to_eight_with_bytes_that_are_not_zero(void **state)
{
	struct etl_writer *writer = etl_writer_new(NULL);
	struct recording made;
	const uint8_t *at;

	(void)state;
	write_raw(writer, 0, START_CLOCK, 17);
	write_raw(writer, 0, START_CLOCK, 16);
	made = finish(writer);
	at = buffer_at(&made, 1) + RECORDS_AT;
	assert_int_equal(get(at, 4), 0xc00e0011);
	for (size_t i = 17; i < 24; i++)
		assert_int_not_equal(at[i], 0);
	assert_int_equal(get(at + 24, 4), 0xc00e0010);
	assert_int_equal(at[40], 0xff);
	etl_writer_free(made.writer);
}

static void a_record_that_does_not_fit_begins_the_next_buffer(void **state)
{
	struct etl_writer *writer =
		etl_writer_new(&(struct etl_writer_options){.buffer_bytes = 1024});
	struct recording made;

	(void)state;
	write_raw(writer, 0, START_CLOCK + 1, 952);
	write_raw(writer, 0, START_CLOCK + 2, 944);
	write_raw(writer, 0, START_CLOCK + 3, 16);
	made = finish(writer);
	assert_int_equal(etl_buffer_count(made.writer), 4);
	assert_int_equal(made.length, 4 * 1024);
	assert_int_equal(get(buffer_at(&made, 1) + 0x30, 4), 1024);
	assert_int_equal(get(buffer_at(&made, 2) + 0x30, 4), 1016);
	assert_int_equal(get(buffer_at(&made, 3) + 0x30, 4), RECORDS_AT + 16);
	assert_int_equal(get(buffer_at(&made, 2) + 0x10, 8), START_CLOCK + 2);
	etl_writer_free(made.writer);
}

static void each_processor_has_its_own_buffer_and_sequence_numbers_are_unique(void **state)
{
	struct etl_writer *writer = etl_writer_new(NULL);
	struct recording made;

	(void)state;
	write_raw(writer, 2, START_CLOCK + 1, 16);
	write_raw(writer, 1, START_CLOCK + 2, 16);
	write_raw(writer, 2, START_CLOCK + 3, 16);
	etl_flush(writer, 2, 0);
	write_raw(writer, 2, START_CLOCK + 4, 16);
	made = finish(writer);
	assert_int_equal(etl_buffer_count(made.writer), 4);
	assert_int_equal(buffer_at(&made, 1)[0x28], 2);
	assert_int_equal(buffer_at(&made, 2)[0x28], 1);
	assert_int_equal(buffer_at(&made, 3)[0x28], 2);
	for (uint64_t i = 0; i < 4; i++)
		assert_int_equal(get(buffer_at(&made, i) + 0x18, 8), i);
	assert_int_equal(get(buffer_at(&made, 1) + 0x30, 4), RECORDS_AT + 32);
	etl_writer_free(made.writer);
}

static void an_empty_buffer_is_written_only_for_its_flags(void **state)
{
	struct etl_writer *writer = etl_writer_new(NULL);
	struct recording made;

	(void)state;
	etl_flush(writer, 0, 0);
	etl_flush(writer, 1, 0x04);
	made = finish(writer);
	assert_int_equal(etl_buffer_count(made.writer), 2);
	assert_int_equal(get(buffer_at(&made, 1) + 0x30, 4), RECORDS_AT);
	assert_int_equal(get(buffer_at(&made, 1) + 0x34, 2), 0x04);
	etl_writer_free(made.writer);
}

static void a_processor_index_is_sixteen_bits_wide(void **state)
{
	struct etl_writer *writer =
		etl_writer_new(&(struct etl_writer_options){.processor_index = true});
	struct recording made;

	(void)state;
	write_raw(writer, 300, START_CLOCK, 16);
	made = finish(writer);
	assert_int_equal(get(made.bytes + 0x34, 2), 0x21);
	assert_int_equal(get(buffer_at(&made, 1) + 0x34, 2), 0x20);
	assert_int_equal(get(buffer_at(&made, 1) + 0x28, 2), 300);
	etl_writer_free(made.writer);
}

static void fill_buffers(struct etl_writer *writer)
{
	for (uint64_t i = 0; i < 500; i++)
		write_raw(writer, i % 3, START_CLOCK + i, 24 + i % 100);
}

static void a_compressed_buffer_holds_the_stream_of_the_plain_one(void **state)
{
	struct etl_writer_options options = {.buffer_bytes = 8192};
	struct etl_writer *writer = etl_writer_new(&options);
	struct recording plain, packed;
	uint8_t stream[16384];

	(void)state;
	fill_buffers(writer);
	plain = finish(writer);
	options.compressed = true;
	writer = etl_writer_new(&options);
	fill_buffers(writer);
	packed = finish(writer);
	assert_int_equal(etl_buffer_count(plain.writer), etl_buffer_count(packed.writer));
	assert_true(etl_buffer_count(plain.writer) > 3);
	for (size_t i = 1; i < etl_buffer_count(plain.writer); i++) {
		const uint8_t *a = buffer_at(&plain, i), *b = buffer_at(&packed, i);
		size_t used = get(a + 0x30, 4), length;

		length = xpress_compress(stream, a + RECORDS_AT, used - RECORDS_AT);
		assert_int_equal(get(b, 4), RECORDS_AT + length);
		assert_memory_equal(b + RECORDS_AT, stream, length);
		assert_int_equal(get(b + 0x34, 2), 0x40);
		assert_int_equal(get(b + 0x30, 4), used);
		assert_memory_equal(a + 0x10, b + 0x10, 0x1a);
	}
	etl_writer_free(plain.writer);
	etl_writer_free(packed.writer);
}

static void a_compressed_recording_has_a_plain_header_buffer_cut_to_its_content(void **state)
{
	struct recording made =
		finish(etl_writer_new(&(struct etl_writer_options){.compressed = true}));
	const uint8_t *payload = made.bytes + HEADER_PAYLOAD_AT;

	(void)state;
	assert_int_equal(made.length, 512);
	assert_int_equal(get(made.bytes, 4), 512);
	assert_int_equal(get(made.bytes + 0x34, 2), 0x01);
	assert_int_equal(get(payload, 4), 65536);
	assert_int_equal(get(payload + 0x20, 4), 0x04000001);
	assert_memory_equal(payload + 4, "\x0a\x00\x02\x00", 4);
	etl_writer_free(made.writer);
}

static void a_buffer_that_compression_enlarges_past_the_limit_stays_plain(void **state)
{
	struct etl_writer *writer = etl_writer_new(
		&(struct etl_writer_options){.buffer_bytes = 1024, .compressed = true});
	struct random random = {1};
	struct recording made;
	uint8_t noise[944];

	(void)state;
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (uint8_t)random_next(&random);
	etl_write_raw(writer, 0, START_CLOCK, noise, sizeof(noise));
	made = finish(writer);
	assert_int_equal(get(buffer_at(&made, 1), 4), RECORDS_AT + 944);
	assert_int_equal(get(buffer_at(&made, 1) + 0x30, 4), RECORDS_AT + 944);
	assert_int_equal(get(buffer_at(&made, 1) + 0x34, 2), 0);
	assert_memory_equal(buffer_at(&made, 1) + RECORDS_AT, noise, sizeof(noise));
	assert_int_equal(made.length, 512 + RECORDS_AT + 944);
	etl_writer_free(made.writer);
}

static const struct etl_writer_options all_options = {
	.buffer_bytes = 16384,
	.processors = 6,
	.os_build = 7601,
	.clock = ETL_CLOCK_QPC,
	.perf_frequency_hz = 2500000,
	.cpu_mhz = 2400,
	.start_filetime = 130000000000000000,
	.start_clock = 77,
	.boot_filetime = 129990000000000000,
	.log_file_mode = 0x08000001,
	.events_lost = 5,
	.buffers_lost = 6,
	.session_name = "s\xc3\xa9ssion",
	.log_file_name = "f.etl",
};

static void check_header_fields(const uint8_t *payload, size_t times_at, unsigned int buffers)
{
	assert_int_equal(get(payload, 4), 16384);
	assert_memory_equal(payload + 0x04, "\x06\x01\x01\x05", 4);
	assert_int_equal(get(payload + 0x08, 4), 7601);
	assert_int_equal(get(payload + 0x0c, 4), 6);
	assert_int_equal(get(payload + 0x18, 4), 156250);
	assert_int_equal(get(payload + 0x20, 4), 0x08000001);
	assert_int_equal(get(payload + 0x24, 4), buffers);
	assert_int_equal(get(payload + 0x28, 4), 1);
	assert_int_equal(get(payload + 0x30, 4), buffers ? 5 : 0);
	assert_int_equal(get(payload + 0x34, 4), 2400);
	assert_int_equal(get(payload + times_at, 8), 129990000000000000);
	assert_int_equal(get(payload + times_at + 8, 8), 2500000);
	assert_int_equal(get(payload + times_at + 16, 8), 130000000000000000);
	assert_int_equal(get(payload + times_at + 24, 4), 1);
	assert_int_equal(get(payload + times_at + 28, 4), buffers ? 6 : 0);
	assert_memory_equal(payload + times_at + 32,
			    "s\0\xe9\0s\0s\0i\0o\0n\0\0\0f\0.\0e\0t\0l\0\0", 28);
}

static void the_log_file_header_of_a_64_bit_writer(void **state)
{
	struct recording made = finish(etl_writer_new(&all_options));
	const uint8_t *record = made.bytes + RECORDS_AT, *payload = record + 0x20;

	(void)state;
	assert_int_equal(record[2], 0x02);
	assert_int_equal(get(record + 4, 2), 0x20 + 0x118 + 28);
	assert_int_equal(get(record + 0x10, 8), 77);
	assert_int_equal(get(payload + 0x2c, 4), 8);
	assert_int_equal(get(payload + 0x48, 4), (uint32_t)-60);
	assert_memory_equal(payload + 0x4c, "W\0.\0 \0E\0", 8);
	assert_memory_equal(payload + 0x48 + 68, "\0\0\x0a\0\0\0\x05\0\x03\0", 10);
	assert_memory_equal(payload + 0x48 + 152, "\0\0\x03\0\0\0\x05\0\x02\0", 10);
	assert_int_equal(get(payload + 0x48 + 168, 4), (uint32_t)-60);
	check_header_fields(payload, 0xf8, 1);
	etl_writer_free(made.writer);
}

static void the_log_file_header_of_a_32_bit_writer(void **state)
{
	struct etl_writer_options options = all_options;
	struct recording made;
	const uint8_t *record, *payload;

	(void)state;
	options.pointer_bytes = 4;
	made = finish(etl_writer_new(&options));
	record = made.bytes + RECORDS_AT;
	payload = record + 0x20;
	assert_int_equal(record[2], 0x01);
	assert_int_equal(get(record + 4, 2), 0x20 + 0x110 + 28);
	assert_int_equal(get(payload + 0x2c, 4), 4);
	assert_int_equal(get(payload + 0x40, 4), (uint32_t)-60);
	check_header_fields(payload, 0xf0, 1);
	etl_writer_free(made.writer);
}

static void a_session_that_never_ended_has_no_end_and_no_losses(void **state)
{
	struct etl_writer_options options = all_options;
	struct etl_writer *writer;
	struct recording made;

	(void)state;
	options.not_finalised = true;
	writer = etl_writer_new(&options);
	write_raw(writer, 0, 2577, 16);
	made = finish(writer);
	assert_int_equal(etl_buffer_count(made.writer), 2);
	assert_int_equal(get(made.bytes + HEADER_PAYLOAD_AT + 0x10, 8), 0);
	check_header_fields(made.bytes + HEADER_PAYLOAD_AT, 0xf8, 0);
	etl_writer_free(made.writer);
}

static uint64_t end_time(enum etl_clock clock, uint64_t last_time)
{
	struct etl_writer_options options = all_options;
	struct etl_writer *writer;
	struct recording made;
	uint64_t end;

	options.clock = clock;
	writer = etl_writer_new(&options);
	write_raw(writer, 0, last_time, 16);
	made = finish(writer);
	end = get(made.bytes + HEADER_PAYLOAD_AT + 0x10, 8);
	etl_writer_free(made.writer);
	return end;
}

static void a_session_ends_just_after_its_last_record_by_any_clock(void **state)
{
	uint64_t start = all_options.start_filetime;

	(void)state;
	assert_int_equal(end_time(ETL_CLOCK_QPC, 77 + 3 * 2500000 + 1), start + 30000000 + 5);
	assert_int_equal(end_time(ETL_CLOCK_SYSTEM_TIME, start + 123), start + 123);
	assert_int_equal(end_time(ETL_CLOCK_CPU_CYCLES, 77 + UINT64_C(4800000000)),
			 start + 20000001);
}

static void a_system_time_session_starts_at_its_start_time(void **state)
{
	struct etl_writer_options options = all_options;
	struct recording made;

	(void)state;
	options.clock = ETL_CLOCK_SYSTEM_TIME;
	made = finish(etl_writer_new(&options));
	assert_int_equal(get(made.bytes + RECORDS_AT + 0x10, 8), all_options.start_filetime);
	assert_int_equal(get(made.bytes + HEADER_PAYLOAD_AT + 0xf8 + 24, 4), 2);
	etl_writer_free(made.writer);
}

/* Whether `misuse` ends its process by abort(). */
static bool aborts(void (*misuse)(void))
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		misuse();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void write_too_long(void)
{
	struct etl_writer *writer =
		etl_writer_new(&(struct etl_writer_options){.buffer_bytes = 1024});

	write_raw(writer, 0, START_CLOCK, 1024 - 0x48 + 1);
}

static void write_past_eight_bits(void)
{
	write_raw(etl_writer_new(NULL), 256, START_CLOCK, 16);
}

static void write_after_the_end(void)
{
	struct recording made = finish(etl_writer_new(NULL));

	write_raw(made.writer, 0, START_CLOCK, 16);
}

static void misuse_aborts(void **state)
{
	(void)state;
	assert_true(aborts(write_too_long));
	assert_true(aborts(write_past_eight_bits));
	assert_true(aborts(write_after_the_end));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_buffer_holds_the_header_record_and_ones),
		cmocka_unit_test(a_buffer_header_says_what_its_buffer_holds),
		cmocka_unit_test(a_record_is_padded_to_eight_with_bytes_that_are_not_zero),
		cmocka_unit_test(a_record_that_does_not_fit_begins_the_next_buffer),
		cmocka_unit_test(each_processor_has_its_own_buffer_and_sequence_numbers_are_unique),
		cmocka_unit_test(an_empty_buffer_is_written_only_for_its_flags),
		cmocka_unit_test(a_processor_index_is_sixteen_bits_wide),
		cmocka_unit_test(a_compressed_buffer_holds_the_stream_of_the_plain_one),
		cmocka_unit_test(
			a_compressed_recording_has_a_plain_header_buffer_cut_to_its_content),
		cmocka_unit_test(a_buffer_that_compression_enlarges_past_the_limit_stays_plain),
		cmocka_unit_test(the_log_file_header_of_a_64_bit_writer),
		cmocka_unit_test(the_log_file_header_of_a_32_bit_writer),
		cmocka_unit_test(a_session_that_never_ended_has_no_end_and_no_losses),
		cmocka_unit_test(a_session_ends_just_after_its_last_record_by_any_clock),
		cmocka_unit_test(a_system_time_session_starts_at_its_start_time),
		cmocka_unit_test(misuse_aborts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
