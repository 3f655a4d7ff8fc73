/*
 * Any bytes as the records of a buffer: the walk comes to an end, and all that a record points to
 * lies in the buffer. What is made of a record (its names, the log file header, times) stays within
 * it.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/decoder/event_names.h"
#include "exporter/record/etl.h"
#include "exporter/record/etl_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

struct walk {
	const uint8_t *bytes;
	size_t length;
	struct decoding *decoding;
};

static void check_within(const struct walk *walk, const uint8_t *at, size_t bytes)
{
	require(at >= walk->bytes && at <= walk->bytes + walk->length &&
		bytes <= (size_t)(walk->bytes + walk->length - at));
}

static void check_header(const struct event_record *record)
{
	struct etl_header header;
	int64_t ns;

	if (!etl_header_is(record) || !etl_header_parse(record, &header))
		return;
	require(strlen(header.session_name) < ETL_NAME_SIZE);
	require(strlen(header.log_file_name) < ETL_NAME_SIZE);
	clock_type_name(header.clock.type);
	trace_clock_unix_ns(&header.clock, record->timestamp, &ns);
	trace_clock_unix_ns(&header.clock, ~record->timestamp, &ns);
}

static void check_record(const struct walk *walk, const struct event_record *record)
{
	volatile uint8_t sink = record->guid[0] ^ record->guid[15];
	struct event_names names;

	(void)sink;
	check_within(walk, record->payload, record->payload_bytes);
	if (record->schema)
		check_within(walk, record->schema, record->schema_bytes);
	if (record->traits)
		check_within(walk, record->traits, record->traits_bytes);
	require(record->kind <= RECORD_ERROR);
	require(record->pointer_bytes == 0 || record->pointer_bytes == 4 ||
		record->pointer_bytes == 8);
	check_header(record);
	decoding_learn(walk->decoding, record);
	event_names_find(walk->decoding, decoding_find(walk->decoding, record), record, &names);
	require(names.provider[0] != '\0');
}

/* Whether the walk goes on. */
static bool step(const struct walk *walk, struct etl_cursor *cursor)
{
	const uint8_t *before = cursor->at;
	struct event_record record;
	char buffer[8];

	switch (etl_next(cursor, &record)) {
	case ETL_RECORD:
		check_record(walk, &record);
		break;
	case ETL_RECORD_DAMAGED_ITEMS:
		require(record.payload_bytes == 0);
		check_record(walk, &record);
		break;
	case ETL_UNKNOWN_KIND:
		require(strlen(etl_kind_name(record.kind, buffer)) > 0);
		break;
	default:
		return false;
	}
	require(cursor->at >= before + 8 && cursor->at <= cursor->end);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct walk walk = {data, size, decoding_new(NULL)};
	struct etl_cursor cursor;
	struct etl_buffer buffer;

	if (size >= ETL_BUFFER_HEADER_BYTES)
		etl_buffer_read(data, &buffer);
	require(walk.decoding != NULL);
	etl_walk(&cursor, data, size, 0);
	while (step(&walk, &cursor))
		;
	decoding_free(walk.decoding);
	return 0;
}
