/*
 * event_log: a log's lines in the Event Log of Windows, under the source "etw_exporter". Elsewhere
 * there is none.
 *
 * The log's own, which calls it by one thread at a time.
 */
#ifndef EXPORTER_EVENT_LOG_H
#define EXPORTER_EVENT_LOG_H

#include "exporter/base/error.h"
#include "exporter/log/log.h"

/* -1: see error. */
int event_log_open(struct log_output *output, struct error *error);

#endif
