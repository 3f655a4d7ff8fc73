#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/bench_recording.h"

enum {
	EVENTS = 50000,
	EVENT_BYTES = 80,
	PERFINFO_BYTES = 16,
	TYPE_PERFINFO64 = 0x11,
	TYPE_EVENT64 = 0x13,
	TYPE_FULL64 = 0x14,
};

/* What a recording holds, its header record left out. */
struct census {
	uint64_t records, record_bytes, schemas;
	uint64_t of_id[8][10]; /* by the last byte of the provider's GUID, and by id */
	uint64_t switches, disk_reads, disk_writes;
	uint64_t of_processor[8];
	size_t shortest_payload, longest_payload;
};

static uint32_t get(const uint8_t *at, int bytes)
{
	uint32_t value = 0;

	for (int i = bytes - 1; i >= 0; i--)
		value = value << 8 | at[i];
	return value;
}

static void count_payload(struct census *census, size_t bytes)
{
	if (census->shortest_payload > bytes)
		census->shortest_payload = bytes;
	if (census->longest_payload < bytes)
		census->longest_payload = bytes;
}

static size_t count_record(struct census *census, const uint8_t *record)
{
	size_t size = get(record + (record[2] == TYPE_PERFINFO64 ? 4 : 0), 2);

	if (record[2] == TYPE_FULL64) {
		census->schemas++;
		return size;
	}
	census->records++;
	census->record_bytes += size;
	if (record[2] == TYPE_EVENT64) {
		assert_in_range(record[39], 1, 7);
		assert_in_range(get(record + 40, 2), 1, 9);
		census->of_id[record[39]][record[40]]++;
		count_payload(census, size - EVENT_BYTES);
		return size;
	}
	assert_int_equal(record[2], TYPE_PERFINFO64);
	count_payload(census, size - PERFINFO_BYTES);
	census->switches += get(record + 6, 2) == 0x0524;
	census->disk_reads += get(record + 6, 2) == 0x010a;
	census->disk_writes += get(record + 6, 2) == 0x010b;
	return size;
}

static struct census take_census(struct etl_writer *writer)
{
	struct census census = {.shortest_payload = SIZE_MAX};
	size_t length;
	const uint8_t *bytes = etl_writer_finish(writer, &length);

	for (size_t i = 1; i < etl_buffer_count(writer); i++) {
		const uint8_t *buffer = bytes + etl_buffer_offset(writer, i);
		uint64_t before = census.records;

		for (size_t at = 0x48; at < get(buffer + 0x30, 4);)
			at += (count_record(&census, buffer + at) + 7) & ~(size_t)7;
		assert_in_range(buffer[0x28], 0, 7);
		census.of_processor[buffer[0x28]] += census.records - before;
	}
	etl_writer_free(writer);
	return census;
}

static struct census fill_and_take_census(void)
{
	struct etl_writer *writer = bench_recording_new(false);

	bench_recording_fill(writer, EVENTS);
	return take_census(writer);
}

static void it_holds_as_many_events_as_were_asked_for(void **state)
{
	struct census census = fill_and_take_census();

	(void)state;
	assert_int_equal(census.records, EVENTS);
	for (size_t i = 0; i < 8; i++)
		assert_in_range(census.of_processor[i], EVENTS / 10, EVENTS / 6);
}

static void its_records_have_112_bytes_on_average(void **state)
{
	struct census census = fill_and_take_census();

	(void)state;
	assert_in_range(census.record_bytes / census.records, 108, 116);
	assert_int_equal(census.shortest_payload, 16);
	assert_in_range(census.longest_payload, 180, 200);
}

static void nine_providers_and_sixty_ids_occur(void **state)
{
	struct census census = fill_and_take_census();
	unsigned int ids = 0, providers = 0;

	(void)state;
	for (size_t i = 1; i < 8; i++) {
		uint64_t events = 0;

		for (size_t j = 0; j < 10; j++) {
			events += census.of_id[i][j];
			ids += census.of_id[i][j] != 0;
		}
		providers += events != 0;
	}
	assert_int_equal(providers, 7);
	assert_int_equal(ids, 60);
	assert_true(census.switches && census.disk_reads && census.disk_writes);
}

static void schemas_are_records_of_their_own(void **state)
{
	struct etl_writer *writer = bench_recording_new(false);
	struct census census;

	(void)state;
	bench_recording_schemas(writer);
	bench_recording_fill(writer, 1000);
	census = take_census(writer);
	assert_int_equal(census.schemas, 60);
	assert_int_equal(census.records, 1000);
}

static void two_recordings_are_alike_and_compression_makes_one_shorter(void **state)
{
	struct etl_writer *writers[3];
	const uint8_t *bytes[3];
	size_t lengths[3];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		writers[i] = bench_recording_new(i == 2);
		bench_recording_fill(writers[i], 5000);
		bytes[i] = etl_writer_finish(writers[i], &lengths[i]);
	}
	assert_int_equal(lengths[0], lengths[1]);
	assert_memory_equal(bytes[0], bytes[1], lengths[0]);
	assert_true(lengths[2] < lengths[0] * 2 / 3);
	for (size_t i = 0; i < 3; i++)
		etl_writer_free(writers[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_holds_as_many_events_as_were_asked_for),
		cmocka_unit_test(its_records_have_112_bytes_on_average),
		cmocka_unit_test(nine_providers_and_sixty_ids_occur),
		cmocka_unit_test(schemas_are_records_of_their_own),
		cmocka_unit_test(two_recordings_are_alike_and_compression_makes_one_shorter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
