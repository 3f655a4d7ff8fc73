/*
 * fail_on_private: a condition, for the files that read and evaluate it.
 */
#ifndef EXPORTER_BASELINE_FAIL_ON_PRIVATE_H
#define EXPORTER_BASELINE_FAIL_ON_PRIVATE_H

#include "exporter/baseline/fail_on.h"
#include "exporter/baseline/label_matcher.h"

enum fail_on_threshold {
	FAIL_ON_RATIO, /* of what it is to what it was */
	FAIL_ON_VALUE, /* of what it is */
};

struct fail_on {
	char *text;
	char *metric;
	struct statistic statistic;
	struct label_matcher *matchers[FAIL_ON_MATCHERS_MAX];
	size_t matcher_count;
	bool above; /* more than the threshold fails; else less */
	enum fail_on_threshold threshold;
	double value;
	double p; /* NAN: not said */
};

#endif
