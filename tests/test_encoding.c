#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "config/encoding.h"
#include "config/utf8.h"

static size_t next(const char *text, uint32_t *code)
{
	return utf8_next(text, strlen(text), code);
}

static void code_points_have_1_to_4_bytes(void **state)
{
	static const struct {
		const char *text;
		size_t bytes;
		uint32_t code;
	} known[] = {
		{"\x7f", 1, 0x7f},
		{"\xc2\x80", 2, 0x80},
		{"\xdf\xbf", 2, 0x7ff},
		{"\xe0\xa0\x80", 3, 0x800},
		{"\xed\x9f\xbf", 3, 0xd7ff},
		{"\xee\x80\x80", 3, 0xe000},
		{"\xef\xbf\xbf", 3, 0xffff},
		{"\xf0\x90\x80\x80", 4, 0x10000},
		{"\xf4\x8f\xbf\xbf", 4, 0x10ffff},
	};
	uint32_t code;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		assert_int_equal(next(known[i].text, &code), known[i].bytes);
		assert_int_equal(code, known[i].code);
	}
	assert_int_equal(utf8_next("\0", 1, &code), 1);
	assert_int_equal(code, 0);
}

static void what_stands_for_no_code_point_is_refused(void **state)
{
	static const char *const wrong[] = {
		"",
		"\x80",
		"\xbf",
		"\xc0\x80",
		"\xc1\xbf",
		"\xc3",
		"\xc3(",
		"\xe0\x9f\xbf",
		"\xed\xa0\x80",
		"\xed\xbf\xbf",
		"\xe2\x82",
		"\xe2(\x80",
		"\xe2\x82(",
		"\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80",
		"\xf8\x88\x80\x80\x80",
		"\xff",
	};
	uint32_t code;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(next(wrong[i], &code), 0);
	assert_int_equal(utf8_next("\xc3\xa9", 1, &code), 0);
}

static void control_characters_are_c0_del_and_c1(void **state)
{
	(void)state;
	assert_true(utf8_is_control(0));
	assert_true(utf8_is_control(0x1f));
	assert_false(utf8_is_control(0x20));
	assert_false(utf8_is_control(0x7e));
	assert_true(utf8_is_control(0x7f));
	assert_true(utf8_is_control(0x9f));
	assert_false(utf8_is_control(0xa0));
}

static void assert_place(const char *text, size_t offset, size_t line, size_t column)
{
	struct place place = encoding_place(text, strlen(text), offset);

	assert_int_equal(place.line, line);
	assert_int_equal(place.column, column);
}

static void places_count_characters_and_any_line_end(void **state)
{
	(void)state;
	assert_place("ab", 0, 1, 1);
	assert_place("ab", 1, 1, 2);
	assert_place("\xc3\xa9z", 2, 1, 2);
	assert_place("\xff\xffz", 2, 1, 3);
	assert_place("a\nb", 2, 2, 1);
	assert_place("a\r\nb", 3, 2, 1);
	assert_place("a\rb", 2, 2, 1);
	assert_place("a\r", 2, 2, 1);
	assert_place("a\n\nb", 3, 3, 1);
}

static void a_byte_is_found_by_its_place(void **state)
{
	static const char text[] = "\xc3\xa9z\nb";

	(void)state;
	assert_int_equal(encoding_byte_at(text, 5, (struct place){1, 2}), 'z');
	assert_int_equal(encoding_byte_at(text, 5, (struct place){2, 1}), 'b');
	assert_int_equal(encoding_byte_at(text, 4, (struct place){2, 1}), '\0');
	assert_int_equal(encoding_byte_at(text, 5, (struct place){2, 2}), '\0');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(code_points_have_1_to_4_bytes),
		cmocka_unit_test(what_stands_for_no_code_point_is_refused),
		cmocka_unit_test(control_characters_are_c0_del_and_c1),
		cmocka_unit_test(places_count_characters_and_any_line_end),
		cmocka_unit_test(a_byte_is_found_by_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
