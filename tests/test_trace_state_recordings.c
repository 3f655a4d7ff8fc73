/*
 * The state of real recordings: what each event says of processes, threads, images and files is
 * what the state says for its time, while they are read and when all was read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "exporter/decoder/decoding.h"
#include "exporter/record/etl_framer.h"
#include "exporter/record/xpress.h"
#include "exporter/state/kinds.h"
#include "exporter/state/said.h"
#include "exporter/state/trace_state.h"
#include "exporter/value/value_text.h"

#define RECORDINGS "../shared/etl/"

struct walk {
	struct trace_state *state;
	struct decoding *decoding;
	struct trace_clock clock;
	bool learning;
	uint64_t checked[4]; /* by enum kind_subject */
};

static void name_said(const struct event_record *record, const struct said *said, char name[512])
{
	struct text text;

	text_init(&text, 511);
	if (said->name.bytes)
		value_text(&said->name, VALUE_RAW, record->kind != RECORD_EVENT, &text);
	memcpy(name, text.bytes ? text.bytes : "", text.length);
	name[text.length] = '\0';
	text_done(&text);
}

/* The kernel cuts some names; the state has the longest that it was told. */
static void check_process(struct walk *walk, const struct said *said, const char *name,
			  int64_t time_ns)
{
	const char *slash = strrchr(name, '\\');
	const struct state_name *found =
		trace_state_process(walk->state, (uint32_t)said->numbers[SAID_PID], time_ns);

	name = slash ? slash + 1 : name;
	assert_true(name[0]);
	assert_true(strlen(name) >= 14 || found->length == strlen(name));
	assert_int_equal(strncasecmp(found->text, name, strlen(name)), 0);
}

static void check(struct walk *walk, const struct event_record *record, const struct kind *kind,
		  const struct schema *schema, int64_t time_ns)
{
	struct said said;
	uint32_t pid;
	char name[512];

	assert_true(said_read(record, schema, &said));
	name_said(record, &said, name);
	pid = said.has[SAID_PID] ? (uint32_t)said.numbers[SAID_PID] : record->pid;
	walk->checked[kind->subject]++;
	if (kind->subject == KIND_PROCESS)
		check_process(walk, &said, name, time_ns);
	else if (kind->subject == KIND_THREAD)
		assert_int_equal(trace_state_thread_pid(walk->state,
							(uint32_t)said.numbers[SAID_TID], time_ns),
				 pid);
	else if (kind->subject == KIND_IMAGE && said.numbers[SAID_IMAGE_BYTES])
		assert_string_equal(trace_state_image(walk->state, pid,
						      said.numbers[SAID_IMAGE_BASE] +
							      said.numbers[SAID_IMAGE_BYTES] / 2,
						      time_ns)
					    ->text,
				    name);
	else if (kind->subject == KIND_FILE && name[0] && walk->learning)
		assert_string_equal(
			trace_state_file(walk->state,
					 said.numbers[said.has[SAID_FILE_OBJECT] ? SAID_FILE_OBJECT
										 : SAID_FILE_KEY],
					 time_ns)
				->text,
			name);
}

static void take_record(struct walk *walk, const struct event_record *record)
{
	unsigned int kind = trace_state_kind(record, NULL);
	const struct schema *schema;
	struct etl_header header;
	int64_t time_ns = 0;

	if (etl_header_is(record) && etl_header_parse(record, &header))
		walk->clock = header.clock;
	if (decoding_is_metadata(record))
		decoding_learn(walk->decoding, record);
	if (!kind)
		return;
	schema = decoding_find(walk->decoding, record);
	assert_non_null(schema);
	assert_true(record->has_time &&
		    trace_clock_unix_ns(&walk->clock, record->timestamp, &time_ns));
	if (walk->learning)
		trace_state_learn(walk->state, kind, record, schema, time_ns);
	check(walk, record, kind_get(kind), schema, time_ns);
}

static void walk_buffer(struct walk *walk, const uint8_t *at)
{
	struct etl_buffer buffer;
	struct etl_cursor cursor;
	struct event_record record;
	enum etl_next next;
	size_t length;
	uint8_t *records;

	etl_buffer_read(at, &buffer);
	length = buffer.data_end - ETL_BUFFER_HEADER_BYTES;
	records = malloc(length);
	assert_non_null(records);
	if (buffer.flags & ETL_BUFFER_COMPRESSED)
		assert_int_equal(xpress_decompress(records, length, at + ETL_BUFFER_HEADER_BYTES,
						   buffer.bytes - ETL_BUFFER_HEADER_BYTES),
				 length);
	else
		memcpy(records, at + ETL_BUFFER_HEADER_BYTES, length);
	etl_walk(&cursor, records, length, buffer.cpu);
	while ((next = etl_next(&cursor, &record)) != ETL_END) {
		assert_true(next == ETL_RECORD || next == ETL_UNKNOWN_KIND);
		if (next == ETL_RECORD)
			take_record(walk, &record);
	}
	free(records);
}

static void walk_recording(struct walk *walk, uint8_t *bytes, size_t length)
{
	struct etl_framer framer;
	size_t at = 0;

	etl_framer_init(&framer);
	while (at < length) {
		struct etl_framed framed = etl_frame(&framer, bytes + at, length - at, true);

		assert_int_equal(framed.frame, ETL_FRAME_BUFFER);
		walk_buffer(walk, bytes + at);
		at += framed.bytes;
	}
}

static uint8_t *read_all(const char *path, size_t *length)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes;

	if (!file) {
		print_message("skipped because %s is absent\n", path);
		skip();
	}
	fseek(file, 0, SEEK_END);
	*length = (size_t)ftell(file);
	rewind(file);
	bytes = malloc(*length);
	assert_non_null(bytes);
	assert_int_equal(fread(bytes, 1, *length, file), *length);
	fclose(file);
	return bytes;
}

static void check_counts(const struct walk *walk, const uint64_t expected[4])
{
	int i;

	for (i = 0; i < 4; i++)
		assert_int_equal(walk->checked[i], 2 * expected[i]);
	for (i = 0; i < STATE_TABLE_COUNT; i++)
		if (i != STATE_FILES)
			assert_int_equal(trace_state_refused(walk->state, (enum state_table)i), 0);
}

/* Of processes, threads, images and files so many events. */
static void check_recording(const char *path, const uint64_t expected[4])
{
	struct walk walk = {.learning = true};
	size_t length;
	uint8_t *bytes = read_all(path, &length);

	walk.state = trace_state_new(NULL);
	walk.decoding = decoding_new(NULL);
	assert_non_null(walk.state);
	assert_non_null(walk.decoding);
	walk_recording(&walk, bytes, length);
	walk.learning = false;
	walk_recording(&walk, bytes, length);
	check_counts(&walk, expected);
	decoding_free(walk.decoding);
	trace_state_free(walk.state);
	free(bytes);
}

static void a_recording_of_a_whole_machine_is_understood(void **state)
{
	(void)state;
	check_recording(RECORDINGS "net.4.5.2.x64.etl", (uint64_t[]){70, 1358, 3596, 3646});
}

static void a_recording_of_processes_is_understood(void **state)
{
	(void)state;
	check_recording(RECORDINGS "process_data_64_v3.etl", (uint64_t[]){8, 0, 0, 0});
}

static void recordings_of_images_are_understood(void **state)
{
	(void)state;
	check_recording(RECORDINGS "image_data_32_v0.etl", (uint64_t[]){0, 0, 26, 0});
	check_recording(RECORDINGS "test_data_32_v1.etl", (uint64_t[]){0, 0, 26, 0});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_recording_of_a_whole_machine_is_understood),
		cmocka_unit_test(a_recording_of_processes_is_understood),
		cmocka_unit_test(recordings_of_images_are_understood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
