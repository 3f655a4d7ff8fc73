#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/event_info.h"
#include "tests/support/payload.h"
#include "tests/support/rule_rig.h"

#define RULE(unit)                                                                               \
	"[{name: took_seconds_total, help: h, type: counter, match: {provider: Test-1}, value: " \
	"{field: Took, unit: " unit "}}]"
#define SAMPLE	 "took_seconds_total"
#define FILETIME 133500000000000000u

static void init(struct rule_rig *rig, const char *metrics,
		 const struct etl_writer_options *options)
{
	rule_rig_init(rig, "test", metrics);
	etl_writer_free(rig->writer);
	rig->writer = etl_writer_new(options);
}

/* Events have a key and, but for the last, a value. */
enum {
	DONE = 1,
	START = 2,
	DONE_AT_FRACTION = 3,
	END = 4,
};

static const uint8_t provider[16] = {1};

static void write_schema(struct rule_rig *rig, uint16_t id, enum event_info_type type)
{
	const struct event_info info = {
		.guid = provider,
		.provider = "Test-1",
		.id = id,
		.fields = {{"Key", EVENT_INFO_U32}, {id == END ? NULL : "Took", type}},
	};

	etl_write_event_info(rig->writer, 1000000000, 0, &info);
}

static void write_event(struct rule_rig *rig, uint16_t id, uint64_t time, uint64_t took)
{
	struct payload payload = {.length = 0};
	struct etl_event event = {.time = time, .id = id, .guid = {1}};

	payload_u32(&payload, 7);
	if (id != END)
		payload_u64(&payload, took);
	event.payload = payload.bytes;
	event.payload_bytes = payload.length;
	etl_write_event(rig->writer, &event, 8);
}

/* What the rule makes of one event. */
static double value(const char *metrics, const struct etl_writer_options *options, uint64_t time,
		    uint64_t took)
{
	struct rule_rig rig;
	double number;

	init(&rig, metrics, options);
	write_schema(&rig, DONE, EVENT_INFO_U64);
	write_event(&rig, DONE, time, took);
	rule_rig_run(&rig);
	number = rule_rig_value(&rig, SAMPLE);
	assert_int_equal(rule_rig_all_errors(&rig, 0), number < 0);
	assert_int_equal(rule_rig_errors(&rig, 0, RULE_ERROR_TIME), number < 0);
	rule_rig_done(&rig);
	return number;
}

static void a_number_is_as_it_stands(void **state)
{
	(void)state;
	assert_true(value(RULE("number"), NULL, 2000000000, 5000) == 5000);
}

static void ticks_are_of_the_performance_counter_whatever_the_clock_is(void **state)
{
	static const struct etl_writer_options options[] = {
		{.perf_frequency_hz = 2000000},
		{.perf_frequency_hz = 2000000, .clock = ETL_CLOCK_CPU_CYCLES},
		{.perf_frequency_hz = 2000000, .clock = ETL_CLOCK_SYSTEM_TIME},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		assert_true(value(RULE("ticks"), &options[i], FILETIME, 5000) == 0.0025);
}

static void ticks_are_scaled_after_they_are_seconds(void **state)
{
	(void)state;
	assert_true(value(RULE("ticks, scale: 4"), NULL, 2000000000, 5000000) == 2);
}

static void since_is_the_time_from_the_stamp_to_the_event_by_the_clock_of_the_session(void **state)
{
	static const struct etl_writer_options qpc = {.perf_frequency_hz = 2000000};
	static const struct etl_writer_options cycles = {
		.perf_frequency_hz = 2000000, .clock = ETL_CLOCK_CPU_CYCLES, .cpu_mhz = 1000};
	static const struct etl_writer_options system_time = {.perf_frequency_hz = 2000000,
							      .clock = ETL_CLOCK_SYSTEM_TIME};

	(void)state;
	assert_true(value(RULE("since"), &qpc, 2000000000, 1999000000) == 0.5);
	assert_true(value(RULE("since"), &cycles, 2000000000, 1500000000) == 0.5);
	assert_true(value(RULE("since"), &system_time, FILETIME + 10000000, FILETIME) == 1);
	assert_true(value(RULE("since"), &qpc, 2000000000, 2000000000) == 0);
}

static void a_stamp_that_is_later_than_the_event_is_counted_as_an_error(void **state)
{
	(void)state;
	assert_true(value(RULE("since"), NULL, 2000000000, 2000000001) == -1);
	assert_true(value(RULE("since"), NULL, 2000000000, UINT64_MAX) == -1);
}

static void a_fraction_is_no_time_stamp(void **state)
{
	struct rule_rig rig;

	(void)state;
	init(&rig, RULE("since"), NULL);
	write_schema(&rig, DONE_AT_FRACTION, EVENT_INFO_F64);
	write_event(&rig, DONE_AT_FRACTION, 2000000000, 0x3ff8000000000000u);
	rule_rig_run(&rig);
	assert_int_equal(rule_rig_errors(&rig, 0, RULE_ERROR_TIME), 1);
	assert_true(rule_rig_value(&rig, SAMPLE) == -1);
	rule_rig_done(&rig);
}

static void of_a_pair_the_stamp_is_of_the_side_that_has_it(void **state)
{
	static const char metrics[] =
		"[{name: took_seconds_total, help: h, type: counter, match: {provider: Test-1, "
		"id: 4}, pair: {start: {id: 2}, key: Key}, value: {field: Took, unit: since, "
		"from: start}}]";
	struct rule_rig rig;

	(void)state;
	init(&rig, metrics, NULL);
	write_schema(&rig, START, EVENT_INFO_U64);
	write_schema(&rig, END, EVENT_INFO_U64);
	write_event(&rig, START, 2000000000, 1990000000);
	write_event(&rig, END, 2100000000, 0);
	rule_rig_run(&rig);
	assert_true(rule_rig_value(&rig, SAMPLE) == 1);
	rule_rig_done(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_is_as_it_stands),
		cmocka_unit_test(ticks_are_of_the_performance_counter_whatever_the_clock_is),
		cmocka_unit_test(ticks_are_scaled_after_they_are_seconds),
		cmocka_unit_test(
			since_is_the_time_from_the_stamp_to_the_event_by_the_clock_of_the_session),
		cmocka_unit_test(a_stamp_that_is_later_than_the_event_is_counted_as_an_error),
		cmocka_unit_test(a_fraction_is_no_time_stamp),
		cmocka_unit_test(of_a_pair_the_stamp_is_of_the_side_that_has_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
