/*
 * statistics: what is said of one sample, and of many tests together.
 *
 * Pure functions of double arithmetic that allocate nothing; any thread. Samples have no NAN.
 */
#ifndef EXPORTER_BASELINE_STATISTICS_H
#define EXPORTER_BASELINE_STATISTICS_H

#include <stddef.h>

/* Makes a median absolute deviation of normal values their standard deviation: 1 / 0.67449. */
#define MAD_SCALE 1.4826

/* Sorts in place, the least first. */
void sort_values(double *values, size_t count);

/*
 * Of a sorted sample, `q` from 0 to 1: between the two nearest values in proportion, which is type
 * 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages" (1996). NAN: there are none.
 */
double sample_quantile(const double *sorted, size_t count, double q);
double sample_median(const double *sorted, size_t count);

/*
 * The median absolute deviation from the median of a sorted sample, times MAD_SCALE. `room` is for
 * as many values. NAN: there are none.
 */
double sample_mad(const double *sorted, size_t count, double *room);

/* Of the values above 0 and below infinity; the others are left out. NAN: there are none. */
double geometric_mean(const double *values, size_t count);

/* One of many tests. */
struct test_probability {
	double p;	 /* NAN: it was not made, and does not count */
	double adjusted; /* what adjusting gives; NAN likewise */
};

/*
 * Adjusts for how many tests there are, up to 1: below a share alpha of the adjusted is that of
 * the rejected. Both write through the pointers, which they sort by p.
 *
 * Holm, "A Simple Sequentially Rejective Multiple Test Procedure" (1979): any wrong rejection at
 * all is as rare as alpha.
 */
void adjust_holm(struct test_probability **tests, size_t count);
/*
 * Benjamini and Hochberg, "Controlling the False Discovery Rate" (1995): of all rejections a share
 * of alpha is wrong, on average; where nothing differs that is Holm's promise, too.
 */
void adjust_benjamini_hochberg(struct test_probability **tests, size_t count);

#endif
