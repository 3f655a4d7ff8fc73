/*
 * http_rig: a server on the loopback address, whose page of metrics is as a test wants it. For
 * tests; used by one thread, but for requests.
 *
 * A test may have it as the first member of what its `state` is.
 */
#ifndef TESTS_SUPPORT_HTTP_RIG_H
#define TESTS_SUPPORT_HTTP_RIG_H

#include <stdatomic.h>
#include <stdbool.h>

#include "exporter/http/http.h"
#include "tests/support/http_client.h"

#define HTTP_RIG_BIG_BYTES (16 << 20)

enum http_rig_page {
	PAGE_SMALL,
	PAGE_BIG,    /* HTTP_RIG_BIG_BYTES or some more */
	PAGE_FAILED, /* there is no memory for it */
	PAGE_WAITS,  /* until the test lets it go on */
};

struct http_rig {
	struct registry *registry;
	struct metrics_page *page;
	const char *address; /* to listen on */
	struct http_counters counters;
	struct http_config config; /* the test's to change before it serves */
	struct http *http;
	_Atomic int kind; /* enum http_rig_page */
	atomic_bool waiting, may_go_on, gave_up;
};

/* All but serving. */
void http_rig_begin(struct http_rig *rig);
void http_rig_end(struct http_rig *rig);

/* Of a test's state; fails the test where it cannot. */
struct http_rig *http_rig_serve(void **state);

/* False: not within some seconds. */
bool http_rig_wait(atomic_bool *flag);

/* On a connection of its own; any thread. */
void http_rig_request(const struct http_rig *rig, const char *method, const char *path,
		      const char *headers, struct http_reply *reply);

/* That a GET of `path` is answered so, in plain text. */
void http_rig_assert_answer(const struct http_rig *rig, const char *path, int status,
			    const char *body);

#endif
