#include "exporter/tracefs/trace_cpus_linux.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/tracefs_config.h"
#include "exporter/tracefs/trace_file_linux.h"

static int compare(const void *a, const void *b)
{
	unsigned int left = *(const unsigned int *)a, right = *(const unsigned int *)b;

	return (left > right) - (left < right);
}

int trace_cpus_read(int directory, struct trace_cpus *cpus)
{
	struct trace_names names;
	size_t i;

	if (trace_names_read(directory, "per_cpu", &names))
		return -1;
	*cpus = (struct trace_cpus){calloc(names.count + 1, sizeof(*cpus->list)), 0};
	for (i = 0; cpus->list && i < names.count; i++) {
		unsigned int cpu;

		if (sscanf(names.list[i], "cpu%5u", &cpu) == 1 && cpu < CPUS_MAX)
			cpus->list[cpus->count++] = cpu;
	}
	trace_names_done(&names);
	if (!cpus->list) {
		errno = ENOMEM;
		return -1;
	}
	qsort(cpus->list, cpus->count, sizeof(*cpus->list), compare);
	return 0;
}

void trace_cpus_done(struct trace_cpus *cpus)
{
	free(cpus->list);
	*cpus = (struct trace_cpus){NULL, 0};
}

/*
 * Seconds with six digits behind the point where the clock counts nanoseconds, else its own number
 * (tracing_stats_read() in kernel/trace/trace.c).
 */
static uint64_t parse_time(const char *text)
{
	char *end;
	uint64_t time = strtoull(text, &end, 10);

	return *end == '.' ? time * 1000000000 + strtoull(end + 1, NULL, 10) * 1000 : time;
}

bool trace_cpu_stats_read(int directory, unsigned int cpu, struct cpu_stats *stats)
{
	static const struct {
		const char *label;
		size_t offset;
		bool is_time;
	} lines[] = {
		{"\nentries: ", offsetof(struct cpu_stats, entries), false},
		{"\noverrun: ", offsetof(struct cpu_stats, overrun), false},
		{"\ncommit overrun: ", offsetof(struct cpu_stats, commit_overrun), false},
		{"\nbytes: ", offsetof(struct cpu_stats, bytes), false},
		{"\noldest event ts: ", offsetof(struct cpu_stats, oldest), true},
		{"\nnow ts: ", offsetof(struct cpu_stats, now), true},
		{"\ndropped events: ", offsetof(struct cpu_stats, dropped_events), false},
		{"\nread events: ", offsetof(struct cpu_stats, read_events), false},
	};
	char path[64], text[1024];
	size_t i;

	*stats = (struct cpu_stats){0};
	snprintf(path, sizeof(path), "per_cpu/cpu%u/stats", cpu);
	text[0] = '\n';
	if (trace_file_read(directory, path, text + 1, sizeof(text) - 1) <= 0)
		return false;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		const char *at = strstr(text, lines[i].label);
		uint64_t value = 0;

		if (at)
			value = lines[i].is_time ? parse_time(at + strlen(lines[i].label))
						 : strtoull(at + strlen(lines[i].label), NULL, 10);
		memcpy((char *)stats + lines[i].offset, &value, sizeof(value));
	}
	return true;
}
