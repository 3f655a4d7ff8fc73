#include "exporter/base/sha1.h"

#include <string.h>

void sha1_init(struct sha1 *sha1)
{
	*sha1 = (struct sha1){
		.state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0},
	};
}

static uint32_t rotate(uint32_t value, unsigned int bits)
{
	return value << bits | value >> (32 - bits);
}

static void expand(const uint8_t *block, uint32_t words[80])
{
	size_t i;

	for (i = 0; i < 16; i++)
		words[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
			   (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
	for (i = 16; i < 80; i++)
		words[i] = rotate(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
}

/* The function and the constant of round `i`, of the state's b, c and d. */
static uint32_t mix(size_t i, const uint32_t *s)
{
	if (i < 20)
		return ((s[1] & s[2]) | (~s[1] & s[3])) + 0x5a827999;
	if (i < 40)
		return (s[1] ^ s[2] ^ s[3]) + 0x6ed9eba1;
	if (i < 60)
		return ((s[1] & s[2]) | (s[1] & s[3]) | (s[2] & s[3])) + 0x8f1bbcdc;
	return (s[1] ^ s[2] ^ s[3]) + 0xca62c1d6;
}

static void add_block(struct sha1 *sha1, const uint8_t *block)
{
	uint32_t words[80], s[5];
	size_t i;

	expand(block, words);
	memcpy(s, sha1->state, sizeof(s));
	for (i = 0; i < 80; i++) {
		uint32_t next = rotate(s[0], 5) + mix(i, s) + s[4] + words[i];

		s[4] = s[3];
		s[3] = s[2];
		s[2] = rotate(s[1], 30);
		s[1] = s[0];
		s[0] = next;
	}
	for (i = 0; i < 5; i++)
		sha1->state[i] += s[i];
}

void sha1_add(struct sha1 *sha1, const void *bytes, size_t count)
{
	const uint8_t *at = bytes;

	for (; count; count--) {
		sha1->block[sha1->bytes++ % 64] = *at++;
		if (sha1->bytes % 64 == 0)
			add_block(sha1, sha1->block);
	}
}

void sha1_finish(struct sha1 *sha1, uint8_t hash[SHA1_BYTES])
{
	uint64_t bits = 8 * sha1->bytes;
	uint8_t length[8];
	size_t i;

	for (i = 0; i < 8; i++)
		length[i] = (uint8_t)(bits >> (56 - 8 * i));
	sha1_add(sha1, "\x80", 1);
	while (sha1->bytes % 64 != 56)
		sha1_add(sha1, "", 1);
	sha1_add(sha1, length, sizeof(length));
	for (i = 0; i < SHA1_BYTES; i++)
		hash[i] = (uint8_t)(sha1->state[i / 4] >> (24 - 8 * (i % 4)));
}
