#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "exporter/http/sockets.h"

void sockets_begin(void)
{
}

int socket_open(int family)
{
	int socket_fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	/* Without it bind() still does what was asked, or says why not. */
	if (socket_fd >= 0)
		(void)setsockopt(socket_fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	return socket_fd;
}

const char *socket_error_text(void)
{
	return strerror(errno);
}

const char *socket_lookup_error_text(int code)
{
	return code == EAI_SYSTEM ? strerror(errno) : gai_strerror(code);
}

bool socket_has_no_address(void)
{
	return errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL;
}

void socket_end(int socket_fd)
{
	shutdown(socket_fd, SHUT_RDWR);
}

void socket_close(int socket_fd)
{
	int saved = errno;

	close(socket_fd);
	errno = saved;
}
