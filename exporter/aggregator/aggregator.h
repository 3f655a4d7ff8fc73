/*
 * aggregator: takes trace buffers apart and counts what is in them.
 *
 * One for each session, used by that session's aggregator thread alone. It writes the session's
 * health and the cells of its own shard.
 */
#ifndef EXPORTER_AGGREGATOR_H
#define EXPORTER_AGGREGATOR_H

#include <stddef.h>

#include "exporter/aggregator/event_cuts.h"
#include "exporter/aggregator/event_types.h"
#include "exporter/log/log.h"
#include "exporter/aggregator/recording.h"
#include "exporter/rule/rules.h"
#include "exporter/session/session_health.h"
#include "exporter/session/trace_buffer.h"
#include "metrics/registry.h"

struct aggregator_config {
	const char *session; /* the label value */
	size_t event_types_limit;
	struct registry *registry;
	const struct event_families *families;
	const struct rule_set *rules; /* NULL: none, for ever */
	struct shard *shard;	      /* of an earlier one that does not run; NULL: a new one */
	const struct manifests *manifests; /* NULL: none */
	struct event_cuts *cuts;	   /* NULL: none */
	struct session_health *health;
	struct log *log; /* may be NULL */
};

struct aggregator;

/* Everything in `config` is borrowed. NULL: out of memory. */
struct aggregator *aggregator_new(const struct aggregator_config *config);
void aggregator_free(struct aggregator *aggregator);

/*
 * Counts what is in a buffer. Frees its recording where the buffer is the recording's last; the
 * buffer stays the caller's.
 */
void aggregator_feed(struct aggregator *aggregator, const struct trace_buffer *buffer);

/*
 * Whether it would count more exactly if it saw complete recordings before
 * (recording->is_learning): rules need what stands anywhere in them. Any thread.
 */
bool aggregator_wants_learning(const struct aggregator *aggregator);

/*
 * Whether it would count more exactly if a source said how far the trace is complete
 * (buffer->complete_until): rules need events of all processors in order. Any thread.
 */
bool aggregator_wants_order(const struct aggregator *aggregator);

/* Whether all recordings are to come in order, as it cuts them. Any thread. */
bool aggregator_cuts(const struct aggregator *aggregator);

/*
 * Takes and recycles buffers of a queue, up to the one with TRACE_BUFFER_STOP. aggregator_begin()
 * goes before, on the thread that starts the one which calls this.
 */
void aggregator_begin(struct aggregator *aggregator);
/* Where that thread could not be started. */
void aggregator_end(struct aggregator *aggregator);
void aggregator_run(struct aggregator *aggregator, struct trace_queue *queue);

/*
 * The main thread: prepares a change to these rules; where it had none it gets none. NULL: no
 * memory.
 */
struct rules_change *aggregator_prepare_rules(const struct aggregator *aggregator,
					      const struct rule_set *set);

/*
 * The main thread: has the change made, by the thread that runs the aggregator between two buffers
 * where there is one, and waits for it. No event is passed over. The change is the caller's to
 * publish and free.
 */
void aggregator_change_rules(struct aggregator *aggregator, struct trace_queue *queue,
			     struct rules_change *change);
void aggregator_publish_rules(struct aggregator *aggregator, struct rules_change *change);

/* Before the first event of one that has the shard of another, which has ended: see rules.h. */
void aggregator_succeed(struct aggregator *aggregator, struct aggregator *before);

/* When nobody runs it any more: its series go, unless they are others', too. */
void aggregator_leave_shard(struct aggregator *aggregator);

/* The event types seen so far; borrowed, only by the thread that feeds. */
const struct event_types *aggregator_event_types(const struct aggregator *aggregator);

/* Names event types by what was learnt after their last event; likewise. */
void aggregator_name_event_types(struct aggregator *aggregator);

/* The schema of an event type by what is known now; NULL: none. Borrowed, likewise. */
const struct schema *aggregator_schema(struct aggregator *aggregator,
				       const struct event_type *type);

/* What the next one may go on with, when nobody runs this any more. */
struct shard *aggregator_shard(const struct aggregator *aggregator);

/* NULL: the session has none. Any thread may read their health. */
const struct rules *aggregator_rules(const struct aggregator *aggregator);

/* The first log file header that was seen, or NULL; borrowed, likewise. */
const struct etl_header *aggregator_header(const struct aggregator *aggregator);

#endif
