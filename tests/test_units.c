#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "config/units.h"

static uint64_t parse(const struct unit_system *system, const char *text)
{
	const char *unknown;
	uint64_t value;

	assert_int_equal(unit_parse(system, text, &value, &unknown), UNIT_OK);
	return value;
}

static enum unit_result refuse(const struct unit_system *system, const char *text)
{
	const char *unknown;
	uint64_t value;

	return unit_parse(system, text, &value, &unknown);
}

static void every_unit_of_duration_has_its_factor(void **state)
{
	(void)state;
	assert_int_equal(parse(&unit_durations, "7ns"), 7);
	assert_int_equal(parse(&unit_durations, "7us"), 7000);
	assert_int_equal(parse(&unit_durations, "7\xc2\xb5s"), 7000);
	assert_int_equal(parse(&unit_durations, "7\xce\xbcs"), 7000);
	assert_int_equal(parse(&unit_durations, "7ms"), 7000000);
	assert_int_equal(parse(&unit_durations, "7s"), 7000000000);
	assert_int_equal(parse(&unit_durations, "7m"), 420000000000);
	assert_int_equal(parse(&unit_durations, "7h"), 25200000000000);
}

static void every_unit_of_size_has_its_factor(void **state)
{
	(void)state;
	assert_int_equal(parse(&unit_sizes, "7"), 7);
	assert_int_equal(parse(&unit_sizes, "7B"), 7);
	assert_int_equal(parse(&unit_sizes, "7kB"), 7000);
	assert_int_equal(parse(&unit_sizes, "7KB"), 7000);
	assert_int_equal(parse(&unit_sizes, "7KiB"), 7168);
	assert_int_equal(parse(&unit_sizes, "7MB"), 7000000);
	assert_int_equal(parse(&unit_sizes, "7MiB"), 7340032);
	assert_int_equal(parse(&unit_sizes, "7GB"), 7000000000);
	assert_int_equal(parse(&unit_sizes, "7GiB"), 7516192768);
}

static void durations_may_be_compound(void **state)
{
	(void)state;
	assert_int_equal(parse(&unit_durations, "1m30s"), 90000000000);
	assert_int_equal(parse(&unit_durations, "1h1m1s1ms1us1ns"), 3661001001001);
	assert_int_equal(parse(&unit_durations, "1.5m0.5s"), 90500000000);
}

static void fractions_are_exact_and_rounded_down(void **state)
{
	(void)state;
	assert_int_equal(parse(&unit_durations, "1.5s"), 1500000000);
	assert_int_equal(parse(&unit_durations, "0.1s"), 100000000);
	assert_int_equal(parse(&unit_durations, "0.000000001s"), 1);
	assert_int_equal(parse(&unit_durations, "1.0000000019s"), 1000000001);
	assert_int_equal(parse(&unit_durations, "0.1000000000000000000000000000009s"), 100000000);
	assert_int_equal(parse(&unit_sizes, "0.5KiB"), 512);
	assert_int_equal(parse(&unit_sizes, "1.0009765625MiB"), 1049600);
}

static void what_is_too_large_is_the_largest_number(void **state)
{
	(void)state;
	assert_int_equal(parse(&unit_sizes, "18446744073709551614"), UINT64_MAX - 1);
	assert_int_equal(parse(&unit_sizes, "18446744073709551616"), UINT64_MAX);
	assert_int_equal(parse(&unit_sizes, "99999999999999999999999999999"), UINT64_MAX);
	assert_int_equal(parse(&unit_sizes, "18446744073709551GiB"), UINT64_MAX);
	assert_int_equal(parse(&unit_durations, "9999999999h1ns"), UINT64_MAX);
}

static void a_number_without_unit_is_no_duration(void **state)
{
	(void)state;
	assert_int_equal(refuse(&unit_durations, "5"), UNIT_MISSING);
	assert_int_equal(refuse(&unit_durations, "0"), UNIT_MISSING);
	assert_int_equal(refuse(&unit_durations, "1m30"), UNIT_MISSING);
	assert_int_equal(refuse(&unit_sizes, "1.5"), UNIT_MISSING);
}

static void an_unknown_unit_is_pointed_at(void **state)
{
	const char *text = "5d3h", *unknown;
	uint64_t value;

	(void)state;
	assert_int_equal(unit_parse(&unit_durations, text, &value, &unknown), UNIT_UNKNOWN);
	assert_ptr_equal(unknown, text + 1);
	assert_int_equal(unit_name_length(unknown), 1);
	assert_int_equal(refuse(&unit_durations, "5S"), UNIT_UNKNOWN);
	assert_int_equal(refuse(&unit_durations, "5sec"), UNIT_UNKNOWN);
	assert_int_equal(refuse(&unit_durations, "5\xc2\xb5"), UNIT_UNKNOWN);
	assert_int_equal(unit_name_length("\xc2\xb5m1"), 3);
	assert_int_equal(refuse(&unit_sizes, "5K"), UNIT_UNKNOWN);
	assert_int_equal(refuse(&unit_sizes, "5mb"), UNIT_UNKNOWN);
	assert_int_equal(refuse(&unit_sizes, "5s"), UNIT_UNKNOWN);
}

static void what_is_no_quantity_is_malformed(void **state)
{
	static const char *const texts[] = {"",	    "s",     "-1s",  "+1s",  " 1s",  "1 s",
					    "1s ",  ".5s",   "1.s",  "1,5s", "1_0s", "1s,",
					    "0x1s", "30s1m", "1s1s", "1s-",  "one"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_not_equal(refuse(&unit_durations, texts[i]), UNIT_OK);
	assert_int_equal(refuse(&unit_durations, "30s1m"), UNIT_MALFORMED);
	assert_int_equal(refuse(&unit_durations, "-1s"), UNIT_MALFORMED);
	assert_int_equal(refuse(&unit_sizes, "1MiB1KiB"), UNIT_MALFORMED);
	assert_int_equal(refuse(&unit_sizes, "8 MiB"), UNIT_MALFORMED);
}

static void counts_are_plain_decimal_digits(void **state)
{
	uint64_t value;

	(void)state;
	assert_true(unit_parse_count("0", &value));
	assert_int_equal(value, 0);
	assert_true(unit_parse_count("18446744073709551615", &value));
	assert_int_equal(value, UINT64_MAX);
	assert_true(unit_parse_count("100000000000000000000", &value));
	assert_int_equal(value, UINT64_MAX);
	assert_false(unit_parse_count("", &value));
	assert_false(unit_parse_count("010", &value));
	assert_false(unit_parse_count("0x10", &value));
	assert_false(unit_parse_count("1_000", &value));
	assert_false(unit_parse_count("-1", &value));
	assert_false(unit_parse_count("1e3", &value));
	assert_false(unit_parse_count("1.0", &value));
}

static void quantities_are_written_with_the_largest_unit_that_fits(void **state)
{
	struct unit_text text;

	(void)state;
	assert_string_equal(unit_format(&unit_durations, 10000000, &text), "10ms");
	assert_string_equal(unit_format(&unit_durations, 3600000000000, &text), "1h");
	assert_string_equal(unit_format(&unit_durations, 90000000000, &text), "90s");
	assert_string_equal(unit_format(&unit_durations, 1000000001, &text), "1000000001ns");
	assert_string_equal(unit_format(&unit_sizes, 65536, &text), "64KiB");
	assert_string_equal(unit_format(&unit_sizes, 4294967296, &text), "4GiB");
	assert_string_equal(unit_format(&unit_sizes, 2000, &text), "2kB");
	assert_string_equal(unit_format(&unit_sizes, 1001, &text), "1001B");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_unit_of_duration_has_its_factor),
		cmocka_unit_test(every_unit_of_size_has_its_factor),
		cmocka_unit_test(durations_may_be_compound),
		cmocka_unit_test(fractions_are_exact_and_rounded_down),
		cmocka_unit_test(what_is_too_large_is_the_largest_number),
		cmocka_unit_test(a_number_without_unit_is_no_duration),
		cmocka_unit_test(an_unknown_unit_is_pointed_at),
		cmocka_unit_test(what_is_no_quantity_is_malformed),
		cmocka_unit_test(counts_are_plain_decimal_digits),
		cmocka_unit_test(quantities_are_written_with_the_largest_unit_that_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
