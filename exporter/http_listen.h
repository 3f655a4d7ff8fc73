/*
 * http_listen: the socket that scrapes come in by. We make it ourselves because libmicrohttpd does
 * not say why it could not.
 */
#ifndef EXPORTER_HTTP_LISTEN_H
#define EXPORTER_HTTP_LISTEN_H

#include <stddef.h>

#include "exporter/error.h"

/* ADDR:PORT, [V6]:PORT, NAME:PORT, or :PORT for all addresses. The socket, the caller's; -1: see
 * error. */
int http_listen(const char *address, struct error *error);

#define HTTP_ADDRESS_BYTES 80

/* The address of a listening socket, as "ADDR:PORT" or "[ADDR]:PORT"; "" where it has none. */
void http_listen_address(int listener, char address[HTTP_ADDRESS_BYTES]);

#endif
