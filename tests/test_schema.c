#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/schema/schema.h"

static struct schema_builder *begin(void)
{
	struct schema_builder *builder = schema_builder_new("test");

	assert_non_null(builder);
	return builder;
}

static uint16_t add(struct schema_builder *builder, uint16_t parent, struct field field,
		    const char *name)
{
	return schema_builder_add(builder, parent, &field, name, strlen(name));
}

static const struct field number = {.type = VALUE_U32};
static const struct field structure = {.type = VALUE_STRUCT};

static struct field counted_by(uint16_t handle)
{
	return (struct field){.type = VALUE_U8, .count_kind = COUNT_FIELD, .count = handle};
}

static struct field sized_by(uint16_t handle)
{
	return (struct field){.type = VALUE_ANSI, .length_kind = LENGTH_FIELD, .length = handle};
}

static void a_schema_may_be_empty(void **state)
{
	struct schema *schema = schema_builder_end(begin());

	(void)state;
	assert_non_null(schema);
	assert_string_equal(schema->source, "test");
	assert_int_equal(schema->field_count, 0);
	assert_string_equal(schema->provider, "");
	assert_string_equal(schema->keywords, "");
	assert_false(schema->has_variants);
	schema_free(schema);
}

static void names_are_copied_and_the_last_one_stays(void **state)
{
	struct schema_builder *builder = begin();
	char name[] = "first";
	struct schema *schema;

	(void)state;
	schema_builder_name(builder, SCHEMA_EVENT, name, 5);
	memcpy(name, "other", 5);
	schema_builder_name(builder, SCHEMA_PROVIDER, name, 2);
	schema_builder_name(builder, SCHEMA_TASK, name, 5);
	schema_builder_name(builder, SCHEMA_TASK, "", 0);
	add(builder, SCHEMA_TOP, number, name);
	memset(name, 'x', 5);
	schema_builder_has_variants(builder);
	schema = schema_builder_end(builder);
	assert_non_null(schema);
	assert_string_equal(schema->event, "first");
	assert_string_equal(schema->provider, "ot");
	assert_string_equal(schema->task, "");
	assert_string_equal(schema->fields[0].name, "other");
	assert_true(schema->has_variants);
	schema_free(schema);
}

static void members_stand_behind_the_level_above(void **state)
{
	struct schema_builder *builder = begin();
	uint16_t outer, inner;
	struct schema *schema;
	const struct field *fields;

	(void)state;
	outer = add(builder, SCHEMA_TOP, structure, "outer");
	add(builder, outer, number, "a");
	inner = add(builder, outer, structure, "inner");
	add(builder, inner, number, "b");
	add(builder, SCHEMA_TOP, number, "z");
	add(builder, outer, number, "c");
	schema = schema_builder_end(builder);
	assert_non_null(schema);
	fields = schema->fields;
	assert_int_equal(schema->top_count, 2);
	assert_int_equal(schema->field_count, 6);
	assert_string_equal(fields[0].name, "outer");
	assert_string_equal(fields[1].name, "z");
	assert_int_equal(fields[0].first_member, 2);
	assert_int_equal(fields[0].member_count, 3);
	assert_string_equal(fields[2].name, "a");
	assert_string_equal(fields[3].name, "inner");
	assert_string_equal(fields[4].name, "c");
	assert_int_equal(fields[3].first_member, 5);
	assert_int_equal(fields[3].member_count, 1);
	assert_string_equal(fields[5].name, "b");
	schema_free(schema);
}

static void references_become_indexes(void **state)
{
	struct schema_builder *builder = begin();
	uint16_t outer, count, own;
	struct schema *schema;

	(void)state;
	count = add(builder, SCHEMA_TOP, number, "count");
	outer = add(builder, SCHEMA_TOP, structure, "outer");
	own = add(builder, outer, number, "own");
	add(builder, outer, sized_by(own), "sized");
	add(builder, outer, counted_by(count), "counted");
	add(builder, SCHEMA_TOP, number, "z");
	schema = schema_builder_end(builder);
	assert_non_null(schema);
	assert_string_equal(schema->fields[schema->fields[4].length].name, "own");
	assert_string_equal(schema->fields[schema->fields[5].count].name, "count");
	assert_true(schema->fields[0].is_reference);
	assert_true(schema->fields[3].is_reference);
	assert_false(schema->fields[2].is_reference);
	schema_free(schema);
}

/* A field that is added last refers to the handle; none becomes a schema. */
static void assert_refused(struct schema_builder *builder, uint16_t parent, uint16_t handle)
{
	add(builder, parent, counted_by(handle), "bad");
	assert_null(schema_builder_end(builder));
}

static void what_does_not_stand_before_is_no_reference(void **state)
{
	struct schema_builder *builder = begin();
	uint16_t outer, other;

	(void)state;
	assert_refused(builder, SCHEMA_TOP, 0);
	builder = begin();
	assert_refused(builder, SCHEMA_TOP, 7);
	builder = begin();
	add(builder, SCHEMA_TOP, counted_by(1), "early");
	add(builder, SCHEMA_TOP, number, "late");
	assert_null(schema_builder_end(builder));
	/* Added before the member, but behind its struct in the payload. */
	builder = begin();
	outer = add(builder, SCHEMA_TOP, structure, "outer");
	other = add(builder, SCHEMA_TOP, number, "late");
	assert_refused(builder, outer, other);
}

static void what_is_in_another_struct_is_no_reference(void **state)
{
	struct schema_builder *builder = begin();
	uint16_t one, two, member;

	(void)state;
	one = add(builder, SCHEMA_TOP, structure, "one");
	member = add(builder, one, number, "member");
	two = add(builder, SCHEMA_TOP, structure, "two");
	assert_refused(builder, two, member);
	builder = begin();
	one = add(builder, SCHEMA_TOP, structure, "one");
	member = add(builder, one, number, "member");
	assert_refused(builder, SCHEMA_TOP, member);
}

static void what_is_no_single_number_is_no_reference(void **state)
{
	static const struct field refused[] = {
		{.type = VALUE_STRUCT},
		{.type = VALUE_NULL},
		{.type = VALUE_NULL, .length_kind = LENGTH_FIXED, .length = 4},
		{.type = VALUE_U8, .count_kind = COUNT_FIXED, .count = 1},
		{.type = VALUE_U8, .count_kind = COUNT_PREFIX},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct schema_builder *builder = begin();

		assert_refused(builder, SCHEMA_TOP, add(builder, SCHEMA_TOP, refused[i], "n"));
	}
}

static void only_structs_have_members(void **state)
{
	struct schema_builder *builder = begin();

	(void)state;
	add(builder, add(builder, SCHEMA_TOP, number, "n"), number, "member");
	assert_null(schema_builder_end(builder));
	builder = begin();
	add(builder, 3, number, "member");
	assert_null(schema_builder_end(builder));
}

static void structs_nest_to_a_limit(void **state)
{
	unsigned int depth, i;

	(void)state;
	for (depth = 1; depth < 12; depth++) {
		struct schema_builder *builder = begin();
		uint16_t parent = SCHEMA_TOP;
		struct schema *schema;

		for (i = 0; i < depth; i++)
			parent = add(builder, parent, structure, "s");
		schema = schema_builder_end(builder);
		assert_int_equal(schema != NULL, depth <= SCHEMA_DEPTH_MAX);
		schema_free(schema);
	}
}

static void fields_are_many_to_a_limit(void **state)
{
	struct schema_builder *builder = begin();
	struct schema *schema;
	unsigned int i;

	(void)state;
	for (i = 0; i < SCHEMA_FIELDS_MAX; i++)
		assert_int_equal(add(builder, SCHEMA_TOP, number, "n"), i);
	schema = schema_builder_end(builder);
	assert_non_null(schema);
	assert_int_equal(schema->top_count, SCHEMA_FIELDS_MAX);
	schema_free(schema);
	builder = begin();
	for (i = 0; i <= SCHEMA_FIELDS_MAX; i++)
		add(builder, SCHEMA_TOP, number, "n");
	assert_null(schema_builder_end(builder));
}

static void names_are_long_to_a_limit(void **state)
{
	char *name = calloc(1, 300u << 10);
	struct schema_builder *builder = begin();
	struct schema *schema;

	(void)state;
	assert_non_null(name);
	memset(name, 'n', 200u << 10);
	schema_builder_name(builder, SCHEMA_EVENT, name, 200u << 10);
	schema = schema_builder_end(builder);
	assert_non_null(schema);
	assert_int_equal(strlen(schema->event), 200u << 10);
	assert_true(schema->bytes > 200u << 10);
	schema_free(schema);
	builder = begin();
	schema_builder_name(builder, SCHEMA_EVENT, name, 200u << 10);
	schema_builder_name(builder, SCHEMA_TASK, name, 100u << 10);
	schema_builder_name(builder, SCHEMA_TASK, name, 1);
	assert_null(schema_builder_end(builder));
	free(name);
}

/* Bytes behind the end are not read: the name has no terminator. */
static void a_name_has_the_length_that_is_said(void **state)
{
	struct schema_builder *builder = begin();
	char *name = malloc(3);
	struct schema *schema;

	(void)state;
	assert_non_null(name);
	memcpy(name, "abc", 3);
	schema_builder_add(builder, SCHEMA_TOP, &number, name, 3);
	schema_builder_add(builder, SCHEMA_TOP, &number, NULL, 0);
	free(name);
	schema = schema_builder_end(builder);
	assert_non_null(schema);
	assert_string_equal(schema->fields[0].name, "abc");
	assert_string_equal(schema->fields[1].name, "");
	schema_free(schema);
}

static void a_builder_may_be_given_up(void **state)
{
	struct schema_builder *builder = begin();

	(void)state;
	add(builder, SCHEMA_TOP, number, "n");
	schema_builder_free(builder);
	schema_builder_free(NULL);
	schema_free(NULL);
}

static void types_have_names_and_widths(void **state)
{
	unsigned int i, j;

	(void)state;
	for (i = 0; i < VALUE_TYPE_COUNT; i++) {
		assert_non_null(value_type_name((enum value_type)i));
		for (j = 0; j < i; j++)
			assert_string_not_equal(value_type_name((enum value_type)i),
						value_type_name((enum value_type)j));
	}
	assert_int_equal(value_type_bytes(VALUE_POINTER, 4), 4);
	assert_int_equal(value_type_bytes(VALUE_POINTER, 8), 8);
	assert_int_equal(value_type_bytes(VALUE_GUID, 4), 16);
	assert_int_equal(value_type_bytes(VALUE_UTF16, 8), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_schema_may_be_empty),
		cmocka_unit_test(names_are_copied_and_the_last_one_stays),
		cmocka_unit_test(members_stand_behind_the_level_above),
		cmocka_unit_test(references_become_indexes),
		cmocka_unit_test(what_does_not_stand_before_is_no_reference),
		cmocka_unit_test(what_is_in_another_struct_is_no_reference),
		cmocka_unit_test(what_is_no_single_number_is_no_reference),
		cmocka_unit_test(only_structs_have_members),
		cmocka_unit_test(structs_nest_to_a_limit),
		cmocka_unit_test(fields_are_many_to_a_limit),
		cmocka_unit_test(names_are_long_to_a_limit),
		cmocka_unit_test(a_name_has_the_length_that_is_said),
		cmocka_unit_test(a_builder_may_be_given_up),
		cmocka_unit_test(types_have_names_and_widths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
