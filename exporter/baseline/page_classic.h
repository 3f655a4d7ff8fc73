/*
 * page_classic: the buckets of a classic histogram while a page is read, which count all up to
 * their bounds there. Used by one thread.
 */
#ifndef EXPORTER_BASELINE_PAGE_CLASSIC_H
#define EXPORTER_BASELINE_PAGE_CLASSIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exporter/baseline/page_parser.h"

struct page_classic {
	double bounds[PAGE_BOUNDS_MAX]; /* without +Inf */
	uint64_t counts[PAGE_BOUNDS_MAX + 1];
	size_t bound_count;
	uint64_t below; /* in all so far */
	bool has_inf;
};

void page_classic_clear(struct page_classic *classic);

/* Adds a bucket with all observations up to its bound. What is wrong with it, or NULL. */
const char *page_classic_add(struct page_classic *classic, double bound, double below);

/* Whether it is a number of things. */
bool page_is_count(double value);
#define PAGE_NO_COUNT "is not a whole number from 0 to 2^53"

#endif
