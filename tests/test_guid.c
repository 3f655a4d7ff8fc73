#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/base/guid.h"

#define PROCESS_TEXT "3d6fa8d0-fe05-11d0-9dda-00c04fd7ba7c"

static const struct guid process = GUID(3d6fa8d0, fe05, 11d0, 9dda, 00c04fd7ba7c);
static const struct guid process_bytes = {{0xd0, 0xa8, 0x6f, 0x3d, 0x05, 0xfe, 0xd0, 0x11, 0x9d,
					   0xda, 0x00, 0xc0, 0x4f, 0xd7, 0xba, 0x7c}};

static void the_macro_lays_bytes_out_as_traces_do(void **state)
{
	static const struct guid zero = GUID(00000000, 0000, 0000, 0000, 000000000000);
	static const struct guid ones = GUID(ffffffff, ffff, ffff, ffff, ffffffffffff);
	static const struct guid exponents = GUID(1e1e1e1e, 2e5d, 3e7e, 8ee0, 6671ffdcd7b5);
	static const struct guid exponents_bytes = {{0x1e, 0x1e, 0x1e, 0x1e, 0x5d, 0x2e, 0x7e, 0x3e,
						     0x8e, 0xe0, 0x66, 0x71, 0xff, 0xdc, 0xd7,
						     0xb5}};

	(void)state;
	assert_memory_equal(&process, &process_bytes, 16);
	assert_memory_equal(&exponents, &exponents_bytes, 16);
	for (int i = 0; i < 16; i++) {
		assert_int_equal(zero.bytes[i], 0);
		assert_int_equal(ones.bytes[i], 0xff);
	}
}

static void format_is_lower_case_without_braces(void **state)
{
	char text[GUID_TEXT_SIZE + 1];

	(void)state;
	memset(text, '?', sizeof(text));
	guid_format(&process, text);
	assert_string_equal(text, PROCESS_TEXT);
	assert_int_equal(text[GUID_TEXT_SIZE], '?');
}

static void parse_takes_any_case_with_or_without_braces(void **state)
{
	static const char *const texts[] = {
		PROCESS_TEXT,
		"3D6FA8D0-FE05-11D0-9DDA-00C04FD7BA7C",
		"{3d6fa8d0-fe05-11d0-9dda-00c04fd7ba7c}",
		"{3D6fA8d0-Fe05-11D0-9ddA-00C04fd7bA7c}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct guid guid = {{0}};

		assert_true(guid_parse(texts[i], &guid));
		assert_true(guid_equal(&guid, &process));
	}
}

/* On the heap, so that a read past the end is seen. */
static void assert_refused(const char *text)
{
	char *copy = malloc(strlen(text) + 1);
	struct guid guid = process;

	assert_non_null(copy);
	memcpy(copy, text, strlen(text) + 1);
	if (guid_parse(copy, &guid))
		fail_msg("accepted: %s", text);
	assert_true(guid_equal(&guid, &process));
	free(copy);
}

static void parse_refuses_every_text_that_is_cut_short(void **state)
{
	static const char whole[] = "{11111111-2222-3333-4444-555555555555}";

	(void)state;
	for (size_t from = 0; from < 2; from++) {
		size_t length = sizeof(whole) - 1 - 2 * from;

		for (size_t i = 0; i < length; i++) {
			char cut[sizeof(whole)];

			memcpy(cut, whole + from, i);
			cut[i] = '\0';
			assert_refused(cut);
		}
	}
}

static void parse_refuses_what_is_no_guid(void **state)
{
	static const char *const texts[] = {
		"11111111-2222-3333-4444-555555555555 ",
		" 11111111-2222-3333-4444-555555555555",
		"11111111-2222-3333-4444-555555555555}",
		"{{11111111-2222-3333-4444-555555555555}}",
		"{11111111-2222-3333-4444-555555555555}}",
		"{11111111-2222-3333-4444-555555555555",
		"11111111-2222-3333-4444-5555555555550",
		"1111111-12222-3333-4444-555555555555",
		"11111111-2222-3333-44445-55555555555",
		"11111111222233334444555555555555",
		"11111111-2222-3333-4444-55555555555g",
		"1111111+-2222-3333-4444-555555555555",
		"0x111111-2222-3333-4444-555555555555",
		"-1111111-2222-3333-4444-555555555555",
		"11111111_2222_3333_4444_555555555555",
		"1111111\xe9-2222-3333-4444-555555555555",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_refused(texts[i]);
}

static void compare_has_the_order_of_the_texts(void **state)
{
	static const struct guid ascending[] = {
		GUID(00000000, 0000, 0000, 0000, 000000000001),
		GUID(00000000, 0000, 0000, 0001, 000000000000),
		GUID(00000000, 0000, 0001, 0000, 000000000000),
		GUID(00000000, 0001, 0000, 0000, 000000000000),
		GUID(000000ff, 0000, 0000, 0000, 000000000000),
		GUID(00000100, 0000, 0000, 0000, 000000000000),
		GUID(01000000, 0000, 0000, 0000, 000000000000),
		GUID(ff000000, 0000, 0000, 0000, 000000000000),
	};
	enum {
		COUNT = sizeof(ascending) / sizeof(ascending[0])
	};

	(void)state;
	for (int a = 0; a < COUNT; a++) {
		for (int b = 0; b < COUNT; b++) {
			int order = guid_compare(&ascending[a], &ascending[b]);

			assert_int_equal((order > 0) - (order < 0), (a > b) - (a < b));
			assert_int_equal(guid_equal(&ascending[a], &ascending[b]), a == b);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_macro_lays_bytes_out_as_traces_do),
		cmocka_unit_test(format_is_lower_case_without_braces),
		cmocka_unit_test(parse_takes_any_case_with_or_without_braces),
		cmocka_unit_test(parse_refuses_every_text_that_is_cut_short),
		cmocka_unit_test(parse_refuses_what_is_no_guid),
		cmocka_unit_test(compare_has_the_order_of_the_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
