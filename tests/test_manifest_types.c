#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/decoder/manifest_types.h"
#include "exporter/decoder/manifests.h"
#include "tests/support/manifest_text.h"

static void check_type(const char *in, const char *out, struct field expected)
{
	struct field field = {0};

	assert_true(manifest_type(in, out, &field));
	assert_int_equal(field.type, expected.type);
	assert_int_equal(field.out, expected.out);
	assert_int_equal(field.length_kind, expected.length_kind);
}

static void each_in_type_has_its_bytes(void **state)
{
	static const struct {
		const char *name;
		struct field field;
	} rows[] = {
		{"win:UnicodeString", {.type = VALUE_UTF16}},
		{"win:AnsiString", {.type = VALUE_ANSI}},
		{"win:Int8", {.type = VALUE_I8}},
		{"win:UInt8", {.type = VALUE_U8}},
		{"win:Int16", {.type = VALUE_I16}},
		{"win:UInt16", {.type = VALUE_U16}},
		{"win:Int32", {.type = VALUE_I32}},
		{"win:UInt32", {.type = VALUE_U32}},
		{"win:Int64", {.type = VALUE_I64}},
		{"win:UInt64", {.type = VALUE_U64}},
		{"win:Float", {.type = VALUE_F32}},
		{"win:Double", {.type = VALUE_F64}},
		{"win:Boolean", {.type = VALUE_BOOL32}},
		{"win:Binary", {.type = VALUE_BINARY}},
		{"win:GUID", {.type = VALUE_GUID}},
		{"win:Pointer", {.type = VALUE_POINTER}},
		{"win:FILETIME", {.type = VALUE_FILETIME}},
		{"win:SYSTEMTIME", {.type = VALUE_SYSTEMTIME}},
		{"win:SID", {.type = VALUE_SID}},
		{"win:HexInt32", {.type = VALUE_HEX32}},
		{"win:HexInt64", {.type = VALUE_HEX64}},
		{"win:CountedUnicodeString", {.type = VALUE_UTF16, .length_kind = LENGTH_PREFIX}},
		{"win:CountedAnsiString", {.type = VALUE_ANSI, .length_kind = LENGTH_PREFIX}},
		{"win:CountedBinary", {.type = VALUE_BINARY, .length_kind = LENGTH_PREFIX}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_type(rows[i].name, NULL, rows[i].field);
}

static void each_out_type_has_its_meaning(void **state)
{
	static const struct {
		const char *name;
		enum out_type out;
	} rows[] = {
		{"xs:string", OUT_STRING},
		{"xs:dateTime", OUT_DATETIME},
		{"xs:int", OUT_SIGNED},
		{"xs:unsignedInt", OUT_UNSIGNED},
		{"xs:boolean", OUT_BOOLEAN},
		{"xs:GUID", OUT_GUID},
		{"xs:hexBinary", OUT_HEX},
		{"win:HexInt8", OUT_HEX},
		{"win:HexInt64", OUT_HEX},
		{"win:PID", OUT_PID},
		{"win:TID", OUT_TID},
		{"win:Port", OUT_PORT},
		{"win:IPv4", OUT_IPV4},
		{"win:IPv6", OUT_IPV6},
		{"win:SocketAddress", OUT_SOCKET_ADDRESS},
		{"win:ETWTIME", OUT_ETWTIME},
		{"win:Xml", OUT_XML},
		{"win:ErrorCode", OUT_ERROR_CODE},
		{"win:Win32Error", OUT_WIN32_ERROR},
		{"win:NTSTATUS", OUT_NTSTATUS},
		{"win:HResult", OUT_HRESULT},
		{"win:Json", OUT_JSON},
		{"win:Utf8", OUT_UTF8},
		{"win:CodePointer", OUT_CODE_POINTER},
		{"win:DateTimeUtc", OUT_DATETIME_UTC},
		{"win:DateTimeCultureInsensitive", OUT_CULTURE_DATETIME},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_type("win:UInt32", rows[i].name,
			   (struct field){.type = VALUE_U32, .out = (uint8_t)rows[i].out});
}

static void types_may_have_any_prefix_and_case(void **state)
{
	const struct field expected = {.type = VALUE_HEX32, .out = OUT_HRESULT};

	(void)state;
	check_type("HexInt32", "HResult", expected);
	check_type("w:hexint32", "w:HRESULT", expected);
}

static void an_unknown_out_type_is_the_default(void **state)
{
	(void)state;
	check_type("win:UInt32", "win:Colour", (struct field){.type = VALUE_U32});
}

static void there_are_no_other_in_types(void **state)
{
	static const char *const names[] = {"win:Struct", "win:29", "win:", "", "UInt", "UInt322"};
	struct field field = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_false(manifest_type(names[i], NULL, &field));
}

#define FIELDS(maps)                              \
	EVENTS("<event value='1' template='T'/>") \
	TEMPLATE("<data name='a' inType='win:UInt32' map='M'/>") "<maps>\n" maps "</maps>\n"

/* The map of the only field of event 1. */
static const struct value_map *add(struct manifests *manifests, const char *xml)
{
	const struct event_record record = shop_event(1, 0, NULL);
	struct error error;

	assert_non_null(manifests);
	if (manifests_add(manifests, "shop.man", xml, strlen(xml), &error))
		fail_msg("%s", error.text);
	return manifests_find(manifests, &record)->fields[0].map;
}

static void a_value_is_named_by_its_message_else_by_its_symbol(void **state)
{
	struct manifests *manifests = manifests_new("manifest");
	const struct value_map *map = add(
		manifests, MANIFEST_OF(PROVIDER(FIELDS("<valueMap name='M'>"
						       "<map value='1' message='$(string.One)'/>"
						       "<map value='0x10' message='$(string.M (2))'"
						       " symbol='not this'/>"
						       "<map value='3' message='$(string.absent)'"
						       " symbol='Three'/>"
						       "<map value='4294967295' symbol='Four'/>"
						       "<map value='5' message='Five'/>"
						       "<map value='7' message='$(mc.Seven)'/>"
						       "<map value='8' message='$(mc.Eight)'"
						       " symbol='Eight'/>"
						       "<map value='6'/><map value='x' symbol='x'/>"
						       "</valueMap>")),
				       "<string id='One' value=' one &lt;\n'/>"
				       "<string id='M (2)' value='two'/>"));

	(void)state;
	assert_non_null(map);
	assert_false(map->bits);
	assert_int_equal(map->count, 6);
	assert_int_equal(map->values[0], 1);
	assert_string_equal(map->names[0], "one <");
	assert_int_equal(map->values[1], 16);
	assert_string_equal(map->names[1], "two");
	assert_string_equal(map->names[2], "Three");
	assert_int_equal(map->values[3], UINT32_MAX);
	assert_string_equal(map->names[3], "Four");
	assert_string_equal(map->names[4], "Five");
	assert_string_equal(map->names[5], "Eight");
	manifests_free(manifests);
}

static void a_bit_map_is_one_of_bits(void **state)
{
	struct manifests *manifests = manifests_new("manifest");
	const struct value_map *map =
		add(manifests, MANIFEST(FIELDS("<bitMap name='other'/><bitMap name='M'>"
					       "<map value='0x80000000' symbol='Top'/></bitMap>")));

	(void)state;
	assert_true(map->bits);
	assert_int_equal(map->count, 1);
	assert_int_equal(map->values[0], 0x80000000);
	manifests_free(manifests);
}

static void a_map_that_is_not_there_is_no_map(void **state)
{
	struct manifests *manifests = manifests_new("manifest");

	(void)state;
	assert_null(add(manifests, MANIFEST(FIELDS("<valueMap name='other'/>"))));
	manifests_free(manifests);
}

#define STRINGS(culture, strings) \
	"<resources culture='" culture "'><stringTable>" strings "</stringTable></resources>"
#define THREE_VALUES                                                \
	"<valueMap name='M'><map value='1' message='$(string.a)'/>" \
	"<map value='2' message='$(string.b)'/><map value='3' message='$(string.c)'/></valueMap>"

static void english_strings_are_preferred(void **state)
{
	static const char xml[] = "<assembly>" PROVIDER(FIELDS(THREE_VALUES))
		STRINGS("de-DE", "<string id='a' value='eins'/><string id='b' value='zwei'/>"
				 "<string id='c' value='grau'/>")
			STRINGS("en-GB", "<string id='a' value='a'/><string id='c' value='grey'/>")
				STRINGS("en-US", "<string id='c' value='gray'/>") "</assembly>";
	struct manifests *manifests = manifests_new("manifest");
	const struct value_map *map = add(manifests, xml);

	(void)state;
	assert_string_equal(map->names[0], "a");
	assert_string_equal(map->names[1], "zwei");
	assert_string_equal(map->names[2], "gray");
	manifests_free(manifests);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_in_type_has_its_bytes),
		cmocka_unit_test(each_out_type_has_its_meaning),
		cmocka_unit_test(types_may_have_any_prefix_and_case),
		cmocka_unit_test(an_unknown_out_type_is_the_default),
		cmocka_unit_test(there_are_no_other_in_types),
		cmocka_unit_test(a_value_is_named_by_its_message_else_by_its_symbol),
		cmocka_unit_test(a_bit_map_is_one_of_bits),
		cmocka_unit_test(a_map_that_is_not_there_is_no_map),
		cmocka_unit_test(english_strings_are_preferred),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
