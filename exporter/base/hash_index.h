/*
 * hash_index: finds numbers by the hashes of what they stand for: open addressing, linear probing.
 *
 * Eight places to a cache line, never more than half of them taken; grows by doubling. The owner
 * keeps what the numbers stand for and compares keys. Owned and used by one thread.
 */
#ifndef EXPORTER_HASH_INDEX_H
#define EXPORTER_HASH_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hash_slot {
	uint32_t number; /* 0: free */
	uint32_t hash;
};

struct hash_index {
	struct hash_slot *slots; /* NULL: none yet */
	uint32_t mask;
	uint32_t count;
};

void hash_index_done(struct hash_index *index);

/* Makes it twice as large. False: no memory. */
bool hash_index_grow(struct hash_index *index);

/* Makes room for one more. False: no memory. */
static inline bool hash_index_reserve(struct hash_index *index)
{
	return (index->slots && index->count <= index->mask / 2) || hash_index_grow(index);
}

/* There is room, see hash_index_reserve(). */
void hash_index_add(struct hash_index *index, uint32_t hash, uint32_t number);
/* Both: the number is there. */
void hash_index_replace(struct hash_index *index, uint32_t hash, uint32_t number, uint32_t by);
void hash_index_remove(struct hash_index *index, uint32_t hash, uint32_t number);

/*
 * Goes through what has this hash: begin with *at = hash; 0: no more of them. (Once there is
 * memory.)
 */
static inline uint32_t hash_index_next(const struct hash_index *index, uint32_t hash, uint32_t *at)
{
	for (;;) {
		const struct hash_slot *slot = &index->slots[(*at)++ & index->mask];

		if (!slot->number || slot->hash == hash)
			return slot->number;
	}
}

#endif
