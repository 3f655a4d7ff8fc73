/* Signs of loss, and what is beyond the limits. */
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

static const struct guid lost_event = GUID(6a399ae0, 4bc6, 4de9, 870b, 3657f8947e7e);

static double loss_sign(const struct counting *counting, enum loss_sign sign)
{
	return (double)health_get(&counting->health.loss_signs[sign]);
}

static uint64_t events_lost(const struct counting *counting)
{
	return health_get(&counting->health.events_lost);
}

static void flags_of_loss_on_buffers_are_counted(void **state)
{
	struct etl_writer *writer = etl_writer_new(NULL);
	struct etl_event event = event_of(&app, 5);
	struct counting counting;

	(void)state;
	counting_init(&counting, 0, 0);
	etl_write_event(writer, &event, 8);
	etl_flush(writer, 0, 0x02);
	etl_write_event(writer, &event, 8);
	etl_flush(writer, 0, 0x06);
	etl_flush(writer, 0, 0x04);
	finish_and_feed(&counting, writer);
	assert_true(loss_sign(&counting, LOSS_SIGN_EVENTS_LOST_FLAG) == 2);
	assert_true(loss_sign(&counting, LOSS_SIGN_BUFFER_LOST_FLAG) == 2);
	assert_int_equal(events_lost(&counting), 0);
	counting_done(&counting);
}

static void write_lost_events(struct etl_writer *writer)
{
	struct etl_classic event = {.time = 1000000000};
	uint8_t type;

	take_guid(event.guid, &lost_event);
	for (type = 30; type < 37; type++) {
		event.type = type;
		etl_write_full(writer, &event, 8);
	}
	event.type = 33;
	etl_write_full(writer, &event, 4);
	event.version = 7;
	event.type = 34;
	etl_write_full(writer, &event, 4);
	etl_write_full(writer, &event, 4);
}

static void assert_lost_events(const struct counting *counting)
{
	assert_true(loss_sign(counting, LOSS_SIGN_LOST_EVENT) == 1);
	assert_true(loss_sign(counting, LOSS_SIGN_LOST_BUFFER) == 2);
	assert_true(loss_sign(counting, LOSS_SIGN_LOST_FILE) == 3);
}

static void lost_event_records_are_signs_of_loss_and_events(void **state)
{
	struct etl_writer *writer = etl_writer_new(NULL);
	struct counting counting;

	(void)state;
	counting_init(&counting, 0, 0);
	write_lost_events(writer);
	finish_and_feed(&counting, writer);
	assert_lost_events(&counting);
	assert_true(counting_events(&counting, "Lost_Event", 34, "RTLostFile") == 3);
	assert_int_equal(counting_total(&counting), 11);
	counting_done(&counting);
}

static void lost_event_records_beyond_the_limits_are_signs_of_loss(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct etl_writer *writer = etl_writer_new(NULL);
		struct counting counting;

		counting_init(&counting, i ? 1 : 0, i ? 0 : 1);
		write_lost_events(writer);
		finish_and_feed(&counting, writer);
		assert_lost_events(&counting);
		counting_done(&counting);
	}
}

static void write_types(struct etl_writer *writer, uint16_t types, size_t times)
{
	struct etl_event event = event_of(&app, 0);

	while (times--)
		for (event.id = 1; event.id <= types; event.id++)
			etl_write_event(writer, &event, 8);
}

static double overflow_of(struct counting *counting, const char *family)
{
	char sample[128];

	snprintf(sample, sizeof(sample), "etw_exporter_series_overflow_total{family=\"%s\"}",
		 family);
	return page_value(counting_page(counting), sample);
}

#define OTHER "{session=\"other\",provider=\"other\",event_id=\"other\",event=\"other\"}"

static size_t count_lines(const char *text, const char *part)
{
	size_t count = 0;

	for (text = strstr(text, part); text; text = strstr(text + 1, part))
		count++;
	return count;
}

static void beyond_the_limit_of_event_types_all_is_counted_as_other(void **state)
{
	struct etl_writer *writer = etl_writer_new(NULL);
	struct counting counting;

	(void)state;
	counting_init(&counting, 0, 11);
	write_types(writer, 100, 3);
	finish_and_feed(&counting, writer);
	assert_int_equal(counting_total(&counting), 301);
	assert_true(page_value(counting_page(&counting), "etw_events_total" OTHER) == 270);
	assert_true(page_value(counting.page, "etw_event_bytes_total" OTHER) == 270 * 7);
	assert_true(page_value(counting.page, "etw_exporter_series") == 22);
	assert_true(overflow_of(&counting, "etw_events_total") == 270);
	assert_true(overflow_of(&counting, "etw_event_bytes_total") == 270);
	assert_int_equal(count_lines(counting_log(&counting), "limit of event types"), 1);
	assert_int_equal(count_lines(counting_log(&counting), "\n"), 1);
	counting_done(&counting);
}

/* An event type has two series: an odd limit cuts one in half. */
static void beyond_the_limit_of_series_each_family_counts_its_own(void **state)
{
	struct etl_writer *writer = etl_writer_new(NULL);
	struct counting counting;

	(void)state;
	counting_init(&counting, 9, 0);
	write_types(writer, 100, 3);
	finish_and_feed(&counting, writer);
	assert_int_equal(counting_total(&counting), 301);
	assert_true(page_value(counting_page(&counting), "etw_exporter_series") == 9);
	/* The header and four more have events of their own; bytes, the header and three. */
	assert_true(page_value(counting.page, "etw_events_total" OTHER) == 3 * 96);
	assert_true(page_value(counting.page, "etw_event_bytes_total" OTHER) == 3 * 97 * 7);
	assert_true(overflow_of(&counting, "etw_events_total") == 3 * 96);
	assert_true(overflow_of(&counting, "etw_event_bytes_total") == 3 * 97);
	assert_int_equal(count_lines(counting_log(&counting), "limit of series"), 1);
	assert_int_equal(count_lines(counting_log(&counting), "\n"), 1);
	counting_done(&counting);
}

static void versions_beyond_the_limit_of_series_are_counted_in_theirs(void **state)
{
	struct etl_writer *writer = etl_writer_new(NULL);
	struct etl_event event = event_of(&app, 5);
	struct counting counting;

	(void)state;
	counting_init(&counting, 4, 0);
	for (event.version = 0; event.version < 4; event.version++)
		etl_write_event(writer, &event, 8);
	finish_and_feed(&counting, writer);
	assert_true(counting_events(&counting, APP, 5, "") == 4);
	assert_true(overflow_of(&counting, "etw_events_total") == 0);
	assert_string_equal(counting_log(&counting), "");
	counting_done(&counting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flags_of_loss_on_buffers_are_counted),
		cmocka_unit_test(lost_event_records_are_signs_of_loss_and_events),
		cmocka_unit_test(lost_event_records_beyond_the_limits_are_signs_of_loss),
		cmocka_unit_test(beyond_the_limit_of_event_types_all_is_counted_as_other),
		cmocka_unit_test(beyond_the_limit_of_series_each_family_counts_its_own),
		cmocka_unit_test(versions_beyond_the_limit_of_series_are_counted_in_theirs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
