#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/schema/field_path.h"
#include "tests/support/schema_rows.h"

#define ARRAY  .count_kind = COUNT_FIXED, .count = 3
#define STRUCT .type = VALUE_STRUCT

/* "field[element]/field[element] length", by the fields' names; or what is wrong. */
static void tell(const struct schema *schema, const char *path, char *story, size_t size)
{
	struct field_path found;
	enum field_path_result result = field_path_find(schema, path, &found);
	size_t used = 0, i;

	story[0] = '\0';
	if (result != FIELD_PATH_FOUND) {
		snprintf(story, size, "%s", field_path_problem(result));
		return;
	}
	assert_in_range(found.count, 1, SCHEMA_DEPTH_MAX + 1);
	for (i = 0; i < found.count; i++) {
		const struct field_path_step *step = &found.steps[i];

		assert_true(step->field < schema->field_count);
		used += (size_t)snprintf(story + used, size - used, "%s%s", i ? "/" : "",
					 schema->fields[step->field].name);
		if (step->element != FIELD_PATH_ANY)
			used += (size_t)snprintf(story + used, size - used, "[%u]", step->element);
	}
	snprintf(story + used, size - used, "%s", found.length ? " length" : "");
}

static void check(const struct row *rows, const char *path, const char *expected)
{
	struct schema *schema = schema_of_rows(rows, false);
	char story[512];

	tell(schema, path, story, sizeof(story));
	assert_string_equal(story, expected);
	schema_free(schema);
}

#define UNKNOWN	  "is not in the schema"
#define IS_ARRAY  "is an array: add an index, as in [0], or .length"
#define NO_ARRAY  "is no array: leave the index away"
#define IS_STRUCT "is a struct: name one of its members, as in A.B"
#define NO_LENGTH "has no .length: it is neither an array nor a string"

static const struct row machine[] = {
	{"Size", {.type = VALUE_U32}, 0},
	{"Name", {.type = VALUE_UTF16}, 0},
	{"Remote", {STRUCT}, 0}, /* 3 */
	{"Port", {.type = VALUE_PORT}, 3},
	{"Addresses", {.type = VALUE_IPV4, ARRAY}, 3},
	{"Disks", {STRUCT, ARRAY}, 0}, /* 6 */
	{"Label", {.type = VALUE_ANSI}, 6},
	{"Parts", {STRUCT, ARRAY}, 6}, /* 8 */
	{"Bytes", {.type = VALUE_U64, ARRAY}, 8},
	{"Texts", {.type = VALUE_UTF16, ARRAY}, 0},
	{0},
};

static void a_field_is_found_by_its_name(void **state)
{
	(void)state;
	check(machine, "Size", "Size");
	check(machine, "Name", "Name");
	check(machine, "size", UNKNOWN);
	check(machine, "Siz", UNKNOWN);
	check(machine, "Sizes", UNKNOWN);
	check(machine, "", UNKNOWN);
	check(machine, ".", UNKNOWN);
	check(machine, ".Size", UNKNOWN);
	check(machine, "Size.", UNKNOWN);
	check(machine, "Size.Size", UNKNOWN);
	check(machine, "Port", UNKNOWN);
}

static void members_are_found_level_by_level(void **state)
{
	(void)state;
	check(machine, "Remote.Port", "Remote/Port");
	check(machine, "Remote.Size", UNKNOWN);
	check(machine, "Remote.", UNKNOWN);
	check(machine, "Remote", IS_STRUCT);
	check(machine, "Disks[1].Label", "Disks[1]/Label");
	check(machine, "Disks[1].Parts[0].Bytes[2]", "Disks[1]/Parts[0]/Bytes[2]");
	check(machine, "Disks[1]", IS_STRUCT);
	check(machine, "Disks.Label", IS_ARRAY);
	check(machine, "Disks[1].Parts.Bytes[2]", IS_ARRAY);
}

static void an_array_needs_an_index_and_nothing_else_has_one(void **state)
{
	(void)state;
	check(machine, "Remote.Addresses[0]", "Remote/Addresses[0]");
	check(machine, "Remote.Addresses[65535]", "Remote/Addresses[65535]");
	check(machine, "Remote.Addresses", IS_ARRAY);
	check(machine, "Disks", IS_ARRAY);
	check(machine, "Size[0]", NO_ARRAY);
	check(machine, "Remote[0].Port", NO_ARRAY);
	check(machine, "Texts[0][1]", UNKNOWN);
}

static void an_index_is_a_small_number_in_brackets(void **state)
{
	static const char *const wrong[] = {
		"Texts[]",   "Texts[-1]",    "Texts[+1]",
		"Texts[ 1]", "Texts[65536]", "Texts[1",
		"Texts[1]x", "Texts[x]",     "Texts[99999999999999999999]"};
	struct schema *schema = schema_of_rows(machine, false);
	struct field_path found;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_not_equal(field_path_find(schema, wrong[i], &found), FIELD_PATH_FOUND);
	schema_free(schema);
	check(machine, "Texts[007]", "Texts[7]");
}

static void arrays_and_strings_have_a_length(void **state)
{
	(void)state;
	check(machine, "Name.length", "Name length");
	check(machine, "Texts.length", "Texts length");
	check(machine, "Texts[2].length", "Texts[2] length");
	check(machine, "Disks.length", "Disks length");
	check(machine, "Disks[0].Label.length", "Disks[0]/Label length");
	check(machine, "Disks[2].Parts.length", "Disks[2]/Parts length");
	check(machine, "Remote.Addresses.length", "Remote/Addresses length");
	check(machine, "Remote.Addresses[0].length", NO_LENGTH);
	check(machine, "Size.length", NO_LENGTH);
	check(machine, "Remote.length", NO_LENGTH);
	check(machine, "Disks[0].length", NO_LENGTH);
	check(machine, "Name.Length", UNKNOWN);
	check(machine, "Name.length.length", UNKNOWN);
}

static void names_may_hold_dots_and_brackets_and_the_longest_is_meant(void **state)
{
	static const struct row rows[] = {
		{"a", {STRUCT}, 0}, /* 1 */
		{"b", {.type = VALUE_U8}, 1},
		{"b.c", {.type = VALUE_U8}, 1},
		{"a.b", {.type = VALUE_U8}, 0},
		{"x[0]", {.type = VALUE_U8}, 0},
		{"x", {.type = VALUE_U8, ARRAY}, 0},
		{"y.length", {.type = VALUE_U8}, 0},
		{"y", {.type = VALUE_UTF16}, 0},
		{0},
	};

	(void)state;
	check(rows, "a.b", "a.b");
	check(rows, "a.b.c", UNKNOWN);
	check(rows, "x[0]", "x[0]");
	check(rows, "x[1]", "x[1]");
	check(rows, "y.length", "y.length");
	check(rows, "y", "y");
}

static void a_member_may_be_called_length(void **state)
{
	static const struct row rows[] = {
		{"Block", {STRUCT}, 0}, /* 1 */
		{"length", {.type = VALUE_U32}, 1},
		{"Blocks", {STRUCT, ARRAY}, 0}, /* 3 */
		{"length", {.type = VALUE_U32}, 3},
		{"length", {.type = VALUE_U32}, 0},
		{0},
	};

	(void)state;
	check(rows, "Block.length", "Block/length");
	check(rows, "Blocks[1].length", "Blocks[1]/length");
	check(rows, "Blocks.length", "Blocks length");
	check(rows, "length", "length");
}

static void of_two_fields_of_one_name_the_first_is_meant(void **state)
{
	static const struct row rows[] = {
		{"v", {.type = VALUE_U8}, 0}, {"v", {.type = VALUE_U16}, 0}, {0}};
	struct schema *schema = schema_of_rows(rows, false);
	struct field_path found;

	(void)state;
	assert_int_equal(field_path_find(schema, "v", &found), FIELD_PATH_FOUND);
	assert_int_equal(found.steps[0].field, 0);
	schema_free(schema);
}

static void the_deepest_schema_there_can_be_is_walked(void **state)
{
	struct row rows[SCHEMA_DEPTH_MAX + 1] = {0};
	char path[8 * SCHEMA_DEPTH_MAX] = "", story[512];
	struct schema *schema;
	uint16_t i;

	(void)state;
	for (i = 0; i < SCHEMA_DEPTH_MAX; i++) {
		rows[i] = (struct row){"s", {STRUCT, ARRAY}, i};
		strcat(path, i ? ".s[1]" : "s[1]");
	}
	rows[SCHEMA_DEPTH_MAX - 1].field = (struct field){.type = VALUE_U8, ARRAY};
	schema = schema_of_rows(rows, false);
	tell(schema, path, story, sizeof(story));
	assert_string_equal(story, "s[1]/s[1]/s[1]/s[1]/s[1]/s[1]/s[1]/s[1]/s[1]");
	strcat(path, ".s[1]");
	tell(schema, path, story, sizeof(story));
	assert_string_equal(story, UNKNOWN);
	schema_free(schema);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_is_found_by_its_name),
		cmocka_unit_test(members_are_found_level_by_level),
		cmocka_unit_test(an_array_needs_an_index_and_nothing_else_has_one),
		cmocka_unit_test(an_index_is_a_small_number_in_brackets),
		cmocka_unit_test(arrays_and_strings_have_a_length),
		cmocka_unit_test(names_may_hold_dots_and_brackets_and_the_longest_is_meant),
		cmocka_unit_test(a_member_may_be_called_length),
		cmocka_unit_test(of_two_fields_of_one_name_the_first_is_meant),
		cmocka_unit_test(the_deepest_schema_there_can_be_is_walked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
