#include "metrics/siphash.h"

#include <string.h>
#include <time.h>

#include "metrics/random.h"

struct state {
	uint64_t v[4];
};

static uint64_t rotate(uint64_t value, unsigned int bits)
{
	return value << bits | value >> (64 - bits);
}

static void rounds(struct state *state, unsigned int count)
{
	uint64_t *v = state->v;

	for (; count; count--) {
		v[0] += v[1];
		v[1] = rotate(v[1], 13) ^ v[0];
		v[0] = rotate(v[0], 32);
		v[2] += v[3];
		v[3] = rotate(v[3], 16) ^ v[2];
		v[0] += v[3];
		v[3] = rotate(v[3], 21) ^ v[0];
		v[2] += v[1];
		v[1] = rotate(v[1], 17) ^ v[2];
		v[2] = rotate(v[2], 32);
	}
}

static uint64_t load_le64(const unsigned char *bytes, size_t length)
{
	uint64_t value = 0;
	size_t i;

	for (i = 0; i < length; i++)
		value |= (uint64_t)bytes[i] << (8 * i);
	return value;
}

static void absorb(struct state *state, uint64_t word)
{
	state->v[3] ^= word;
	rounds(state, 1);
	state->v[0] ^= word;
}

uint64_t siphash(const struct siphash_key *key, const void *bytes, size_t length)
{
	struct state state = {
		{key->words[0] ^ 0x736f6d6570736575, key->words[1] ^ 0x646f72616e646f6d,
		 key->words[0] ^ 0x6c7967656e657261, key->words[1] ^ 0x7465646279746573}};
	const unsigned char *at = bytes;
	size_t left = length;

	for (; left >= 8; left -= 8, at += 8)
		absorb(&state, load_le64(at, 8));
	absorb(&state, load_le64(at, left) | (uint64_t)length << 56);
	state.v[2] ^= 0xff;
	rounds(&state, 3);
	return state.v[0] ^ state.v[1] ^ state.v[2] ^ state.v[3];
}

void siphash_key_choose(struct siphash_key *key)
{
	struct timespec now = {0};

	if (random_fill(key, sizeof(*key)))
		return;
	/* Where code and heap lie, and the time to the nanosecond, are unknown to who writes a
	 * trace. */
	clock_gettime(CLOCK_REALTIME, &now);
	key->words[0] = (uint64_t)(uintptr_t)key * 0x9e3779b97f4a7c15 ^ (uint64_t)now.tv_nsec;
	key->words[1] = (uint64_t)(uintptr_t)&now ^ (uint64_t)now.tv_sec << 32;
}
