#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/record/etl.h"
#include "tests/support/etl_writer.h"

#define TIME	      UINT64_C(0x1716151413121110)
#define PAYLOAD	      "payload of 21 bytes.."
#define PAYLOAD_BYTES 21

static const uint8_t class_guid[16] = {0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28,
				       0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e, 0x2f, 0x30};
static const uint8_t process_guid[16] = {0xd0, 0xa8, 0x6f, 0x3d, 0x05, 0xfe, 0xd0, 0x11,
					 0x9d, 0xda, 0x00, 0xc0, 0x4f, 0xd7, 0xba, 0x7c};
static const uint8_t image_guid[16] = {0x1d, 0x5d, 0xb1, 0x2c, 0xc1, 0x5f, 0xd2, 0x11,
				       0xab, 0xe1, 0x00, 0xa0, 0xc9, 0x11, 0xf5, 0x18};
static const uint8_t no_guid[16];

static const struct etl_classic classic = {
	.time = TIME,
	.processor = 3,
	.pid = 0xa1a2a3a4,
	.tid = 0xb1b2b3b4,
	.guid = {0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e,
		 0x2f, 0x30},
	.group = 0x03,
	.type = 0x27,
	.version = 4,
	.level = 9,
	.instance_id = 0xc1c2c3c4,
	.parent_instance_id = 0xd1d2d3d4,
	.payload = PAYLOAD,
	.payload_bytes = PAYLOAD_BYTES,
};

static const struct etl_event event = {
	.time = TIME,
	.processor = 3,
	.pid = 0xa1a2a3a4,
	.tid = 0xb1b2b3b4,
	.guid = {0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e,
		 0x2f, 0x30},
	.id = 0x1122,
	.version = 0x33,
	.channel = 0x44,
	.level = 0x55,
	.opcode = 0x66,
	.task = 0x7788,
	.flags = 0x0004,
	.keyword = UINT64_C(0x8877665544332211),
	.payload = PAYLOAD,
	.payload_bytes = PAYLOAD_BYTES,
};

/* A walk over what was written to the buffer of one processor; frees the recording at its end. */
struct walk {
	struct etl_writer *writer;
	struct etl_cursor cursor;
	struct event_record record;
};

static void begin(struct walk *walk, struct etl_writer *writer)
{
	size_t length;
	const uint8_t *at = etl_writer_finish(writer, &length) + etl_buffer_offset(writer, 1);
	struct etl_buffer buffer;

	walk->writer = writer;
	etl_buffer_read(at, &buffer);
	etl_walk(&walk->cursor, at + ETL_BUFFER_HEADER_BYTES,
		 buffer.data_end - ETL_BUFFER_HEADER_BYTES, buffer.cpu);
	memset(&walk->record, 0xee, sizeof(walk->record));
}

static void end(struct walk *walk)
{
	assert_int_equal(etl_next(&walk->cursor, &walk->record), ETL_END);
	assert_int_equal(etl_next(&walk->cursor, &walk->record), ETL_END);
	etl_writer_free(walk->writer);
}

static void assert_payload(const struct event_record *record)
{
	assert_int_equal(record->payload_bytes, PAYLOAD_BYTES);
	assert_memory_equal(record->payload, PAYLOAD, PAYLOAD_BYTES);
}

/* What only events have, and what only WPP messages have. */
static void assert_nothing_else(const struct event_record *record)
{
	assert_null(record->schema);
	assert_null(record->traits);
	assert_int_equal(record->schema_bytes, 0);
	assert_int_equal(record->traits_bytes, 0);
	assert_int_equal(record->component_id, 0);
	if (record->kind == RECORD_EVENT)
		return;
	assert_int_equal(record->keyword, 0);
	assert_int_equal(record->id, 0);
	assert_int_equal(record->task, 0);
	assert_int_equal(record->flags, 0);
	assert_int_equal(record->channel, 0);
}

typedef void write_function(struct etl_writer *, const struct etl_classic *, int);

/* The only record that `write` writes for the event. */
static void begin_classic(struct walk *walk, write_function *write, const struct etl_classic *with,
			  int pointer_bytes)
{
	struct etl_writer *writer = etl_writer_new(NULL);

	write(writer, with, pointer_bytes);
	begin(walk, writer);
	assert_int_equal(etl_next(&walk->cursor, &walk->record), ETL_RECORD);
	assert_int_equal(walk->record.pointer_bytes, pointer_bytes);
}

static void check_hook(write_function *write, int pointer_bytes, int kind)
{
	struct walk walk;
	const struct event_record *record = &walk.record;

	begin_classic(&walk, write, &classic, pointer_bytes);
	assert_int_equal(record->kind, kind);
	assert_int_equal(record->group, 0x03);
	assert_int_equal(record->opcode, 0x27);
	assert_int_equal(record->version, 4);
	assert_int_equal(record->level, 0);
	assert_int_equal(record->timestamp, TIME);
	assert_true(record->has_time);
	assert_int_equal(record->cpu, 3);
	assert_int_equal(record->pid, kind == RECORD_PERFINFO ? UINT32_MAX : 0xa1a2a3a4);
	assert_int_equal(record->tid, kind == RECORD_PERFINFO ? UINT32_MAX : 0xb1b2b3b4);
	assert_memory_equal(record->guid, process_guid, 16);
	assert_payload(record);
	assert_nothing_else(record);
	end(&walk);
}

static void the_kernels_records_have_the_class_of_their_group(void **state)
{
	(void)state;
	for (int pointer_bytes = 4; pointer_bytes <= 8; pointer_bytes += 4) {
		check_hook(etl_write_system, pointer_bytes, RECORD_SYSTEM);
		check_hook(etl_write_compact, pointer_bytes, RECORD_COMPACT);
		check_hook(etl_write_perfinfo, pointer_bytes, RECORD_PERFINFO);
	}
}

static void check_full(write_function *write, int pointer_bytes, int kind)
{
	struct walk walk;
	const struct event_record *record = &walk.record;

	begin_classic(&walk, write, &classic, pointer_bytes);
	assert_int_equal(record->kind, kind);
	assert_int_equal(record->group, 0);
	assert_int_equal(record->opcode, 0x27);
	assert_int_equal(record->version, 4);
	assert_int_equal(record->level, 9);
	assert_int_equal(record->timestamp, TIME);
	assert_true(record->has_time);
	assert_int_equal(record->cpu, 3);
	assert_int_equal(record->pid, 0xa1a2a3a4);
	assert_int_equal(record->tid, 0xb1b2b3b4);
	assert_memory_equal(record->guid, class_guid, 16);
	assert_payload(record);
	assert_nothing_else(record);
	end(&walk);
}

static void full_and_instance_records_have_their_own_class(void **state)
{
	(void)state;
	for (int pointer_bytes = 4; pointer_bytes <= 8; pointer_bytes += 4) {
		check_full(etl_write_full, pointer_bytes, RECORD_FULL);
		check_full(etl_write_instance, pointer_bytes, RECORD_INSTANCE);
	}
}

static void image_load_is_logged_in_the_group_of_process(void **state)
{
	struct etl_classic load = classic;
	struct walk walk;

	(void)state;
	load.type = 10;
	begin_classic(&walk, etl_write_system, &load, 8);
	assert_memory_equal(walk.record.guid, image_guid, 16);
	assert_int_equal(walk.record.group, 0x03);
	end(&walk);
}

static void a_group_that_is_not_known_has_no_class(void **state)
{
	struct etl_classic unknown = classic;
	struct walk walk;

	(void)state;
	unknown.group = 0xff;
	begin_classic(&walk, etl_write_perfinfo, &unknown, 8);
	assert_memory_equal(walk.record.guid, no_guid, 16);
	assert_int_equal(walk.record.group, 0xff);
	end(&walk);
}

/* 0x8000 announces one u64, bits 8 to 10 as many as they say. */
static void counters_stand_between_header_and_payload(void **state)
{
	static write_function *const writers[] = {etl_write_system, etl_write_compact,
						  etl_write_perfinfo};
	uint8_t payload[8 * 8 + PAYLOAD_BYTES];

	(void)state;
	memset(payload, 0x77, sizeof(payload));
	for (size_t i = 0; i < 3; i++) {
		for (unsigned int count = 0; count < 16; count++) {
			size_t counters = (count & 7) + count / 8;
			struct etl_classic with = classic;
			struct walk walk;

			memcpy(payload + 8 * counters, PAYLOAD, PAYLOAD_BYTES);
			with.version = (uint16_t)((count & 7) << 8 | (count & 8) << 12 | 0x21);
			with.payload = payload;
			with.payload_bytes = 8 * counters + PAYLOAD_BYTES;
			begin_classic(&walk, writers[i], &with, 8);
			assert_payload(&walk.record);
			assert_int_equal(walk.record.version, 0x21);
			end(&walk);
		}
	}
}

static void the_other_high_bits_belong_to_the_version(void **state)
{
	struct etl_classic with = classic;
	struct walk walk;

	(void)state;
	with.version = 0x7804;
	begin_classic(&walk, etl_write_perfinfo, &with, 8);
	assert_int_equal(walk.record.version, 0x7804);
	assert_payload(&walk.record);
	end(&walk);
	with.version = 0x8704;
	begin_classic(&walk, etl_write_full, &with, 8);
	assert_int_equal(walk.record.version, 0x8704);
	assert_payload(&walk.record);
	end(&walk);
}

static void begin_event(struct walk *walk, const struct etl_event *with, int pointer_bytes)
{
	struct etl_writer *writer = etl_writer_new(NULL);

	etl_write_event(writer, with, pointer_bytes);
	begin(walk, writer);
	assert_int_equal(etl_next(&walk->cursor, &walk->record), ETL_RECORD);
}

static void an_event_has_all_of_its_descriptor(void **state)
{
	struct walk walk;
	const struct event_record *record = &walk.record;

	(void)state;
	for (int pointer_bytes = 4; pointer_bytes <= 8; pointer_bytes += 4) {
		begin_event(&walk, &event, pointer_bytes);
		assert_int_equal(record->kind, RECORD_EVENT);
		assert_int_equal(record->pointer_bytes, pointer_bytes);
		assert_int_equal(record->timestamp, TIME);
		assert_true(record->has_time);
		assert_int_equal(record->cpu, 3);
		assert_int_equal(record->pid, 0xa1a2a3a4);
		assert_int_equal(record->tid, 0xb1b2b3b4);
		assert_memory_equal(record->guid, class_guid, 16);
		assert_int_equal(record->id, 0x1122);
		assert_int_equal(record->version, 0x33);
		assert_int_equal(record->channel, 0x44);
		assert_int_equal(record->level, 0x55);
		assert_int_equal(record->opcode, 0x66);
		assert_int_equal(record->task, 0x7788);
		assert_int_equal(record->flags, 0x0004);
		assert_int_equal(record->keyword, UINT64_C(0x8877665544332211));
		assert_int_equal(record->group, 0);
		assert_payload(record);
		assert_nothing_else(record);
		end(&walk);
	}
}

static void the_payload_follows_the_items(void **state)
{
	static const struct etl_item items[] = {
		{1, "related activity", 16}, {6, "stack", 5}, {12, "\x09\0traits", 9},
		{11, "\x07\0tlog", 7},	     {200, NULL, 0},
	};
	struct etl_event with = event;
	struct walk walk;

	(void)state;
	with.items = items;
	for (size_t count = 1; count <= 5; count++) {
		with.item_count = count;
		begin_event(&walk, &with, 8);
		assert_int_equal(walk.record.flags, 0x0005);
		assert_payload(&walk.record);
		assert_int_equal(walk.record.traits_bytes, count >= 3 ? 9 : 0);
		assert_int_equal(walk.record.schema_bytes, count >= 4 ? 7 : 0);
		if (count >= 3)
			assert_memory_equal(walk.record.traits, "\x09\0traits", 9);
		if (count >= 4)
			assert_memory_equal(walk.record.schema, "\x07\0tlog", 7);
		end(&walk);
	}
}

static void an_event_without_a_payload_has_none(void **state)
{
	static const struct etl_item item = {11, "\x03\0", 3};
	struct etl_event with = event;
	struct etl_classic none = classic;
	struct walk walk;

	(void)state;
	with.payload_bytes = 0;
	begin_event(&walk, &with, 8);
	assert_int_equal(walk.record.payload_bytes, 0);
	assert_non_null(walk.record.payload);
	end(&walk);
	with.items = &item;
	with.item_count = 1;
	begin_event(&walk, &with, 8);
	assert_int_equal(walk.record.payload_bytes, 0);
	assert_int_equal(walk.record.schema_bytes, 3);
	end(&walk);
	none.payload_bytes = 0;
	begin_classic(&walk, etl_write_compact, &none, 4);
	assert_int_equal(walk.record.payload_bytes, 0);
	end(&walk);
}

static struct etl_wpp wpp(uint16_t flags)
{
	struct etl_wpp message = {
		.time = TIME,
		.processor = 3,
		.number = 0x1234,
		.flags = flags,
		.sequence = 0xe1e2e3e4,
		.component_id = 0xf1f2f3f4,
		.pid = 0xa1a2a3a4,
		.tid = 0xb1b2b3b4,
		.payload = PAYLOAD,
		.payload_bytes = PAYLOAD_BYTES,
	};

	memcpy(message.guid, class_guid, 16);
	return message;
}

static void check_message(uint16_t flags)
{
	struct etl_wpp message = wpp(flags);
	struct etl_writer *writer = etl_writer_new(NULL);
	struct walk walk;
	const struct event_record *record = &walk.record;
	bool component = (flags & 6) == 4;

	etl_write_wpp(writer, &message);
	begin(&walk, writer);
	assert_int_equal(etl_next(&walk.cursor, &walk.record), ETL_RECORD);
	assert_int_equal(record->kind, RECORD_MESSAGE);
	assert_int_equal(record->id, 0x1234);
	assert_int_equal(record->flags, flags);
	assert_memory_equal(record->guid, flags & 2 ? class_guid : no_guid, 16);
	assert_int_equal(record->component_id, component ? 0xf1f2f3f4 : 0);
	assert_int_equal(record->has_time, (flags & 8) != 0);
	assert_int_equal(record->timestamp, flags & 8 ? TIME : 0);
	assert_int_equal(record->tid, flags & 0x20 ? 0xb1b2b3b4 : UINT32_MAX);
	assert_int_equal(record->pid, flags & 0x20 ? 0xa1a2a3a4 : UINT32_MAX);
	assert_int_equal(record->pointer_bytes, flags & 0x80 ? 8 : flags & 0x40 ? 4 : 0);
	assert_int_equal(record->cpu, 3);
	assert_payload(record);
	assert_int_equal(record->opcode, 0);
	assert_int_equal(record->level, 0);
	end(&walk);
}

static void a_message_has_the_parts_that_its_flags_announce(void **state)
{
	(void)state;
	for (unsigned int flags = 0; flags < 256; flags++)
		check_message((uint16_t)flags);
}

static void write_header(struct etl_writer *writer, uint8_t type, uint8_t mark, uint16_t size)
{
	uint8_t bytes[256] = {(uint8_t)size, (uint8_t)(size >> 8), type, mark};

	etl_write_raw(writer, 3, TIME, bytes, size);
}

static void a_kind_that_is_not_known_is_skipped_by_its_size(void **state)
{
	static const struct {
		uint8_t type, mark, number;
		const char *name;
	} kinds[] = {
		{0x00, 0xc0, 0x00, "0x00"},	    {0x05, 0xc0, 0x05, "0x05"},
		{0x0c, 0xc0, 0x0c, "timed"},	    {0x0e, 0xc0, 0x0e, "wnode"},
		{0x0f, 0xc0, 0x0f, "message"},	    {0x16, 0xc0, 0x16, "0x16"},
		{0xff, 0xc0, 0xff, "0xff"},	    {0x00, 0xb0, 0xb0, "ulong32_time"},
		{0x13, 0xb0, 0xb0, "ulong32_time"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct etl_writer *writer = etl_writer_new(NULL);
		struct walk walk;
		char buffer[8];

		write_header(writer, kinds[i].type, kinds[i].mark, (uint16_t)(8 + 9 * i));
		etl_write_event(writer, &event, 8);
		begin(&walk, writer);
		assert_int_equal(etl_next(&walk.cursor, &walk.record), ETL_UNKNOWN_KIND);
		assert_int_equal(walk.record.kind, kinds[i].number);
		assert_string_equal(etl_kind_name(walk.record.kind, buffer), kinds[i].name);
		assert_int_equal(etl_next(&walk.cursor, &walk.record), ETL_RECORD);
		assert_int_equal(walk.record.kind, RECORD_EVENT);
		end(&walk);
	}
}

static void an_error_record_is_an_event_where_it_is_long_enough(void **state)
{
	struct etl_writer *writer = etl_writer_new(NULL);
	struct walk walk;

	(void)state;
	write_header(writer, 0x0d, 0xc0, 80 + 7);
	write_header(writer, 0x0d, 0xc0, 80);
	write_header(writer, 0x0d, 0xc0, 79);
	write_header(writer, 0x0d, 0xc0, 8);
	begin(&walk, writer);
	assert_int_equal(etl_next(&walk.cursor, &walk.record), ETL_RECORD);
	assert_int_equal(walk.record.kind, RECORD_ERROR);
	assert_int_equal(walk.record.pid, 0);
	assert_int_equal(walk.record.pointer_bytes, 0);
	assert_true(walk.record.has_time);
	assert_int_equal(walk.record.payload_bytes, 7);
	assert_int_equal(etl_next(&walk.cursor, &walk.record), ETL_RECORD);
	assert_true(walk.record.has_time);
	assert_int_equal(walk.record.payload_bytes, 0);
	assert_int_equal(etl_next(&walk.cursor, &walk.record), ETL_RECORD);
	assert_int_equal(walk.record.kind, RECORD_ERROR);
	assert_false(walk.record.has_time);
	assert_int_equal(walk.record.pid, UINT32_MAX);
	assert_memory_equal(walk.record.guid, no_guid, 16);
	assert_int_equal(walk.record.payload_bytes, 79 - 8);
	assert_int_equal(etl_next(&walk.cursor, &walk.record), ETL_RECORD);
	assert_int_equal(walk.record.payload_bytes, 0);
	end(&walk);
}

/* Nothing of a record is left in the next. */
static void kinds_mix_in_one_buffer(void **state)
{
	static const struct etl_item items[] = {{11, "\x03\0", 3}, {12, "\x03\0", 3}};
	struct etl_writer *writer = etl_writer_new(NULL);
	struct etl_event with = event;
	struct etl_wpp message = wpp(0);
	struct walk walk;

	(void)state;
	with.items = items;
	with.item_count = 2;
	etl_write_event(writer, &with, 8);
	etl_write_perfinfo(writer, &classic, 4);
	etl_write_instance(writer, &classic, 8);
	etl_write_wpp(writer, &message);
	begin(&walk, writer);
	assert_int_equal(etl_next(&walk.cursor, &walk.record), ETL_RECORD);
	assert_non_null(walk.record.schema);
	assert_int_equal(etl_next(&walk.cursor, &walk.record), ETL_RECORD);
	assert_nothing_else(&walk.record);
	assert_int_equal(walk.record.kind, RECORD_PERFINFO);
	assert_int_equal(walk.record.pid, UINT32_MAX);
	assert_int_equal(walk.record.level, 0);
	assert_int_equal(etl_next(&walk.cursor, &walk.record), ETL_RECORD);
	assert_int_equal(walk.record.group, 0);
	assert_int_equal(walk.record.level, 9);
	assert_int_equal(etl_next(&walk.cursor, &walk.record), ETL_RECORD);
	assert_int_equal(walk.record.level, 0);
	assert_false(walk.record.has_time);
	assert_int_equal(walk.record.pid, UINT32_MAX);
	end(&walk);
}

static void a_buffer_header_is_read_where_its_fields_stand(void **state)
{
	uint8_t at[ETL_BUFFER_HEADER_BYTES];
	struct etl_buffer buffer;

	(void)state;
	for (size_t i = 0; i < sizeof(at); i++)
		at[i] = (uint8_t)i;
	etl_buffer_read(at, &buffer);
	assert_int_equal(buffer.bytes, 0x03020100);
	assert_int_equal(buffer.timestamp, UINT64_C(0x1716151413121110));
	assert_int_equal(buffer.sequence, UINT64_C(0x1f1e1d1c1b1a1918));
	assert_int_equal(buffer.data_end, 0x33323130);
	assert_int_equal(buffer.flags, 0x3534);
	assert_int_equal(buffer.type, 0x3736);
	/* Flag 0x20 is set: the processor's number has 11 bits, else 8. */
	assert_int_equal(buffer.cpu, 0x2928 & 0x7ff);
	at[0x34] = 0x14;
	etl_buffer_read(at, &buffer);
	assert_int_equal(buffer.cpu, 0x28);
}

static void a_processor_above_255_needs_the_index(void **state)
{
	struct etl_writer *writer =
		etl_writer_new(&(struct etl_writer_options){.processor_index = true});
	struct etl_event with = event;
	struct walk walk;

	(void)state;
	with.processor = 2047;
	etl_write_event(writer, &with, 8);
	begin(&walk, writer);
	assert_int_equal(etl_next(&walk.cursor, &walk.record), ETL_RECORD);
	assert_int_equal(walk.record.cpu, 2047);
	end(&walk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kernels_records_have_the_class_of_their_group),
		cmocka_unit_test(full_and_instance_records_have_their_own_class),
		cmocka_unit_test(image_load_is_logged_in_the_group_of_process),
		cmocka_unit_test(a_group_that_is_not_known_has_no_class),
		cmocka_unit_test(counters_stand_between_header_and_payload),
		cmocka_unit_test(the_other_high_bits_belong_to_the_version),
		cmocka_unit_test(an_event_has_all_of_its_descriptor),
		cmocka_unit_test(the_payload_follows_the_items),
		cmocka_unit_test(an_event_without_a_payload_has_none),
		cmocka_unit_test(a_message_has_the_parts_that_its_flags_announce),
		cmocka_unit_test(a_kind_that_is_not_known_is_skipped_by_its_size),
		cmocka_unit_test(an_error_record_is_an_event_where_it_is_long_enough),
		cmocka_unit_test(kinds_mix_in_one_buffer),
		cmocka_unit_test(a_buffer_header_is_read_where_its_fields_stand),
		cmocka_unit_test(a_processor_above_255_needs_the_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
