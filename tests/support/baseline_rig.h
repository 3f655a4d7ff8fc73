/*
 * baseline_rig: baselines of numbers that a test makes up. Whoever has one uses it alone; what goes
 * wrong fails the test.
 */
#ifndef TESTS_SUPPORT_BASELINE_RIG_H
#define TESTS_SUPPORT_BASELINE_RIG_H

#include "exporter/baseline/baseline.h"

/* A run of a machine where nothing was lost, of intervals of a second each. */
struct baseline_run rig_run(size_t intervals);

/* One of so many such runs; to be freed with baseline_free(). */
struct baseline *rig_baseline(size_t runs, size_t intervals);

/* One label, op="read" or what it is, or none: NULL. Rates of all runs, one run behind the other.
 */
void rig_counter(struct baseline *baseline, const char *metric, const char *op,
		 const double *rates);
void rig_gauge(struct baseline *baseline, const char *metric, const char *op, const double *values);

#define RIG_BOUNDS 12

/* Buckets that end at 1 ms, 2 ms, 4 ms, ... 2.048 s, of all runs one behind the other; as many
 * observations in each interval. */
void rig_histogram(struct baseline *baseline, const char *metric, const char *op,
		   const uint64_t (*buckets)[RIG_BOUNDS + 1]);

/* Counts an observation. */
void rig_observe(uint64_t *buckets, double value);

#endif
