/*
 * lookups: names that were asked for outside the trace, by what they were asked for.
 *
 * A cache, bounded, and forgotten when it is full. How often one may ask is bounded, too: each time
 * costs system calls. Owned and used by one thread.
 */
#ifndef EXPORTER_STATE_LOOKUPS_H
#define EXPORTER_STATE_LOOKUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exporter/base/hash_index.h"
#include "exporter/base/seeded_hash.h"
#include "exporter/base/slab.h"
#include "exporter/state/table_counts.h"

#define LOOKUPS_PER_SECOND 1000

enum lookup_kind {
	LOOKUP_TASK,
	LOOKUP_SYMBOL,
	LOOKUP_DEVICE,
	LOOKUP_IRQ,
};

struct lookup {
	uint32_t name_id;
	uint32_t kind;
	uint64_t number;
	int64_t asked_ns; /* time of the event that it was asked for, last */
	bool is_known;	  /* the answer was no "there is none" */
};

struct lookups {
	struct slab slab; /* of struct lookup */
	struct hash_index index;
	struct hash_seed seed;
	size_t limit;
	int64_t second;	   /* of the monotonic clock */
	unsigned int used; /* in that second */
	struct table_counts *counts;
};

/* -1: no memory. */
int lookups_init(struct lookups *lookups, size_t limit, struct table_counts *counts);
void lookups_done(struct lookups *lookups);

/* NULL: it was not asked for. Valid until the next lookups_add(). */
struct lookup *lookups_find(const struct lookups *lookups, enum lookup_kind kind, uint64_t number);

/* One more, which was not there; forgets all where there are too many. NULL: no memory. */
struct lookup *lookups_add(struct lookups *lookups, enum lookup_kind kind, uint64_t number);

void lookups_clear(struct lookups *lookups);

/* Whether two times are so far apart, whichever comes first: clocks of processors differ. */
static inline bool lookups_is_far(int64_t a, int64_t b, int64_t apart)
{
	return (uint64_t)a - (uint64_t)b + (uint64_t)apart > 2 * (uint64_t)apart;
}

/* Whether it is not too often to ask now; counts as having asked. */
bool lookups_may_ask(struct lookups *lookups);

#endif
