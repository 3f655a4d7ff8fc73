/*
 * trace_probe: uprobes and kprobes of a session, which are events of a system of its own.
 *
 * Probes belong to tracefs as a whole, not to an instance. Their definitions:
 * Documentation/trace/uprobetracer.rst and kprobetrace.rst of Linux.
 */
#ifndef EXPORTER_TRACEFS_TRACE_PROBE_LINUX_H
#define EXPORTER_TRACEFS_TRACE_PROBE_LINUX_H

#include "config/tracefs_config.h"
#include "exporter/base/error.h"

/*
 * Makes the probes among the providers; of the system's those that are there already stay if they
 * are defined the same, and are made anew if not. `tracefs` is open on its directory, `path` is
 * that. 0; -1: see error, and some may be made.
 */
int trace_probes_add(int tracefs, const char *path, const char *system,
		     const struct tracefs_config *config, struct error *error);

/* Removes all probes of a system; none is fine. 0; -1: see error. */
int trace_probes_remove(int tracefs, const char *system, struct error *error);

#endif
