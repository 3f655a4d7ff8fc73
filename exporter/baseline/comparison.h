/*
 * comparison: what differs between two baselines, series by series.
 *
 * It borrows both baselines, and is used by one thread.
 */
#ifndef EXPORTER_BASELINE_COMPARISON_H
#define EXPORTER_BASELINE_COMPARISON_H

#include "exporter/baseline/change.h"
#include "exporter/baseline/usability.h"

/* How p is adjusted for the number of tests. */
enum correction {
	CORRECT_BENJAMINI_HOCHBERG, /* "bh" */
	CORRECT_HOLM,		    /* "holm" */
	CORRECT_NOT,		    /* "none" */
	CORRECTIONS
};

struct comparison_options {
	double alpha; /* what p has to be no more than: 0.05 */
	enum correction correction;
	struct usability_rules rules; /* what they say of series is found out */
};

/* Of a series: the median of its rates, or where that is 0 the rate, and of a histogram p50, p90
 * and p99. */
#define COMPARED_CHANGES_MAX 4

struct compared_series {
	const char *key;
	/* NULL: there is none, the series is new or gone. */
	const struct baseline_series *base, *next;
	struct change changes[COMPARED_CHANGES_MAX]; /* of one that is gone or new, one side's */
	size_t change_count;
	bool kind_differs, bounds_differ; /* then there are no changes, or none of quantiles */
	/* Of a histogram, NAN otherwise: how far its shape is from what it was. */
	double shape;
	struct test_probability shape_test;
	bool changed;  /* significantly */
	double impact; /* then: logarithm of what it has changed by at least */
};

struct comparison {
	const struct baseline *base, *next;
	struct comparison_options options;
	struct usability usability;
	bool by_runs;
	/* What is in both, what changed most first; then what is new; then what is gone. */
	struct compared_series *series;
	size_t series_count;
	size_t both, only_next, only_base;
	size_t changed; /* of both */
	size_t tests;
	/* Of the ratios of all series in both: medians and rates, p50, p90, p99; NAN: none. */
	double geometric_means[COMPARED_CHANGES_MAX];
};

/* NULL: see error. */
struct comparison *comparison_new(const struct baseline *base, const struct baseline *next,
				  const struct comparison_options *options, struct error *error);
void comparison_free(struct comparison *comparison);

/* Adjusts p of some tests as the options say. */
void comparison_adjust(enum correction correction, struct test_probability **tests, size_t count);

/* Whether a change is none by chance, and a change at all. */
bool change_is_significant(const struct change *change, double alpha);

/* "bh", "holm", "none". Parse gives false where there is no such name. */
const char *correction_name(enum correction correction);
bool correction_parse(const char *name, enum correction *correction);

#endif
