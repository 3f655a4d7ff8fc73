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

#include "exporter/aggregator/aggregator.h"
#include "exporter/source/etl_reader.h"

struct pipeline {
	struct session_health health;
	struct input input; /* from memory */
	struct etl_reader reader;
	struct session_config config;
	struct source_context context;
	struct registry *registry;
	struct event_families families;
	struct aggregator *aggregator;
	bool refused; /* not a recording */
};

/* `bytes` are borrowed, and copied where they are changed on the way. */
void pipeline_open(struct pipeline *pipeline, const uint8_t *bytes, size_t length);

/* Reads to the end; all of it fits into the queue. */
void pipeline_read(struct pipeline *pipeline);

/* Counts what is in the queue; between two reads, too. */
void pipeline_count(struct pipeline *pipeline);

/* Counts to the end; the sum of all series of etw_events_total. */
uint64_t pipeline_finish(struct pipeline *pipeline);

void pipeline_close(struct pipeline *pipeline);

#endif
