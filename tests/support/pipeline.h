/*
 * pipeline: the way of a recording from its bytes to the counters, in the thread that asks.
 *
 * The exporter's own reader, queue and aggregator, without the session's threads: for tests that
 * run very many recordings.
 */
#ifndef TESTS_SUPPORT_PIPELINE_H
#define TESTS_SUPPORT_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exporter/session_health.h"

struct pipeline_result {
	struct session_health health;
	bool refused;	  /* not a recording */
	uint64_t counted; /* the sum of all series of etw_events_total */
};

/* `bytes` are copied where they are changed on the way. */
void pipeline_run(const uint8_t *bytes, size_t length, struct pipeline_result *result);

#endif
