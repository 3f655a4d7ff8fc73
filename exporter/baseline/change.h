/*
 * change: what one statistic of a series was in one baseline and is in another, how much that has
 * changed, and whether it may be chance.
 *
 * What repeats decides what is tested. Where both baselines have so many runs that the ranks of
 * runs can tell a difference at all, each run counts once. Else rates are tested interval by
 * interval, as far as intervals do not depend on those before them, and quantiles observation by
 * observation. Used by one thread.
 */
#ifndef EXPORTER_BASELINE_CHANGE_H
#define EXPORTER_BASELINE_CHANGE_H

#include "exporter/baseline/baseline.h"
#include "exporter/baseline/statistics.h"

enum statistic_kind {
	STATISTIC_MEDIAN,   /* of the intervals' rates, of a gauge's values */
	STATISTIC_RATE,	    /* a second, over whole runs */
	STATISTIC_TOTAL,    /* of a run */
	STATISTIC_COUNT,    /* of a run's observations */
	STATISTIC_MEAN,	    /* of observations, of a gauge's values */
	STATISTIC_QUANTILE, /* of a histogram */
	STATISTIC_KINDS
};

struct statistic {
	enum statistic_kind kind;
	double q; /* of a quantile */
};

enum repetition {
	REPEATED_NOT, /* there is no test */
	REPEATED_RUNS,
	REPEATED_INTERVALS,
	REPEATED_OBSERVATIONS,
	REPETITIONS
};

struct change {
	struct statistic statistic;
	double base, next; /* NAN: there is none */
	double ratio;	   /* next by base; INFINITY from 0; NAN: there is none */
	double low, high;  /* confidence interval of the ratio; NAN: there is none */
	struct test_probability test;
	enum repetition repetition;
	bool base_beyond, next_beyond; /* the quantile lies beyond the last bound, which is given */
	/* Of a quantile: by how much the wider of both buckets' ends differ, so that the ratio is
	 * no more exact; NAN: it is none. */
	double resolution;
};

struct change_maker;

/* Both baselines are borrowed. `alpha` is what intervals leave out. NULL: see error. */
struct change_maker *change_maker_new(const struct baseline *base, const struct baseline *next,
				      double alpha, struct error *error);
void change_maker_free(struct change_maker *maker);

/* Whether runs are what is tested; else see above. */
bool change_by_runs(const struct change_maker *maker);

/* The least p that a test over runs can give: 2 by the number of ways to choose them. */
double change_least_p(size_t base_runs, size_t next_runs);

/* Whether a series has that statistic: quantiles are of histograms, and so on. */
bool change_applies(const struct statistic *statistic, enum baseline_kind kind);

/* Of a series of each baseline, of the same kind, and for quantiles with the same bounds. */
void change_make(struct change_maker *maker, const struct baseline_series *base,
		 const struct baseline_series *next, const struct statistic *statistic,
		 struct change *change);

/* One baseline's alone; NAN: there is none. */
double change_value(struct change_maker *maker, const struct baseline *of,
		    const struct baseline_series *series, const struct statistic *statistic);

/* Kolmogorov's and Smirnov's distance of two histograms with the same bounds, all runs together;
 * NAN: one is empty. p is NAN, too, where runs are what is tested. */
double change_of_shape(struct change_maker *maker, const struct baseline_series *base,
		       const struct baseline_series *next, double *p);

/* Appends "median", "p99", "p99.9", ... */
void statistic_name(struct text *to, const struct statistic *statistic);

/* "runs", "intervals", "observations"; "none". */
const char *repetition_name(enum repetition repetition);

#endif
