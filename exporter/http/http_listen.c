#include "exporter/http/http_listen.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/http/sockets.h"

#define BACKLOG	    128
#define HOST_BYTES  256
#define PORT_BYTES  6
#define UNIX_PREFIX "unix:"

struct endpoint {
	char host[HOST_BYTES]; /* "": all addresses */
	char port[PORT_BYTES];
};

static int malformed(const char *address, struct error *error)
{
	error_set(error,
		  "cannot listen on %s: not of the form ADDR:PORT, [ADDR]:PORT, :PORT or unix:PATH",
		  address);
	return -1;
}

static bool copy_port(char to[PORT_BYTES], const char *from)
{
	size_t length = strspn(from, "0123456789");

	if (length == 0 || length >= PORT_BYTES || from[length] || atoi(from) > 65535)
		return false;
	memcpy(to, from, length + 1);
	return true;
}

static int parse(const char *address, struct endpoint *endpoint, struct error *error)
{
	const char *colon = strrchr(address, ':');
	const char *host = address;
	size_t length;

	if (!colon || !copy_port(endpoint->port, colon + 1))
		return malformed(address, error);
	length = (size_t)(colon - address);
	if (length >= 2 && host[0] == '[' && host[length - 1] == ']') {
		host++;
		length -= 2;
	} else if (memchr(host, ':', length)) {
		return malformed(address, error);
	}
	if (length >= HOST_BYTES || (host != address && length == 0))
		return malformed(address, error);
	memcpy(endpoint->host, host, length);
	endpoint->host[length] = '\0';
	return 0;
}

/* -1: see socket_error_text(). */
static int listen_at(int family, const struct sockaddr *address, socklen_t length)
{
	int listener = socket_open(family), off = 0;

	if (listener < 0)
		return -1;
	/* Without it bind() still does what was asked, or fails. */
	if (family == AF_INET6)
		(void)setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, (const void *)&off,
				 sizeof(off));
	if (bind(listener, address, length) == 0 && listen(listener, BACKLOG) == 0)
		return listener;
	socket_close(listener);
	return -1;
}

/* An IPv6 socket takes IPv4 clients too; where the machine has no IPv6, IPv4 is all addresses. */
static int listen_at_all(const char *port)
{
	uint16_t number = htons((uint16_t)atoi(port));
	const struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = number};
	const struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = number};
	int listener = listen_at(AF_INET6, (const struct sockaddr *)&v6, sizeof(v6));

	if (listener < 0 && socket_has_no_address())
		listener = listen_at(AF_INET, (const struct sockaddr *)&v4, sizeof(v4));
	return listener;
}

/* The first of a name's addresses that can be listened on. -1: see socket_error_text(), of the last
 * that cannot. */
static int listen_at_first(const struct addrinfo *found)
{
	int listener = -1;

	for (; found && listener < 0; found = found->ai_next)
		listener =
			listen_at(found->ai_family, found->ai_addr, (socklen_t)found->ai_addrlen);
	return listener;
}

static int listen_at_host(const char *address, const struct endpoint *endpoint, struct error *error)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
	};
	struct addrinfo *found;
	int code, listener;

	code = getaddrinfo(endpoint->host, endpoint->port, &hints, &found);
	if (code != 0)
		return error_set(error, "cannot listen on %s: %s", address,
				 socket_lookup_error_text(code));
	listener = listen_at_first(found);
	if (listener < 0)
		error_set(error, "cannot listen on %s: %s", address, socket_error_text());
	freeaddrinfo(found);
	return listener;
}

static int listen_tcp(const char *address, struct error *error)
{
	struct endpoint endpoint;
	int listener;

	if (parse(address, &endpoint, error) != 0)
		return -1;
	sockets_begin();
	if (endpoint.host[0])
		return listen_at_host(address, &endpoint, error);
	listener = listen_at_all(endpoint.port);
	if (listener < 0)
		error_set(error, "cannot listen on %s: %s", address, socket_error_text());
	return listener;
}

int http_listen(const char *address, struct http_socket *made, struct error *error)
{
	*made = (struct http_socket){.fd = -1};
	if (strncmp(address, UNIX_PREFIX, strlen(UNIX_PREFIX)) == 0)
		made->fd = unix_socket_listen(address + strlen(UNIX_PREFIX), BACKLOG, &made->file,
					      error);
	else
		made->fd = listen_tcp(address, error);
	if (made->fd < 0)
		return -1;
	http_listen_address(made->fd, made->address);
	return 0;
}

void http_listen_address(int listener, char address[HTTP_ADDRESS_BYTES])
{
	struct sockaddr_storage bound = {0};
	socklen_t length = sizeof(bound);
	char host[HTTP_ADDRESS_BYTES - PORT_BYTES - 3], port[PORT_BYTES];

	address[0] = '\0';
	if (getsockname(listener, (struct sockaddr *)&bound, &length) != 0)
		return;
	if (bound.ss_family == AF_UNIX)
		snprintf(address, HTTP_ADDRESS_BYTES, UNIX_PREFIX "%.*s", UNIX_SOCKET_PATH_BYTES,
			 ((struct sockaddr *)&bound)->sa_data);
	else if (getnameinfo((struct sockaddr *)&bound, length, host, sizeof(host), port,
			     sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) == 0)
		snprintf(address, HTTP_ADDRESS_BYTES,
			 bound.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}
