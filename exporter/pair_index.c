#include "exporter/pair_index.h"

#include <stdlib.h>

#define SLOTS_MIN 256u
#define SLOTS_MAX (1u << 31)

void pair_index_done(struct pair_index *index)
{
	free(index->slots);
}

void pair_index_add(struct pair_index *index, uint32_t hash, uint32_t number)
{
	uint32_t at = hash & index->mask;

	while (index->slots[at].number)
		at = (at + 1) & index->mask;
	index->slots[at] = (struct pair_slot){number, hash};
	index->count++;
}

static bool grow(struct pair_index *index)
{
	uint32_t slots = index->slots ? (index->mask + 1) * 2 : SLOTS_MIN, i;
	struct pair_index larger = {
		.slots = calloc(slots, sizeof(*larger.slots)), .mask = slots - 1, .count = 0};

	if (!larger.slots)
		return false;
	for (i = 0; index->slots && i <= index->mask; i++)
		if (index->slots[i].number)
			pair_index_add(&larger, index->slots[i].hash, index->slots[i].number);
	free(index->slots);
	*index = larger;
	return true;
}

bool pair_index_reserve(struct pair_index *index)
{
	if (index->slots && index->count <= index->mask / 2)
		return true;
	return (!index->slots || index->mask + 1 < SLOTS_MAX) && grow(index);
}

/* Nobody behind may stand before a gap, or it would not be found: they move up. */
static void close_gap(struct pair_index *index, uint32_t gap)
{
	uint32_t mask = index->mask, at = gap;

	for (;;) {
		const struct pair_slot *slot;

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

void pair_index_remove(struct pair_index *index, uint32_t hash, uint32_t number)
{
	uint32_t at = hash & index->mask;

	while (index->slots[at].number != number)
		at = (at + 1) & index->mask;
	close_gap(index, at);
	index->count--;
}
