/* Source: sd_listen_fds(3). */
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>

#include "exporter/http/inherited_sockets.h"

int inherited_sockets(int *listeners, size_t max, struct error *error)
{
	int i, count = sd_listen_fds(1);

	if (count < 0)
		return error_set(error, "--web.systemd-socket: %s", strerror(-count));
	if (count == 0)
		return error_set(error, "--web.systemd-socket: no socket was handed over; start it "
					"by a socket unit");
	if ((size_t)count > max)
		return error_set(error,
				 "--web.systemd-socket: %d sockets were handed over; there can be "
				 "%zu",
				 count, max);
	for (i = 0; i < count; i++) {
		listeners[i] = SD_LISTEN_FDS_START + i;
		if (sd_is_socket(listeners[i], AF_UNSPEC, SOCK_STREAM, 1) <= 0)
			return error_set(error,
					 "--web.systemd-socket: descriptor %d is no stream socket "
					 "that is listened on",
					 listeners[i]);
	}
	return count;
}
