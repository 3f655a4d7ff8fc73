#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/base/bytes.h"
#include "exporter/rule/extraction.h"
#include "tests/support/schema_rows.h"

#define ARRAY(n)       .count_kind = COUNT_FIXED, .count = (n)
#define BYTES(literal) (literal), sizeof(literal) - 1

struct taking {
	struct schema *schema;
	struct extraction *extraction;
	uint8_t *payload; /* at the end of memory of its own */
};

static void begin(struct taking *taking, const struct row *rows, bool variants)
{
	*taking = (struct taking){.schema = schema_of_rows(rows, variants)};
	taking->extraction = extraction_new(taking->schema);
	assert_non_null(taking->extraction);
}

static void end(struct taking *taking)
{
	extraction_free(taking->extraction);
	schema_free(taking->schema);
	free(taking->payload);
}

static int want(const struct taking *taking, const char *path)
{
	struct field_path found;
	int slot;

	assert_int_equal(field_path_find(taking->schema, path, &found), FIELD_PATH_FOUND);
	slot = extraction_add(taking->extraction, &found);
	assert_true(slot >= 0);
	return slot;
}

static enum payload_result run_pointers(struct taking *taking, const char *payload, size_t length,
					uint8_t pointer_bytes)
{
	struct event_record record = {.payload_bytes = (uint32_t)length,
				      .pointer_bytes = pointer_bytes};

	free(taking->payload);
	taking->payload = length ? malloc(length) : NULL;
	if (length)
		memcpy(taking->payload, payload, length);
	record.payload = taking->payload;
	return extraction_run(taking->extraction, &record);
}

static enum payload_result run(struct taking *taking, const char *payload, size_t length)
{
	return run_pointers(taking, payload, length, 8);
}

static void check_absent(const struct taking *taking, int slot)
{
	assert_null(extraction_value(taking->extraction, slot));
}

static void check(const struct taking *taking, int slot, const char *bytes, size_t length)
{
	const struct value *value = extraction_value(taking->extraction, slot);

	assert_non_null(value);
	assert_int_equal(value->length, length);
	assert_memory_equal(value->bytes, bytes, length);
}

static void check_number(const struct taking *taking, int slot, uint32_t number)
{
	const struct value *value = extraction_value(taking->extraction, slot);

	assert_non_null(value);
	assert_int_equal(value->type, VALUE_U32);
	assert_int_equal(value->length, 4);
	assert_int_equal(le32(value->bytes), number);
}

static const struct row flat[] = {
	{"a", {.type = VALUE_U32}, 0},
	{"b", {.type = VALUE_UTF16}, 0},
	{"p", {.type = VALUE_POINTER}, 0},
	{"c", {.type = VALUE_U16}, 0},
	{0},
};

static void where_nothing_is_wanted_nothing_is_missing(void **state)
{
	struct taking taking;

	(void)state;
	begin(&taking, flat, false);
	assert_int_equal(run(&taking, NULL, 0), PAYLOAD_OK);
	assert_int_equal(run(&taking, BYTES("\1")), PAYLOAD_OK);
	assert_int_equal(extraction_fit(taking.extraction), PAYLOAD_SHORT);
	end(&taking);
}

static void what_does_not_fit_behind_the_wanted_fields_takes_none_of_them(void **state)
{
	struct taking taking;
	int a;

	(void)state;
	begin(&taking, flat, false);
	a = want(&taking, "a");
	assert_int_equal(run(&taking, BYTES("\1\2\3\4")), PAYLOAD_OK);
	check(&taking, a, BYTES("\1\2\3\4"));
	assert_int_equal(extraction_fit(taking.extraction), PAYLOAD_SHORT);
	assert_int_equal(run(&taking, BYTES("\1\2\3\4x\0\0\0pppppppp\5\6")), PAYLOAD_OK);
	assert_int_equal(extraction_fit(taking.extraction), PAYLOAD_OK);
	assert_int_equal(run(&taking, BYTES("\1\2\3\4x\0\0\0pppppppp\5\6\7")), PAYLOAD_OK);
	assert_int_equal(extraction_fit(taking.extraction), PAYLOAD_LEFTOVER);
	check(&taking, a, BYTES("\1\2\3\4"));
	assert_int_equal(run(&taking, BYTES("\1\2\3")), PAYLOAD_SHORT);
	check_absent(&taking, a);
	end(&taking);
}

static void what_stands_before_the_end_is_there(void **state)
{
	struct taking taking;
	int a, b, c, p;

	(void)state;
	begin(&taking, flat, false);
	c = want(&taking, "c");
	a = want(&taking, "a");
	b = want(&taking, "b");
	p = want(&taking, "p");
	assert_int_equal(run(&taking, BYTES("aaaax\0\0\0pppppppp\5\6")), PAYLOAD_OK);
	check(&taking, a, BYTES("aaaa"));
	check(&taking, b, BYTES("x\0"));
	check(&taking, p, BYTES("pppppppp"));
	check(&taking, c, BYTES("\5\6"));
	/* Values of the last payload are gone. */
	assert_int_equal(run(&taking, BYTES("AAAAy\0\0\0ppppppp")), PAYLOAD_SHORT);
	check(&taking, a, BYTES("AAAA"));
	check(&taking, b, BYTES("y\0"));
	check_absent(&taking, p);
	check_absent(&taking, c);
	end(&taking);
}

static void pointers_are_of_the_writer_s_size(void **state)
{
	struct taking taking;
	int p, c;

	(void)state;
	begin(&taking, flat, false);
	p = want(&taking, "p");
	c = want(&taking, "c");
	assert_int_equal(run_pointers(&taking, BYTES("aaaa\0\0pppp\5\6"), 4), PAYLOAD_OK);
	check(&taking, p, BYTES("pppp"));
	check(&taking, c, BYTES("\5\6"));
	assert_int_equal(extraction_value(taking.extraction, p)->pointer_bytes, 4);
	assert_int_equal(run_pointers(&taking, BYTES("aaaa\0\0pppppppp\7\x8"), 8), PAYLOAD_OK);
	check(&taking, p, BYTES("pppppppp"));
	check(&taking, c, BYTES("\7\x8"));
	end(&taking);
}

static void a_classic_event_of_the_other_pointer_size_is_read_all_the_same(void **state)
{
	struct taking taking;
	int p, c;

	(void)state;
	begin(&taking, flat, true);
	p = want(&taking, "p");
	c = want(&taking, "c");
	assert_int_equal(run_pointers(&taking, BYTES("aaaa\0\0pppp\5\6"), 8), PAYLOAD_OK);
	check(&taking, p, BYTES("pppp"));
	check(&taking, c, BYTES("\5\6"));
	assert_int_equal(run_pointers(&taking, BYTES("aaaa\0\0pppppppp\7\x8"), 8), PAYLOAD_OK);
	check(&taking, p, BYTES("pppppppp"));
	end(&taking);
}

static void absent_optional_fields_have_no_value(void **state)
{
	static const struct row rows[] = {
		{"a", {.type = VALUE_U16}, 0},
		{"n", {.type = VALUE_U16, .optional = true}, 0},
		{"t",
		 {.type = VALUE_ANSI, .length_kind = LENGTH_FIELD, .length = 1, .optional = true},
		 0},
		{0},
	};
	struct taking taking;
	int n, t;

	(void)state;
	begin(&taking, rows, false);
	n = want(&taking, "n");
	t = want(&taking, "t");
	assert_int_equal(run(&taking, BYTES("aa\2\0xy")), PAYLOAD_OK);
	check(&taking, n, BYTES("\2\0"));
	check(&taking, t, BYTES("xy"));
	assert_int_equal(run(&taking, BYTES("aa")), PAYLOAD_OK);
	check_absent(&taking, n);
	check_absent(&taking, t);
	assert_int_equal(run(&taking, BYTES("aa\3\0xy")), PAYLOAD_SHORT);
	check(&taking, n, BYTES("\3\0"));
	check_absent(&taking, t);
	end(&taking);
}

static void a_length_that_is_no_number_does_not_fit(void **state)
{
	static const struct row rows[] = {
		{"n", {.type = VALUE_ANSI}, 0},
		{"t", {.type = VALUE_BINARY, .length_kind = LENGTH_FIELD, .length = 0}, 0},
		{0},
	};
	struct taking taking;
	int t;

	(void)state;
	begin(&taking, rows, false);
	t = want(&taking, "t");
	assert_int_equal(run(&taking, BYTES("\1\0xy")), PAYLOAD_SHORT);
	check_absent(&taking, t);
	end(&taking);
}

static void padding_is_no_value(void **state)
{
	static const struct row rows[] = {
		{"pad", {.type = VALUE_NULL, .length_kind = LENGTH_FIXED, .length = 2}, 0},
		{"v", {.type = VALUE_U8}, 0},
		{0},
	};
	struct taking taking;
	int pad, v;

	(void)state;
	begin(&taking, rows, false);
	pad = want(&taking, "pad");
	v = want(&taking, "v");
	assert_int_equal(run(&taking, BYTES("xx\7")), PAYLOAD_OK);
	check_absent(&taking, pad);
	check(&taking, v, BYTES("\7"));
	end(&taking);
}

static const struct row disks[] = {
	{"count", {.type = VALUE_U8}, 0},
	{"disks", {.type = VALUE_STRUCT, .count_kind = COUNT_FIELD, .count = 0}, 0}, /* 2 */
	{"id", {.type = VALUE_U8}, 2},
	{"parts", {.type = VALUE_U16, .count_kind = COUNT_PREFIX}, 2},
	{"names", {.type = VALUE_ANSI, ARRAY(2)}, 0},
	{"last", {.type = VALUE_U8}, 0},
	{0},
};

static void elements_of_arrays_are_taken_by_their_index(void **state)
{
	struct taking taking;
	int id, part, name, name_length, disk_count, part_count, beyond, last;

	(void)state;
	begin(&taking, disks, false);
	id = want(&taking, "disks[1].id");
	part = want(&taking, "disks[1].parts[1]");
	part_count = want(&taking, "disks[0].parts.length");
	disk_count = want(&taking, "disks.length");
	beyond = want(&taking, "disks[2].id");
	name = want(&taking, "names[1]");
	name_length = want(&taking, "names[0].length");
	last = want(&taking, "last");
	assert_int_equal(run(&taking, BYTES("\2"
					    "\11\0\0"
					    "\12\2\0ppqq"
					    "abc\0z\0"
					    "\77")),
			 PAYLOAD_OK);
	check(&taking, id, BYTES("\12"));
	check(&taking, part, BYTES("qq"));
	check_number(&taking, part_count, 0);
	check_number(&taking, disk_count, 2);
	check_absent(&taking, beyond);
	check(&taking, name, BYTES("z"));
	check_number(&taking, name_length, 3);
	check(&taking, last, BYTES("\77"));
	assert_int_equal(run(&taking, BYTES("\0a\0b\0\1")), PAYLOAD_OK);
	check_absent(&taking, id);
	check_absent(&taking, part_count);
	check_number(&taking, disk_count, 0);
	end(&taking);
}

static void an_array_that_is_cut_has_no_length(void **state)
{
	struct taking taking;
	int disk_count, part_count, first;

	(void)state;
	begin(&taking, disks, false);
	disk_count = want(&taking, "disks.length");
	first = want(&taking, "disks[0].parts.length");
	part_count = want(&taking, "disks[1].parts.length");
	assert_int_equal(run(&taking, BYTES("\3\11\0\0\12\2\0pp")), PAYLOAD_SHORT);
	check_number(&taking, first, 0);
	check_absent(&taking, part_count);
	check_absent(&taking, disk_count);
	end(&taking);
}

static void strings_and_binary_have_lengths(void **state)
{
	static const struct row rows[] = {
		{"wide", {.type = VALUE_UTF16}, 0},
		{"slim", {.type = VALUE_ANSI, .length_kind = LENGTH_PREFIX}, 0},
		{"blob", {.type = VALUE_BINARY}, 0},
		{0},
	};
	struct taking taking;
	int wide, slim, blob, slim_itself;

	(void)state;
	begin(&taking, rows, false);
	wide = want(&taking, "wide.length");
	slim = want(&taking, "slim.length");
	slim_itself = want(&taking, "slim");
	blob = want(&taking, "blob.length");
	assert_int_equal(run(&taking, BYTES("a\0b\0\0\0\3\0xyz12345")), PAYLOAD_OK);
	check_number(&taking, wide, 2);
	check_number(&taking, slim, 3);
	check(&taking, slim_itself, BYTES("xyz"));
	check_number(&taking, blob, 5);
	end(&taking);
}

static void the_same_path_has_the_same_slot(void **state)
{
	struct taking taking;
	int a;

	(void)state;
	begin(&taking, disks, false);
	a = want(&taking, "disks[1].id");
	assert_int_not_equal(want(&taking, "disks[0].id"), a);
	assert_int_not_equal(want(&taking, "disks.length"), a);
	assert_int_equal(want(&taking, "disks[1].id"), a);
	end(&taking);
}

static void the_width_of_numbers_is_known_before_any_payload(void **state)
{
	static const struct row rows[] = {
		{"u8", {.type = VALUE_U8}, 0},
		{"u64", {.type = VALUE_U64}, 0},
		{"p", {.type = VALUE_POINTER}, 0},
		{"guid", {.type = VALUE_GUID}, 0},
		{"utf16", {.type = VALUE_UTF16}, 0},
		{"ports", {.type = VALUE_PORT, ARRAY(2)}, 0},
		{0},
	};
	struct taking taking;

	(void)state;
	begin(&taking, rows, false);
	assert_int_equal(extraction_fixed_bytes(taking.extraction, want(&taking, "u8")), 1);
	assert_int_equal(extraction_fixed_bytes(taking.extraction, want(&taking, "u64")), 8);
	assert_int_equal(extraction_fixed_bytes(taking.extraction, want(&taking, "p")), 8);
	assert_int_equal(extraction_fixed_bytes(taking.extraction, want(&taking, "guid")), 0);
	assert_int_equal(extraction_fixed_bytes(taking.extraction, want(&taking, "utf16")), 0);
	assert_int_equal(extraction_fixed_bytes(taking.extraction, want(&taking, "utf16.length")),
			 4);
	assert_int_equal(extraction_fixed_bytes(taking.extraction, want(&taking, "ports[1]")), 2);
	assert_int_equal(extraction_template(taking.extraction, want(&taking, "ports[1]"))->type,
			 VALUE_PORT);
	end(&taking);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_nothing_is_wanted_nothing_is_missing),
		cmocka_unit_test(what_does_not_fit_behind_the_wanted_fields_takes_none_of_them),
		cmocka_unit_test(what_stands_before_the_end_is_there),
		cmocka_unit_test(pointers_are_of_the_writer_s_size),
		cmocka_unit_test(a_classic_event_of_the_other_pointer_size_is_read_all_the_same),
		cmocka_unit_test(absent_optional_fields_have_no_value),
		cmocka_unit_test(a_length_that_is_no_number_does_not_fit),
		cmocka_unit_test(padding_is_no_value),
		cmocka_unit_test(elements_of_arrays_are_taken_by_their_index),
		cmocka_unit_test(an_array_that_is_cut_has_no_length),
		cmocka_unit_test(strings_and_binary_have_lengths),
		cmocka_unit_test(the_same_path_has_the_same_slot),
		cmocka_unit_test(the_width_of_numbers_is_known_before_any_payload),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
