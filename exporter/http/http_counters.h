/*
 * http_counters: what the server refused and why, for metrics and nobody's log: clients could fill
 * one. Counted by any thread.
 */
#ifndef EXPORTER_HTTP_COUNTERS_H
#define EXPORTER_HTTP_COUNTERS_H

#include <stdatomic.h>

#include "metrics/exposition.h"

enum http_refusal {
	HTTP_REFUSED_CONNECTIONS,	 /* as many as there may be */
	HTTP_REFUSED_ADDRESS,		 /* as many as one address may have */
	HTTP_REFUSED_SLOW,		 /* a connection closed: request or answer took too long */
	HTTP_REFUSED_CLIENT_CERTIFICATE, /* missing or not the right one */
	HTTP_REFUSED_TLS,		 /* a connection of TLS that ended before a request */
	HTTP_REFUSED_RATE,		 /* rate_limit */
	HTTP_REFUSED_REQUESTS,		 /* --web.max-requests */
	HTTP_REFUSED_PASSWORD,		 /* missing or wrong */
	HTTP_REFUSED_PASSWORD_QUEUE,	 /* too many passwords wait to be checked */
	HTTP_REFUSED_UNSENT,		 /* too many bytes wait for slow clients */
	HTTP_REFUSALS,
};

/* All zero at first. */
struct http_counters {
	atomic_uint_fast64_t refused[HTTP_REFUSALS];
	atomic_uint_fast64_t connections; /* that are open */
	atomic_uint_fast64_t scrapes;	  /* that are being answered */
};

void http_counters_refuse(struct http_counters *counters, enum http_refusal reason);

/* A collector; `counters` is a struct http_counters. */
void http_counters_collect(struct exposition *exposition, void *counters);

#endif
