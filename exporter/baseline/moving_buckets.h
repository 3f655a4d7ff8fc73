/*
 * moving_buckets: histograms whose bounds are others from page to page, as those of native ones
 * are: brought to bounds that what was counted before and a page both have. Used by one thread.
 */
#ifndef EXPORTER_BASELINE_MOVING_BUCKETS_H
#define EXPORTER_BASELINE_MOVING_BUCKETS_H

#include "exporter/baseline/baseline.h"
#include "exporter/baseline/page_parser.h"

/* Rows of counts between the same bounds; all is allocated, and the owner's. */
struct moving_buckets {
	double *bounds;
	size_t bound_count;
	uint64_t *last;	  /* bound_count + 1, on the last page */
	uint64_t *so_far; /* likewise, over all pages; of a page NULL */
};

/*
 * Gives both the bounds that they have in common, so that no count is divided: buckets that are
 * empty may be divided anywhere, and others are made one where the other side has none of their
 * bounds. -1: out of memory.
 */
int moving_buckets_meet(struct moving_buckets *before, struct moving_buckets *page);

#endif
