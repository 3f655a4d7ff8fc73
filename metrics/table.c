#include "metrics/table.h"

#include <stdlib.h>

#define FIRST_SLOTS 16

void table_done(struct table *table)
{
	free(table->slots);
	*table = (struct table){0};
}

/* Where an item is looked for first; there need not be a power of two of slots. */
static size_t home_of(uint32_t hash, size_t slot_count)
{
	return (size_t)(((uint64_t)hash * slot_count) >> 32);
}

static size_t behind(size_t at, size_t slot_count)
{
	return at + 1 == slot_count ? 0 : at + 1;
}

static void *item_at(const struct table *table, uint32_t hash, size_t *at)
{
	const struct table_slot *slot;

	for (; (slot = &table->slots[*at])->item; *at = behind(*at, table->slot_count))
		if (slot->hash == hash)
			return slot->item;
	return NULL;
}

void *table_first(const struct table *table, uint32_t hash, size_t *at)
{
	*at = home_of(hash, table->slot_count);
	return table->slots ? item_at(table, hash, at) : NULL;
}

void *table_next(const struct table *table, uint32_t hash, size_t *at)
{
	*at = behind(*at, table->slot_count);
	return item_at(table, hash, at);
}

static void place(struct table_slot *slots, size_t count, struct table_slot slot)
{
	size_t at = home_of(slot.hash, count);

	while (slots[at].item)
		at = behind(at, count);
	slots[at] = slot;
}

int table_reserve(struct table *table)
{
	size_t slots = table->slot_count;
	size_t grown = slots ? slots + slots / 4 : FIRST_SLOTS;
	struct table_slot *bigger;
	size_t i;

	/* From three fifths full, as items take memory, to three quarters, as probes are to stay
	 * short.
	 */
	if (4 * (table->count + 1) <= 3 * slots)
		return 0;
	bigger = calloc(grown, sizeof(*bigger));
	if (!bigger)
		return -1;
	for (i = 0; i < slots; i++)
		if (table->slots[i].item)
			place(bigger, grown, table->slots[i]);
	free(table->slots);
	table->slots = bigger;
	table->slot_count = grown;
	return 0;
}

void table_add(struct table *table, void *item, uint32_t hash)
{
	place(table->slots, table->slot_count, (struct table_slot){item, hash});
	table->count++;
}

/* How many slots `to` is behind `from`. */
static size_t distance(const struct table *table, size_t from, size_t to)
{
	return to >= from ? to - from : to + table->slot_count - from;
}

/* Moves back into the gap what probes would not find behind it. */
static void close_gap(struct table *table, size_t gap)
{
	size_t at = gap, home;

	for (;;) {
		at = behind(at, table->slot_count);
		if (!table->slots[at].item)
			break;
		home = home_of(table->slots[at].hash, table->slot_count);
		if (distance(table, home, at) < distance(table, gap, at))
			continue;
		table->slots[gap] = table->slots[at];
		gap = at;
	}
	table->slots[gap].item = NULL;
}

void table_remove(struct table *table, const void *item, uint32_t hash)
{
	const void *found;
	size_t at;

	for (found = table_first(table, hash, &at); found && found != item;)
		found = table_next(table, hash, &at);
	if (!found)
		return;
	close_gap(table, at);
	table->count--;
}
