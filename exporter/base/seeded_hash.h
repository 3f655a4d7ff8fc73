/*
 * seeded_hash: a fast hash of keys that come from traces.
 *
 * The seed is drawn anew in every process, so nobody can make up keys that all fall into one place
 * of a table. Pure functions, any thread.
 */
#ifndef EXPORTER_SEEDED_HASH_H
#define EXPORTER_SEEDED_HASH_H

#include "exporter/base/bytes.h"

struct hash_seed {
	uint64_t numbers[3];
};

void hash_seed_draw(struct hash_seed *seed);

/* Both halves of the product: every bit of the result depends on every bit of both. */
static inline uint64_t hash_mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* The last bytes of a key, fewer than 8, as a number. */
static inline uint64_t hash_tail(const uint8_t *bytes, size_t count)
{
	uint64_t tail = 0;

	if (count >= 4)
		return le32(bytes) | (uint64_t)le32(bytes + count - 4) << 32;
	if (count)
		tail = bytes[0] | (uint64_t)bytes[count / 2] << 8 |
		       (uint64_t)bytes[count - 1] << 16;
	return tail;
}

/* Keys of no bytes may be NULL. */
static inline uint64_t seeded_hash(const struct hash_seed *seed, const uint8_t *key, size_t count)
{
	uint64_t hash = seed->numbers[0] ^ count;

	for (; count >= 8; key += 8, count -= 8)
		hash = hash_mix(hash ^ le64(key), seed->numbers[1]);
	return hash_mix(hash ^ hash_tail(key, count), seed->numbers[2]);
}

#endif
