#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/random.h"
#include "tests/support/xpress_writer.h"

/* What a stream made use of. */
struct uses {
	unsigned int literals, matches, short_lengths, low_nibbles, high_nibbles, bytes, words;
	unsigned int overlaps;
	size_t farthest, left_over;
	uint32_t last_flags;
	unsigned int flags_unused;
};

struct reader {
	const uint8_t *from;
	size_t used, length;
	size_t half_at;
	struct uses *uses;
};

static uint32_t take(struct reader *reader, size_t bytes)
{
	uint32_t value = 0;

	assert_true(reader->used + bytes <= reader->length);
	for (size_t i = 0; i < bytes; i++)
		value |= (uint32_t)reader->from[reader->used + i] << (8 * i);
	reader->used += bytes;
	return value;
}

static uint32_t take_nibble(struct reader *reader)
{
	uint32_t nibble;

	if (reader->half_at) {
		nibble = reader->from[reader->half_at] >> 4;
		reader->half_at = 0;
		reader->uses->high_nibbles++;
	} else {
		reader->half_at = reader->used;
		nibble = take(reader, 1) & 15;
		reader->uses->low_nibbles++;
	}
	return nibble;
}

/* The length of a match by MS-XCA 2.4: each form goes on where the one before is at its end. */
static size_t take_length(struct reader *reader, uint32_t code)
{
	uint32_t value = code & 7;

	if (value < 7) {
		reader->uses->short_lengths++;
		return value + 3;
	}
	value = take_nibble(reader);
	if (value < 15)
		return value + 7 + 3;
	value = take(reader, 1);
	reader->uses->bytes++;
	if (value < 255)
		return value + 15 + 7 + 3;
	value = take(reader, 2);
	reader->uses->words++;
	assert_in_range(value, 15 + 7 + 255, 0xffff);
	return value + 3;
}

static size_t copy_match(struct reader *reader, uint8_t *to, size_t written, size_t room)
{
	uint32_t code = take(reader, 2);
	size_t distance = (code >> 3) + 1, length = take_length(reader, code);

	reader->uses->matches++;
	reader->uses->overlaps += distance < length;
	if (reader->uses->farthest < distance)
		reader->uses->farthest = distance;
	assert_true(distance <= written && length <= room);
	for (size_t i = 0; i < length; i++)
		to[written + i] = to[written + i - distance];
	return length;
}

static void decompress(uint8_t *to, size_t to_bytes, const uint8_t *from, size_t from_bytes,
		       struct uses *uses)
{
	struct reader reader = {.from = from, .length = from_bytes, .uses = uses};
	size_t written = 0;
	uint32_t flags = 0;
	unsigned int flags_left = 0;

	memset(uses, 0, sizeof(*uses));
	while (written < to_bytes) {
		if (flags_left == 0) {
			flags = take(&reader, 4);
			flags_left = 32;
		}
		if (flags >> --flags_left & 1) {
			written += copy_match(&reader, to, written, to_bytes - written);
		} else {
			to[written++] = (uint8_t)take(&reader, 1);
			uses->literals++;
		}
	}
	uses->last_flags = flags;
	uses->flags_unused = flags_left;
	uses->left_over = from_bytes - reader.used;
}

static struct uses round_trip(const uint8_t *bytes, size_t length, size_t *compressed)
{
	uint8_t *packed = malloc(xpress_bound(length));
	uint8_t *unpacked = malloc(length + 1);
	struct uses uses;

	assert_non_null(packed);
	assert_non_null(unpacked);
	*compressed = xpress_compress(packed, bytes, length);
	assert_true(*compressed <= xpress_bound(length));
	decompress(unpacked, length, packed, *compressed, &uses);
	assert_memory_equal(unpacked, bytes, length);
	free(packed);
	free(unpacked);
	return uses;
}

static void bytes_without_repetition_become_literals(void **state)
{
	uint8_t bytes[200];
	size_t compressed;
	struct uses uses;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	uses = round_trip(bytes, sizeof(bytes), &compressed);
	assert_int_equal(uses.literals, 200);
	assert_int_equal(uses.matches, 0);
	assert_int_equal(compressed, 200 + 4 * 7);
}

static void a_stream_is_laid_out_as_the_format_says(void **state)
{
	/* "abcabcabc": three literals and a match of distance 3, length 6; flags 0001, then ones.
	 */
	static const uint8_t expected[] = {0xff, 0xff, 0xff, 0x1f, 'a', 'b', 'c', 0x13, 0x00};
	uint8_t packed[64];

	(void)state;
	assert_int_equal(xpress_compress(packed, (const uint8_t *)"abcabcabc", 9),
			 sizeof(expected));
	assert_memory_equal(packed, expected, sizeof(expected));
}

static void nothing_is_one_word_of_ones(void **state)
{
	uint8_t packed[8];

	(void)state;
	assert_int_equal(xpress_compress(packed, (const uint8_t *)"", 0), 4);
	assert_memory_equal(packed, "\xff\xff\xff\xff", 4);
}

static void a_run_becomes_a_match_that_overlaps_itself(void **state)
{
	uint8_t bytes[60000] = {0};
	size_t compressed;
	struct uses uses = round_trip(bytes, sizeof(bytes), &compressed);

	(void)state;
	assert_int_equal(uses.literals, 1);
	assert_int_equal(uses.matches, 1);
	assert_int_equal(uses.overlaps, 1);
	assert_int_equal(uses.words, 1);
	assert_int_equal(compressed, 4 + 1 + 2 + 1 + 1 + 2);
}

static void a_run_longer_than_a_length_holds_is_several_matches(void **state)
{
	size_t length = 200000, compressed;
	uint8_t *bytes = calloc(1, length);
	struct uses uses;

	(void)state;
	assert_non_null(bytes);
	uses = round_trip(bytes, length, &compressed);
	assert_int_equal(uses.words, 4);
	free(bytes);
}

/* A block of `length` random bytes, three other bytes, and the block again. */
static struct uses repeat(size_t length)
{
	static uint8_t bytes[2 * 70000 + 3];
	struct random random = {length};
	size_t compressed;

	for (size_t i = 0; i < length + 3; i++)
		bytes[i] = (uint8_t)random_next(&random);
	memcpy(bytes + length + 3, bytes, length);
	return round_trip(bytes, 2 * length + 3, &compressed);
}

static void a_length_takes_the_shortest_form_that_holds_it(void **state)
{
	struct uses uses;

	(void)state;
	uses = repeat(9);
	assert_true(uses.short_lengths == 1 && uses.low_nibbles == 0);
	uses = repeat(10);
	assert_true(uses.low_nibbles == 1 && uses.bytes == 0);
	uses = repeat(24);
	assert_true(uses.low_nibbles == 1 && uses.bytes == 0);
	uses = repeat(25);
	assert_true(uses.low_nibbles == 1 && uses.bytes == 1 && uses.words == 0);
	uses = repeat(279);
	assert_true(uses.bytes == 1 && uses.words == 0);
	uses = repeat(280);
	assert_true(uses.bytes == 1 && uses.words == 1);
}

static void a_match_reaches_back_8192_bytes_and_no_further(void **state)
{
	(void)state;
	assert_int_equal(repeat(8192 - 3).farthest, 8192);
	assert_true(repeat(8192 - 2).farthest < 8192);
}

static void two_lengths_share_the_byte_of_their_nibbles(void **state)
{
	static const uint8_t bytes[] = "0123456789abcdef"
				       "-0123456789abc"
				       "+0123456789abcd"
				       "*0123456789ab";
	size_t compressed;
	struct uses uses = round_trip(bytes, sizeof(bytes), &compressed);

	(void)state;
	assert_int_equal(uses.matches, 3);
	assert_int_equal(uses.low_nibbles, 2);
	assert_int_equal(uses.high_nibbles, 1);
}

static void unused_flags_are_ones(void **state)
{
	uint8_t bytes[40];
	size_t compressed;
	struct uses uses;

	(void)state;
	for (size_t length = 1; length <= sizeof(bytes); length++) {
		bytes[length - 1] = (uint8_t)length;
		uses = round_trip(bytes, length, &compressed);
		assert_int_equal(uses.flags_unused, (32 - length % 32) % 32);
		assert_int_equal(uses.last_flags, (UINT64_C(1) << uses.flags_unused) - 1);
	}
}

static void a_full_last_flag_word_is_followed_by_one_of_ones(void **state)
{
	uint8_t bytes[32], packed[128];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	assert_int_equal(xpress_compress(packed, bytes, 32), 4 + 32 + 4);
	assert_memory_equal(packed + 36, "\xff\xff\xff\xff", 4);
}

/* Pieces of what was written before, of any length and age, between random bytes. */
static size_t make_text(uint8_t *bytes, size_t room, uint64_t seed)
{
	struct random random = {seed};
	size_t length = 0;

	while (length < room) {
		size_t piece = 1 + random_below(&random, random_below(&random, 8) ? 30 : 900);
		size_t back = 1 + random_below(&random, 9000);
		bool copy = back <= length && random_below(&random, 3);

		for (size_t i = 0; i < piece && length < room; i++, length++)
			bytes[length] = copy ? bytes[length - back] : (uint8_t)random_next(&random);
	}
	return length;
}

static void any_bytes_come_back(void **state)
{
	static uint8_t bytes[65536];
	struct uses uses;
	size_t compressed;

	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		size_t length = make_text(bytes, seed == 1 ? sizeof(bytes) : 50 * seed, seed);

		uses = round_trip(bytes, length, &compressed);
		if (seed > 1)
			continue;
		assert_true(uses.literals && uses.short_lengths && uses.low_nibbles &&
			    uses.high_nibbles && uses.bytes && uses.words && uses.overlaps);
		assert_true(compressed < length);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_without_repetition_become_literals),
		cmocka_unit_test(a_stream_is_laid_out_as_the_format_says),
		cmocka_unit_test(nothing_is_one_word_of_ones),
		cmocka_unit_test(a_run_becomes_a_match_that_overlaps_itself),
		cmocka_unit_test(a_run_longer_than_a_length_holds_is_several_matches),
		cmocka_unit_test(a_length_takes_the_shortest_form_that_holds_it),
		cmocka_unit_test(a_match_reaches_back_8192_bytes_and_no_further),
		cmocka_unit_test(two_lengths_share_the_byte_of_their_nibbles),
		cmocka_unit_test(unused_flags_are_ones),
		cmocka_unit_test(a_full_last_flag_word_is_followed_by_one_of_ones),
		cmocka_unit_test(any_bytes_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
