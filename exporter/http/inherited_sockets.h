/*
 * inherited_sockets: sockets that systemd listens on and hands over.
 *
 * The main thread's, before others are started.
 */
#ifndef EXPORTER_INHERITED_SOCKETS_H
#define EXPORTER_INHERITED_SOCKETS_H

#include <stddef.h>

#include "exporter/base/error.h"

/*
 * Fills `listeners`, of at most `max`, with stream sockets that are listened on, the caller's;
 * later calls find none. How many; -1: none, or see error.
 */
int inherited_sockets(int *listeners, size_t max, struct error *error);

#endif
