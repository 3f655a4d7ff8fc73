/*
 * bucket_label: the label `le` of histograms' buckets, as the formats want it, made ahead of pages.
 */
#ifndef METRICS_BUCKET_LABEL_H
#define METRICS_BUCKET_LABEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "metrics/text.h"

#define BUCKET_LABEL_MAX 31

/* `le="0.005"`; one for each bucket. */
struct bucket_label {
	uint8_t length;
	char bytes[BUCKET_LABEL_MAX];
};

/*
 * A bound as Prometheus' Go library writes numbers, which is what OpenMetrics calls canonical:
 * shortest, with an exponent from 1e+06 up and below 0.0001. `point`: 1 is 1.0. Finite, or +Inf.
 */
void bucket_bound(struct text *text, double bound, bool point);

/* Of `count` bounds and, behind them, of +Inf. */
void bucket_labels_make(struct bucket_label *labels, const double *bounds, size_t count,
			bool point);

#endif
