#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/status/event_history.h"
#include "tests/support/registry_rig.h"

#define MANY (EVENT_HISTORY_TYPES_MAX + 10)

struct rig {
	struct registry_rig registry;
	struct family *family;
	struct event_history *history;
	uint64_t steps;
};

static int begin(void **state)
{
	static const char *const labels[] = {"n"};
	static const struct family_info info = {.name = "x_total",
						.help = "X.",
						.type = METRIC_COUNTER,
						.labels = labels,
						.label_count = 1};
	static struct rig rig;

	memset(&rig, 0, sizeof(rig));
	registry_rig_begin(&rig.registry, MANY);
	rig.family = registry_rig_family(&rig.registry, &info);
	rig.history = event_history_new();
	assert_non_null(rig.history);
	*state = &rig;
	return 0;
}

static int end(void **state)
{
	struct rig *rig = *state;

	event_history_free(rig->history);
	registry_rig_end(&rig->registry);
	return 0;
}

static struct cell *cell_of(struct rig *rig, const char *value)
{
	return registry_rig_cell(rig->registry.shard, rig->family, value);
}

static void count(struct rig *rig, const char *value, uint64_t events)
{
	cell_add(cell_of(rig, value), events);
}

static void step(struct rig *rig, double seconds)
{
	event_history_step(rig->history, rig->registry.registry, rig->family, seconds);
	rig->steps += seconds > 0;
}

static void assert_row(const struct rig *rig, size_t place, const char *value, const char *rates)
{
	const struct event_row *rows[EVENT_HISTORY_ROWS];
	char labels[64];
	struct text json;

	assert_true(event_history_top(rig->history, rows, EVENT_HISTORY_ROWS) > place);
	snprintf(labels, sizeof(labels), "n=\"%s\"", value);
	assert_int_equal(rows[place]->length, strlen(labels));
	assert_memory_equal(rows[place]->labels, labels, strlen(labels));
	text_init(&json, 1 << 16);
	rate_history_json(&rows[place]->history, rig->steps, &json);
	text_char(&json, '\0');
	assert_string_equal(json.bytes, rates);
	text_done(&json);
}

static size_t rows_of(const struct rig *rig)
{
	const struct event_row *rows[EVENT_HISTORY_ROWS];

	return event_history_top(rig->history, rows, EVENT_HISTORY_ROWS);
}

static void rates_are_of_each_step(void **state)
{
	struct rig *rig = *state;

	step(rig, 0);
	count(rig, "a", 10);
	step(rig, 5);
	step(rig, 5);
	count(rig, "a", 1);
	step(rig, 4);
	assert_row(rig, 0, "a", "[2,0,0.25]");
	assert_int_equal(event_history_types(rig->history), 1);
}

static void what_came_before_the_first_look_has_no_rate(void **state)
{
	struct rig *rig = *state;

	count(rig, "a", 1000);
	step(rig, 0);
	step(rig, 5);
	assert_int_equal(rows_of(rig), 0);
	count(rig, "a", 5);
	step(rig, 5);
	assert_row(rig, 0, "a", "[null,1]");
}

static void who_is_born_later_was_silent_before(void **state)
{
	struct rig *rig = *state;

	step(rig, 0);
	step(rig, 5);
	step(rig, 5);
	count(rig, "late", 5);
	step(rig, 5);
	assert_row(rig, 0, "late", "[0,0,1]");
}

static void the_busiest_of_all_steps_stands_first(void **state)
{
	struct rig *rig = *state;

	step(rig, 0);
	count(rig, "a", 30);
	count(rig, "b", 10);
	step(rig, 10);
	assert_row(rig, 0, "a", "[3]");
	assert_row(rig, 1, "b", "[1]");
	count(rig, "b", 40);
	step(rig, 10);
	assert_row(rig, 0, "b", "[1,4]");
	assert_row(rig, 1, "a", "[3,0]");
}

static void what_is_older_than_the_ring_is_forgotten(void **state)
{
	struct rig *rig = *state;
	int i;

	step(rig, 0);
	count(rig, "a", 5);
	step(rig, 5);
	for (i = 1; i < RATE_STEPS; i++)
		step(rig, 5);
	assert_int_equal(rows_of(rig), 1);
	step(rig, 5);
	assert_int_equal(rows_of(rig), 0);
}

static void who_gets_busy_takes_the_place_of_the_least_busy(void **state)
{
	struct rig *rig = *state;
	char value[16];
	int i;

	step(rig, 0);
	for (i = 0; i < EVENT_HISTORY_ROWS; i++) {
		snprintf(value, sizeof(value), "%03d", i);
		count(rig, value, (uint64_t)(1000 + i));
	}
	count(rig, "quiet", 1);
	step(rig, 1);
	count(rig, "quiet", 2000);
	step(rig, 1);
	assert_int_equal(rows_of(rig), EVENT_HISTORY_ROWS);
	assert_row(rig, 0, "quiet", "[null,2000]");
	assert_row(rig, EVENT_HISTORY_ROWS - 1, "001", "[1001,0]");
}

static void a_type_that_is_gone_comes_no_more(void **state)
{
	struct rig *rig = *state;

	step(rig, 0);
	count(rig, "a", 5);
	step(rig, 5);
	shard_retire(rig->registry.shard, rig->family, cell_of(rig, "a"));
	step(rig, 5);
	assert_row(rig, 0, "a", "[1,0]");
	assert_int_equal(event_history_types(rig->history), 0);
}

static void beyond_the_limit_types_are_left_out_and_counted(void **state)
{
	struct rig *rig = *state;
	char value[16];
	int i;

	for (i = 0; i < MANY; i++) {
		snprintf(value, sizeof(value), "%d", i);
		count(rig, value, 1);
	}
	step(rig, 0);
	step(rig, 5);
	assert_int_equal(event_history_types(rig->history), MANY);
	assert_int_equal(event_history_types_left_out(rig->history), 10);
}

static void rates_have_few_digits(void **state)
{
	static const double rates[] = {0,    0.1234567, 99.99949, 1234.5,
				       2e18, NAN,	INFINITY, -0.0015};
	struct text json;
	size_t i;

	(void)state;
	text_init(&json, 1 << 10);
	for (i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		rate_json(rates[i], &json);
		text_char(&json, ' ');
	}
	text_char(&json, '\0');
	assert_string_equal(json.bytes, "0 0.123 99.999 1235 2e+18 null null -0.002 ");
	text_done(&json);
}

#define HISTORY_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HISTORY_TEST(rates_are_of_each_step),
		HISTORY_TEST(what_came_before_the_first_look_has_no_rate),
		HISTORY_TEST(who_is_born_later_was_silent_before),
		HISTORY_TEST(the_busiest_of_all_steps_stands_first),
		HISTORY_TEST(what_is_older_than_the_ring_is_forgotten),
		HISTORY_TEST(who_gets_busy_takes_the_place_of_the_least_busy),
		HISTORY_TEST(a_type_that_is_gone_comes_no_more),
		HISTORY_TEST(beyond_the_limit_types_are_left_out_and_counted),
		cmocka_unit_test(rates_have_few_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
