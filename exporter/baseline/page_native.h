/*
 * page_native: buckets of a native histogram as a page has them, which become such as are between
 * bounds. A bound is the same number in every schema that has it.
 *
 * Source: client_model's metrics.proto, prometheus.io/docs/specs/native_histograms. They may come
 * from anywhere. Used by one thread.
 */
#ifndef EXPORTER_BASELINE_PAGE_NATIVE_H
#define EXPORTER_BASELINE_PAGE_NATIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exporter/baseline/page_parser.h"

/* Of each side: 64 powers of two, each divided as finely as there is. */
#define PAGE_NATIVE_BUCKETS_MAX 16384

/* A row of buckets that follow each other. */
struct page_native_span {
	int64_t offset; /* of the first: its index; of others the gap before */
	uint64_t length;
};

/* Buckets of values above 0, or below. */
struct page_native_side {
	struct page_native_span spans[PAGE_NATIVE_BUCKETS_MAX];
	size_t span_count;
	uint64_t counts[PAGE_NATIVE_BUCKETS_MAX]; /* of each alone, up to BASELINE_COUNT_MAX */
	size_t count_count;
	int64_t indexes[PAGE_NATIVE_BUCKETS_MAX]; /* which page_native_make() fills in */
};

struct page_native {
	int64_t schema;
	double zero_threshold;
	uint64_t zero_count; /* up to BASELINE_COUNT_MAX */
	struct page_native_side positive, negative;
};

/* What becomes of it: `counts` of one bucket more than there are bounds. */
struct page_native_buckets {
	double bounds[PAGE_BOUNDS_MAX];
	uint64_t counts[PAGE_BOUNDS_MAX + 1];
	size_t bound_count;
	uint64_t count; /* of all */
};

/*
 * Buckets without observations beside which there are none either are left out; where there would
 * be too many bounds, it is as if the schema were lower. Returns what is wrong with the histogram,
 * half a sentence, or NULL.
 */
const char *page_native_make(struct page_native *native, struct page_native_buckets *to);

#endif
