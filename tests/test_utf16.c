#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/value/utf16.h"
#include "tests/support/utf16_writer.h"

#define BAD "\xef\xbf\xbd"

/* Takes from units on the heap into `size` bytes on the heap, so that a step outside is seen. */
static size_t take(const uint16_t *units, size_t length, size_t size, char *to)
{
	uint8_t *in = malloc(2 * length + 1);
	char *out = malloc(size);
	struct bytes bytes = {in, 2 * length};
	size_t written;

	assert_non_null(in);
	assert_non_null(out);
	for (size_t i = 0; i < length; i++) {
		in[2 * i] = (uint8_t)units[i];
		in[2 * i + 1] = (uint8_t)(units[i] >> 8);
	}
	written = utf16_take_string(&bytes, out, size);
	assert_true(written < size);
	assert_int_equal(out[written], '\0');
	assert_int_equal(strlen(out), written);
	memcpy(to, out, written + 1);
	free(in);
	free(out);
	return written;
}

#define ASSERT_TAKEN(expected, ...)                                                \
	do {                                                                       \
		const uint16_t units[] = {__VA_ARGS__};                            \
		char text[64];                                                     \
                                                                                   \
		take(units, sizeof(units) / sizeof(units[0]), sizeof(text), text); \
		assert_string_equal(text, expected);                               \
	} while (0)

static void each_length_of_code_point_is_encoded(void **state)
{
	(void)state;
	ASSERT_TAKEN("\x01", 0x01);
	ASSERT_TAKEN("\x7f", 0x7f);
	ASSERT_TAKEN("\xc2\x80", 0x80);
	ASSERT_TAKEN("\xdf\xbf", 0x7ff);
	ASSERT_TAKEN("\xe0\xa0\x80", 0x800);
	ASSERT_TAKEN("\xed\x9f\xbf", 0xd7ff);
	ASSERT_TAKEN("\xee\x80\x80", 0xe000);
	ASSERT_TAKEN("\xef\xbf\xbf", 0xffff);
	ASSERT_TAKEN("\xf0\x90\x80\x80", 0xd800, 0xdc00);
	ASSERT_TAKEN("\xf0\x9f\x98\x80", 0xd83d, 0xde00);
	ASSERT_TAKEN("\xf4\x8f\xbf\xbf", 0xdbff, 0xdfff);
}

static void an_unpaired_surrogate_is_replaced_and_its_neighbours_stay(void **state)
{
	(void)state;
	ASSERT_TAKEN(BAD, 0xd800);
	ASSERT_TAKEN(BAD, 0xdfff);
	ASSERT_TAKEN(BAD "a", 0xd800, 'a');
	ASSERT_TAKEN("a" BAD "b", 'a', 0xdc00, 'b');
	ASSERT_TAKEN(BAD "\xf0\x90\x80\x80", 0xd800, 0xd800, 0xdc00);
	ASSERT_TAKEN(BAD BAD, 0xdc00, 0xd800);
	ASSERT_TAKEN(BAD, 0xd800, 0, 'x');
	ASSERT_TAKEN(BAD BAD, 0xdc00, 0xdc00);
	ASSERT_TAKEN(BAD "\xee\x80\x80", 0xd800, 0xe000);
	ASSERT_TAKEN(BAD "\xed\x9f\xbf", 0xdbff, 0xd7ff);
}

static void a_string_ends_at_its_zero_and_the_next_begins_behind_it(void **state)
{
	uint8_t in[] = {'a', 0, 'b', 0, 0, 0, 'c', 0};
	struct bytes bytes = {in, sizeof(in)};
	char text[8];

	(void)state;
	assert_int_equal(utf16_take_string(&bytes, text, sizeof(text)), 2);
	assert_string_equal(text, "ab");
	assert_int_equal(bytes.left, 2);
	assert_int_equal(utf16_take_string(&bytes, text, sizeof(text)), 1);
	assert_string_equal(text, "c");
	assert_int_equal(bytes.left, 0);
	assert_int_equal(utf16_take_string(&bytes, text, sizeof(text)), 0);
	assert_string_equal(text, "");
}

static void nothing_is_an_empty_string(void **state)
{
	struct bytes bytes = {NULL, 0};
	char text[1] = "x";

	(void)state;
	assert_int_equal(utf16_take_string(&bytes, text, 1), 0);
	assert_string_equal(text, "");
}

static void half_a_unit_is_not_read(void **state)
{
	uint8_t *in = malloc(3);
	struct bytes bytes = {in, 3};
	char text[8];

	(void)state;
	assert_non_null(in);
	memcpy(in, "a\0b", 3);
	assert_int_equal(utf16_take_string(&bytes, text, sizeof(text)), 1);
	assert_string_equal(text, "a");
	memcpy(in, "\x00\xd8\x00", 3);
	bytes = (struct bytes){in, 3};
	utf16_take_string(&bytes, text, sizeof(text));
	assert_string_equal(text, BAD);
	free(in);
}

/* "aé€😀z" cut at every size: never inside a code point, and nothing after what did not fit. */
static void what_does_not_fit_is_cut_at_a_code_point(void **state)
{
	static const uint16_t units[] = {'a', 0xe9, 0x20ac, 0xd83d, 0xde00, 'z', 0, 'n'};
	static const char whole[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z";
	static const size_t lengths[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};
	char text[16];

	(void)state;
	for (size_t size = 1; size <= 13; size++) {
		size_t length = take(units, 8, size, text);

		assert_int_equal(length, lengths[size - 1]);
		assert_memory_equal(text, whole, length);
	}
}

static void a_cut_string_is_taken_to_its_zero_all_the_same(void **state)
{
	uint8_t in[2 * 100 + 2 + 2] = {0};
	struct bytes bytes = {in, sizeof(in)};
	char text[4];

	(void)state;
	for (size_t i = 0; i < 100; i++)
		in[2 * i] = 'x';
	in[202] = 'y';
	assert_int_equal(utf16_take_string(&bytes, text, sizeof(text)), 3);
	assert_string_equal(text, "xxx");
	assert_int_equal(utf16_take_string(&bytes, text, sizeof(text)), 1);
	assert_string_equal(text, "y");
}

static void every_code_point_reads_as_the_writer_writes_it(void **state)
{
	char expected[8], text[8];
	uint8_t in[4];

	(void)state;
	for (uint32_t c = 1; c <= 0x10ffff; c += c < 0x3000 ? 1 : 61) {
		struct bytes bytes = {in, 0};

		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		if (c < 0x10000) {
			in[0] = (uint8_t)c;
			in[1] = (uint8_t)(c >> 8);
			bytes.left = 2;
		} else {
			uint32_t high = 0xd800 + ((c - 0x10000) >> 10), low = 0xdc00 + (c & 0x3ff);

			in[0] = (uint8_t)high;
			in[1] = (uint8_t)(high >> 8);
			in[2] = (uint8_t)low;
			in[3] = (uint8_t)(low >> 8);
			bytes.left = 4;
		}
		assert_true(utf16_take_string(&bytes, text, sizeof(text)) > 0);
		assert_int_equal(utf16_put((uint8_t *)expected, text), c < 0x10000 ? 2 : 4);
		assert_memory_equal(expected, in, c < 0x10000 ? 2 : 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_length_of_code_point_is_encoded),
		cmocka_unit_test(an_unpaired_surrogate_is_replaced_and_its_neighbours_stay),
		cmocka_unit_test(a_string_ends_at_its_zero_and_the_next_begins_behind_it),
		cmocka_unit_test(nothing_is_an_empty_string),
		cmocka_unit_test(half_a_unit_is_not_read),
		cmocka_unit_test(what_does_not_fit_is_cut_at_a_code_point),
		cmocka_unit_test(a_cut_string_is_taken_to_its_zero_all_the_same),
		cmocka_unit_test(every_code_point_reads_as_the_writer_writes_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
