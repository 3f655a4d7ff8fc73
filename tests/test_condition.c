#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/rule/condition.h"
#include "tests/support/payload.h"
#include "tests/support/rule_text.h"
#include "tests/support/schema_rows.h"

static char provider[] = "Shop", event_name[] = "Sold";

static const struct event_type shop = {
	.encoding = ENCODING_MANIFEST, .id = 7, .provider = provider, .event = event_name};

static const uint8_t guid_bytes[16] = {0x6e, 0x12, 0x95, 0x1c, 0xea, 0x7e, 0xa9, 0x49,
				       0xa3, 0xfe, 0xa3, 0x78, 0xb0, 0x3d, 0xdb, 0x4d};

#define GUID_TEXT "1c95126e-7eea-49a9-a3fe-a378b03ddb4d"

static bool find_fields(const struct condition *condition, const struct schema *schema,
			struct extraction *extraction, struct rule_field *fields)
{
	size_t i;

	for (i = 0; i < condition_leaf_count(condition); i++)
		if (!rule_field_find(condition_leaf(condition, i)->path,
				     condition_leaf_state(condition, i), schema, extraction,
				     &fields[i]))
			return false;
	return true;
}

static bool holds_in(const char *where, const struct schema *schema, const uint8_t *payload,
		     size_t length)
{
	struct config *config = rule_text_where(where);
	struct extraction *extraction = schema ? extraction_new(schema) : NULL;
	struct event_record record = {.guid = guid_bytes,
				      .kind = RECORD_EVENT,
				      .payload = payload,
				      .payload_bytes = (uint32_t)length,
				      .pointer_bytes = 8,
				      .pid = 42,
				      .tid = UINT32_MAX,
				      .level = 4};
	struct event_view view = {.record = &record, .type = &shop, .session = "test"};
	struct rule_field fields[32];
	struct condition *condition;
	struct problems problems;
	bool result;

	problems_init(&problems);
	condition = condition_new(&config->rules[0].where, "test.yml", &problems);
	assert_non_null(condition);
	assert_true(condition_leaf_count(condition) <= 32);
	assert_true(find_fields(condition, schema, extraction, fields));
	if (extraction)
		extraction_run(extraction, &record);
	result = condition_holds(condition, fields, &view, extraction);
	assert_int_equal(condition_holds(condition, fields, &view, extraction), result);
	condition_free(condition);
	extraction_free(extraction);
	config_free(config);
	problems_done(&problems);
	return result;
}

/* Of an event with one field, "v". */
static bool holds_of(struct field field, const void *bytes, size_t length, const char *operator)
{
	const struct row rows[] = {{"v", field, 0}, {0}};
	struct schema *schema = schema_of_rows(rows, false);
	char where[512];
	bool result;

	snprintf(where, sizeof(where), "{field: v, %s}", operator);
	result = holds_in(where, schema, bytes, length);
	schema_free(schema);
	return result;
}

static bool holds_of_number(enum value_type type, uint64_t bits, const char *operator)
{
	const struct field field = {.type = (uint8_t)type};
	uint8_t bytes[8];
	size_t i;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(bits >> 8 * i);
	return holds_of(field, bytes, value_type_bytes(type, 8), operator);
}

static bool holds_of_double(double number, const char *operator)
{
	uint64_t bits;

	memcpy(&bits, &number, sizeof(bits));
	return holds_of_number(VALUE_F64, bits, operator);
}

static bool holds_of_text(const char *text, const char *operator)
{
	return holds_of((struct field){.type = VALUE_ANSI}, text, strlen(text), operator);
}

/* How a number stands to an operand: one of `<`, `=` and `>`, by all comparisons alike; `!`: none.
 */
static char order_to(enum value_type type, uint64_t bits, const char *operand)
{
	static const char *const names[] = {"lt", "le", "eq", "ge", "gt", "ne"};
	unsigned int held = 0, i;
	char operator[64];

	for (i = 0; i < 6; i++) {
		snprintf(operator, sizeof(operator), "%s: %s", names[i], operand);
		held |= (unsigned int)holds_of_number(type, bits, operator) << i;
	}
	switch (held) {
	case 1 | 2 | 32:
		return '<';
	case 2 | 4 | 8:
		return '=';
	case 8 | 16 | 32:
		return '>';
	case 32:
		return '!';
	default:
		return '?';
	}
}

#define CHECK_ORDER(type, bits, order, operand) \
	assert_int_equal(order_to(type, (uint64_t)(bits), operand), (order)[0])

static void integers_are_compared_exactly(void **state)
{
	(void)state;
	CHECK_ORDER(VALUE_U32, 5, "=", "5");
	CHECK_ORDER(VALUE_U32, 5, "=", "0x5");
	CHECK_ORDER(VALUE_U32, 5, "=", "5.0");
	CHECK_ORDER(VALUE_U32, 5, "<", "6");
	CHECK_ORDER(VALUE_U32, 5, ">", "4");
	CHECK_ORDER(VALUE_U8, 200, ">", "100");
	CHECK_ORDER(VALUE_I8, 200, "=", "-56");
	CHECK_ORDER(VALUE_I16, 0x8000, "=", "-32768");
	CHECK_ORDER(VALUE_I32, -1, "=", "-1");
	CHECK_ORDER(VALUE_I32, -1, "<", "0");
	CHECK_ORDER(VALUE_I32, -5, "<", "-4");
	CHECK_ORDER(VALUE_I32, -5, ">", "-6");
	CHECK_ORDER(VALUE_U32, 0xffffffff, ">", "-1");
	CHECK_ORDER(VALUE_U32, 0, "=", "-0");
	CHECK_ORDER(VALUE_I32, 0, ">", "-1");
}

static void integers_at_the_limits_of_64_bits_are_compared_exactly(void **state)
{
	(void)state;
	CHECK_ORDER(VALUE_U64, UINT64_MAX, "=", "18446744073709551615");
	CHECK_ORDER(VALUE_U64, UINT64_MAX, "=", "0xffffffffffffffff");
	CHECK_ORDER(VALUE_U64, UINT64_MAX, ">", "18446744073709551614");
	CHECK_ORDER(VALUE_U64, UINT64_MAX - 1, "<", "18446744073709551615");
	CHECK_ORDER(VALUE_U64, UINT64_MAX, ">", "-1");
	CHECK_ORDER(VALUE_I64, UINT64_MAX, "=", "-1");
	CHECK_ORDER(VALUE_I64, UINT64_MAX, "<", "18446744073709551615");
	CHECK_ORDER(VALUE_I64, INT64_MIN, "=", "-9223372036854775808");
	CHECK_ORDER(VALUE_I64, INT64_MIN, "<", "-9223372036854775807");
	CHECK_ORDER(VALUE_I64, INT64_MAX, "=", "9223372036854775807");
	CHECK_ORDER(VALUE_I64, INT64_MAX, "<", "9223372036854775808");
	CHECK_ORDER(VALUE_U64, (uint64_t)1 << 63, "=", "9223372036854775808");
	CHECK_ORDER(VALUE_U64, ((uint64_t)1 << 53) + 1, ">", "9007199254740992");
}

static void operands_beyond_64_bits_are_beyond_all_integers(void **state)
{
	(void)state;
	CHECK_ORDER(VALUE_U64, UINT64_MAX, "<", "18446744073709551616");
	CHECK_ORDER(VALUE_U64, UINT64_MAX, "<", "1e300");
	CHECK_ORDER(VALUE_U64, 0, ">", "-1e300");
	CHECK_ORDER(VALUE_I64, INT64_MAX, "<", "9223372036854775808.5");
	CHECK_ORDER(VALUE_I64, INT64_MIN, ">", "-9223372036854775809");
	CHECK_ORDER(VALUE_I64, INT64_MIN, ">", "-1e19");
	CHECK_ORDER(VALUE_I64, INT64_MIN, ">", "-18446744073709551617");
}

static void integers_are_compared_with_fractions(void **state)
{
	(void)state;
	CHECK_ORDER(VALUE_U32, 5, "<", "5.5");
	CHECK_ORDER(VALUE_U32, 6, ">", "5.5");
	CHECK_ORDER(VALUE_I32, -5, ">", "-5.5");
	CHECK_ORDER(VALUE_I32, -6, "<", "-5.5");
	CHECK_ORDER(VALUE_I32, 0, ">", "-0.5");
	CHECK_ORDER(VALUE_I32, 0, "<", "0.5");
	CHECK_ORDER(VALUE_I32, -1, "<", "0.5");
	CHECK_ORDER(VALUE_U64, UINT64_MAX, ">", "0.5");
}

static char order_of_double(double number, const char *operand)
{
	uint64_t bits;

	memcpy(&bits, &number, sizeof(bits));
	return order_to(VALUE_F64, bits, operand);
}

static void doubles_are_compared_as_they_are(void **state)
{
	(void)state;
	assert_int_equal(order_of_double(1.5, "1.5"), '=');
	assert_int_equal(order_of_double(1.5, "1"), '>');
	assert_int_equal(order_of_double(1.5, "2"), '<');
	assert_int_equal(order_of_double(-1.5, "-1"), '<');
	assert_int_equal(order_of_double(-1.5, "-2"), '>');
	assert_int_equal(order_of_double(-0.0, "0"), '=');
	assert_int_equal(order_of_double(-0.0, "-1"), '>');
	assert_int_equal(order_of_double(3, "3"), '=');
	assert_int_equal(order_of_double(0x1p64, "18446744073709551615"), '>');
	assert_int_equal(order_of_double(0x1p53, "9007199254740993"), '<');
	assert_int_equal(order_of_double(-0x1p63, "-9223372036854775808"), '=');
	assert_int_equal(order_of_double((double)INFINITY, "1e308"), '>');
	assert_int_equal(order_of_double(-(double)INFINITY, "-18446744073709551615"), '<');
	CHECK_ORDER(VALUE_F32, 0x3fc00000, "=", "1.5");
}

static void no_number_is_not_equal_and_has_no_order(void **state)
{
	(void)state;
	assert_int_equal(order_of_double((double)NAN, "0"), '!');
	assert_int_equal(order_of_double((double)NAN, "0.5"), '!');
}

static void all_kinds_of_integers_are_numbers(void **state)
{
	(void)state;
	CHECK_ORDER(VALUE_POINTER, 0x123456789a, "=", "0x123456789a");
	CHECK_ORDER(VALUE_HEX32, 16, "=", "16");
	CHECK_ORDER(VALUE_HEX64, 16, "<", "17");
	CHECK_ORDER(VALUE_FILETIME, 132000000000000000, ">", "131000000000000000");
	CHECK_ORDER(VALUE_PORT, 0x5000, "=", "80");
	CHECK_ORDER(VALUE_BOOL32, 1, "=", "1");
	CHECK_ORDER(VALUE_CHAR16, 65, "=", "65");
}

static void a_list_is_one_of_them_or_none_of_them(void **state)
{
	(void)state;
	assert_true(holds_of_number(VALUE_U32, 5, "in: [4, 5]"));
	assert_true(holds_of_number(VALUE_U32, 5, "eq: [4, 5]"));
	assert_false(holds_of_number(VALUE_U32, 5, "in: [4, 6]"));
	assert_true(holds_of_number(VALUE_U32, 5, "ne: [4, 6]"));
	assert_false(holds_of_number(VALUE_U32, 5, "ne: [4, 5]"));
	assert_true(holds_of_text("b", "in: [a, b, 3]"));
	assert_true(holds_of_text("3", "in: [a, b, 3]"));
}

static void a_mask_asks_for_any_of_its_bits(void **state)
{
	(void)state;
	assert_true(holds_of_number(VALUE_U32, 5, "mask: 0x6"));
	assert_false(holds_of_number(VALUE_U32, 5, "mask: 2"));
	assert_true(holds_of_number(VALUE_U64, (uint64_t)1 << 63, "mask: 0x8000000000000000"));
	assert_true(holds_of_number(VALUE_I64, (uint64_t)INT64_MIN, "mask: 0x8000000000000000"));
	assert_false(holds_of_double(5, "mask: 5"));
	assert_false(holds_of_text("5", "mask: 5"));
}

static void texts_are_equal_to_the_byte(void **state)
{
	const struct field counted = {.type = VALUE_ANSI, .length_kind = LENGTH_PREFIX};
	struct payload payload = {0};

	(void)state;
	assert_true(holds_of_text("abc", "eq: abc"));
	assert_false(holds_of_text("abc", "eq: ABC"));
	assert_false(holds_of_text("abc", "eq: ab"));
	assert_true(holds_of_text("abc", "ne: ABC"));
	assert_true(holds_of_text("", "eq: ''"));
	assert_false(holds_of_text("x", "eq: ''"));
	assert_true(holds_of_text("007", "eq: 007"));
	assert_false(holds_of_text("7", "eq: 007"));
	assert_true(holds_of_text("7", "eq: '7'"));
	assert_false(holds_of_text("7", "gt: 6"));
	assert_false(holds_of(counted, "\4\0ab\0c", 6, "eq: ab"));
	assert_true(holds_of(counted, "\2\0ab", 4, "eq: ab"));
	payload_utf16(&payload, "gr\xc3\xbc\xc3\x9f");
	assert_true(holds_of((struct field){.type = VALUE_UTF16}, payload.bytes, payload.length,
			     "eq: gr\xc3\xbc\xc3\x9f"));
}

static void patterns_and_expressions_look_at_the_text(void **state)
{
	(void)state;
	assert_true(holds_of_text("www.example.com", "glob: '*.EXAMPLE.com'"));
	assert_false(holds_of_text("example.com", "glob: '*.example.com'"));
	assert_true(holds_of_text("www.example.com", "regex: '\\.example\\.com$'"));
	assert_false(holds_of_text("www.example.com.x", "regex: '\\.example\\.com$'"));
	assert_true(holds_of_text("", "regex: '^$'"));
	assert_true(holds_of_number(VALUE_U32, 1234, "glob: '12*'"));
	assert_true(holds_of_number(VALUE_U32, 1234, "regex: '^1.*4$'"));
}

static void a_mapped_number_is_compared_as_number_and_by_its_name(void **state)
{
	static const uint32_t values[] = {1, 28};
	static const char *const names[] = {"A", "AAAA"};
	static const struct value_map map = {.count = 2, .values = values, .names = names};
	const struct field field = {.type = VALUE_U32, .map = &map};

	(void)state;
	assert_true(holds_of(field, "\34\0\0\0", 4, "eq: AAAA"));
	assert_true(holds_of(field, "\34\0\0\0", 4, "eq: 28"));
	assert_true(holds_of(field, "\34\0\0\0", 4, "ge: 28"));
	assert_false(holds_of(field, "\34\0\0\0", 4, "eq: A"));
	assert_true(holds_of(field, "\34\0\0\0", 4, "regex: '^A+$'"));
	assert_true(holds_of(field, "\5\0\0\0", 4, "eq: 5"));
	assert_false(holds_of(field, "\5\0\0\0", 4, "eq: A"));
}

static void truths_are_true_or_false(void **state)
{
	const struct field byte = {.type = VALUE_U8, .out = OUT_BOOLEAN};

	(void)state;
	assert_true(holds_of_number(VALUE_BOOL32, 1, "eq: true"));
	assert_true(holds_of_number(VALUE_BOOL32, 7, "eq: True"));
	assert_true(holds_of_number(VALUE_BOOL32, 0, "eq: FALSE"));
	assert_false(holds_of_number(VALUE_BOOL32, 0, "eq: true"));
	assert_true(holds_of_number(VALUE_BOOL32, 0, "ne: true"));
	assert_true(holds_of(byte, "\1", 1, "eq: true"));
	assert_true(holds_of(byte, "\0", 1, "eq: 'false'"));
	assert_true(holds_of(byte, "\0", 1, "eq: 0"));
	/* Of texts letters count. */
	assert_false(holds_of_text("true", "eq: True"));
}

static void guids_may_be_written_in_any_way(void **state)
{
	static const char *const same[] = {"eq: " GUID_TEXT, "eq: '{" GUID_TEXT "}'",
					   "eq: 1C95126E-7EEA-49A9-A3FE-A378B03DDB4D",
					   "eq: '{1C95126E-7EEA-49A9-A3FE-A378B03DDB4D}'",
					   "in: [x, 1c95126E-7eea-49A9-a3fe-a378b03ddb4d]"};
	const struct field guid = {.type = VALUE_GUID};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		assert_true(holds_of(guid, guid_bytes, 16, same[i]));
		assert_true(holds_of_text("{" GUID_TEXT "}", same[i]));
	}
	assert_false(holds_of(guid, guid_bytes, 16, "ne: '{" GUID_TEXT "}'"));
	assert_false(holds_of(guid, guid_bytes, 16, "eq: 1c95126e-7eea-49a9-a3fe-a378b03ddb4e"));
	assert_false(holds_of_text(GUID_TEXT "0", "eq: " GUID_TEXT));
}

static void functions_come_first_and_numbers_behind_them_are_numbers(void **state)
{
	(void)state;
	assert_true(holds_of_text("WWW", "as: lower, eq: www"));
	assert_false(holds_of_text("WWW", "as: lower, eq: WWW"));
	assert_true(holds_of_text("C:\\a\\b.exe", "as: [basename, upper], eq: B.EXE"));
	assert_true(holds_of_text("12", "as: int, gt: 9"));
	assert_true(holds_of_text("12", "as: int, eq: 12"));
	assert_false(holds_of_text("12", "as: int, lt: 9"));
	assert_true(holds_of_number(VALUE_U32, 255, "as: hex, eq: 0xff"));
	assert_true(holds_of_text("id=17;", "as: {regex: {match: 'id=(\\d+);', replace: '$1'}}, "
					    "ge: 17"));
	/* A function that cannot take the value leaves none. */
	assert_false(holds_of_text("abc", "as: int, eq: 0"));
	assert_false(holds_of_text("abc", "as: int, lt: 9"));
}

static const struct row pair_rows[] = {
	{"a", {.type = VALUE_U8}, 0}, {"b", {.type = VALUE_U8}, 0}, {0}};

static bool holds_of_pair(const char *where)
{
	struct schema *schema = schema_of_rows(pair_rows, false);
	bool result = holds_in(where, schema, (const uint8_t *)"\1\2", 2);

	schema_free(schema);
	return result;
}

static void groups_nest(void **state)
{
	(void)state;
	assert_true(holds_of_pair("[{field: a, eq: 1}, {field: b, eq: 2}]"));
	assert_false(holds_of_pair("[{field: a, eq: 1}, {field: b, eq: 3}]"));
	assert_true(holds_of_pair("{any: [{field: a, eq: 9}, {field: b, eq: 2}]}"));
	assert_false(holds_of_pair("{any: [{field: a, eq: 9}, {field: b, eq: 9}]}"));
	assert_true(holds_of_pair("{not: {field: a, eq: 9}}"));
	assert_false(holds_of_pair("{not: {field: a, eq: 1}}"));
	assert_true(holds_of_pair("{not: [{field: a, eq: 1}, {field: b, eq: 9}]}"));
	assert_false(holds_of_pair("{not: [{field: a, eq: 1}, {field: b, eq: 2}]}"));
	assert_true(holds_of_pair("{not: {any: [{field: a, eq: 9}, {not: {field: b, eq: 2}}]}}"));
	assert_true(holds_of_pair("{all: [{any: [{field: a, gt: 5}, {field: a, lt: 5}]}, "
				  "{not: {all: [{field: a, eq: 1}, {field: b, eq: 1}]}}]}"));
	assert_true(holds_of_pair("{field: a, ge: 1, lt: 2}"));
	assert_false(holds_of_pair("{field: b, ge: 1, lt: 2}"));
}

static void no_comparison_with_a_missing_field_holds(void **state)
{
	static const char *const operators[] = {
		"eq: 1",   "ne: 1", "lt: 1", "le: 1",	  "gt: 1",	 "ge: 1",	"in: [1]",
		"mask: 1", "eq: x", "ne: x", "glob: '*'", "regex: '.*'", "exists: true"};
	char where[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
		snprintf(where, sizeof(where), "{field: c, %s}", operators[i]);
		assert_false(holds_of_pair(where));
		assert_false(holds_in(where, NULL, NULL, 0));
		snprintf(where, sizeof(where), "{not: {field: c, %s}}", operators[i]);
		assert_true(holds_of_pair(where));
	}
	assert_true(holds_of_pair("{field: c, exists: false}"));
	assert_true(holds_of_pair("{field: a, exists: true}"));
	assert_false(holds_of_pair("{field: a, exists: false}"));
}

static void fields_behind_the_end_of_a_payload_are_missing(void **state)
{
	struct schema *schema = schema_of_rows(pair_rows, false);

	(void)state;
	assert_true(holds_in("{field: a, exists: true}", schema, (const uint8_t *)"\1", 1));
	assert_true(holds_in("{field: b, exists: false}", schema, (const uint8_t *)"\1", 1));
	assert_false(holds_in("{field: b, ne: 9}", schema, (const uint8_t *)"\1", 1));
	schema_free(schema);
}

static void fields_of_the_header_are_compared(void **state)
{
	(void)state;
	assert_true(holds_in("{field: $pid, eq: 42}", NULL, NULL, 0));
	assert_true(holds_in("{field: $id, in: [6, 7]}", NULL, NULL, 0));
	assert_true(holds_in("{field: $provider, glob: 'sh*'}", NULL, NULL, 0));
	assert_true(holds_in("{field: $event, eq: Sold}", NULL, NULL, 0));
	assert_true(holds_in("{field: $session, eq: test}", NULL, NULL, 0));
	assert_true(holds_in("{field: $level, le: 4}", NULL, NULL, 0));
	assert_true(holds_in("{field: $payload_bytes, eq: 0}", NULL, NULL, 0));
	assert_true(holds_in("{field: $keyword, eq: 0}", NULL, NULL, 0));
	/* There is none. */
	assert_false(holds_in("{field: $tid, ne: 1}", NULL, NULL, 0));
}

static void absent_sids_and_values_without_text_equal_nothing(void **state)
{
	const struct field sid = {.type = VALUE_WBEM_SID};

	(void)state;
	assert_false(holds_of(sid, "\0\0\0\0", 4, "eq: S-1-5-18"));
	assert_true(holds_of(sid, "\0\0\0\0", 4, "ne: S-1-5-18"));
	assert_false(holds_of(sid, "\0\0\0\0", 4, "regex: '.*'"));
}

static void an_expression_that_is_wrong_is_a_problem_with_its_place(void **state)
{
	struct config *config = rule_text_where("{field: v, regex: '('}");
	struct problems problems;

	(void)state;
	problems_init(&problems);
	assert_null(condition_new(&config->rules[0].where, "test.yml", &problems));
	assert_int_equal(problems.errors, 1);
	assert_int_equal(problems.list[0].line, 2);
	problems_done(&problems);
	config_free(config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_are_compared_exactly),
		cmocka_unit_test(integers_at_the_limits_of_64_bits_are_compared_exactly),
		cmocka_unit_test(operands_beyond_64_bits_are_beyond_all_integers),
		cmocka_unit_test(integers_are_compared_with_fractions),
		cmocka_unit_test(doubles_are_compared_as_they_are),
		cmocka_unit_test(no_number_is_not_equal_and_has_no_order),
		cmocka_unit_test(all_kinds_of_integers_are_numbers),
		cmocka_unit_test(a_list_is_one_of_them_or_none_of_them),
		cmocka_unit_test(a_mask_asks_for_any_of_its_bits),
		cmocka_unit_test(texts_are_equal_to_the_byte),
		cmocka_unit_test(patterns_and_expressions_look_at_the_text),
		cmocka_unit_test(a_mapped_number_is_compared_as_number_and_by_its_name),
		cmocka_unit_test(truths_are_true_or_false),
		cmocka_unit_test(guids_may_be_written_in_any_way),
		cmocka_unit_test(functions_come_first_and_numbers_behind_them_are_numbers),
		cmocka_unit_test(groups_nest),
		cmocka_unit_test(no_comparison_with_a_missing_field_holds),
		cmocka_unit_test(fields_behind_the_end_of_a_payload_are_missing),
		cmocka_unit_test(fields_of_the_header_are_compared),
		cmocka_unit_test(absent_sids_and_values_without_text_equal_nothing),
		cmocka_unit_test(an_expression_that_is_wrong_is_a_problem_with_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
