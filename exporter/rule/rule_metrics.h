/*
 * rule_metrics: what rules tell of themselves, as metrics: what they took, what they could not
 * read, their pairs, their series.
 */
#ifndef EXPORTER_RULE_METRICS_H
#define EXPORTER_RULE_METRICS_H

#include "exporter/session/sessions.h"
#include "metrics/exposition.h"

/* A collector; `context` is a struct sessions. Any thread. */
void rule_metrics_collect(struct exposition *exposition, void *context);

#endif
