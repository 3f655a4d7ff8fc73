#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/record/etl.h"
#include "tests/support/little_endian.h"
#include "tests/support/random.h"

/* Records in memory that ends where they end, so that a step outside is seen. */
struct walk {
	uint8_t *bytes;
	size_t length;
	struct etl_cursor cursor;
	struct event_record record;
};

static void begin(struct walk *walk, const uint8_t *bytes, size_t length)
{
	walk->bytes = malloc(length ? length : 1);
	assert_non_null(walk->bytes);
	if (length)
		memcpy(walk->bytes, bytes, length);
	walk->length = length;
	etl_walk(&walk->cursor, walk->bytes, length, 0);
}

static enum etl_next next(struct walk *walk)
{
	return etl_next(&walk->cursor, &walk->record);
}

static bool within(const struct walk *walk, const uint8_t *at, size_t length)
{
	return at >= walk->bytes && at <= walk->bytes + walk->length &&
	       length <= (size_t)(walk->bytes + walk->length - at);
}

/* All that a record points to lies in the bytes; its GUID may be of a table. */
static void assert_within(const struct walk *walk)
{
	const struct event_record *record = &walk->record;
	volatile uint8_t sink = record->guid[0] ^ record->guid[15];

	(void)sink;
	assert_true(within(walk, record->payload, record->payload_bytes));
	assert_true(!record->schema || within(walk, record->schema, record->schema_bytes));
	assert_true(!record->traits || within(walk, record->traits, record->traits_bytes));
}

/* Walks to the end or to damage, with steps that are bounded by what is there. */
static enum etl_next walk_all(struct walk *walk, size_t *records)
{
	enum etl_next result;

	*records = 0;
	for (size_t steps = 0;; steps++) {
		assert_true(steps <= walk->length / 8);
		result = next(walk);
		if (result == ETL_RECORD || result == ETL_RECORD_DAMAGED_ITEMS) {
			assert_within(walk);
			++*records;
		} else if (result != ETL_UNKNOWN_KIND) {
			return result;
		}
	}
}

/* What one step over these bytes says. */
static enum etl_next first(const uint8_t *bytes, size_t length)
{
	struct walk walk;
	enum etl_next result;

	begin(&walk, bytes, length);
	result = next(&walk);
	if (result == ETL_RECORD || result == ETL_RECORD_DAMAGED_ITEMS)
		assert_within(&walk);
	free(walk.bytes);
	return result;
}

static const struct kind {
	uint8_t type, mark;
	uint8_t size_at;
	uint8_t header_bytes;
} kinds[] = {
	{0x01, 0xc0, 4, 32}, {0x02, 0xc0, 4, 32}, {0x03, 0xc0, 4, 24}, {0x04, 0xc0, 4, 24},
	{0x10, 0xc0, 4, 16}, {0x11, 0xc0, 4, 16}, {0x0a, 0xc0, 0, 48}, {0x14, 0xc0, 0, 48},
	{0x0b, 0xc0, 0, 72}, {0x15, 0xc0, 0, 72}, {0x12, 0xc0, 0, 80}, {0x13, 0xc0, 0, 80},
	{0x0d, 0xc0, 0, 8},  {0x00, 0x90, 0, 8},  {0x0c, 0xc0, 0, 8},  {0x00, 0xb0, 0, 8},
};
#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

/* A record of a kind in `to`, zeros but for type and size. */
static void put_record(uint8_t *to, const struct kind *kind, uint16_t size)
{
	to[2] = kind->type;
	to[3] = kind->mark;
	put_le16(to + kind->size_at, size);
}

static void a_size_below_the_header_of_its_kind_is_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < KIND_COUNT; i++) {
		for (uint16_t size = 0; size <= kinds[i].header_bytes; size++) {
			uint8_t bytes[96] = {0};
			enum etl_next result;

			put_record(bytes, &kinds[i], size);
			result = first(bytes, sizeof(bytes));
			if (size < kinds[i].header_bytes)
				assert_int_equal(result, ETL_BAD_SIZE);
			else
				assert_in_range(result, ETL_RECORD, ETL_UNKNOWN_KIND);
		}
	}
}

static void a_size_past_the_end_is_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < KIND_COUNT; i++) {
		uint8_t bytes[96] = {0};

		put_record(bytes, &kinds[i], 90);
		for (size_t length = 8; length < 90; length++)
			assert_int_equal(first(bytes, length), ETL_BAD_SIZE);
		assert_in_range(first(bytes, 90), ETL_RECORD, ETL_UNKNOWN_KIND);
		put_record(bytes, &kinds[i], UINT16_MAX);
		assert_int_equal(first(bytes, 96), ETL_BAD_SIZE);
	}
}

static void counters_past_the_record_are_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < 6; i++) {
		uint8_t bytes[96] = {0};

		put_record(bytes, &kinds[i], kinds[i].header_bytes + 8);
		put_le16(bytes, 0x8000);
		assert_int_equal(first(bytes, sizeof(bytes)), ETL_RECORD);
		put_le16(bytes, 0x0100);
		assert_int_equal(first(bytes, sizeof(bytes)), ETL_RECORD);
		put_le16(bytes, 0x8100);
		assert_int_equal(first(bytes, sizeof(bytes)), ETL_BAD_SIZE);
		put_le16(bytes, 0x0200);
		assert_int_equal(first(bytes, sizeof(bytes)), ETL_BAD_SIZE);
	}
}

/* Each part of a message is cut off by a byte. */
static void a_message_too_short_for_its_parts_is_bad(void **state)
{
	static const struct kind message = {0x00, 0x90, 0, 8};

	(void)state;
	for (uint16_t flags = 0; flags < 256; flags++) {
		uint16_t parts = 0;
		uint8_t bytes[64] = {0};

		parts += flags & 1 ? 4 : 0;
		parts += flags & 2 ? 16 : flags & 4 ? 4 : 0;
		parts += flags & 8 ? 8 : 0;
		parts += flags & 0x20 ? 8 : 0;
		put_record(bytes, &message, 8 + parts);
		put_le16(bytes + 6, flags);
		assert_int_equal(first(bytes, 8 + parts), ETL_RECORD);
		for (uint16_t size = 8; size < 8 + parts; size++) {
			put_record(bytes, &message, size);
			assert_int_equal(first(bytes, size), ETL_BAD_SIZE);
		}
	}
}

static void only_marks_of_records_begin_one(void **state)
{
	static const uint8_t bad[] = {0x00, 0x01, 0x40, 0x7f, 0x80, 0x81, 0x8f, 0x91, 0x9f,
				      0xa0, 0xaf, 0xb1, 0xbf, 0xd0, 0xdf, 0xe0, 0xf0, 0xff};

	(void)state;
	for (size_t i = 0; i < sizeof(bad); i++) {
		uint8_t bytes[96] = {0};

		put_le16(bytes, 80);
		put_le16(bytes + 4, 80);
		bytes[2] = 0x13;
		bytes[3] = bad[i];
		assert_int_equal(first(bytes, sizeof(bytes)), ETL_BAD_MARKER);
	}
}

static void ones_are_the_end(void **state)
{
	uint8_t bytes[64];
	struct walk walk;
	size_t records;

	(void)state;
	memset(bytes, 0xff, sizeof(bytes));
	put_record(bytes, &kinds[5], 16);
	begin(&walk, bytes, sizeof(bytes));
	put_le16(walk.bytes, 0);
	assert_int_equal(walk_all(&walk, &records), ETL_END);
	assert_int_equal(records, 1);
	free(walk.bytes);
}

static void fewer_bytes_than_a_record_has_are_the_end(void **state)
{
	uint8_t bytes[8] = {0};

	(void)state;
	for (size_t length = 0; length < 8; length++)
		assert_int_equal(first(bytes, length), ETL_END);
	assert_int_equal(first(bytes, 8), ETL_BAD_MARKER);
}

static void no_bytes_at_all_are_the_end(void **state)
{
	struct etl_cursor cursor;
	struct event_record record;

	(void)state;
	etl_walk(&cursor, NULL, 0, 0);
	assert_int_equal(etl_next(&cursor, &record), ETL_END);
}

static void the_last_record_may_end_unpadded(void **state)
{
	struct walk walk;
	size_t records;

	(void)state;
	for (uint16_t size = 16; size <= 24; size++) {
		uint8_t bytes[16 + 24] = {0};

		put_record(bytes, &kinds[5], 16);
		put_record(bytes + 16, &kinds[5], size);
		begin(&walk, bytes, 16u + size);
		assert_int_equal(walk_all(&walk, &records), ETL_END);
		assert_int_equal(records, 2);
		free(walk.bytes);
	}
}

static void damage_ends_the_walk_behind_what_was_right(void **state)
{
	uint8_t bytes[64] = {0};
	struct walk walk;
	size_t records;

	(void)state;
	put_record(bytes, &kinds[5], 16);
	put_record(bytes + 16, &kinds[5], 17);
	put_record(bytes + 40, &kinds[5], 25);
	begin(&walk, bytes, sizeof(bytes));
	assert_int_equal(walk_all(&walk, &records), ETL_BAD_SIZE);
	assert_int_equal(records, 2);
	free(walk.bytes);
	bytes[43] = 0x13;
	begin(&walk, bytes, sizeof(bytes));
	assert_int_equal(walk_all(&walk, &records), ETL_BAD_MARKER);
	assert_int_equal(records, 2);
	free(walk.bytes);
}

#define EVENT_BYTES 80
#define ITEM	    (bytes + EVENT_BYTES)

/* An event of 120 bytes with an item of 16, 6 of them data, and 24 bytes of payload. */
static void put_event(uint8_t bytes[120])
{
	static const struct kind kind = {0x13, 0xc0, 0, EVENT_BYTES};

	memset(bytes, 0, 120);
	put_record(bytes, &kind, 120);
	put_le16(bytes + 4, 1);
	put_le16(ITEM, 16);
	put_le16(ITEM + 2, 11);
	put_le16(ITEM + 6, 6);
}

/* The record is there, with the descriptor that it has, but its payload is not known. */
static void assert_damaged(const uint8_t *bytes, size_t length)
{
	struct walk walk;

	begin(&walk, bytes, length);
	put_le16(walk.bytes + 40, 0x1234);
	assert_int_equal(next(&walk), ETL_RECORD_DAMAGED_ITEMS);
	assert_int_equal(walk.record.kind, RECORD_EVENT);
	assert_int_equal(walk.record.id, 0x1234);
	assert_int_equal(walk.record.payload_bytes, 0);
	assert_within(&walk);
	assert_int_equal(next(&walk), ETL_END);
	free(walk.bytes);
}

static void an_item_that_does_not_fit_is_damage_of_the_items(void **state)
{
	uint8_t bytes[120];

	(void)state;
	put_event(bytes);
	assert_int_equal(first(bytes, 120), ETL_RECORD);
	put_le16(ITEM, 40);
	put_le16(ITEM + 6, 32);
	assert_int_equal(first(bytes, 120), ETL_RECORD);
	put_le16(ITEM, 41);
	assert_damaged(bytes, 120);
	put_le16(ITEM, UINT16_MAX);
	assert_damaged(bytes, 120);
	/* One of no data at the very end does. */
	put_event(bytes);
	put_le16(bytes, EVENT_BYTES + 8);
	put_le16(ITEM, 8);
	put_le16(ITEM + 6, 0);
	assert_int_equal(first(bytes, EVENT_BYTES + 8), ETL_RECORD);
}

static void an_item_smaller_than_its_data_is_damage_of_the_items(void **state)
{
	uint8_t bytes[120];

	(void)state;
	put_event(bytes);
	for (uint16_t size = 0; size < 14; size++) {
		put_le16(ITEM, size);
		assert_damaged(bytes, 120);
	}
	put_le16(ITEM, 14);
	assert_int_equal(first(bytes, 120), ETL_RECORD);
	put_le16(ITEM + 6, 7);
	assert_damaged(bytes, 120);
	put_le16(ITEM + 6, UINT16_MAX);
	assert_damaged(bytes, 120);
}

static void an_announced_item_that_is_missing_is_damage_of_the_items(void **state)
{
	uint8_t bytes[120];

	(void)state;
	put_event(bytes);
	put_le16(ITEM, 40);
	put_le16(ITEM + 4, 1);
	assert_damaged(bytes, 120);
	/* Seven bytes are left, too few for another. */
	put_le16(ITEM, 33);
	assert_damaged(bytes, 120);
	/* A flag alone, and not a byte for an item. */
	put_event(bytes);
	put_le16(bytes, EVENT_BYTES);
	assert_damaged(bytes, EVENT_BYTES);
	put_le16(bytes, EVENT_BYTES + 7);
	assert_damaged(bytes, EVENT_BYTES + 7);
}

static void items_of_no_size_do_not_loop(void **state)
{
	uint8_t bytes[120];

	(void)state;
	put_event(bytes);
	memset(ITEM, 0, 40);
	put_le16(ITEM + 4, 1);
	assert_damaged(bytes, 120);
}

static void the_items_before_a_damaged_one_stay_within(void **state)
{
	uint8_t bytes[120];
	struct walk walk;

	(void)state;
	put_event(bytes);
	put_le16(ITEM + 4, 1);
	put_le16(ITEM + 16, 100);
	begin(&walk, bytes, 120);
	assert_int_equal(next(&walk), ETL_RECORD_DAMAGED_ITEMS);
	assert_within(&walk);
	assert_int_equal(walk.record.schema_bytes, 6);
	free(walk.bytes);
}

/* Records of all kinds with damage of single bytes: every walk ends, within its bytes. */
static void any_damaged_byte_is_walked_over_safely(void **state)
{
	uint8_t bytes[KIND_COUNT * 96 + 120] = {0};
	struct random random = {1};
	struct walk walk;
	size_t records;

	(void)state;
	for (size_t i = 0; i < KIND_COUNT; i++)
		put_record(bytes + 96 * i, &kinds[i], 96);
	put_event(bytes + KIND_COUNT * 96);
	begin(&walk, bytes, sizeof(bytes));
	assert_int_equal(walk_all(&walk, &records), ETL_END);
	assert_int_equal(records, KIND_COUNT - 2 + 1);
	free(walk.bytes);
	for (size_t at = 0; at < sizeof(bytes); at++) {
		for (int i = 0; i < 16; i++) {
			begin(&walk, bytes, sizeof(bytes));
			walk.bytes[at] ^= i < 8 ? 1u << i : 1 + random_below(&random, 255);
			walk_all(&walk, &records);
			free(walk.bytes);
		}
	}
}

static void bytes_of_any_kind_are_walked_over_safely(void **state)
{
	static const uint8_t marks[] = {0xc0, 0x90, 0xb0};
	struct random random = {2};
	uint8_t bytes[400];
	struct walk walk;
	size_t records;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		size_t length = random_below(&random, sizeof(bytes));

		for (size_t i = 0; i < length; i++)
			bytes[i] = (uint8_t)random_next(&random);
		for (size_t i = 0; i + 8 <= length; i += 8) {
			bytes[i + 1] &= 1;
			bytes[i + 2] &= 0x1f;
			bytes[i + 3] = marks[random_below(&random, 3)];
			bytes[i + 5] &= 1;
		}
		begin(&walk, bytes, length);
		walk_all(&walk, &records);
		free(walk.bytes);
	}
}

static void every_kind_has_a_name(void **state)
{
	(void)state;
	for (unsigned int kind = 0; kind < 256; kind++) {
		char *buffer = malloc(8);
		const char *name;

		assert_non_null(buffer);
		name = etl_kind_name((uint8_t)kind, buffer);
		assert_true(strlen(name) > 0);
		free(buffer);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_size_below_the_header_of_its_kind_is_bad),
		cmocka_unit_test(a_size_past_the_end_is_bad),
		cmocka_unit_test(counters_past_the_record_are_bad),
		cmocka_unit_test(a_message_too_short_for_its_parts_is_bad),
		cmocka_unit_test(only_marks_of_records_begin_one),
		cmocka_unit_test(ones_are_the_end),
		cmocka_unit_test(fewer_bytes_than_a_record_has_are_the_end),
		cmocka_unit_test(no_bytes_at_all_are_the_end),
		cmocka_unit_test(the_last_record_may_end_unpadded),
		cmocka_unit_test(damage_ends_the_walk_behind_what_was_right),
		cmocka_unit_test(an_item_that_does_not_fit_is_damage_of_the_items),
		cmocka_unit_test(an_item_smaller_than_its_data_is_damage_of_the_items),
		cmocka_unit_test(an_announced_item_that_is_missing_is_damage_of_the_items),
		cmocka_unit_test(items_of_no_size_do_not_loop),
		cmocka_unit_test(the_items_before_a_damaged_one_stay_within),
		cmocka_unit_test(any_damaged_byte_is_walked_over_safely),
		cmocka_unit_test(bytes_of_any_kind_are_walked_over_safely),
		cmocka_unit_test(every_kind_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
