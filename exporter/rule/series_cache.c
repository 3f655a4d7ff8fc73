#include "exporter/rule/series_cache.h"

#include <string.h>

#define FIRST_SLOTS 64

void series_cache_done(struct series_cache *cache)
{
	aligned_free(cache->slots);
	arena_done(&cache->keys);
	*cache = (struct series_cache){0};
}

void series_cache_clear(struct series_cache *cache)
{
	if (cache->slots)
		memset(cache->slots, 0, cache->slot_count * sizeof(*cache->slots));
	cache->count = 0;
	arena_done(&cache->keys);
	cache->key_words = 0;
}

static void place(struct series_cache_slot *slots, size_t count,
		  const struct series_cache_slot *slot, uint64_t hash)
{
	size_t at = series_cache_home(hash, count);

	while (slots[at].cell)
		at = at + 1 == count ? 0 : at + 1;
	slots[at] = *slot;
}

static uint64_t hash_of(const struct series_cache_slot *slot, const uint64_t seed[2])
{
	size_t words = slot->cell & SERIES_CACHE_WORDS;

	return words ? series_cache_hash(slot->key, words, seed) : slot->longer.hash;
}

/* From three fifths to three quarters full: a series is to take little memory. */
static bool reserve_slot(struct series_cache *cache, const uint64_t seed[2])
{
	size_t old = cache->slot_count, grown = old ? old + old / 4 : FIRST_SLOTS, i;
	struct series_cache_slot *slots;

	if (4 * (cache->count + 1) <= 3 * old)
		return true;
	slots = aligned_zeros(grown * sizeof(*slots));
	if (!slots)
		return false;
	for (i = 0; i < old; i++)
		if (cache->slots[i].cell)
			place(slots, grown, &cache->slots[i], hash_of(&cache->slots[i], seed));
	aligned_free(cache->slots);
	cache->slots = slots;
	cache->slot_count = grown;
	return true;
}

static bool keep_key(struct series_cache *cache, struct series_cache_slot *slot,
		     const uint64_t *key, size_t words, uint64_t hash)
{
	uint64_t *copy;

	if (slot->cell & SERIES_CACHE_WORDS) {
		memcpy(slot->key, key, words * sizeof(*key));
		return true;
	}
	copy = arena_alloc(&cache->keys, (words + !words) * sizeof(*key));
	if (!copy)
		return false;
	if (words)
		memcpy(copy, key, words * sizeof(*key));
	slot->longer.hash = hash;
	slot->longer.key = copy;
	slot->longer.words = words;
	cache->key_words += words;
	return true;
}

void series_cache_add(struct series_cache *cache, const uint64_t *key, size_t words,
		      const uint64_t seed[2], struct cell *cell, bool overflow)
{
	struct series_cache_slot slot = {.cell = (uintptr_t)cell};
	uint64_t hash = series_cache_hash(key, words, seed);

	if (words > SERIES_CACHE_WORDS_MAX || (slot.cell & SERIES_CACHE_NOT_ADDRESS))
		return;
	slot.cell |= series_cache_mark(words, hash);
	if (overflow)
		slot.cell |= SERIES_CACHE_OVERFLOW;
	if (cache->count == SERIES_CACHE_ENTRIES_MAX ||
	    cache->key_words + words > SERIES_CACHE_WORDS_MAX)
		series_cache_clear(cache);
	if (!reserve_slot(cache, seed) || !keep_key(cache, &slot, key, words, hash))
		return;
	place(cache->slots, cache->slot_count, &slot, hash);
	cache->count++;
}
