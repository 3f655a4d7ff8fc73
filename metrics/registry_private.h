/*
 * registry_private: what families (registry.c), births and ends of series (shard.c) and scrapes
 * (registry_expose.c, family_order.c) share.
 *
 * Fields are grouped by who may touch them. What several sides use is atomic, or written before it
 * is used first and never again. Who holds both locks takes the expose lock first.
 */
#ifndef METRICS_REGISTRY_PRIVATE_H
#define METRICS_REGISTRY_PRIVATE_H

#include <pthread.h>

#include "metrics/arena.h"
#include "metrics/bucket_label.h"
#include "metrics/registry.h"
#include "metrics/series.h"
#include "metrics/siphash.h"
#include "metrics/table.h"
#include "metrics/text.h"

struct family {
	/* Written by registry_family() alone, the help under the expose lock. */
	struct family_info info; /* a copy; its limit of series is below */
	uint32_t index;
	struct series *overflow; /* its cells are all shards' */
	size_t users;		 /* under both locks; 0: it is not shown */
	uint64_t taken;		 /* when it came into use, in an order of such */
	bool has_namesake;	 /* another of its name was in use then */
	atomic_size_t series_limit;

	/* Written under the registry's lock, or set by any shard's thread. */
	_Atomic(struct series *) newborn; /* newest first; scrapes take them all */
	atomic_bool overflow_used;
	atomic_size_t series;
	_Atomic uint64_t expired; /* series, ever */
	atomic_size_t dead;	  /* of them, not freed yet */
	struct table table;	  /* under the lock only */

	/* Under the expose lock. */
	struct series *unsorted; /* taken, but memory was out */
	struct series **sorted;
	size_t sorted_count, sorted_capacity;
	bool overflow_sorted;
	uint64_t *counts;		       /* scratch, one for each bucket of a histogram */
	struct exemplar *exemplars;	       /* scratch, one for each bucket or of the counter */
	struct native_sum *native;	       /* scratch, of a histogram with such buckets */
	struct bucket_label *bucket_labels[2]; /* without and with a point; immutable */
};

/* Comes from calloc. What is written per event stands apart from what others write. */
struct shard {
	struct registry *registry;
	struct shard *next;
	uint32_t number;
	char before[64];
	struct text labels;	 /* scratch */
	struct shard *next_idle; /* under the registry's lock */
	struct arena cells;
	_Atomic uint64_t overflow_counts[REGISTRY_FAMILIES_MAX]; /* by family index */
	char after[64];
	struct cell *overflows[REGISTRY_FAMILIES_MAX];
	struct cell *spare[REGISTRY_FAMILIES_MAX]; /* free ones; under the registry's lock */
};

enum refusal {
	REFUSAL_NONE,
	REFUSAL_NEWS,
	REFUSAL_KNOWN,
};

struct registry {
	atomic_size_t series_limit, label_bytes; /* struct registry_limits */
	struct siphash_key key;

	/* Written under the lock. */
	pthread_mutex_t lock;
	struct family *families[REGISTRY_FAMILIES_MAX]; /* written under both locks */
	size_t family_count;
	uint64_t families_taken;	/* how often one came into use */
	_Atomic(struct shard *) shards; /* newest first */
	uint32_t shard_count;
	struct shard *idle; /* shards that nobody uses */

	atomic_size_t series;
	atomic_size_t dead; /* expired series that are not freed yet */
	_Atomic uint64_t labels_cut;
	_Atomic int refusal; /* enum refusal */

	pthread_mutex_t expose_lock;
};

/*
 * Takes in what was born since the last time, and frees what has expired, so that family->sorted is
 * what there is to show (but for what expires meanwhile). Under the expose lock. -1: out of memory.
 */
int family_put_in_order(struct registry *registry, struct family *family);

/* Frees all series. When nobody uses the family any more. */
void family_free_series(struct family *family);

/* Adds the shard's cell of the family's overflow series. Under the lock. -1: out of memory. */
int shard_add_overflow(struct shard *shard, struct family *family);

/* Likewise that of the family whose place this one takes. */
void shard_take_overflow(struct shard *shard, struct family *family);

/* Takes the overflow series out of the order. Under the expose lock; no scrape shows the family. */
void family_drop_overflow(struct family *family);

/* Words behind a cell's first that a family needs. */
size_t cell_more(const struct family_info *info);

void shard_free(struct shard *shard);

#endif
