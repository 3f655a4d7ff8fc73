/*
 * event_history: how often each event type came lately, for the busiest of them.
 *
 * What was counted by the last step is kept of every event type up to a limit, the steps before it
 * only of those that were busiest: whoever becomes busier than the least busy of these takes its
 * place, and has no history from before. Not locked.
 */
#ifndef EXPORTER_STATUS_EVENT_HISTORY_H
#define EXPORTER_STATUS_EVENT_HISTORY_H

#include <stddef.h>

#include "exporter/status/rate_history.h"
#include "metrics/registry.h"

#define EVENT_HISTORY_TYPES_MAX 65536
#define EVENT_HISTORY_ROWS	256

struct event_row {
	char *labels; /* as on the metrics page; not terminated */
	size_t length;
	uint64_t count;
	double sum; /* of the rates */
	struct rate_history history;
};

struct event_history;

/* NULL: no memory. */
struct event_history *event_history_new(void);
void event_history_free(struct event_history *history);

/*
 * A step of so many seconds: looks at the family's series. 0 seconds: the first look, from which
 * the first step begins. What there is no memory for is left out.
 */
void event_history_step(struct event_history *history, struct registry *registry,
			struct family *family, double seconds);

/* Event types there are, and of them those beyond the limit. */
size_t event_history_types(const struct event_history *history);
size_t event_history_types_left_out(const struct event_history *history);

/* The busiest of all steps first, those without events left out; at most `max`. Borrowed, until
 * the next step. */
size_t event_history_top(const struct event_history *history, const struct event_row **rows,
			 size_t max);

#endif
