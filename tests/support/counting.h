/*
 * counting: an aggregator with all that it needs, and what it has counted. For tests.
 *
 * Either the test feeds it, or a thread of its own does from a queue that a source fills. What the
 * session label is: "test". Aborts the test where it cannot be made.
 */
#ifndef TESTS_SUPPORT_COUNTING_H
#define TESTS_SUPPORT_COUNTING_H

#include <pthread.h>
#include <stdio.h>

#include "exporter/aggregator/aggregator.h"
#include "exporter/source/source.h"

struct counting {
	struct registry *registry;
	struct event_families families;
	struct session_health health;
	struct aggregator *aggregator;
	struct log *log;
	FILE *log_file;
	char *log_text; /* so far; see counting_log() */
	size_t log_length;
	char *page; /* see counting_page() */

	/* With counting_open(). */
	char name[8], source[8];
	struct session_config config; /* the test fills in paths and all that is to be different */
	struct limits_config limits;
	struct trace_queue *queue;
	struct stop *stop;
	struct source_wants wants; /* nothing, unless a test sets it */
	struct source_context context;
	pthread_t thread;
	bool thread_runs;
};

/* 0: no limit that matters. */
void counting_init(struct counting *counting, size_t series, size_t event_types);
void counting_done(struct counting *counting);

/* Hands on whole ETW buffers. `flags` are of enum trace_buffer_flags. */
void counting_feed(struct counting *counting, struct recording *recording, const uint8_t *bytes,
		   size_t length, unsigned int flags);

/* Hands on all of a recording whose buffers say their sizes. */
void counting_feed_all(struct counting *counting, const uint8_t *bytes, size_t length);

/* What was counted, and logged, so far; valid until the next call. */
const char *counting_page(struct counting *counting);
const char *counting_log(struct counting *counting);

/* One sample of etw_events_total{session="test",provider=...,event_id=...,event=...}; -1: none. */
double counting_events(struct counting *counting, const char *provider, unsigned int event_id,
		       const char *event);
/* Likewise etw_event_bytes_total. */
double counting_bytes(struct counting *counting, const char *provider, unsigned int event_id,
		      const char *event);

/* That all of etw_events_total is what health says, too; returns it. */
uint64_t counting_total(struct counting *counting);

/* A queue of so many bytes, a stop, and a context for a source. */
void counting_open(struct counting *counting, size_t queue_bytes);
/* Begins to count what comes through the queue, in a thread; ends when all of it is counted. */
void counting_begin(struct counting *counting);
void counting_end(struct counting *counting);

#endif
