/*
 * family_info: what a metric family is: its name, its type, how its numbers are held and shown.
 */
#ifndef METRICS_FAMILY_INFO_H
#define METRICS_FAMILY_INFO_H

#include <stdbool.h>
#include <stddef.h>

#include "metrics/scale.h"

enum metric_type {
	METRIC_COUNTER,
	METRIC_GAUGE,
	METRIC_INFO, /* value 1, name ends in _info */
	METRIC_HISTOGRAM,
};

/* What the cells of counters and gauges hold; those of histograms have a form of their own. */
enum metric_number {
	NUMBER_U64,
	NUMBER_F64,
};

#define FAMILY_BOUNDS_MAX 1024
#define FAMILY_NAME_MAX	  255 /* bytes of a name that a filter looks for in both its forms */

/*
 * Buckets of a native histogram, of which only those that values fell into are kept: each power of
 * two is divided into 2^schema of them (client_model's metrics.proto), or 2^-schema powers of two
 * are one. Where more than `max` would be kept, those of a series are halved in number by a lower
 * schema.
 */
struct native_buckets {
	int schema; /* NATIVE_SCHEMA_LEAST to NATIVE_SCHEMA_MOST */
	size_t max; /* NATIVE_MAX_LEAST, or where values may be below 0 twice that, to 1024 */
	double zero_threshold; /* values up to this from 0 have one bucket; 2^-128 or more */
	bool negative;	       /* values may be below 0 */
};

#define NATIVE_SCHEMA_LEAST   (-4)
#define NATIVE_SCHEMA_MOST    8
#define NATIVE_MAX_LEAST      80 /* there are 72 at the least schema */
#define NATIVE_MAX_MOST	      1024
#define NATIVE_ZERO_THRESHOLD 0x1p-128

/*
 * Strings and arrays are borrowed and outlive the registry. What follows label_count may be left
 * zero.
 */
struct family_info {
	const char
		*name; /* as in the text format: a counter's ends in _total, an info's in _info */
	const char *help;
	enum metric_type type;
	const char *const *labels;
	size_t label_count;
	enum metric_number number;
	struct metric_scale scale; /* from what the cells hold to what the page shows */
	const double *bounds; /* of a histogram: upper ones, as shown, ascending, without +Inf */
	size_t bound_count;
	const struct native_buckets *native; /* of a histogram; NULL: it has none */
	bool exemplars;			     /* of a counter, and of each bucket of a histogram */
	size_t series_limit;		     /* 0: the registry's alone */
};

/* Of a histogram: whether values below 0 have a bucket of theirs; their sum may fall then. */
static inline bool family_takes_negative(const struct family_info *info)
{
	return (info->bound_count && info->bounds[0] < 0) ||
	       (info->native && info->native->negative);
}

#endif
