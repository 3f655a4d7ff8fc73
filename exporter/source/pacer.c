#include "exporter/source/pacer.h"

#include "exporter/system/clock_ns.h"

#define NS_PER_SECOND 1000000000
/* Recordings are finalised a little after their last buffer was flushed, sometimes before. */
#define END_SLACK_NS	((int64_t)60 * NS_PER_SECOND)
#define LONGEST_WAIT_NS ((int64_t)24 * 3600 * NS_PER_SECOND)

/* Header times are anything from 1678 to 2262. */
static int64_t difference(int64_t a, int64_t b)
{
	int64_t result;

	if (__builtin_sub_overflow(a, b, &result))
		return a < b ? INT64_MIN : INT64_MAX;
	return result;
}

static void start(struct pacer *pacer, const struct etl_header *header)
{
	pacer->started = true;
	pacer->recorded_ns = header->start_unix_ns;
	pacer->replay_ns = clock_ns(CLOCK_MONOTONIC);
	pacer->last_due_ns = 0;
	pacer->shift_ns = difference(clock_ns(CLOCK_REALTIME), header->start_unix_ns);
}

/* When it is due, since the replay's beginning; 0 where it is not waited for. */
static int64_t due_ns(const struct pacer *pacer, const struct etl_header *header,
		      uint64_t timestamp)
{
	int64_t flushed_ns, due;

	if (!trace_clock_unix_ns(&header->clock, timestamp, &flushed_ns) ||
	    (header->end_unix_ns && difference(flushed_ns, header->end_unix_ns) > END_SLACK_NS))
		return 0;
	due = difference(flushed_ns, pacer->recorded_ns);
	return due > pacer->last_due_ns && due - pacer->last_due_ns <= LONGEST_WAIT_NS ? due : 0;
}

static bool is_of(const struct pacer *pacer, const struct etl_header *header)
{
	return pacer->started && pacer->recorded_ns == header->start_unix_ns;
}

bool pacer_is_due(const struct pacer *pacer, const struct etl_header *header, uint64_t timestamp)
{
	return is_of(pacer, header) &&
	       due_ns(pacer, header, timestamp) <= clock_ns(CLOCK_MONOTONIC) - pacer->replay_ns;
}

bool pacer_wait(struct pacer *pacer, const struct etl_header *header, uint64_t timestamp,
		struct stop *stop)
{
	int64_t due, now;

	if (!is_of(pacer, header))
		start(pacer, header);
	due = due_ns(pacer, header, timestamp);
	if (!due)
		return stop_is_set(stop);
	pacer->last_due_ns = due;
	now = clock_ns(CLOCK_MONOTONIC) - pacer->replay_ns;
	return due > now ? stop_wait(stop, (uint64_t)(due - now)) : stop_is_set(stop);
}
