/*
 * rule_expiry: takes the series of processes that have ended off the page, for rules that say
 * `expire:`.
 *
 * Remembers which processes' names the labels of a series hold. When none of them has lived for
 * long enough, by the time of the events, the series is given up. Owned and used by the session's
 * aggregator thread.
 */
#ifndef EXPORTER_RULE_EXPIRY_H
#define EXPORTER_RULE_EXPIRY_H

#include <stdbool.h>

#include "exporter/state/trace_state.h"
#include "metrics/registry.h"

struct expiring; /* a series */

/* All zeros: none. */
struct rule_expiry {
	struct expiring *series;
};

#define RULE_EXPIRY_NAMES_MAX 4

void rule_expiry_done(struct rule_expiry *expiry);

/*
 * A cell whose labels hold these names, some RULE_EXPIRY_NAMES_MAX at most; those that are known
 * are left as they are.
 */
void rule_expiry_add(struct rule_expiry *expiry, struct cell *cell,
		     const struct state_name *const *names, size_t count);

/* `to` is empty, and `from` is then. */
void rule_expiry_move(struct rule_expiry *to, struct rule_expiry *from);

/*
 * Where the state that knew the names is gone: series are given up when nothing was added again
 * for as long as after the end of a process.
 */
void rule_expiry_forget_names(struct rule_expiry *expiry);

/* Gives up what has expired at `now_ns`. True: some did, and no cache may hold their cells. */
bool rule_expiry_sweep(struct rule_expiry *expiry, const struct trace_state *state, int64_t now_ns,
		       uint64_t expire_ns, struct shard *shard, struct family *family);

#endif
