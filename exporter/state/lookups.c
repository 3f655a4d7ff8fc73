#include "exporter/state/lookups.h"

#include "exporter/system/clock_ns.h"

#define NS_PER_SECOND 1000000000

int lookups_init(struct lookups *lookups, size_t limit, struct table_counts *counts)
{
	*lookups = (struct lookups){.limit = limit, .second = -1, .counts = counts};
	slab_init(&lookups->slab, sizeof(struct lookup));
	hash_seed_draw(&lookups->seed);
	return hash_index_reserve(&lookups->index) ? 0 : -1;
}

void lookups_done(struct lookups *lookups)
{
	hash_index_done(&lookups->index);
	slab_done(&lookups->slab);
}

static uint32_t hash_of(const struct lookups *lookups, enum lookup_kind kind, uint64_t number)
{
	return (uint32_t)hash_mix(number ^ lookups->seed.numbers[0],
				  (uint64_t)kind ^ lookups->seed.numbers[1]);
}

struct lookup *lookups_find(const struct lookups *lookups, enum lookup_kind kind, uint64_t number)
{
	uint32_t hash = hash_of(lookups, kind, number), at = hash, found;

	if (!lookups->index.slots)
		return NULL;
	while ((found = hash_index_next(&lookups->index, hash, &at))) {
		struct lookup *lookup = SLAB_AT(&lookups->slab, struct lookup, found);

		if (lookup->number == number && lookup->kind == kind)
			return lookup;
	}
	return NULL;
}

void lookups_clear(struct lookups *lookups)
{
	lookups_done(lookups);
	lookups->index = (struct hash_index){0};
	slab_init(&lookups->slab, sizeof(struct lookup));
	table_set_entries(lookups->counts, 0);
}

/* Once for all that are forgotten: each of them can be asked for again. */
static void make_room(struct lookups *lookups)
{
	if (table_entries(lookups->counts) < lookups->limit)
		return;
	lookups_clear(lookups);
	table_refuse(lookups->counts);
}

struct lookup *lookups_add(struct lookups *lookups, enum lookup_kind kind, uint64_t number)
{
	uint32_t added;
	struct lookup *lookup;

	make_room(lookups);
	if (!lookups->limit || !hash_index_reserve(&lookups->index))
		return NULL;
	added = slab_take(&lookups->slab);
	if (added == SLAB_NONE)
		return NULL;
	lookup = SLAB_AT(&lookups->slab, struct lookup, added);
	*lookup = (struct lookup){.kind = kind, .number = number};
	hash_index_add(&lookups->index, hash_of(lookups, kind, number), added);
	table_set_entries(lookups->counts, table_entries(lookups->counts) + 1);
	return lookup;
}

bool lookups_may_ask(struct lookups *lookups)
{
	int64_t second = clock_ns(CLOCK_MONOTONIC) / NS_PER_SECOND;

	if (second != lookups->second) {
		lookups->second = second;
		lookups->used = 0;
	}
	if (lookups->used == LOOKUPS_PER_SECOND)
		return false;
	lookups->used++;
	return true;
}
