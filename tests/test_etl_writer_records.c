#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/etl_writer.h"
#include "tests/support/posix.h"

#define ORACLE "../shared/tools/etl_oracle.py"

static const uint8_t guid[16] = {0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28,
				 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e, 0x2f, 0x30};

static const struct etl_classic classic = {
	.time = 0x1716151413121110,
	.pid = 0xa1a2a3a4,
	.tid = 0xb1b2b3b4,
	.guid = {0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e,
		 0x2f, 0x30},
	.group = 0x05,
	.type = 0x24,
	.version = 0x0304,
	.level = 9,
	.instance_id = 0xc1c2c3c4,
	.parent_instance_id = 0xd1d2d3d4,
	.payload = "payload",
	.payload_bytes = 7,
};

/* Checks that the only record of the writer is `expected`, and frees the writer. */
static void expect_record(struct etl_writer *writer, const void *expected, size_t length)
{
	size_t recording_length;
	const uint8_t *recording = etl_writer_finish(writer, &recording_length);
	const uint8_t *buffer = recording + etl_buffer_offset(writer, 1);

	assert_int_equal(buffer[0x30], 0x48 + (length + 7) / 8 * 8);
	assert_memory_equal(buffer + 0x48, expected, length);
	etl_writer_free(writer);
}

#define PID_TID "\xb4\xb3\xb2\xb1\xa4\xa3\xa2\xa1"
#define TIME	"\x10\x11\x12\x13\x14\x15\x16\x17"
#define GUID	"\x21\x22\x23\x24\x25\x26\x27\x28\x29\x2a\x2b\x2c\x2d\x2e\x2f\x30"
#define ZEROS_8 "\0\0\0\0\0\0\0\0"

static void a_system_record(void **state)
{
	struct etl_writer *writer = etl_writer_new(NULL);

	(void)state;
	etl_write_system(writer, &classic, 8);
	expect_record(writer, "\x04\x03\x02\xc0\x27\x00\x24\x05" PID_TID TIME ZEROS_8 "payload",
		      39);
	writer = etl_writer_new(NULL);
	etl_write_system(writer, &classic, 4);
	expect_record(writer, "\x04\x03\x01\xc0\x27\x00\x24\x05" PID_TID TIME ZEROS_8 "payload",
		      39);
}

static void a_compact_record(void **state)
{
	struct etl_writer *writer = etl_writer_new(NULL);

	(void)state;
	etl_write_compact(writer, &classic, 8);
	expect_record(writer, "\x04\x03\x04\xc0\x1f\x00\x24\x05" PID_TID TIME "payload", 31);
	writer = etl_writer_new(NULL);
	etl_write_compact(writer, &classic, 4);
	expect_record(writer, "\x04\x03\x03\xc0\x1f\x00\x24\x05" PID_TID TIME "payload", 31);
}

static void a_perfinfo_record(void **state)
{
	struct etl_writer *writer = etl_writer_new(NULL);

	(void)state;
	etl_write_perfinfo(writer, &classic, 8);
	expect_record(writer, "\x04\x03\x11\xc0\x17\x00\x24\x05" TIME "payload", 23);
	writer = etl_writer_new(NULL);
	etl_write_perfinfo(writer, &classic, 4);
	expect_record(writer, "\x04\x03\x10\xc0\x17\x00\x24\x05" TIME "payload", 23);
}

static void a_full_record(void **state)
{
	struct etl_writer *writer = etl_writer_new(NULL);

	(void)state;
	etl_write_full(writer, &classic, 8);
	expect_record(writer,
		      "\x37\x00\x14\xc0\x24\x09\x04\x03" PID_TID TIME GUID ZEROS_8 "payload", 55);
	writer = etl_writer_new(NULL);
	etl_write_full(writer, &classic, 4);
	expect_record(writer,
		      "\x37\x00\x0a\xc0\x24\x09\x04\x03" PID_TID TIME GUID ZEROS_8 "payload", 55);
}

static void an_instance_record(void **state)
{
	struct etl_writer *writer = etl_writer_new(NULL);

	(void)state;
	etl_write_instance(writer, &classic, 8);
	expect_record(writer,
		      "\x4f\x00\x15\xc0\x24\x09\x04\x03" PID_TID TIME GUID ZEROS_8
		      "\xc4\xc3\xc2\xc1\xd4\xd3\xd2\xd1" ZEROS_8 ZEROS_8 "payload",
		      79);
	writer = etl_writer_new(NULL);
	etl_write_instance(writer, &classic, 4);
	expect_record(writer,
		      "\x4f\x00\x0b\xc0\x24\x09\x04\x03" PID_TID TIME GUID ZEROS_8
		      "\xc4\xc3\xc2\xc1\xd4\xd3\xd2\xd1" ZEROS_8 ZEROS_8 "payload",
		      79);
}

static struct etl_event make_event(void)
{
	struct etl_event event = {
		.time = classic.time,
		.pid = classic.pid,
		.tid = classic.tid,
		.id = 0x0506,
		.version = 1,
		.channel = 2,
		.level = 3,
		.opcode = 4,
		.task = 0x0708,
		.flags = 0x0004,
		.keyword = 0x8070605040302010,
		.activity_id = {0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x3b,
				0x3c, 0x3d, 0x3e, 0x3f, 0x40},
		.payload = "payload",
		.payload_bytes = 7,
	};

	memcpy(event.guid, guid, 16);
	return event;
}

#define EVENT_AFTER_FLAGS                                               \
	"\x00\x00" PID_TID TIME GUID "\x06\x05\x01\x02\x03\x04\x08\x07" \
	"\x10\x20\x30\x40\x50\x60\x70\x80" ZEROS_8                      \
	"\x31\x32\x33\x34\x35\x36\x37\x38\x39\x3a\x3b\x3c\x3d\x3e\x3f\x40"

static void an_event_record(void **state)
{
	struct etl_writer *writer = etl_writer_new(NULL);
	struct etl_event event = make_event();

	(void)state;
	etl_write_event(writer, &event, 8);
	expect_record(writer, "\x57\x00\x13\xc0\x04\x00" EVENT_AFTER_FLAGS "payload", 87);
	writer = etl_writer_new(NULL);
	etl_write_event(writer, &event, 4);
	expect_record(writer, "\x57\x00\x12\xc0\x04\x00" EVENT_AFTER_FLAGS "payload", 87);
}

static void items_stand_between_the_event_and_its_payload(void **state)
{
	static const struct etl_item items[] = {{12, "12345678", 8}, {11, "abc", 3}};
	static const char first[] = "\x10\x00\x0c\x00\x01\x00\x08\x00"
				    "12345678";
	static const char second[] = "\x10\x00\x0b\x00\x00\x00\x03\x00"
				     "abc";
	struct etl_writer *writer = etl_writer_new(NULL);
	struct etl_event event = make_event();
	const uint8_t *record;
	size_t length;

	(void)state;
	event.items = items;
	event.item_count = 2;
	etl_write_event(writer, &event, 8);
	record = etl_writer_finish(writer, &length) + etl_buffer_offset(writer, 1) + 0x48;
	assert_memory_equal(record, "\x77\x00\x13\xc0\x05\x00" EVENT_AFTER_FLAGS, 80);
	assert_memory_equal(record + 80, first, 16);
	assert_memory_equal(record + 96, second, 11);
	assert_memory_equal(record + 112, "payload", 7);
	etl_writer_free(writer);
}

static const struct etl_wpp wpp = {
	.time = 0x1716151413121110,
	.number = 0x4142,
	.sequence = 0x51525354,
	.component_id = 0x61626364,
	.pid = 0xa1a2a3a4,
	.tid = 0xb1b2b3b4,
	.guid = {0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e,
		 0x2f, 0x30},
	.payload = "payload",
	.payload_bytes = 7,
};

static void expect_wpp(uint16_t flags, const void *expected, size_t length)
{
	struct etl_writer *writer = etl_writer_new(NULL);
	struct etl_wpp message = wpp;

	message.flags = flags;
	etl_write_wpp(writer, &message);
	expect_record(writer, expected, length);
}

static void a_message_has_the_parts_that_its_flags_announce(void **state)
{
	(void)state;
	expect_wpp(0x80,
		   "\x0f\x00\x00\x90\x42\x41\x80\x00"
		   "payload",
		   15);
	expect_wpp(0xab,
		   "\x33\x00\x00\x90\x42\x41\xab\x00\x54\x53\x52\x51" GUID TIME PID_TID "payload",
		   51);
	expect_wpp(0x04, "\x13\x00\x00\x90\x42\x41\x04\x00\x64\x63\x62\x61payload", 19);
	/* A GUID excludes a component. */
	expect_wpp(0x06, "\x1f\x00\x00\x90\x42\x41\x06\x00" GUID "payload", 31);
}

/* How many records of each kind; `bytes` of a record without padding. */
struct expectation {
	const char *kind, *provider;
	int id, version, opcode, count, bytes;
};

#define GUID_TEXT "24232221-2625-2827-292a-2b2c2d2e2f30"

static const struct expectation expectations[] = {
	{"kernel", "3d6fa8d1-fe05-11d0-9dda-00c04fd7ba7c", 0, 2, 1, 300, 300 * 39},
	{"kernel", "3d6fa8d1-fe05-11d0-9dda-00c04fd7ba7c", 0, 2, 2, 400, 400 * 31},
	{"kernel", "3d6fa8d1-fe05-11d0-9dda-00c04fd7ba7c", 0, 2, 3, 500, 500 * 23},
	{"classic", GUID_TEXT, 0, 2, 4, 600, 600 * 55},
	{"instance", GUID_TEXT, 0, 2, 5, 700, 700 * 79},
	{"event", GUID_TEXT, 0x0506, 1, 4, 800, 800 * 87},
	{"event", GUID_TEXT, 0x0507, 1, 4, 900, 900 * 103},
	{"wpp", GUID_TEXT, 0x4142, 0, 0, 1000, 1000 * 47},
};

static void write_one(struct etl_writer *writer, size_t kind, uint64_t time, int pointer_bytes)
{
	static const struct etl_item item = {11, "abc", 3};
	struct etl_classic record = classic;
	struct etl_event event = make_event();
	struct etl_wpp message = wpp;

	record.time = event.time = message.time = time;
	record.processor = event.processor = message.processor = (uint32_t)(time % 4);
	record.version = 2;
	record.type = (uint8_t)(kind + 1);
	message.flags = 0xaa;
	switch (kind) {
	case 0:
		etl_write_system(writer, &record, pointer_bytes);
		break;
	case 1:
		etl_write_compact(writer, &record, pointer_bytes);
		break;
	case 2:
		etl_write_perfinfo(writer, &record, pointer_bytes);
		break;
	case 3:
		etl_write_full(writer, &record, pointer_bytes);
		break;
	case 4:
		etl_write_instance(writer, &record, pointer_bytes);
		break;
	case 6:
		event.id++;
		event.items = &item;
		event.item_count = 1;
		/* fall through */
	case 5:
		etl_write_event(writer, &event, pointer_bytes);
		break;
	default:
		etl_write_wpp(writer, &message);
	}
}

static void write_all_kinds(struct etl_writer *writer, int pointer_bytes)
{
	uint64_t time = 1000000000;

	for (int round = 0; round < 1000; round++)
		for (size_t kind = 0; kind < sizeof(expectations) / sizeof(expectations[0]); kind++)
			if (round < expectations[kind].count)
				write_one(writer, kind, ++time, pointer_bytes);
}

/* What the independent reader prints about the recording; the caller frees it. */
static char *ask_oracle(const uint8_t *bytes, size_t length)
{
	char path[] = "/tmp/test_etl_writer.XXXXXX", command[128];
	size_t room = 1u << 16, used;
	char *text = malloc(room);
	int file = mkstemp(path);
	FILE *output;

	assert_non_null(text);
	assert_true(file >= 0);
	close(file);
	etl_save(path, bytes, length);
	snprintf(command, sizeof(command), "python3 " ORACLE " %s", path);
	output = popen(command, "r");
	assert_non_null(output);
	used = fread(text, 1, room - 1, output);
	text[used] = '\0';
	assert_int_equal(pclose(output), 0);
	unlink(path);
	return text;
}

static void expect_line(const char *text, const char *name, uint64_t value)
{
	char line[80];

	snprintf(line, sizeof(line), "\"%s\": %llu", name, (unsigned long long)value);
	if (!strstr(text, line))
		fail_msg("the reader does not say %s", line);
}

static void expect_count(const char *text, const struct expectation *row)
{
	char entry[400];

	snprintf(
		entry, sizeof(entry),
		"\"kind\": \"%s\",\n   \"provider\": \"%s\",\n   \"id\": %d,\n   \"version\": %d,\n"
		"   \"opcode\": %d,\n   \"count\": %d,\n   \"bytes\": %d\n",
		row->kind, row->provider, row->id, row->version, row->opcode, row->count,
		row->bytes);
	if (!strstr(text, entry))
		fail_msg("the reader does not say %s in %s", entry, text);
}

static void check_with_oracle(struct etl_writer_options options)
{
	struct etl_writer *writer;
	const uint8_t *bytes;
	size_t length, buffers;
	char *text;

	options.events_lost = 11;
	options.buffers_lost = 12;
	options.buffer_bytes = 16384;
	writer = etl_writer_new(&options);
	write_all_kinds(writer, (int)options.pointer_bytes);
	bytes = etl_writer_finish(writer, &length);
	buffers = etl_buffer_count(writer);
	text = ask_oracle(bytes, length);
	for (size_t i = 0; i < sizeof(expectations) / sizeof(expectations[0]); i++)
		expect_count(text, &expectations[i]);
	expect_line(text, "events_total", 5200 + 1);
	expect_line(text, "buffers", buffers);
	expect_line(text, "compressed_buffers", options.compressed ? buffers - 1 : 0);
	expect_line(text, "BuffersWritten", buffers);
	expect_line(text, "PointerSize", options.pointer_bytes);
	expect_line(text, "EventsLost", 11);
	expect_line(text, "BuffersLost", 12);
	expect_line(text, "StartTime", 133500000000000000);
	expect_line(text, "EndTime", 133500000000000000 + 5200 + 1);
	expect_line(text, "BootTime", 133499999000000000);
	expect_line(text, "PerfFreq", 10000000);
	expect_line(text, "NumberOfProcessors", 4);
	assert_non_null(strstr(text, "\"errors\": {}"));
	assert_non_null(strstr(text, "\"SessionName\": \"test session\""));
	assert_non_null(strstr(text, "\"LogFileName\": \"C:\\\\test.etl\""));
	free(text);
	etl_writer_free(writer);
}

static void an_independent_reader_counts_what_was_written(void **state)
{
	(void)state;
	if (access(ORACLE, R_OK) != 0) {
		print_message("skipped because %s is absent\n", ORACLE);
		skip();
	}
	check_with_oracle((struct etl_writer_options){.pointer_bytes = 8});
	check_with_oracle((struct etl_writer_options){.pointer_bytes = 4});
	check_with_oracle((struct etl_writer_options){.pointer_bytes = 8, .compressed = true});
	check_with_oracle((struct etl_writer_options){
		.pointer_bytes = 4, .compressed = true, .processor_index = true});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_system_record),
		cmocka_unit_test(a_compact_record),
		cmocka_unit_test(a_perfinfo_record),
		cmocka_unit_test(a_full_record),
		cmocka_unit_test(an_instance_record),
		cmocka_unit_test(an_event_record),
		cmocka_unit_test(items_stand_between_the_event_and_its_payload),
		cmocka_unit_test(a_message_has_the_parts_that_its_flags_announce),
		cmocka_unit_test(an_independent_reader_counts_what_was_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
