/*
 * exposition: a metrics page in one of Prometheus' formats.
 *
 * Formats: text 0.0.4 and 1.0.0 (prometheus.io/docs/instrumenting/exposition_formats), which differ
 * only in names that we do not have; OpenMetrics 1.0.0; and protobuf, which is client_model's
 * MetricFamily, each with its length before it. Native histograms are in the last alone; the others
 * show their classic buckets, which is +Inf where there are no bounds.
 * A page is the registry's families and what collectors write. A collector writes families of
 * numbers that live elsewhere: exposition_family(), then its samples. An exposition is used by one
 * thread.
 */
#ifndef METRICS_EXPOSITION_H
#define METRICS_EXPOSITION_H

#include "metrics/bucket_label.h"
#include "metrics/exemplar.h"
#include "metrics/registry.h"
#include "metrics/text.h"

enum exposition_format {
	EXPOSITION_TEXT,
	EXPOSITION_TEXT_1, /* 1.0.0 */
	EXPOSITION_OPENMETRICS,
	EXPOSITION_PROTOBUF,
	EXPOSITION_FORMATS
};

/* How names that are more than letters, digits, `_` and `:` would be written. */
enum name_escaping {
	ESCAPING_UNSAID,
	ESCAPING_ALLOW_UTF8,
	ESCAPING_UNDERSCORES,
	ESCAPING_VALUES,
	ESCAPING_SCHEMES
};

/* What the client is told that it gets. */
struct exposition_type {
	enum exposition_format format;
	enum name_escaping escaping;
};

struct histogram;

/*
 * Takes samples instead of a page, for this program's own use of its numbers: nothing is written
 * then. Labels are as in exposition_rendered_u64(); all is borrowed for the call.
 */
struct sample_taker {
	void (*number)(void *context, const struct family_info *family, const char *labels,
		       size_t length, double value);
	void (*histogram)(void *context, const struct family_info *family, const char *labels,
			  size_t length, const struct histogram *histogram);
	void *context;
};

struct exposition {
	struct text *out;
	const struct sample_taker *taker; /* NULL: the page is written to `out` */
	enum exposition_format format;
	const struct name_filter *filter; /* NULL: all families are shown */
	int64_t deadline_ns;		  /* of CLOCK_MONOTONIC; 0: none */
	const struct exemplar *exemplar;  /* of the sample that follows; NULL: it has none */
	int64_t created_ns; /* of the samples that follow, since 1970; 0: it is not told */
	const struct family_info *family; /* of the samples that follow; NULL before the first */
	size_t base_length;		  /* of its name without _total or _info */
	size_t start;			  /* of a family in protobuf: where its message begins */
	bool begun;			  /* its HELP and TYPE are written */
	bool hidden;			  /* it is not asked for */
	bool late;			  /* the deadline has passed, and out->failed */
};

/* The exact Content-Type, with version, charset and escaping; of text 1.0.0 it always says that. */
const char *exposition_content_type(struct exposition_type type);

/*
 * Chooses by an HTTP Accept header (NULL: none) with its q-values, as RFC 9110 says; what cannot be
 * satisfied gets text 0.0.4, as Prometheus' own libraries do. Protobuf is only sent where it is
 * named.
 */
struct exposition_type exposition_negotiate(const char *accept);

/* Which families are wanted, by the names that they have in the text format or in OpenMetrics. */
struct name_filter {
	const char *const *names; /* in the order of strcmp() */
	size_t count;
};

/*
 * Begins a family: HELP and TYPE, in OpenMetrics UNIT too where the name ends in a base unit. They
 * are written with its first sample: a family without samples is not on the page. `family` is
 * borrowed until the next begins, or until NULL ends the last. False: the filter hides it, and its
 * samples are passed over.
 */
bool exposition_family(struct exposition *exposition, const struct family_info *family);

/* Whether it is too late to go on; see exposition.late. Looks at the clock. */
bool exposition_is_late(struct exposition *exposition);

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
	uint64_t count;			  /* of all */
	double sum;			  /* as shown */
	const struct native_set *native;  /* NULL: the family has no native buckets */
	const struct exemplar *exemplars; /* of each bucket; NULL: the family has none */
};

/* Its buckets, sum and count. */
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

struct page_request {
	enum exposition_format format;
	const struct name_filter *filter; /* NULL: all families */
	int64_t deadline_ns;		  /* of CLOCK_MONOTONIC; 0: none */
};

/* The same of a part of the page; false: it was not done by the deadline, and out->failed. */
bool metrics_page_answer(struct metrics_page *page, const struct page_request *request,
			 struct text *out);

/*
 * Hands out the samples of a page as in the text format, one family after the other; it is no
 * scrape that the page would tell of. `filter` may be NULL. -1: out of memory, and not all were.
 */
int metrics_page_take(struct metrics_page *page, const struct name_filter *filter,
		      const struct sample_taker *taker);

#endif
