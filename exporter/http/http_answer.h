/*
 * http_answer: what a request is answered with, apart from how it is carried.
 *
 * An answer belongs to the thread that handles the request.
 */
#ifndef EXPORTER_HTTP_ANSWER_H
#define EXPORTER_HTTP_ANSWER_H

#include <stdbool.h>

#include "exporter/http/http.h"
#include "metrics/text.h"

struct http_answer {
	unsigned int status;
	const char *content_type;
	const char *policy; /* Content-Security-Policy; NULL: nothing may be run or loaded */
	struct text body;   /* where it has failed, there is no answer but 503 */
	const char *coding; /* of the body, as Content-Encoding says it; NULL: none */
	bool negotiated;    /* by Accept and Accept-Encoding */
	const char *allow;  /* which methods there are; NULL: that is not said */
};

struct http_request {
	const char *path;
	bool reads; /* the method is GET or HEAD */
	/* Headers, joined where there are several; NULL: none. */
	const char *accept, *accept_encoding, *scrape_timeout;
	/* The families that the query asks for by name[]=, in the order of strcmp(); NULL: all. */
	const struct name_filter *filter;
	/* What came of the reload that was asked for; NULL: it was not. */
	const struct reload_wait *reload;
};

/* Whether it is to be answered once a reload was asked for, and is done. */
bool http_answer_takes_reload(const struct http_config *config, const char *path, bool posts);

/* `answer` is the caller's to end with http_answer_done(). Any thread. */
void http_answer(const struct http_config *config, const struct http_request *request,
		 struct http_answer *answer);

/* Replaces what was to be answered. `reason` is a line without its newline. */
void http_answer_refusal(struct http_answer *answer, unsigned int status, const char *reason);

void http_answer_done(struct http_answer *answer);

#endif
