/* Schemas of format files, as tracefs has them, and payloads decoded by them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/format_rig_linux.h"

/* One schema, one payload; the print format is not looked at. */
static void check(struct format_rig *rig, const char *fields, enum payload_result expected,
		  const char *decoded)
{
	struct schema *schema = format_rig_parse(rig, fields, "\"\"");

	assert_non_null(schema);
	format_rig_assert_decoded(schema, &rig->payload, expected, decoded);
	schema_free(schema);
	format_rig_end(rig);
}

static void a_schema_has_the_names_of_its_file(void **state)
{
	struct schema *schema;
	struct format_rig rig;

	(void)state;
	format_rig_begin(&rig);
	schema = format_rig_parse(&rig, "", "\"\"");
	assert_non_null(schema);
	assert_string_equal(schema->source, "format");
	assert_string_equal(schema->provider, "system");
	assert_string_equal(schema->event, "event");
	assert_int_equal(schema->top_count, 4);
	schema_free(schema);
	format_rig_end(&rig);
}

static void numbers_have_their_width_and_sign(void **state)
{
	struct format_rig rig;

	(void)state;
	format_rig_begin(&rig);
	payload_u8(&rig.payload, 0xff);
	payload_u8(&rig.payload, 0xff);
	payload_u16(&rig.payload, 0xfffe);
	payload_u32(&rig.payload, 0xfffffffd);
	payload_u32(&rig.payload, 0xfffffffc);
	payload_u32(&rig.payload, 5);
	payload_u64(&rig.payload, (uint64_t)-6);
	payload_u64(&rig.payload, 7);
	check(&rig,
	      FIELD("u8 a", 8, 1, 0) FIELD("s8 b", 9, 1, 1) FIELD("short c", 10, 2, 1)
		      FIELD("int d", 12, 4, 1) FIELD("unsigned int e", 16, 4, 0)
			      FIELD("pid_t f", 20, 4, 1) FIELD("long g", 24, 8, 1)
				      FIELD("u64 h", 32, 8, 0),
	      PAYLOAD_OK,
	      "\"a\":255,\"b\":-1,\"c\":-2,\"d\":-3,\"e\":4294967292,\"f\":5,\"g\":-6,\"h\":7");
}

static void char_arrays_are_text_up_to_their_first_zero(void **state)
{
	struct format_rig rig;

	(void)state;
	format_rig_begin(&rig);
	payload_bytes(&rig.payload, "bash\0and garbage", 16);
	payload_bytes(&rig.payload, "full", 4);
	payload_u32(&rig.payload, 9);
	check(&rig,
	      FIELD("char comm[16]", 8, 16, 0) FIELD("char whole[4]", 24, 4, 0)
		      FIELD("int last", 28, 4, 1),
	      PAYLOAD_OK, "\"comm\":\"bash\",\"whole\":\"full\",\"last\":9");
}

static void arrays_of_numbers_have_their_elements(void **state)
{
	struct format_rig rig;

	(void)state;
	format_rig_begin(&rig);
	payload_u64(&rig.payload, 1);
	payload_u64(&rig.payload, 2);
	payload_u32(&rig.payload, 3);
	payload_u32(&rig.payload, (uint32_t)-4);
	check(&rig, FIELD("u64 args[2]", 8, 16, 0) FIELD("int more[2]", 24, 8, 1), PAYLOAD_OK,
	      "\"args\":[1,2],\"more\":[3,-4]");
}

static void gaps_between_fields_are_stepped_over(void **state)
{
	struct format_rig rig;

	(void)state;
	format_rig_begin(&rig);
	payload_u8(&rig.payload, 1);
	payload_bytes(&rig.payload, "\xff\xff\xff\xff\xff\xff\xff", 7);
	payload_u64(&rig.payload, 2);
	payload_bytes(&rig.payload, "\xff\xff\xff\xff", 4);
	check(&rig, FIELD("u8 a", 8, 1, 0) FIELD("u64 b", 16, 8, 0), PAYLOAD_OK, "\"a\":1,\"b\":2");
}

static void of_fields_that_overlap_the_first_is_there(void **state)
{
	struct format_rig rig;

	(void)state;
	format_rig_begin(&rig);
	payload_u32(&rig.payload, 0x01020304);
	payload_u32(&rig.payload, 5);
	check(&rig,
	      FIELD("u32 a", 8, 4, 0) FIELD("u16 b", 10, 2, 0) FIELD("u16 c", 8, 2, 0)
		      FIELD("u32 d", 12, 4, 0),
	      PAYLOAD_OK, "\"a\":16909060,\"d\":5");
}

static void fields_stand_in_the_order_of_their_places(void **state)
{
	struct format_rig rig;

	(void)state;
	format_rig_begin(&rig);
	payload_u32(&rig.payload, 1);
	payload_u32(&rig.payload, 2);
	check(&rig, FIELD("u32 b", 12, 4, 0) FIELD("u32 a", 8, 4, 0), PAYLOAD_OK,
	      "\"a\":1,\"b\":2");
}

static void add_location(struct payload *payload, uint16_t offset, uint16_t length)
{
	payload_u16(payload, offset);
	payload_u16(payload, length);
}

#define LOCATED                                  \
	FIELD("__data_loc char[] name", 8, 4, 0) \
	FIELD("__rel_loc char[] other", 12, 4, 0) FIELD("int last", 16, 4, 1)

static void located_strings_are_where_their_words_say(void **state)
{
	struct format_rig rig;

	(void)state;
	format_rig_begin(&rig);
	add_location(&rig.payload, 20, 4);
	add_location(&rig.payload, 24 - 16, 6);
	payload_u32(&rig.payload, 9);
	payload_bytes(&rig.payload, "one\0second", 10);
	check(&rig, LOCATED, PAYLOAD_OK, "\"name\":\"one\",\"other\":\"second\",\"last\":9");
}

static void located_strings_may_be_empty(void **state)
{
	struct format_rig rig;

	(void)state;
	format_rig_begin(&rig);
	add_location(&rig.payload, 20, 0);
	add_location(&rig.payload, 4, 0);
	payload_u32(&rig.payload, 9);
	check(&rig, LOCATED, PAYLOAD_OK, "\"name\":\"\",\"other\":\"\",\"last\":9");
}

static void locations_outside_of_the_payload_are_short(void **state)
{
	static const struct {
		uint16_t offset, length;
	} bad[] = {{20, 9}, {28, 1}, {29, 0}, {0, 29}, {UINT16_MAX, UINT16_MAX}, {8, UINT16_MAX}};
	struct format_rig rig;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		format_rig_begin(&rig);
		add_location(&rig.payload, bad[i].offset, bad[i].length);
		add_location(&rig.payload, 4, 4);
		payload_u32(&rig.payload, 9);
		payload_bytes(&rig.payload, "longtext", 8);
		check(&rig, LOCATED, PAYLOAD_SHORT, "");
	}
	format_rig_begin(&rig);
	add_location(&rig.payload, 20, 8);
	add_location(&rig.payload, 4, 9);
	payload_u32(&rig.payload, 9);
	payload_bytes(&rig.payload, "longtext", 8);
	check(&rig, LOCATED, PAYLOAD_SHORT, "\"name\":\"longtext\"");
}

static void located_arrays_have_as_many_elements_as_fit(void **state)
{
	struct format_rig rig;

	(void)state;
	format_rig_begin(&rig);
	add_location(&rig.payload, 20, 8);
	add_location(&rig.payload, 8 + 4, 17);
	add_location(&rig.payload, 20, 3);
	payload_u32(&rig.payload, 1);
	payload_u32(&rig.payload, 2);
	payload_u64(&rig.payload, 3);
	payload_u64(&rig.payload, 4);
	payload_u8(&rig.payload, 5);
	check(&rig,
	      FIELD("__data_loc u32[] numbers", 8, 4, 0) FIELD("__rel_loc s64[] more", 12, 4, 1)
		      FIELD("__data_loc u8[] bytes", 16, 4, 0),
	      PAYLOAD_OK, "\"numbers\":[1,2],\"more\":[3,4],\"bytes\":\"010000\"");
}

static void located_arrays_of_any_c_number_have_elements(void **state)
{
	struct format_rig rig;

	(void)state;
	format_rig_begin(&rig);
	add_location(&rig.payload, 28, 8);
	add_location(&rig.payload, 28, 16);
	add_location(&rig.payload, 28, 4);
	add_location(&rig.payload, 28, 8);
	payload_u32(&rig.payload, 0);
	payload_u32(&rig.payload, 1);
	payload_u32(&rig.payload, UINT32_MAX);
	payload_u64(&rig.payload, 3);
	check(&rig,
	      FIELD("__data_loc unsigned int[] ints", 8, 4, 0)
		      FIELD("__data_loc unsigned long[] longs", 12, 4, 0)
			      FIELD("__data_loc short[] shorts", 16, 4, 1)
				      FIELD("__data_loc pid_t[] tasks", 20, 4, 1)
					      FIELD("int last", 24, 4, 1),
	      PAYLOAD_OK,
	      "\"ints\":[1,4294967295],\"longs\":[\"18446744069414584321\",3],\"shorts\":[1,0],"
	      "\"tasks\":[1,-1],\"last\":0");
}

static void arrays_of_probes_have_their_elements(void **state)
{
	struct format_rig rig;

	(void)state;
	format_rig_begin(&rig);
	payload_u32(&rig.payload, 1);
	payload_u32(&rig.payload, 4000000000);
	payload_u64(&rig.payload, (uint64_t)-7);
	payload_bytes(&rig.payload, "\1\2", 2);
	check(&rig,
	      FIELD("u32 ints[]", 8, 8, 0) FIELD("s64 longs[]", 16, 8, 1)
		      FIELD("u8 bytes[]", 24, 2, 0),
	      PAYLOAD_OK, "\"ints\":[1,4000000000],\"longs\":[-7],\"bytes\":\"0102\"");
}

static void texts_of_probes_may_be_several(void **state)
{
	struct format_rig rig;

	(void)state;
	format_rig_begin(&rig);
	add_location(&rig.payload, 24, 4);
	add_location(&rig.payload, 28, 4);
	add_location(&rig.payload, 24, 4);
	payload_u32(&rig.payload, 9);
	payload_bytes(&rig.payload, "one\0two\0", 8);
	check(&rig,
	      FIELD("__data_loc char[][2] names", 8, 8, 1)
		      FIELD("__data_loc char[][1] one", 16, 4, 1) FIELD("u32 last", 20, 4, 0),
	      PAYLOAD_OK, "\"names\":[\"one\",\"two\"],\"one\":\"one\",\"last\":9");
}

/* Each argument has a word of its own, of which the kernel takes what the type says. */
static void arguments_of_system_calls_have_the_width_of_their_types(void **state)
{
	struct format_rig rig;

	(void)state;
	format_rig_begin(&rig);
	payload_u64(&rig.payload, 0xffffff9c);
	payload_u64(&rig.payload, UINT64_C(0x100000000) + 7);
	payload_u64(&rig.payload, (uint64_t)-1);
	payload_u64(&rig.payload, (uint64_t)-1);
	payload_u64(&rig.payload, 0x10000000000);
	payload_u64(&rig.payload, 0x7fff0000);
	check(&rig,
	      FIELD("int dfd", 8, 8, 0) FIELD("unsigned int flags", 16, 8, 0)
		      FIELD("pid_t pid", 24, 8, 0) FIELD("const clockid_t clock", 32, 8, 0)
			      FIELD("size_t count", 40, 8, 0) FIELD("int * at", 48, 8, 0),
	      PAYLOAD_OK,
	      "\"dfd\":-100,\"flags\":7,\"pid\":-1,\"clock\":-1,\"count\":1099511627776,"
	      "\"at\":2147418112");
}

static void bitmasks_are_shown_as_such(void **state)
{
	struct schema *schema;
	struct format_rig rig;

	(void)state;
	format_rig_begin(&rig);
	add_location(&rig.payload, 16, 8);
	add_location(&rig.payload, 16 - 16, 8);
	payload_u64(&rig.payload, 0x10f);
	schema = format_rig_parse(&rig,
				  FIELD("__data_loc unsigned long[] bits", 8, 4, 0)
					  FIELD("__rel_loc cpumask_t cpus", 12, 4, 0),
				  "\"%s %s\", __get_bitmask(bits), __get_rel_cpumask(cpus)");
	assert_non_null(schema);
	assert_int_equal(format_rig_field(schema, "bits")->out, OUT_BITMASK);
	assert_int_equal(format_rig_field(schema, "cpus")->out, OUT_BITMASK);
	format_rig_assert_decoded(schema, &rig.payload, PAYLOAD_OK,
				  "\"bits\":\"0f01000000000000\",\"cpus\":\"0f01000000000000\"");
	schema_free(schema);
	format_rig_end(&rig);
}

static void addresses_of_the_network_are_addresses(void **state)
{
	struct format_rig rig;

	(void)state;
	format_rig_begin(&rig);
	payload_bytes(&rig.payload, "\x7f\0\0\1", 4);
	payload_bytes(&rig.payload, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	payload_bytes(&rig.payload, "\1\2\3\4", 4);
	check(&rig,
	      FIELD("__u8 saddr[4]", 8, 4, 0) FIELD("__u8 daddr_v6[16]", 12, 16, 0)
		      FIELD("__u8 other[4]", 28, 4, 0),
	      PAYLOAD_OK, "\"saddr\":\"127.0.0.1\",\"daddr_v6\":\"::1\",\"other\":\"01020304\"");
}

static void a_payload_that_is_cut_keeps_the_fields_before_the_cut(void **state)
{
	struct format_rig rig;

	(void)state;
	format_rig_begin(&rig);
	payload_u32(&rig.payload, 5);
	payload_u16(&rig.payload, 6);
	check(&rig, FIELD("u32 a", 8, 4, 0) FIELD("u32 b", 12, 4, 0), PAYLOAD_SHORT, "\"a\":5");
}

static void what_is_behind_the_fields_is_no_damage(void **state)
{
	struct format_rig rig;

	(void)state;
	format_rig_begin(&rig);
	payload_u32(&rig.payload, 5);
	payload_u32(&rig.payload, 0);
	check(&rig, FIELD("u32 a", 8, 4, 0), PAYLOAD_OK, "\"a\":5");
}

static void text_that_is_no_format_is_no_schema(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"name:",
		"name: a\n",
		"name: a\nID: 7\n",
		"name: a\nID: x\nformat:\n",
		"name: a\nID: 7\nformat:\n\tfield:u32 a;\toffset:8;\n",
		"\xff\xfe\xfd",
		"name: a\nID: 7\nformat:\n\nprint fmt: \"\"\n",
	};
	struct format_rig rig;
	size_t i;

	(void)state;
	format_rig_begin(&rig);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_null(ftrace_schema_parse(rig.formats, "system", texts[i], strlen(texts[i])));
	format_rig_end(&rig);
}

/* Places and sizes that no record can have leave their field out, and no other. */
static void fields_at_impossible_places_are_left_out(void **state)
{
	struct format_rig rig;

	(void)state;
	format_rig_begin(&rig);
	payload_u32(&rig.payload, 5);
	payload_u32(&rig.payload, 6);
	check(&rig,
	      FIELD("u32 a", 8, 4, 0) FIELD("u32 b", 70000, 4, 0)
		      FIELD("char c[70000]", 12, 70000, 0) FIELD("u32 d", 12, 4, 0)
			      FIELD("u32 e", 4, 4, 0),
	      PAYLOAD_OK, "\"a\":5,\"d\":6");
}

/* The word of a location has four bytes, whatever a file says. */
static void a_location_of_another_size_does_not_shift_what_follows(void **state)
{
	struct schema *schema;
	struct format_rig rig;
	uint16_t i;

	(void)state;
	format_rig_begin(&rig);
	schema = format_rig_parse(
		&rig, FIELD("__data_loc char[] name", 8, 7, 0) FIELD("u32 a", 16, 4, 0), "\"\"");
	assert_non_null(schema);
	add_location(&rig.payload, 20, 2);
	payload_u32(&rig.payload, 0);
	payload_u32(&rig.payload, 5);
	payload_bytes(&rig.payload, "x\0", 2);
	for (i = 0; i < schema->field_count; i++)
		assert_true(schema->fields[i].length_kind != LENGTH_REL_LOC);
	format_rig_assert_decoded(schema, &rig.payload, PAYLOAD_OK,
				  "\"name\":\"14000200000000\",\"a\":5");
	schema_free(schema);
	format_rig_end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_schema_has_the_names_of_its_file),
		cmocka_unit_test(numbers_have_their_width_and_sign),
		cmocka_unit_test(char_arrays_are_text_up_to_their_first_zero),
		cmocka_unit_test(arrays_of_numbers_have_their_elements),
		cmocka_unit_test(gaps_between_fields_are_stepped_over),
		cmocka_unit_test(of_fields_that_overlap_the_first_is_there),
		cmocka_unit_test(fields_stand_in_the_order_of_their_places),
		cmocka_unit_test(located_strings_are_where_their_words_say),
		cmocka_unit_test(located_strings_may_be_empty),
		cmocka_unit_test(locations_outside_of_the_payload_are_short),
		cmocka_unit_test(located_arrays_have_as_many_elements_as_fit),
		cmocka_unit_test(located_arrays_of_any_c_number_have_elements),
		cmocka_unit_test(bitmasks_are_shown_as_such),
		cmocka_unit_test(arguments_of_system_calls_have_the_width_of_their_types),
		cmocka_unit_test(arrays_of_probes_have_their_elements),
		cmocka_unit_test(texts_of_probes_may_be_several),
		cmocka_unit_test(addresses_of_the_network_are_addresses),
		cmocka_unit_test(a_payload_that_is_cut_keeps_the_fields_before_the_cut),
		cmocka_unit_test(what_is_behind_the_fields_is_no_damage),
		cmocka_unit_test(text_that_is_no_format_is_no_schema),
		cmocka_unit_test(fields_at_impossible_places_are_left_out),
		cmocka_unit_test(a_location_of_another_size_does_not_shift_what_follows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
