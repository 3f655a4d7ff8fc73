/*
 * table_counts: how full a table of the state is, and what it could not hold.
 *
 * Written by the table's owner, read by any thread.
 */
#ifndef EXPORTER_STATE_TABLE_COUNTS_H
#define EXPORTER_STATE_TABLE_COUNTS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct table_counts {
	_Atomic size_t entries;
	_Atomic uint64_t refused; /* entries pushed out, or not taken */
};

static inline size_t table_entries(const struct table_counts *counts)
{
	return atomic_load_explicit(&counts->entries, memory_order_relaxed);
}

static inline void table_set_entries(struct table_counts *counts, size_t entries)
{
	atomic_store_explicit(&counts->entries, entries, memory_order_relaxed);
}

static inline void table_refuse(struct table_counts *counts)
{
	uint64_t refused = atomic_load_explicit(&counts->refused, memory_order_relaxed);

	atomic_store_explicit(&counts->refused, refused + 1, memory_order_relaxed);
}

#endif
