#include "exporter/system/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "exporter/system/clock_ns.h"

struct stop {
	_Atomic bool set;
	int fds[2]; /* a pipe; closing its writing end is the signal */
};

struct stop *stop_new(void)
{
	struct stop *stop = calloc(1, sizeof(*stop));

	if (!stop)
		return NULL;
	if (pipe2(stop->fds, O_CLOEXEC)) {
		free(stop);
		return NULL;
	}
	return stop;
}

void stop_free(struct stop *stop)
{
	if (!stop)
		return;
	stop_set(stop);
	close(stop->fds[0]);
	free(stop);
}

void stop_set(struct stop *stop)
{
	if (!atomic_exchange(&stop->set, true))
		close(stop->fds[1]);
}

bool stop_is_set(const struct stop *stop)
{
	return atomic_load_explicit(&stop->set, memory_order_relaxed);
}

bool stop_wait(struct stop *stop, uint64_t ns)
{
	struct pollfd fd = {.fd = stop->fds[0]};
	int64_t start = clock_ns(CLOCK_MONOTONIC);
	uint64_t spent = 0;

	while (!stop_is_set(stop) && spent < ns) {
		uint64_t left = ns - spent;
		struct timespec wait = {.tv_sec = left / 1000000000 < INT_MAX
							  ? (time_t)(left / 1000000000)
							  : INT_MAX,
					.tv_nsec = (long)(left % 1000000000)};

		if (ppoll(&fd, 1, &wait, NULL) < 0 && errno != EINTR)
			break;
		spent = (uint64_t)(clock_ns(CLOCK_MONOTONIC) - start);
	}
	return stop_is_set(stop);
}

bool stop_wait_readable(struct stop *stop, int fd)
{
	struct pollfd fds[2] = {{.fd = fd, .events = POLLIN}, {.fd = stop->fds[0]}};

	while (!stop_is_set(stop)) {
		if (poll(fds, 2, -1) < 0) {
			if (errno == EINTR)
				continue;
			break;
		}
		if (fds[0].revents)
			break;
	}
	return stop_is_set(stop);
}
