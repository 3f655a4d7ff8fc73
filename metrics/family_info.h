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
	size_t series_limit; /* 0: the registry's alone */
};

/* Of a histogram: whether values below 0 have a bucket of theirs; their sum may fall then. */
static inline bool family_takes_negative(const struct family_info *info)
{
	return info->bound_count && info->bounds[0] < 0;
}

#endif
