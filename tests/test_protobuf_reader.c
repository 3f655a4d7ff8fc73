#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/baseline/protobuf_reader.h"

/* Of memory that ends where the message does, so that sanitizers see what is read behind it. */
static enum protobuf_next last_of(const void *bytes, size_t length, struct protobuf_field *field,
				  size_t *fields, const char **why)
{
	uint8_t *copy = malloc(length ? length : 1);
	struct protobuf_reader reader;
	enum protobuf_next next;

	assert_non_null(copy);
	memcpy(copy, bytes, length);
	reader = protobuf_reader_of(copy, length);
	for (*fields = 0; (next = protobuf_next(&reader, field)) == PROTOBUF_FIELD; ++*fields)
		;
	*why = reader.why;
	/* It stays so. */
	assert_int_equal(protobuf_next(&reader, field), next);
	free(copy);
	return next;
}

static void assert_wrong(const void *bytes, size_t length, const char *why)
{
	struct protobuf_field field;
	const char *said;
	size_t fields;

	assert_int_equal(last_of(bytes, length, &field, &fields, &said), PROTOBUF_WRONG);
	assert_string_equal(said, why);
}

static void fields_of_each_kind_are_read(void **state)
{
	char bytes[64], *at = bytes;
	struct protobuf_reader reader;
	struct protobuf_field field;

	(void)state;
	at = protobuf_put_u64(at, 1, UINT64_MAX);
	at = protobuf_put_s64(at, 2, INT64_MIN);
	at = protobuf_put_double(at, 3, -1.5);
	at = protobuf_put_bytes(at, 4, "ab", 2);
	memcpy(at, "\x2d\x04\x03\x02\x01", 5);
	at += 5;
	reader = protobuf_reader_of(bytes, (size_t)(at - bytes));
	assert_int_equal(protobuf_next(&reader, &field), PROTOBUF_FIELD);
	assert_int_equal(field.number, 1);
	assert_true(field.wire == PROTOBUF_VARINT && field.bits == UINT64_MAX);
	assert_int_equal(protobuf_next(&reader, &field), PROTOBUF_FIELD);
	assert_true(protobuf_signed(field.bits) == INT64_MIN);
	assert_int_equal(protobuf_next(&reader, &field), PROTOBUF_FIELD);
	assert_true(field.wire == PROTOBUF_FIXED64 && protobuf_double(field.bits) == -1.5);
	assert_int_equal(protobuf_next(&reader, &field), PROTOBUF_FIELD);
	assert_true(field.wire == PROTOBUF_LENGTH && field.length == 2);
	assert_memory_equal(field.bytes, "ab", 2);
	assert_int_equal(protobuf_next(&reader, &field), PROTOBUF_FIELD);
	assert_true(field.wire == PROTOBUF_FIXED32 && field.bits == 0x01020304);
	assert_int_equal(protobuf_next(&reader, &field), PROTOBUF_END);
}

static void what_is_wrong_is_said(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
		const char *why;
	} cases[] = {
		{"\x08", 1, "a number is cut"},
		{"\x08\xff", 2, "a number is cut"},
		{"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 11,
		 "a number has more than 64 bits"},
		{"\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 12,
		 "a number has more than 64 bits"},
		{"\x09\x01\x02\x03\x04\x05\x06\x07", 8, "a number of fixed size is cut"},
		{"\x0d\x01\x02\x03", 4, "a number of fixed size is cut"},
		{"\x0a\x03\x61\x62", 4, "it is longer than what it is in"},
		{"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x61", 12,
		 "it is longer than what it is in"},
		{"\x00\x01", 2, "a field has a number that none can have"},
		{"\x80\x80\x80\x80\x10\x01", 6, "a field has a number that none can have"},
		{"\x0b\x0c", 2, "a field is of a kind that messages do not have (any more)"},
		{"\x0c", 1, "a field is of a kind that messages do not have (any more)"},
		{"\x0e", 1, "a field is of a kind that messages do not have (any more)"},
		{"\x0f", 1, "a field is of a kind that messages do not have (any more)"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_wrong(cases[i].bytes, cases[i].length, cases[i].why);
}

static void a_message_that_is_cut_is_wrong_but_between_fields(void **state)
{
	static const char bytes[] = "\x08\xac\x02\x11\x00\x00\x00\x00\x00\x00\xf0\x3f\x1a\x02\x61"
				    "\x62\x25\x01\x00\x00\x00";
	static const size_t ends[] = {0, 3, 12, 16, 21};
	struct protobuf_field field;
	size_t length, fields, passed = 0;
	const char *why;

	(void)state;
	for (length = 0; length < sizeof(bytes); length++) {
		enum protobuf_next next = last_of(bytes, length, &field, &fields, &why);
		bool is_end = passed < 5 && length == ends[passed];

		assert_int_equal(next, is_end ? PROTOBUF_END : PROTOBUF_WRONG);
		assert_int_equal(fields, is_end ? passed : passed - 1);
		passed += is_end;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_of_each_kind_are_read),
		cmocka_unit_test(what_is_wrong_is_said),
		cmocka_unit_test(a_message_that_is_cut_is_wrong_but_between_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
