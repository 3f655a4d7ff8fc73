#include "exporter/rule/series_cache.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 64
#define FIRST_WORDS 256

void series_cache_done(struct series_cache *cache)
{
	aligned_free(cache->slots);
	free(cache->keys);
	*cache = (struct series_cache){0};
}

void series_cache_clear(struct series_cache *cache)
{
	if (cache->slots)
		memset(cache->slots, 0, (cache->mask + 1) * sizeof(*cache->slots));
	cache->count = 0;
	cache->key_words = 0;
}

static void place(struct series_cache_slot *slots, size_t mask,
		  const struct series_cache_slot *slot)
{
	size_t at = slot->hash & mask;

	while (slots[at].cell)
		at = (at + 1) & mask;
	slots[at] = *slot;
}

/* At most half full. */
static bool reserve_slot(struct series_cache *cache)
{
	size_t old = cache->slots ? cache->mask + 1 : 0, i;
	size_t grown = old ? 2 * old : FIRST_SLOTS;
	struct series_cache_slot *slots;

	if (2 * (cache->count + 1) <= old)
		return true;
	slots = aligned_zeros(grown * sizeof(*slots));
	if (!slots)
		return false;
	for (i = 0; i < old; i++)
		if (cache->slots[i].cell)
			place(slots, grown - 1, &cache->slots[i]);
	aligned_free(cache->slots);
	cache->slots = slots;
	cache->mask = grown - 1;
	return true;
}

static bool reserve_words(struct series_cache *cache, size_t words)
{
	size_t capacity = cache->key_capacity ? cache->key_capacity : FIRST_WORDS;
	uint64_t *keys;

	while (capacity < cache->key_words + words)
		capacity *= 2;
	if (capacity == cache->key_capacity)
		return true;
	keys = realloc(cache->keys, capacity * sizeof(*keys));
	if (!keys)
		return false;
	cache->keys = keys;
	cache->key_capacity = capacity;
	return true;
}

static bool keep_key(struct series_cache *cache, struct series_cache_slot *slot,
		     const uint64_t *key, size_t words)
{
	slot->words = (uint32_t)words;
	if (words <= SERIES_CACHE_SLOT_WORDS) {
		if (words)
			memcpy(slot->key, key, words * sizeof(*key));
		return true;
	}
	if (!reserve_words(cache, words))
		return false;
	slot->at = cache->key_words;
	memcpy(cache->keys + cache->key_words, key, words * sizeof(*key));
	cache->key_words += words;
	return true;
}

void series_cache_add(struct series_cache *cache, const uint64_t *key, size_t words, uint64_t hash,
		      struct cell *cell, bool overflow)
{
	struct series_cache_slot slot = {.cell = cell, .hash = hash, .overflow = overflow};

	if (words > SERIES_CACHE_WORDS_MAX)
		return;
	if (cache->count == SERIES_CACHE_ENTRIES_MAX ||
	    cache->key_words + words > SERIES_CACHE_WORDS_MAX)
		series_cache_clear(cache);
	if (!reserve_slot(cache) || !keep_key(cache, &slot, key, words))
		return;
	place(cache->slots, cache->mask, &slot);
	cache->count++;
}
