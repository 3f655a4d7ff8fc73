/*
 * pacer: replays a recording at the speed at which it was made.
 *
 * A buffer is due as long after the replay's beginning as it was flushed after the recording's.
 * Used by one thread.
 */
#ifndef EXPORTER_SOURCE_PACER_H
#define EXPORTER_SOURCE_PACER_H

#include <stdbool.h>
#include <stdint.h>

#include "exporter/record/etl_header.h"
#include "exporter/system/stop.h"

struct pacer {
	bool started;
	int64_t recorded_ns; /* when the recording began */
	int64_t replay_ns;   /* when the replay of it began, in monotonic time */
	int64_t last_due_ns; /* since then */
	int64_t shift_ns;    /* from the events' times to those of the replay */
};

/* Whether the buffer flushed at `timestamp` need not wait. False before the first pacer_wait() of a
 * recording. */
bool pacer_is_due(const struct pacer *pacer, const struct etl_header *header, uint64_t timestamp);

/*
 * Waits until the buffer flushed at `timestamp` is due; true when stopped. A time that cannot be
 * converted, or that is a day and more after the buffer before, or after the recording's end, is
 * not waited for.
 */
bool pacer_wait(struct pacer *pacer, const struct etl_header *header, uint64_t timestamp,
		struct stop *stop);

#endif
