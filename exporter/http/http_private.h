/*
 * http_private: what the files of the server share. Nobody else includes it.
 */
#ifndef EXPORTER_HTTP_PRIVATE_H
#define EXPORTER_HTTP_PRIVATE_H

#include <microhttpd.h>
#include <stdatomic.h>

#include "exporter/http/http.h"
#include "exporter/http/http_connections.h"
#include "exporter/http/http_listen.h"
#include "exporter/http/password_checks.h"
#include "exporter/http/rate_limit.h"
#include "exporter/service/reload_request.h"
#include "exporter/system/stop.h"
#include "exporter/http/web_settings.h"
#include "exporter/system/worker.h"

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
	struct password_checks *passwords;
	struct rate_limit rate;
	bool has_tls;
	atomic_size_t unsent_bytes; /* pages that clients have not taken yet */
	struct worker watch;	    /* looks around once a second */
	struct stop *stop;
};

/* A request from its first line on until its answer is taken. */
struct exchange {
	bool has_headers;	       /* they have been read */
	char *query;		       /* its own; NULL: none */
	struct web_settings *settings; /* its own to drop; NULL: none */
	bool is_scrape;		       /* is counted as one */
	bool is_let_in;
	bool checks_password; /* has begun to */
	struct password_check check;
	bool asks_reload; /* has begun to */
	struct reload_wait reload;
};

enum http_gate {
	HTTP_GATE_OPEN,
	HTTP_GATE_WAIT,	  /* the connection is suspended; then the gate is to be asked again */
	HTTP_GATE_CLOSED, /* `refusal` says why */
};

struct http_gate_refusal {
	unsigned int status;
	const char *reason;
};

/* http_gate.c: whether a request is to be answered, by rate limit and password. */
enum http_gate http_gate(struct http *http, struct MHD_Connection *connection,
			 struct exchange *exchange, bool has_body,
			 struct http_gate_refusal *refusal);

/* http.c: libmicrohttpd's callbacks for requests. What the first returns is the exchange. */
void *http_request_begun(void *http, const char *target, struct MHD_Connection *connection);
enum MHD_Result http_handle(void *http, struct MHD_Connection *connection, const char *url,
			    const char *method, const char *version, const char *upload,
			    size_t *upload_size, void **exchange);
void http_request_completed(void *http, struct MHD_Connection *connection, void **exchange,
			    enum MHD_RequestTerminationCode code);

/* Of a connection; NULL: there was no memory for it. */
struct http_connection *http_connection_of(struct MHD_Connection *connection);

#endif
