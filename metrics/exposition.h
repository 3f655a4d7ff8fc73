/*
 * exposition: a metrics page in one of Prometheus' formats.
 *
 * Formats: text 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats) and OpenMetrics 1.0.0.
 * A page is the registry's families and what collectors write. A collector writes families of
 * numbers that live elsewhere: exposition_family(), then its samples. An exposition is used by one
 * thread.
 */
#ifndef METRICS_EXPOSITION_H
#define METRICS_EXPOSITION_H

#include "metrics/bucket_label.h"
#include "metrics/registry.h"
#include "metrics/text.h"

enum exposition_format {
	EXPOSITION_TEXT,
	EXPOSITION_OPENMETRICS,
};

struct exposition {
	struct text *out;
	enum exposition_format format;
	const struct family_info *family; /* of the samples that follow; NULL before the first */
	size_t base_length;		  /* of its name without _total or _info */
	bool begun;			  /* its HELP and TYPE are written */
};

/* The exact Content-Type of a format, with version and charset. */
const char *exposition_content_type(enum exposition_format format);

/*
 * Chooses by an HTTP Accept header (NULL: none) with its q-values, as RFC 9110 says; what cannot be
 * satisfied gets text 0.0.4, as Prometheus' own libraries do.
 */
enum exposition_format exposition_negotiate(const char *accept);

/*
 * Begins a family: HELP and TYPE, in OpenMetrics UNIT too where the name ends in a base unit. They
 * are written with its first sample: a family without samples is not on the page. `family` is
 * borrowed until the next begins or the last sample is written.
 */
void exposition_family(struct exposition *exposition, const struct family_info *family);

/* A sample of the family begun last. `values` holds family->label_count strings. */
void exposition_u64(struct exposition *exposition, const char *const *values, uint64_t value);
void exposition_double(struct exposition *exposition, const char *const *values, double value);

/* A sample whose label text (between the braces, escaped; "" for none) was rendered before. */
void exposition_rendered_u64(struct exposition *exposition, const char *labels, size_t length,
			     uint64_t value);
void exposition_rendered_double(struct exposition *exposition, const char *labels, size_t length,
				double value);

/* Of family_info.bound_count + 1 buckets, the last is +Inf. */
struct histogram {
	const uint64_t *counts; /* of each bucket alone */
	const struct bucket_label *labels;
	double sum; /* as shown */
};

/* Its buckets, sum and count, which is that of all buckets. */
void exposition_rendered_histogram(struct exposition *exposition, const char *labels, size_t length,
				   const struct histogram *histogram);

struct collector {
	void (*collect)(struct exposition *exposition, void *context);
	void *context;
};

/* What makes up a page; borrowed by whoever renders. */
struct metrics_page;

struct metrics_page *metrics_page_new(struct registry *registry);
void metrics_page_free(struct metrics_page *page);
/* Before the first render. -1: out of memory. */
int metrics_page_add(struct metrics_page *page, struct collector collector);

/*
 * Appends the page to `out`. It also exposes etw_exporter_scrape_duration_seconds and
 * etw_exporter_scrape_size_bytes of the render before it. Any thread; renders are serialised.
 */
void metrics_page_render(struct metrics_page *page, enum exposition_format format,
			 struct text *out);

#endif
