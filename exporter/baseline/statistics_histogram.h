/*
 * statistics_histogram: quantiles of histograms and their tests.
 *
 * Within a bucket observations are taken to lie evenly, as Prometheus does. Pure functions that
 * allocate nothing; any thread.
 */
#ifndef EXPORTER_BASELINE_STATISTICS_HISTOGRAM_H
#define EXPORTER_BASELINE_STATISTICS_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "exporter/baseline/baseline.h"
#include "exporter/baseline/statistics_rank.h"

struct histogram_view {
	const double *bounds;	/* upper ones, rising, without +Inf */
	const uint64_t *counts; /* of each bucket alone: bound_count + 1 */
	size_t bound_count;
};

/* Two histograms with the same bounds; neither is empty. */
struct two_histograms {
	struct histogram_view base, next;
};

/* A quantile is tested where so many observations are expected on both sides of it. */
#define QUANTILE_OBSERVATIONS_MIN 5

/* In steps of so many the range of a quantile's rank is looked at. */
#define QUANTILE_STEPS 112
#define QUANTILE_ROOM  ((size_t)2 * (QUANTILE_STEPS + BASELINE_BOUNDS_MAX + 2))

/* Where a bucket begins that ends at a bound; one that ends at 0 or below is that bound alone. */
double histogram_bucket_start(const struct histogram_view *histogram, size_t bucket);

double histogram_observations(const struct histogram_view *histogram);

/*
 * As PromQL's histogram_quantile() for classic histograms: the highest bound where the quantile is
 * beyond it. `q` from 0 to 1. NAN: there are no observations, or no bounds.
 */
double histogram_quantile_of(const struct histogram_view *histogram, double q);

/*
 * How many times greater a value may be than another that is not told from it: the upper bound of
 * its bucket by the lower one. INFINITY: beyond the last bound, or from 0; NAN: it is NAN, or below
 * 0.
 */
double histogram_resolution(const struct histogram_view *histogram, double value);

/* The share of observations that are no greater. */
double histogram_share_up_to(const struct histogram_view *histogram, double value);

/*
 * Kolmogorov's and Smirnov's statistic of two samples, at the bounds, and its asymptotic p. As what
 * lies between bounds is not seen, it rejects less often than it might.
 */
double histogram_ks(const struct two_histograms *histograms, double *p);

/*
 * Whether a quantile is the same in both, two-sided: the shares of either below the quantile of
 * both together are compared (Mood's median test, for any quantile). NAN: there are too few
 * observations on one side of it.
 */
double histogram_quantile_p(const struct two_histograms *histograms, double q);

/*
 * How many times greater a quantile of `next` is, and the interval of that which resampling all
 * observations would give for ever (percentiles alpha / 2 and 1 - alpha / 2 of a bootstrap). The
 * rank that a quantile of a resampled histogram had in the original has a beta distribution (David
 * and Nagaraja, "Order Statistics", 2.1), so that nothing is drawn: the distribution of the ratio
 * of both is summed up. The interval is of values above 0. `room` is for QUANTILE_ROOM numbers.
 */
void histogram_quantile_change(const struct two_histograms *histograms, double q, double alpha,
			       double *room, struct change_estimate *estimate);

#endif
