/*
 * etw_losses: what Windows counts of a session, in 32 bits that wrap and begin again with each
 * session, carried over into the health of ours. One thread at a time.
 */
#ifndef EXPORTER_ETW_ETW_LOSSES_H
#define EXPORTER_ETW_ETW_LOSSES_H

#include <stdbool.h>
#include <stdint.h>

#include "exporter/session/session_health.h"

enum etw_counter {
	ETW_EVENTS_LOST,
	ETW_LOG_BUFFERS_LOST,
	ETW_REAL_TIME_BUFFERS_LOST,
	ETW_BUFFERS_WRITTEN,
	ETW_COUNTER_COUNT
};

/* EVENT_TRACE_PROPERTIES of one time. */
struct etw_numbers {
	uint32_t counters[ETW_COUNTER_COUNT];
	uint32_t buffers, buffers_free;
	uint64_t buffer_bytes; /* of one */
	uint32_t mode;	       /* LogFileMode, as Windows applied it */
};

struct etw_losses {
	uint32_t counters[ETW_COUNTER_COUNT]; /* as they were last */
	bool is_counting;		      /* what came before the first numbers is ours, too */
};

/* How far a counter has come since it was `*last`; one that has wrapped has gone on. */
static inline uint32_t etw_counter_advance(uint32_t *last, uint32_t now)
{
	uint32_t more = now - *last;

	*last = now;
	return more;
}

/* A session that is new. */
void etw_losses_begin(struct etw_losses *losses);

/* What is lost alone: events, buffers of the log file, buffers that were to come to us. */
void etw_losses_note_lost(struct etw_losses *losses, const uint32_t counters[ETW_COUNTER_COUNT],
			  struct session_health *health);

/* Likewise, and the rest. */
void etw_losses_note(struct etw_losses *losses, const struct etw_numbers *numbers,
		     struct session_health *health);

/* The session is gone: it has no buffers any more, and no mode. */
void etw_losses_end(struct session_health *health);

#endif
