#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/aggregator/buffer_walk.h"
#include "exporter/etw/event_writer_windows.h"
#include "tests/windows/model/model.h"

#define QUEUE_BYTES (2 * TRACE_BUFFER_LIVE_BYTES)

struct rig {
	const struct etw_functions *functions;
	struct etw_clock clock;
	struct session_health health;
	struct trace_queue *queue;
	struct recording *recording;
	struct event_writer writer;
	struct buffer_walk walk;
	struct trace_buffer *buffer; /* that is being read */
	struct record_cursor cursor;
};

static void begin(struct rig *rig)
{
	const TRACE_LOGFILE_HEADER header = {.PerfFreq.QuadPart = 10000000, .ReservedFlags = 1};
	struct error error;

	memset(rig, 0, sizeof(*rig));
	unsetenv("ETWMODEL_SCRIPT");
	rig->functions = etw_functions_get(&error);
	assert_non_null(rig->functions);
	etw_clock_init(&rig->clock, rig->functions, &header, 0);
	session_health_init(&rig->health);
	rig->queue = trace_queue_new(QUEUE_BYTES);
	rig->recording = recording_new();
	rig->recording->is_live = true;
	event_writer_init(&rig->writer, rig->queue, &rig->health, &rig->clock, rig->recording);
}

static void end(struct rig *rig)
{
	buffer_walk_done(&rig->walk);
	trace_queue_free(rig->queue);
	recording_free(rig->recording);
}

static void keep_cursor(void *context, const struct recording *recording,
			struct record_cursor *cursor, int64_t shift_ns)
{
	struct rig *rig = context;

	(void)recording;
	(void)shift_ns;
	rig->cursor = *cursor;
}

/* What was written, from its beginning. */
static void read_back(struct rig *rig)
{
	event_writer_flush(&rig->writer);
	rig->walk = (struct buffer_walk){
		.health = &rig->health, .records = keep_cursor, .context = rig};
	rig->buffer = trace_queue_get(rig->queue);
	buffer_walk_feed(&rig->walk, rig->buffer);
}

static struct event_record next(struct rig *rig)
{
	struct event_record record;

	assert_true(buffer_walk_next(&rig->walk, &rig->cursor, &record));
	return record;
}

static void assert_end(struct rig *rig)
{
	struct event_record record;

	assert_false(buffer_walk_next(&rig->walk, &rig->cursor, &record));
	trace_queue_recycle(rig->queue, rig->buffer);
}

static const GUID provider = {0x11223344, 0x5566, 0x7788, {1, 2, 3, 4, 5, 6, 7, 8}};
static uint8_t payload[UINT16_MAX] = "a payload";

static EVENT_RECORD make(USHORT flags)
{
	return (EVENT_RECORD){
		.EventHeader = {.Flags = flags,
				.EventProperty = 1,
				.ThreadId = 7,
				.ProcessId = 8,
				.TimeStamp.QuadPart = 0x123456789abcdef,
				.ProviderId = provider,
				.EventDescriptor = {1, 2, 3, 4, 5, 6, 0x700},
				.ProcessorTime = 9,
				.ActivityId = {1, 2, 3, {4}}},
		.BufferContext.ProcessorNumber = 3,
		.UserData = payload,
		.UserDataLength = 9,
	};
}

static void assert_common(const struct event_record *record)
{
	assert_memory_equal(record->guid, &provider, 16);
	assert_int_equal(record->tid, 7);
	assert_int_equal(record->pid, 8);
	assert_true(record->timestamp == 0x123456789abcdef);
	assert_int_equal(record->cpu, 3);
	assert_int_equal(record->payload_bytes, 9);
	assert_memory_equal(record->payload, payload, 9);
}

static void an_event_comes_back_as_it_was(void **state)
{
	EVENT_RECORD event = make(EVENT_HEADER_FLAG_64_BIT_HEADER | EVENT_HEADER_FLAG_STRING_ONLY);
	struct event_record record;
	struct rig rig;

	(void)state;
	begin(&rig);
	event_writer_write(&rig.writer, &event);
	event.EventHeader.Flags = EVENT_HEADER_FLAG_32_BIT_HEADER;
	event.UserData = NULL;
	event.UserDataLength = 0;
	event_writer_write(&rig.writer, &event);
	read_back(&rig);
	record = next(&rig);
	assert_common(&record);
	assert_int_equal(record.kind, RECORD_EVENT);
	assert_int_equal(record.pointer_bytes, 8);
	assert_int_equal(record.flags, EVENT_HEADER_FLAG_STRING_ONLY);
	assert_int_equal(record.id, 1);
	assert_int_equal(record.version, 2);
	assert_int_equal(record.channel, 3);
	assert_int_equal(record.level, 4);
	assert_int_equal(record.opcode, 5);
	assert_int_equal(record.task, 6);
	assert_int_equal(record.keyword, 0x700);
	assert_memory_equal(event_record_activity_id(&record), &event.EventHeader.ActivityId, 16);
	assert_null(record.schema);
	record = next(&rig);
	assert_int_equal(record.pointer_bytes, 4);
	assert_int_equal(record.flags, 0);
	assert_int_equal(record.payload_bytes, 0);
	assert_end(&rig);
	end(&rig);
}

static void items_come_back_in_their_order(void **state)
{
	static uint8_t sid[13] = "a SID", schema[] = {9, 0, 0, 'n', 'a', 'm', 'e', 0, 1};
	static uint8_t traits[8] = "traits";
	EVENT_HEADER_EXTENDED_DATA_ITEM items[] = {
		{.ExtType = 2, .DataSize = sizeof(sid), .DataPtr = (uintptr_t)sid},
		{.ExtType = 5, .DataSize = 0, .DataPtr = 0},
		{.ExtType = 12, .DataSize = sizeof(traits), .DataPtr = (uintptr_t)traits},
		{.ExtType = 11, .DataSize = sizeof(schema), .DataPtr = (uintptr_t)schema},
	};
	EVENT_RECORD event = make(EVENT_HEADER_FLAG_64_BIT_HEADER);
	struct event_record record;
	const uint8_t *first;
	struct rig rig;

	(void)state;
	begin(&rig);
	event.ExtendedData = items;
	event.ExtendedDataCount = 4;
	event_writer_write(&rig.writer, &event);
	read_back(&rig);
	record = next(&rig);
	assert_common(&record);
	assert_int_equal(record.flags, EVENT_HEADER_FLAG_EXTENDED_INFO);
	assert_int_equal(record.schema_bytes, sizeof(schema));
	assert_memory_equal(record.schema, schema, sizeof(schema));
	assert_int_equal(record.traits_bytes, sizeof(traits));
	assert_memory_equal(record.traits, traits, sizeof(traits));
	/* Behind the header: size, type, more follows, bytes, data. */
	first = record.guid - 24 + 80;
	assert_memory_equal(first, ((uint8_t[]){24, 0, 2, 0, 1, 0, 13, 0}), 8);
	assert_memory_equal(first + 8, sid, sizeof(sid));
	assert_memory_equal(first + 24, ((uint8_t[]){8, 0, 5, 0, 1, 0, 0, 0}), 8);
	assert_end(&rig);
	end(&rig);
}

static void classic_events_have_their_class_and_type(void **state)
{
	static uint8_t instance[24] = "an instance";
	EVENT_HEADER_EXTENDED_DATA_ITEM item = {
		.ExtType = 4, .DataSize = sizeof(instance), .DataPtr = (uintptr_t)instance};
	EVENT_RECORD event = make(EVENT_HEADER_FLAG_CLASSIC_HEADER);
	struct event_record record;
	struct rig rig;

	(void)state;
	begin(&rig);
	event_writer_write(&rig.writer, &event);
	event.EventHeader.Flags |= EVENT_HEADER_FLAG_32_BIT_HEADER;
	event.ExtendedData = &item;
	event.ExtendedDataCount = 1;
	event_writer_write(&rig.writer, &event);
	read_back(&rig);
	record = next(&rig);
	assert_common(&record);
	assert_int_equal(record.kind, RECORD_FULL);
	assert_int_equal(record.pointer_bytes, 8);
	assert_int_equal(record.opcode, 5);
	assert_int_equal(record.version, 2);
	assert_int_equal(record.level, 4);
	record = next(&rig);
	assert_common(&record);
	assert_int_equal(record.kind, RECORD_INSTANCE);
	assert_int_equal(record.pointer_bytes, 4);
	assert_memory_equal(record.payload - 24, instance, 24);
	assert_end(&rig);
	end(&rig);
}

static void messages_have_their_number_and_guid(void **state)
{
	EVENT_RECORD event = make(EVENT_HEADER_FLAG_TRACE_MESSAGE);
	struct event_record record;
	struct rig rig;

	(void)state;
	begin(&rig);
	event_writer_write(&rig.writer, &event);
	read_back(&rig);
	record = next(&rig);
	assert_common(&record);
	assert_int_equal(record.kind, RECORD_MESSAGE);
	assert_int_equal(record.id, 1);
	assert_int_equal(record.pointer_bytes, 8);
	assert_end(&rig);
	end(&rig);
}

static void events_know_their_processors(void **state)
{
	static const USHORT cpus[] = {5, 5, 300, 0, 5};
	EVENT_RECORD event = make(EVENT_HEADER_FLAG_PROCESSOR_INDEX);
	struct rig rig;
	size_t i;

	(void)state;
	begin(&rig);
	for (i = 0; i < 5; i++) {
		event.BufferContext.ProcessorIndex = cpus[i];
		event_writer_write(&rig.writer, &event);
	}
	read_back(&rig);
	for (i = 0; i < 5; i++)
		assert_int_equal(next(&rig).cpu, cpus[i]);
	assert_end(&rig);
	/* The marks are no records that nobody knows. */
	assert_int_equal(health_get(&rig.health.unknown_kinds[0x7f]), 0);
	end(&rig);
}

static void a_mark_in_a_file_is_an_unknown_record(void **state)
{
	EVENT_RECORD event = make(EVENT_HEADER_FLAG_PROCESSOR_INDEX);
	struct rig rig;

	(void)state;
	begin(&rig);
	event.BufferContext.ProcessorIndex = 1;
	event_writer_write(&rig.writer, &event);
	event.BufferContext.ProcessorIndex = 2;
	event_writer_write(&rig.writer, &event);
	rig.recording->is_live = false;
	read_back(&rig);
	assert_int_equal(next(&rig).cpu, 1);
	assert_int_equal(next(&rig).cpu, 1);
	assert_int_equal(health_get(&rig.health.unknown_kinds[0x7f]), 1);
	assert_end(&rig);
	end(&rig);
}

static void an_event_that_is_too_large_is_refused(void **state)
{
	EVENT_RECORD event = make(EVENT_HEADER_FLAG_64_BIT_HEADER);
	struct rig rig;

	(void)state;
	begin(&rig);
	event.UserDataLength = UINT16_MAX - 80;
	event_writer_write(&rig.writer, &event);
	event.UserDataLength++;
	event_writer_write(&rig.writer, &event);
	event.EventHeader.Flags = EVENT_HEADER_FLAG_CLASSIC_HEADER;
	event.UserDataLength = UINT16_MAX;
	event_writer_write(&rig.writer, &event);
	event.EventHeader.Flags = EVENT_HEADER_FLAG_TRACE_MESSAGE;
	event_writer_write(&rig.writer, &event);
	read_back(&rig);
	assert_int_equal(next(&rig).payload_bytes, UINT16_MAX - 80);
	assert_end(&rig);
	assert_int_equal(health_get(&rig.health.events_dropped), 3);
	assert_int_equal(health_get(&rig.health.malformed[MALFORMED_RECORD_SIZE]), 3);
	end(&rig);
}

static size_t count_records(struct rig *rig)
{
	struct event_record record;
	size_t count = 0;

	rig->buffer = trace_queue_get(rig->queue);
	buffer_walk_feed(&rig->walk, rig->buffer);
	while (buffer_walk_next(&rig->walk, &rig->cursor, &record))
		count++;
	trace_queue_recycle(rig->queue, rig->buffer);
	return count;
}

static void what_finds_no_room_is_dropped_until_there_is_some(void **state)
{
	const size_t fit = 2 * ((TRACE_BUFFER_LIVE_BYTES - ETL_BUFFER_HEADER_BYTES - 8) / 96);
	EVENT_RECORD event = make(EVENT_HEADER_FLAG_64_BIT_HEADER);
	struct rig rig;
	size_t i;

	(void)state;
	begin(&rig);
	assert_int_equal(trace_queue_prepare(rig.queue), 0);
	rig.walk = (struct buffer_walk){
		.health = &rig.health, .records = keep_cursor, .context = &rig};
	for (i = 0; i < fit + 100; i++)
		event_writer_write(&rig.writer, &event);
	assert_int_equal(health_get(&rig.health.events_dropped), 100);
	assert_int_equal(count_records(&rig), fit / 2);
	event_writer_write(&rig.writer, &event);
	assert_int_equal(health_get(&rig.health.events_dropped), 100);
	assert_int_equal(count_records(&rig), fit / 2);
	event_writer_flush(&rig.writer);
	assert_int_equal(count_records(&rig), 1);
	assert_int_equal(trace_queue_depth(rig.queue), 0);
	end(&rig);
}

/* Whatever is left at a buffer's end, with a mark of the processor before each event. */
static void nothing_is_written_behind_a_buffer(void **state)
{
	EVENT_RECORD event = make(EVENT_HEADER_FLAG_PROCESSOR_INDEX);
	struct trace_buffer *first;
	struct rig rig;

	(void)state;
	for (event.UserDataLength = 0; event.UserDataLength < 200; event.UserDataLength++) {
		begin(&rig);
		event_writer_write(&rig.writer, &event);
		for (first = rig.writer.buffer; rig.writer.buffer == first;) {
			event.BufferContext.ProcessorIndex ^= 1;
			event_writer_write(&rig.writer, &event);
			assert_true(rig.writer.at <= rig.writer.end);
		}
		assert_true(first->length <= first->capacity);
		event_writer_flush(&rig.writer);
		end(&rig);
	}
}

static void what_was_handed_on_has_the_time_of_its_clock(void **state)
{
	EVENT_RECORD event = make(EVENT_HEADER_FLAG_64_BIT_HEADER);
	struct trace_clock *clock;
	struct rig rig;
	int64_t unix_ns;

	(void)state;
	begin(&rig);
	rig.recording->header.clock = rig.clock.facts;
	clock = &rig.recording->header.clock;
	model_clock_set(5000000, 10000000, 116444736000000000 + 70000000);
	event_writer_write(&rig.writer, &event);
	read_back(&rig);
	model_clock_unset();
	assert_true(trace_clock_unix_ns(clock, 5000000, &unix_ns));
	assert_true(unix_ns == 7000000000);
	assert_true(trace_clock_unix_ns(clock, 5000001, &unix_ns));
	assert_true(unix_ns == 7000000100);
	assert_true(trace_clock_unix_ns(clock, 0, &unix_ns));
	assert_true(unix_ns == 6500000000);
	next(&rig);
	assert_end(&rig);
	end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_comes_back_as_it_was),
		cmocka_unit_test(items_come_back_in_their_order),
		cmocka_unit_test(classic_events_have_their_class_and_type),
		cmocka_unit_test(messages_have_their_number_and_guid),
		cmocka_unit_test(events_know_their_processors),
		cmocka_unit_test(a_mark_in_a_file_is_an_unknown_record),
		cmocka_unit_test(an_event_that_is_too_large_is_refused),
		cmocka_unit_test(what_finds_no_room_is_dropped_until_there_is_some),
		cmocka_unit_test(nothing_is_written_behind_a_buffer),
		cmocka_unit_test(what_was_handed_on_has_the_time_of_its_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
