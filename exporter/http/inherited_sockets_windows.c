#include "exporter/http/inherited_sockets.h"

int inherited_sockets(int *listeners, size_t max, struct error *error)
{
	(void)listeners;
	(void)max;
	return error_set(error, "--web.systemd-socket: Windows has no systemd");
}
