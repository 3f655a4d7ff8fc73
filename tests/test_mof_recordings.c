/*
 * The classic events of real recordings, against what is known of them: how many there are that a
 * schema consumes exactly, and the fields of some.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/paths.h"
#include "exporter/decoder/mof.h"
#include "exporter/record/etl_header.h"
#include "tests/support/expected_events.h"
#include "tests/support/fields_text.h"

#define FILES_MAX   1000
#define RECORDINGS  "../shared/etl"
#define SCHEMAS_MAX 256

struct known {
	uint8_t guid[16];
	uint16_t version;
	uint8_t type;
	struct schema *schema;
};

struct walk {
	const char *name;
	struct expected_events expected;
	struct known known[SCHEMAS_MAX];
	size_t known_count;
	unsigned long events, exact, headers, samples;
};

static const struct schema *schema_of(struct walk *walk, const struct event_record *record)
{
	struct known *known = walk->known;
	struct guid guid;

	for (size_t i = 0; i < walk->known_count; i++, known++)
		if (memcmp(known->guid, record->guid, sizeof(known->guid)) == 0 &&
		    known->version == record->version && known->type == record->opcode)
			return known->schema;
	assert_true(walk->known_count < SCHEMAS_MAX);
	memcpy(guid.bytes, record->guid, sizeof(guid.bytes));
	memcpy(known->guid, record->guid, sizeof(known->guid));
	known->version = record->version;
	known->type = record->opcode;
	known->schema = mof_schema_new(&guid, record->version, record->opcode);
	walk->known_count++;
	return known->schema;
}

static void check_sample(struct walk *walk, const struct expected_sample *sample,
			 const struct schema *schema, const struct event_record *record)
{
	enum payload_result result;
	char *text, *fields;

	assert_non_null(schema);
	text = fields_text(schema, record->payload, record->payload_bytes, record->pointer_bytes,
			   &result);
	fields = json_normal(text);
	assert_string_equal(fields, sample->fields);
	free(fields);
	free(text);
	walk->samples++;
}

static void check_record(void *context, const struct event_record *record, unsigned long buffer,
			 unsigned long offset)
{
	struct walk *walk = context;
	const struct schema *schema;
	bool exact;
	size_t consumed;

	if (record->kind == RECORD_EVENT || record->kind == RECORD_MESSAGE ||
	    record->kind == RECORD_ERROR)
		return;
	schema = schema_of(walk, record);
	exact = schema && payload_visit(schema, record->payload, record->payload_bytes,
					record->pointer_bytes, NULL, &consumed) == PAYLOAD_OK;
	if (schema && !exact)
		print_message("%s: %s/%s version %u is not exact\n", walk->name, schema->provider,
			      schema->event, record->version);
	if (etl_header_is(record)) {
		walk->headers += exact;
		return;
	}
	walk->events += schema != NULL;
	walk->exact += exact;
	for (size_t i = 0; i < walk->expected.count; i++) {
		const struct expected_sample *sample = &walk->expected.samples[i];

		if (sample->buffer == buffer && sample->offset == offset)
			check_sample(walk, sample, schema, record);
	}
}

static void check_recording(const char *path)
{
	struct walk *walk = calloc(1, sizeof(*walk));

	assert_non_null(walk);
	walk->name = path;
	expected_events_read(&walk->expected, path, "kernel");
	recording_walk(path, check_record, walk);
	print_message("%s: %lu kernel events, %lu exact, %zu samples\n", path, walk->events,
		      walk->exact, walk->expected.count);
	assert_int_equal(walk->events, walk->expected.events);
	assert_int_equal(walk->exact, walk->expected.exact);
	assert_int_equal(walk->headers, 1);
	assert_int_equal(walk->samples, walk->expected.count);
	expected_events_done(&walk->expected);
	for (size_t i = 0; i < walk->known_count; i++)
		schema_free(walk->known[i].schema);
	free(walk);
}

static void the_kernel_events_of_real_recordings_are_decoded_exactly(void **state)
{
	struct path_list recordings = {0};

	(void)state;
	paths_expand(&recordings, RECORDINGS "/*.etl", FILES_MAX);
	if (!recordings.count) {
		print_message("skipped because %s is absent\n", RECORDINGS);
		skip();
	}
	for (size_t i = 0; i < recordings.count; i++)
		check_recording(recordings.paths[i]);
	paths_done(&recordings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kernel_events_of_real_recordings_are_decoded_exactly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
