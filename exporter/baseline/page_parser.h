/*
 * page_parser: reads a page of metrics, ours or another exporter's, and hands out its series.
 *
 * Source: Prometheus' text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats). A
 * page may come from anywhere: all of it is checked, and nothing of it is used before that. Any
 * thread; nothing is kept.
 */
#ifndef EXPORTER_BASELINE_PAGE_PARSER_H
#define EXPORTER_BASELINE_PAGE_PARSER_H

#include <stdint.h>

#include "exporter/baseline/baseline.h"

#define PAGE_BYTES_MAX	((size_t)1 << 30)
#define PAGE_LABELS_MAX BASELINE_LABELS_MAX
#define PAGE_BOUNDS_MAX BASELINE_BOUNDS_MAX
/* Names and values of one sample's labels. */
#define PAGE_LABEL_BYTES_MAX ((size_t)256 << 10)

/* A sample, or all samples of a histogram; borrowed for the call. */
struct page_series {
	const char *family;	       /* of a histogram without _bucket */
	enum baseline_kind kind;       /* of other types nothing is handed out */
	struct baseline_label *labels; /* sorted by name, without le */
	size_t label_count;
	double value; /* of a counter or gauge */
	/* Of a histogram. */
	const double *bounds;	/* rising, without +Inf */
	const uint64_t *counts; /* bound_count + 1, of each bucket alone */
	size_t bound_count;
	uint64_t count;
	double sum;
	bool is_native; /* its bounds are those that it needs, and others on another page */
	/* Of one that is there natively and with classic buckets, too: it with the others of the
	 * two, which are coarser on this page, but for family and labels. Else NULL. */
	const struct page_series *other;
	/* When it began from 0, in nanoseconds since 1970; 0: it is not told. */
	int64_t created_ns;
};

/* False: it is not to go on, and `error` says why. */
typedef bool page_take(void *context, const struct page_series *series, struct error *error);

/*
 * `name` is the page's in messages. -1: see error, which says the line; what came before it was
 * handed out.
 */
int page_parse(const char *name, const char *text, size_t length, page_take *take, void *context,
	       struct error *error);

#endif
