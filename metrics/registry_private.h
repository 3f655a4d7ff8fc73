/*
 * registry_private: what births of series (registry.c) and scrapes (registry_expose.c) share.
 *
 * Fields are grouped by who may touch them. What both sides use is atomic, or written before the
 * first scrape and never again.
 */
#ifndef METRICS_REGISTRY_PRIVATE_H
#define METRICS_REGISTRY_PRIVATE_H

#include <pthread.h>

#include "metrics/arena.h"
#include "metrics/registry.h"
#include "metrics/series.h"
#include "metrics/siphash.h"
#include "metrics/text.h"

struct family {
	/* Written by registry_family() alone. */
	struct family_info info;
	size_t index;
	struct series *overflow; /* has no cells of its own: its numbers are in the shards */

	/* Written under the registry's lock, or set by any shard's thread. */
	_Atomic(struct series *) newest;
	atomic_bool overflow_used;
	struct series_table table; /* under the lock only */

	/* Of registry_expose(), under the expose lock. */
	struct series **sorted;
	size_t sorted_count, sorted_capacity;
	const struct series *newest_sorted;
	bool overflow_sorted;
};

/* A shard's part of a family's overflow. */
struct overflow {
	struct cell cell;
	struct cell count;
};

/* Comes from calloc; begins and ends with a cache line that no writer touches per event. */
struct shard {
	struct registry *registry;
	struct shard *next;
	struct text labels; /* scratch */
	char before[64];
	struct overflow overflows[REGISTRY_FAMILIES_MAX]; /* by family index */
	char after[64];
	struct arena cells;
	struct cell *spare; /* of them, not yet in use */
};

enum refusal {
	REFUSAL_NONE,
	REFUSAL_NEWS,
	REFUSAL_KNOWN,
};

struct registry {
	struct registry_limits limits;
	struct siphash_key key;

	/* Written under the lock. */
	pthread_mutex_t lock;
	struct arena arena; /* of series */
	struct family *families[REGISTRY_FAMILIES_MAX];
	size_t family_count;
	_Atomic(struct shard *) shards; /* newest first */

	atomic_size_t series;
	_Atomic uint64_t labels_cut;
	_Atomic int refusal; /* enum refusal */

	pthread_mutex_t expose_lock;
};

#endif
