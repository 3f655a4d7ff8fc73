/*
 * online: compares what is counted now with a baseline, for alerts and dashboards.
 *
 * Of each of the baseline's series: the median of its intervals, over all runs; what the series
 * does now as a share of that; and how far that is away, in robust deviations (median absolute
 * deviation times 1.4826). Now is the last interval of the baseline's length, or of a second where
 * that is longer. One thread sets and samples; any may collect.
 */
#ifndef EXPORTER_BASELINE_ONLINE_H
#define EXPORTER_BASELINE_ONLINE_H

#include "exporter/baseline/baseline.h"
#include "metrics/exposition.h"

struct baseline_online;

/* NULL: out of memory. */
struct baseline_online *baseline_online_new(void);
void baseline_online_free(struct baseline_online *online);

/*
 * What it keeps of the baseline is its own; NULL: there is none (any more). -1: no memory, and what
 * it had stays.
 */
int baseline_online_set(struct baseline_online *online, const struct baseline *baseline,
			struct error *error);

/*
 * To be called now and then: looks at the page where an interval is over by `now_ns` of a clock
 * that does not go back. -1: see error.
 */
int baseline_online_sample(struct baseline_online *online, struct metrics_page *page,
			   int64_t now_ns, struct error *error);

/* A collector; `online` is a struct baseline_online. */
void baseline_online_collect(struct exposition *exposition, void *online);

#endif
