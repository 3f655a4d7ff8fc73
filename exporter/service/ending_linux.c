#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "exporter/service/ending.h"

static void make_set(sigset_t *signals)
{
	sigemptyset(signals);
	sigaddset(signals, SIGTERM);
	sigaddset(signals, SIGINT);
	sigaddset(signals, SIGHUP);
}

void ending_prepare(void)
{
	sigset_t signals;

	make_set(&signals);
	/* Inherited by all threads, so that only the main thread's wait sees them. */
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
}

void ending_ask_reload(void)
{
	kill(getpid(), SIGHUP);
}

const char *ending_wait(unsigned int seconds, bool *reload)
{
	const struct timespec wait = {.tv_sec = seconds};
	sigset_t signals;

	make_set(&signals);
	*reload = false;
	switch (sigtimedwait(&signals, NULL, &wait)) {
	case SIGTERM:
		return "SIGTERM";
	case SIGINT:
		return "SIGINT";
	case SIGHUP:
		*reload = true;
		return NULL;
	default:
		return NULL;
	}
}
