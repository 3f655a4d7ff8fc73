#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/decoder/event_names.h"
#include "exporter/base/guid.h"
#include "metrics/utf8.h"
#include "tests/support/random.h"

static const struct guid no_guid;
static const struct guid unknown = GUID(12345678, 9abc, def0, 1234, 56789abcdef0);
static const struct guid process = GUID(3d6fa8d0, fe05, 11d0, 9dda, 00c04fd7ba7c);
static const struct guid services = GUID(0063715b, eeda, 4007, 9429, ad526f62696e);

#define UNKNOWN_TEXT "{12345678-9abc-def0-1234-56789abcdef0}"

static struct event_record record_of(enum record_kind kind, const struct guid *guid)
{
	return (struct event_record){.kind = (uint8_t)kind, .guid = guid->bytes};
}

static void name(const struct event_record *record, struct event_names *names)
{
	struct decoding *decoding = decoding_new(NULL);

	assert_non_null(decoding);
	memset(names, '?', sizeof(*names));
	event_names_find(decoding, decoding_find(decoding, record), record, names);
	decoding_free(decoding);
	assert_non_null(memchr(names->provider, '\0', sizeof(names->provider)));
	assert_non_null(memchr(names->event, '\0', sizeof(names->event)));
	assert_true(names->provider[0] != '\0');
}

static void assert_names(const struct event_record *record, const char *provider, const char *event)
{
	struct event_names names;

	name(record, &names);
	assert_string_equal(names.provider, provider);
	assert_string_equal(names.event, event);
}

/* An event with a schema and traits, each `bytes` long (-1: none), that end where their memory
 * does. */
static void name_items(const void *schema, int schema_bytes, const void *traits, int traits_bytes,
		       struct event_names *names)
{
	struct event_record record = record_of(RECORD_EVENT, &unknown);
	uint8_t *schema_copy = NULL, *traits_copy = NULL;

	if (schema_bytes >= 0) {
		schema_copy = malloc((size_t)schema_bytes + !schema_bytes);
		assert_non_null(schema_copy);
		memcpy(schema_copy, schema, (size_t)schema_bytes);
		record.schema = schema_copy;
		record.schema_bytes = (uint16_t)schema_bytes;
	}
	if (traits_bytes >= 0) {
		traits_copy = malloc((size_t)traits_bytes + !traits_bytes);
		assert_non_null(traits_copy);
		memcpy(traits_copy, traits, (size_t)traits_bytes);
		record.traits = traits_copy;
		record.traits_bytes = (uint16_t)traits_bytes;
	}
	name(&record, names);
	free(schema_copy);
	free(traits_copy);
}

#define ASSERT_SCHEMA(schema, expected)                                   \
	do {                                                              \
		struct event_names names;                                 \
                                                                          \
		name_items(schema, sizeof(schema) - 1, NULL, -1, &names); \
		assert_string_equal(names.event, expected);               \
		assert_string_equal(names.provider, UNKNOWN_TEXT);        \
	} while (0)

#define ASSERT_TRAITS(traits, expected)                                   \
	do {                                                              \
		struct event_names names;                                 \
                                                                          \
		name_items(NULL, -1, traits, sizeof(traits) - 1, &names); \
		assert_string_equal(names.provider, expected);            \
		assert_string_equal(names.event, "");                     \
	} while (0)

static void an_event_is_named_by_its_schema(void **state)
{
	(void)state;
	ASSERT_SCHEMA("\x09\0\0Event\0", "Event");
	ASSERT_SCHEMA("\x0e\0\0Event\0field\0\x08", "Event");
	ASSERT_SCHEMA("\x0a\0\0\xc3\xa9v\xc3\xa9\0", "\xc3\xa9v\xc3\xa9");
}

static void the_tags_before_the_name_are_skipped(void **state)
{
	(void)state;
	ASSERT_SCHEMA("\x09\0\x7f"
		      "Event\0",
		      "Event");
	ASSERT_SCHEMA("\x0a\0\x80\0Event\0", "Event");
	ASSERT_SCHEMA("\x0c\0\xff\xff\xff\x01"
		      "Event\0",
		      "Event");
}

static void a_schema_without_a_whole_name_names_nothing(void **state)
{
	(void)state;
	ASSERT_SCHEMA("", "");
	ASSERT_SCHEMA("\x01", "");
	ASSERT_SCHEMA("\x02\0", "");
	ASSERT_SCHEMA("\x03\0\0", "");
	ASSERT_SCHEMA("\x03\0\x80", "");
	ASSERT_SCHEMA("\x06\0\xff\xff\xff\xff", "");
	ASSERT_SCHEMA("\x04\0\0\0", "");
	ASSERT_SCHEMA("\x08\0\0Event", "");
}

/* The item's own length is its word; the item's end is what counts. */
static void the_length_in_the_item_is_not_relied_on(void **state)
{
	(void)state;
	ASSERT_SCHEMA("\xff\xff\0Event\0", "Event");
	ASSERT_SCHEMA("\0\0\0Event\0", "Event");
	ASSERT_TRAITS("\xff\xffProvider\0", "Provider");
}

static void a_provider_is_named_by_its_traits(void **state)
{
	(void)state;
	ASSERT_TRAITS("\x0b\0Provider\0", "Provider");
	ASSERT_TRAITS("\x1e\0Provider\0\x13\0\x01"
		      "0123456789abcdef",
		      "Provider");
}

static void traits_without_a_whole_name_leave_the_guid(void **state)
{
	(void)state;
	ASSERT_TRAITS("", UNKNOWN_TEXT);
	ASSERT_TRAITS("\x02", UNKNOWN_TEXT);
	ASSERT_TRAITS("\x02\0", UNKNOWN_TEXT);
	ASSERT_TRAITS("\x03\0\0", UNKNOWN_TEXT);
	ASSERT_TRAITS("\x0a\0Provider", UNKNOWN_TEXT);
}

static void schema_and_traits_name_both(void **state)
{
	struct event_names names;

	(void)state;
	name_items("\x09\0\0Event\0", 9, "\x0b\0Provider\0", 11, &names);
	assert_string_equal(names.event, "Event");
	assert_string_equal(names.provider, "Provider");
}

static void the_traits_come_before_a_name_that_is_known(void **state)
{
	struct event_record record = record_of(RECORD_EVENT, &services);

	(void)state;
	assert_names(&record, "Microsoft-Windows-Services", "");
	record.traits = (const uint8_t *)"\x08\0Other\0";
	record.traits_bytes = 8;
	assert_names(&record, "Other", "");
	record.traits = (const uint8_t *)"\x03\0\0";
	record.traits_bytes = 3;
	assert_names(&record, "Microsoft-Windows-Services", "");
}

/* A name of two-byte characters, behind `before` bytes of others. */
static void name_long(size_t before, size_t characters, struct event_names *names)
{
	size_t length = before + 2 * characters;
	uint8_t *traits = calloc(1, length + 3), *schema = calloc(1, length + 4);

	assert_non_null(traits);
	assert_non_null(schema);
	memset(traits + 2, 'x', before);
	for (size_t i = 0; i < characters; i++)
		memcpy(traits + 2 + before + 2 * i, "\xc3\xa9", 2);
	memcpy(schema + 3, traits + 2, length + 1);
	name_items(schema, (int)length + 4, traits, (int)length + 3, names);
	assert_string_equal(names->provider, names->event);
	free(traits);
	free(schema);
}

static void a_name_longer_than_its_room_is_cut_at_a_character(void **state)
{
	struct event_names names;

	(void)state;
	name_long(1, 255, &names);
	assert_int_equal(strlen(names.event), 511);
	name_long(0, 255, &names);
	assert_int_equal(strlen(names.event), 510);
	name_long(0, 256, &names);
	assert_int_equal(strlen(names.event), 510);
	name_long(1, 256, &names);
	assert_int_equal(strlen(names.event), 511);
	name_long(0, 30000, &names);
	assert_int_equal(strlen(names.event), 510);
	assert_int_equal(utf8_cut(names.event, 510), 510);
	name_long(60000, 0, &names);
	assert_int_equal(strlen(names.event), 511);
}

static void the_kernels_classes_have_names(void **state)
{
	static const enum record_kind kinds[] = {RECORD_SYSTEM, RECORD_COMPACT, RECORD_PERFINFO,
						 RECORD_FULL, RECORD_INSTANCE};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct event_record record = record_of(kinds[i], &process);

		record.version = 4;
		record.opcode = 1;
		assert_names(&record, "Process", "Start");
		record.opcode = 250;
		assert_names(&record, "Process", "");
	}
}

static void a_group_that_is_not_known_is_named_by_its_number(void **state)
{
	struct event_record record = record_of(RECORD_PERFINFO, &no_guid);

	(void)state;
	record.group = 0x7a;
	assert_names(&record, "Windows Kernel group 0x7a", "");
	record.kind = RECORD_COMPACT;
	assert_names(&record, "Windows Kernel group 0x7a", "");
}

/* Only the kernel's own records have a group. */
static void a_class_of_zeros_is_no_group(void **state)
{
	static const enum record_kind kinds[] = {RECORD_FULL, RECORD_INSTANCE, RECORD_EVENT,
						 RECORD_MESSAGE, RECORD_ERROR};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct event_record record = record_of(kinds[i], &no_guid);

		assert_names(&record, "{00000000-0000-0000-0000-000000000000}", "");
	}
}

/* An event's opcode is not a type of the class that has its provider's GUID. */
static void events_and_messages_are_not_of_the_kernels_classes(void **state)
{
	struct event_record record = record_of(RECORD_EVENT, &process);
	struct event_names names;

	(void)state;
	record.opcode = 1;
	name(&record, &names);
	assert_string_equal(names.event, "");
	record.kind = RECORD_MESSAGE;
	name(&record, &names);
	assert_string_equal(names.event, "");
}

static void what_nobody_knows_is_named_by_its_guid(void **state)
{
	(void)state;
	for (int kind = RECORD_SYSTEM; kind <= RECORD_ERROR; kind++) {
		struct event_record record = record_of((enum record_kind)kind, &unknown);

		assert_names(&record, UNKNOWN_TEXT, "");
	}
}

static void items_of_any_bytes_are_read_within(void **state)
{
	struct random random = {4};
	struct event_names names;
	uint8_t bytes[2][700];

	(void)state;
	for (int round = 0; round < 5000; round++) {
		int lengths[2];

		for (int i = 0; i < 2; i++) {
			uint32_t most = 1 + random_below(&random, sizeof(bytes[0]));

			lengths[i] = (int)random_below(&random, most);
			for (int at = 0; at < lengths[i]; at++)
				bytes[i][at] = random_below(&random, 600)
						       ? (uint8_t)random_next(&random) | 1
						       : 0;
		}
		name_items(bytes[0], lengths[0], bytes[1], lengths[1], &names);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_is_named_by_its_schema),
		cmocka_unit_test(the_tags_before_the_name_are_skipped),
		cmocka_unit_test(a_schema_without_a_whole_name_names_nothing),
		cmocka_unit_test(the_length_in_the_item_is_not_relied_on),
		cmocka_unit_test(a_provider_is_named_by_its_traits),
		cmocka_unit_test(traits_without_a_whole_name_leave_the_guid),
		cmocka_unit_test(schema_and_traits_name_both),
		cmocka_unit_test(the_traits_come_before_a_name_that_is_known),
		cmocka_unit_test(a_name_longer_than_its_room_is_cut_at_a_character),
		cmocka_unit_test(the_kernels_classes_have_names),
		cmocka_unit_test(a_group_that_is_not_known_is_named_by_its_number),
		cmocka_unit_test(a_class_of_zeros_is_no_group),
		cmocka_unit_test(events_and_messages_are_not_of_the_kernels_classes),
		cmocka_unit_test(what_nobody_knows_is_named_by_its_guid),
		cmocka_unit_test(items_of_any_bytes_are_read_within),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
