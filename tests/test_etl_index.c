#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/record/etl.h"
#include "exporter/source/etl_index.h"
#include "tests/support/etl_writer.h"
#include "tests/support/little_endian.h"

#define START UINT64_C(1000000000)

/* A recording, and the index of it. */
struct rig {
	struct etl_writer *writer;
	uint8_t *bytes;
	size_t length;
	struct etl_index index;
};

static void begin(struct rig *rig, bool compressed)
{
	const struct etl_writer_options options = {.compressed = compressed, .start_clock = START};

	memset(rig, 0, sizeof(*rig));
	rig->writer = etl_writer_new(&options);
	etl_index_init(&rig->index);
}

/* Events of so many bytes at these times after the start, in one buffer. */
static void add_sized(struct rig *rig, uint32_t cpu, size_t payload_bytes, size_t count,
		      const uint64_t *times)
{
	static const uint8_t payload[4096];
	struct etl_event event = {
		.processor = cpu, .payload = payload, .payload_bytes = payload_bytes};
	size_t i;

	for (i = 0; i < count; i++) {
		event.time = START + times[i];
		etl_write_event(rig->writer, &event, 8);
	}
	etl_flush(rig->writer, cpu, 0);
}

#define ADD(rig, cpu, ...)                                                           \
	add_sized(rig, cpu, 8, sizeof((uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t), \
		  (const uint64_t[]){__VA_ARGS__})

static void add_messages(struct rig *rig, uint32_t cpu)
{
	const struct etl_wpp message = {.processor = cpu, .number = 1, .flags = 0x22};

	etl_write_wpp(rig->writer, &message);
	etl_write_wpp(rig->writer, &message);
}

static void finish(struct rig *rig)
{
	const uint8_t *bytes = etl_writer_finish(rig->writer, &rig->length);

	rig->bytes = malloc(rig->length);
	assert_non_null(rig->bytes);
	memcpy(rig->bytes, bytes, rig->length);
}

/* All buffers of the recording, as if it stood at this offset; sanitizers see what is beyond. */
static void index_all(struct rig *rig, uint64_t offset)
{
	size_t at = 0;

	while (at < rig->length) {
		struct etl_buffer buffer;
		uint8_t *copy;

		etl_buffer_read(rig->bytes + at, &buffer);
		copy = malloc(buffer.bytes);
		assert_non_null(copy);
		memcpy(copy, rig->bytes + at, buffer.bytes);
		etl_index_add(&rig->index, offset + at, copy, buffer.bytes);
		free(copy);
		at += buffer.bytes;
	}
}

/* The number, as they were written, of the buffer that is to be read at this place. */
static size_t buffer_at(const struct rig *rig, size_t place)
{
	size_t i;

	assert_true(place < rig->index.count);
	for (i = 0; i < etl_buffer_count(rig->writer); i++)
		if (etl_buffer_offset(rig->writer, i) == rig->index.entries[place].at % rig->length)
			return i;
	fail();
	return 0;
}

static void assert_order(const struct rig *rig, size_t count, const size_t *expected)
{
	size_t i;

	assert_int_equal(rig->index.count, count);
	for (i = 0; i < count; i++)
		assert_int_equal(buffer_at(rig, i), expected[i]);
}

#define ASSERT_ORDER(rig, ...)                                              \
	assert_order(rig, sizeof((size_t[]){__VA_ARGS__}) / sizeof(size_t), \
		     (const size_t[]){__VA_ARGS__})

static void index_and_sort(struct rig *rig)
{
	finish(rig);
	index_all(rig, 0);
	assert_true(etl_index_sort(&rig->index));
}

static void end(struct rig *rig)
{
	etl_index_done(&rig->index);
	etl_writer_free(rig->writer);
	free(rig->bytes);
}

static void check_order(bool compressed)
{
	struct rig rig;

	begin(&rig, compressed);
	ADD(&rig, 0, 100, 150);
	ADD(&rig, 0, 300, 350);
	ADD(&rig, 0, 500, 900);
	ADD(&rig, 1, 50, 290);
	ADD(&rig, 1, 400, 1000);
	index_and_sort(&rig);
	ASSERT_ORDER(&rig, 0, 4, 1, 2, 5, 3);
	assert_int_equal(etl_index_complete_until(&rig.index, 0), START + 50);
	assert_int_equal(etl_index_complete_until(&rig.index, 1), START + 100);
	assert_int_equal(etl_index_complete_until(&rig.index, 4), START + 500);
	assert_int_equal(etl_index_complete_until(&rig.index, 5), UINT64_MAX);
	end(&rig);
}

static void buffers_are_read_by_their_first_event(void **state)
{
	(void)state;
	check_order(false);
}

static void so_are_compressed_ones(void **state)
{
	(void)state;
	check_order(true);
}

static void a_first_event_that_is_long_is_found_in_a_compressed_buffer(void **state)
{
	const uint64_t late = 300, early = 200;
	struct rig rig;

	(void)state;
	begin(&rig, true);
	add_sized(&rig, 0, 4000, 1, &late);
	add_sized(&rig, 1, 4000, 1, &early);
	index_and_sort(&rig);
	ASSERT_ORDER(&rig, 0, 2, 1);
	end(&rig);
}

static void records_without_a_time_are_passed_over(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, false);
	ADD(&rig, 0, 300);
	add_messages(&rig, 1);
	ADD(&rig, 1, 200);
	index_and_sort(&rig);
	ASSERT_ORDER(&rig, 0, 2, 1);
	assert_int_equal(rig.index.entries[1].first, START + 200);
	end(&rig);
}

static void a_buffer_that_tells_no_time_has_that_of_its_processor_s_before(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, false);
	ADD(&rig, 1, 200);
	add_messages(&rig, 1);
	etl_flush(rig.writer, 1, 0);
	ADD(&rig, 0, 100);
	add_messages(&rig, 2);
	etl_flush(rig.writer, 2, 0);
	index_and_sort(&rig);
	ASSERT_ORDER(&rig, 0, 4, 3, 1, 2);
	end(&rig);
}

static void buffers_of_a_processor_keep_their_order_where_its_time_goes_back(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, false);
	ADD(&rig, 0, 500);
	ADD(&rig, 0, 100);
	ADD(&rig, 0, 600);
	ADD(&rig, 1, 400);
	index_and_sort(&rig);
	ASSERT_ORDER(&rig, 0, 4, 1, 2, 3);
	end(&rig);
}

static void damaged_buffers_stay_where_their_processor_is(void **state)
{
	static const uint32_t ends[] = {0,     ETL_BUFFER_HEADER_BYTES - 1, ETL_BUFFER_HEADER_BYTES,
					65537, ETL_BUFFER_MAX_BYTES,	    UINT32_MAX};
	struct rig rig;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		begin(&rig, i % 2);
		ADD(&rig, 0, 200);
		ADD(&rig, 0, 400);
		ADD(&rig, 1, 300);
		finish(&rig);
		put_le32(rig.bytes + etl_buffer_offset(rig.writer, 2) + ETL_BUFFER_DATA_END_AT,
			 ends[i]);
		index_all(&rig, 0);
		assert_true(etl_index_sort(&rig.index));
		assert_int_equal(rig.index.count, 4);
		assert_int_equal(buffer_at(&rig, 1), 1);
		end(&rig);
	}
}

static void recordings_in_a_file_come_one_after_the_other(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, false);
	ADD(&rig, 0, 300);
	ADD(&rig, 1, 200);
	finish(&rig);
	index_all(&rig, 0);
	index_all(&rig, rig.length);
	assert_true(etl_index_sort(&rig.index));
	ASSERT_ORDER(&rig, 0, 2, 1, 0, 2, 1);
	assert_int_equal(etl_index_complete_until(&rig.index, 1), START + 300);
	/* Nothing of the first comes behind its end. */
	assert_int_equal(etl_index_complete_until(&rig.index, 2), UINT64_MAX);
	assert_int_equal(etl_index_complete_until(&rig.index, 5), UINT64_MAX);
	assert_true(rig.index.entries[3].at >= rig.length);
	end(&rig);
}

static void equal_times_are_read_as_they_stand(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, false);
	ADD(&rig, 2, 100);
	ADD(&rig, 1, 100);
	ADD(&rig, 0, 100);
	index_and_sort(&rig);
	ASSERT_ORDER(&rig, 0, 1, 2, 3);
	end(&rig);
}

/* They are in order as they stand. */
static void buffers_of_one_processor_need_no_index(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, false);
	ADD(&rig, 3, 100);
	ADD(&rig, 3, 200);
	finish(&rig);
	index_all(&rig, 0);
	assert_false(rig.index.is_incomplete);
	assert_false(etl_index_sort(&rig.index));
	rig.index.sorts_all = true;
	assert_true(etl_index_sort(&rig.index));
	end(&rig);
}

static void nothing_needs_no_index(void **state)
{
	struct etl_index index;

	(void)state;
	etl_index_init(&index);
	assert_false(etl_index_sort(&index));
	etl_index_done(&index);
}

static void too_many_buffers_make_it_of_no_use(void **state)
{
	uint8_t buffer[ETL_BUFFER_HEADER_BYTES] = {0};
	struct etl_index index;
	uint64_t i;

	(void)state;
	put_le32(buffer, sizeof(buffer));
	put_le32(buffer + ETL_BUFFER_DATA_END_AT, sizeof(buffer));
	etl_index_init(&index);
	for (i = 0; i < ETL_INDEX_ENTRIES_MAX; i++)
		etl_index_add(&index, i, buffer, sizeof(buffer));
	assert_false(index.is_incomplete);
	etl_index_add(&index, i, buffer, sizeof(buffer));
	etl_index_add(&index, i, buffer, sizeof(buffer));
	assert_int_equal(index.count, ETL_INDEX_ENTRIES_MAX);
	assert_false(etl_index_sort(&index));
	etl_index_done(&index);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buffers_are_read_by_their_first_event),
		cmocka_unit_test(so_are_compressed_ones),
		cmocka_unit_test(a_first_event_that_is_long_is_found_in_a_compressed_buffer),
		cmocka_unit_test(records_without_a_time_are_passed_over),
		cmocka_unit_test(a_buffer_that_tells_no_time_has_that_of_its_processor_s_before),
		cmocka_unit_test(buffers_of_a_processor_keep_their_order_where_its_time_goes_back),
		cmocka_unit_test(damaged_buffers_stay_where_their_processor_is),
		cmocka_unit_test(recordings_in_a_file_come_one_after_the_other),
		cmocka_unit_test(equal_times_are_read_as_they_stand),
		cmocka_unit_test(buffers_of_one_processor_need_no_index),
		cmocka_unit_test(nothing_needs_no_index),
		cmocka_unit_test(too_many_buffers_make_it_of_no_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
