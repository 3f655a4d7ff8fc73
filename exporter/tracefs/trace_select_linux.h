/*
 * trace_select: which events of tracefs names and globs mean.
 */
#ifndef EXPORTER_TRACEFS_TRACE_SELECT_LINUX_H
#define EXPORTER_TRACEFS_TRACE_SELECT_LINUX_H

#include "config/rule_config.h"
#include "exporter/base/error.h"
#include "exporter/tracefs/trace_file_linux.h"

/*
 * The events, as `SYSTEM/EVENT`, that can be enabled in the tracefs or instance that `directory` is
 * open on: of all systems that match, those that match one of `events` (all where that is empty).
 * What matches nothing is an error that says what is near. 0; -1: see error, and nothing is to be
 * freed.
 */
int trace_select(int directory, const char *system, const struct scalar_list *events,
		 struct trace_names *selected, struct error *error);

#endif
