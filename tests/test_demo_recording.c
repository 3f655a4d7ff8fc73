#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/record/xpress.h"
#include "tests/support/demo_recording.h"

enum {
	PROCESSORS = 4,
	SECONDS = 60,
	START_CLOCK = 1000000000,
	TICKS_PER_SECOND = 10000000,
	BUFFER_BYTES = 65536,

	TYPE_SYSTEM64 = 0x02,
	TYPE_PERFINFO64 = 0x11,
	TYPE_EVENT64 = 0x13,
	TYPE_FULL64 = 0x14,
};

/* What the demo holds, its header record left out. */
struct census {
	unsigned int in_second[SECONDS];
	unsigned int buffers[SECONDS][PROCESSORS];
	unsigned int of_hook[0x10000];
	unsigned int queries, answers, collection_starts, collection_ends, shop, schemas;
	unsigned int lost_flags;
	uint64_t newest[PROCESSORS];
};

static uint64_t get(const uint8_t *at, int bytes)
{
	uint64_t value = 0;

	for (int i = bytes - 1; i >= 0; i--)
		value = value << 8 | at[i];
	return value;
}

static void count_event(struct census *census, const uint8_t *record)
{
	uint64_t provider = get(record + 24, 4), id = get(record + 40, 2);

	if (provider == 0x1c95126e) {
		census->queries += id == 3006;
		census->answers += id == 3008;
	} else if (provider == 0xe13c0d23) {
		census->collection_starts += id == 1;
		census->collection_ends += id == 2;
	} else {
		assert_int_equal(provider, 0x0681a4da);
		assert_int_equal(get(record + 4, 2), 1);
		census->shop++;
	}
}

/* Gives the record's size and its time. */
static size_t count_record(struct census *census, const uint8_t *record, uint64_t *time)
{
	bool kernel = record[2] == TYPE_PERFINFO64 || record[2] == TYPE_SYSTEM64;

	*time = get(record + (record[2] == TYPE_PERFINFO64 ? 8 : 16), 8);
	census->in_second[(*time - START_CLOCK) / TICKS_PER_SECOND]++;
	if (kernel) {
		census->of_hook[get(record + 6, 2)]++;
		return get(record + 4, 2);
	}
	if (record[2] == TYPE_EVENT64)
		count_event(census, record);
	else
		census->schemas += record[2] == TYPE_FULL64;
	return get(record, 2);
}

static void count_buffer(struct census *census, const uint8_t *buffer)
{
	static uint8_t records[BUFFER_BYTES];
	size_t bytes = get(buffer + 0x30, 4) - 0x48;
	uint64_t flushed = get(buffer + 0x10, 8), time;
	uint8_t processor = buffer[0x28];

	assert_true(bytes <= sizeof(records) && processor < PROCESSORS);
	assert_int_equal(xpress_decompress(records, bytes, buffer + 0x48, get(buffer, 4) - 0x48),
			 bytes);
	for (size_t at = 0; at < bytes;) {
		assert_int_equal(records[at + 3], 0xc0);
		at += (count_record(census, records + at, &time) + 7) & ~(size_t)7;
		assert_true(time > census->newest[processor] && time <= flushed);
		census->newest[processor] = time;
	}
	census->buffers[(flushed - START_CLOCK) / TICKS_PER_SECOND][processor]++;
	census->lost_flags += (buffer[0x34] & 0x02) != 0;
}

static const struct census *take_census(void)
{
	static struct census census;
	struct etl_writer *writer = demo_recording_new();
	size_t length;
	const uint8_t *bytes = etl_writer_finish(writer, &length);

	memset(&census, 0, sizeof(census));
	for (size_t i = 1; i < etl_buffer_count(writer); i++)
		count_buffer(&census, bytes + etl_buffer_offset(writer, i));
	etl_writer_free(writer);
	return &census;
}

static void the_demo_is_the_same_each_time_and_below_400_kib(void **state)
{
	struct etl_writer *a = demo_recording_new(), *b = demo_recording_new();
	size_t length_a, length_b;
	const uint8_t *bytes_a = etl_writer_finish(a, &length_a);
	const uint8_t *bytes_b = etl_writer_finish(b, &length_b);

	(void)state;
	assert_int_equal(length_a, length_b);
	assert_memory_equal(bytes_a, bytes_b, length_a);
	assert_true(length_a < 400 * 1024);
	etl_writer_free(a);
	etl_writer_free(b);
}

static void each_processor_flushes_a_buffer_each_second(void **state)
{
	const struct census *census = take_census();

	(void)state;
	for (size_t second = 0; second < SECONDS; second++)
		for (size_t i = 0; i < PROCESSORS; i++)
			assert_true(census->buffers[second][i] > 0);
}

static void the_kernel_classes_are_there(void **state)
{
	/* Group and type: processes, threads, images, disks, TCP. */
	static const uint16_t hooks[] = {0x0301, 0x0302, 0x0303, 0x0501, 0x0502, 0x0503, 0x0524,
					 0x030a, 0x1402, 0x1403, 0x010a, 0x010b, 0x010e, 0x060a,
					 0x060b, 0x060c, 0x060d, 0x060e, 0x060f, 0x061a, 0x061b};
	const struct census *census = take_census();

	(void)state;
	for (size_t i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++)
		if (census->of_hook[hooks[i]] < 2)
			fail_msg("hook 0x%04x", hooks[i]);
}

static void the_providers_are_there_and_their_pairs_match(void **state)
{
	const struct census *census = take_census();

	(void)state;
	assert_int_equal(census->schemas, 4);
	assert_true(census->shop > 500 && census->queries > 100 && census->collection_starts > 50);
	assert_in_range(census->queries - census->answers, 0, 5);
	assert_in_range(census->collection_starts - census->collection_ends, 0, 2);
}

static void the_load_comes_in_waves_and_a_burst(void **state)
{
	const struct census *census = take_census();
	unsigned int trough = 0, crest = 0, burst = 0;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		trough += census->in_second[18 + i];
		crest += census->in_second[28 + i];
		burst += census->in_second[48 + i];
	}
	assert_true(crest > 2 * trough);
	assert_true(burst > 3 * crest / 2);
}

static void a_few_events_are_lost(void **state)
{
	struct etl_writer *writer = demo_recording_new();
	size_t length;
	const uint8_t *bytes = etl_writer_finish(writer, &length);

	(void)state;
	assert_in_range(get(bytes + 0x48 + 0x20 + 0x30, 4), 1, 50);
	etl_writer_free(writer);
	assert_int_equal(take_census()->lost_flags, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_demo_is_the_same_each_time_and_below_400_kib),
		cmocka_unit_test(each_processor_flushes_a_buffer_each_second),
		cmocka_unit_test(the_kernel_classes_are_there),
		cmocka_unit_test(the_providers_are_there_and_their_pairs_match),
		cmocka_unit_test(the_load_comes_in_waves_and_a_burst),
		cmocka_unit_test(a_few_events_are_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
