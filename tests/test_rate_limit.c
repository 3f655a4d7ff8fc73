/* How often a request may come, by a clock that is made up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "exporter/http/rate_limit.h"

#define INTERVAL 100
#define BURST	 3

static int begin(void **state)
{
	static struct rate_limit rate;

	rate_limit_init(&rate);
	*state = &rate;
	return 0;
}

static int end(void **state)
{
	rate_limit_done(*state);
	return 0;
}

/* How many of ten are allowed. */
static size_t allowed(struct rate_limit *rate, uint64_t now_ns)
{
	size_t count = 0, i;

	for (i = 0; i < 10; i++)
		count += rate_limit_allow(rate, INTERVAL, BURST, now_ns);
	return count;
}

static void a_burst_may_come_at_once(void **state)
{
	assert_int_equal(allowed(*state, 5000), BURST);
	assert_int_equal(allowed(*state, 5000 + INTERVAL - 1), 0);
}

static void one_more_may_come_after_each_interval(void **state)
{
	allowed(*state, 5000);
	assert_int_equal(allowed(*state, 5000 + INTERVAL), 1);
	assert_int_equal(allowed(*state, 5000 + 3 * INTERVAL), 2);
	assert_int_equal(allowed(*state, 5000 + 100 * INTERVAL), BURST);
}

/* Threads look at the clock before they have the lock. */
static void time_that_was_counted_is_not_counted_again(void **state)
{
	size_t i;

	allowed(*state, 5000);
	for (i = 0; i < 10; i++) {
		assert_int_equal(allowed(*state, 5000 - INTERVAL / 2), 0);
		assert_int_equal(allowed(*state, 5000), 0);
	}
	assert_int_equal(allowed(*state, 5000 + INTERVAL), 1);
}

#define RATE_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RATE_TEST(a_burst_may_come_at_once),
		RATE_TEST(one_more_may_come_after_each_interval),
		RATE_TEST(time_that_was_counted_is_not_counted_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
