/*
 * clock_run: a baseline's run of pages taken by this machine's clock: of our own live sessions, or
 * of a running exporter. Of the main thread, after ending_prepare().
 */
#ifndef EXPORTER_BASELINE_CLOCK_RUN_H
#define EXPORTER_BASELINE_CLOCK_RUN_H

#include "exporter/baseline/baseline.h"
#include "exporter/baseline/page_format.h"
#include "metrics/exposition.h"

/* Where pages come from. */
struct page_source {
	const char *name; /* of its pages, in messages */
	/* Appends the page as it is now. -1: see error. NULL: it is this program's own. */
	int (*take)(void *context, struct text *page, enum page_format *format,
		    struct error *error);
	struct metrics_page *own;
	/* Called about once a second; NULL: nothing is to be done then. */
	void (*look_around)(void *context);
	void *context;
};

struct clock_run {
	struct page_source source;
	uint64_t interval_ns, duration_ns;
	/* Origin, host and labels; what it is like is filled in. */
	struct baseline_run run;
};

/* Until the duration is over, or the system asks to end: then of what there is. NULL: see error. */
struct baseline *clock_run(const struct clock_run *run, struct error *error);

#endif
