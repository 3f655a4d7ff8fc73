#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "exporter/inherited_sockets.h"
#include "exporter/sockets.h"

#define FIRST 3

static bool has_option(int fd, int name, int wanted)
{
	int value = -1;
	socklen_t length = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, name, &value, &length) == 0 && value == wanted;
}

/* How many there are for this very process. */
static long count_inherited(void)
{
	const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");

	if (!pid || !count || strtol(pid, NULL, 10) != getpid())
		return 0;
	return strtol(count, NULL, 10);
}

static void forget(void)
{
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
}

int inherited_sockets(int *listeners, size_t max, struct error *error)
{
	long i, count = count_inherited();

	forget();
	if (count <= 0)
		return error_set(error, "--web.systemd-socket: no socket was handed over; start it "
					"by a socket unit");
	if ((size_t)count > max)
		return error_set(error,
				 "--web.systemd-socket: %ld sockets were handed over; there "
				 "can be %zu",
				 count, max);
	for (i = 0; i < count; i++) {
		int fd = FIRST + (int)i;

		if (!has_option(fd, SO_TYPE, SOCK_STREAM) || !has_option(fd, SO_ACCEPTCONN, 1))
			return error_set(error,
					 "--web.systemd-socket: descriptor %d is no stream socket "
					 "that is listened on",
					 fd);
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		listeners[i] = fd;
	}
	return (int)count;
}
