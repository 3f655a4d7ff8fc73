#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/value/time_text.h"
#include "tests/support/posix.h"

static void assert_text(int64_t unix_ns, const char *expected)
{
	char *text = malloc(TIME_TEXT_SIZE);

	assert_non_null(text);
	assert_ptr_equal(time_text(unix_ns, text), text);
	assert_string_equal(text, expected);
	free(text);
}

static void the_epoch_and_a_known_time(void **state)
{
	(void)state;
	assert_text(0, "1970-01-01T00:00:00.0000000Z");
	assert_text(1471476622037926600, "2016-08-17T23:30:22.0379266Z");
	assert_text(951782400000000000, "2000-02-29T00:00:00.0000000Z");
}

static void less_than_a_hundred_nanoseconds_is_rounded_down(void **state)
{
	(void)state;
	assert_text(99, "1970-01-01T00:00:00.0000000Z");
	assert_text(100, "1970-01-01T00:00:00.0000001Z");
	assert_text(199, "1970-01-01T00:00:00.0000001Z");
	assert_text(999999999, "1970-01-01T00:00:00.9999999Z");
	assert_text(1000000000, "1970-01-01T00:00:01.0000000Z");
}

static void times_before_the_epoch_are_rounded_down_too(void **state)
{
	(void)state;
	assert_text(-1, "1969-12-31T23:59:59.9999999Z");
	assert_text(-100, "1969-12-31T23:59:59.9999999Z");
	assert_text(-101, "1969-12-31T23:59:59.9999998Z");
	assert_text(-1000000000, "1969-12-31T23:59:59.0000000Z");
	assert_text(-1000000001, "1969-12-31T23:59:58.9999999Z");
	assert_text(-5822236800000000000, "1785-07-02T00:00:00.0000000Z");
}

static void the_whole_range_can_be_written(void **state)
{
	(void)state;
	assert_text(INT64_MAX, "2262-04-11T23:47:16.8547758Z");
	assert_text(INT64_MIN, "1677-09-21T00:12:43.1452241Z");
}

static void the_time_zone_does_not_matter(void **state)
{
	(void)state;
	assert_int_equal(setenv("TZ", "XXX-5:30", 1), 0);
	assert_text(0, "1970-01-01T00:00:00.0000000Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_epoch_and_a_known_time),
		cmocka_unit_test(less_than_a_hundred_nanoseconds_is_rounded_down),
		cmocka_unit_test(times_before_the_epoch_are_rounded_down_too),
		cmocka_unit_test(the_whole_range_can_be_written),
		cmocka_unit_test(the_time_zone_does_not_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
