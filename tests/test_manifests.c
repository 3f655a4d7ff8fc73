#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/decoder/manifests.h"
#include "tests/support/fields_text.h"
#include "tests/support/manifest_text.h"

static struct manifests *add_as(const char *source, const char *xml)
{
	struct manifests *manifests = manifests_new(source);
	struct error error;

	assert_non_null(manifests);
	if (manifests_add(manifests, "shop.man", xml, strlen(xml), &error))
		fail_msg("%s", error.text);
	return manifests;
}

static struct manifests *add(const char *xml)
{
	return add_as("manifest", xml);
}

static void add_more(struct manifests *manifests, const char *xml)
{
	struct error error;

	assert_int_equal(manifests_add(manifests, "more.man", xml, strlen(xml), &error), 0);
}

static const struct schema *find(const struct manifests *manifests, uint16_t id, uint8_t version)
{
	const struct event_record record = shop_event(id, version, NULL);

	return manifests_find(manifests, &record);
}

/* Adds a manifest with an event 1, and compares what its schema makes of a payload. */
static void check_fields(const char *xml, const struct payload *payload, const char *expected)
{
	const struct event_record record = shop_event(1, 0, payload);
	struct manifests *manifests = add(xml);
	const struct schema *schema = manifests_find(manifests, &record);
	enum payload_result result;
	char *text;

	assert_non_null(schema);
	text = fields_text(schema, payload->bytes, payload->length, 8, &result);
	assert_string_equal(text, expected);
	assert_int_equal(result, PAYLOAD_OK);
	free(text);
	manifests_free(manifests);
}

static void an_event_is_found_by_provider_id_and_version(void **state)
{
	struct manifests *manifests =
		add(MANIFEST(EVENTS("<event value='1' version='2' symbol='A'/>"
				    "<event value='0x1ff' version='0xff' symbol='B'/>")));
	struct event_record record = shop_event(1, 2, NULL);
	uint8_t other_guid[16] = {0};

	(void)state;
	assert_string_equal(find(manifests, 1, 2)->event, "A");
	assert_string_equal(find(manifests, 511, 255)->event, "B");
	assert_null(find(manifests, 1, 255));
	assert_null(find(manifests, 511, 2));
	assert_null(find(manifests, 255, 255));
	assert_null(find(manifests, 2, 2));
	record.guid = other_guid;
	assert_null(manifests_find(manifests, &record));
	manifests_free(manifests);
}

static void an_event_without_a_version_has_version_0(void **state)
{
	struct manifests *manifests = add(MANIFEST(EVENTS("<event value='1'/>")));

	(void)state;
	assert_non_null(find(manifests, 1, 0));
	assert_string_equal(find(manifests, 1, 0)->source, "manifest");
	assert_string_equal(find(manifests, 1, 0)->provider, "Shop");
	assert_string_equal(find(manifests, 1, 0)->event, "");
	assert_int_equal(find(manifests, 1, 0)->field_count, 0);
	manifests_free(manifests);
}

static void classic_records_have_no_manifest(void **state)
{
	struct manifests *manifests = add(MANIFEST(EVENTS("<event value='1'/>")));
	struct event_record record = shop_event(1, 0, NULL);

	(void)state;
	record.kind = RECORD_FULL;
	assert_null(manifests_find(manifests, &record));
	manifests_free(manifests);
}

static void a_provider_is_known_by_its_guid(void **state)
{
	struct manifests *manifests = add(MANIFEST(""));
	const struct event_record record = shop_event(1, 0, NULL);
	const uint8_t other[16] = {0};

	(void)state;
	assert_string_equal(manifests_provider(manifests, record.guid), "Shop");
	assert_null(manifests_provider(manifests, other));
	manifests_free(manifests);
}

static void a_manifest_may_have_several_providers(void **state)
{
	struct manifests *manifests = add(MANIFEST_OF(
		"<provider name='Other' guid='00000000-0000-0000-0000-000000000000'>"
		"<events><event value='1' symbol='Other'/></events></provider>" PROVIDER(
			EVENTS("<event value='1' symbol='Own'/>")),
		""));
	struct event_record record = shop_event(1, 0, NULL);
	const uint8_t other[16] = {0};

	(void)state;
	assert_string_equal(manifests_find(manifests, &record)->event, "Own");
	record.guid = other;
	assert_string_equal(manifests_find(manifests, &record)->event, "Other");
	assert_string_equal(manifests_provider(manifests, other), "Other");
	assert_int_equal(manifests_count(manifests), 2);
	manifests_free(manifests);
}

static void an_event_is_called_by_its_name_then_its_symbol_then_its_task(void **state)
{
	struct manifests *manifests =
		add(MANIFEST(EVENTS("<event value='1' name='N' symbol='S' task='T'/>"
				    "<event value='2' symbol='S' task='T'/>"
				    "<event value='3' task='T'/>")));

	(void)state;
	assert_string_equal(find(manifests, 1, 0)->event, "N");
	assert_string_equal(find(manifests, 2, 0)->event, "S");
	assert_string_equal(find(manifests, 3, 0)->event, "T");
	assert_string_equal(find(manifests, 1, 0)->task, "T");
	manifests_free(manifests);
}

static void an_eventsource_event_is_called_by_its_task_then_its_symbol(void **state)
{
	struct manifests *manifests =
		add_as("eventsource", MANIFEST(EVENTS("<event value='1' symbol='S' task='T'/>"
						      "<event value='2' symbol='S'/>")));

	(void)state;
	assert_string_equal(find(manifests, 1, 0)->event, "T");
	assert_string_equal(find(manifests, 2, 0)->event, "S");
	assert_string_equal(find(manifests, 2, 0)->source, "eventsource");
	manifests_free(manifests);
}

static void names_of_all_manifests_lose_their_prefix(void **state)
{
	struct manifests *manifests =
		add(MANIFEST(EVENTS("<event value='1' level='win:Warning' opcode='win:Start'"
				    " keywords=' win:ResponseTime  my:Own\n'/>"
				    "<event value='2' level='my:Loud' opcode='my:Own'/>")));

	(void)state;
	assert_string_equal(find(manifests, 1, 0)->level, "Warning");
	assert_string_equal(find(manifests, 1, 0)->opcode, "Start");
	assert_string_equal(find(manifests, 1, 0)->keywords, "ResponseTime,my:Own");
	assert_string_equal(find(manifests, 2, 0)->level, "my:Loud");
	assert_string_equal(find(manifests, 2, 0)->opcode, "my:Own");
	assert_string_equal(find(manifests, 2, 0)->keywords, "");
	manifests_free(manifests);
}

static void names_of_all_manifests_have_the_prefix_that_is_declared(void **state)
{
	struct manifests *manifests = add(
		"<m:instrumentationManifest xmlns:m='http://schemas.microsoft.com/win/2004/08/"
		"events'><m:instrumentation xmlns:wm='http://manifests.microsoft.com/win/2004/08/"
		"windows/events' xmlns:wmx='urn:other'><m:events>"
		"<m:provider name='Shop' guid='" SHOP_GUID_TEXT "'><m:events>"
		"<m:event value='1' level='wm:Warning' opcode='wm:Start' template='T'"
		" keywords='wm:ResponseTime win:Sqm wmx:Own w:Own'/></m:events>"
		"<m:templates><m:template tid='T'>"
		"<m:data name='A' inType='wm:UInt16'/></m:template></m:templates>"
		"</m:provider></m:events></m:instrumentation></m:instrumentationManifest>");
	const struct schema *schema = find(manifests, 1, 0);

	(void)state;
	assert_string_equal(schema->level, "Warning");
	assert_string_equal(schema->opcode, "Start");
	assert_string_equal(schema->keywords, "ResponseTime,Sqm,wmx:Own,w:Own");
	assert_int_equal(schema->field_count, 1);
	assert_int_equal(schema->fields[0].type, VALUE_U16);
	manifests_free(manifests);
}

static void an_event_without_an_opcode_is_information(void **state)
{
	struct manifests *manifests = add(MANIFEST(EVENTS("<event value='1'/>")));

	(void)state;
	assert_string_equal(find(manifests, 1, 0)->opcode, "Info");
	assert_string_equal(find(manifests, 1, 0)->level, "");
	manifests_free(manifests);
}

static void elements_may_have_any_prefix_and_be_within_an_assembly(void **state)
{
	struct manifests *manifests = add(
		"<a:assembly xmlns:a='urn:schemas-microsoft-com:asm.v3' xmlns:m='urn:m'>"
		"<a:instrumentation><m:events><m:provider name='Shop' guid='" SHOP_GUID_TEXT "'>"
		"<m:events><m:event value='1' symbol='S' template='T'/></m:events><m:templates>"
		"<m:template tid='T'><m:data name='n' inType='UInt8'/></m:template></m:templates>"
		"</m:provider></m:events></a:instrumentation></a:assembly>");

	(void)state;
	assert_string_equal(find(manifests, 1, 0)->event, "S");
	assert_int_equal(find(manifests, 1, 0)->fields[0].type, VALUE_U8);
	manifests_free(manifests);
}

static void unknown_elements_are_ignored_with_what_is_in_them(void **state)
{
	struct payload payload = {0};

	(void)state;
	payload_u8(&payload, 7);
	check_fields(MANIFEST_WITH_TEMPLATE("<data name='a' inType='win:UInt8'/>"
					    "<UserData><X xmlns='myNs'><data name='b'"
					    " inType='win:UInt8'/></X></UserData>"),
		     &payload, "{\"a\":7}");
}

static void attributes_with_a_prefix_are_not_the_manifests(void **state)
{
	struct manifests *manifests =
		add(MANIFEST(EVENTS("<event value='1' x:symbol='X' xmlns:x='urn:x'/>")));

	(void)state;
	assert_string_equal(find(manifests, 1, 0)->event, "");
	manifests_free(manifests);
}

static void strings_and_binary_have_lengths_by_number_and_by_field(void **state)
{
	struct payload payload = {0};

	(void)state;
	payload_u16(&payload, 2);
	payload_bytes(&payload, "a\0b\0c\0d\0", 8);
	payload_bytes(&payload, "xyz", 3);
	payload_bytes(&payload, "\1\2\3", 3);
	payload_utf16(&payload, "e");
	check_fields(
		MANIFEST_WITH_TEMPLATE(
			"<data name='n' inType='win:UInt16'/>"
			"<data name='a' inType='win:UnicodeString' length='n'/>"
			"<data name='b' inType='win:UnicodeString' length='0x2'/>"
			"<data name='c' inType='win:AnsiString' length='3'/>"
			"<data name='d' inType='win:Binary' length='3' outType='xs:hexBinary'/>"
			"<data name='e' inType='win:UnicodeString' length='0'/>"),
		&payload,
		"{\"n\":2,\"a\":\"ab\",\"b\":\"cd\",\"c\":\"xyz\",\"d\":\"010203\",\"e\":\"e\"}");
}

static void counted_types_have_their_length_before_them(void **state)
{
	struct payload payload = {0};

	(void)state;
	payload_bytes(&payload, "\2\0a\0\1\0b\2\0\1\2", 11);
	check_fields(MANIFEST_WITH_TEMPLATE("<data name='a' inType='win:CountedUnicodeString'/>"
					    "<data name='b' inType='win:CountedAnsiString'/>"
					    "<data name='c' inType='win:CountedBinary'/>"),
		     &payload, "{\"a\":\"a\",\"b\":\"b\",\"c\":\"0102\"}");
}

static void ipv6_addresses_have_16_bytes_without_being_told(void **state)
{
	struct payload payload = {0};

	(void)state;
	payload_bytes(&payload, "0123456789abcdef", 16);
	payload_u8(&payload, 1);
	check_fields(
		MANIFEST_WITH_TEMPLATE("<data name='a' inType='win:Binary' outType='win:IPv6'/>"
				       "<data name='b' inType='win:UInt8'/>"),
		&payload, "{\"a\":\"30313233343536373839616263646566\",\"b\":1}");
}

static void lengths_of_numbers_mean_nothing(void **state)
{
	struct payload payload = {0};

	(void)state;
	payload_u32(&payload, 5);
	check_fields(
		MANIFEST_WITH_TEMPLATE("<data name='a' inType='win:UInt32' length='nothing'/>"),
		&payload, "{\"a\":5}");
}

static void arrays_have_counts_by_number_and_by_field(void **state)
{
	struct payload payload = {0};

	(void)state;
	payload_u8(&payload, 3);
	payload_bytes(&payload, "\1\2\3\4\5\6\7\x8", 8);
	check_fields(MANIFEST_WITH_TEMPLATE("<data name='n' inType='win:UInt8'/>"
					    "<data name='a' inType='win:UInt8' count='n'/>"
					    "<data name='b' inType='win:UInt8' count='2'/>"
					    "<data name='c' inType='win:UInt8' count='1'/>"
					    "<data name='d' inType='win:UInt8' count='0'/>"
					    "<struct name='s' count='0'>"
					    "<data name='e' inType='win:UInt8'/></struct>"),
		     &payload,
		     "{\"n\":3,\"a\":[1,2,3],\"b\":[4,5],\"c\":[6],\"d\":7,"
		     "\"s\":{\"e\":8}}");
}

static void dumps_refer_to_fields_by_names_with_blanks(void **state)
{
	struct payload payload = {0};

	(void)state;
	payload_u8(&payload, 1);
	payload_u8(&payload, 2);
	check_fields(
		MANIFEST_WITH_TEMPLATE("<data name='ByteCount' inType='win:UInt8'/>"
				       "<data name='a' inType='win:UInt8' count='Byte Count'/>"),
		&payload, "{\"ByteCount\":1,\"a\":[2]}");
}

static void structs_are_nested_and_counted(void **state)
{
	struct payload payload = {0};

	(void)state;
	payload_u8(&payload, 2);
	payload_bytes(&payload, "\1\1a\2\2bc", 7);
	payload_u8(&payload, 9);
	check_fields(MANIFEST_WITH_TEMPLATE(
			     "<data name='n' inType='win:UInt8'/><struct name='s' count='n'>"
			     "<data name='x' inType='win:UInt8'/><struct name='t'>"
			     "<data name='m' inType='win:UInt8'/>"
			     "<data name='y' inType='win:AnsiString' length='m'/>"
			     "</struct></struct><data name='z' inType='win:UInt8'/>"),
		     &payload,
		     "{\"n\":2,\"s\":[{\"x\":1,\"t\":{\"m\":1,\"y\":\"a\"}},"
		     "{\"x\":2,\"t\":{\"m\":2,\"y\":\"bc\"}}],\"z\":9}");
}

static void a_member_may_refer_to_a_field_around_its_struct(void **state)
{
	struct payload payload = {0};

	(void)state;
	payload_bytes(&payload, "\2abcd", 5);
	check_fields(MANIFEST_WITH_TEMPLATE(
			     "<data name='n' inType='win:UInt8'/><struct name='s' count='2'>"
			     "<data name='a' inType='win:AnsiString' length='n'/></struct>"),
		     &payload, "{\"n\":2,\"s\":[{\"a\":\"ab\"},{\"a\":\"cd\"}]}");
}

static void of_fields_with_the_same_name_the_last_before_is_meant(void **state)
{
	struct payload payload = {0};

	(void)state;
	payload_bytes(&payload, "\1\2ab", 4);
	check_fields(MANIFEST_WITH_TEMPLATE("<data name='n' inType='win:UInt8'/>"
					    "<data name='n' inType='win:UInt8'/>"
					    "<data name='a' inType='win:AnsiString' length='n'/>"),
		     &payload, "{\"n\":1,\"n\":2,\"a\":\"ab\"}");
}

static void a_later_manifest_counts_for_more(void **state)
{
	struct manifests *manifests = add(MANIFEST(EVENTS("<event value='1' symbol='old'/>"
							  "<event value='2' symbol='old'/>")));
	const struct schema *old = find(manifests, 1, 0);
	const char *name = manifests_provider(manifests, shop_event(1, 0, NULL).guid);

	(void)state;
	add_more(manifests, MANIFEST_OF("<provider name='Store' guid='" SHOP_GUID_TEXT
					"'><events><event value='1' symbol='new'/></events>"
					"</provider>",
					""));
	assert_string_equal(find(manifests, 1, 0)->event, "new");
	assert_string_equal(find(manifests, 2, 0)->event, "old");
	assert_string_equal(manifests_provider(manifests, shop_event(1, 0, NULL).guid), "Store");
	assert_string_equal(old->event, "old");
	assert_string_equal(name, "Shop");
	manifests_free(manifests);
}

#define EVENT_OF(symbol, type)                                                 \
	MANIFEST(EVENTS("<event value='1' template='T' symbol='" symbol "'/>") \
			 TEMPLATE("<data name='a' inType='win:" type "'/>"))

static void of_contradicting_manifests_the_one_that_fits_is_taken(void **state)
{
	struct manifests *manifests = add(EVENT_OF("short", "UInt16"));
	struct payload payload = {0};
	struct event_record record;

	(void)state;
	add_more(manifests, EVENT_OF("long", "UInt32"));
	payload_u16(&payload, 1);
	record = shop_event(1, 0, &payload);
	assert_string_equal(manifests_find(manifests, &record)->event, "short");
	payload_u16(&payload, 1);
	record = shop_event(1, 0, &payload);
	assert_string_equal(manifests_find(manifests, &record)->event, "long");
	payload_u16(&payload, 1);
	record = shop_event(1, 0, &payload);
	assert_string_equal(manifests_find(manifests, &record)->event, "long");
	manifests_free(manifests);
}

#define CLR_MANIFEST                                                                             \
	MANIFEST_OF("<provider name='CLR' guid='{e13c0d23-ccbc-4e12-931b-d9cc2eee27e4}'>"        \
		    "<events><event value='82' template='T'/></events><templates>"               \
		    "<template tid='T'><data name='FrameCount' inType='win:UInt32'/>"            \
		    "<data name='Stack' count='2' inType='win:Pointer'/></template></templates>" \
		    "</provider>",                                                               \
		    "")

static void dotnet_stacks_have_as_many_frames_as_are_counted(void **state)
{
	static const uint8_t clr[16] = {0x23, 0x0d, 0x3c, 0xe1, 0xbc, 0xcc, 0x12, 0x4e,
					0x93, 0x1b, 0xd9, 0xcc, 0x2e, 0xee, 0x27, 0xe4};
	struct manifests *manifests = add(CLR_MANIFEST);
	struct event_record record = shop_event(82, 0, NULL);
	const struct field *fields;

	(void)state;
	record.guid = clr;
	fields = manifests_find(manifests, &record)->fields;
	assert_int_equal(fields[1].count_kind, COUNT_FIELD);
	assert_int_equal(fields[1].count, 0);
	manifests_free(manifests);
}

static void other_fields_of_that_name_are_as_they_are_described(void **state)
{
	struct manifests *manifests =
		add(MANIFEST_WITH_TEMPLATE("<data name='FrameCount' inType='win:UInt32'/>"
					   "<data name='Stack' count='2' inType='win:Pointer'/>"));

	(void)state;
	assert_int_equal(find(manifests, 1, 0)->fields[1].count_kind, COUNT_FIXED);
	assert_int_equal(find(manifests, 1, 0)->fields[1].count, 2);
	manifests_free(manifests);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_is_found_by_provider_id_and_version),
		cmocka_unit_test(an_event_without_a_version_has_version_0),
		cmocka_unit_test(classic_records_have_no_manifest),
		cmocka_unit_test(a_provider_is_known_by_its_guid),
		cmocka_unit_test(a_manifest_may_have_several_providers),
		cmocka_unit_test(an_event_is_called_by_its_name_then_its_symbol_then_its_task),
		cmocka_unit_test(an_eventsource_event_is_called_by_its_task_then_its_symbol),
		cmocka_unit_test(names_of_all_manifests_lose_their_prefix),
		cmocka_unit_test(names_of_all_manifests_have_the_prefix_that_is_declared),
		cmocka_unit_test(an_event_without_an_opcode_is_information),
		cmocka_unit_test(elements_may_have_any_prefix_and_be_within_an_assembly),
		cmocka_unit_test(unknown_elements_are_ignored_with_what_is_in_them),
		cmocka_unit_test(attributes_with_a_prefix_are_not_the_manifests),
		cmocka_unit_test(strings_and_binary_have_lengths_by_number_and_by_field),
		cmocka_unit_test(counted_types_have_their_length_before_them),
		cmocka_unit_test(ipv6_addresses_have_16_bytes_without_being_told),
		cmocka_unit_test(lengths_of_numbers_mean_nothing),
		cmocka_unit_test(arrays_have_counts_by_number_and_by_field),
		cmocka_unit_test(dumps_refer_to_fields_by_names_with_blanks),
		cmocka_unit_test(structs_are_nested_and_counted),
		cmocka_unit_test(a_member_may_refer_to_a_field_around_its_struct),
		cmocka_unit_test(of_fields_with_the_same_name_the_last_before_is_meant),
		cmocka_unit_test(a_later_manifest_counts_for_more),
		cmocka_unit_test(of_contradicting_manifests_the_one_that_fits_is_taken),
		cmocka_unit_test(dotnet_stacks_have_as_many_frames_as_are_counted),
		cmocka_unit_test(other_fields_of_that_name_are_as_they_are_described),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
