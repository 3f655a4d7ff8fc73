#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/record/xpress.h"
#include "tests/support/little_endian.h"
#include "tests/support/random.h"
#include "tests/support/xpress_writer.h"

#define GUARD 0xa5

/* A copy that ends where its memory ends, so that a read past it is seen. */
static uint8_t *exact_copy(const uint8_t *bytes, size_t length)
{
	uint8_t *copy = malloc(length ? length : 1);

	assert_non_null(copy);
	if (length)
		memcpy(copy, bytes, length);
	return copy;
}

/* Decompresses to memory of exactly `wanted` bytes and sees to what is behind it in a second run.
 */
static size_t decompress(uint8_t *to, size_t wanted, const uint8_t *from, size_t from_bytes)
{
	uint8_t *in = exact_copy(from, from_bytes);
	uint8_t *out = malloc(wanted + 32), *exact = malloc(wanted ? wanted : 1);
	size_t got, again;

	assert_non_null(out);
	assert_non_null(exact);
	memset(out, GUARD, wanted + 32);
	got = xpress_decompress(out, wanted, in, from_bytes);
	again = xpress_decompress(exact, wanted, in, from_bytes);
	assert_true(got <= wanted);
	assert_int_equal(got, again);
	for (size_t i = 0; i < 32; i++)
		assert_int_equal(out[wanted + i], GUARD);
	if (got) {
		assert_memory_equal(out, exact, got);
		memcpy(to, out, got);
	}
	free(in);
	free(out);
	free(exact);
	return got;
}

/* A stream of literals "0123456789" repeated, `literals` of them, then what the caller adds. */
struct stream {
	uint8_t bytes[20000];
	size_t length;
	size_t literals;
};

/* Up to the flag word in which, after `literals` literals, `matches` matches and ones stand. */
static struct stream *begin(size_t literals)
{
	struct stream *stream = calloc(1, sizeof(*stream));

	assert_non_null(stream);
	stream->literals = literals;
	for (size_t i = 0; i < literals; i++) {
		if (i % 32 == 0) {
			size_t rest = literals - i;

			put_le32(stream->bytes + stream->length,
				 rest < 32 ? UINT32_MAX >> rest : 0);
			stream->length += 4;
		}
		stream->bytes[stream->length++] = (uint8_t)('0' + i % 10);
	}
	if (literals % 32 == 0) {
		put_le32(stream->bytes + stream->length, UINT32_MAX);
		stream->length += 4;
	}
	return stream;
}

static void add(struct stream *stream, const void *bytes, size_t length)
{
	memcpy(stream->bytes + stream->length, bytes, length);
	stream->length += length;
}

/* The first two bytes of a match: its distance, and the three bits of its length. */
static void add_code(struct stream *stream, size_t distance, unsigned int bits)
{
	put_le16(stream->bytes + stream->length, (uint16_t)((distance - 1) << 3 | bits));
	stream->length += 2;
}

/* How long the only match is that follows on the literals; the stream is freed. */
static size_t match_length(struct stream *stream, size_t distance)
{
	size_t room = 80000, got;
	uint8_t *out = malloc(room);

	assert_non_null(out);
	got = decompress(out, room, stream->bytes, stream->length);
	assert_true(got >= stream->literals);
	for (size_t i = 0; i < got; i++)
		assert_int_equal(out[i], i < stream->literals ? '0' + i % 10 : out[i - distance]);
	got -= stream->literals;
	free(out);
	free(stream);
	return got;
}

static void the_specifications_examples_are_read(void **state)
{
	/* MS-XCA 3.1. */
	static const uint8_t alphabet[] = "\x3f\x00\x00\x00"
					  "abcdefghijklmnopqrstuvwxyz";
	static const uint8_t repeated[] = {0xff, 0xff, 0xff, 0x1f, 'a',	 'b', 'c',
					   0x17, 0x00, 0x0f, 0xff, 0x26, 0x01};
	uint8_t out[300];

	(void)state;
	assert_int_equal(decompress(out, 26, alphabet, 30), 26);
	assert_memory_equal(out, "abcdefghijklmnopqrstuvwxyz", 26);
	assert_int_equal(decompress(out, 300, repeated, sizeof(repeated)), 300);
	for (size_t i = 0; i < 300; i++)
		assert_int_equal(out[i], "abc"[i % 3]);
}

static void nothing_wanted_is_nothing_written(void **state)
{
	(void)state;
	assert_int_equal(xpress_decompress(NULL, 0, NULL, 0), 0);
	assert_int_equal(xpress_decompress(NULL, 0, (const uint8_t *)"\0\0\0\0a", 5), 0);
}

static void three_bits_hold_lengths_3_to_9(void **state)
{
	(void)state;
	for (unsigned int bits = 0; bits < 7; bits++) {
		struct stream *stream = begin(10);

		add_code(stream, 10, bits);
		assert_int_equal(match_length(stream, 10), bits + 3);
	}
}

static void a_nibble_holds_lengths_10_to_24(void **state)
{
	(void)state;
	for (unsigned int nibble = 0; nibble < 15; nibble++) {
		struct stream *stream = begin(10);
		/* The high half belongs to the next match and says nothing about this one. */
		uint8_t byte = (uint8_t)(0xf0 | nibble);

		add_code(stream, 10, 7);
		add(stream, &byte, 1);
		assert_int_equal(match_length(stream, 10), nibble + 10);
	}
}

static void a_byte_holds_lengths_25_to_279(void **state)
{
	(void)state;
	for (unsigned int byte = 0; byte < 255; byte++) {
		struct stream *stream = begin(10);
		uint8_t bytes[2] = {0x0f, (uint8_t)byte};

		add_code(stream, 10, 7);
		add(stream, bytes, 2);
		assert_int_equal(match_length(stream, 10), byte + 25);
	}
}

/* The length of a match whose byte is 255; `wide` where the u16 is 0 and a u32 follows. */
static size_t word_length(uint32_t value, bool wide)
{
	struct stream *stream = begin(10);
	uint8_t bytes[4];

	add_code(stream, 10, 7);
	add(stream, "\x0f\xff", 2);
	if (wide) {
		add(stream, "\0\0", 2);
		put_le32(bytes, value);
		add(stream, bytes, 4);
	} else {
		put_le16(bytes, (uint16_t)value);
		add(stream, bytes, 2);
	}
	return match_length(stream, 10);
}

static void a_word_holds_its_length_less_3(void **state)
{
	(void)state;
	assert_int_equal(word_length(277, false), 280);
	assert_int_equal(word_length(22, false), 25);
	assert_int_equal(word_length(0xffff, false), 65538);
}

static void a_word_of_zero_is_followed_by_a_wider_one(void **state)
{
	(void)state;
	assert_int_equal(word_length(22, true), 25);
	assert_int_equal(word_length(65536, true), 65539);
	assert_int_equal(word_length(70000, true), 70003);
}

static void a_word_below_what_its_byte_says_is_damage(void **state)
{
	(void)state;
	assert_int_equal(word_length(1, false), 0);
	assert_int_equal(word_length(21, false), 0);
	assert_int_equal(word_length(0, true), 0);
	assert_int_equal(word_length(21, true), 0);
}

static void a_length_past_the_end_is_damage(void **state)
{
	(void)state;
	assert_int_equal(word_length(UINT32_MAX, true), 0);
	assert_int_equal(word_length(UINT32_MAX - 2, true), 0);
	assert_int_equal(word_length(79990 - 3, true), 79990);
	assert_int_equal(word_length(79991 - 3, true), 0);
}

/* Whatever form its length has, a match that is cut off leaves the literals before it. */
static void a_length_that_is_cut_off_is_no_match(void **state)
{
	static const char forms[][9] = {"\x0f", "\x0f\xff", "\x0f\xff\x30", "\x0f\xff\0\0",
					"\x0f\xff\0\0\x30\0\0"};
	static const size_t lengths[] = {1, 2, 3, 4, 7};

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct stream *stream = begin(10);

		add_code(stream, 10, 7);
		add(stream, forms[i], lengths[i]);
		assert_int_equal(match_length(stream, 10), 0);
	}
	for (size_t cut = 0; cut < 3; cut++) {
		struct stream *stream = begin(10);

		add_code(stream, 10, 7);
		stream->length -= cut;
		assert_int_equal(match_length(stream, 10), 0);
	}
}

static void the_second_nibble_is_the_first_ones_other_half(void **state)
{
	struct stream *stream = begin(10);
	uint8_t out[200];

	(void)state;
	/* Lengths 12 and 18 in one byte, between them a match without a nibble, after them a third.
	 */
	add_code(stream, 10, 7);
	add(stream, "\x82", 1);
	add_code(stream, 10, 0);
	add_code(stream, 10, 7);
	add_code(stream, 10, 7);
	add(stream, "\xf0", 1);
	assert_int_equal(decompress(out, 10 + 12 + 3 + 18 + 10, stream->bytes, stream->length),
			 10 + 12 + 3 + 18 + 10);
	for (size_t i = 0; i < 10 + 12 + 3 + 18 + 10; i++)
		assert_int_equal(out[i], '0' + i % 10);
	free(stream);
}

static void a_high_nibble_of_15_takes_the_longer_forms_too(void **state)
{
	struct stream *stream = begin(10);
	uint8_t out[100];

	(void)state;
	add_code(stream, 10, 7);
	add(stream, "\xf0", 1);
	add_code(stream, 10, 7);
	add(stream, "\x05", 1);
	assert_int_equal(decompress(out, 50, stream->bytes, stream->length), 50);
	for (size_t i = 0; i < 50; i++)
		assert_int_equal(out[i], '0' + i % 10);
	free(stream);
}

static void a_match_may_begin_with_the_first_byte_but_not_before(void **state)
{
	struct stream *stream;

	(void)state;
	for (size_t distance = 1; distance <= 20; distance++) {
		stream = begin(10);
		add_code(stream, distance, 2);
		assert_int_equal(match_length(stream, distance), distance <= 10 ? 5 : 0);
	}
	stream = begin(8192);
	add_code(stream, 8192, 2);
	assert_int_equal(match_length(stream, 8192), 5);
	stream = begin(8191);
	add_code(stream, 8192, 2);
	assert_int_equal(match_length(stream, 8192), 0);
}

static void a_match_before_any_byte_is_damage(void **state)
{
	(void)state;
	assert_int_equal(match_length(begin(0), 1), 0);
	for (unsigned int bits = 0; bits < 8; bits++) {
		struct stream *stream = begin(0);

		add_code(stream, 1, bits);
		add(stream, "\x11\x11\x11\x11", 4);
		assert_int_equal(match_length(stream, 1), 0);
	}
}

/* Every distance about the width of a copy, every length, every room behind the match. */
static void matches_that_overlap_themselves_repeat_what_was_written(void **state)
{
	uint8_t out[256];

	(void)state;
	for (size_t distance = 1; distance <= 20; distance++) {
		for (size_t length = 10; length <= 24; length++) {
			struct stream *stream = begin(20);
			uint8_t nibble = (uint8_t)(length - 10);

			add_code(stream, distance, 7);
			add(stream, &nibble, 1);
			add(stream, "xyz", 3);
			for (size_t room = 0; room <= 40; room++) {
				size_t wanted = 20 + length + room;

				/* What follows the match is flagged as a match, and too far. */
				assert_int_equal(
					decompress(out, wanted, stream->bytes, stream->length),
					20 + length);
				for (size_t i = 20; i < 20 + length; i++)
					assert_int_equal(out[i], out[i - distance]);
			}
			free(stream);
		}
	}
}

static void what_follows_the_wanted_bytes_is_not_looked_at(void **state)
{
	static const uint8_t stream[] = {0xff, 0xff, 0xff, 0x0f, 'a', 'b', 'c', 'd', 0xff, 0xff};
	uint8_t out[4];

	(void)state;
	for (size_t wanted = 0; wanted <= 4; wanted++)
		assert_int_equal(decompress(out, wanted, stream, sizeof(stream)), wanted);
	assert_memory_equal(out, "abcd", 4);
}

/* 32 literals use a flag word up: the next is there only if something follows. */
static void a_used_up_flag_word_may_be_the_last(void **state)
{
	uint8_t stream[4 + 32 + 4] = {0}, out[33];

	(void)state;
	memset(stream + 4, 'x', 32);
	memset(stream + 36, 0xff, 4);
	assert_int_equal(decompress(out, 32, stream, 36), 32);
	assert_int_equal(decompress(out, 32, stream, 40), 32);
	assert_int_equal(decompress(out, 33, stream, 36), 32);
	assert_int_equal(decompress(out, 33, stream, 39), 32);
	assert_int_equal(decompress(out, 33, stream, 40), 32);
}

/* Pieces of what was written before, of any length and age, between random bytes. */
static size_t make_text(uint8_t *bytes, size_t room, uint64_t seed)
{
	struct random random = {seed};
	size_t length = 0;

	while (length < room) {
		size_t piece = 1 + random_below(&random, random_below(&random, 8) ? 30 : 900);
		size_t back = 1 + random_below(&random, 9000);
		int copy = back <= length && random_below(&random, 3);

		for (size_t i = 0; i < piece && length < room; i++, length++)
			bytes[length] = copy ? bytes[length - back] : (uint8_t)random_next(&random);
	}
	return length;
}

static void what_was_compressed_comes_back(void **state)
{
	static uint8_t bytes[200000], packed[260000], out[200000];

	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		size_t length = make_text(bytes, seed == 1 ? sizeof(bytes) : 50 * seed, seed);
		size_t packed_bytes = xpress_compress(packed, bytes, length);

		assert_int_equal(decompress(out, length, packed, packed_bytes), length);
		assert_memory_equal(out, bytes, length);
	}
	memset(bytes, 0, sizeof(bytes));
	assert_int_equal(decompress(out, sizeof(bytes), packed,
				    xpress_compress(packed, bytes, sizeof(bytes))),
			 sizeof(bytes));
	assert_memory_equal(out, bytes, sizeof(bytes));
}

static void a_stream_cut_anywhere_gives_the_right_bytes_up_to_there(void **state)
{
	uint8_t bytes[2000], packed[3000], out[2000];
	size_t length = make_text(bytes, sizeof(bytes), 7);
	size_t packed_bytes = xpress_compress(packed, bytes, length), last = 0;

	(void)state;
	for (size_t cut = 0; cut <= packed_bytes; cut++) {
		size_t got = decompress(out, length, packed, cut);

		assert_true(got >= last);
		if (got)
			assert_memory_equal(out, bytes, got);
		last = got;
	}
	assert_int_equal(last, length);
}

static void a_damaged_byte_never_leads_outside(void **state)
{
	uint8_t bytes[1200], packed[2000], out[1200];
	size_t length = make_text(bytes, sizeof(bytes), 11);
	size_t packed_bytes = xpress_compress(packed, bytes, length);
	struct random random = {3};

	(void)state;
	for (size_t at = 0; at < packed_bytes; at++) {
		uint8_t was = packed[at];

		for (int i = 0; i < 12; i++) {
			packed[at] =
				i < 8 ? was ^ (uint8_t)(1u << i) : (uint8_t)random_next(&random);
			assert_true(decompress(out, length, packed, packed_bytes) <= length);
		}
		packed[at] = was;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_specifications_examples_are_read),
		cmocka_unit_test(nothing_wanted_is_nothing_written),
		cmocka_unit_test(three_bits_hold_lengths_3_to_9),
		cmocka_unit_test(a_nibble_holds_lengths_10_to_24),
		cmocka_unit_test(a_byte_holds_lengths_25_to_279),
		cmocka_unit_test(a_word_holds_its_length_less_3),
		cmocka_unit_test(a_word_of_zero_is_followed_by_a_wider_one),
		cmocka_unit_test(a_word_below_what_its_byte_says_is_damage),
		cmocka_unit_test(a_length_past_the_end_is_damage),
		cmocka_unit_test(a_length_that_is_cut_off_is_no_match),
		cmocka_unit_test(the_second_nibble_is_the_first_ones_other_half),
		cmocka_unit_test(a_high_nibble_of_15_takes_the_longer_forms_too),
		cmocka_unit_test(a_match_may_begin_with_the_first_byte_but_not_before),
		cmocka_unit_test(a_match_before_any_byte_is_damage),
		cmocka_unit_test(matches_that_overlap_themselves_repeat_what_was_written),
		cmocka_unit_test(what_follows_the_wanted_bytes_is_not_looked_at),
		cmocka_unit_test(a_used_up_flag_word_may_be_the_last),
		cmocka_unit_test(what_was_compressed_comes_back),
		cmocka_unit_test(a_stream_cut_anywhere_gives_the_right_bytes_up_to_there),
		cmocka_unit_test(a_damaged_byte_never_leads_outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
