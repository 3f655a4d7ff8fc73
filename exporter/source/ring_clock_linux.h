/*
 * ring_clock: what a tracefs instance's clock shows now, and how it stands to Unix time.
 *
 * Source: Documentation/trace/ftrace.rst of Linux, trace_clock.
 */
#ifndef EXPORTER_SOURCE_RING_CLOCK_LINUX_H
#define EXPORTER_SOURCE_RING_CLOCK_LINUX_H

#include <stdbool.h>
#include <stdint.h>

#include "exporter/tracefs/trace_instance_linux.h"

struct ring_clock {
	const struct trace_instance *instance;
	int id;		     /* of clock_gettime(); -1: the instance's statistics tell the time */
	bool is_nanoseconds; /* else it cannot be turned into Unix time */
};

void ring_clock_init(struct ring_clock *clock, const char *name,
		     const struct trace_instance *instance);

/* Both now; false: the clock does not count nanoseconds. */
bool ring_clock_now(const struct ring_clock *clock, uint64_t *now, int64_t *origin_unix_ns);

#endif
