/*
 * spans: what a number meant from when to when.
 *
 * PIDs, TIDs and addresses are used again, so each has spans of time, one behind the other, with a
 * value: a name, a PID. Buffers of different CPUs come out of order and rundown may come at the end
 * only, so a span can be known by its end before its start, or by having been there at a time. At
 * most SPANS_PER_KEY of one number and `limit` in all are kept; those that ended first go first.
 * Owned and used by one thread.
 */
#ifndef EXPORTER_STATE_SPANS_H
#define EXPORTER_STATE_SPANS_H

#include <stdbool.h>

#include "exporter/base/hash_index.h"
#include "exporter/base/seeded_hash.h"
#include "exporter/base/slab.h"
#include "exporter/state/table_counts.h"

#define SPANS_PER_KEY 16

/* Clocks of CPUs differ by less; what was said twice, by two providers, is that close, too. */
#define SPANS_TOLERANCE_NS 1000000

enum span_news {
	SPAN_START, /* it began then */
	SPAN_END,   /* it ended then */
	SPAN_THERE, /* it was there then, and had been */
	SPAN_GONE,  /* it had ended by then */
	SPAN_NEWS_COUNT
};

struct span_key {
	uint64_t id;
	uint32_t space; /* which the id belongs to, where it is not one of all */
};

struct span {
	uint32_t older;		/* of the same key */
	uint32_t before, after; /* of those that have ended, or have not */
	uint32_t value;
	struct span_key key;
	int64_t begin_ns, end_ns;    /* both included; INT64_MIN, INT64_MAX: always, still */
	int64_t seen_ns;	     /* the first time at which it is known to have been there */
	bool begin_known, end_known; /* else they are what other spans leave, or open */
};

_Static_assert(sizeof(struct span) == 64, "a span is a cache line");

struct span_list {
	uint32_t first, last;
};

struct span_hooks {
	/* Whether two values can be of one span, and which to keep. NULL: only equal ones. */
	bool (*agree)(const void *context, uint32_t a, uint32_t b);
	uint32_t (*better)(const void *context, uint32_t a, uint32_t b);
	/* Called before a span goes; may be NULL. */
	void (*dropped)(void *context, const struct span *span);
	void *context;
};

struct spans {
	struct slab slab;
	struct hash_index index;
	struct hash_seed seed;
	struct span_list ended, open; /* in the order in which that was learnt */
	size_t limit;
	uint64_t
		changes; /* how often something was learnt: what was found may not be so any more */
	struct span_hooks hooks;
	struct table_counts *counts;
};

/* -1: no memory. `hooks` NULL: none. */
int spans_init(struct spans *spans, size_t limit, const struct span_hooks *hooks,
	       struct table_counts *counts);
void spans_done(struct spans *spans);

/* Takes what is known of a key at a time. */
void spans_learn(struct spans *spans, enum span_news news, struct span_key key, int64_t time_ns,
		 uint32_t value);

/* What had begun before then and has no end yet ended then, unless an end is learnt later. */
void spans_close(struct spans *spans, struct span_key key, int64_t time_ns);

static inline uint32_t span_hash(const struct spans *spans, struct span_key key)
{
	/* One factor for both: sums or exclusive ors of them are easily made to collide. */
	return (uint32_t)hash_mix(key.id ^ spans->seed.numbers[0],
				  key.space ^ spans->seed.numbers[1]);
}

static inline struct span *span_at(const struct spans *spans, uint32_t number)
{
	return SLAB_AT(&spans->slab, struct span, number);
}

static inline bool span_has(const struct span *span, int64_t time_ns)
{
	return span->begin_ns <= time_ns && time_ns <= span->end_ns;
}

/* The newest of a key's; NULL: none. The others follow by `older`. */
static inline const struct span *spans_newest(const struct spans *spans, struct span_key key)
{
	uint32_t hash = span_hash(spans, key), at = hash, number;

	while ((number = hash_index_next(&spans->index, hash, &at))) {
		const struct span *span = span_at(spans, number);

		if (span->key.id == key.id && span->key.space == key.space)
			return span;
	}
	return NULL;
}

/* spans_find() of one that the newest span does not have. */
const struct span *spans_find_older(const struct spans *spans, const struct span *newest,
				    int64_t time_ns);

/*
 * The span that a time falls into, or else the only one that it can be meant to fall into; NULL:
 * none.
 */
static inline const struct span *spans_find(const struct spans *spans, struct span_key key,
					    int64_t time_ns)
{
	const struct span *newest = spans_newest(spans, key);

	if (!newest || span_has(newest, time_ns))
		return newest;
	return spans_find_older(spans, newest, time_ns);
}

/* The last that had begun by then, ended or not; NULL: none. */
const struct span *spans_last(const struct spans *spans, struct span_key key, int64_t time_ns);

#endif
