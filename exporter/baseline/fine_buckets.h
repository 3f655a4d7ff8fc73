/*
 * fine_buckets: buckets of histograms as baselines want them: so narrow that a quantile in one is
 * known to some percent. Pages have coarser ones, as each bucket is a series of Prometheus'.
 *
 * Pure; any thread.
 */
#ifndef EXPORTER_BASELINE_FINE_BUCKETS_H
#define EXPORTER_BASELINE_FINE_BUCKETS_H

#include "config/config.h"
#include "exporter/base/error.h"

/* How many times the bound before it a bound is, at most, unless there would be too many. */
#define FINE_BUCKETS_FACTOR 1.1

/*
 * Divides the buckets of all histograms of a configuration that is not run by yet; their own bounds
 * stay. Of those that are native alone, buckets are from a nanosecond, a byte or what the unit is
 * to 10^9 of it; those that take values below 0 stay as they are. -1: see error.
 */
int fine_buckets_make(struct config *config, struct error *error);

#endif
