/*
 * tracked: a series from page to page: its last numbers, and what has come together of them. Used
 * by one thread.
 */
#ifndef EXPORTER_BASELINE_TRACKED_H
#define EXPORTER_BASELINE_TRACKED_H

#include "exporter/baseline/baseline.h"
#include "exporter/baseline/page_parser.h"

struct tracked {
	struct baseline_series series; /* what it is */
	uint32_t hash;
	bool is_seen;		       /* on the page at hand */
	double value, sum;	       /* on the last page */
	uint64_t count, *counts;       /* likewise, of a histogram */
	int64_t created_ns;	       /* likewise, where it is told */
	bool is_native;		       /* its bounds are those that it takes */
	double more;		       /* since that page; of a gauge its value */
	struct baseline_values so_far; /* rates as many as there were intervals */
	size_t capacity;	       /* of them */
};

/* One that was not there for so many intervals. NULL: no memory. */
struct tracked *tracked_new(const struct page_series *series, uint32_t hash, size_t intervals);
void tracked_free(struct tracked *tracked);

/* Of one that is there in two ways the way that it was first taken in. */
const struct page_series *tracked_choose(const struct tracked *tracked,
					 const struct page_series *series);

/* Whether a page's series of its name is of its type, and has its bounds as far as they stay. */
bool tracked_is_same(const struct tracked *tracked, const struct page_series *series);

/*
 * Takes its numbers on a page; without `has_base` counting begins with them. -1: out of memory.
 */
int tracked_count(struct tracked *tracked, const struct page_series *series, bool has_base);

/* It is not on a page: it has ended, and would begin anew. */
void tracked_miss(struct tracked *tracked);

/* Room for so many rates. False: no memory. */
bool tracked_reserve(struct tracked *tracked, size_t count);

#endif
