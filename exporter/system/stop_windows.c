#include <io.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <windows.h>

#include "exporter/system/clock_ns.h"
#include "exporter/system/stop.h"

#define NS_PER_MS     1000000
#define LONGEST_MS    ((DWORD)24 * 3600 * 1000)
#define PIPE_LOOKS_MS 10 /* nothing tells when a pipe can be read, other than looking */

struct stop {
	_Atomic bool set;
	HANDLE event;
};

struct stop *stop_new(void)
{
	struct stop *stop = calloc(1, sizeof(*stop));

	if (!stop)
		return NULL;
	stop->event = CreateEventW(NULL, TRUE, FALSE, NULL);
	if (stop->event)
		return stop;
	free(stop);
	return NULL;
}

void stop_free(struct stop *stop)
{
	if (!stop)
		return;
	CloseHandle(stop->event);
	free(stop);
}

void stop_set(struct stop *stop)
{
	if (!atomic_exchange(&stop->set, true))
		SetEvent(stop->event);
}

bool stop_is_set(const struct stop *stop)
{
	return atomic_load_explicit(&stop->set, memory_order_relaxed);
}

bool stop_wait(struct stop *stop, uint64_t ns)
{
	int64_t start = clock_ns(CLOCK_MONOTONIC);
	uint64_t spent = 0;

	while (!stop_is_set(stop) && spent < ns) {
		uint64_t ms = (ns - spent + NS_PER_MS - 1) / NS_PER_MS;

		if (WaitForSingleObject(stop->event, ms < LONGEST_MS ? (DWORD)ms : LONGEST_MS) ==
		    WAIT_FAILED)
			break;
		spent = (uint64_t)(clock_ns(CLOCK_MONOTONIC) - start);
	}
	return stop_is_set(stop);
}

/* A pipe whose writer has gone can be read: there is the end. */
static bool pipe_is_readable(HANDLE pipe)
{
	DWORD available = 0;

	return !PeekNamedPipe(pipe, NULL, 0, NULL, &available, NULL) || available;
}

bool stop_wait_readable(struct stop *stop, int fd)
{
	HANDLE handle = (HANDLE)_get_osfhandle(fd);
	HANDLE both[2] = {stop->event, handle};

	switch (GetFileType(handle)) {
	case FILE_TYPE_PIPE:
		while (!stop_is_set(stop) && !pipe_is_readable(handle))
			WaitForSingleObject(stop->event, PIPE_LOOKS_MS);
		break;
	case FILE_TYPE_CHAR:
		WaitForMultipleObjects(2, both, FALSE, INFINITE);
		break;
	default:
		break;
	}
	return stop_is_set(stop);
}
