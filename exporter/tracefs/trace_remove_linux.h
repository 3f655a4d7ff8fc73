/*
 * trace_remove: takes away an instance of ours, with the probes that belong to it.
 */
#ifndef EXPORTER_TRACEFS_TRACE_REMOVE_LINUX_H
#define EXPORTER_TRACEFS_TRACE_REMOVE_LINUX_H

#include "exporter/base/error.h"

/*
 * `tracefs` is open on its directory, `instance` is a name that trace_name_is_ours(). One in use is
 * waited for a short time, and otherwise left as it is. One that is not there is fine: its probes
 * are removed, then. 0; -1: see error.
 */
int trace_remove(int tracefs, const char *instance, struct error *error);

#endif
