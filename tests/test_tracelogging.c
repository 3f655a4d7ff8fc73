#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/decoder/tracelogging.h"
#include "tests/support/payload.h"
#include "tests/support/random.h"

#define MORE   0x80
#define STRUCT 24

static const uint8_t guid[16];

/* Metadata with its own length in front, at the end of memory of its own. */
static struct schema *make_with(const void *bytes, size_t length, const void *traits,
				uint16_t traits_bytes)
{
	uint8_t *copy = malloc(length + 2);
	struct event_record record = {.guid = guid,
				      .kind = RECORD_EVENT,
				      .schema = copy,
				      .schema_bytes = (uint16_t)(length + 2),
				      .traits = traits,
				      .traits_bytes = traits_bytes};
	struct schema *schema;

	assert_non_null(copy);
	copy[0] = (uint8_t)(length + 2);
	copy[1] = (uint8_t)((length + 2) >> 8);
	memcpy(copy + 2, bytes, length);
	schema = tracelogging_schema_new(&record);
	free(copy);
	return schema;
}

static struct schema *make(const void *bytes, size_t length)
{
	return make_with(bytes, length, NULL, 0);
}

/* Of an event called E; `fields` is a literal. */
#define MAKE(fields) make("\0E\0" fields, sizeof("\0E\0" fields) - 1)

static void begin(struct payload *metadata)
{
	payload_u8(metadata, 0);
	payload_string(metadata, "E");
}

static void an_event_may_have_no_fields(void **state)
{
	struct schema *schema = MAKE("");

	(void)state;
	assert_non_null(schema);
	assert_string_equal(schema->source, "tracelogging");
	assert_string_equal(schema->event, "E");
	assert_string_equal(schema->provider, "");
	assert_int_equal(schema->field_count, 0);
	assert_false(schema->has_variants);
	schema_free(schema);
}

static void tags_before_the_name_are_of_any_length(void **state)
{
	struct schema *schema = make("\x80\x81\x01Name\0", 8);

	(void)state;
	assert_non_null(schema);
	assert_string_equal(schema->event, "Name");
	schema_free(schema);
}

static void traits_name_the_provider(void **state)
{
	static const char traits[] = "\x0a\0Shop\0\3\0\1";
	struct event_record record = {.traits = (const uint8_t *)traits, .traits_bytes = 10};
	struct schema *schema = make_with("\0E\0", 3, traits, 10);
	size_t length;

	(void)state;
	assert_string_equal(schema->provider, "Shop");
	schema_free(schema);
	assert_ptr_equal(tracelogging_provider(&record, &length), traits + 2);
	assert_int_equal(length, 4);
	/* Cut before its end it is none. */
	for (record.traits_bytes = 0; record.traits_bytes <= 6; record.traits_bytes++)
		assert_null(tracelogging_provider(&record, &length));
	record.traits = NULL;
	record.traits_bytes = 10;
	assert_null(tracelogging_provider(&record, &length));
	schema = make_with("\0E\0", 3, traits, 6);
	assert_string_equal(schema->provider, "");
	schema_free(schema);
}

static void every_in_type_is_a_type(void **state)
{
	static const struct {
		uint8_t type, length_kind;
	} expected[] = {
		{VALUE_NULL, LENGTH_NATURAL},	    {VALUE_UTF16, LENGTH_NATURAL},
		{VALUE_ANSI, LENGTH_NATURAL},	    {VALUE_I8, LENGTH_NATURAL},
		{VALUE_U8, LENGTH_NATURAL},	    {VALUE_I16, LENGTH_NATURAL},
		{VALUE_U16, LENGTH_NATURAL},	    {VALUE_I32, LENGTH_NATURAL},
		{VALUE_U32, LENGTH_NATURAL},	    {VALUE_I64, LENGTH_NATURAL},
		{VALUE_U64, LENGTH_NATURAL},	    {VALUE_F32, LENGTH_NATURAL},
		{VALUE_F64, LENGTH_NATURAL},	    {VALUE_BOOL32, LENGTH_NATURAL},
		{VALUE_BINARY, LENGTH_PREFIX},	    {VALUE_GUID, LENGTH_NATURAL},
		{VALUE_POINTER, LENGTH_NATURAL},    {VALUE_FILETIME, LENGTH_NATURAL},
		{VALUE_SYSTEMTIME, LENGTH_NATURAL}, {VALUE_SID, LENGTH_NATURAL},
		{VALUE_HEX32, LENGTH_NATURAL},	    {VALUE_HEX64, LENGTH_NATURAL},
		{VALUE_UTF16, LENGTH_PREFIX},	    {VALUE_ANSI, LENGTH_PREFIX},
		{VALUE_STRUCT, LENGTH_NATURAL},	    {VALUE_BINARY, LENGTH_PREFIX},
	};
	uint8_t in;

	(void)state;
	for (in = 0; in < 32; in++) {
		struct payload metadata = {0};
		struct schema *schema;

		begin(&metadata);
		payload_string(&metadata, "field");
		payload_u8(&metadata, in);
		schema = make(metadata.bytes, metadata.length);
		if (in > 25) {
			assert_null(schema);
			continue;
		}
		assert_non_null(schema);
		assert_int_equal(schema->top_count, 1);
		assert_string_equal(schema->fields[0].name, "field");
		assert_int_equal(schema->fields[0].type, expected[in].type);
		assert_int_equal(schema->fields[0].length_kind, expected[in].length_kind);
		assert_int_equal(schema->fields[0].count_kind, COUNT_ONE);
		assert_int_equal(schema->fields[0].out, OUT_DEFAULT);
		schema_free(schema);
	}
}

static void out_types_say_what_is_meant(void **state)
{
	static const struct {
		uint8_t number, out;
	} cases[] = {{0, OUT_DEFAULT},
		     {2, OUT_STRING},
		     {3, OUT_BOOLEAN},
		     {4, OUT_HEX},
		     {7, OUT_PORT},
		     {8, OUT_IPV4},
		     {10, OUT_SOCKET_ADDRESS},
		     {16, OUT_DATETIME},
		     {18, OUT_UNSIGNED},
		     {19, OUT_DEFAULT},
		     {35, OUT_UTF8},
		     {36, OUT_DEFAULT},
		     {38, OUT_DATETIME_UTC},
		     {39, OUT_DEFAULT},
		     {127, OUT_DEFAULT}};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct payload metadata = {0};
		struct schema *schema;

		begin(&metadata);
		payload_string(&metadata, "f");
		payload_u8(&metadata, 8 | MORE);
		payload_u8(&metadata, cases[i].number);
		schema = make(metadata.bytes, metadata.length);
		assert_non_null(schema);
		assert_int_equal(schema->fields[0].out, cases[i].out);
		schema_free(schema);
	}
}

static void tags_of_fields_are_skipped(void **state)
{
	struct schema *schema = MAKE("a\0\x88\x84\x81\x01"
				     "b\0\x04");

	(void)state;
	assert_non_null(schema);
	assert_int_equal(schema->top_count, 2);
	assert_int_equal(schema->fields[0].out, OUT_HEX);
	assert_string_equal(schema->fields[1].name, "b");
	schema_free(schema);
}

static void counts_are_constant_or_in_the_payload(void **state)
{
	struct schema *schema = MAKE("a\0\x28\x03\x01"
				     "b\0\xa8\x04\0\0"
				     "c\0\x48"
				     "d\0\x08");
	const struct field *fields;

	(void)state;
	assert_non_null(schema);
	fields = schema->fields;
	assert_int_equal(schema->top_count, 4);
	assert_int_equal(fields[0].count_kind, COUNT_FIXED);
	assert_int_equal(fields[0].count, 0x103);
	assert_int_equal(fields[1].count_kind, COUNT_FIXED);
	assert_int_equal(fields[1].count, 0);
	assert_int_equal(fields[1].out, OUT_HEX);
	assert_int_equal(fields[2].count_kind, COUNT_PREFIX);
	assert_int_equal(fields[3].count_kind, COUNT_ONE);
	schema_free(schema);
}

static void a_schema_of_its_own_makes_a_value_bytes(void **state)
{
	struct schema *schema = MAKE("a\0\x68\x02\0xy"
				     "b\0\x08");

	(void)state;
	assert_non_null(schema);
	assert_int_equal(schema->top_count, 2);
	assert_int_equal(schema->fields[0].type, VALUE_BINARY);
	assert_int_equal(schema->fields[0].length_kind, LENGTH_PREFIX);
	assert_int_equal(schema->fields[0].count_kind, COUNT_ONE);
	assert_string_equal(schema->fields[1].name, "b");
	schema_free(schema);
	assert_null(MAKE("a\0\x68\x03\0xy"));
}

static void structs_own_as_many_fields_as_they_say(void **state)
{
	struct schema *schema = MAKE("s\0\x98\x02"
				     "a\0\x08"
				     "t\0\xd8\x01"
				     "b\0\x08"
				     "c\0\x08");
	const struct field *fields;

	(void)state;
	assert_non_null(schema);
	fields = schema->fields;
	assert_int_equal(schema->top_count, 2);
	assert_int_equal(schema->field_count, 5);
	assert_string_equal(fields[0].name, "s");
	assert_string_equal(fields[1].name, "c");
	assert_int_equal(fields[0].type, VALUE_STRUCT);
	/* The number of members is no out type. */
	assert_int_equal(fields[0].out, OUT_DEFAULT);
	assert_int_equal(fields[0].first_member, 2);
	assert_int_equal(fields[0].member_count, 2);
	assert_string_equal(fields[2].name, "a");
	assert_string_equal(fields[3].name, "t");
	assert_int_equal(fields[3].count_kind, COUNT_PREFIX);
	assert_int_equal(fields[3].first_member, 4);
	assert_int_equal(fields[3].member_count, 1);
	assert_string_equal(fields[4].name, "b");
	schema_free(schema);
}

static void a_struct_without_all_its_members_is_damaged(void **state)
{
	(void)state;
	assert_null(MAKE("s\0\x98\x02"
			 "a\0\x08"));
	assert_null(MAKE("s\0\x98\x01"));
	assert_null(MAKE("s\0\x98\x01"
			 "t\0\x98\x01"));
}

static struct schema *nested(unsigned int depth)
{
	struct payload metadata = {0};
	unsigned int i;

	begin(&metadata);
	for (i = 0; i < depth; i++) {
		payload_string(&metadata, "s");
		payload_u8(&metadata, STRUCT | MORE);
		payload_u8(&metadata, 1);
	}
	payload_string(&metadata, "v");
	payload_u8(&metadata, 8);
	return make(metadata.bytes, metadata.length);
}

static void structs_nest_8_deep_and_no_deeper(void **state)
{
	struct schema *schema = nested(8);

	(void)state;
	assert_non_null(schema);
	schema_free(schema);
	assert_null(nested(9));
	assert_null(nested(1000));
}

static struct schema *many(size_t count)
{
	uint8_t *bytes = malloc(3 + 3 * count);
	struct schema *schema;
	size_t i;

	assert_non_null(bytes);
	memcpy(bytes, "\0E\0", 3);
	for (i = 0; i < count; i++)
		memcpy(bytes + 3 + 3 * i, "f\0\x08", 3);
	schema = make(bytes, 3 + 3 * count);
	free(bytes);
	return schema;
}

static void fields_are_many_to_a_limit(void **state)
{
	struct schema *schema = many(SCHEMA_FIELDS_MAX);

	(void)state;
	assert_non_null(schema);
	assert_int_equal(schema->field_count, SCHEMA_FIELDS_MAX);
	schema_free(schema);
	assert_null(many(SCHEMA_FIELDS_MAX + 1));
	assert_null(many(20000));
}

static void without_metadata_there_is_no_schema(void **state)
{
	static const uint8_t bytes[] = {3, 0, 0};
	struct event_record record = {.guid = guid, .kind = RECORD_EVENT};

	(void)state;
	assert_null(tracelogging_schema_new(&record));
	record.schema = bytes;
	for (; record.schema_bytes <= sizeof(bytes); record.schema_bytes++)
		assert_null(tracelogging_schema_new(&record));
}

static const char sample[] = "\x81\0Event\0"
			     "first\0\xa8\x84\x01\x02\0"
			     "s\0\x98\x02"
			     "u\0\x16"
			     "c\0\x62\x02\0zz"
			     "last\0\x48";

/* Only between fields of the top level is a cut not to be seen. */
static void cut_metadata_is_damaged(void **state)
{
	static const size_t whole[] = {8, 19, 33, 39};
	size_t length, next = 0;

	(void)state;
	for (length = 0; length < sizeof(sample); length++) {
		struct schema *schema = make(sample, length);

		if (length == whole[next]) {
			assert_non_null(schema);
			assert_int_equal(schema->top_count, next);
			next++;
		} else {
			assert_null(schema);
		}
		schema_free(schema);
	}
	assert_int_equal(next, 4);
}

static void damaged_metadata_makes_a_schema_or_none(void **state)
{
	struct random random = {3};
	char copy[sizeof(sample)];
	size_t i, changes;

	(void)state;
	for (i = 0; i < 20000; i++) {
		struct schema *schema;

		memcpy(copy, sample, sizeof(copy));
		for (changes = random_below(&random, 4) + 1; changes; changes--)
			copy[random_below(&random, sizeof(copy) - 1)] =
				(char)random_below(&random, 256);
		schema = make(copy, sizeof(copy) - 1);
		if (schema)
			assert_true(schema->top_count <= schema->field_count &&
				    schema->field_count < sizeof(sample));
		schema_free(schema);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_may_have_no_fields),
		cmocka_unit_test(tags_before_the_name_are_of_any_length),
		cmocka_unit_test(traits_name_the_provider),
		cmocka_unit_test(every_in_type_is_a_type),
		cmocka_unit_test(out_types_say_what_is_meant),
		cmocka_unit_test(tags_of_fields_are_skipped),
		cmocka_unit_test(counts_are_constant_or_in_the_payload),
		cmocka_unit_test(a_schema_of_its_own_makes_a_value_bytes),
		cmocka_unit_test(structs_own_as_many_fields_as_they_say),
		cmocka_unit_test(a_struct_without_all_its_members_is_damaged),
		cmocka_unit_test(structs_nest_8_deep_and_no_deeper),
		cmocka_unit_test(fields_are_many_to_a_limit),
		cmocka_unit_test(without_metadata_there_is_no_schema),
		cmocka_unit_test(cut_metadata_is_damaged),
		cmocka_unit_test(damaged_metadata_makes_a_schema_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
