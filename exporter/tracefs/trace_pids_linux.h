/*
 * trace_pids: has an instance trace processes. The kernel knows threads alone: a process is those
 * that it has at the time.
 */
#ifndef EXPORTER_TRACEFS_TRACE_PIDS_LINUX_H
#define EXPORTER_TRACEFS_TRACE_PIDS_LINUX_H

#include "config/rule_config.h"
#include "exporter/base/error.h"

/*
 * Adds processes to those that the instance, whose directory is open, traces. One that is not
 * there stands for the thread of its number. 0; -1: see error.
 */
int trace_pids_add(int directory, const struct scalar_list *pids, struct error *error);

#endif
