/* Answers requests. */
#include <stdlib.h>
#include <string.h>

#include "exporter/http/http_answer.h"
#include "exporter/http/http_private.h"
#include "exporter/http/http_query.h"

/* Pages that clients have not taken yet, of all connections; one more page is begun below that. */
#define UNSENT_BYTES_MAX (512u << 20)

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

/* Without scripts, styles, images and forms, and not in a frame. */
static const char locked_policy[] =
	"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/* What the web configuration says goes before what is so without it. */
static bool add_security_headers(struct MHD_Response *response, const struct http_answer *answer,
				 const struct web_settings *settings)
{
	const char *const usual[WEB_HEADERS] = {
		[HEADER_CONTENT_TYPE_OPTIONS] = "nosniff",
		[HEADER_CONTENT_SECURITY_POLICY] = answer->policy ? answer->policy : locked_policy,
	};
	size_t i;

	for (i = 0; i < WEB_HEADERS; i++) {
		const char *given = settings ? settings->config->http.headers[i] : NULL;
		const char *value = given ? given : usual[i];

		if (value && *value &&
		    MHD_add_response_header(response, web_headers[i], value) != MHD_YES)
			return false;
	}
	return true;
}

static bool add_headers(struct MHD_Response *response, const struct http_answer *answer)
{
	const struct {
		bool wanted;
		const char *name, *value;
	} headers[] = {
		{true, MHD_HTTP_HEADER_CONTENT_TYPE, answer->content_type},
		{answer->status == MHD_HTTP_UNAUTHORIZED, MHD_HTTP_HEADER_WWW_AUTHENTICATE,
		 "Basic realm=\"etw_exporter\", charset=\"UTF-8\""},
		{answer->coding, MHD_HTTP_HEADER_CONTENT_ENCODING, answer->coding},
		{answer->negotiated, MHD_HTTP_HEADER_VARY, "Accept, Accept-Encoding"},
		{answer->allow != NULL, MHD_HTTP_HEADER_ALLOW, answer->allow},
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
				   const struct exchange *exchange, struct http_answer *answer)
{
	struct MHD_Response *response;
	enum MHD_Result result = MHD_NO;

	if (answer->body.failed)
		return MHD_NO;
	response = make_response(http, answer);
	if (!response)
		return MHD_NO;
	http_connections_allow(http->connections, http_connection_of(connection),
			       http->config.limits.answer_seconds);
	if (add_headers(response, answer) &&
	    add_security_headers(response, answer, exchange->settings))
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
	text_init(&search->values, HTTP_CONNECTION_BYTES);
	MHD_get_connection_values(connection, MHD_HEADER_KIND, join_value, search);
	if (!search->values.length)
		return NULL;
	text_char(&search->values, '\0');
	return search->values.failed ? NULL : search->values.bytes;
}

/* Names that a query asks for. */
struct wanted {
	const char *names[HTTP_CONNECTION_BYTES / sizeof("name[]")];
	struct name_filter filter;
};

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* NULL: no names are asked for, which means all. */
static const struct name_filter *find_names(const struct exchange *exchange, struct wanted *wanted)
{
	const size_t max = sizeof(wanted->names) / sizeof(*wanted->names);

	wanted->filter = (struct name_filter){.names = wanted->names};
	wanted->filter.count = http_query_values(exchange->query, "name[]", wanted->names, max);
	if (!wanted->filter.count)
		return NULL;
	qsort(wanted->names, wanted->filter.count, sizeof(*wanted->names), compare_names);
	return &wanted->filter;
}

static enum MHD_Result answer_request(struct http *http, struct MHD_Connection *connection,
				      const struct exchange *exchange, const char *path,
				      const char *method)
{
	struct search accept, accept_encoding, timeout;
	struct wanted wanted;
	const struct http_request request = {
		.path = path,
		.reads = strcmp(method, MHD_HTTP_METHOD_GET) == 0 ||
			 strcmp(method, MHD_HTTP_METHOD_HEAD) == 0,
		.accept = find_header(connection, MHD_HTTP_HEADER_ACCEPT, &accept),
		.accept_encoding =
			find_header(connection, MHD_HTTP_HEADER_ACCEPT_ENCODING, &accept_encoding),
		.scrape_timeout =
			find_header(connection, "X-Prometheus-Scrape-Timeout-Seconds", &timeout),
		.filter = find_names(exchange, &wanted),
		.reload = exchange->asks_reload ? &exchange->reload : NULL,
	};
	struct http_answer answer = {0};
	enum MHD_Result result;

	if (atomic_load_explicit(&http->unsent_bytes, memory_order_relaxed) > UNSENT_BYTES_MAX) {
		http_counters_refuse(http->config.counters, HTTP_REFUSED_UNSENT);
		http_answer_refusal(&answer, MHD_HTTP_SERVICE_UNAVAILABLE,
				    "clients are too slow in taking their pages");
	} else {
		http_answer(&http->config, &request, &answer);
	}
	result = send_answer(http, connection, exchange, &answer);
	http_answer_done(&answer);
	text_done(&accept.values);
	text_done(&accept_encoding.values);
	text_done(&timeout.values);
	return result;
}

static enum MHD_Result refuse(struct http *http, struct MHD_Connection *connection,
			      const struct exchange *exchange, unsigned int status,
			      const char *reason)
{
	struct http_answer answer = {0};
	enum MHD_Result result;

	http_answer_refusal(&answer, status, reason);
	result = send_answer(http, connection, exchange, &answer);
	http_answer_done(&answer);
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

/* Whether there may be one more scrape, which then is counted. */
static bool begin_scrape(struct http *http, struct exchange *exchange)
{
	struct http_counters *counters = http->config.counters;
	unsigned int max = http->config.limits.scrapes;

	exchange->is_scrape = atomic_fetch_add(&counters->scrapes, 1) < max || !max;
	if (exchange->is_scrape)
		return true;
	atomic_fetch_sub(&counters->scrapes, 1);
	http_counters_refuse(counters, HTTP_REFUSED_REQUESTS);
	return false;
}

static void go_on(struct reload_wait *wait)
{
	MHD_resume_connection(wait->context);
}

/*
 * Whose POST has an origin (Fetch standard, 3.1). No page here posts; one of another site may,
 * wherever its visitor gets to, and with the visitor's password.
 */
static bool is_of_a_page(struct MHD_Connection *connection)
{
	return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ORIGIN);
}

/* The connection is suspended until then, as a thread serves others, too; so nobody has a body. */
static enum MHD_Result begin_reload(struct http *http, struct MHD_Connection *connection,
				    struct exchange *exchange)
{
	if (has_body(connection))
		return refuse(http, connection, exchange, MHD_HTTP_CONTENT_TOO_LARGE,
			      "a request has no body here");
	if (is_of_a_page(connection))
		return refuse(http, connection, exchange, MHD_HTTP_FORBIDDEN,
			      "pages in browsers may not reload the configuration");
	exchange->asks_reload = true;
	exchange->reload = (struct reload_wait){.told = go_on, .context = connection};
	MHD_suspend_connection(connection);
	reload_request_ask(http->config.reload, &exchange->reload);
	return MHD_YES;
}

static enum MHD_Result answer_or_refuse(struct http *http, struct MHD_Connection *connection,
					struct exchange *exchange, const char *path,
					const char *method)
{
	struct http_gate_refusal refusal;
	enum http_gate gate = http_gate(http, connection, exchange, has_body(connection), &refusal);

	if (gate == HTTP_GATE_WAIT)
		return MHD_YES;
	if (gate == HTTP_GATE_CLOSED)
		return refuse(http, connection, exchange, refusal.status, refusal.reason);
	if (!exchange->asks_reload &&
	    http_answer_takes_reload(&http->config, path,
				     strcmp(method, MHD_HTTP_METHOD_POST) == 0))
		return begin_reload(http, connection, exchange);
	if (strcmp(path, http->config.telemetry_path) == 0 && !begin_scrape(http, exchange))
		return refuse(http, connection, exchange, MHD_HTTP_SERVICE_UNAVAILABLE,
			      "as many scrapes as --web.max-requests allows are being answered");
	return answer_request(http, connection, exchange, path, method);
}

/*
 * libmicrohttpd is left no parameters, which it keeps in the connection's memory: where they do not
 * fit, it answers nothing. The target is in its buffer, of which it makes them after this.
 */
void *http_request_begun(void *context, const char *target, struct MHD_Connection *connection)
{
	struct exchange *exchange = calloc(1, sizeof(*exchange));
	struct http_connection *known = http_connection_of(connection);
	char *mark = target ? (char *)(uintptr_t)strchr(target, '?') : NULL;

	(void)context;
	if (known)
		known->has_asked = true;
	if (exchange && mark)
		exchange->query = strdup(mark + 1);
	if (mark)
		mark[1] = '\0';
	return exchange;
}

static enum MHD_Result take_headers(struct http *http, struct MHD_Connection *connection,
				    struct exchange *exchange)
{
	struct http_connection *known = http_connection_of(connection);

	if (!exchange || !known)
		return MHD_NO;
	exchange->has_headers = true;
	if (http->config.web)
		exchange->settings = web_file_take(http->config.web);
	MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT, HTTP_IDLE_SECONDS);
	/* What is done now takes our time, not the client's. */
	http_connections_allow(http->connections, known, 0);
	return MHD_YES;
}

/* A target with a server's name is what proxies are told, and any server takes (RFC 9112, 3.2.2).
 */
static const char *path_of(const char *target)
{
	const char *name = strncmp(target, "http://", 7) == 0	 ? target + 7
			   : strncmp(target, "https://", 8) == 0 ? target + 8
								 : NULL;
	const char *path = name ? strchr(name, '/') : target;

	return path ? path : "/";
}

/*
 * Called once with the headers of a request, and again at its end. An answer to the first call
 * makes libmicrohttpd close the connection after it, so that a body is not read; without a body,
 * the answer waits for the second call and the connection is kept.
 */
enum MHD_Result http_handle(void *context, struct MHD_Connection *connection, const char *url,
			    const char *method, const char *version, const char *upload,
			    size_t *upload_size, void **exchange)
{
	struct exchange *begun = *exchange;

	(void)version;
	(void)upload;
	(void)upload_size;
	if (!begun || !begun->has_headers) {
		if (take_headers(context, connection, begun) != MHD_YES)
			return MHD_NO;
		if (!has_body(connection))
			return MHD_YES;
	}
	return answer_or_refuse(context, connection, begun, path_of(url), method);
}

void http_request_completed(void *context, struct MHD_Connection *connection, void **completed,
			    enum MHD_RequestTerminationCode code)
{
	struct http_connection *known = http_connection_of(connection);
	struct exchange *exchange = *completed;
	struct http *http = context;

	(void)code;
	if (!exchange)
		return;
	if (exchange->is_scrape)
		atomic_fetch_sub(&http->config.counters->scrapes, 1);
	password_check_done(&exchange->check);
	web_settings_drop(exchange->settings);
	free(exchange->query);
	free(exchange);
	*completed = NULL;
	if (known)
		http_connections_wait(http->connections, known,
				      HTTP_IDLE_SECONDS + http->config.limits.request_seconds);
}
