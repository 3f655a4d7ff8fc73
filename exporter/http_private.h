/*
 * http_private: what the files of the server share. Nobody else includes it.
 */
#ifndef EXPORTER_HTTP_PRIVATE_H
#define EXPORTER_HTTP_PRIVATE_H

#include <microhttpd.h>
#include <stdatomic.h>

#include "exporter/http.h"
#include "exporter/http_connections.h"
#include "exporter/http_listen.h"
#include "exporter/stop.h"
#include "exporter/worker.h"

/* Headers and the buffers of one connection. */
#define HTTP_CONNECTION_BYTES (16 << 10)
/* Long enough to keep the connection of who scrapes each minute. */
#define HTTP_IDLE_SECONDS 75

struct http_listener {
	struct http_socket socket;
	struct MHD_Daemon *daemon;
};

struct http {
	struct http_config config;
	struct http_listener listeners[HTTP_LISTENERS_MAX];
	size_t listener_count;
	struct http_connections *connections;
	atomic_size_t unsent_bytes; /* pages that clients have not taken yet */
	struct worker watch;	    /* looks around once a second */
	struct stop *stop;
};

/* http.c: libmicrohttpd's callbacks for requests. */
enum MHD_Result http_handle(void *http, struct MHD_Connection *connection, const char *url,
			    const char *method, const char *version, const char *upload,
			    size_t *upload_size, void **request);
void http_request_completed(void *http, struct MHD_Connection *connection, void **request,
			    enum MHD_RequestTerminationCode code);

/* Of a connection; NULL: there was no memory for it. */
struct http_connection *http_connection_of(struct MHD_Connection *connection);

#endif
