/*
 * session_metrics: the sessions' health, as metrics.
 *
 * Called by whoever renders a page, on any thread.
 */
#ifndef EXPORTER_SESSION_METRICS_H
#define EXPORTER_SESSION_METRICS_H

#include <stdbool.h>

#include "exporter/session/sessions.h"
#include "metrics/exposition.h"

/* A collector; `sessions` is a struct sessions. */
void session_metrics_collect(struct exposition *exposition, void *sessions);

/* Whether all sessions are up; appends a line for each that is not. `sessions` likewise. */
bool session_metrics_ready(void *sessions, struct text *why);

#endif
