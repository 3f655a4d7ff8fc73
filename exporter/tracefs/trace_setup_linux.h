/*
 * trace_setup: buffers, clock, CPUs and processes of an instance, as configured.
 */
#ifndef EXPORTER_TRACEFS_TRACE_SETUP_LINUX_H
#define EXPORTER_TRACEFS_TRACE_SETUP_LINUX_H

#include "config/config.h"
#include "exporter/base/error.h"
#include "exporter/log/log.h"
#include "exporter/tracefs/trace_cpus_linux.h"

struct trace_setup {
	int directory; /* of the instance */
	const struct session_config *config;
	const struct trace_cpus *cpus;
	struct log *log;
};

/*
 * What the session does not say stays as the kernel has it; of an instance that is `reused`, CPUs
 * and processes become all again, filters and events are taken away. 0; -1: see error.
 */
int trace_setup(const struct trace_setup *setup, bool reused, struct error *error);

#endif
