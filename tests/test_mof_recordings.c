/*
 * The classic events of real recordings, against what is known of them: how many there are that a
 * schema consumes exactly, and the fields of some.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <ctype.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/decoder/mof.h"
#include "exporter/record/etl_framer.h"
#include "exporter/record/xpress.h"
#include "tests/support/fields_text.h"

#define RECORDINGS  "../shared/etl"
#define SCHEMAS_MAX 256
#define SAMPLES_MAX 64

struct sample {
	unsigned long buffer, offset;
	char *fields;
	bool found;
};

struct expected {
	unsigned long events, exact;
	struct sample samples[SAMPLES_MAX];
	size_t count;
};

struct known {
	uint8_t guid[16];
	uint16_t version;
	uint8_t type;
	struct schema *schema;
};

struct walk {
	const char *name;
	struct expected expected;
	struct known known[SCHEMAS_MAX];
	size_t known_count;
	unsigned long buffer, events, exact, headers;
};

static char *read_all(const char *path, size_t *length)
{
	FILE *file = fopen(path, "rb");
	char *bytes;

	if (!file)
		fail_msg("%s cannot be opened", path);
	fseek(file, 0, SEEK_END);
	*length = (size_t)ftell(file);
	rewind(file);
	bytes = malloc(*length + 1);
	assert_non_null(bytes);
	assert_int_equal(fread(bytes, 1, *length, file), *length);
	bytes[*length] = '\0';
	fclose(file);
	return bytes;
}

static const char *find(const char *in, const char *what)
{
	const char *at = strstr(in, what);

	if (!at)
		fail_msg("no %s", what);
	return at + strlen(what);
}

static unsigned long number_after(const char *in, const char *what)
{
	return strtoul(find(in, what), NULL, 10);
}

/* A copy of the object that begins here, without the blanks outside of strings. */
static char *copy_object(const char *at)
{
	char *copy = malloc(strlen(at) + 1), *to = copy;
	bool quoted = false;
	int depth = 0;

	assert_non_null(copy);
	do {
		if (*at == '\\') {
			*to++ = *at++;
		} else if (*at == '"') {
			quoted = !quoted;
		} else if (!quoted) {
			depth += (*at == '{') - (*at == '}');
			if (isspace((unsigned char)*at))
				continue;
		}
		*to++ = *at;
	} while (*at++ && (depth || quoted));
	*to = '\0';
	return copy;
}

static void read_samples(struct expected *expected, const char *at)
{
	static const char source[] = "\"schema_source\": \"";

	while ((at = strstr(at, source))) {
		struct sample *sample = &expected->samples[expected->count];

		at += sizeof(source) - 1;
		if (strncmp(at, "kernel\"", 7) != 0)
			continue;
		assert_true(expected->count < SAMPLES_MAX);
		sample->buffer = number_after(at, "\"buffer\": ");
		sample->offset = number_after(at, "\"offset_in_buffer\": ");
		sample->fields = copy_object(find(at, "\"fields\": "));
		expected->count++;
	}
}

static void read_expected(struct expected *expected, const char *recording)
{
	char path[512];
	const char *sources, *kernel, *end;
	char *text;
	size_t length;

	snprintf(path, sizeof(path), "%.*s.decoded.json", (int)(strlen(recording) - 4), recording);
	text = read_all(path, &length);
	sources = find(text, "\"by_schema_source\": ");
	end = find(sources, "\"manifests_used\": ");
	kernel = strstr(sources, "\"kernel\": ");
	if (kernel && kernel < end) {
		expected->events = number_after(kernel, "\"events\": ");
		expected->exact = number_after(kernel, "\"exact\": ");
	}
	read_samples(expected, end);
	free(text);
}

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

static void check_sample(struct walk *walk, const struct schema *schema,
			 const struct event_record *record, unsigned long offset)
{
	enum payload_result result;
	char *fields;

	for (size_t i = 0; i < walk->expected.count; i++) {
		struct sample *sample = &walk->expected.samples[i];

		if (sample->buffer != walk->buffer || sample->offset != offset)
			continue;
		assert_non_null(schema);
		fields = fields_text(schema, record->payload, record->payload_bytes,
				     record->pointer_bytes, &result);
		assert_string_equal(fields, sample->fields);
		free(fields);
		sample->found = true;
	}
}

static void check_record(struct walk *walk, const struct event_record *record, unsigned long offset)
{
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
	check_sample(walk, schema, record, offset);
}

static void walk_buffer(struct walk *walk, const uint8_t *at)
{
	struct etl_buffer buffer;
	struct etl_cursor cursor;
	struct event_record record;
	uint8_t *records;
	size_t length;
	bool compressed;

	etl_buffer_read(at, &buffer);
	length = buffer.data_end - ETL_BUFFER_HEADER_BYTES;
	compressed = buffer.flags & ETL_BUFFER_COMPRESSED;
	records = malloc(length);
	assert_non_null(records);
	if (compressed) {
		assert_int_equal(xpress_decompress(records, length, at + ETL_BUFFER_HEADER_BYTES,
						   buffer.bytes - ETL_BUFFER_HEADER_BYTES),
				 length);
	} else {
		assert_true(buffer.data_end <= buffer.bytes);
		memcpy(records, at + ETL_BUFFER_HEADER_BYTES, length);
	}
	etl_walk(&cursor, records, length, buffer.cpu);
	for (;;) {
		unsigned long offset =
			(unsigned long)(cursor.at - records) + ETL_BUFFER_HEADER_BYTES;
		enum etl_next next = etl_next(&cursor, &record);

		if (next == ETL_END)
			break;
		assert_true(next == ETL_RECORD || next == ETL_UNKNOWN_KIND);
		if (next == ETL_RECORD)
			check_record(walk, &record, offset);
	}
	free(records);
}

static void walk_recording(struct walk *walk, const char *path)
{
	struct etl_framer framer;
	size_t length, at = 0;
	uint8_t *bytes = (uint8_t *)read_all(path, &length);

	etl_framer_init(&framer);
	while (at < length) {
		struct etl_framed framed = etl_frame(&framer, bytes + at, length - at, true);

		assert_int_equal(framed.frame, ETL_FRAME_BUFFER);
		walk_buffer(walk, bytes + at);
		walk->buffer++;
		at += framed.bytes;
	}
	free(bytes);
}

static void check_recording(const char *path)
{
	struct walk *walk = calloc(1, sizeof(*walk));

	assert_non_null(walk);
	walk->name = path;
	read_expected(&walk->expected, path);
	walk_recording(walk, path);
	print_message("%s: %lu kernel events, %lu exact, %zu samples\n", path, walk->events,
		      walk->exact, walk->expected.count);
	assert_int_equal(walk->events, walk->expected.events);
	assert_int_equal(walk->exact, walk->expected.exact);
	assert_int_equal(walk->headers, 1);
	for (size_t i = 0; i < walk->expected.count; i++) {
		assert_true(walk->expected.samples[i].found);
		free(walk->expected.samples[i].fields);
	}
	for (size_t i = 0; i < walk->known_count; i++)
		schema_free(walk->known[i].schema);
	free(walk);
}

static void the_kernel_events_of_real_recordings_are_decoded_exactly(void **state)
{
	glob_t recordings;

	(void)state;
	if (glob(RECORDINGS "/*.etl", 0, NULL, &recordings) != 0) {
		print_message("skipped because %s is absent\n", RECORDINGS);
		skip();
	}
	for (size_t i = 0; i < recordings.gl_pathc; i++)
		check_recording(recordings.gl_pathv[i]);
	globfree(&recordings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kernel_events_of_real_recordings_are_decoded_exactly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
