/*
 * reload_request: how whoever wants the configuration reloaded waits for the main thread to do it.
 */
#ifndef EXPORTER_RELOAD_REQUEST_H
#define EXPORTER_RELOAD_REQUEST_H

#include "exporter/base/error.h"

struct reload_request;

/* NULL: no memory. */
struct reload_request *reload_request_new(void);
/* When nobody waits any more. */
void reload_request_free(struct reload_request *request);

enum reload_result {
	RELOAD_DONE,
	RELOAD_FAILED,
	RELOAD_BUSY, /* another waits already, or the program ends: nothing was asked for */
};

/* Any thread but the main one: asks, and waits until it is done. `error` says why not. */
enum reload_result reload_request_ask(struct reload_request *request, struct error *error);

/* The main thread: what was asked for until now is about to be done, and was; NULL: with success.
 */
void reload_request_begin(struct reload_request *request);
void reload_request_end(struct reload_request *request, const struct error *error);

/* Whoever waits waits in vain, and nobody will any more. */
void reload_request_close(struct reload_request *request);

#endif
