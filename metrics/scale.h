/*
 * scale: what numbers are multiplied by on their way to the page. No state; any thread.
 */
#ifndef METRICS_SCALE_H
#define METRICS_SCALE_H

#include <stdbool.h>

/* All zero: numbers are shown as they are. */
struct metric_scale {
	double factor;
	bool divides; /* value / factor, in place of value * factor */
};

/*
 * Multiplies by `factor`, which is finite and not 0. Where that is the reciprocal of an integer it
 * divides by the integer: that is rounded once, so 1000 ticks of 1e-7 seconds are 0.0001.
 */
struct metric_scale metric_scale(double factor);

static inline double metric_scale_apply(struct metric_scale scale, double value)
{
	if (!scale.factor)
		return value;
	return scale.divides ? value / scale.factor : value * scale.factor;
}

#endif
