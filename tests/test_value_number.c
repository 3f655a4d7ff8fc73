#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/value/value_number.h"
#include "tests/support/little_endian.h"

static bool number_of(enum value_type type, uint64_t bits, struct value_number *number)
{
	const struct field field = {.type = (uint8_t)type};
	uint8_t bytes[8];
	const struct value value = {.field = &field,
				    .bytes = bytes,
				    .length = (uint32_t)value_type_bytes(type, 8),
				    .type = field.type};

	put_le64(bytes, bits);
	return value_number(&value, number);
}

static void unsigned_is(enum value_type type, uint64_t bits, uint64_t expected)
{
	struct value_number number;

	assert_true(number_of(type, bits, &number));
	assert_int_equal(number.kind, NUMBER_UNSIGNED);
	assert_true(number.u == expected);
}

static void signed_is(enum value_type type, uint64_t bits, int64_t expected)
{
	struct value_number number;

	assert_true(number_of(type, bits, &number));
	assert_int_equal(number.kind, NUMBER_SIGNED);
	assert_true(number.i == expected);
}

static void real_is(enum value_type type, uint64_t bits, double expected)
{
	struct value_number number;

	assert_true(number_of(type, bits, &number));
	assert_int_equal(number.kind, NUMBER_REAL);
	assert_true(number.d == expected);
}

static void integers_have_the_sign_of_their_type(void **state)
{
	(void)state;
	unsigned_is(VALUE_U8, 0xff, 0xff);
	unsigned_is(VALUE_U16, 0xffff, 0xffff);
	unsigned_is(VALUE_U32, UINT32_MAX, UINT32_MAX);
	unsigned_is(VALUE_U64, UINT64_MAX, UINT64_MAX);
	signed_is(VALUE_I8, 0xff, -1);
	signed_is(VALUE_I16, 0x8000, INT16_MIN);
	signed_is(VALUE_I32, 0x7fffffff, INT32_MAX);
	signed_is(VALUE_I64, UINT64_MAX, -1);
}

static void what_is_kept_in_an_integer_is_one(void **state)
{
	(void)state;
	unsigned_is(VALUE_POINTER, UINT64_MAX, UINT64_MAX);
	unsigned_is(VALUE_HEX32, 16, 16);
	unsigned_is(VALUE_HEX64, 16, 16);
	unsigned_is(VALUE_BOOL32, 2, 2);
	unsigned_is(VALUE_CHAR8, 'a', 'a');
	unsigned_is(VALUE_CHAR16, 0x20ac, 0x20ac);
	unsigned_is(VALUE_FILETIME, 116444736000000000, 116444736000000000);
}

static void ports_are_in_network_order(void **state)
{
	(void)state;
	unsigned_is(VALUE_PORT, 0xbb01, 443);
}

static void floats_are_real(void **state)
{
	(void)state;
	real_is(VALUE_F32, 0x3f200000, 0.625);
	real_is(VALUE_F64, 0xbff8000000000000, -1.5);
}

static void other_types_are_no_numbers(void **state)
{
	static const enum value_type types[] = {
		VALUE_NULL,	  VALUE_UTF16, VALUE_ANSI, VALUE_BINARY, VALUE_GUID,
		VALUE_SYSTEMTIME, VALUE_SID,   VALUE_IPV4, VALUE_IPV6,	 VALUE_WBEM_SID};
	struct value_number number = {.kind = NUMBER_SIGNED, .i = -7};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		const struct field field = {.type = (uint8_t)types[i]};
		const struct value value = {.field = &field,
					    .bytes = (const uint8_t *)"\1\0\0\0\0\0\0\0"
								      "\0\0\0\0\0\0\0",
					    .length = 4,
					    .type = field.type};

		assert_false(value_number(&value, &number));
		assert_int_equal(number.i, -7);
	}
}

static void any_number_is_a_double(void **state)
{
	struct value_number number;

	(void)state;
	assert_true(number_of(VALUE_U64, UINT64_MAX, &number));
	assert_true(value_number_double(&number) == 18446744073709551616.0);
	assert_true(number_of(VALUE_I8, 0xff, &number));
	assert_true(value_number_double(&number) == -1);
	assert_true(number_of(VALUE_F32, 0x3f200000, &number));
	assert_true(value_number_double(&number) == 0.625);
}

static bool parse(const char *text, struct value_number *number)
{
	return value_number_parse(text, strlen(text), number);
}

static void numbers_are_read_from_text(void **state)
{
	struct value_number number;

	(void)state;
	assert_true(parse("0", &number) && number.kind == NUMBER_UNSIGNED && number.u == 0);
	assert_true(parse("18446744073709551615", &number) && number.u == UINT64_MAX);
	assert_true(parse("0xC0000022", &number) && number.u == 0xc0000022);
	assert_true(parse("0xffffffffffffffff", &number) && number.u == UINT64_MAX);
	assert_true(parse("-1", &number) && number.kind == NUMBER_SIGNED && number.i == -1);
	assert_true(parse("-9223372036854775808", &number) && number.i == INT64_MIN);
}

static void text_that_is_no_number_is_none(void **state)
{
	static const char *const texts[] = {"",
					    "-",
					    "0x",
					    "1 ",
					    " 1",
					    "1a",
					    "--1",
					    "-0x1",
					    "+1",
					    "1.5",
					    "0xg",
					    "18446744073709551616",
					    "0x10000000000000000",
					    "-9223372036854775809"};
	struct value_number number;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_false(parse(texts[i], &number));
	assert_false(value_number_parse("1\0", 2, &number));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_have_the_sign_of_their_type),
		cmocka_unit_test(what_is_kept_in_an_integer_is_one),
		cmocka_unit_test(ports_are_in_network_order),
		cmocka_unit_test(floats_are_real),
		cmocka_unit_test(other_types_are_no_numbers),
		cmocka_unit_test(any_number_is_a_double),
		cmocka_unit_test(numbers_are_read_from_text),
		cmocka_unit_test(text_that_is_no_number_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
