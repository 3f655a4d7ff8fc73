#include "exporter/system/worker.h"

#include <errno.h>

static void *run(void *argument)
{
	struct worker *worker = argument;

	worker->run(worker->context);
	sem_post(&worker->ended);
	return NULL;
}

int worker_start(struct worker *worker, void (*function)(void *context), void *context)
{
	int reason;

	worker->run = function;
	worker->context = context;
	if (sem_init(&worker->ended, 0, 0))
		return errno;
	reason = pthread_create(&worker->thread, NULL, run, worker);
	worker->runs = !reason;
	if (reason)
		sem_destroy(&worker->ended);
	return reason;
}

static bool has_ended(struct worker *worker, const struct timespec *deadline)
{
	int failed;

	do {
		failed = sem_timedwait(&worker->ended, deadline);
	} while (failed && errno == EINTR);
	return !failed;
}

bool worker_join(struct worker *worker, const struct timespec *deadline)
{
	if (!worker->runs)
		return true;
	if (deadline && !has_ended(worker, deadline))
		return false;
	pthread_join(worker->thread, NULL);
	sem_destroy(&worker->ended);
	worker->runs = false;
	return true;
}
