#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/schema/payload.h"
#include "metrics/text.h"
#include "tests/support/schema_rows.h"

#define STORY_LIMIT ((size_t)64 << 20)

static void tell_value(void *context, const struct value *value)
{
	struct text *story = context;
	uint32_t i;

	assert_non_null(value->bytes);
	assert_int_equal(value->type, value->field->type);
	text_printf(story, "%s=", value->field->name);
	for (i = 0; i < value->length; i++)
		text_printf(story, "%02x", value->bytes[i]);
	text_char(story, ' ');
}

static void tell_struct(void *context, const struct field *field)
{
	text_printf(context, "%s{ ", field->name);
}

static void tell_struct_end(void *context)
{
	text_string(context, "} ");
}

static void tell_array(void *context, const struct field *field)
{
	text_printf(context, "%s[ ", field->name);
}

static void tell_array_end(void *context)
{
	text_string(context, "] ");
}

/* The payload is at the end of memory of its own; checks what a visit without visitor says, too. */
static enum payload_result visit(const struct schema *schema, const void *payload, size_t bytes,
				 size_t pointer_bytes, struct text *story, size_t *consumed)
{
	const struct payload_visitor visitor = {tell_value, tell_struct,    tell_struct_end,
						tell_array, tell_array_end, story};
	uint8_t *copy = bytes ? malloc(bytes) : NULL;
	enum payload_result result;
	size_t silent;

	if (bytes)
		memcpy(copy, payload, bytes);
	result = payload_visit(schema, copy, bytes, pointer_bytes, &visitor, consumed);
	assert_int_equal(payload_visit(schema, copy, bytes, pointer_bytes, NULL, &silent), result);
	assert_int_equal(silent, *consumed);
	free(copy);
	return result;
}

struct expected {
	const char *payload;
	size_t bytes;
	enum payload_result result;
	size_t consumed;
	const char *story;
};

static void check_pointers(const struct row *rows, bool variants, size_t pointer_bytes,
			   const struct expected *expected)
{
	struct schema *schema = schema_of_rows(rows, variants);
	struct text story;
	size_t consumed;

	text_init(&story, STORY_LIMIT);
	assert_int_equal(
		visit(schema, expected->payload, expected->bytes, pointer_bytes, &story, &consumed),
		expected->result);
	text_char(&story, '\0');
	assert_string_equal(story.bytes, expected->story);
	assert_int_equal(consumed, expected->consumed);
	text_done(&story);
	schema_free(schema);
}

static void check(const struct row *rows, const struct expected *expected)
{
	check_pointers(rows, false, 8, expected);
}

/* One field, called v. */
static void check_one(struct field field, struct expected expected)
{
	const struct row rows[] = {{"v", field, 0}, {0}};

	check(rows, &expected);
}

#define BYTES(literal) (literal), sizeof(literal) - 1

static void every_type_with_a_width_takes_it(void **state)
{
	static const uint8_t zeros[16];
	unsigned int type;

	(void)state;
	for (type = 0; type < VALUE_TYPE_COUNT; type++) {
		size_t width = value_type_bytes((enum value_type)type, 4), consumed;
		struct row rows[] = {{"v", {.type = (uint8_t)type}, 0}, {0}};
		struct schema *schema;

		if (!width)
			continue;
		schema = schema_of_rows(rows, false);
		assert_int_equal(payload_visit(schema, zeros, width, 4, NULL, &consumed),
				 PAYLOAD_OK);
		assert_int_equal(payload_visit(schema, zeros, width - 1, 4, NULL, &consumed),
				 PAYLOAD_SHORT);
		assert_int_equal(consumed, 0);
		schema_free(schema);
	}
}

static void pointers_are_as_wide_as_the_writer_s(void **state)
{
	const struct row rows[] = {{"p", {.type = VALUE_POINTER}, 0}, {0}};

	(void)state;
	check_pointers(rows, false, 4,
		       &(struct expected){BYTES("\1\2\3\4"), PAYLOAD_OK, 4, "p=01020304 "});
	check_pointers(rows, false, 8,
		       &(struct expected){BYTES("\1\2\3\4\5\6\7\x8"), PAYLOAD_OK, 8,
					  "p=0102030405060708 "});
	/* Not known: 8. */
	check_pointers(rows, false, 0, &(struct expected){BYTES("\1\2\3\4"), PAYLOAD_SHORT, 0, ""});
}

static void a_string_ends_at_its_terminator_or_with_the_payload(void **state)
{
	const struct field ansi = {.type = VALUE_ANSI}, utf16 = {.type = VALUE_UTF16};

	(void)state;
	check_one(ansi, (struct expected){BYTES("ab\0"), PAYLOAD_OK, 3, "v=6162 "});
	check_one(ansi, (struct expected){BYTES("ab"), PAYLOAD_OK, 2, "v=6162 "});
	check_one(ansi, (struct expected){BYTES("\0"), PAYLOAD_OK, 1, "v= "});
	check_one(ansi, (struct expected){NULL, 0, PAYLOAD_OK, 0, "v= "});
	check_one(ansi, (struct expected){BYTES("a\0b"), PAYLOAD_LEFTOVER, 2, "v=61 "});
	check_one(utf16, (struct expected){BYTES("a\0\0\0"), PAYLOAD_OK, 4, "v=6100 "});
	check_one(utf16, (struct expected){BYTES("a\0b\0"), PAYLOAD_OK, 4, "v=61006200 "});
	check_one(utf16, (struct expected){NULL, 0, PAYLOAD_OK, 0, "v= "});
	/* Zero bytes of two units are no terminator. */
	check_one(utf16, (struct expected){BYTES("\1\0\0\1\0\0"), PAYLOAD_OK, 6, "v=01000001 "});
	/* Half a unit is not taken. */
	check_one(utf16, (struct expected){BYTES("a\0b"), PAYLOAD_LEFTOVER, 2, "v=6100 "});
	check_one(utf16, (struct expected){BYTES("\0"), PAYLOAD_LEFTOVER, 0, "v= "});
}

static void a_fixed_string_takes_all_its_units_and_ends_at_a_zero(void **state)
{
	const struct field ansi = {.type = VALUE_ANSI, .length_kind = LENGTH_FIXED, .length = 4};
	struct field utf16 = {.type = VALUE_UTF16, .length_kind = LENGTH_FIXED, .length = 2};

	(void)state;
	check_one(ansi, (struct expected){BYTES("a\0bc"), PAYLOAD_OK, 4, "v=61 "});
	check_one(ansi, (struct expected){BYTES("abcd"), PAYLOAD_OK, 4, "v=61626364 "});
	check_one(ansi, (struct expected){BYTES("abc"), PAYLOAD_SHORT, 0, ""});
	check_one(utf16, (struct expected){BYTES("a\0b\0"), PAYLOAD_OK, 4, "v=61006200 "});
	check_one(utf16, (struct expected){BYTES("a\0\0\0"), PAYLOAD_OK, 4, "v=6100 "});
	check_one(utf16, (struct expected){BYTES("a\0b"), PAYLOAD_SHORT, 0, ""});
	utf16.length = UINT16_MAX;
	check_one(utf16, (struct expected){BYTES("a\0b\0"), PAYLOAD_SHORT, 0, ""});
	utf16.length = 0;
	check_one(utf16, (struct expected){NULL, 0, PAYLOAD_OK, 0, "v= "});
}

static void binary_has_a_length_or_the_rest(void **state)
{
	struct field binary = {.type = VALUE_BINARY, .length_kind = LENGTH_FIXED, .length = 2};

	(void)state;
	check_one(binary, (struct expected){BYTES("\0\1"), PAYLOAD_OK, 2, "v=0001 "});
	check_one(binary, (struct expected){BYTES("\0\1\2"), PAYLOAD_LEFTOVER, 2, "v=0001 "});
	check_one(binary, (struct expected){BYTES("\0"), PAYLOAD_SHORT, 0, ""});
	binary.length_kind = LENGTH_NATURAL;
	check_one(binary, (struct expected){BYTES("\0\1\2"), PAYLOAD_OK, 3, "v=000102 "});
	check_one(binary, (struct expected){NULL, 0, PAYLOAD_OK, 0, "v= "});
}

static void a_prefix_says_how_many_bytes_follow(void **state)
{
	static const uint8_t types[] = {VALUE_ANSI, VALUE_UTF16, VALUE_BINARY};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(types); i++) {
		const struct field field = {.type = types[i], .length_kind = LENGTH_PREFIX};

		check_one(field,
			  (struct expected){BYTES("\4\0a\0\0\0"), PAYLOAD_OK, 6, "v=61000000 "});
		check_one(field, (struct expected){BYTES("\3\0abc"), PAYLOAD_OK, 5, "v=616263 "});
		check_one(field, (struct expected){BYTES("\0\0"), PAYLOAD_OK, 2, "v= "});
		check_one(field, (struct expected){BYTES("\4\0abc"), PAYLOAD_SHORT, 0, ""});
		check_one(field, (struct expected){BYTES("\4"), PAYLOAD_SHORT, 0, ""});
		check_one(field, (struct expected){NULL, 0, PAYLOAD_SHORT, 0, ""});
	}
}

static void a_prefix_may_have_its_high_byte_first_or_32_bits(void **state)
{
	const struct field swapped = {.type = VALUE_UTF16, .length_kind = LENGTH_PREFIX_BIG};
	const struct field wide = {.type = VALUE_BINARY, .length_kind = LENGTH_PREFIX_32};

	(void)state;
	check_one(swapped, (struct expected){BYTES("\0\4a\0b\0"), PAYLOAD_OK, 6, "v=61006200 "});
	check_one(swapped, (struct expected){BYTES("\4\0a\0b\0"), PAYLOAD_SHORT, 0, ""});
	check_one(swapped, (struct expected){BYTES("\0"), PAYLOAD_SHORT, 0, ""});
	check_one(wide, (struct expected){BYTES("\2\0\0\0xy"), PAYLOAD_OK, 6, "v=7879 "});
	check_one(wide, (struct expected){BYTES("\2\0\1\0xy"), PAYLOAD_SHORT, 0, ""});
	check_one(wide, (struct expected){BYTES("\xff\xff\xff\xffxy"), PAYLOAD_SHORT, 0, ""});
	check_one(wide, (struct expected){BYTES("\0\0\0"), PAYLOAD_SHORT, 0, ""});
}

static void another_field_says_a_length(void **state)
{
	struct row rows[] = {{"n", {.type = VALUE_U16}, 0},
			     {"v", {.type = VALUE_ANSI, .length_kind = LENGTH_FIELD}, 0},
			     {0}};

	(void)state;
	check(rows, &(struct expected){BYTES("\2\0ab"), PAYLOAD_OK, 4, "n=0200 v=6162 "});
	check(rows, &(struct expected){BYTES("\2\0a"), PAYLOAD_SHORT, 2, "n=0200 "});
	check(rows, &(struct expected){BYTES("\0\0"), PAYLOAD_OK, 2, "n=0000 v= "});
	rows[1].field.type = VALUE_UTF16;
	check(rows, &(struct expected){BYTES("\2\0a\0b\0"), PAYLOAD_OK, 6, "n=0200 v=61006200 "});
	check(rows, &(struct expected){BYTES("\2\0a\0b"), PAYLOAD_SHORT, 2, "n=0200 "});
	rows[1].field.type = VALUE_BINARY;
	check(rows, &(struct expected){BYTES("\2\0a\0"), PAYLOAD_OK, 4, "n=0200 v=6100 "});
}

static void lengths_may_be_of_any_width_and_as_large_as_that(void **state)
{
	struct row rows[] = {{"n", {.type = VALUE_U8}, 0},
			     {"v", {.type = VALUE_UTF16, .length_kind = LENGTH_FIELD}, 0},
			     {0}};

	(void)state;
	check(rows, &(struct expected){BYTES("\1a\0"), PAYLOAD_OK, 3, "n=01 v=6100 "});
	check(rows, &(struct expected){BYTES("\xff"
					     "a\0"),
				       PAYLOAD_SHORT, 1, "n=ff "});
	rows[0].field.type = VALUE_U32;
	check(rows, &(struct expected){BYTES("\xff\xff\xff\xff"
					     "a\0"),
				       PAYLOAD_SHORT, 4, "n=ffffffff "});
	check(rows, &(struct expected){BYTES("\0\0\0\x80"
					     "a\0"),
				       PAYLOAD_SHORT, 4, "n=00000080 "});
	rows[0].field.type = VALUE_U64;
	check(rows, &(struct expected){BYTES("\1\0\0\0\0\0\0\0"
					     "a\0"),
				       PAYLOAD_OK, 10, "n=0100000000000000 v=6100 "});
	/* Not what its lower half says. */
	check(rows, &(struct expected){BYTES("\1\0\0\0\1\0\0\0"
					     "a\0"),
				       PAYLOAD_SHORT, 8, "n=0100000001000000 "});
}

/* Two characters look like a number of 16 bits. */
static void text_says_no_length(void **state)
{
	const struct row rows[] = {{"n", {.type = VALUE_ANSI}, 0},
				   {"v", {.type = VALUE_BINARY, .length_kind = LENGTH_FIELD}, 0},
				   {0}};

	(void)state;
	check(rows, &(struct expected){BYTES("\1\0a"), PAYLOAD_SHORT, 2, "n=01 "});
}

static void arrays_are_counted_in_every_way(void **state)
{
	struct field field = {.type = VALUE_U8, .count_kind = COUNT_FIXED, .count = 2};
	struct row rows[] = {{"n", {.type = VALUE_U8}, 0},
			     {"v", {.type = VALUE_U8, .count_kind = COUNT_FIELD}, 0},
			     {0}};

	(void)state;
	check_one(field, (struct expected){BYTES("\1\2"), PAYLOAD_OK, 2, "v[ v=01 v=02 ] "});
	check_one(field, (struct expected){BYTES("\1"), PAYLOAD_SHORT, 1, "v[ v=01 ] "});
	field.count = 0;
	check_one(field, (struct expected){NULL, 0, PAYLOAD_OK, 0, "v[ ] "});
	field.count_kind = COUNT_PREFIX;
	check_one(field, (struct expected){BYTES("\2\0\1\2"), PAYLOAD_OK, 4, "v[ v=01 v=02 ] "});
	check_one(field, (struct expected){BYTES("\0\0"), PAYLOAD_OK, 2, "v[ ] "});
	check_one(field, (struct expected){BYTES("\2"), PAYLOAD_SHORT, 0, ""});
	check_one(field, (struct expected){BYTES("\xff\xff\1"), PAYLOAD_SHORT, 3, "v[ v=01 ] "});
	field.count_kind = COUNT_REST;
	check_one(field, (struct expected){BYTES("\1\2\3"), PAYLOAD_OK, 3, "v[ v=01 v=02 v=03 ] "});
	check_one(field, (struct expected){NULL, 0, PAYLOAD_OK, 0, "v[ ] "});
	field.type = VALUE_U16;
	check_one(field, (struct expected){BYTES("\1\2\3"), PAYLOAD_SHORT, 2, "v[ v=0102 ] "});
	check(rows, &(struct expected){BYTES("\2\1\2"), PAYLOAD_OK, 3, "n=02 v[ v=01 v=02 ] "});
	check(rows, &(struct expected){BYTES("\0"), PAYLOAD_OK, 1, "n=00 v[ ] "});
	check(rows, &(struct expected){BYTES("\3\1"), PAYLOAD_SHORT, 2, "n=03 v[ v=01 ] "});
}

static void elements_of_an_array_may_have_lengths_of_their_own(void **state)
{
	const struct field prefixed = {
		.type = VALUE_ANSI, .length_kind = LENGTH_PREFIX, .count_kind = COUNT_PREFIX};
	const struct field ended = {.type = VALUE_ANSI, .count_kind = COUNT_FIXED, .count = 3};

	(void)state;
	check_one(prefixed,
		  (struct expected){BYTES("\2\0\1\0a\2\0bc"), PAYLOAD_OK, 9, "v[ v=61 v=6263 ] "});
	check_one(ended,
		  (struct expected){BYTES("a\0bc\0"), PAYLOAD_OK, 5, "v[ v=61 v=6263 v= ] "});
}

static void members_of_structs_stand_in_the_payload_where_the_struct_does(void **state)
{
	const struct row rows[] = {
		{"s", {.type = VALUE_STRUCT}, 0},    {"z", {.type = VALUE_U8}, 0},
		{"a", {.type = VALUE_U8}, 1},	     {"t", {.type = VALUE_STRUCT}, 1},
		{"b", {.type = VALUE_U8}, 1},	     {"c", {.type = VALUE_U8}, 4},
		{"none", {.type = VALUE_STRUCT}, 0}, {0}};

	(void)state;
	check(rows, &(struct expected){BYTES("\1\2\3\4"), PAYLOAD_OK, 4,
				       "s{ a=01 t{ c=02 } b=03 } z=04 none{ } "});
	check(rows, &(struct expected){BYTES("\1"), PAYLOAD_SHORT, 1, "s{ a=01 t{ } } "});
}

static void arrays_of_structs_repeat_the_members(void **state)
{
	const struct row rows[] = {
		{"s", {.type = VALUE_STRUCT, .count_kind = COUNT_PREFIX}, 0},
		{"n", {.type = VALUE_U8}, 1},
		{"v", {.type = VALUE_U8, .count_kind = COUNT_FIELD, .count = 1}, 1},
		{0}};

	(void)state;
	/* Each element has its own count. */
	check(rows, &(struct expected){BYTES("\3\0\1\x0a\0\2\x0b\x0c"), PAYLOAD_OK, 8,
				       "s[ s{ n=01 v[ v=0a ] } s{ n=00 v[ ] } "
				       "s{ n=02 v[ v=0b v=0c ] } ] "});
	check(rows, &(struct expected){BYTES("\0\0"), PAYLOAD_OK, 2, "s[ ] "});
	check(rows,
	      &(struct expected){BYTES("\2\0\0"), PAYLOAD_SHORT, 3, "s[ s{ n=00 v[ ] } s{ } ] "});
}

static void members_may_refer_to_a_level_around(void **state)
{
	const struct row rows[] = {
		{"n", {.type = VALUE_U8}, 0},
		{"s", {.type = VALUE_STRUCT, .count_kind = COUNT_FIXED, .count = 2}, 0},
		{"v", {.type = VALUE_ANSI, .length_kind = LENGTH_FIELD, .length = 0}, 2},
		{0}};

	(void)state;
	check(rows, &(struct expected){BYTES("\2abcd"), PAYLOAD_OK, 5,
				       "n=02 s[ s{ v=6162 } s{ v=6364 } ] "});
}

static void padding_is_taken_and_not_told(void **state)
{
	const struct row rows[] = {
		{"pad", {.type = VALUE_NULL, .length_kind = LENGTH_FIXED, .length = 3}, 0},
		{"v", {.type = VALUE_U8}, 0},
		{0}};

	(void)state;
	check(rows, &(struct expected){BYTES("\1\2\3\4"), PAYLOAD_OK, 4, "v=04 "});
	check(rows, &(struct expected){BYTES("\1\2"), PAYLOAD_SHORT, 0, ""});
}

static void a_null_is_a_value_without_bytes(void **state)
{
	(void)state;
	check_one((struct field){.type = VALUE_NULL},
		  (struct expected){NULL, 0, PAYLOAD_OK, 0, "v= "});
}

static void what_is_optional_may_be_missing_but_not_cut(void **state)
{
	const struct row rows[] = {
		{"a", {.type = VALUE_U8}, 0}, {"v", {.type = VALUE_U16, .optional = true}, 0}, {0}};

	(void)state;
	check(rows, &(struct expected){BYTES("\1\2\3"), PAYLOAD_OK, 3, "a=01 v=0203 "});
	check(rows, &(struct expected){BYTES("\1"), PAYLOAD_OK, 1, "a=01 "});
	check(rows, &(struct expected){BYTES("\1\2"), PAYLOAD_SHORT, 1, "a=01 "});
}

/* Else it would be what the memory, or the last struct of the array, happened to hold. */
static void a_count_that_is_missing_is_zero(void **state)
{
	const struct row rows[] = {
		{"s", {.type = VALUE_STRUCT, .count_kind = COUNT_FIXED, .count = 2}, 0},
		{"n", {.type = VALUE_U8, .optional = true}, 1},
		{"v", {.type = VALUE_U8, .count_kind = COUNT_FIELD, .count = 1}, 1},
		{0}};

	(void)state;
	check(rows, &(struct expected){BYTES("\1\2"), PAYLOAD_OK, 2,
				       "s[ s{ n=01 v[ v=02 ] } s{ v[ ] } ] "});
	check(rows, &(struct expected){NULL, 0, PAYLOAD_OK, 0, "s[ s{ v[ ] } s{ v[ ] } ] "});
}

static void a_sid_is_as_long_as_its_authorities(void **state)
{
	const struct field sid = {.type = VALUE_SID};

	(void)state;
	check_one(sid, (struct expected){BYTES("\1\1\0\0\0\0\0\5\x12\0\0\0"), PAYLOAD_OK, 12,
					 "v=010100000000000512000000 "});
	check_one(sid, (struct expected){BYTES("\1\0\0\0\0\0\0\5"), PAYLOAD_OK, 8,
					 "v=0100000000000005 "});
	check_one(sid, (struct expected){BYTES("\1\1\0\0\0\0\0\5\x12\0\0"), PAYLOAD_SHORT, 0, ""});
	check_one(sid, (struct expected){BYTES("\1\0\0\0\0\0\0"), PAYLOAD_SHORT, 0, ""});
	check_one(sid, (struct expected){BYTES("\1\x10\0\0\0\0\0\5"
					       "0123456789abcdef0123456789abcdef"
					       "0123456789abcdef0123456789abcdef"),
					 PAYLOAD_SHORT, 0, ""});
}

#define SID_BYTES "\1\1\0\0\0\0\0\5\x12\0\0\0"
#define SID_STORY "sid=010100000000000512000000 "

static void a_classic_sid_stands_behind_two_pointers_or_is_a_zero(void **state)
{
	const struct row rows[] = {
		{"sid", {.type = VALUE_WBEM_SID}, 0}, {"v", {.type = VALUE_U8}, 0}, {0}};

	(void)state;
	check_pointers(rows, false, 4,
		       &(struct expected){BYTES("aaaabbbb" SID_BYTES "\7"), PAYLOAD_OK, 21,
					  SID_STORY "v=07 "});
	check_pointers(rows, false, 8,
		       &(struct expected){BYTES("aaaabbbbccccdddd" SID_BYTES "\7"), PAYLOAD_OK, 29,
					  SID_STORY "v=07 "});
	check_pointers(rows, false, 8,
		       &(struct expected){BYTES("\0\0\0\0\7"), PAYLOAD_OK, 5, "sid= v=07 "});
	check_pointers(rows, false, 8, &(struct expected){BYTES("\0\0\0"), PAYLOAD_SHORT, 0, ""});
	/* What was begun is not consumed. */
	check_pointers(rows, false, 4,
		       &(struct expected){BYTES("aaaabbbb\1"), PAYLOAD_SHORT, 0, ""});
}

static void of_variants_the_one_that_fits_is_told(void **state)
{
	const struct row rows[] = {
		{"sid", {.type = VALUE_WBEM_SID}, 0}, {"p", {.type = VALUE_POINTER}, 0}, {0}};
	const struct expected four = {BYTES("aaaabbbb" SID_BYTES "1234"), PAYLOAD_OK, 24,
				      SID_STORY "p=31323334 "};
	const struct expected eight = {BYTES("aaaabbbbccccdddd" SID_BYTES "12345678"), PAYLOAD_OK,
				       36, SID_STORY "p=3132333435363738 "};
	const struct expected zeros = {BYTES("\0\0\0\0\0\0\0\0" SID_BYTES "1234"), PAYLOAD_OK, 24,
				       SID_STORY "p=31323334 "};
	const struct expected more_zeros = {
		BYTES("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" SID_BYTES "12345678"), PAYLOAD_OK, 36,
		SID_STORY "p=3132333435363738 "};
	size_t own;

	(void)state;
	for (own = 0; own <= 8; own += 4) {
		check_pointers(rows, true, own, &four);
		check_pointers(rows, true, own, &eight);
		check_pointers(rows, true, own, &zeros);
		check_pointers(rows, true, own, &more_zeros);
	}
}

static void where_no_variant_fits_the_record_has_the_say(void **state)
{
	const struct row rows[] = {{"p", {.type = VALUE_POINTER}, 0}, {0}};
	const struct expected too_long = {BYTES("123456789"), PAYLOAD_LEFTOVER, 4, "p=31323334 "};
	const struct expected too_short = {BYTES("123"), PAYLOAD_SHORT, 0, ""};

	(void)state;
	check_pointers(rows, true, 4, &too_long);
	check_pointers(rows, true, 4, &too_short);
	check_pointers(rows, true, 8, &too_short);
}

static void without_variants_the_record_has_the_say(void **state)
{
	const struct row rows[] = {{"p", {.type = VALUE_POINTER}, 0}, {0}};

	(void)state;
	check_pointers(rows, false, 8, &(struct expected){BYTES("1234"), PAYLOAD_SHORT, 0, ""});
}

static void without_fields_every_byte_is_left_over(void **state)
{
	const struct row rows[] = {{0}};

	(void)state;
	check(rows, &(struct expected){NULL, 0, PAYLOAD_OK, 0, ""});
	check(rows, &(struct expected){BYTES("a"), PAYLOAD_LEFTOVER, 0, ""});
}

static void results_have_names(void **state)
{
	unsigned int i, j;

	(void)state;
	for (i = 0; i < PAYLOAD_RESULT_COUNT; i++)
		for (j = 0; j < i; j++)
			assert_string_not_equal(payload_result_name((enum payload_result)i),
						payload_result_name((enum payload_result)j));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_with_a_width_takes_it),
		cmocka_unit_test(pointers_are_as_wide_as_the_writer_s),
		cmocka_unit_test(a_string_ends_at_its_terminator_or_with_the_payload),
		cmocka_unit_test(a_fixed_string_takes_all_its_units_and_ends_at_a_zero),
		cmocka_unit_test(binary_has_a_length_or_the_rest),
		cmocka_unit_test(a_prefix_says_how_many_bytes_follow),
		cmocka_unit_test(a_prefix_may_have_its_high_byte_first_or_32_bits),
		cmocka_unit_test(another_field_says_a_length),
		cmocka_unit_test(lengths_may_be_of_any_width_and_as_large_as_that),
		cmocka_unit_test(text_says_no_length),
		cmocka_unit_test(arrays_are_counted_in_every_way),
		cmocka_unit_test(elements_of_an_array_may_have_lengths_of_their_own),
		cmocka_unit_test(members_of_structs_stand_in_the_payload_where_the_struct_does),
		cmocka_unit_test(arrays_of_structs_repeat_the_members),
		cmocka_unit_test(members_may_refer_to_a_level_around),
		cmocka_unit_test(padding_is_taken_and_not_told),
		cmocka_unit_test(a_null_is_a_value_without_bytes),
		cmocka_unit_test(what_is_optional_may_be_missing_but_not_cut),
		cmocka_unit_test(a_count_that_is_missing_is_zero),
		cmocka_unit_test(a_sid_is_as_long_as_its_authorities),
		cmocka_unit_test(a_classic_sid_stands_behind_two_pointers_or_is_a_zero),
		cmocka_unit_test(of_variants_the_one_that_fits_is_told),
		cmocka_unit_test(where_no_variant_fits_the_record_has_the_say),
		cmocka_unit_test(without_variants_the_record_has_the_say),
		cmocka_unit_test(without_fields_every_byte_is_left_over),
		cmocka_unit_test(results_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
