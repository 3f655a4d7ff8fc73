/*
 * series_cache: which cell an event's key means: the registry's own lookup goes by label text,
 * which is costly to make; this goes by the bytes that the text is made of.
 *
 * A key is whole 8-byte words. A cache, bounded, and forgotten when it is full: whoever misses asks
 * the registry again. A slot is a cache line, and has the key in it where that is no longer than
 * most are. Used by one thread.
 */
#ifndef EXPORTER_SERIES_CACHE_H
#define EXPORTER_SERIES_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exporter/system/aligned.h"
#include "metrics/registry.h"

#define SERIES_CACHE_SLOT_WORDS 5

struct series_cache_slot {
	struct cell *cell; /* NULL: free */
	uint64_t hash;
	uint32_t words; /* of the key */
	bool overflow;	/* the cell is that of the overflow series */
	union {
		uint64_t key[SERIES_CACHE_SLOT_WORDS];
		size_t at; /* of a longer key: where it is in the cache's keys */
	};
};

_Static_assert(sizeof(struct series_cache_slot) == CACHE_LINE, "a cache line");

struct series_cache {
	struct series_cache_slot *slots; /* NULL: nothing is cached yet */
	size_t mask;
	size_t count;
	uint64_t *keys; /* the longer ones */
	size_t key_words, key_capacity;
};

#define SERIES_CACHE_ENTRIES_MAX ((size_t)65536)
#define SERIES_CACHE_WORDS_MAX	 ((size_t)1 << 20)

/* All zeros is an empty cache. */
void series_cache_done(struct series_cache *cache);
void series_cache_clear(struct series_cache *cache);

/* Both halves of the product: every bit of the result depends on every bit of both. */
static inline uint64_t series_cache_mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t series_cache_hash(const uint64_t *key, size_t words, const uint64_t seed[2])
{
	const uint64_t *end = key + (words & ~(size_t)1);
	uint64_t hash = seed[0] ^ words, other = seed[1];

	for (; key < end; key += 2)
		hash = series_cache_mix(hash ^ key[0], other ^ key[1]);
	if (words & 1)
		hash = series_cache_mix(hash ^ key[0], other);
	/* Numbers that follow one another would be at even distances, which may be a table's. */
	return series_cache_mix(hash, other);
}

static inline bool series_cache_has_key(const struct series_cache *cache,
					const struct series_cache_slot *slot, const uint64_t *key,
					size_t words)
{
	const uint64_t *there =
		slot->words <= SERIES_CACHE_SLOT_WORDS ? slot->key : cache->keys + slot->at;
	size_t i;

	if (slot->words != words)
		return false;
	for (i = 0; i < words && there[i] == key[i]; i++)
		;
	return i == words;
}

/* NULL: not there. */
static inline const struct series_cache_slot *series_cache_find(const struct series_cache *cache,
								const uint64_t *key, size_t words,
								uint64_t hash)
{
	size_t at;

	if (!cache->slots)
		return NULL;
	for (at = hash & cache->mask; cache->slots[at].cell; at = (at + 1) & cache->mask) {
		const struct series_cache_slot *slot = &cache->slots[at];

		if (slot->hash == hash && series_cache_has_key(cache, slot, key, words))
			return slot;
	}
	return NULL;
}

/* Remembers what was not there; out of memory it does not. */
void series_cache_add(struct series_cache *cache, const uint64_t *key, size_t words, uint64_t hash,
		      struct cell *cell, bool overflow);

#endif
