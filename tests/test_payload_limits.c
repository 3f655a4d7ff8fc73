#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "exporter/schema/payload.h"
#include "tests/support/schema_rows.h"

#define BYTES(literal) (literal), sizeof(literal) - 1

static void count_values(void *context, const struct value *value)
{
	(void)value;
	++*(uint32_t *)context;
}

/* What is told of a payload of few bytes. */
static uint32_t told(const struct row *rows, const char *payload, size_t bytes,
		     enum payload_result expected)
{
	struct schema *schema = schema_of_rows(rows, false);
	uint32_t values = 0;
	const struct payload_visitor visitor = {.value = count_values, .context = &values};
	size_t consumed;

	assert_int_equal(
		payload_visit(schema, (const uint8_t *)payload, bytes, 8, &visitor, &consumed),
		expected);
	schema_free(schema);
	return values;
}

static void arrays_of_nothing_are_bounded(void **state)
{
	struct row rows[] = {{"n", {.type = VALUE_U32}, 0},
			     {"v", {.type = VALUE_NULL, .count_kind = COUNT_FIELD}, 0},
			     {0}};

	(void)state;
	assert_int_equal(told(rows, BYTES("\0\0\1\0"), PAYLOAD_OK), 65536 + 1);
	assert_int_equal(told(rows, BYTES("\1\0\1\0"), PAYLOAD_COUNT), 65536 + 1);
	assert_int_equal(told(rows, BYTES("\xff\xff\xff\xff"), PAYLOAD_COUNT), 65536 + 1);
	rows[1].field.count_kind = COUNT_REST;
	assert_int_equal(told(rows, BYTES("1234\0"), PAYLOAD_COUNT), 65536 + 1);
}

static void arrays_in_arrays_are_bounded_together(void **state)
{
	const struct row rows[] = {
		{"s", {.type = VALUE_STRUCT, .count_kind = COUNT_FIXED, .count = 60000}, 0},
		{"v", {.type = VALUE_NULL, .count_kind = COUNT_FIXED, .count = 60000}, 1},
		{0}};

	(void)state;
	assert_true(told(rows, NULL, 0, PAYLOAD_COUNT) <= 65536);
}

/* Structs of members without bytes are no way around that. */
static void members_without_bytes_are_bounded(void **state)
{
	struct row rows[1002] = {
		{"s", {.type = VALUE_STRUCT, .count_kind = COUNT_FIXED, .count = 60000}, 0}};
	size_t i;

	(void)state;
	for (i = 1; i <= 1000; i++)
		rows[i] = (struct row){"v", {.type = VALUE_ANSI}, 1};
	assert_true(told(rows, NULL, 0, PAYLOAD_COUNT) <= PAYLOAD_FIELDS_MAX);
	for (i = 1; i <= 1000; i++)
		rows[i].field.optional = true;
	assert_int_equal(told(rows, NULL, 0, PAYLOAD_COUNT), 0);
}

static void the_largest_payload_of_the_smallest_structs_is_in_bounds(void **state)
{
	const struct row rows[] = {{"s", {.type = VALUE_STRUCT, .count_kind = COUNT_REST}, 0},
				   {"t", {.type = VALUE_STRUCT}, 1},
				   {"v", {.type = VALUE_U8}, 2},
				   {0}};
	char *payload = calloc(1, 65535);

	(void)state;
	assert_non_null(payload);
	assert_int_equal(told(rows, payload, 65535, PAYLOAD_OK), 65535);
	free(payload);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arrays_of_nothing_are_bounded),
		cmocka_unit_test(arrays_in_arrays_are_bounded_together),
		cmocka_unit_test(members_without_bytes_are_bounded),
		cmocka_unit_test(the_largest_payload_of_the_smallest_structs_is_in_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
