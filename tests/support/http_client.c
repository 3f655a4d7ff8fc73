#include "tests/support/http_client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/posix.h"

#include "exporter/http/sockets.h"

#define WAIT_SECONDS  20
#define HEAD_BYTES    4096
#define REQUEST_BYTES 65536

static void socket_set_wait(int client, unsigned int seconds)
{
#ifdef _WIN32
	const DWORD wait = seconds * 1000;
#else
	const struct timeval wait = {.tv_sec = seconds};
#endif

	setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, (const void *)&wait, sizeof(wait));
}

int http_client_connect(const char *address)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST};
	const char *colon = strrchr(address, ':');
	int bracket = address[0] == '[';
	struct addrinfo *found;
	char host[100];
	int client;

	assert_non_null(colon);
	snprintf(host, sizeof(host), "%.*s", (int)(colon - address) - 2 * bracket,
		 address + bracket);
	sockets_begin();
	assert_int_equal(getaddrinfo(host, colon + 1, &hints, &found), 0);
	client = (int)socket(found->ai_family, SOCK_STREAM, 0);
	assert_true(client >= 0);
	socket_set_wait(client, WAIT_SECONDS);
	assert_int_equal(connect(client, found->ai_addr, (socklen_t)found->ai_addrlen), 0);
	freeaddrinfo(found);
	return client;
}

void http_client_close(int client)
{
	socket_close(client);
}

void http_client_send(int client, const char *bytes)
{
	size_t length = strlen(bytes);

	assert_int_equal(send(client, bytes, length, MSG_NOSIGNAL), length);
}

/* Byte by byte up to the empty line, so that nothing of what follows is taken. */
static void read_head(int client, struct http_reply *reply)
{
	size_t length = 0;
	ssize_t got;

	reply->head = calloc(1, HEAD_BYTES);
	assert_non_null(reply->head);
	while (!strstr(reply->head, "\r\n\r\n")) {
		assert_true(length < HEAD_BYTES - 1);
		got = recv(client, reply->head + length, 1, 0);
		if (got <= 0) {
			reply->closed = 1;
			return;
		}
		length++;
	}
	assert_int_equal(sscanf(reply->head, "HTTP/1.%*d %d ", &reply->status), 1);
}

const char *http_reply_header(const struct http_reply *reply, const char *name, char value[256])
{
	size_t length = strlen(name);
	const char *line = reply->head;

	value[0] = '\0';
	while ((line = strstr(line, "\r\n"))) {
		line += 2;
		if (strncasecmp(line, name, length) == 0 && line[length] == ':')
			snprintf(value, 256, "%.*s", (int)strcspn(line + length + 2, "\r"),
				 line + length + 2);
	}
	return value;
}

void http_client_read(int client, struct http_reply *reply, int head)
{
	char value[256];
	size_t got = 0;
	ssize_t more;

	*reply = (struct http_reply){0};
	read_head(client, reply);
	if (reply->closed)
		return;
	assert_true(*http_reply_header(reply, "Content-Length", value));
	reply->length = head ? 0 : strtoul(value, NULL, 10);
	reply->body = calloc(1, reply->length + 1);
	assert_non_null(reply->body);
	/* A read of nothing would wait for something. */
	while (got < reply->length) {
		more = recv(client, reply->body + got, reply->length - got, 0);
		assert_true(more > 0);
		got += (size_t)more;
	}
}

void http_client_request(const char *address, const char *method, const char *path,
			 const char *headers, struct http_reply *reply)
{
	int client = http_client_connect(address);
	char request[REQUEST_BYTES];
	char extra;
	int length;

	length = snprintf(request, sizeof(request),
			  "%s %s HTTP/1.1\r\nHost: x\r\n%sConnection: close\r\n\r\n", method, path,
			  headers);
	assert_in_range(length, 1, sizeof(request) - 1);
	http_client_send(client, request);
	http_client_read(client, reply, strcmp(method, "HEAD") == 0);
	assert_true(recv(client, &extra, 1, 0) <= 0);
	http_client_close(client);
}

void http_reply_assert_header(const struct http_reply *reply, const char *name,
			      const char *expected)
{
	char value[256];

	assert_string_equal(http_reply_header(reply, name, value), expected);
}

void http_reply_done(struct http_reply *reply)
{
	free(reply->head);
	free(reply->body);
	*reply = (struct http_reply){0};
}
