/*
 * http_client: speaks just enough HTTP to test a server, and can stop in the middle. All waits end
 * after some seconds and fail the test.
 */
#ifndef TESTS_SUPPORT_HTTP_CLIENT_H
#define TESTS_SUPPORT_HTTP_CLIENT_H

#include <stddef.h>

struct http_reply {
	int status; /* 0: the connection ended without a reply */
	char *head; /* status line and headers, terminated */
	char *body; /* terminated */
	size_t length;
	int closed; /* the connection has ended */
};

/* `address` is ADDR:PORT or [ADDR]:PORT. The socket. */
int http_client_connect(const char *address);

void http_client_close(int client);

void http_client_send(int client, const char *bytes);

/* One reply; `head` asks for one without a body. */
void http_client_read(int client, struct http_reply *reply, int head);

/* A request on a connection of its own; `headers` are lines that end in CR LF, or "". */
void http_client_request(const char *address, const char *method, const char *path,
			 const char *headers, struct http_reply *reply);

/* The value of a header, copied to `value`; "" where it is missing. */
const char *http_reply_header(const struct http_reply *reply, const char *name, char value[256]);

/* That it has this value, or "" that there is none. */
void http_reply_assert_header(const struct http_reply *reply, const char *name,
			      const char *expected);

void http_reply_done(struct http_reply *reply);

#endif
