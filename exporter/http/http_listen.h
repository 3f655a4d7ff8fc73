/*
 * http_listen: the sockets that scrapes come in by. We make them ourselves because libmicrohttpd
 * does not say why it could not.
 */
#ifndef EXPORTER_HTTP_LISTEN_H
#define EXPORTER_HTTP_LISTEN_H

#include <stddef.h>

#include "exporter/base/error.h"
#include "exporter/http/unix_socket.h"

#define HTTP_ADDRESS_BYTES 128

struct http_socket {
	int fd;
	char address[HTTP_ADDRESS_BYTES]; /* see http_listen_address() */
	struct unix_socket file;	  /* to be removed in the end */
};

/*
 * ADDR:PORT, [V6]:PORT, NAME:PORT, :PORT for all addresses, or unix:PATH. `made` is the caller's to
 * close. -1: see error.
 */
int http_listen(const char *address, struct http_socket *made, struct error *error);

/* The address of a listening socket, as "ADDR:PORT", "[ADDR]:PORT" or "unix:PATH"; "" where it has
 * none. */
void http_listen_address(int listener, char address[HTTP_ADDRESS_BYTES]);

#endif
