/*
 * kept_names: names of tasks that were asked for lately, for as long as nothing is learnt and the
 * time is one that they are right for; events come in bursts of few tasks.
 *
 * Owned and used by one thread.
 */
#ifndef EXPORTER_STATE_KEPT_NAMES_H
#define EXPORTER_STATE_KEPT_NAMES_H

#include "exporter/state/spans.h"

#define KEPT_NAMES_COUNT 256 /* a power of two */

struct kept_name {
	int64_t begin_ns, end_ns; /* both included */
	uint64_t changes;	  /* of what it was found in; 0: nothing is kept */
	uint32_t tid;
	uint32_t name_id;
};

/* All zeros is an empty one. */
struct kept_names {
	struct kept_name list[KEPT_NAMES_COUNT];
};

static inline struct kept_name *kept_names_at(struct kept_names *names, uint32_t tid)
{
	return &names->list[tid % KEPT_NAMES_COUNT];
}

static inline bool kept_name_is_right(const struct kept_name *kept, uint32_t tid, uint64_t changes,
				      int64_t time_ns)
{
	return kept->tid == tid && kept->changes == changes && kept->begin_ns <= time_ns &&
	       time_ns <= kept->end_ns;
}

/*
 * Less time, by a span that a name was found by at `time_ns`. False: at other times of the span
 * another one may be found.
 */
static inline bool kept_name_narrow(struct kept_name *kept, const struct spans *spans,
				    const struct span *span, int64_t time_ns)
{
	if (!span_has(span, time_ns) || spans_newest(spans, span->key) != span)
		return false;
	if (kept->begin_ns < span->begin_ns)
		kept->begin_ns = span->begin_ns;
	if (kept->end_ns > span->end_ns)
		kept->end_ns = span->end_ns;
	return true;
}

#endif
