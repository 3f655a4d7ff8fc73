/*
 * reload_request: how whoever wants the configuration reloaded learns that the main thread has done
 * it. No thread waits for that.
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

/* Who waits. Its owner's until it asks, and again once it is told. */
struct reload_wait {
	enum reload_result result;
	struct error error; /* why not */
	/* Called once: by the thread that asks, where it is refused, or by another one. It must not
	 * ask again. */
	void (*told)(struct reload_wait *wait);
	void *context;
};

/* Any thread: asks, and has `wait` told what came of it. */
void reload_request_ask(struct reload_request *request, struct reload_wait *wait);

/* The main thread: what was asked for until now is about to be done, and was; NULL: with success.
 */
void reload_request_begin(struct reload_request *request);
void reload_request_end(struct reload_request *request, const struct error *error);

/* Whoever waits waits in vain, and nobody will any more. NULL is taken. */
void reload_request_close(struct reload_request *request);

#endif
