/*
 * table: finds items by a hash; whoever uses it compares what it finds.
 *
 * Open addressing. It borrows its items. Used by one thread at a time.
 */
#ifndef METRICS_TABLE_H
#define METRICS_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct table_slot {
	void *item; /* NULL: empty */
	uint32_t hash;
};

/* All zeros is an empty table. */
struct table {
	struct table_slot *slots;
	size_t slot_count;
	size_t count;
};

void table_done(struct table *table);

/* The items with this hash, one after the other; NULL: no more. */
void *table_first(const struct table *table, uint32_t hash, size_t *at);
void *table_next(const struct table *table, uint32_t hash, size_t *at);

/* So that the next add finds room. -1: out of memory. */
int table_reserve(struct table *table);

/* After a successful reserve. */
void table_add(struct table *table, void *item, uint32_t hash);

/* Nothing happens where it is not there. */
void table_remove(struct table *table, const void *item, uint32_t hash);

#endif
