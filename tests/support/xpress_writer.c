#include "tests/support/xpress_writer.h"

#include <string.h>

#include "tests/support/little_endian.h"

enum {
	FLAG_WORD_BYTES = 4,
	FLAGS_PER_WORD = 32,
	SHORTEST_MATCH = 3,
	LONGEST_MATCH = 0xffff + SHORTEST_MATCH, /* what the u16 form of a length holds */
	FARTHEST_MATCH = 8192,
	HASH_BITS = 13,
};

struct encoder {
	uint8_t *to;
	size_t used;
	size_t flags_at;
	uint32_t flags;
	unsigned int flag_count;
	size_t half_at; /* a byte of which only the low nibble is taken; 0: none */
};

size_t xpress_bound(size_t length)
{
	return length + FLAG_WORD_BYTES * (length / FLAGS_PER_WORD + 2);
}

static void put_byte(struct encoder *encoder, uint8_t byte)
{
	encoder->to[encoder->used++] = byte;
}

static void put_u16(struct encoder *encoder, uint16_t value)
{
	put_le16(encoder->to + encoder->used, value);
	encoder->used += 2;
}

static void begin_flags(struct encoder *encoder)
{
	encoder->flags_at = encoder->used;
	encoder->used += FLAG_WORD_BYTES;
	encoder->flags = 0;
	encoder->flag_count = 0;
}

/* The item's own bytes are written before its flag: they stand ahead of the next flag word. */
static void put_flag(struct encoder *encoder, uint32_t flag)
{
	encoder->flags = encoder->flags << 1 | flag;
	if (++encoder->flag_count < FLAGS_PER_WORD)
		return;
	put_le32(encoder->to + encoder->flags_at, encoder->flags);
	begin_flags(encoder);
}

/* The unused flags are ones; where the flags ended exactly there, that is a word of ones. */
static void end_flags(struct encoder *encoder)
{
	unsigned int unused = FLAGS_PER_WORD - encoder->flag_count;
	uint64_t flags = ((uint64_t)encoder->flags + 1) << unused;

	put_le32(encoder->to + encoder->flags_at, (uint32_t)(flags - 1));
}

static void put_nibble(struct encoder *encoder, uint8_t nibble)
{
	if (encoder->half_at) {
		encoder->to[encoder->half_at] |= (uint8_t)(nibble << 4);
		encoder->half_at = 0;
	} else {
		encoder->half_at = encoder->used;
		put_byte(encoder, nibble);
	}
}

static void put_match(struct encoder *encoder, size_t distance, size_t length)
{
	uint16_t code = (uint16_t)((distance - 1) << 3);
	size_t rest = length - SHORTEST_MATCH;

	put_u16(encoder, code | (uint16_t)(rest < 7 ? rest : 7));
	if (rest >= 7)
		put_nibble(encoder, (uint8_t)(rest - 7 < 15 ? rest - 7 : 15));
	if (rest >= 7 + 15)
		put_byte(encoder, (uint8_t)(rest - 7 - 15 < 255 ? rest - 7 - 15 : 255));
	if (rest >= 7 + 15 + 255)
		put_u16(encoder, (uint16_t)rest);
	put_flag(encoder, 1);
}

static uint32_t hash(const uint8_t *at)
{
	uint32_t three = at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16;

	return three * 2654435761u >> (32 - HASH_BITS);
}

static size_t common_length(const uint8_t *a, const uint8_t *b, size_t limit)
{
	size_t length = 0;

	while (length < limit && a[length] == b[length])
		length++;
	return length;
}

/* Remembers the position (+ 1) and gives the length of the match there, below 3 where there is
 * none. */
static size_t find_match(uint32_t *heads, const uint8_t *from, size_t at, size_t left,
			 size_t *distance)
{
	uint32_t *head = &heads[hash(from + at)];
	size_t candidate = *head;

	*head = (uint32_t)at + 1;
	if (candidate == 0 || at + 1 - candidate > FARTHEST_MATCH)
		return 0;
	*distance = at + 1 - candidate;
	return common_length(from + candidate - 1, from + at,
			     left < LONGEST_MATCH ? left : LONGEST_MATCH);
}

static void remember(uint32_t *heads, const uint8_t *from, size_t begin, size_t end, size_t length)
{
	for (size_t at = begin; at < end && at + SHORTEST_MATCH <= length; at++)
		heads[hash(from + at)] = (uint32_t)at + 1;
}

size_t xpress_compress(uint8_t *to, const uint8_t *from, size_t length)
{
	struct encoder encoder = {.to = to};
	uint32_t heads[1u << HASH_BITS];
	size_t at = 0;

	memset(heads, 0, sizeof(heads));
	begin_flags(&encoder);
	while (at < length) {
		size_t left = length - at, matched = 0, distance = 0;

		if (left >= SHORTEST_MATCH)
			matched = find_match(heads, from, at, left, &distance);
		if (matched >= SHORTEST_MATCH) {
			put_match(&encoder, distance, matched);
			remember(heads, from, at + 1, at + matched, length);
			at += matched;
		} else {
			put_byte(&encoder, from[at++]);
			put_flag(&encoder, 0);
		}
	}
	end_flags(&encoder);
	return encoder.used;
}
