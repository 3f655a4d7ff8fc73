/*
 * common_buckets: brings histograms with different bounds to such as they have in common, exactly:
 * where a bucket is empty it may be divided anywhere, and any bound may be given up.
 *
 * Used by one thread.
 */
#ifndef EXPORTER_BASELINE_COMMON_BUCKETS_H
#define EXPORTER_BASELINE_COMMON_BUCKETS_H

#include "exporter/baseline/baseline.h"

/*
 * Gives two series the same bounds, those that both have or can be divided at. They stay as they
 * are where these are none, or where they are no histograms. `runs` are of the baselines that they
 * are of. -1: out of memory; they are as they were.
 */
int common_buckets_make(struct baseline_series *a, size_t a_runs, struct baseline_series *b,
			size_t b_runs);

/* The same of all series that two baselines both have. */
int common_buckets_make_all(struct baseline *a, struct baseline *b, struct error *error);

/* Gives up the bounds between buckets that are both empty in all runs. */
void common_buckets_trim(struct baseline_series *series, size_t runs);

#endif
