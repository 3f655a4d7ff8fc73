/* Recorded pages of a Linux ring buffer, decoded by the format files recorded with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/decoder/ftrace.h"
#include "exporter/record/ftrace.h"
#include "tests/support/format_rig_linux.h"
#include "tests/support/fields_text.h"

#define FOLDER	   "tests/fixtures/ftrace"
#define PAGE_BYTES 4096
#define DATA_AT	   16

enum {
	SWITCH,
	EXEC,
	EXIT,
	ENTER,
	TYPES
};

static const char *const names[TYPES] = {"sched_switch", "sched_process_exec", "sys_exit",
					 "sys_enter"};

struct rig {
	struct ftrace_formats *formats;
	size_t counts[TYPES];
	uint64_t first, last;
	char *exec; /* the fields of the last one */
};

static int type_of(const char *name)
{
	int i;

	for (i = 0; i < TYPES; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

static void check_call(const char *text, int type)
{
	assert_non_null(strstr(text, "\"id\":110,"));
	if (type == ENTER)
		assert_non_null(strstr(text, "\"args\":["));
	else
		assert_non_null(strstr(text, "\"ret\":"));
}

static void check_record(struct rig *rig, const struct event_record *record)
{
	struct schema *schema = ftrace_schema_new(rig->formats, record->id, 0);
	enum payload_result result;
	char *text;
	int type;

	assert_non_null(schema);
	type = type_of(schema->event);
	assert_int_not_equal(type, -1);
	text = fields_text(schema, record->payload, record->payload_bytes, 8, &result);
	assert_int_equal(result, PAYLOAD_OK);
	if (type == ENTER || type == EXIT)
		check_call(text, type);
	if (type == SWITCH)
		assert_non_null(strstr(text, "\"tool_calls\""));
	if (type == EXEC) {
		free(rig->exec);
		rig->exec = text;
		text = NULL;
	}
	rig->counts[type]++;
	free(text);
	schema_free(schema);
}

static void check_page(struct rig *rig, const uint8_t *page)
{
	const struct ftrace_frame frame = {PAGE_BYTES, DATA_AT, 0, DATA_AT, 0};
	struct ftrace_cursor cursor;
	struct event_record record;
	enum ftrace_next next;

	assert_true(ftrace_walk(&cursor, &frame, page));
	assert_false(cursor.is_missing);
	while ((next = ftrace_next(&cursor, &record)) == FTRACE_RECORD) {
		assert_true(record.timestamp >= rig->last);
		rig->first = rig->first ? rig->first : record.timestamp;
		rig->last = record.timestamp;
		check_record(rig, &record);
	}
	assert_int_equal(next, FTRACE_END);
}

static void recorded_pages_are_decoded_by_their_format_files(void **state)
{
	FILE *file = fopen(FOLDER "/cpu0.pages", "rb");
	struct rig rig = {.formats = ftrace_formats_new(FOLDER "/events")};
	uint8_t page[PAGE_BYTES];
	size_t pages = 0;

	(void)state;
	assert_non_null(rig.formats);
	assert_non_null(file);
	while (fread(page, 1, PAGE_BYTES, file) == PAGE_BYTES) {
		check_page(&rig, page);
		pages++;
	}
	fclose(file);
	assert_int_equal(pages, 3);
	assert_int_equal(rig.counts[ENTER], 100);
	assert_int_equal(rig.counts[EXIT], 100);
	assert_int_equal(rig.counts[EXEC], 1);
	assert_true(rig.counts[SWITCH] >= 2);
	assert_true(rig.last - rig.first < 1000000000);
	assert_non_null(rig.exec);
	assert_non_null(strstr(rig.exec, "\"filename\":\"/usr/bin/true\""));
	free(rig.exec);
	ftrace_formats_free(rig.formats);
}

static void flags_of_a_recorded_print_format_are_a_map(void **state)
{
	struct ftrace_formats *formats = ftrace_formats_new(FOLDER "/events");
	const struct field *field;
	struct schema *schema;
	uint16_t id;

	(void)state;
	assert_non_null(formats);
	schema = ftrace_schema_named(formats, "sched/sched_switch", &id);
	assert_non_null(schema);
	assert_int_equal(id, 372);
	field = format_rig_field(schema, "prev_state");
	assert_non_null(field);
	assert_non_null(field->map);
	assert_true(field->map->bits);
	assert_int_equal(field->map->count, 8);
	assert_string_equal(field->map->names[1], "D");
	schema_free(schema);
	ftrace_formats_free(formats);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded_pages_are_decoded_by_their_format_files),
		cmocka_unit_test(flags_of_a_recorded_print_format_are_a_map),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
