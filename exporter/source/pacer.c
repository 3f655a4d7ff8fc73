#include "exporter/source/pacer.h"

#include <time.h>

#define NS_PER_SECOND 1000000000
/* Recordings are finalised a little after their last buffer was flushed, sometimes before. */
#define END_SLACK_NS	((int64_t)60 * NS_PER_SECOND)
#define LONGEST_WAIT_NS ((int64_t)24 * 3600 * NS_PER_SECOND)

static int64_t clock_ns(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

static void start(struct pacer *pacer, const struct etl_header *header)
{
	pacer->started = true;
	pacer->recorded_ns = header->start_unix_ns;
	pacer->replay_ns = clock_ns(CLOCK_MONOTONIC);
	pacer->last_due_ns = 0;
	pacer->shift_ns = clock_ns(CLOCK_REALTIME) - header->start_unix_ns;
}

bool pacer_wait(struct pacer *pacer, const struct etl_header *header, uint64_t timestamp,
		struct stop *stop)
{
	int64_t flushed_ns, due_ns, now_ns;

	if (!pacer->started || pacer->recorded_ns != header->start_unix_ns)
		start(pacer, header);
	if (!trace_clock_unix_ns(&header->clock, timestamp, &flushed_ns) ||
	    (header->end_unix_ns && flushed_ns > header->end_unix_ns + END_SLACK_NS) ||
	    __builtin_sub_overflow(flushed_ns, pacer->recorded_ns, &due_ns) ||
	    due_ns <= pacer->last_due_ns || due_ns - pacer->last_due_ns > LONGEST_WAIT_NS)
		return stop_is_set(stop);
	pacer->last_due_ns = due_ns;
	now_ns = clock_ns(CLOCK_MONOTONIC) - pacer->replay_ns;
	return due_ns > now_ns ? stop_wait(stop, (uint64_t)(due_ns - now_ns)) : stop_is_set(stop);
}
