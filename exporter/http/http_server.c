/* Opens and closes: sockets, threads, connections. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/http/http_private.h"
#include "exporter/http/inherited_sockets.h"

/*
 * A few threads for each socket, that each serve many connections without blocking: a client that
 * does not read or does not finish its request costs memory, but no thread; and while one thread
 * renders a long page, the others answer. A thread for each connection would do the same with more
 * of them for no gain, as pages are rendered one at a time.
 */
#define THREADS	 4
#define WATCH_NS UINT64_C(1000000000)

static enum MHD_Result admit(void *context, const struct sockaddr *address, socklen_t length)
{
	struct http *http = context;

	(void)length;
	return http_connections_admit(http->connections, address) ? MHD_YES : MHD_NO;
}

struct http_connection *http_connection_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

/* Each connection has the TLS that is configured when it begins. */
static int begin_tls(struct http *http, struct MHD_Connection *connection,
		     struct http_connection *known)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);

	if (!info)
		return -1;
	known->settings = web_file_take(http->config.web);
	known->tls = (struct tls_connection){
		.settings = known->settings->tls,
		.refused = &http->config.counters->refused[HTTP_REFUSED_CLIENT_CERTIFICATE],
	};
	return tls_connection_begin(&known->tls, info->tls_session);
}

/* What is returned for one kind of information may be overwritten by the next. */
static int socket_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	return info ? (int)info->connect_fd : -1;
}

static const struct sockaddr *address_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

	return info ? info->client_addr : NULL;
}

/* None is served that is not known: there is no memory for it, or there are too many. */
static void begin_connection(struct http *http, struct MHD_Connection *connection, void **context)
{
	int fd = socket_of(connection);
	struct http_connection *known =
		http_connections_add(http->connections, fd, address_of(connection));

	*context = known;
	if (!known || (http->has_tls && begin_tls(http, connection, known)))
		socket_end(fd);
	if (known)
		http_connections_wait(http->connections, known,
				      http->config.limits.request_seconds);
}

/* Who was shut down is counted already. */
static void end_connection(struct http *http, struct http_connection *known)
{
	struct web_settings *settings = known->settings;
	bool has_asked = known->has_asked;
	bool was_ended = http_connections_remove(http->connections, known);

	if (settings && !has_asked && !was_ended)
		http_counters_refuse(http->config.counters, HTTP_REFUSED_TLS);
	web_settings_drop(settings);
}

static void notify_connection(void *context, struct MHD_Connection *connection,
			      void **socket_context, enum MHD_ConnectionNotificationCode code)
{
	struct http *http = context;

	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		begin_connection(http, connection, socket_context);
	else if (*socket_context)
		end_connection(http, *socket_context);
}

/* A zero byte would end the path before its end; so it stays as it was written. */
static size_t unescape(void *context, struct MHD_Connection *connection, char *text)
{
	(void)context;
	(void)connection;
	return strstr(text, "%00") ? strlen(text) : MHD_http_unescape(text);
}

/* The limit is ours, over all sockets and threads: one thread may have all of them. */
static struct MHD_Daemon *start(struct http *http, int listener)
{
	const struct http_limits *limits = &http->config.limits;
	/* Of those that can be quiesced: with epoll, libmicrohttpd's threads may each take a socket
	 * out of their set that it takes out, too, which it then aborts for. */
	unsigned int loop = http->config.inherited ? MHD_USE_POLL_INTERNAL_THREAD
						   : MHD_USE_AUTO_INTERNAL_THREAD;
	unsigned int flags = loop | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME;
	/* The first ends the list, unless there is TLS. */
	struct MHD_OptionItem tls[] = {
		{http->has_tls ? MHD_OPTION_HTTPS_CERT_CALLBACK : MHD_OPTION_END, 0,
		 (void *)(intptr_t)tls_no_certificate},
		{MHD_OPTION_END, 0, NULL},
	};

	return MHD_start_daemon(http->has_tls ? flags | MHD_USE_TLS : flags, 0, admit, http,
				http_handle, http, MHD_OPTION_LISTEN_SOCKET, (MHD_socket)listener,
				MHD_OPTION_THREAD_POOL_SIZE, THREADS, MHD_OPTION_CONNECTION_LIMIT,
				THREADS * (limits->connections + SOCKETS_ENDED_MAX),
				MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_CONNECTION_BYTES,
				MHD_OPTION_CONNECTION_TIMEOUT, limits->request_seconds,
				MHD_OPTION_NOTIFY_CONNECTION, notify_connection, http,
				MHD_OPTION_URI_LOG_CALLBACK, http_request_begun, http,
				MHD_OPTION_NOTIFY_COMPLETED, http_request_completed, http,
				MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL, MHD_OPTION_ARRAY, tls,
				MHD_OPTION_END);
}

static int listen_at_addresses(struct http *http, struct error *error)
{
	size_t i;

	for (i = 0; i < http->config.listen_count; i++) {
		if (http_listen(http->config.listen_addresses[i], &http->listeners[i].socket,
				error))
			return -1;
		http->listener_count++;
	}
	return 0;
}

static int take_inherited(struct http *http, struct error *error)
{
	int fds[HTTP_LISTENERS_MAX];
	int i, count = inherited_sockets(fds, HTTP_LISTENERS_MAX, error);

	for (i = 0; i < count; i++) {
		http->listeners[i].socket.fd = fds[i];
		http_listen_address(fds[i], http->listeners[i].socket.address);
	}
	http->listener_count = count > 0 ? (size_t)count : 0;
	return count > 0 ? 0 : -1;
}

static int start_all(struct http *http, struct error *error)
{
	size_t i;

	for (i = 0; i < http->listener_count; i++) {
		struct http_listener *listener = &http->listeners[i];

		errno = 0;
		listener->daemon = start(http, listener->socket.fd);
		/* Where threads fail to start, libmicrohttpd has closed the socket. */
		if (!listener->daemon) {
			listener->socket.fd = -1;
			return error_set(error,
					 "cannot serve on %s: starting its threads failed: %s",
					 listener->socket.address,
					 errno ? strerror(errno) : "reason unknown");
		}
	}
	return 0;
}

static void look_around(void *context)
{
	struct http *http = context;

	while (!stop_wait(http->stop, WATCH_NS)) {
		http_connections_close_late(http->connections);
		if (http->config.web)
			web_file_look(http->config.web);
	}
}

static int start_watch(struct http *http, struct error *error)
{
	int reason = worker_start(&http->watch, look_around, http);

	return reason ? error_set(error, "cannot serve: starting a thread failed: %s",
				  strerror(reason))
		      : 0;
}

static int prepare(struct http *http, struct error *error)
{
	const struct http_limits *limits = &http->config.limits;

	http->stop = stop_new();
	http->connections = http_connections_new(limits->connections, limits->address_connections,
						 http->config.counters);
	http->passwords = password_checks_new();
	if (!http->stop || !http->connections || !http->passwords)
		return error_set(error, "cannot listen: out of memory");
	return http->config.inherited ? take_inherited(http, error)
				      : listen_at_addresses(http, error);
}

/* Decided now: a listening socket speaks it or not. */
static bool has_tls(struct web_file *web)
{
	struct web_settings *settings = web ? web_file_take(web) : NULL;
	bool tls = settings && settings->tls;

	web_settings_drop(settings);
	return tls;
}

struct http *http_open(const struct http_config *config, struct error *error)
{
	struct http *http = calloc(1, sizeof(*http));

	if (!http) {
		error_set(error, "cannot listen: out of memory");
		return NULL;
	}
	http->config = *config;
	http->has_tls = has_tls(config->web);
	rate_limit_init(&http->rate);
	if (prepare(http, error) || start_all(http, error) || start_watch(http, error)) {
		http_close(http);
		return NULL;
	}
	return http;
}

const char *http_address(const struct http *http, size_t index)
{
	return index < http->listener_count ? http->listeners[index].socket.address : NULL;
}

static void close_listener(const struct http *http, struct http_listener *listener)
{
	/* At its end a daemon shuts its socket down, which systemd goes on listening on. */
	bool is_kept = listener->daemon && http->config.inherited &&
		       MHD_quiesce_daemon(listener->daemon) != MHD_INVALID_SOCKET;

	if (listener->daemon)
		MHD_stop_daemon(listener->daemon);
	if ((!listener->daemon || is_kept) && listener->socket.fd >= 0)
		socket_close(listener->socket.fd);
	unix_socket_remove(&listener->socket.file);
}

void http_close(struct http *http)
{
	size_t i;

	if (!http)
		return;
	if (http->stop)
		stop_set(http->stop);
	worker_join(&http->watch, NULL);
	/* Requests that wait for it go on. */
	password_checks_stop(http->passwords);
	reload_request_close(http->config.reload);
	for (i = 0; i < http->listener_count; i++)
		close_listener(http, &http->listeners[i]);
	password_checks_free(http->passwords);
	http_connections_free(http->connections);
	rate_limit_done(&http->rate);
	stop_free(http->stop);
	free(http);
}
