#include "tests/support/expected_events.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/record/etl_framer.h"
#include "exporter/record/xpress.h"
#include "exporter/value/utf16.h"
#include "tests/support/posix.h"

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

static uint32_t hexadecimal(const char *at)
{
	char digits[5] = {0};

	memcpy(digits, at, 4);
	return (uint32_t)strtoul(digits, NULL, 16);
}

/* What stands behind a backslash; `*at` is moved over it. */
static uint32_t escaped(const char **at)
{
	static const char letters[] = "bfnrt", meanings[] = "\b\f\n\r\t";
	const char *letter = strchr(letters, **at);
	uint32_t code, low;

	if (**at != 'u')
		return (unsigned char)(letter ? meanings[letter - letters] : **at);
	code = hexadecimal(*at + 1);
	*at += 4;
	if (code < 0xd800 || code > 0xdbff || strncmp(*at + 1, "\\u", 2) != 0)
		return code;
	low = hexadecimal(*at + 3);
	*at += 6;
	return 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
}

static char *put_code(char *to, uint32_t code)
{
	if (code == '"' || code == '\\')
		*to++ = '\\';
	else if (code < ' ')
		return to + sprintf(to, "\\u%04x", code);
	return to + utf8_encode(code, to);
}

/* Large numbers are in quotes, where somebody thought of doubles. */
static void unquote_numbers(char *text)
{
	char *to = text;
	size_t digits;

	while (*text) {
		digits = *text == '"' ? strspn(text + 1, "-0123456789") : 0;
		if (digits && text[1 + digits] == '"') {
			memmove(to, text + 1, digits);
			to += digits;
			text += digits + 2;
		} else {
			*to++ = *text++;
		}
	}
	*to = '\0';
}

char *json_normal(const char *json)
{
	char *normal = malloc(6 * strlen(json) + 1), *to = normal;
	bool quoted = false;
	int depth = 0;

	assert_non_null(normal);
	do {
		if (*json == '"')
			quoted = !quoted;
		else if (!quoted)
			depth += (*json == '{') - (*json == '}');
		if (quoted && *json == '\\') {
			json++;
			to = put_code(to, escaped(&json));
		} else if (quoted && (unsigned char)*json < ' ') {
			to = put_code(to, (unsigned char)*json);
		} else if (quoted || !isspace((unsigned char)*json)) {
			*to++ = *json;
		}
	} while (*json++ && (depth || quoted));
	*to = '\0';
	unquote_numbers(normal);
	return normal;
}

static const char *find(const char *in, const char *what)
{
	const char *at = strstr(in, what);

	if (!at)
		fail_msg("there is no %s", what);
	return at + strlen(what);
}

static unsigned long number_after(const char *in, const char *what)
{
	return strtoul(find(in, what), NULL, 10);
}

static void read_samples(struct expected_events *expected, const char *at, const char *source)
{
	static const char key[] = "\"schema_source\": \"";

	while ((at = strstr(at, key))) {
		struct expected_sample *sample = &expected->samples[expected->count];
		const char *event;

		at += sizeof(key) - 1;
		if (strncmp(at, source, strlen(source)) != 0 || at[strlen(source)] != '"')
			continue;
		assert_true(expected->count < EXPECTED_SAMPLES_MAX);
		event = find(at, "\"event_name\": \"");
		sample->event = strndup(event, strcspn(event, "\""));
		sample->buffer = number_after(at, "\"buffer\": ");
		sample->offset = number_after(at, "\"offset_in_buffer\": ");
		sample->fields = json_normal(find(at, "\"fields\": "));
		expected->count++;
	}
}

void expected_events_read(struct expected_events *expected, const char *recording,
			  const char *source)
{
	char path[512], key[64];
	const char *sources, *end, *at;
	char *text;
	size_t length;

	memset(expected, 0, sizeof(*expected));
	snprintf(path, sizeof(path), "%.*s.decoded.json", (int)(strlen(recording) - 4), recording);
	snprintf(key, sizeof(key), "\"%s\": ", source);
	text = read_all(path, &length);
	sources = find(text, "\"by_schema_source\": ");
	end = find(sources, "\"manifests_used\": ");
	at = strstr(sources, key);
	if (at && at < end) {
		expected->events = number_after(at, "\"events\": ");
		expected->exact = number_after(at, "\"exact\": ");
	}
	read_samples(expected, end, source);
	free(text);
}

void expected_events_done(struct expected_events *expected)
{
	for (size_t i = 0; i < expected->count; i++) {
		free(expected->samples[i].event);
		free(expected->samples[i].fields);
	}
}

struct walk {
	void (*record)(void *context, const struct event_record *record, unsigned long buffer,
		       unsigned long offset);
	void *context;
};

static void walk_records(const struct walk *walk, const uint8_t *records, size_t length,
			 unsigned long buffer)
{
	struct event_record record;
	struct etl_cursor cursor;

	etl_walk(&cursor, records, length, 0);
	for (;;) {
		unsigned long offset =
			(unsigned long)(cursor.at - records) + ETL_BUFFER_HEADER_BYTES;
		enum etl_next next = etl_next(&cursor, &record);

		if (next == ETL_END)
			return;
		assert_true(next == ETL_RECORD || next == ETL_UNKNOWN_KIND);
		if (next == ETL_RECORD)
			walk->record(walk->context, &record, buffer, offset);
	}
}

static void walk_buffer(const struct walk *walk, const uint8_t *at, unsigned long number)
{
	const uint8_t *content = at + ETL_BUFFER_HEADER_BYTES;
	struct etl_buffer buffer;
	uint8_t *records;
	size_t length;

	etl_buffer_read(at, &buffer);
	length = buffer.data_end - ETL_BUFFER_HEADER_BYTES;
	if (!(buffer.flags & ETL_BUFFER_COMPRESSED)) {
		assert_true(buffer.data_end <= buffer.bytes);
		walk_records(walk, content, length, number);
		return;
	}
	records = malloc(length);
	assert_non_null(records);
	assert_int_equal(
		xpress_decompress(records, length, content, buffer.bytes - ETL_BUFFER_HEADER_BYTES),
		length);
	walk_records(walk, records, length, number);
	free(records);
}

void recording_walk(const char *path,
		    void (*record)(void *context, const struct event_record *record,
				   unsigned long buffer, unsigned long offset),
		    void *context)
{
	const struct walk walk = {record, context};
	struct etl_framer framer;
	unsigned long buffer = 0;
	size_t length, at = 0;
	uint8_t *bytes = (uint8_t *)read_all(path, &length);

	etl_framer_init(&framer);
	while (at < length) {
		struct etl_framed framed = etl_frame(&framer, bytes + at, length - at, true);

		assert_int_equal(framed.frame, ETL_FRAME_BUFFER);
		walk_buffer(&walk, bytes + at, buffer++);
		at += framed.bytes;
	}
	free(bytes);
}
