/*
 * unix_socket: sockets that are files. The main thread's; sockets are those of sockets.h.
 */
#ifndef EXPORTER_UNIX_SOCKET_H
#define EXPORTER_UNIX_SOCKET_H

#include "config/files.h"
#include "exporter/base/error.h"

#define UNIX_SOCKET_PATH_BYTES 108

/* The file, to be removed in the end; path "": there is none. */
struct unix_socket {
	char path[UNIX_SOCKET_PATH_BYTES];
	struct file_identity identity;
};

/*
 * Listens at `path`, for its owner and group. A socket that nobody serves any more is replaced;
 * whatever else is there stays. The socket, the caller's; -1: see error.
 */
int unix_socket_listen(const char *path, int backlog, struct unix_socket *made,
		       struct error *error);

/* Removes the file, unless another took its place. */
void unix_socket_remove(const struct unix_socket *made);

#endif
