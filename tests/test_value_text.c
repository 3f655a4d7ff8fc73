#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/value/value_text.h"
#include "tests/support/little_endian.h"

#define LIMIT ((size_t)64 << 10)

static const char *const form_names[] = {
	[VALUE_FORM_NONE] = "none",
	[VALUE_FORM_NUMBER] = "number",
	[VALUE_FORM_TRUTH] = "truth",
	[VALUE_FORM_TEXT] = "text",
};

/* "form:text" of a value, which is at the end of memory of its own. */
static void check(const struct field *field, enum value_style style, bool classic,
		  const void *bytes, size_t length, const char *expected)
{
	uint8_t *copy = malloc(length + 1);
	struct text text, got;
	struct value value = {
		.field = field,
		.bytes = copy + 1,
		.length = (uint32_t)length,
		.type = field->type,
		.pointer_bytes = 8,
	};
	enum value_form form;

	assert_non_null(copy);
	if (length)
		memcpy(copy + 1, bytes, length);
	text_init(&text, LIMIT);
	text_init(&got, LIMIT);
	form = value_text(&value, style, classic, &text);
	text_printf(&got, "%s:", form_names[form]);
	text_add(&got, text.bytes, text.length);
	text_char(&got, '\0');
	assert_string_equal(got.bytes, expected);
	text_done(&text);
	text_done(&got);
	free(copy);
}

static void raw(enum value_type type, const void *bytes, size_t length, const char *expected)
{
	const struct field field = {.type = (uint8_t)type};

	check(&field, VALUE_RAW, false, bytes, length, expected);
}

static void cooked(enum value_type type, enum out_type out, const void *bytes, size_t length,
		   const char *expected)
{
	const struct field field = {.type = (uint8_t)type, .out = (uint8_t)out};

	check(&field, VALUE_COOKED, false, bytes, length, expected);
}

#define BYTES(literal) (literal), sizeof(literal) - 1

static void raw_number(enum value_type type, uint64_t number, const char *expected)
{
	uint8_t bytes[8];

	put_le64(bytes, number);
	raw(type, bytes, value_type_bytes(type, 8), expected);
}

static void cooked_number(enum value_type type, enum out_type out, uint64_t number,
			  const char *expected)
{
	uint8_t bytes[8];

	put_le64(bytes, number);
	cooked(type, out, bytes, value_type_bytes(type, 8), expected);
}

static void integers_are_as_their_types_say(void **state)
{
	(void)state;
	raw_number(VALUE_I8, 0x80, "number:-128");
	raw_number(VALUE_I8, 0x7f, "number:127");
	raw_number(VALUE_U8, 0xff, "number:255");
	raw_number(VALUE_I16, 0x8000, "number:-32768");
	raw_number(VALUE_U16, 0xffff, "number:65535");
	raw_number(VALUE_I32, 0x80000000, "number:-2147483648");
	raw_number(VALUE_U32, 0xffffffff, "number:4294967295");
	raw_number(VALUE_HEX32, 0xffffffff, "number:4294967295");
	raw_number(VALUE_HEX64, 0x100000000, "number:4294967296");
	raw_number(VALUE_POINTER, 0x100000000, "number:4294967296");
	raw_number(VALUE_BOOL32, 2, "number:2");
	raw_number(VALUE_CHAR8, 0x41, "number:65");
	raw_number(VALUE_CHAR16, 0x20ac, "number:8364");
	raw(VALUE_POINTER, BYTES("\1\0\0\0"), "number:1");
}

static void numbers_that_doubles_cannot_hold_are_text(void **state)
{
	(void)state;
	raw_number(VALUE_U64, (uint64_t)1 << 53, "number:9007199254740992");
	raw_number(VALUE_U64, ((uint64_t)1 << 53) + 1, "text:9007199254740993");
	raw_number(VALUE_U64, UINT64_MAX, "text:18446744073709551615");
	raw_number(VALUE_I64, 0 - ((uint64_t)1 << 53), "number:-9007199254740992");
	raw_number(VALUE_I64, 0 - ((uint64_t)1 << 53) - 1, "text:-9007199254740993");
	raw_number(VALUE_I64, (uint64_t)INT64_MIN, "text:-9223372036854775808");
	raw_number(VALUE_I64, INT64_MAX, "text:9223372036854775807");
	raw_number(VALUE_POINTER, UINT64_MAX, "text:18446744073709551615");
}

static void floats_read_back_the_same(void **state)
{
	(void)state;
	raw(VALUE_F32, BYTES("\0\0\x20\x3f"), "number:0.625");
	raw(VALUE_F64, BYTES("\0\0\0\0\0\0\xf8\x3f"), "number:1.5");
	raw(VALUE_F64, BYTES("\x9a\x99\x99\x99\x99\x99\xb9\x3f"), "number:0.1");
	raw(VALUE_F64, BYTES("\0\0\0\0\0\0\xf0\x7f"), "text:+Inf");
	raw(VALUE_F64, BYTES("\0\0\0\0\0\0\xf0\xff"), "text:-Inf");
	raw(VALUE_F64, BYTES("\0\0\0\0\0\0\xf8\x7f"), "text:NaN");
	raw(VALUE_F32, BYTES("\0\0\x80\x7f"), "text:+Inf");
	raw(VALUE_F32, BYTES("\0\0\xc0\x7f"), "text:NaN");
}

static void utf16_becomes_utf8(void **state)
{
	(void)state;
	raw(VALUE_UTF16, NULL, 0, "text:");
	raw(VALUE_UTF16, BYTES("a\0\xac\x20\x3d\xd8\x00\xde"),
	    "text:a\xe2\x82\xac\xf0\x9f\x98\x80");
	/* Halves of pairs, in every place. */
	raw(VALUE_UTF16, BYTES("\x3d\xd8"), "text:\xef\xbf\xbd");
	raw(VALUE_UTF16, BYTES("\x00\xde"), "text:\xef\xbf\xbd");
	raw(VALUE_UTF16, BYTES("\x3d\xd8z\0"), "text:\xef\xbf\xbdz");
	raw(VALUE_UTF16, BYTES("\x3d\xd8\x3d\xd8\x00\xde"), "text:\xef\xbf\xbd\xf0\x9f\x98\x80");
	/* Half a unit. */
	raw(VALUE_UTF16, BYTES("a\0b"), "text:a");
	raw(VALUE_UTF16, BYTES("a"), "text:");
}

static void bytes_that_are_not_utf8_are_replaced(void **state)
{
	(void)state;
	raw(VALUE_ANSI, NULL, 0, "text:");
	raw(VALUE_ANSI, BYTES("a\xe2\x82\xac"), "text:a\xe2\x82\xac");
	raw(VALUE_ANSI, BYTES("\x80z"), "text:\xef\xbf\xbdz");
	/* Cut short, overlong, a surrogate. */
	raw(VALUE_ANSI, BYTES("\xe2\x82"), "text:\xef\xbf\xbd\xef\xbf\xbd");
	raw(VALUE_ANSI, BYTES("\xc0\x80"), "text:\xef\xbf\xbd\xef\xbf\xbd");
	raw(VALUE_ANSI, BYTES("\xed\xa0\x80"), "text:\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

static void classic_strings_that_are_not_utf8_are_of_code_page_1252(void **state)
{
	const struct field field = {.type = VALUE_ANSI};

	(void)state;
	check(&field, VALUE_RAW, true, BYTES("\x80\x9f\xa0\xe4\xff"),
	      "text:\xe2\x82\xac\xc5\xb8\xc2\xa0\xc3\xa4\xc3\xbf");
	/* Those without a character. */
	check(&field, VALUE_RAW, true, BYTES("\x81\x8d\x8f\x90\x9d"),
	      "text:\xc2\x81\xc2\x8d\xc2\x8f\xc2\x90\xc2\x9d");
	/* All of it is one or the other. */
	check(&field, VALUE_RAW, true, BYTES("\xc3\xa4\xe4"), "text:\xc3\x83\xc2\xa4\xc3\xa4");
	check(&field, VALUE_RAW, true, BYTES("\xc3\xa4"), "text:\xc3\xa4");
}

static void binary_is_hexadecimal(void **state)
{
	(void)state;
	raw(VALUE_BINARY, BYTES("\0\xff\x0a"), "text:00ff0a");
	raw(VALUE_BINARY, NULL, 0, "text:");
}

static void guids_have_no_braces(void **state)
{
	(void)state;
	raw(VALUE_GUID, BYTES("\xc1\xf6\xcc\xbb\xd1\x6c\xc4\x48\x80\xff\x83\x94\x82\xe3\x76\x71"),
	    "text:bbccf6c1-6cd1-48c4-80ff-839482e37671");
}

static void times_are_utc(void **state)
{
	(void)state;
	raw_number(VALUE_FILETIME, 0, "none:");
	raw_number(VALUE_FILETIME, 1, "text:1601-01-01T00:00:00.0000001Z");
	raw_number(VALUE_FILETIME, 116444736000000000, "text:1970-01-01T00:00:00.0000000Z");
	raw_number(VALUE_FILETIME, 116444735999999999, "text:1969-12-31T23:59:59.9999999Z");
	raw_number(VALUE_FILETIME, INT64_MAX, "text:30828-09-14T02:48:05.4775807Z");
	raw_number(VALUE_FILETIME, (uint64_t)INT64_MAX + 1, "text:9223372036854775808");
	raw_number(VALUE_FILETIME, UINT64_MAX, "text:18446744073709551615");
	raw(VALUE_SYSTEMTIME, BYTES("\xe0\x07\x08\0\3\0\x11\0\x17\0\x1e\0\x16\0\x25\0"),
	    "text:2016-08-17T23:30:22.037Z");
	raw(VALUE_SYSTEMTIME,
	    BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
	    "text:65535-65535-65535T65535:65535:65535.65535Z");
}

static void numbers_may_be_meant_as_times(void **state)
{
	(void)state;
	cooked_number(VALUE_U64, OUT_DATETIME, 116444736000000000,
		      "text:1970-01-01T00:00:00.0000000Z");
	cooked_number(VALUE_I64, OUT_DATETIME_UTC, 0, "none:");
	cooked_number(VALUE_FILETIME, OUT_DATETIME, 1, "text:1601-01-01T00:00:00.0000001Z");
	cooked_number(VALUE_U32, OUT_DATETIME, 1, "number:1");
}

static void sids_are_as_windows_writes_them(void **state)
{
	(void)state;
	raw(VALUE_SID, BYTES("\1\2\0\0\0\0\0\5\x20\0\0\0\xff\xff\xff\xff"),
	    "text:S-1-5-32-4294967295");
	raw(VALUE_SID, BYTES("\1\0\xff\xff\xff\xff\xff\xff"), "text:S-1-281474976710655");
	raw(VALUE_WBEM_SID, BYTES("\1\1\0\0\0\0\0\5\x12\0\0\0"), "text:S-1-5-18");
	raw(VALUE_WBEM_SID, NULL, 0, "none:");
}

static void addresses_are_in_network_order(void **state)
{
	(void)state;
	raw(VALUE_IPV4, BYTES("\x7f\0\0\1"), "text:127.0.0.1");
	raw(VALUE_IPV6, BYTES("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"), "text:::1");
	raw(VALUE_PORT, BYTES("\x01\xbb"), "number:443");
	cooked(VALUE_U32, OUT_IPV4, BYTES("\x7f\0\0\1"), "text:127.0.0.1");
	cooked(VALUE_BINARY, OUT_IPV6, BYTES("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"), "text:::1");
	cooked(VALUE_U16, OUT_PORT, BYTES("\x01\xbb"), "number:443");
	/* The raw ones stay as they are. */
	check(&(struct field){.type = VALUE_U16, .out = OUT_PORT}, VALUE_RAW, false,
	      BYTES("\x01\xbb"), "number:47873");
	check(&(struct field){.type = VALUE_U32, .out = OUT_IPV4}, VALUE_RAW, false,
	      BYTES("\x7f\0\0\1"), "number:16777343");
}

static void socket_addresses_have_a_port(void **state)
{
	(void)state;
	cooked(VALUE_BINARY, OUT_SOCKET_ADDRESS, BYTES("\2\0\0\x50\x7f\0\0\1"),
	       "text:127.0.0.1:80");
	cooked(VALUE_BINARY, OUT_SOCKET_ADDRESS, BYTES("\2\0\0\x50\x7f\0\0\1\0\0\0\0\0\0\0\0"),
	       "text:127.0.0.1:80");
	cooked(VALUE_BINARY, OUT_SOCKET_ADDRESS,
	       BYTES("\x17\0\xff\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"), "text:[::1]:65535");
}

static void what_is_no_socket_address_is_hexadecimal(void **state)
{
	(void)state;
	cooked(VALUE_BINARY, OUT_SOCKET_ADDRESS, NULL, 0, "text:");
	cooked(VALUE_BINARY, OUT_SOCKET_ADDRESS, BYTES("\2"), "text:02");
	cooked(VALUE_BINARY, OUT_SOCKET_ADDRESS, BYTES("\2\0\0\x50\x7f\0\0"),
	       "text:020000507f0000");
	cooked(VALUE_BINARY, OUT_SOCKET_ADDRESS, BYTES("\1\0\0\x50\x7f\0\0\1"),
	       "text:010000507f000001");
	cooked(VALUE_BINARY, OUT_SOCKET_ADDRESS,
	       BYTES("\x17\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
	       "text:1700000000000000000000000000000000000000000000");
}

static void bitmasks_are_lists_of_their_bits(void **state)
{
	(void)state;
	cooked(VALUE_BINARY, OUT_BITMASK, NULL, 0, "text:none");
	cooked(VALUE_BINARY, OUT_BITMASK, BYTES("\0\0\0\0\0\0\0\0"), "text:none");
	cooked(VALUE_BINARY, OUT_BITMASK, BYTES("\1"), "text:0");
	cooked(VALUE_BINARY, OUT_BITMASK, BYTES("\x0f\1\0\0"), "text:0-3,8");
	cooked(VALUE_BINARY, OUT_BITMASK, BYTES("\2\x80\1\x80"), "text:1,15-16,31");
	cooked(VALUE_BINARY, OUT_BITMASK, BYTES("\xff\xff"), "text:0-15");
	cooked_number(VALUE_U32, OUT_BITMASK, 3, "number:3");
}

static void truths_are_words(void **state)
{
	(void)state;
	cooked_number(VALUE_BOOL32, OUT_DEFAULT, 0, "truth:false");
	cooked_number(VALUE_BOOL32, OUT_DEFAULT, 0x100, "truth:true");
	cooked_number(VALUE_U8, OUT_BOOLEAN, 1, "truth:true");
	cooked_number(VALUE_I64, OUT_BOOLEAN, 0, "truth:false");
}

static void hexadecimal_is_as_wide_as_the_type(void **state)
{
	(void)state;
	cooked_number(VALUE_I8, OUT_HEX, 0xff, "text:0xff");
	cooked_number(VALUE_I32, OUT_NTSTATUS, 0xcfffffff, "text:0xcfffffff");
	cooked_number(VALUE_U64, OUT_HRESULT, UINT64_MAX, "text:0xffffffffffffffff");
	cooked_number(VALUE_U64, OUT_CODE_POINTER, 0, "text:0x0");
	cooked_number(VALUE_HEX32, OUT_DEFAULT, 16, "text:0x10");
	cooked_number(VALUE_HEX64, OUT_DEFAULT, 16, "text:0x10");
	cooked_number(VALUE_POINTER, OUT_DEFAULT, 16, "text:0x10");
	cooked_number(VALUE_U32, OUT_PID, 5, "number:5");
}

static void error_codes_have_names_where_they_are_known(void **state)
{
	(void)state;
	cooked_number(VALUE_I32, OUT_NTSTATUS, 0xc0000005, "text:STATUS_ACCESS_VIOLATION");
	cooked_number(VALUE_U32, OUT_NTSTATUS, 0, "text:STATUS_SUCCESS");
	cooked_number(VALUE_U32, OUT_WIN32_ERROR, 5, "text:ERROR_ACCESS_DENIED");
	cooked_number(VALUE_U32, OUT_WIN32_ERROR, 65535, "number:65535");
	cooked_number(VALUE_U32, OUT_HRESULT, 0x80004005, "text:E_FAIL");
	cooked_number(VALUE_I64, OUT_HRESULT, 0xffffffff80004005, "text:E_FAIL");
	cooked_number(VALUE_U32, OUT_ERROR_CODE, 2, "text:ERROR_FILE_NOT_FOUND");
	cooked_number(VALUE_U32, OUT_ERROR_CODE, 0x80070002, "text:ERROR_FILE_NOT_FOUND");
	/* The documentation of winmeta.xml's ErrorCode: a hexadecimal number. */
	cooked_number(VALUE_U32, OUT_ERROR_CODE, 0x8fffffff, "text:0x8fffffff");
	check(&(struct field){.type = VALUE_U32, .out = OUT_WIN32_ERROR}, VALUE_RAW, false,
	      BYTES("\5\0\0\0"), "number:5");
}

static void characters_are_characters(void **state)
{
	(void)state;
	cooked_number(VALUE_CHAR8, OUT_DEFAULT, 'a', "text:a");
	cooked_number(VALUE_CHAR16, OUT_DEFAULT, 0x20ac, "text:\xe2\x82\xac");
	cooked_number(VALUE_U8, OUT_STRING, 'a', "text:a");
	cooked_number(VALUE_I8, OUT_STRING, 'a', "text:a");
	cooked_number(VALUE_U16, OUT_STRING, 0x20ac, "text:\xe2\x82\xac");
	cooked_number(VALUE_U32, OUT_STRING, 65, "number:65");
}

static void pointers_may_be_meant_as_decimal_numbers(void **state)
{
	(void)state;
	cooked_number(VALUE_POINTER, OUT_UNSIGNED, 4096, "number:4096");
	cooked_number(VALUE_POINTER, OUT_UNSIGNED, UINT64_MAX, "text:18446744073709551615");
	cooked_number(VALUE_POINTER, OUT_SIGNED, UINT64_MAX, "number:-1");
	cooked(VALUE_POINTER, OUT_SIGNED, BYTES("\xfe\xff\xff\xff"), "number:-2");
	cooked(VALUE_POINTER, OUT_UNSIGNED, BYTES("\xfe\xff\xff\xff"), "number:4294967294");
	cooked_number(VALUE_HEX32, OUT_SIGNED, 0xfffffffd, "number:-3");
	cooked_number(VALUE_HEX64, OUT_UNSIGNED, 255, "number:255");
	cooked_number(VALUE_BOOL32, OUT_UNSIGNED, 1, "truth:true");
}

/* tdh.h: a combination that is not known is as if there were no out-type. */
static void out_types_that_do_not_fit_the_type_are_ignored(void **state)
{
	static const char sixteen[] = "\1\2\0\0\0\0\0\5\x20\0\0\0\x20\2\0\0";

	(void)state;
	cooked(VALUE_F32, OUT_IPV4, BYTES("\0\0\x20\x3f"), "number:0.625");
	cooked(VALUE_GUID, OUT_IPV6, sixteen, 16, "text:00000201-0000-0500-2000-000020020000");
	cooked(VALUE_SID, OUT_IPV6, sixteen, 16, "text:S-1-5-32-544");
	cooked(VALUE_SYSTEMTIME, OUT_IPV6, BYTES("\xe8\7\1\0\3\0\x11\0\x15\0\x14\0\0\0\5\0"),
	       "text:2024-01-17T21:20:00.005Z");
	cooked(VALUE_BINARY, OUT_PORT, BYTES("\x01\xbb"), "text:01bb");
	cooked(VALUE_F64, OUT_SIGNED, BYTES("\0\0\0\0\0\0\xf8\x3f"), "number:1.5");
}

static void half_a_pair_is_no_character(void **state)
{
	(void)state;
	cooked_number(VALUE_CHAR16, OUT_DEFAULT, 0xd800, "text:\xef\xbf\xbd");
	cooked_number(VALUE_CHAR16, OUT_DEFAULT, 0xdfff, "text:\xef\xbf\xbd");
	cooked_number(VALUE_U16, OUT_STRING, 0xdbff, "text:\xef\xbf\xbd");
	cooked_number(VALUE_CHAR16, OUT_DEFAULT, 0xe000, "text:\xee\x80\x80");
}

/* A string may have the length of a number. */
static void strings_stay_strings_whatever_is_meant(void **state)
{
	unsigned int out;

	(void)state;
	for (out = OUT_DEFAULT; out <= OUT_CULTURE_DATETIME; out++) {
		cooked(VALUE_UTF16, (enum out_type)out, BYTES("a\0"), "text:a");
		cooked(VALUE_UTF16, (enum out_type)out, BYTES("a\0b\0"), "text:ab");
		cooked(VALUE_UTF16, (enum out_type)out, BYTES("a\0b\0c\0d\0"), "text:abcd");
		cooked(VALUE_ANSI, (enum out_type)out, BYTES("a"), "text:a");
		cooked(VALUE_ANSI, (enum out_type)out, BYTES("abcdefgh"), "text:abcdefgh");
		cooked(VALUE_ANSI, (enum out_type)out, BYTES("abcdefghijklmnop"),
		       "text:abcdefghijklmnop");
		cooked(VALUE_NULL, (enum out_type)out, NULL, 0, "none:");
	}
}

static const uint32_t map_values[] = {0, 1, 2, 0xffffffff};
static const char *const map_names[] = {"zero", "one", "two", "all"};
static const struct value_map map = {.count = 4, .values = map_values, .names = map_names};

static void mapped(enum value_type type, const void *bytes, size_t length, const char *expected)
{
	const struct field field = {.type = (uint8_t)type, .out = OUT_HEX, .map = &map};

	check(&field, VALUE_COOKED, false, bytes, length, expected);
}

static void a_map_names_values(void **state)
{
	const struct field field = {.type = VALUE_U8, .map = &map};

	(void)state;
	mapped(VALUE_U8, BYTES("\0"), "text:zero");
	mapped(VALUE_U16, BYTES("\1\0"), "text:one");
	mapped(VALUE_I32, BYTES("\xff\xff\xff\xff"), "text:all");
	mapped(VALUE_U64, BYTES("\2\0\0\0\0\0\0\0"), "text:two");
	mapped(VALUE_BOOL32, BYTES("\1\0\0\0"), "text:one");
	/* What it does not name is as without it. */
	mapped(VALUE_U8, BYTES("\3"), "text:0x3");
	mapped(VALUE_U64, BYTES("\1\0\0\0\1\0\0\0"), "text:0x100000001");
	mapped(VALUE_UTF16, BYTES("\1\0"), "text:\1");
	check(&field, VALUE_RAW, false, BYTES("\1"), "number:1");
}

static const uint32_t bit_values[] = {1, 2, 4, 6, 0};
static const char *const bit_names[] = {"read", "write", "run", "both", "none"};

static void bits(size_t count, uint32_t number, const char *expected)
{
	const struct value_map bit_map = {
		.bits = true, .count = count, .values = bit_values, .names = bit_names};
	const struct field field = {.type = VALUE_U32, .map = &bit_map};
	uint8_t bytes[4];

	put_le32(bytes, number);
	check(&field, VALUE_COOKED, false, bytes, sizeof(bytes), expected);
}

static void a_bit_map_names_each_bit(void **state)
{
	(void)state;
	bits(3, 1, "text:read");
	bits(3, 3, "text:read|write");
	bits(3, 7, "text:read|write|run");
	bits(3, 9, "text:read|0x8");
	bits(3, 8, "text:0x8");
	bits(3, 0, "text:0x0");
	bits(5, 0, "text:none");
	/* One that is named as a whole is. */
	bits(5, 6, "text:both");
	bits(5, 7, "text:read|write|run");
	bits(0, 1, "text:0x1");
	bits(3, 0xfffffff8, "text:0xfffffff8");
}

static void text_is_appended(void **state)
{
	const struct field field = {.type = VALUE_U8};
	const struct value value = {
		.field = &field, .bytes = (const uint8_t *)"\7", .length = 1, .type = VALUE_U8};
	struct text text;

	(void)state;
	text_init(&text, LIMIT);
	text_string(&text, "a");
	value_text(&value, VALUE_RAW, false, &text);
	assert_int_equal(text.length, 2);
	assert_memory_equal(text.bytes, "a7", 2);
	text_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_are_as_their_types_say),
		cmocka_unit_test(numbers_that_doubles_cannot_hold_are_text),
		cmocka_unit_test(floats_read_back_the_same),
		cmocka_unit_test(utf16_becomes_utf8),
		cmocka_unit_test(bytes_that_are_not_utf8_are_replaced),
		cmocka_unit_test(classic_strings_that_are_not_utf8_are_of_code_page_1252),
		cmocka_unit_test(binary_is_hexadecimal),
		cmocka_unit_test(guids_have_no_braces),
		cmocka_unit_test(times_are_utc),
		cmocka_unit_test(numbers_may_be_meant_as_times),
		cmocka_unit_test(sids_are_as_windows_writes_them),
		cmocka_unit_test(addresses_are_in_network_order),
		cmocka_unit_test(socket_addresses_have_a_port),
		cmocka_unit_test(what_is_no_socket_address_is_hexadecimal),
		cmocka_unit_test(bitmasks_are_lists_of_their_bits),
		cmocka_unit_test(truths_are_words),
		cmocka_unit_test(hexadecimal_is_as_wide_as_the_type),
		cmocka_unit_test(error_codes_have_names_where_they_are_known),
		cmocka_unit_test(characters_are_characters),
		cmocka_unit_test(pointers_may_be_meant_as_decimal_numbers),
		cmocka_unit_test(out_types_that_do_not_fit_the_type_are_ignored),
		cmocka_unit_test(half_a_pair_is_no_character),
		cmocka_unit_test(strings_stay_strings_whatever_is_meant),
		cmocka_unit_test(a_map_names_values),
		cmocka_unit_test(a_bit_map_names_each_bit),
		cmocka_unit_test(text_is_appended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
