/*
 * series_cache: which cell an event's key means: the registry's own lookup goes by label text,
 * which is costly to make; this goes by the bytes that the text is made of.
 *
 * A key is whole 8-byte words. A cache, bounded, and forgotten when it is full: whoever misses asks
 * the registry again. A slot is half a cache line, and has the key in it where that is no longer
 * than most are. Used by one thread.
 */
#ifndef EXPORTER_SERIES_CACHE_H
#define EXPORTER_SERIES_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exporter/system/aligned.h"
#include "metrics/arena.h"
#include "metrics/registry.h"

#define SERIES_CACHE_SLOT_WORDS 3

struct series_cache_slot {
	/*
	 * The cell's address; in the bits that it does not need, as below, what the slot holds; 0:
	 * nothing.
	 */
	uint64_t cell;
	union {
		uint64_t key[SERIES_CACHE_SLOT_WORDS];
		struct {
			uint64_t hash;
			const uint64_t *key; /* one of the cache's keys */
			uint64_t words;
		} longer;
	};
};

#define SERIES_CACHE_TAG	 0xffff000000000000u /* of the hash its lowest bits */
#define SERIES_CACHE_TAG_SHIFT	 48
#define SERIES_CACHE_OVERFLOW	 4u /* the cell is that of the overflow series */
#define SERIES_CACHE_WORDS	 3u /* how many the slot's key has; 0: it is a longer one */
#define SERIES_CACHE_NOT_ADDRESS (SERIES_CACHE_TAG | SERIES_CACHE_OVERFLOW | SERIES_CACHE_WORDS)

_Static_assert(2 * sizeof(struct series_cache_slot) == CACHE_LINE, "half a cache line");

struct series_cache {
	struct series_cache_slot *slots; /* NULL: nothing is cached yet */
	size_t slot_count;
	size_t count;
	struct arena keys; /* the longer ones */
	size_t key_words;
};

#define SERIES_CACHE_ENTRIES_MAX ((size_t)65536)
#define SERIES_CACHE_WORDS_MAX	 ((size_t)1 << 20)

/* All zeros is an empty cache. */
void series_cache_done(struct series_cache *cache);
void series_cache_clear(struct series_cache *cache);

static inline struct cell *series_cache_cell(const struct series_cache_slot *slot)
{
	return (struct cell *)(uintptr_t)(slot->cell & ~SERIES_CACHE_NOT_ADDRESS);
}

static inline bool series_cache_is_overflow(const struct series_cache_slot *slot)
{
	return slot->cell & SERIES_CACHE_OVERFLOW;
}

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

static inline bool series_cache_same(const uint64_t *a, const uint64_t *b, size_t words)
{
	size_t i;

	for (i = 0; i < words && a[i] == b[i]; i++)
		;
	return i == words;
}

/* What a slot that may have the key has of these bits. */
static inline uint64_t series_cache_mark(size_t words, uint64_t hash)
{
	return hash << SERIES_CACHE_TAG_SHIFT | (words <= SERIES_CACHE_SLOT_WORDS ? words : 0);
}

static inline bool series_cache_has_key(const struct series_cache_slot *slot, const uint64_t *key,
					size_t words, uint64_t hash)
{
	if (slot->cell & SERIES_CACHE_WORDS)
		return series_cache_same(slot->key, key, words);
	return slot->longer.hash == hash && slot->longer.words == words &&
	       series_cache_same(slot->longer.key, key, words);
}

/* Where a key is looked for first; the table need not have a power of two of slots. */
static inline size_t series_cache_home(uint64_t hash, size_t slot_count)
{
	return (size_t)(((hash >> 32) * slot_count) >> 32);
}

/* NULL: not there. */
static inline const struct series_cache_slot *series_cache_find(const struct series_cache *cache,
								const uint64_t *key, size_t words,
								uint64_t hash)
{
	const struct series_cache_slot *slot, *end = cache->slots + cache->slot_count;
	uint64_t mark = series_cache_mark(words, hash);

	if (!cache->slots)
		return NULL;
	slot = cache->slots + series_cache_home(hash, cache->slot_count);
	while (slot->cell) {
		if ((slot->cell & (SERIES_CACHE_TAG | SERIES_CACHE_WORDS)) == mark &&
		    series_cache_has_key(slot, key, words, hash))
			return slot;
		if (++slot == end)
			slot = cache->slots;
	}
	return NULL;
}

/*
 * Remembers what was not there; out of memory, or where addresses have more bits, it does not. The
 * seed is always the same, and find()'s hash is of it.
 */
void series_cache_add(struct series_cache *cache, const uint64_t *key, size_t words,
		      const uint64_t seed[2], struct cell *cell, bool overflow);

#endif
