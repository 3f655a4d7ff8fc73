/*
 * http: the embedded server. Knows libmicrohttpd and metrics pages, nothing of traces.
 *
 * One server owns its listening socket and its threads. All callbacks are called on those threads,
 * several at once.
 */
#ifndef EXPORTER_HTTP_H
#define EXPORTER_HTTP_H

#include <stdbool.h>

#include "exporter/error.h"
#include "metrics/exposition.h"

/* A page that others render; `render` appends it, on any thread. */
struct http_page {
	const char *path, *content_type;
	const char *policy; /* Content-Security-Policy; NULL: that nothing may be run or loaded */
	void (*render)(void *context, struct text *out);
	void *context;
};

struct http_config {
	const char *listen_address; /* ADDR:PORT, [V6]:PORT, NAME:PORT, or :PORT for all addresses;
				       port 0: any free one */
	const char *telemetry_path; /* "/metrics" */
	struct metrics_page *page;
	/* Whether all is up; where not, appends why, a line each, in plain text. */
	bool (*ready)(void *context, struct text *why);
	void *context;
	const struct http_page *pages; /* beside the metrics, /-/healthy and /-/ready */
	size_t page_count;
};

struct http;

/* Listens and serves. `config` and its strings are borrowed until http_close(). NULL: see error. */
struct http *http_open(const struct http_config *config, struct error *error);

/* The address that is listened on, as "ADDR:PORT" or "[ADDR]:PORT" with the real port. */
const char *http_address(const struct http *http);

/* Ends open requests and joins the threads; well under 2 s. */
void http_close(struct http *http);

#endif
