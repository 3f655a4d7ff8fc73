#include "metrics/table.h"

#include <stdlib.h>

#define FIRST_SLOTS 16

void table_done(struct table *table)
{
	free(table->slots);
	*table = (struct table){0};
}

static void *item_at(const struct table *table, uint32_t hash, size_t *at)
{
	const struct table_slot *slot;

	for (; (slot = &table->slots[*at])->item; *at = (*at + 1) & table->mask)
		if (slot->hash == hash)
			return slot->item;
	return NULL;
}

void *table_first(const struct table *table, uint32_t hash, size_t *at)
{
	*at = hash & table->mask;
	return table->slots ? item_at(table, hash, at) : NULL;
}

void *table_next(const struct table *table, uint32_t hash, size_t *at)
{
	*at = (*at + 1) & table->mask;
	return item_at(table, hash, at);
}

static void place(struct table_slot *slots, size_t mask, struct table_slot slot)
{
	size_t at = slot.hash & mask;

	while (slots[at].item)
		at = (at + 1) & mask;
	slots[at] = slot;
}

int table_reserve(struct table *table)
{
	size_t slots = table->slots ? table->mask + 1 : 0;
	size_t grown = slots ? slots * 2 : FIRST_SLOTS;
	struct table_slot *bigger;
	size_t i;

	/* At most three quarters full, so that probes stay short. */
	if (table->count + 1 <= slots / 4 * 3)
		return 0;
	bigger = calloc(grown, sizeof(*bigger));
	if (!bigger)
		return -1;
	for (i = 0; i < slots; i++)
		if (table->slots[i].item)
			place(bigger, grown - 1, table->slots[i]);
	free(table->slots);
	table->slots = bigger;
	table->mask = grown - 1;
	return 0;
}

void table_add(struct table *table, void *item, uint32_t hash)
{
	place(table->slots, table->mask, (struct table_slot){item, hash});
	table->count++;
}

/* Moves back into the gap what probes would not find behind it. */
static void close_gap(struct table *table, size_t gap)
{
	size_t at = gap, home;

	for (;;) {
		at = (at + 1) & table->mask;
		if (!table->slots[at].item)
			break;
		home = table->slots[at].hash & table->mask;
		if (((at - home) & table->mask) < ((at - gap) & table->mask))
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
