/*
 * builder: makes a run of a baseline of a row of pages that were taken at interval ends.
 *
 * Families that describe the traced machine become series; what the sessions say of themselves
 * tells what the run lost. A counter that goes back has begun anew, from 0, as has one that says
 * that it began later than before. Used by one thread at a time.
 */
#ifndef EXPORTER_BASELINE_BUILDER_H
#define EXPORTER_BASELINE_BUILDER_H

#include "exporter/baseline/baseline.h"
#include "metrics/exposition.h"

struct baseline_builder;

/* `from_zero`: nothing was counted before the first page; else that says where counting begins. */
struct baseline_builder *baseline_builder_new(bool from_zero);
void baseline_builder_free(struct baseline_builder *builder);

/*
 * Takes a page; `name` is its in messages. `seconds`: how long the interval was that ends with it;
 * 0: none does, and what happened since the page before is in the totals alone. -1: see error.
 */
int baseline_builder_page(struct baseline_builder *builder, const char *name, const char *text,
			  size_t length, double seconds, struct error *error);

/* The same of a page in protobuf; see page_protobuf.h. */
int baseline_builder_protobuf(struct baseline_builder *builder, const char *name, const char *bytes,
			      size_t length, double seconds, struct error *error);

/*
 * The same of the samples of this program's own page. Of histograms that come so, only bounds that
 * have observations beside them are kept.
 */
int baseline_builder_samples(struct baseline_builder *builder, const char *name,
			     struct metrics_page *page, double seconds, struct error *error);

/* So many intervals have ended in which nothing happened. -1: see error. */
int baseline_builder_quiet(struct baseline_builder *builder, size_t intervals, struct error *error);

/* Intervals so far. */
size_t baseline_builder_intervals(const struct baseline_builder *builder);

/*
 * A baseline of one run. `run` says of it all but what pages say: intervals, events, losses and,
 * where the caller does not know it, the configuration. It is complete only if the caller says so,
 * too. NULL: see error.
 */
struct baseline *baseline_builder_finish(struct baseline_builder *builder,
					 const struct baseline_run *run, struct error *error);

/* Whether a family describes the traced machine, and not the exporter. */
bool baseline_wants_family(const char *name);

#endif
