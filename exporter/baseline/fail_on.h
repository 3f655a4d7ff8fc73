/*
 * fail_on: what --fail-on says: which change of which series is one too many.
 *
 *   p99(etw_disk_io_seconds{op=~"read|write"}) > +10% at p < 0.01
 *
 * A statistic (median, rate, total, count, mean, p50, p99.9, ...), a metric with matchers of labels
 * as in PromQL, and what is too much: more than +10% or 1.5x, less than -5% or 0.9x of what it was,
 * or, of what it is now, more or less than 250ms, 64MiB or 1e6. A condition is made once, then
 * read-only.
 */
#ifndef EXPORTER_BASELINE_FAIL_ON_H
#define EXPORTER_BASELINE_FAIL_ON_H

#include "exporter/baseline/comparison.h"

#define FAIL_ON_BYTES_MAX    4096
#define FAIL_ON_MATCHERS_MAX 16

struct fail_on;

/* NULL: see error, which shows the place. */
struct fail_on *fail_on_parse(const char *text, struct error *error);
void fail_on_free(struct fail_on *condition);

/* As it was written, borrowed. */
const char *fail_on_text(const struct fail_on *condition);

/* A series that a condition is about. */
struct fail_on_series {
	const struct baseline_series *series; /* of NEW */
	struct change change;
	bool failed;
};

struct fail_on_result {
	struct fail_on_series
		*series; /* by key; those in both baselines, or of a limit all of NEW */
	size_t count;
	size_t failed;
	size_t undecided; /* beyond, but there is no test that says so: too few observations */
	/* A sentence where the condition says nothing of these baselines: no series is there, or
	 * has that statistic; else empty. */
	char unusable[256];
};

/*
 * A change fails where it is beyond what is said and significant: p, adjusted for the series of
 * this condition alone, is no more than that of `at p <`, or else the comparison's alpha. Where
 * there is no test (totals, means and counts of few runs), the change alone decides, and so it is
 * for limits. -1: see error. The result is the caller's to end with done, also then.
 */
int fail_on_evaluate(const struct fail_on *condition, const struct comparison *comparison,
		     struct fail_on_result *result, struct error *error);
void fail_on_result_done(struct fail_on_result *result);

#endif
