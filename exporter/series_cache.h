/*
 * series_cache: which cell an event's key means: the registry's own lookup goes by label text,
 * which is costly to make; this goes by the bytes that the text is made of.
 *
 * A key is whole 8-byte words. A cache, bounded, and forgotten when it is full: whoever misses asks
 * the registry again. Used by one thread.
 */
#ifndef EXPORTER_SERIES_CACHE_H
#define EXPORTER_SERIES_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "metrics/registry.h"

struct series_cache_slot {
	uint64_t hash;
	struct cell *cell; /* NULL: free */
	uint32_t words;	   /* of the key */
	uint32_t key;	   /* where it begins, in words */
	bool overflow;	   /* the cell is that of the overflow series */
};

struct series_cache {
	struct series_cache_slot *slots; /* NULL: nothing is cached yet */
	size_t mask;
	size_t count;
	uint64_t *keys;
	size_t key_words, key_capacity;
};

#define SERIES_CACHE_ENTRIES_MAX ((size_t)65536)
#define SERIES_CACHE_WORDS_MAX	 ((size_t)1 << 20)

/* All zeros is an empty cache. */
void series_cache_done(struct series_cache *cache);
void series_cache_clear(struct series_cache *cache);

uint64_t series_cache_hash(const uint64_t *key, size_t words, const uint64_t seed[2]);

/* NULL: not there. */
static inline const struct series_cache_slot *series_cache_find(const struct series_cache *cache,
								const uint64_t *key, size_t words,
								uint64_t hash)
{
	size_t at, i;

	if (!cache->slots)
		return NULL;
	for (at = hash & cache->mask; cache->slots[at].cell; at = (at + 1) & cache->mask) {
		const struct series_cache_slot *slot = &cache->slots[at];
		const uint64_t *there = cache->keys + slot->key;

		if (slot->hash != hash || slot->words != words)
			continue;
		for (i = 0; i < words && there[i] == key[i]; i++)
			;
		if (i == words)
			return slot;
	}
	return NULL;
}

/* Remembers what was not there; out of memory it does not. */
void series_cache_add(struct series_cache *cache, const uint64_t *key, size_t words, uint64_t hash,
		      struct cell *cell, bool overflow);

#endif
