#include "exporter/rule/rules_handover.h"

void rules_handover_init(struct rules_handover *handover,
			 void (*make)(void *context, struct rules_change *change), void *context)
{
	handover->make = make;
	handover->context = context;
	pthread_mutex_init(&handover->lock, NULL);
	pthread_cond_init(&handover->made, NULL);
}

void rules_handover_done(struct rules_handover *handover)
{
	pthread_cond_destroy(&handover->made);
	pthread_mutex_destroy(&handover->lock);
}

/* Under the lock. */
static void make(struct rules_handover *handover)
{
	if (handover->offered)
		handover->make(handover->context, handover->offered);
	handover->offered = NULL;
	atomic_store(&handover->is_offered, false);
	pthread_cond_broadcast(&handover->made);
}

/* What was offered to a thread that ends is not left to nobody. */
void rules_handover_set_runs(struct rules_handover *handover, bool runs)
{
	pthread_mutex_lock(&handover->lock);
	make(handover);
	handover->runs = runs;
	pthread_mutex_unlock(&handover->lock);
}

void rules_handover_make(struct rules_handover *handover)
{
	pthread_mutex_lock(&handover->lock);
	make(handover);
	pthread_mutex_unlock(&handover->lock);
}

void rules_handover_offer(struct rules_handover *handover, struct rules_change *change,
			  struct trace_queue *queue)
{
	pthread_mutex_lock(&handover->lock);
	handover->offered = change;
	atomic_store(&handover->is_offered, true);
	if (handover->runs)
		trace_queue_wake(queue);
	else
		make(handover);
	while (handover->offered)
		pthread_cond_wait(&handover->made, &handover->lock);
	pthread_mutex_unlock(&handover->lock);
}
