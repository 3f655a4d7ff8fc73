/*
 * trace_rig: a session of the real tracefs, from its configuration. One thread.
 */
#ifndef TESTS_SUPPORT_TRACE_RIG_H
#define TESTS_SUPPORT_TRACE_RIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "config/config.h"
#include "exporter/base/error.h"
#include "exporter/tracefs/trace_instance_linux.h"

struct trace_rig {
	struct config *config;
	struct trace_instance *instance; /* NULL: could not be opened, see error */
	struct error error;
	char *log; /* what was logged until it was open; printed when it is closed */
	size_t log_length;
	FILE *out;
	struct log *logger;
};

/*
 * Opens a session called after the test's process and `name`, with these lines of configuration,
 * each beginning with two spaces.
 */
void trace_rig_open(struct trace_rig *rig, const char *name, const char *lines);
/* The same, which has to work. */
void trace_rig_must_open(struct trace_rig *rig, const char *name, const char *lines);
void trace_rig_close(struct trace_rig *rig);

/* The name that trace_rig_open() gives the session. */
const char *trace_rig_session(const char *name);

/* Over all CPUs. */
struct cpu_stats trace_rig_stats(const struct trace_rig *rig);

/* How many instances and probes tracefs has that are called after this process. */
unsigned int trace_rig_left(void);
void trace_rig_remove_left(void);

#endif
