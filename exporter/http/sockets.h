/*
 * sockets: what the sockets of systems do differently. Any thread.
 *
 * A socket is an int here: Windows' handles have no more bits than that in use.
 */
#ifndef EXPORTER_SOCKETS_H
#define EXPORTER_SOCKETS_H

#include <stdbool.h>

#ifdef _WIN32
#include <winsock2.h>

#include <ws2tcpip.h>

/*
 * Which all may come to one thread, whose select() takes 64 sockets, two of them others; and those
 * that were shut down and are not closed yet.
 */
#define SOCKETS_CONNECTED_MAX 56
#define SOCKETS_ENDED_MAX     4
#else
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#define SOCKETS_CONNECTED_MAX 512
#define SOCKETS_ENDED_MAX     256
#endif

/* Before all others, any number of times. */
void sockets_begin(void);

/*
 * A stream socket that is going to listen, which no other process takes over, and for which a
 * restart does not wait until connections of the process before have timed out. -1: see the next.
 */
int socket_open(int family);

/* Why the last call of this thread to a socket failed. */
const char *socket_error_text(void);
/* Likewise getaddrinfo(), by what it returned. */
const char *socket_lookup_error_text(int code);
/* Whether it failed because the machine has no such addresses. */
bool socket_has_no_address(void);

/* Nothing more is sent or received: whoever waits for the socket sees its end. */
void socket_end(int socket_fd);

/* Leaves the reason why the call before failed. */
void socket_close(int socket_fd);

#endif
