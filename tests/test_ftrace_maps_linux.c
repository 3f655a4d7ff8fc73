/* Maps out of the print formats of tracefs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/support/format_rig_linux.h"

static void assert_map(const struct value_map *map, bool bits, size_t count, uint32_t first,
		       const char *name)
{
	assert_non_null(map);
	assert_int_equal(map->bits, bits);
	assert_int_equal(map->count, count);
	assert_int_equal(map->values[0], first);
	assert_string_equal(map->names[0], name);
}

static void symbols_and_flags_of_the_print_format_are_maps(void **state)
{
	struct schema *schema;
	struct format_rig rig;

	(void)state;
	format_rig_begin(&rig);
	schema = format_rig_parse(
		&rig,
		FIELD("u32 kind", 8, 4, 0) FIELD("u64 flags", 16, 8, 0)
			FIELD("long state", 24, 8, 1) FIELD("u32 plain", 32, 4, 0),
		"\"%s %s %s %d\", __print_symbolic(REC->kind, {2, \"two\"}, {3, \"three\"}), "
		"__print_flags((unsigned long)REC->flags, \"|\", {0x10, \"A\"}), "
		"REC->state & 255 ? __print_flags(REC->state & 255, \"|\", {0x1, \"S\"}, "
		"{0x2, \"D\"}) : \"R\", REC->plain");
	assert_non_null(schema);
	assert_map(format_rig_field(schema, "kind")->map, false, 2, 2, "two");
	assert_map(format_rig_field(schema, "flags")->map, true, 1, 0x10, "A");
	assert_map(format_rig_field(schema, "state")->map, true, 2, 1, "S");
	assert_null(format_rig_field(schema, "plain")->map);
	schema_free(schema);
	format_rig_end(&rig);
}

static void symbols_beyond_32_bits_are_left_out(void **state)
{
	struct schema *schema;
	struct format_rig rig;

	(void)state;
	format_rig_begin(&rig);
	schema = format_rig_parse(
		&rig, FIELD("u64 kind", 8, 8, 0),
		"\"%s\", __print_symbolic(REC->kind, {0x100000000, \"far\"}, {4, \"four\"})");
	assert_non_null(schema);
	assert_map(format_rig_field(schema, "kind")->map, false, 1, 4, "four");
	schema_free(schema);
	format_rig_end(&rig);
}

static void symbols_are_numbers_however_c_writes_them(void **state)
{
	const struct value_map *map;
	struct schema *schema;
	struct format_rig rig;

	(void)state;
	format_rig_begin(&rig);
	schema = format_rig_parse(
		&rig,
		FIELD("u32 flags", 8, 4, 0) FIELD("int fork", 12, 4, 1) FIELD("s8 small", 16, 1, 1)
			FIELD("u64 root", 24, 8, 0),
		"\"%s %s %s %s\", __print_flags(REC->flags, \"|\", {0x0001u, \"A\"}, "
		"{0x0010UL, \"B\"}), __print_symbolic(REC->fork, {(-1), \"staging\"}, "
		"{(0), \"data\"}), __print_symbolic(REC->small, {-2, \"two\"}), "
		"__print_symbolic(REC->root, {1ULL, \"ROOT\"}, {-6ULL, \"LOG\"})");
	assert_non_null(schema);
	map = format_rig_field(schema, "flags")->map;
	assert_map(map, true, 2, 1, "A");
	assert_int_equal(map->values[1], 0x10);
	assert_map(format_rig_field(schema, "fork")->map, false, 2, UINT32_MAX, "staging");
	assert_map(format_rig_field(schema, "small")->map, false, 1, 0xfe, "two");
	assert_map(format_rig_field(schema, "root")->map, false, 1, 1, "ROOT");
	schema_free(schema);
	format_rig_end(&rig);
}

static void a_print_format_that_is_not_understood_leaves_the_fields(void **state)
{
	static const char *const prints[] = {
		"\"%s\", some_function_nobody_knows(REC->a, {}, [)",
		"\"%s\", __print_symbolic(REC->a, {1, \"one\"",
		"\"%pS",
		"",
		"\"%d\", REC->missing",
		"\"%d\", ((((((((",
		"\"\", REC->a ? : ::",
	};
	struct schema *schema;
	struct format_rig rig;
	size_t i;

	(void)state;
	format_rig_begin(&rig);
	payload_u32(&rig.payload, 5);
	for (i = 0; i < sizeof(prints) / sizeof(prints[0]); i++) {
		schema = format_rig_parse(&rig, FIELD("u32 a", 8, 4, 0), prints[i]);
		assert_non_null(schema);
		format_rig_assert_decoded(schema, &rig.payload, PAYLOAD_OK, "\"a\":5");
		schema_free(schema);
	}
	format_rig_end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(symbols_and_flags_of_the_print_format_are_maps),
		cmocka_unit_test(symbols_beyond_32_bits_are_left_out),
		cmocka_unit_test(symbols_are_numbers_however_c_writes_them),
		cmocka_unit_test(a_print_format_that_is_not_understood_leaves_the_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
