/*
 * worker: a thread that may be waited for until a deadline.
 *
 * Whoever started it joins it, alone.
 */
#ifndef EXPORTER_WORKER_H
#define EXPORTER_WORKER_H

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <time.h>

struct worker {
	pthread_t thread;
	sem_t ended;
	bool runs; /* is to be joined */
	void (*run)(void *context);
	void *context;
};

/* All zero before. 0, or the errno that says why there is no thread. */
int worker_start(struct worker *worker, void (*run)(void *context), void *context);

/* True once it has ended, or where it never began. `deadline`: by CLOCK_REALTIME; NULL: none. */
bool worker_join(struct worker *worker, const struct timespec *deadline);

#endif
