#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/event_info.h"

static const uint8_t provider[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

static const struct event_info info = {
	.guid = provider,
	.provider = "P",
	.level_name = "L",
	.channel_name = "C",
	.task_name = "T",
	.opcode_name = "O",
	.id = 0x0102,
	.version = 3,
	.channel = 4,
	.level = 5,
	.opcode = 6,
	.task = 0x0708,
	.keyword = 0x1112131415161718,
	.fields = {{"Text", EVENT_INFO_UTF16}, {"Number", EVENT_INFO_U32}},
};

static uint32_t get32(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* Writes `info`; gives its record, which lives as long as the writer. */
static const uint8_t *write_info(struct etl_writer *writer)
{
	size_t length;

	etl_write_event_info(writer, 1000000001, 2, &info);
	return etl_writer_finish(writer, &length) + etl_buffer_offset(writer, 1) + 0x48;
}

static void a_schema_is_an_event_of_kernel_trace_control(void **state)
{
	struct etl_writer *writer = etl_writer_new(NULL);
	const uint8_t *record = write_info(writer);

	(void)state;
	assert_memory_equal(record + 2, "\x14\xc0\x20\x00\x00\x00", 6);
	assert_memory_equal(record + 0x18,
			    "\xc1\xf6\xcc\xbb\xd1\x6c\xc4\x48\x80\xff\x83\x94\x82\xe3\x76\x71", 16);
	etl_writer_free(writer);
}

static void a_schema_names_its_event(void **state)
{
	struct etl_writer *writer = etl_writer_new(NULL);
	const uint8_t *payload = write_info(writer) + 0x30;

	(void)state;
	assert_memory_equal(payload, provider, 16);
	assert_memory_equal(payload + 32,
			    "\x02\x01\x03\x04\x05\x06\x08\x07\x18\x17\x16\x15\x14\x13\x12\x11", 16);
	assert_int_equal(get32(payload + 48), 0);
	assert_memory_equal(payload + get32(payload + 52), "P\0\0", 4);
	assert_memory_equal(payload + get32(payload + 56), "L\0\0", 4);
	assert_memory_equal(payload + get32(payload + 60), "C\0\0", 4);
	assert_int_equal(get32(payload + 64), 0);
	assert_memory_equal(payload + get32(payload + 68), "T\0\0", 4);
	assert_memory_equal(payload + get32(payload + 72), "O\0\0", 4);
	etl_writer_free(writer);
}

static void a_schema_lists_its_fields(void **state)
{
	struct etl_writer *writer = etl_writer_new(NULL);
	const uint8_t *record = write_info(writer), *payload = record + 0x30;
	uint32_t number_name = get32(payload + 136 + 4);

	(void)state;
	assert_int_equal(get32(payload + 100), 2);
	assert_int_equal(get32(payload + 104), 2);
	/* Flags, name, in-type and out-type, map, count and length, tags. */
	assert_int_equal(get32(payload + 112), 0);
	assert_int_equal(get32(payload + 116), 112 + 2 * 24);
	assert_memory_equal(payload + 160, "T\0e\0x\0t\0\0", 10);
	assert_memory_equal(payload + 120, "\x01\0\x01\0\0\0\0\0\x01\0\0\0\0\0\0", 16);
	assert_memory_equal(payload + number_name, "N\0u\0m\0b\0e\0r\0\0", 14);
	assert_memory_equal(payload + 144, "\x08\0\x08\0\0\0\0\0\x01\0\x04\0\0\0\0", 16);
	assert_int_equal(record[0] | record[1] << 8, 0x30 + 112 + 48 + 10 + 14 + 5 * 4);
	etl_writer_free(writer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_schema_is_an_event_of_kernel_trace_control),
		cmocka_unit_test(a_schema_names_its_event),
		cmocka_unit_test(a_schema_lists_its_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
