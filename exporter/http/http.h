/*
 * http: the embedded server. Knows libmicrohttpd and metrics pages, nothing of traces.
 *
 * One server owns its listening sockets and its threads. All callbacks are called on those threads,
 * several at once.
 */
#ifndef EXPORTER_HTTP_H
#define EXPORTER_HTTP_H

#include <stdbool.h>

#include "exporter/base/error.h"
#include "exporter/http/http_counters.h"
#include "exporter/http/sockets.h"
#include "metrics/exposition.h"

/* A page that others render; `render` appends it, on any thread. */
struct http_page {
	const char *path, *content_type;
	const char *policy; /* Content-Security-Policy; NULL: that nothing may be run or loaded */
	void (*render)(void *context, struct text *out);
	void *context;
};

#define HTTP_LISTENERS_MAX 16

/* What clients may take of the server. */
struct http_limits {
	unsigned int connections;	  /* over all listening sockets */
	unsigned int address_connections; /* of one address; of IPv6 a /64 network */
	unsigned int scrapes;		  /* at the same time; 0: any number */
	unsigned int request_seconds; /* a first request, with what goes before it; then, longer by
					 how long a connection may be idle, each other one */
	unsigned int answer_seconds;  /* until a client has taken its answer */
};

#define HTTP_SCRAPES 40
#define HTTP_LIMITS                                                                   \
	{                                                                             \
		.connections = SOCKETS_CONNECTED_MAX, .address_connections = 32,      \
		.scrapes = HTTP_SCRAPES, .request_seconds = 10, .answer_seconds = 120 \
	}

struct reload_request;
struct web_file;

struct http_config {
	/* ADDR:PORT, [V6]:PORT, NAME:PORT, or :PORT for all addresses; port 0: any free one;
	 * unix:PATH. */
	const char *const *listen_addresses;
	size_t listen_count;	    /* from 1 to HTTP_LISTENERS_MAX */
	bool inherited;		    /* listens on what systemd hands over, instead */
	const char *telemetry_path; /* "/metrics" */
	struct http_limits limits;
	struct http_counters *counters; /* borrowed */
	struct web_file *web;		/* TLS, passwords and so on; borrowed; NULL: none */
	struct metrics_page *page;
	/* Whether all is up; where not, appends why, a line each, in plain text. */
	bool (*ready)(void *context, struct text *why);
	void *context;
	struct reload_request *reload; /* for POST /-/reload; borrowed; NULL: it is refused */
	const struct http_page *pages; /* beside the metrics, /-/healthy and /-/ready */
	size_t page_count;
};

struct http;

/* Listens and serves. `config` and its strings are borrowed until http_close(). NULL: see error. */
struct http *http_open(const struct http_config *config, struct error *error);

/*
 * An address that is listened on, as "ADDR:PORT" or "[ADDR]:PORT" with the real port, or
 * "unix:PATH"; NULL: there are no more.
 */
const char *http_address(const struct http *http, size_t index);

/* Ends open requests and joins the threads; well under 2 s. */
void http_close(struct http *http);

#endif
