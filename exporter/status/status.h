/*
 * status: what the status page shows: sessions, event types, rules, warnings.
 *
 * The main thread takes a sample now and then, from which rates are made; any thread renders. What
 * is read are the numbers that scrapes read, so nobody who counts is held up.
 */
#ifndef EXPORTER_STATUS_STATUS_H
#define EXPORTER_STATUS_STATUS_H

#include "exporter/exporter_metrics.h"
#include "exporter/session/sessions.h"

/* All borrowed. */
struct status_config {
	const struct sessions *sessions;
	struct registry *registry;
	struct family *events; /* of the registry: events by type */
	struct log *log;       /* NULL: none */
};

struct status;

/* NULL: no memory. */
struct status *status_new(const struct status_config *config);
void status_free(struct status *status);

/* To be called more often than each RATE_STEP_SECONDS, with the time of a clock that only goes
 * forward. The first step begins with the first call. By one thread. */
void status_sample(struct status *status, int64_t now_ns);

/* Appends the answer of /api/v1/status: a JSON object. */
void status_json(void *status, struct text *json);

/* What a page is rendered from; borrowed. */
struct status_page {
	struct status *status;
	const char *telemetry_path;
};

/* Appends the page at /, which then asks for the JSON; without scripts it shows the sessions. */
void status_page(void *page, struct text *html);

/* The Content-Security-Policy that it is sent with. */
const char *status_page_policy(void);

#endif
