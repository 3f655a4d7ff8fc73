#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "exporter/schema/tdh_types.h"

static void in_types_say_what_the_bytes_are(void **state)
{
	static const struct {
		uint16_t number;
		uint8_t type, length_kind;
	} cases[] = {
		{0, VALUE_NULL, LENGTH_NATURAL},       {1, VALUE_UTF16, LENGTH_NATURAL},
		{2, VALUE_ANSI, LENGTH_NATURAL},       {4, VALUE_U8, LENGTH_NATURAL},
		{9, VALUE_I64, LENGTH_NATURAL},	       {13, VALUE_BOOL32, LENGTH_NATURAL},
		{14, VALUE_BINARY, LENGTH_NATURAL},    {16, VALUE_POINTER, LENGTH_NATURAL},
		{21, VALUE_HEX64, LENGTH_NATURAL},     {22, VALUE_UTF16, LENGTH_PREFIX},
		{23, VALUE_ANSI, LENGTH_PREFIX},       {25, VALUE_BINARY, LENGTH_PREFIX},
		{300, VALUE_UTF16, LENGTH_PREFIX},     {301, VALUE_ANSI, LENGTH_PREFIX},
		{302, VALUE_UTF16, LENGTH_PREFIX_BIG}, {303, VALUE_ANSI, LENGTH_PREFIX_BIG},
		{309, VALUE_BINARY, LENGTH_PREFIX_32}, {306, VALUE_CHAR16, LENGTH_NATURAL},
		{307, VALUE_CHAR8, LENGTH_NATURAL},    {310, VALUE_WBEM_SID, LENGTH_NATURAL},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct field field = {0};

		assert_true(tdh_field(cases[i].number, 0, &field));
		assert_int_equal(field.type, cases[i].type);
		assert_int_equal(field.length_kind, cases[i].length_kind);
		assert_int_equal(field.out, OUT_DEFAULT);
	}
}

static void other_numbers_are_no_in_types(void **state)
{
	struct field field = {0};
	uint32_t number, known = 0;

	(void)state;
	for (number = 0; number <= UINT16_MAX; number++)
		known += tdh_field((uint16_t)number, 0, &field);
	assert_int_equal(known, 36);
	assert_false(tdh_field(24, 0, &field));
	assert_false(tdh_field(UINT16_MAX, 0, &field));
}

static void out_types_say_what_is_meant(void **state)
{
	static const struct {
		uint16_t number;
		uint8_t out;
	} cases[] = {
		{0, OUT_DEFAULT},	{1, OUT_STRING},
		{13, OUT_BOOLEAN},	{18, OUT_HEX},
		{22, OUT_PORT},		{23, OUT_IPV4},
		{24, OUT_IPV6},		{25, OUT_SOCKET_ADDRESS},
		{31, OUT_NTSTATUS},	{33, OUT_CULTURE_DATETIME},
		{35, OUT_UTF8},		{37, OUT_CODE_POINTER},
		{38, OUT_DATETIME_UTC}, {301, OUT_NO_PRINT},
		{39, OUT_DEFAULT},	{UINT16_MAX, OUT_DEFAULT},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct field field = {0};

		assert_true(tdh_field(8, cases[i].number, &field));
		assert_int_equal(field.type, VALUE_U32);
		assert_int_equal(field.out, cases[i].out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_types_say_what_the_bytes_are),
		cmocka_unit_test(other_numbers_are_no_in_types),
		cmocka_unit_test(out_types_say_what_is_meant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
