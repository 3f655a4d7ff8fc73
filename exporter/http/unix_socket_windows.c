#include "exporter/http/unix_socket.h"

int unix_socket_listen(const char *path, int backlog, struct unix_socket *made, struct error *error)
{
	(void)backlog;
	*made = (struct unix_socket){.path = ""};
	return error_set(error, "cannot listen on unix:%s: on Windows there is ADDR:PORT alone",
			 path);
}

void unix_socket_remove(const struct unix_socket *made)
{
	(void)made;
}
