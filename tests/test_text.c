#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/base/error.h"
#include "metrics/siphash.h"
#include "metrics/text.h"
#include "metrics/utf8.h"
#include "tests/support/random.h"

#define REPLACEMENT "\xef\xbf\xbd"

static void assert_text(struct text *text, const char *expected)
{
	assert_false(text->failed);
	text_char(text, '\0');
	assert_string_equal(text->bytes, expected);
	text_done(text);
}

static void appended_pieces_follow_each_other(void **state)
{
	struct text text;

	(void)state;
	text_init(&text, 1000);
	assert_null(text.bytes);
	text_add(&text, "abc", 2);
	text_add(&text, NULL, 0);
	text_string(&text, "");
	text_string(&text, "cd");
	text_char(&text, 'e');
	text_printf(&text, "-%s-%d", "f", 7);
	assert_text(&text, "abcde-f-7");
}

static void a_text_grows_to_exactly_its_limit(void **state)
{
	struct text text;
	size_t i;

	(void)state;
	text_init(&text, 5000);
	for (i = 0; i < 5000; i++)
		text_char(&text, 'x');
	assert_false(text.failed);
	assert_int_equal(text.length, 5000);
	assert_true(text.capacity <= 5000);
	text_char(&text, 'x');
	assert_true(text.failed);
	assert_int_equal(text.length, 5000);
	text_done(&text);
}

static void after_a_failure_everything_is_dropped(void **state)
{
	struct text text;

	(void)state;
	text_init(&text, 4);
	text_string(&text, "abcde");
	assert_true(text.failed);
	text_string(&text, "a");
	text_printf(&text, "%d", 1);
	assert_null(text_reserve(&text, 1));
	assert_int_equal(text.length, 0);
	text_clear(&text);
	text_string(&text, "abcd");
	assert_false(text.failed);
	assert_int_equal(text.length, 4);
	text_done(&text);
}

static void a_huge_reserve_fails(void **state)
{
	struct text text;

	(void)state;
	text_init(&text, SIZE_MAX);
	text_string(&text, "a");
	assert_null(text_reserve(&text, SIZE_MAX));
	assert_true(text.failed);
	text_done(&text);
}

static void what_is_expected_has_its_room_at_once(void **state)
{
	static const char filler[1 << 16];
	struct text text;
	const char *bytes;

	(void)state;
	text_init(&text, 8 << 20);
	text_string(&text, "a");
	text_expect(&text, 4 << 20);
	bytes = text.bytes;
	while (text.length + sizeof(filler) <= 4 << 20)
		text_add(&text, filler, sizeof(filler));
	assert_ptr_equal(text.bytes, bytes);
	assert_int_equal(text.bytes[0], 'a');
	text_done(&text);
}

static void what_is_expected_in_vain_does_no_harm(void **state)
{
	struct text text;

	(void)state;
	text_init(&text, 4);
	text_expect(&text, 5);
	text_expect(&text, SIZE_MAX);
	text_string(&text, "abcd");
	assert_false(text.failed);
	text_string(&text, "e");
	assert_true(text.failed);
	text_expect(&text, 1);
	assert_true(text.failed);
	text_done(&text);
}

static void a_long_printf_is_not_cut(void **state)
{
	struct text text;
	char expected[3002];

	(void)state;
	memset(expected, ' ', sizeof(expected));
	expected[2999] = 'x';
	expected[3000] = '\0';
	text_init(&text, 3001);
	text_printf(&text, "%3000s", "x");
	assert_text(&text, expected);
	text_init(&text, 2999);
	text_printf(&text, "%3000s", "x");
	assert_true(text.failed);
	assert_int_equal(text.length, 0);
	text_done(&text);
}

static void u64_are_written_as_printf_does(void **state)
{
	static const uint64_t values[] = {
		0,    1,     9,		 10,	     11,
		99,   100,   101,	 999,	     1000,
		9999, 10000, UINT32_MAX, UINT64_MAX, 10000000000000000000u};
	struct random random;
	struct text text;
	char expected[32];
	size_t i, j;

	(void)state;
	random.state = 1;
	for (i = 0; i < 2000; i++) {
		uint64_t value = i < sizeof(values) / sizeof(*values)
					 ? values[i]
					 : random_next(&random) >> (random_next(&random) & 63);

		snprintf(expected, sizeof(expected), "%llu", (unsigned long long)value);
		text_init(&text, TEXT_U64_MAX + 1);
		text_u64(&text, value);
		assert_text(&text, expected);
	}
	for (i = 1, j = 0; j < 19; j++, i *= 10) {
		snprintf(expected, sizeof(expected), "%zu", i - 1);
		text_init(&text, TEXT_U64_MAX + 1);
		text_u64(&text, i - 1);
		assert_text(&text, expected);
	}
}

static void doubles_are_as_short_as_can_be(void **state)
{
	static const struct {
		double value;
		const char *expected;
	} cases[] = {
		{0.0, "0"},
		{-0.0, "-0"},
		{1.0, "1"},
		{100000.0, "100000"},
		{0.1, "0.1"},
		{-2.5, "-2.5"},
		{1e22, "1e+22"},
		{0.1 + 0.2, "0.30000000000000004"},
		{5e-324, "5e-324"},
		{1.7976931348623157e308, "1.7976931348623157e+308"},
		{999999999999999.0, "999999999999999"},
		{(double)NAN, "NaN"},
		{(double)INFINITY, "+Inf"},
		{-(double)INFINITY, "-Inf"},
		{1e15, "1e+15"},
	};
	struct text text;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		text_init(&text, 100);
		text_double(&text, cases[i].value);
		assert_text(&text, cases[i].expected);
	}
}

static void doubles_read_back_the_same(void **state)
{
	struct random random;
	struct text text;
	uint64_t bits;
	double value;
	int i;

	(void)state;
	random.state = 2;
	for (i = 0; i < 2000; i++) {
		bits = random_next(&random);
		memcpy(&value, &bits, sizeof(value));
		if (!isfinite(value))
			continue;
		text_init(&text, 100);
		text_double(&text, value);
		text_char(&text, '\0');
		assert_true(strtod(text.bytes, NULL) == value);
		text_done(&text);
	}
}

static void assert_label(const char *value, size_t limit, const char *expected, bool cut)
{
	struct text text;

	text_init(&text, 1000);
	assert_int_equal(text_label_value(&text, value, limit), cut);
	assert_text(&text, expected);
}

static void label_values_are_escaped(void **state)
{
	(void)state;
	assert_label("", 10, "", false);
	assert_label("C:\\x \"y\"\n\t\x01", 100, "C:\\\\x \\\"y\\\"\\n\t\x01", false);
	assert_label("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 100,
		     "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", false);
}

static void bytes_that_are_not_utf8_are_replaced(void **state)
{
	(void)state;
	assert_label("a\xff"
		     "b",
		     100, "a" REPLACEMENT "b", false);
	assert_label("\xc0\xaf", 100, REPLACEMENT REPLACEMENT, false);
	assert_label("\xed\xa0\x80", 100, REPLACEMENT REPLACEMENT REPLACEMENT, false);
	assert_label("\xe2\x82", 100, REPLACEMENT REPLACEMENT, false);
	assert_label("\xf0\x9f\x98\"", 100, REPLACEMENT REPLACEMENT REPLACEMENT "\\\"", false);
}

static void long_label_values_are_cut_at_a_code_point(void **state)
{
	(void)state;
	assert_label("abcd", 4, "abcd", false);
	assert_label("abcde", 4, "abcd", true);
	assert_label("abc\xc3\xa4", 5, "abc\xc3\xa4", false);
	assert_label("abc\xc3\xa4", 4, "abc", true);
	assert_label("\xf0\x9f\x98\x80", 3, "", true);
	assert_label("\"\"\"", 2, "\\\"\\\"", true);
	assert_label("a", 0, "", true);
}

static void help_is_escaped_for_its_format(void **state)
{
	struct text text;

	(void)state;
	text_init(&text, 100);
	text_help(&text, "a \"b\"\\\n\xff", false);
	assert_text(&text, "a \"b\"\\\\\\n" REPLACEMENT);
	text_help(&text, "a \"b\"\\\n", true);
	assert_text(&text, "a \\\"b\\\"\\\\\\n");
}

static void html_has_no_live_characters(void **state)
{
	struct text text;

	(void)state;
	text_init(&text, 100);
	text_html(&text, "<a href=\"x\" b='&'>\xc3\xa4");
	assert_text(&text, "&lt;a href=&quot;x&quot; b=&#39;&amp;&#39;&gt;\xc3\xa4");
}

static void json_strings_are_quoted_and_escaped(void **state)
{
	struct text text;

	(void)state;
	text_init(&text, 100);
	text_json(&text, "a\"\\\n\t\x01\x1f/\xff\xc3\xa4");
	assert_text(&text, "\"a\\\"\\\\\\n\\t\\u0001\\u001f/" REPLACEMENT "\xc3\xa4\"");
}

/* U+009B begins commands of terminals as escape does. */
static void json_of_bytes_has_no_control_characters(void **state)
{
	static const char bytes[] = "\x7f\xc2\x9b\xc2\xa0\xc2\0";
	struct text text;

	(void)state;
	text_init(&text, 100);
	text_json_bytes(&text, bytes, sizeof(bytes) - 1);
	assert_text(&text, "\"\\u007f\\u009b\xc2\xa0" REPLACEMENT "\\u0000\"");
}

static void what_is_printable_is_utf8_without_control_characters(void **state)
{
	struct text text;

	(void)state;
	text_init(&text, 100);
	text_printable(&text, "a\x1b[\n\x7f\xc2\x9b\xc2\xa0\xff\xe2\x82z\xe2\x82\xac\xc2");
	assert_text(&text, "a?[???\xc2\xa0" REPLACEMENT REPLACEMENT REPLACEMENT
			   "z\xe2\x82\xac" REPLACEMENT);
}

/* Every code point, encoded as RFC 3629 says, and every way of writing two bytes. */
static void utf8_is_told_from_other_bytes(void **state)
{
	uint32_t point;
	char bytes[5] = {0};

	(void)state;
	for (point = 0x10000; point < 0x120000; point++) {
		bytes[0] = (char)(0xf0 | point >> 18);
		bytes[1] = (char)(0x80 | (point >> 12 & 0x3f));
		bytes[2] = (char)(0x80 | (point >> 6 & 0x3f));
		bytes[3] = (char)(0x80 | (point & 0x3f));
		assert_int_equal(utf8_sequence(bytes), point <= 0x10ffff ? 4 : 0);
	}
	bytes[3] = '\0';
	for (point = 0; point < 0x10000; point++) {
		bytes[0] = (char)(0xe0 | point >> 12);
		bytes[1] = (char)(0x80 | (point >> 6 & 0x3f));
		bytes[2] = (char)(0x80 | (point & 0x3f));
		assert_int_equal(utf8_sequence(bytes),
				 point < 0x800 || (point >= 0xd800 && point < 0xe000) ? 0 : 3);
	}
	bytes[2] = '\0';
	for (point = 0x80; point < 0x10000; point++) {
		unsigned int first = point >> 8, second = point & 0xff;

		bytes[0] = (char)first;
		bytes[1] = (char)second;
		assert_int_equal(
			utf8_sequence(bytes),
			first < 0x80							     ? 1
			: first >= 0xc2 && first <= 0xdf && second >= 0x80 && second <= 0xbf ? 2
											     : 0);
	}
}

static void a_cut_leaves_no_half_code_point(void **state)
{
	(void)state;
	assert_int_equal(utf8_cut("abc", 3), 3);
	assert_int_equal(utf8_cut("a\xc3\xa4", 3), 3);
	assert_int_equal(utf8_cut("a\xc3\xa4", 2), 1);
	assert_int_equal(utf8_cut("\xf0\x9f\x98\x80", 4), 4);
	assert_int_equal(utf8_cut("\xf0\x9f\x98\x80", 3), 0);
	assert_int_equal(utf8_cut("\xf0\x9f\x98\x80", 1), 0);
	assert_int_equal(utf8_cut("\x80\x80\x80\x80\x80", 5), 5);
	assert_int_equal(utf8_cut("", 0), 0);
}

static void an_error_is_one_line(void **state)
{
	struct error error;

	(void)state;
	assert_int_equal(error_set(&error, "cannot open %s: %d", "a\nb\x7f", 5), -1);
	assert_string_equal(error.text, "cannot open a b : 5");
}

static void a_long_error_is_cut_at_a_code_point(void **state)
{
	struct error error;
	char name[1024];

	(void)state;
	memset(name, 'a', sizeof(name));
	memcpy(name + sizeof(error.text) - 3, "\xf0\x9f\x98\x80", 5);
	error_set(&error, "%s", name);
	assert_int_equal(strlen(error.text), sizeof(error.text) - 3);
}

/* Compared with what CPython 3.11 gives as hash(b"...") with PYTHONHASHSEED=0. */
static void siphash_is_siphash_1_3(void **state)
{
	static const struct siphash_key zero;

	(void)state;
	assert_true(siphash(&zero, "a", 1) == 0x407448d2b89b1813);
	assert_true(siphash(&zero, "abcdefg", 7) == 0x6db12aae9070f506);
	assert_true(siphash(&zero, "abcdefgh", 8) == 0x3f7b849c0b8e35ea);
	assert_true(siphash(&zero, "0123456789abcdef-", 17) == 0x56d880c74b9af5bc);
}

static void another_key_gives_another_hash(void **state)
{
	struct siphash_key a, b;

	(void)state;
	siphash_key_choose(&a);
	siphash_key_choose(&b);
	assert_true(siphash(&a, "abc", 3) == siphash(&a, "abc", 3));
	assert_true(siphash(&a, "abc", 3) != siphash(&b, "abc", 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(appended_pieces_follow_each_other),
		cmocka_unit_test(a_text_grows_to_exactly_its_limit),
		cmocka_unit_test(after_a_failure_everything_is_dropped),
		cmocka_unit_test(a_huge_reserve_fails),
		cmocka_unit_test(what_is_expected_has_its_room_at_once),
		cmocka_unit_test(what_is_expected_in_vain_does_no_harm),
		cmocka_unit_test(a_long_printf_is_not_cut),
		cmocka_unit_test(u64_are_written_as_printf_does),
		cmocka_unit_test(doubles_are_as_short_as_can_be),
		cmocka_unit_test(doubles_read_back_the_same),
		cmocka_unit_test(label_values_are_escaped),
		cmocka_unit_test(bytes_that_are_not_utf8_are_replaced),
		cmocka_unit_test(long_label_values_are_cut_at_a_code_point),
		cmocka_unit_test(help_is_escaped_for_its_format),
		cmocka_unit_test(html_has_no_live_characters),
		cmocka_unit_test(json_strings_are_quoted_and_escaped),
		cmocka_unit_test(json_of_bytes_has_no_control_characters),
		cmocka_unit_test(what_is_printable_is_utf8_without_control_characters),
		cmocka_unit_test(utf8_is_told_from_other_bytes),
		cmocka_unit_test(a_cut_leaves_no_half_code_point),
		cmocka_unit_test(an_error_is_one_line),
		cmocka_unit_test(a_long_error_is_cut_at_a_code_point),
		cmocka_unit_test(siphash_is_siphash_1_3),
		cmocka_unit_test(another_key_gives_another_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
