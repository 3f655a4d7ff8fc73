/*
 * trace_cpus: the CPUs of an instance, and what the kernel counts of each one's buffer.
 */
#ifndef EXPORTER_TRACEFS_TRACE_CPUS_LINUX_H
#define EXPORTER_TRACEFS_TRACE_CPUS_LINUX_H

#include <stdbool.h>
#include <stddef.h>

#include "exporter/tracefs/trace_instance_linux.h"

struct trace_cpus {
	unsigned int *list; /* ascending */
	size_t count;
};

/*
 * Those with a folder in per_cpu of the instance that `directory` is open on. 0; -1: errno, and
 * nothing is to be freed.
 */
int trace_cpus_read(int directory, struct trace_cpus *cpus);
void trace_cpus_done(struct trace_cpus *cpus);

/* False: the instance or the CPU is not there. Allocates nothing. */
bool trace_cpu_stats_read(int directory, unsigned int cpu, struct cpu_stats *stats);

#endif
