/*
 * rules_handover: how a change of the rules comes from the main thread to the thread that counts by
 * them, which makes it when it is between two buffers.
 */
#ifndef EXPORTER_RULES_HANDOVER_H
#define EXPORTER_RULES_HANDOVER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "exporter/rule/rules.h"
#include "exporter/session/trace_buffer.h"

struct rules_handover {
	void (*make)(void *context, struct rules_change *change);
	void *context;
	pthread_mutex_t lock;
	pthread_cond_t made;
	atomic_bool is_offered;
	struct rules_change *offered; /* under the lock, as the next; NULL: none, or it is made */
	bool runs;
};

void rules_handover_init(struct rules_handover *handover,
			 void (*make)(void *context, struct rules_change *change), void *context);
void rules_handover_done(struct rules_handover *handover);

/* Whether there is a thread that looks. Without one changes are made by whoever offers them. */
void rules_handover_set_runs(struct rules_handover *handover, bool runs);

/* That thread: makes what is offered. */
void rules_handover_make(struct rules_handover *handover);

static inline void rules_handover_look(struct rules_handover *handover)
{
	if (atomic_load_explicit(&handover->is_offered, memory_order_acquire))
		rules_handover_make(handover);
}

/* The main thread: until the change is made. `queue` is what the thread waits for. */
void rules_handover_offer(struct rules_handover *handover, struct rules_change *change,
			  struct trace_queue *queue);

#endif
