#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "exporter/schema/payload_size.h"
#include "tests/support/schema_rows.h"

static void check(const struct row *rows, size_t pointer_bytes, uint32_t least, uint32_t most)
{
	struct schema *schema = schema_of_rows(rows, false);
	struct payload_size size = payload_size_of(schema, pointer_bytes);

	assert_int_equal(size.least, least);
	assert_int_equal(size.least + size.spare, most);
	schema_free(schema);
}

static void fixed_sizes_are_exact(void **state)
{
	static const struct row rows[] = {
		{"a", {.type = VALUE_U32}, 0},
		{"b", {.type = VALUE_POINTER}, 0},
		{"c", {.type = VALUE_GUID, .count_kind = COUNT_FIXED, .count = 3}, 0},
		{"d", {.type = VALUE_UTF16, .length_kind = LENGTH_FIXED, .length = 5}, 0},
		{0},
	};

	(void)state;
	check(rows, 8, 4 + 8 + 48 + 10, 4 + 8 + 48 + 10);
	check(rows, 4, 4 + 4 + 48 + 10, 4 + 4 + 48 + 10);
}

static void what_may_be_absent_need_not_be_there(void **state)
{
	static const struct row rows[] = {
		{"a", {.type = VALUE_U32}, 0},
		{"b", {.type = VALUE_U16, .optional = true}, 0},
		{0},
	};

	(void)state;
	check(rows, 8, 4, 6);
}

static void sids_have_up_to_15_parts(void **state)
{
	static const struct row rows[] = {{"a", {.type = VALUE_SID}, 0}, {0}};

	(void)state;
	check(rows, 8, 8, 68);
}

static void texts_have_any_length_behind_their_count(void **state)
{
	static const struct row terminated[] = {
		{"a", {.type = VALUE_UTF16}, 0}, {"b", {.type = VALUE_U8}, 0}, {0}};
	static const struct row counted[] = {
		{"a", {.type = VALUE_ANSI, .length_kind = LENGTH_PREFIX}, 0},
		{"b", {.type = VALUE_U8, .count_kind = COUNT_PREFIX}, 0},
		{0},
	};

	(void)state;
	check(terminated, 8, 1, UINT32_MAX);
	check(counted, 8, 4, UINT32_MAX);
}

static void without_a_schema_any_size_will_do(void **state)
{
	const struct payload_size size = payload_size_of(NULL, 8);

	(void)state;
	assert_true(payload_size_fits(&size, 0));
	assert_true(payload_size_fits(&size, UINT32_MAX));
}

static void sizes_that_differ_by_a_byte_do_not_fit(void **state)
{
	static const struct row rows[] = {{"a", {.type = VALUE_U32}, 0}, {0}};
	struct schema *schema = schema_of_rows(rows, false);
	const struct payload_size size = payload_size_of(schema, 8);

	(void)state;
	assert_false(payload_size_fits(&size, 3));
	assert_true(payload_size_fits(&size, 4));
	assert_false(payload_size_fits(&size, 5));
	schema_free(schema);
}

static void writers_of_variants_may_have_other_pointers(void **state)
{
	static const struct row rows[] = {{"a", {.type = VALUE_POINTER}, 0}, {0}};
	struct schema *schema = schema_of_rows(rows, true);
	const struct payload_size size = payload_size_of(schema, 8);

	(void)state;
	assert_true(payload_size_fits(&size, 4));
	assert_true(payload_size_fits(&size, 8));
	assert_false(payload_size_fits(&size, 9));
	schema_free(schema);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fixed_sizes_are_exact),
		cmocka_unit_test(what_may_be_absent_need_not_be_there),
		cmocka_unit_test(sids_have_up_to_15_parts),
		cmocka_unit_test(texts_have_any_length_behind_their_count),
		cmocka_unit_test(without_a_schema_any_size_will_do),
		cmocka_unit_test(sizes_that_differ_by_a_byte_do_not_fit),
		cmocka_unit_test(writers_of_variants_may_have_other_pointers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
