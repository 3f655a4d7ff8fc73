/*
 * trace_instance: a trace session of Linux: an instance of tracefs, with buffers of its own.
 *
 * Made, filled with events and ended here; its buffers are read elsewhere, by what reads the files
 * in its directory. Never touches tracefs' top-level buffer nor instances of others. Used by the
 * session's thread; trace_instance_is_alive() and trace_instance_cpu_stats() allocate nothing.
 *
 * Files and what they take: Documentation/trace/ftrace.rst and events.rst of Linux.
 */
#ifndef EXPORTER_TRACEFS_TRACE_INSTANCE_LINUX_H
#define EXPORTER_TRACEFS_TRACE_INSTANCE_LINUX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "exporter/base/error.h"
#include "exporter/log/log.h"
#include "exporter/system/stop.h"

struct trace_instance;

/* per_cpu/cpuN/stats. Numbers start at 0 when the instance is made; `entries` and `bytes` are what
 * waits to be read. */
struct cpu_stats {
	uint64_t entries;
	uint64_t overrun;	 /* the oldest, dropped for newer ones */
	uint64_t commit_overrun; /* dropped, as interrupts nested deeper than a buffer is long */
	uint64_t bytes;
	uint64_t oldest;	 /* time stamp of the oldest entry; ns where the clock has such */
	uint64_t now;		 /* on the same clock */
	uint64_t dropped_events; /* where a full buffer keeps the oldest */
	uint64_t read_events;
};

/*
 * Makes the instance of a session as configured and begins tracing. `config`, `log` and `stop` are
 * borrowed until trace_instance_close(). As many events may take the kernel long, setting `stop`
 * ends that. NULL: see error; nothing is left of it then.
 */
struct trace_instance *trace_instance_open(const struct session_config *config, struct log *log,
					   const struct stop *stop, struct error *error);

/* Enables the events of its providers that were not there when it was opened. */
void trace_instance_enable_again(struct trace_instance *instance);

/* Of what the IDs of its events mean; see trace_events_version_linux.h. */
uint16_t trace_instance_events_version(const struct trace_instance *instance);

/* Nothing is written to its buffers any more; what they hold can still be read. */
void trace_instance_end_tracing(struct trace_instance *instance);

/*
 * Ends tracing, takes away the instance and the session's probes. Whoever has files of it open must
 * have closed them: an instance in use is waited for a short time, then left with tracing off. NULL
 * is nothing.
 */
void trace_instance_close(struct trace_instance *instance);

/* Its directory, and tracefs' own, without `/` at the end; valid until trace_instance_close(). */
const char *trace_instance_path(const struct trace_instance *instance);
const char *trace_instance_tracefs(const struct trace_instance *instance);

/* It is still there, the same one, and tracing is on. */
bool trace_instance_is_alive(const struct trace_instance *instance);

/* CPUs that have a folder in per_cpu, in ascending order; numbers may be left out. */
size_t trace_instance_cpu_count(const struct trace_instance *instance);
unsigned int trace_instance_cpu(const struct trace_instance *instance, size_t index);

/* False: the instance or the CPU is not there any more. */
bool trace_instance_cpu_stats(const struct trace_instance *instance, unsigned int cpu,
			      struct cpu_stats *stats);

#endif
