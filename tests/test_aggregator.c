#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/base/guid.h"
#include "tests/support/counted_events.h"
#include "tests/support/page.h"
#include "tests/support/small_recording.h"

static const struct guid dns_client = GUID(1c95126e, 7eea, 49a9, a3fe, a378b03ddb4d);

static void write_kernel_kinds(struct etl_writer *writer)
{
	struct etl_classic event = {
		.time = 1000000000, .group = 3, .type = 1, .version = 3, .payload = "1234"};

	event.payload_bytes = 4;
	etl_write_system(writer, &event, 8);
	etl_write_compact(writer, &event, 4);
	event.group = 1;
	event.type = 10;
	etl_write_perfinfo(writer, &event, 8);
	event.group = 0xee;
	etl_write_system(writer, &event, 8);
}

static void write_classic_kinds(struct etl_writer *writer)
{
	struct etl_classic event = {.time = 1000000000, .type = 7, .version = 2, .payload = "12"};

	event.payload_bytes = 2;
	take_guid(event.guid, &app);
	etl_write_full(writer, &event, 8);
	etl_write_instance(writer, &event, 4);
}

static void every_kind_of_record_is_counted(void **state)
{
	struct etl_writer *writer = etl_writer_new(NULL);
	struct etl_event event = event_of(&dns_client, 3008);
	struct etl_wpp message = {.time = 1000000000, .number = 12, .flags = 0x2a};
	struct counting counting;

	(void)state;
	counting_init(&counting, 0, 0);
	write_kernel_kinds(writer);
	write_classic_kinds(writer);
	etl_write_event(writer, &event, 8);
	etl_write_event(writer, &event, 4);
	take_guid(message.guid, &app);
	etl_write_wpp(writer, &message);
	finish_and_feed(&counting, writer);
	assert_true(counting_events(&counting, "Process", 1, "Start") == 2);
	assert_true(counting_bytes(&counting, "Process", 1, "Start") == 8);
	assert_true(counting_events(&counting, "DiskIo", 10, "Read") == 1);
	assert_true(counting_events(&counting, "Windows Kernel group 0xee", 10, "") == 1);
	assert_true(counting_events(&counting, APP, 7, "") == 2);
	assert_true(counting_bytes(&counting, APP, 7, "") == 4);
	assert_true(counting_events(&counting, "Microsoft-Windows-DNS-Client", 3008, "") == 2);
	assert_true(counting_bytes(&counting, "Microsoft-Windows-DNS-Client", 3008, "") == 14);
	assert_true(counting_events(&counting, APP, 12, "") == 1);
	/* And the log file header is an event, too. */
	assert_true(counting_events(&counting, "EventTrace", 0, "Header") == 1);
	assert_int_equal(counting_total(&counting), 10);
	assert_int_equal(all_malformed(&counting), 0);
	counting_done(&counting);
}

static void versions_of_an_event_are_one_series(void **state)
{
	struct etl_writer *writer = etl_writer_new(NULL);
	struct etl_event event = event_of(&app, 5);
	struct counting counting;

	(void)state;
	counting_init(&counting, 0, 0);
	for (event.version = 0; event.version < 4; event.version++)
		etl_write_event(writer, &event, 8);
	finish_and_feed(&counting, writer);
	assert_true(counting_events(&counting, APP, 5, "") == 4);
	assert_true(page_is_unique(counting_page(&counting)));
	counting_done(&counting);
}

static void kinds_that_nobody_knows_are_counted_by_kind_and_skipped(void **state)
{
	static const uint8_t timed[16] = {16, 0, 0x0c, 0xc0};
	static const uint8_t strange[24] = {24, 0, 0x77, 0xc0};
	static const uint8_t with_time[8] = {8, 0, 0, 0xb0};
	struct etl_writer *writer = etl_writer_new(NULL);
	struct etl_event event = event_of(&app, 5);
	struct counting counting;

	(void)state;
	counting_init(&counting, 0, 0);
	etl_write_raw(writer, 0, 1000000000, timed, sizeof(timed));
	etl_write_raw(writer, 0, 1000000000, strange, sizeof(strange));
	etl_write_raw(writer, 0, 1000000000, strange, sizeof(strange));
	etl_write_raw(writer, 0, 1000000000, with_time, sizeof(with_time));
	etl_write_event(writer, &event, 8);
	finish_and_feed(&counting, writer);
	assert_int_equal(health_get(&counting.health.unknown_kinds[0x0c]), 1);
	assert_int_equal(health_get(&counting.health.unknown_kinds[0x77]), 2);
	assert_int_equal(health_get(&counting.health.unknown_kinds[0xb0]), 1);
	assert_int_equal(counting_total(&counting), 2);
	assert_int_equal(all_malformed(&counting), 0);
	counting_done(&counting);
}

static void put_le16(uint8_t *to, uint16_t value)
{
	to[0] = (uint8_t)value;
	to[1] = (uint8_t)(value >> 8);
}

/* Metadata: its size, no tags, a name, and what follows. */
static size_t put_schema(uint8_t *to, const char *name, const char *rest, size_t rest_bytes)
{
	size_t name_bytes = strlen(name) + 1, bytes = 3 + name_bytes + rest_bytes;

	put_le16(to, (uint16_t)bytes);
	to[2] = 0;
	memcpy(to + 3, name, name_bytes);
	memcpy(to + 3 + name_bytes, rest, rest_bytes);
	return bytes;
}

static void write_tracelogging(struct etl_writer *writer, const char *name, const char *rest,
			       size_t rest_bytes)
{
	static const uint8_t traits[] = {10, 0, 'W', 'e', 'b', 's', 'h', 'o', 'p', 0};
	struct etl_event event = event_of(&app, 0);
	uint8_t schema[256];
	struct etl_item items[] = {
		{11, schema, put_schema(schema, name, rest, rest_bytes)},
		{12, traits, sizeof(traits)},
	};

	event.channel = 11;
	event.items = items;
	event.item_count = 2;
	etl_write_event(writer, &event, 8);
}

static void events_that_differ_in_metadata_only_are_counted_apart(void **state)
{
	struct etl_writer *writer = etl_writer_new(NULL);
	struct counting counting;

	(void)state;
	counting_init(&counting, 0, 0);
	write_tracelogging(writer, "OrderA", "x\0\x08", 3);
	write_tracelogging(writer, "OrderB", "x\0\x08", 3);
	write_tracelogging(writer, "OrderB", "x\0\x08", 3);
	/* The names begin alike, in whole words of the hash. */
	write_tracelogging(writer, "AVeryLongNameThatEndsIn1", "", 0);
	write_tracelogging(writer, "AVeryLongNameThatEndsIn2", "", 0);
	finish_and_feed(&counting, writer);
	assert_true(counting_events(&counting, "Webshop", 0, "OrderA") == 1);
	assert_true(counting_events(&counting, "Webshop", 0, "OrderB") == 2);
	assert_true(counting_events(&counting, "Webshop", 0, "AVeryLongNameThatEndsIn1") == 1);
	assert_true(counting_events(&counting, "Webshop", 0, "AVeryLongNameThatEndsIn2") == 1);
	assert_int_equal(aggregator_event_types(counting.aggregator)->count, 5);
	counting_done(&counting);
}

static void events_that_differ_in_their_fields_share_a_series(void **state)
{
	struct etl_writer *writer = etl_writer_new(NULL);
	struct counting counting;

	(void)state;
	counting_init(&counting, 0, 0);
	write_tracelogging(writer, "Order", "x\0\x08", 3);
	write_tracelogging(writer, "Order", "x\0\x09", 3);
	write_tracelogging(writer, "Order", "x\0\x08y\0\x08", 6);
	finish_and_feed(&counting, writer);
	assert_true(counting_events(&counting, "Webshop", 0, "Order") == 3);
	assert_int_equal(aggregator_event_types(counting.aggregator)->count, 4);
	counting_done(&counting);
}

static void messages_of_different_components_are_counted_apart(void **state)
{
	struct etl_writer *writer = etl_writer_new(NULL);
	struct etl_wpp message = {.number = 12, .flags = 0x04, .payload = "12", .payload_bytes = 2};
	struct counting counting;
	size_t i;

	(void)state;
	counting_init(&counting, 0, 0);
	for (i = 0; i < 3; i++) {
		message.component_id = 7 + (uint32_t)i / 2;
		etl_write_wpp(writer, &message);
	}
	finish_and_feed(&counting, writer);
	assert_int_equal(aggregator_event_types(counting.aggregator)->count, 3);
	assert_true(counting_events(&counting, "WPP component 0x00000007", 12, "") == 2);
	assert_true(counting_events(&counting, "WPP component 0x00000008", 12, "") == 1);
	counting_done(&counting);
}

static void damage_costs_the_rest_of_its_buffer_only(void **state)
{
	static const uint8_t no_mark[8] = {8, 0, 0x13, 0x12};
	static const uint8_t too_large[8] = {0xff, 0xff, 0x13, 0xc0};
	struct etl_event event = event_of(&app, 5);
	const uint8_t *const damage[] = {no_mark, too_large};
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct etl_writer *writer = etl_writer_new(NULL);
		struct counting counting;

		counting_init(&counting, 0, 0);
		etl_write_event(writer, &event, 8);
		etl_write_raw(writer, 0, 1000000000, damage[i], 8);
		etl_write_event(writer, &event, 8);
		etl_flush(writer, 0, 0);
		etl_write_event(writer, &event, 8);
		etl_write_event(writer, &event, 8);
		finish_and_feed(&counting, writer);
		assert_true(counting_events(&counting, APP, 5, "") == 3);
		assert_int_equal(
			malformed(&counting, i ? MALFORMED_RECORD_SIZE : MALFORMED_RECORD_MARKER),
			1);
		assert_int_equal(all_malformed(&counting), 1);
		counting_total(&counting);
		counting_done(&counting);
	}
}

static void an_event_with_damaged_items_is_counted_and_said_to_be(void **state)
{
	struct etl_event event = event_of(&app, 5);
	struct etl_writer *writer = etl_writer_new(NULL);
	struct counting counting;

	(void)state;
	counting_init(&counting, 0, 0);
	event.flags = 1; /* items follow; the payload is none */
	etl_write_event(writer, &event, 8);
	finish_and_feed(&counting, writer);
	assert_true(counting_events(&counting, APP, 5, "") == 1);
	assert_true(counting_bytes(&counting, APP, 5, "") == 0);
	assert_int_equal(malformed(&counting, MALFORMED_RECORD_ITEMS), 1);
	counting_total(&counting);
	counting_done(&counting);
}

/* A recording of one data buffer, a field of whose header is another. */
static void feed_changed(struct counting *counting, const struct etl_writer_options *options,
			 size_t field, uint32_t value)
{
	struct small_recording recording = small_make(options, 1);

	put_le32(recording.bytes + recording.at[1] + field, value);
	counting_feed_all(counting, recording.bytes, recording.length);
	small_done(&recording);
}

static void an_end_of_data_that_cannot_be_is_counted(void **state)
{
	static const struct {
		uint32_t end;
		bool some; /* events are counted all the same */
	} cases[] = {{0, false},      {0x47, false},	      {0x48, false},	  {65537, true},
		     {1 << 24, true}, {(1 << 24) + 1, false}, {UINT32_MAX, false}};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct counting counting;

		counting_init(&counting, 0, 0);
		feed_changed(&counting, NULL, 0x30, cases[i].end);
		assert_int_equal(counting_total(&counting) > 1, cases[i].some);
		assert_int_equal(malformed(&counting, MALFORMED_BUFFER_OFFSET),
				 cases[i].end != 0x48);
		counting_done(&counting);
	}
}

static void sizes_that_do_not_fit_end_a_trace_buffer(void **state)
{
	static const uint32_t sizes[] = {0, 0x47, 65537, UINT32_MAX};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct counting counting;

		counting_init(&counting, 0, 0);
		feed_changed(&counting, NULL, 0, sizes[i]);
		assert_int_equal(counting_total(&counting), 1);
		assert_int_equal(health_get(&counting.health.buffers), 1);
		counting_done(&counting);
	}
}

static void compressed_buffers_count_as_plain_ones_do(void **state)
{
	struct etl_writer_options options = {.compressed = false};
	uint64_t totals[2];
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct small_recording recording;
		struct counting counting;

		options.compressed = i == 1;
		recording = small_make(&options, 20);
		counting_init(&counting, 0, 0);
		counting_feed_all(&counting, recording.bytes, recording.length);
		totals[i] = counting_total(&counting);
		assert_int_equal(health_get(&counting.health.buffers), 21);
		assert_int_equal(health_get(&counting.health.buffers_compressed), i ? 20 : 0);
		assert_int_equal(all_malformed(&counting), 0);
		small_done(&recording);
		counting_done(&counting);
	}
	assert_int_equal(totals[0], totals[1]);
	assert_true(totals[0] > 60);
}

static void a_compressed_buffer_that_says_more_than_it_has_is_damage(void **state)
{
	static const struct etl_writer_options options = {.compressed = true};
	struct counting counting;

	(void)state;
	counting_init(&counting, 0, 0);
	feed_changed(&counting, &options, 0x30, 1 << 24);
	assert_int_equal(malformed(&counting, MALFORMED_BUFFER_COMPRESSION), 1);
	assert_true(counting_total(&counting) > 1);
	counting_done(&counting);
}

static void it_runs_until_the_stop_and_gives_buffers_back(void **state)
{
	struct small_recording recording = small_make(NULL, 3);
	struct recording *known = recording_new();
	struct counting counting;
	struct trace_buffer *buffer;
	size_t i;

	(void)state;
	counting_init(&counting, 0, 0);
	counting_open(&counting, 4 * TRACE_BUFFER_BYTES);
	for (i = 0; i < recording.count; i++) {
		buffer = trace_queue_take(counting.queue, 0);
		buffer->length = recording.size[i];
		memcpy(buffer->bytes, recording.bytes + recording.at[i], recording.size[i]);
		buffer->recording = known;
		buffer->flags = i + 1 == recording.count ? TRACE_BUFFER_RECORDING_END : 0;
		trace_queue_put(counting.queue, buffer);
	}
	trace_queue_stop(counting.queue);
	aggregator_run(counting.aggregator, counting.queue);
	assert_int_equal(trace_queue_depth(counting.queue), 0);
	assert_int_equal(trace_queue_peak(counting.queue), recording.length);
	assert_int_equal(health_get(&counting.health.buffers), 4);
	counting_total(&counting);
	small_done(&recording);
	counting_done(&counting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_record_is_counted),
		cmocka_unit_test(versions_of_an_event_are_one_series),
		cmocka_unit_test(kinds_that_nobody_knows_are_counted_by_kind_and_skipped),
		cmocka_unit_test(events_that_differ_in_metadata_only_are_counted_apart),
		cmocka_unit_test(events_that_differ_in_their_fields_share_a_series),
		cmocka_unit_test(messages_of_different_components_are_counted_apart),
		cmocka_unit_test(damage_costs_the_rest_of_its_buffer_only),
		cmocka_unit_test(an_event_with_damaged_items_is_counted_and_said_to_be),
		cmocka_unit_test(an_end_of_data_that_cannot_be_is_counted),
		cmocka_unit_test(sizes_that_do_not_fit_end_a_trace_buffer),
		cmocka_unit_test(compressed_buffers_count_as_plain_ones_do),
		cmocka_unit_test(a_compressed_buffer_that_says_more_than_it_has_is_damage),
		cmocka_unit_test(it_runs_until_the_stop_and_gives_buffers_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
