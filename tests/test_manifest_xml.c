/*
 * Manifests as XML: how they are encoded, what is refused, and what is said of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/decoder/manifests.h"
#include "tests/support/manifest_text.h"

#define EVENT_1 EVENTS("<event value='1' symbol='\xc3\x84 \xf0\x9f\x98\x80'/>")

static const struct schema *find(const struct manifests *manifests, uint16_t id)
{
	const struct event_record record = shop_event(id, 0, NULL);

	return manifests_find(manifests, &record);
}

/* Event 1 of the manifest has the name of EVENT_1. */
static void check_reads(const char *xml, size_t length)
{
	struct manifests *manifests = manifests_new("manifest");
	struct error error;

	assert_non_null(manifests);
	if (manifests_add(manifests, "shop.man", xml, length, &error))
		fail_msg("%s", error.text);
	assert_string_equal(find(manifests, 1)->event, "\xc3\x84 \xf0\x9f\x98\x80");
	manifests_free(manifests);
}

/* The manifest is wrong, for this reason, and this many of its events are kept. */
static void check_refused_of(const char *xml, size_t length, const char *why, size_t kept)
{
	struct manifests *manifests = manifests_new("manifest");
	struct error error;

	assert_non_null(manifests);
	assert_int_equal(manifests_add(manifests, "shop.man", xml, length, &error), -1);
	assert_string_equal(error.text, why);
	assert_int_equal(manifests_count(manifests), kept);
	manifests_free(manifests);
}

static void check_refused(const char *xml, const char *why, size_t kept)
{
	check_refused_of(xml, strlen(xml), why, kept);
}

/* UTF-8 of at most U+FFFF outside of one emoji, which is what the tests use; `high` byte first. */
static size_t to_utf16(const char *from, bool high_first, char *to)
{
	const unsigned char *at = (const unsigned char *)from;
	size_t length = 0;

	while (*at) {
		uint32_t units[2] = {*at, 0}, count = 1;

		if (*at == 0xc3) {
			units[0] = 0xc0u | (at[1] & 0x3f);
			at += 2;
		} else if (*at == 0xf0) {
			units[0] = 0xd83d;
			units[1] = 0xde00;
			count = 2;
			at += 4;
		} else {
			at++;
		}
		for (uint32_t i = 0; i < count; i++) {
			to[length + high_first] = (char)units[i];
			to[length + !high_first] = (char)(units[i] >> 8);
			length += 2;
		}
	}
	return length;
}

static void utf8_is_read_with_and_without_a_mark(void **state)
{
	static const char plain[] = MANIFEST(EVENT_1), marked[] = "\xef\xbb\xbf" MANIFEST(EVENT_1);

	(void)state;
	check_reads(plain, sizeof(plain) - 1);
	check_reads(marked, sizeof(marked) - 1);
}

static void check_reads_utf16(const char *xml, size_t size)
{
	char *text = malloc(2 * size + 2);

	assert_non_null(text);
	memcpy(text, "\xff\xfe", 2);
	check_reads(text, 2 + to_utf16(xml, false, text + 2));
	check_reads(text + 2, to_utf16(xml, false, text + 2));
	memcpy(text, "\xfe\xff", 2);
	check_reads(text, 2 + to_utf16(xml, true, text + 2));
	check_reads(text + 2, to_utf16(xml, true, text + 2));
	free(text);
}

static void utf16_is_read_with_and_without_a_mark(void **state)
{
	static const char xml[] = MANIFEST(EVENT_1);

	(void)state;
	check_reads_utf16(xml, sizeof(xml));
}

static void the_bytes_count_for_more_than_the_declaration(void **state)
{
	static const char utf8[] = "<?xml version='1.0' encoding='UTF-16'?>" MANIFEST(EVENT_1);
	static const char marked[] =
		"\xef\xbb\xbf<?xml version='1.0' encoding='UTF-16'?>" MANIFEST(EVENT_1);
	static const char utf16[] = "<?xml version='1.0' encoding='utf-8'?>" MANIFEST(EVENT_1);

	(void)state;
	check_reads(utf8, sizeof(utf8) - 1);
	check_reads(marked, sizeof(marked) - 1);
	check_reads_utf16(utf16, sizeof(utf16));
}

static void other_encodings_are_read_where_they_are_declared(void **state)
{
	static const char xml[] = "<?xml version='1.0' encoding='iso-8859-1'?>" MANIFEST(
		EVENTS("<event value='1' symbol='\xc4 &#x1f600;'/>"));

	(void)state;
	check_reads(xml, sizeof(xml) - 1);
}

/* 0x80 and 0x8a are other characters there than in ISO 8859-1. */
static void windows_code_page_1252_is_read_where_it_is_declared(void **state)
{
	static const char xml[] = "<?xml version='1.0' encoding='Windows-1252'?>" MANIFEST(
		EVENTS("<event value='1' symbol='\xc4\x80\x8a'/>"));
	struct manifests *manifests = manifests_new("manifest");
	struct error error;

	(void)state;
	assert_non_null(manifests);
	assert_int_equal(manifests_add(manifests, "shop.man", xml, sizeof(xml) - 1, &error), 0);
	assert_string_equal(find(manifests, 1)->event, "\xc3\x84\xe2\x82\xac\xc5\xa0");
	manifests_free(manifests);
}

static void an_encoding_that_is_not_known_is_taken_for_utf8(void **state)
{
	static const char utf8[] = "<?xml version='1.0' encoding='gb2312'?>" MANIFEST(EVENT_1);
	static const char utf16[] = "<?xml version='1.0' encoding='unicode'?>" MANIFEST(EVENT_1);

	(void)state;
	check_reads(utf8, sizeof(utf8) - 1);
	check_reads_utf16(utf16, sizeof(utf16));
	check_refused("<?xml version='1.0' encoding='gb2312'?>"
		      "<events symbol='\xc4\xe3'/>",
		      "manifest shop.man, line 1, column 56: this is no XML in UTF-8, and the "
		      "encoding that is declared is not known: it must be UTF-8, UTF-16, "
		      "ISO-8859-1 or windows-1252",
		      0);
}

static void of_what_is_not_xml_nothing_is_added(void **state)
{
	static const char xml[] = MANIFEST(EVENTS("<event value='1'/>"));

	(void)state;
	check_refused("", "manifest shop.man, line 1, column 1: no element found", 0);
	check_refused("MZ", "manifest shop.man, line 1, column 1: syntax error", 0);
	check_refused(MANIFEST("<events><event value='1'/>\n </event>"),
		      "manifest shop.man, line 5, column 4: mismatched tag", 0);
	check_refused_of(xml, sizeof(xml) - 5,
			 "manifest shop.man, line 10, column 1: unclosed token", 0);
}

static void a_file_of_zeros_is_not_xml(void **state)
{
	char zeros[64] = {0};

	(void)state;
	check_refused_of(zeros, sizeof(zeros),
			 "manifest shop.man, line 1, column 1: not well-formed (invalid token)", 0);
}

static void declarations_are_refused(void **state)
{
	static const char *const manifests[] = {
		"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>]>\n" MANIFEST(EVENT_1),
		"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>\n" MANIFEST(EVENT_1),
		"<!DOCTYPE x [<!ENTITY % a SYSTEM 'file:///etc/passwd'> %a;]>\n" MANIFEST(EVENT_1),
		"<!DOCTYPE x [<!ATTLIST event symbol CDATA 'default'>]>\n" MANIFEST(EVENT_1),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(manifests) / sizeof(manifests[0]); i++)
		check_refused(manifests[i],
			      "manifest shop.man, line 1, column 13: its document type has "
			      "declarations, which manifests must not",
			      0);
}

static void a_document_type_elsewhere_is_not_looked_at(void **state)
{
	static const char xml[] = "<!DOCTYPE x SYSTEM 'file:///etc/passwd'>" MANIFEST(EVENT_1);

	(void)state;
	check_reads(xml, sizeof(xml) - 1);
}

static void an_event_that_is_wrong_leaves_the_others(void **state)
{
	(void)state;
	check_refused(MANIFEST("<events>\n<event value='1'/>\n"
			       "  <event value='65536'/><event version='1'/>\n"
			       "<event value='2' version='256'/><event value='3'/></events>"),
		      "manifest shop.man, line 6, column 3: an event has no value up to 65535, or "
		      "no version up to 255",
		      2);
}

static void a_provider_without_a_guid_is_refused(void **state)
{
	(void)state;
	check_refused(MANIFEST_OF("<provider name='A'><events><event value='1'/></events>"
				  "</provider>" PROVIDER(EVENT_1),
				  ""),
		      "manifest shop.man, line 3, column 1: provider \"A\" has no GUID: "
		      "guid=\"{...}\" must say it, as events have only that",
		      1);
}

static void a_template_that_is_not_there_is_refused(void **state)
{
	(void)state;
	check_refused(MANIFEST("<events>\n<event value='0x7' template='T'/></events>"
			       "<templates><template tid='T2'/></templates>"),
		      "manifest shop.man, line 5, column 1: event 0x7: there is no template \"T\"",
		      0);
}

static void fields_that_are_wrong_are_refused(void **state)
{
	static const struct {
		const char *xml;
		const char *why;
	} rows[] = {
		{MANIFEST_WITH_TEMPLATE("<data name='a'/>"), "event 1: a field has no inType"},
		{MANIFEST_WITH_TEMPLATE("<data name='a' inType='win:Colour'/>"),
		 "event 1: there is no inType \"win:Colour\""},
		{MANIFEST_WITH_TEMPLATE("<data inType='win:UInt8'/>"),
		 "event 1: a field has no name"},
		{MANIFEST_WITH_TEMPLATE("<data name='a' inType='win:Binary' length='b'/>"
					"<data name='b' inType='win:UInt8'/>"),
		 "event 1: no number up to 65535 and no field before it is \"b\""},
		{MANIFEST_WITH_TEMPLATE("<data name='a' inType='win:UInt8' count='65536'/>"),
		 "event 1: no number up to 65535 and no field before it is \"65536\""},
		{MANIFEST_WITH_TEMPLATE("<data name='a' inType='win:UInt8' count='a'/>"),
		 "event 1: no number up to 65535 and no field before it is \"a\""},
	};
	char why[256];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(why, sizeof(why), "manifest shop.man, line 7, column 1: %s", rows[i].why);
		check_refused(rows[i].xml, why, 0);
	}
}

static void a_count_is_a_single_number(void **state)
{
	(void)state;
	check_refused(MANIFEST_WITH_TEMPLATE("<data name='n' inType='win:UInt8' count='2'/>"
					     "<data name='a' inType='win:UInt8' count='n'/>"),
		      "manifest shop.man, line 5, column 1: event 1: its names are too long, its "
		      "fields contradict each other, or memory is short",
		      0);
}

static void members_of_another_struct_are_not_referred_to(void **state)
{
	(void)state;
	check_refused(MANIFEST_WITH_TEMPLATE("<struct name='s'><data name='n' inType='win:UInt8'/>"
					     "</struct>\n"
					     "<data name='a' inType='win:UInt8' count='n'/>"),
		      "manifest shop.man, line 8, column 1: event 1: no number up to 65535 and no "
		      "field before it is \"n\"",
		      0);
}

/* The text `count` times behind `head`, and `tail`; the caller frees it. */
static char *repeat(const char *head, const char *text, size_t count, const char *tail)
{
	size_t length = strlen(text), at = strlen(head);
	char *whole = malloc(at + count * length + strlen(tail) + 1);

	assert_non_null(whole);
	memcpy(whole, head, at);
	for (size_t i = 0; i < count; i++, at += length)
		memcpy(whole + at, text, length);
	memcpy(whole + at, tail, strlen(tail) + 1);
	return whole;
}

static int add_repeated(const char *head, const char *text, size_t count, const char *tail,
			struct error *error, size_t *kept)
{
	struct manifests *manifests = manifests_new("manifest");
	char *xml = repeat(head, text, count, tail);
	int result = manifests_add(manifests, "shop.man", xml, strlen(xml), error);

	*kept = manifests_count(manifests);
	free(xml);
	manifests_free(manifests);
	return result;
}

static void check_limit(const char *head, const char *text, size_t most, const char *tail,
			const char *why)
{
	struct error error;
	size_t kept;

	if (add_repeated(head, text, most, tail, &error, &kept))
		fail_msg("%s", error.text);
	assert_int_equal(add_repeated(head, text, most + 1, tail, &error, &kept), -1);
	assert_non_null(strstr(error.text, why));
}

static void elements_are_nested_up_to_64_deep(void **state)
{
	struct error error;
	char *closing = repeat("", "</x>", 64, ""), *more = repeat("", "</x>", 65, "");
	size_t kept;

	(void)state;
	assert_int_equal(add_repeated("", "<x>", 64, closing, &error, &kept), 0);
	assert_int_equal(add_repeated("", "<x>", 65, more, &error, &kept), -1);
	assert_non_null(strstr(error.text, "elements are nested more than 64 deep"));
	free(closing);
	free(more);
}

static void structs_are_nested_up_to_7_deep(void **state)
{
	struct error error;
	size_t kept;
	char *tail;

	(void)state;
	for (size_t depth = 8; depth <= 9; depth++) {
		tail = repeat("<data name='a' inType='win:UInt8'/>", "</struct>", depth,
			      "</template></templates></provider></events>");
		assert_int_equal(add_repeated("<events><provider guid='" SHOP_GUID_TEXT
					      "'><events><event value='1' template='T'/></events>"
					      "<templates><template tid='T'>",
					      "<struct name='s'>", depth, tail, &error, &kept),
				 depth == 8 ? 0 : -1);
		assert_int_equal(kept, depth == 8);
		free(tail);
	}
	assert_non_null(strstr(error.text, "event 1: structs are nested more than 8 deep"));
}

#define PROVIDER_HEAD "<events><provider guid='" SHOP_GUID_TEXT "'>"

static void events_have_up_to_1024_fields(void **state)
{
	(void)state;
	check_limit(PROVIDER_HEAD "<events><event value='1' template='T'/></events><templates>"
				  "<template tid='T'>",
		    "<data name='a' inType='win:UInt8'/>", 1024,
		    "</template></templates></provider></events>",
		    "event 1 has more than 1024 fields");
}

static void there_are_up_to_262144_events(void **state)
{
	(void)state;
	check_limit(PROVIDER_HEAD "<events>", "<event value='1'/>", 262144,
		    "</events></provider></events>",
		    "all manifests together have more than 262,144 events");
}

static void there_are_up_to_1048576_elements_that_mean_something(void **state)
{
	(void)state;
	check_limit("<events><x/>", "<data/>", (1 << 20) - 1, "</events>",
		    "there are more than 1,048,576 elements");
}

static void schemas_take_up_to_64_mib(void **state)
{
	char *templates = repeat("</events><templates><template tid='T'>",
				 "<data name='a' inType='win:UInt8'/>", 1024,
				 "</template></templates></provider></events>");
	struct error error;
	size_t kept;

	(void)state;
	assert_int_equal(add_repeated(PROVIDER_HEAD "<events>", "<event value='1' template='T'/>",
				      4000, templates, &error, &kept),
			 -1);
	assert_non_null(strstr(error.text, "the schemas of all manifests take more than 64 MiB"));
	assert_in_range(kept, 1000, 3999);
	free(templates);
}

static void tags_and_comments_are_bounded(void **state)
{
	struct error error;
	size_t kept;

	(void)state;
	assert_int_equal(
		add_repeated("<events>", "<!-- a --><x/>", 200000, "</events>", &error, &kept), 0);
	assert_int_equal(
		add_repeated("<events><!--", " a ", 1 << 18, "--></events>", &error, &kept), 0);
	assert_int_equal(
		add_repeated("<events><!--", " a ", 1 << 20, "--></events>", &error, &kept), -1);
	assert_string_equal(error.text, "manifest shop.man, line 1, column 9: a tag or a comment "
					"is larger than 1 MiB");
	assert_int_equal(add_repeated("<events>", "text and more text ", 1 << 20, "</events>",
				      &error, &kept),
			 0);
}

static void a_manifest_is_up_to_64_mib_large(void **state)
{
	size_t length = (size_t)64 << 20;
	char *xml = malloc(length + 1);
	struct manifests *manifests = manifests_new("manifest");
	struct error error;

	(void)state;
	assert_non_null(xml);
	memset(xml, ' ', length + 1);
	memcpy(xml, "<x/>", 4);
	assert_int_equal(manifests_add(manifests, "shop.man", xml, length, &error), 0);
	assert_int_equal(manifests_add(manifests, "shop.man", xml, length + 1, &error), -1);
	assert_string_equal(error.text, "manifest shop.man: it is larger than 64 MiB");
	manifests_free(manifests);
	free(xml);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8_is_read_with_and_without_a_mark),
		cmocka_unit_test(utf16_is_read_with_and_without_a_mark),
		cmocka_unit_test(the_bytes_count_for_more_than_the_declaration),
		cmocka_unit_test(other_encodings_are_read_where_they_are_declared),
		cmocka_unit_test(windows_code_page_1252_is_read_where_it_is_declared),
		cmocka_unit_test(an_encoding_that_is_not_known_is_taken_for_utf8),
		cmocka_unit_test(of_what_is_not_xml_nothing_is_added),
		cmocka_unit_test(a_file_of_zeros_is_not_xml),
		cmocka_unit_test(declarations_are_refused),
		cmocka_unit_test(a_document_type_elsewhere_is_not_looked_at),
		cmocka_unit_test(an_event_that_is_wrong_leaves_the_others),
		cmocka_unit_test(a_provider_without_a_guid_is_refused),
		cmocka_unit_test(a_template_that_is_not_there_is_refused),
		cmocka_unit_test(fields_that_are_wrong_are_refused),
		cmocka_unit_test(a_count_is_a_single_number),
		cmocka_unit_test(members_of_another_struct_are_not_referred_to),
		cmocka_unit_test(elements_are_nested_up_to_64_deep),
		cmocka_unit_test(structs_are_nested_up_to_7_deep),
		cmocka_unit_test(events_have_up_to_1024_fields),
		cmocka_unit_test(there_are_up_to_262144_events),
		cmocka_unit_test(there_are_up_to_1048576_elements_that_mean_something),
		cmocka_unit_test(schemas_take_up_to_64_mib),
		cmocka_unit_test(tags_and_comments_are_bounded),
		cmocka_unit_test(a_manifest_is_up_to_64_mib_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
