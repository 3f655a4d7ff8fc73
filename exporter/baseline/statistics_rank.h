/*
 * statistics_rank: whether one sample is above another, and by how much, by the order of their
 * values alone: Mann and Whitney, "On a Test of Whether one of Two Random Variables is
 * Stochastically Larger than the Other" (1947); Hodges and Lehmann, "Estimates of Location Based on
 * Rank Tests" (1963).
 *
 * Pure functions that allocate nothing; any thread. Samples have no NAN.
 */
#ifndef EXPORTER_BASELINE_STATISTICS_RANK_H
#define EXPORTER_BASELINE_STATISTICS_RANK_H

#include <stdbool.h>
#include <stddef.h>

/* Both sorted, the least first, and neither empty; borrowed. */
struct two_samples {
	const double *base;
	size_t base_count;
	const double *next;
	size_t next_count;
};

/* Where the smaller sample has no more than the one and both together no more than the other, the
 * distribution is counted out, with the ties that there are. */
#define RANK_EXACT_SMALLER 8
#define RANK_EXACT_TOTAL   64

/* How U is distributed where both samples come from the same distribution. */
struct rank_null {
	size_t pairs;
	bool exact;
	/* Exact: that U, in halves, is no more than its index. */
	double up_to[2 * RANK_EXACT_SMALLER * RANK_EXACT_TOTAL + 1];
	/* Else: nearly normal, or Student's t. */
	double deviation, freedom;
};

/*
 * `base_factor` and `next_factor` say how many values of each sample are worth one that is
 * independent of its neighbours: see dependence_factor(). With 1 and 1 it is exact for small
 * samples, else normal with corrections for ties and continuity.
 */
void rank_null_init(struct rank_null *null, const struct two_samples *samples, double base_factor,
		    double next_factor);

/* U of `next`: of all pairs those where it is the greater, ties for half of one. */
double mann_whitney_u(const struct two_samples *samples);

/* Two-sided. */
double rank_null_p(const struct rank_null *null, double u);

/* The greatest U below the mean whose p is at most `alpha`; -1: there is none. */
double rank_null_limit(const struct rank_null *null, double alpha);

enum pair_change {
	PAIR_RATIO, /* next / base; neither is negative, 0 / 0 is 1 */
	PAIR_SHIFT, /* next - base */
};

struct change_estimate {
	double middle;
	double low, high; /* confidence interval; as wide as numbers go where there are too few */
};

/*
 * The median of the changes of all pairs, and the interval that holds all changes that the test
 * would not reject at `alpha`.
 */
void hodges_lehmann(const struct two_samples *samples, enum pair_change change,
		    const struct rank_null *null, double alpha, struct change_estimate *estimate);

/*
 * How many successive values are worth one that is independent, 1 or more: the greater of what a
 * first-order autoregression has, its coefficient corrected for bias (Marriott and Pope 1954), and
 * of the initial monotone sequence of autocorrelations (Geyer, "Practical Markov Chain Monte
 * Carlo", 1992). `values` are in the order of time.
 */
double dependence_factor(const double *values, size_t count);

/* The mean rank of a value among both samples. */
double pooled_rank(const struct two_samples *samples, double value);

#endif
