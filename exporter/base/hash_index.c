#include "exporter/base/hash_index.h"

#include <stdlib.h>

#define SLOTS_MIN 256u
#define SLOTS_MAX (1u << 31)

void hash_index_done(struct hash_index *index)
{
	free(index->slots);
}

void hash_index_add(struct hash_index *index, uint32_t hash, uint32_t number)
{
	uint32_t at = hash & index->mask;

	while (index->slots[at].number)
		at = (at + 1) & index->mask;
	index->slots[at] = (struct hash_slot){number, hash};
	index->count++;
}

bool hash_index_grow(struct hash_index *index)
{
	uint32_t slots = index->slots ? (index->mask + 1) * 2 : SLOTS_MIN, i;
	struct hash_index larger = {.mask = slots - 1};

	if (index->slots && index->mask + 1 == SLOTS_MAX)
		return false;
	larger.slots = calloc(slots, sizeof(*larger.slots));
	if (!larger.slots)
		return false;
	for (i = 0; index->slots && i <= index->mask; i++)
		if (index->slots[i].number)
			hash_index_add(&larger, index->slots[i].hash, index->slots[i].number);
	free(index->slots);
	*index = larger;
	return true;
}

/* Nobody behind may stand before a gap, or it would not be found: they move up. */
static void close_gap(struct hash_index *index, uint32_t gap)
{
	uint32_t mask = index->mask, at = gap;

	for (;;) {
		const struct hash_slot *slot;

		at = (at + 1) & mask;
		slot = &index->slots[at];
		if (!slot->number)
			break;
		if (((at - slot->hash) & mask) < ((at - gap) & mask))
			continue;
		index->slots[gap] = *slot;
		gap = at;
	}
	index->slots[gap].number = 0;
}

static uint32_t place_of(const struct hash_index *index, uint32_t hash, uint32_t number)
{
	uint32_t at = hash & index->mask;

	while (index->slots[at].number != number)
		at = (at + 1) & index->mask;
	return at;
}

void hash_index_replace(struct hash_index *index, uint32_t hash, uint32_t number, uint32_t by)
{
	index->slots[place_of(index, hash, number)].number = by;
}

void hash_index_remove(struct hash_index *index, uint32_t hash, uint32_t number)
{
	close_gap(index, place_of(index, hash, number));
	index->count--;
}
