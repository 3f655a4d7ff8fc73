/*
 * http_connections: the connections that are open, how many there may be, and how long each may
 * take.
 *
 * libmicrohttpd ends connections that are idle; a client that sends or takes a byte now and then is
 * not. So each has a deadline, too, past which http_connections_close_late() shuts it down. Where
 * there are as many as there may be, one that waits for a request gives its place to a new one:
 * that which has waited longest. Any thread.
 */
#ifndef EXPORTER_HTTP_CONNECTIONS_H
#define EXPORTER_HTTP_CONNECTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "exporter/http/http_counters.h"
#include "exporter/http/sockets.h"
#include "exporter/http/tls.h"

/* Whom a connection is from: of IPv6 the network, which one party may have all of. */
struct http_peer {
	bool known;
	uint8_t bytes[16];
};

struct web_settings;

/* Belongs to the thread that serves the connection, but for what http_connections.c keeps. */
struct http_connection {
	struct http_connection *before, *next;
	int socket;
	struct http_peer peer;
	int64_t deadline_ms;	/* 0: none */
	int64_t waits_since_ms; /* for a request, or for the rest of its headers; 0: it does not */
	bool ended;		/* shut down; soon to be removed */
	bool has_asked;		/* a request has begun */
	/* Whose TLS it has, its own to drop; NULL: none. */
	struct web_settings *settings;
	struct tls_connection tls;
};

struct http_connections;

/* NULL: out of memory. `counters` is borrowed. */
struct http_connections *http_connections_new(unsigned int max, unsigned int max_of_peer,
					      struct http_counters *counters);
/* All have been removed. */
void http_connections_free(struct http_connections *connections);

/*
 * Whether it is likely that one more may be opened, and makes room for it; counts where not. Others
 * may come before it is added, which has the last word.
 */
bool http_connections_admit(struct http_connections *connections, const struct sockaddr *address);

/*
 * Taken up, and removed before the socket is closed. NULL: out of memory, or there are too many,
 * which is counted.
 */
struct http_connection *http_connections_add(struct http_connections *connections, int socket,
					     const struct sockaddr *address);
/* True: it was shut down here, which was counted. */
bool http_connections_remove(struct http_connections *connections,
			     struct http_connection *connection);

/* From now on; 0: as long as it takes. The second: it waits for a request. */
void http_connections_allow(struct http_connections *connections,
			    struct http_connection *connection, unsigned int seconds);
void http_connections_wait(struct http_connections *connections, struct http_connection *connection,
			   unsigned int seconds);

void http_connections_close_late(struct http_connections *connections);

bool http_peer_equal(const struct http_peer *a, const struct http_peer *b);

#endif
