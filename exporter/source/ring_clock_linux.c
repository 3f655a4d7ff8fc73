#include "exporter/source/ring_clock_linux.h"

#include <string.h>
#include <time.h>

static const struct {
	const char *name;
	int id;
} clocks[] = {
	{"boot", CLOCK_BOOTTIME},
	{"mono", CLOCK_MONOTONIC},
	{"mono_raw", CLOCK_MONOTONIC_RAW},
	{"tai", CLOCK_TAI},
	{"local", -1},
	{"global", -1},
	{"perf", -1},
};

void ring_clock_init(struct ring_clock *clock, const char *name,
		     const struct trace_instance *instance)
{
	size_t i;

	*clock = (struct ring_clock){.instance = instance, .id = -1};
	for (i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
		if (strcmp(clocks[i].name, name) != 0)
			continue;
		clock->id = clocks[i].id;
		clock->is_nanoseconds = true;
	}
}

static int64_t read_clock(int id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

bool ring_clock_now(const struct ring_clock *clock, uint64_t *now, int64_t *origin_unix_ns)
{
	struct cpu_stats stats;

	if (!clock->is_nanoseconds)
		return false;
	if (clock->id >= 0) {
		*now = (uint64_t)read_clock(clock->id);
	} else {
		if (!trace_instance_cpu_stats(clock->instance,
					      trace_instance_cpu(clock->instance, 0), &stats))
			return false;
		*now = stats.now;
	}
	*origin_unix_ns = read_clock(CLOCK_REALTIME) - (int64_t)*now;
	return true;
}
