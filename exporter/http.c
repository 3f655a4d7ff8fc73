#include "exporter/http.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/http_answer.h"
#include "exporter/http_listen.h"

/*
 * A few threads that each serve many connections without blocking: a client that does not read or
 * does not finish its request costs memory, but no thread; and while one thread renders a long
 * page, the others answer. A thread for each connection would do the same with more of them for no
 * gain, as pages are rendered one at a time.
 */
#define THREADS		4
#define CONNECTIONS_MAX 128
/* Headers and the buffers of one connection. */
#define CONNECTION_BYTES (16 << 10)
/* Until the first request is there; then, long enough to keep the connection of who scrapes each
 * minute. */
#define FIRST_SECONDS 10
#define IDLE_SECONDS  75
/* Pages that clients have not taken yet, of all connections; one more page is begun below that. */
#define UNSENT_BYTES_MAX (512u << 20)

struct http {
	struct http_config config;
	struct MHD_Daemon *daemon;
	char address[HTTP_ADDRESS_BYTES];
	atomic_size_t unsent_bytes;
};

/* The body of a response, until libmicrohttpd is done with it. */
struct body {
	struct http *http;
	char *bytes;
	size_t length;
};

static void free_body(void *context)
{
	struct body *body = context;

	atomic_fetch_sub_explicit(&body->http->unsent_bytes, body->length, memory_order_relaxed);
	free(body->bytes);
	free(body);
}

/* Takes the answer's body. NULL: out of memory. */
static struct MHD_Response *make_response(struct http *http, struct http_answer *answer)
{
	struct body *body = malloc(sizeof(*body));
	struct MHD_Response *response;

	if (!body)
		return NULL;
	/* What the body did not fill would be held as long as the client takes to read. */
	*body = (struct body){http, realloc(answer->body.bytes, answer->body.length + 1),
			      answer->body.length};
	if (!body->bytes)
		body->bytes = answer->body.bytes;
	answer->body.bytes = NULL;
	atomic_fetch_add_explicit(&http->unsent_bytes, body->length, memory_order_relaxed);
	response = MHD_create_response_from_buffer_with_free_callback_cls(body->length, body->bytes,
									  free_body, body);
	if (!response)
		free_body(body);
	return response;
}

static bool add_headers(struct MHD_Response *response, const struct http_answer *answer)
{
	const struct {
		bool wanted;
		const char *name, *value;
	} headers[] = {
		{true, MHD_HTTP_HEADER_CONTENT_TYPE, answer->content_type},
		{true, "X-Content-Type-Options", "nosniff"},
		/* No page of ours has scripts, styles, images or forms, or belongs in a frame. */
		{true, "Content-Security-Policy",
		 "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
		{answer->coding, MHD_HTTP_HEADER_CONTENT_ENCODING, answer->coding},
		{answer->negotiated, MHD_HTTP_HEADER_VARY, "Accept, Accept-Encoding"},
		{answer->allow, MHD_HTTP_HEADER_ALLOW, "GET, HEAD"},
	};
	size_t i;

	for (i = 0; i < sizeof(headers) / sizeof(*headers); i++)
		if (headers[i].wanted &&
		    MHD_add_response_header(response, headers[i].name, headers[i].value) != MHD_YES)
			return false;
	return true;
}

/* MHD_NO closes the connection: out of memory, that is all that is left to say. */
static enum MHD_Result send_answer(struct http *http, struct MHD_Connection *connection,
				   struct http_answer *answer)
{
	struct MHD_Response *response;
	enum MHD_Result result = MHD_NO;

	if (answer->body.failed)
		return MHD_NO;
	response = make_response(http, answer);
	if (!response)
		return MHD_NO;
	if (add_headers(response, answer))
		result = MHD_queue_response(connection, answer->status, response);
	MHD_destroy_response(response);
	return result;
}

/* A header that is sought, and its values so far. */
struct search {
	const char *name;
	struct text values;
};

static enum MHD_Result join_value(void *context, enum MHD_ValueKind kind, const char *name,
				  const char *value)
{
	struct search *search = context;

	(void)kind;
	if (!value || strcasecmp(name, search->name) != 0)
		return MHD_YES;
	if (search->values.length)
		text_char(&search->values, ',');
	text_string(&search->values, value);
	return MHD_YES;
}

/* The header's values, joined; NULL: none. search->values is the caller's to free. */
static const char *find_header(struct MHD_Connection *connection, const char *name,
			       struct search *search)
{
	search->name = name;
	text_init(&search->values, CONNECTION_BYTES);
	MHD_get_connection_values(connection, MHD_HEADER_KIND, join_value, search);
	if (!search->values.length)
		return NULL;
	text_char(&search->values, '\0');
	return search->values.failed ? NULL : search->values.bytes;
}

/* Names that a query asks for. Each takes some bytes of the connection's, which are few. */
struct wanted {
	const char *names[CONNECTION_BYTES / sizeof("name[]")];
	struct name_filter filter;
};

static enum MHD_Result add_name(void *context, enum MHD_ValueKind kind, const char *name,
				const char *value)
{
	struct wanted *wanted = context;

	(void)kind;
	if (strcmp(name, "name[]") == 0 &&
	    wanted->filter.count < sizeof(wanted->names) / sizeof(*wanted->names))
		wanted->names[wanted->filter.count++] = value ? value : "";
	return MHD_YES;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* NULL: no names are asked for, which means all. */
static const struct name_filter *find_names(struct MHD_Connection *connection,
					    struct wanted *wanted)
{
	wanted->filter = (struct name_filter){.names = wanted->names};
	MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, add_name, wanted);
	if (!wanted->filter.count)
		return NULL;
	qsort(wanted->names, wanted->filter.count, sizeof(*wanted->names), compare_names);
	return &wanted->filter;
}

static enum MHD_Result answer_request(struct http *http, struct MHD_Connection *connection,
				      const char *path, bool reads)
{
	struct search accept, accept_encoding, timeout;
	struct wanted wanted;
	const struct http_request request = {
		.path = path,
		.reads = reads,
		.accept = find_header(connection, MHD_HTTP_HEADER_ACCEPT, &accept),
		.accept_encoding =
			find_header(connection, MHD_HTTP_HEADER_ACCEPT_ENCODING, &accept_encoding),
		.scrape_timeout =
			find_header(connection, "X-Prometheus-Scrape-Timeout-Seconds", &timeout),
		.filter = find_names(connection, &wanted),
	};
	struct http_answer answer = {0};
	enum MHD_Result result;

	if (atomic_load_explicit(&http->unsent_bytes, memory_order_relaxed) > UNSENT_BYTES_MAX)
		http_answer_refusal(&answer, MHD_HTTP_SERVICE_UNAVAILABLE,
				    "clients are too slow in taking their pages");
	else
		http_answer(&http->config, &request, &answer);
	result = send_answer(http, connection, &answer);
	http_answer_done(&answer);
	text_done(&accept.values);
	text_done(&accept_encoding.values);
	text_done(&timeout.values);
	return result;
}

static bool has_body(struct MHD_Connection *connection)
{
	const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
							 MHD_HTTP_HEADER_CONTENT_LENGTH);

	return (length && strcmp(length, "0") != 0) ||
	       MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
					   MHD_HTTP_HEADER_TRANSFER_ENCODING);
}

/*
 * Called once with the headers of a request, and again at its end. An answer to the first call
 * makes libmicrohttpd close the connection after it, so that a body is not read; without a body,
 * the answer waits for the second call and the connection is kept.
 */
static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *version, const char *upload,
			      size_t *upload_size, void **seen)
{
	struct http *http = context;
	bool reads = strcmp(method, MHD_HTTP_METHOD_GET) == 0 ||
		     strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;

	(void)version;
	(void)upload;
	(void)upload_size;
	if (!*seen) {
		MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT, IDLE_SECONDS);
		*seen = http;
		if (!has_body(connection))
			return MHD_YES;
	}
	return answer_request(http, connection, url, reads);
}

static struct MHD_Daemon *start(struct http *http, int listener)
{
	return MHD_start_daemon(MHD_USE_AUTO_INTERNAL_THREAD | MHD_USE_ITC, 0, NULL, NULL, handle,
				http, MHD_OPTION_LISTEN_SOCKET, (MHD_socket)listener,
				MHD_OPTION_THREAD_POOL_SIZE, THREADS, MHD_OPTION_CONNECTION_LIMIT,
				CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
				(size_t)CONNECTION_BYTES, MHD_OPTION_CONNECTION_TIMEOUT,
				FIRST_SECONDS, MHD_OPTION_END);
}

struct http *http_open(const struct http_config *config, struct error *error)
{
	struct http *http = calloc(1, sizeof(*http));
	int listener;

	if (!http) {
		error_set(error, "cannot listen on %s: out of memory", config->listen_address);
		return NULL;
	}
	http->config = *config;
	listener = http_listen(config->listen_address, error);
	if (listener < 0) {
		free(http);
		return NULL;
	}
	http_listen_address(listener, http->address);
	errno = 0;
	http->daemon = start(http, listener);
	if (!http->daemon) {
		/* The socket is not closed here: where threads fail to start, libmicrohttpd has
		 * done it. */
		error_set(error, "cannot serve on %s: starting its threads failed: %s",
			  http->address, errno ? strerror(errno) : "reason unknown");
		free(http);
		return NULL;
	}
	return http;
}

const char *http_address(const struct http *http)
{
	return http->address;
}

void http_close(struct http *http)
{
	if (!http)
		return;
	MHD_stop_daemon(http->daemon);
	free(http);
}
