/*
 * pair_index: finds numbers by the hashes of what they stand for: open addressing, linear probing.
 *
 * Eight places to a cache line, never more than half of them taken; grows by doubling. The owner
 * keeps what the numbers stand for and compares keys. Owned by a struct pairs.
 */
#ifndef EXPORTER_PAIR_INDEX_H
#define EXPORTER_PAIR_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pair_slot {
	uint32_t number; /* 0: free */
	uint32_t hash;
};

struct pair_index {
	struct pair_slot *slots; /* NULL: none yet */
	uint32_t mask;
	uint32_t count;
};

void pair_index_done(struct pair_index *index);

/* Makes room for one more. False: no memory. */
bool pair_index_reserve(struct pair_index *index);

/* There is room, see pair_index_reserve(). */
void pair_index_add(struct pair_index *index, uint32_t hash, uint32_t number);
/* It is there. */
void pair_index_remove(struct pair_index *index, uint32_t hash, uint32_t number);

/*
 * Goes through what has this hash: begin with *at = hash; 0: no more of them. (Once there is
 * memory.)
 */
static inline uint32_t pair_index_next(const struct pair_index *index, uint32_t hash, uint32_t *at)
{
	for (;;) {
		const struct pair_slot *slot = &index->slots[(*at)++ & index->mask];

		if (!slot->number || slot->hash == hash)
			return slot->number;
	}
}

#endif
