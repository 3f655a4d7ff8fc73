/*
 * baseline_merge: makes one baseline of several, with all their runs. Used by one thread.
 */
#ifndef EXPORTER_BASELINE_MERGE_H
#define EXPORTER_BASELINE_MERGE_H

#include "exporter/baseline/baseline.h"

struct baseline_part {
	const char *name;	   /* of its file, in messages */
	struct baseline *baseline; /* buckets of its histograms may change: see common_buckets.h */
};

/*
 * Runs are in the order of their starts. They must have been counted by the same rules in intervals
 * of the same length, and be different ones. NULL: see error.
 */
struct baseline *baseline_merge(const struct baseline_part *parts, size_t count,
				struct error *error);

#endif
