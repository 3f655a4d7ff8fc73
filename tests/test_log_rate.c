/* How often the same message may come, by a clock that is made up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/log/log_rate.h"

#define WINDOW 1000

static struct log_rate rate_of(uint32_t lines)
{
	return (struct log_rate){.lines = lines, .window_ns = WINDOW};
}

/* How many of so many lines at a time are let through. */
static uint32_t take(struct log_rate *rate, const char *message, uint64_t now_ns, uint32_t lines)
{
	uint32_t taken = 0, suppressed;
	struct log_rate_gone gone;

	for (; lines; lines--)
		taken += log_rate_take(rate, message, now_ns, &suppressed, &gone);
	return taken;
}

static void each_window_has_its_lines(void **state)
{
	struct log_rate rate = rate_of(5);
	struct log_rate_gone gone;
	uint32_t suppressed;

	(void)state;
	assert_int_equal(take(&rate, "a", 10, 8), 5);
	assert_int_equal(take(&rate, "a", 10 + WINDOW - 1, 2), 0);
	assert_true(log_rate_take(&rate, "a", 10 + WINDOW, &suppressed, &gone));
	assert_int_equal(suppressed, 5);
	assert_true(log_rate_take(&rate, "a", 10 + WINDOW, &suppressed, &gone));
	assert_int_equal(suppressed, 0);
	assert_int_equal(rate.suppressed, 5);
}

static void messages_do_not_take_each_other_s_lines(void **state)
{
	struct log_rate rate = rate_of(2);

	(void)state;
	assert_int_equal(take(&rate, "a", 0, 5), 2);
	assert_int_equal(take(&rate, "b", 0, 5), 2);
	assert_int_equal(take(&rate, "", 0, 5), 2);
}

static void without_a_limit_all_are_let_through(void **state)
{
	struct log_rate rate = rate_of(0);

	(void)state;
	assert_int_equal(take(&rate, "a", 0, 1000), 1000);
	assert_int_equal(rate.suppressed, 0);
}

static void more_messages_than_there_is_room_for_go_on_with_the_newest(void **state)
{
	struct log_rate rate = rate_of(1);
	char message[16];
	uint32_t i;

	(void)state;
	for (i = 0; i < 10 * LOG_RATE_MESSAGES; i++) {
		snprintf(message, sizeof(message), "message %u", (unsigned int)i);
		assert_int_equal(take(&rate, message, i, 3), 1);
	}
	/* The last is known still, the first is not any more. */
	assert_int_equal(take(&rate, message, i, 1), 0);
	assert_int_equal(take(&rate, "message 0", i, 1), 1);
}

/* Each line that was not let through is told of by one that was, or by what is gone. */
static void nothing_that_was_held_back_is_forgotten(void **state)
{
	struct log_rate rate = rate_of(1);
	struct log_rate_gone gone;
	uint32_t i, suppressed;
	uint64_t told = 0;
	char message[300];

	(void)state;
	for (i = 0; i < 5 * LOG_RATE_MESSAGES; i++) {
		snprintf(message, sizeof(message), "message %0250u", (unsigned int)(i / 3));
		log_rate_take(&rate, message, i, &suppressed, &gone);
		assert_true(!gone.suppressed || strncmp(gone.text, message, 100) == 0);
		told += suppressed + gone.suppressed;
	}
	assert_true(told > 0);
	while (log_rate_next_gone(&rate, &gone)) {
		assert_int_equal(strlen(gone.text), LOG_RATE_TEXT_BYTES - 1);
		told += gone.suppressed;
	}
	assert_int_equal(told, rate.suppressed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_window_has_its_lines),
		cmocka_unit_test(messages_do_not_take_each_other_s_lines),
		cmocka_unit_test(without_a_limit_all_are_let_through),
		cmocka_unit_test(more_messages_than_there_is_room_for_go_on_with_the_newest),
		cmocka_unit_test(nothing_that_was_held_back_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
