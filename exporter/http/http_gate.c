/* Whether a request is to be answered, by rate limit and password. */
#include <time.h>

#include "exporter/http/http_private.h"

static enum http_gate refuse(struct http *http, enum http_refusal counted, unsigned int status,
			     const char *reason, struct http_gate_refusal *refusal)
{
	http_counters_refuse(http->config.counters, counted);
	*refusal = (struct http_gate_refusal){status, reason};
	return HTTP_GATE_CLOSED;
}

static enum http_gate refuse_password(struct http *http, struct http_gate_refusal *refusal)
{
	return refuse(http, HTTP_REFUSED_PASSWORD, MHD_HTTP_UNAUTHORIZED,
		      "a user and a password are needed", refusal);
}

static bool is_in_rate(struct http *http, const struct web_rate_limit *limit)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return rate_limit_allow(&http->rate, limit->interval_ns, limit->burst,
				(uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec);
}

static void go_on(void *connection)
{
	MHD_resume_connection(connection);
}

/* A body would have to be read before the answer, so nobody waits with one. */
static enum http_gate begin_check(struct http *http, struct MHD_Connection *connection,
				  struct exchange *exchange, bool has_body,
				  struct http_gate_refusal *refusal)
{
	struct http_connection *known = http_connection_of(connection);

	if (has_body)
		return refuse(http, HTTP_REFUSED_PASSWORD, MHD_HTTP_CONTENT_TOO_LARGE,
			      "a request has no body here", refusal);
	exchange->checks_password = true;
	exchange->check.peer = known->peer;
	exchange->check.decided = go_on;
	exchange->check.context = connection;
	MHD_suspend_connection(connection);
	password_checks_begin(http->passwords, &exchange->check);
	return HTTP_GATE_WAIT;
}

static enum http_gate look_at_verdict(struct http *http, struct exchange *exchange,
				      struct http_gate_refusal *refusal)
{
	password_check_done(&exchange->check);
	if (exchange->check.verdict == PASSWORD_BUSY)
		return refuse(http, HTTP_REFUSED_PASSWORD_QUEUE, MHD_HTTP_SERVICE_UNAVAILABLE,
			      "too many passwords wait to be checked", refusal);
	if (exchange->check.verdict != PASSWORD_RIGHT)
		return refuse_password(http, refusal);
	exchange->is_let_in = true;
	return HTTP_GATE_OPEN;
}

enum http_gate http_gate(struct http *http, struct MHD_Connection *connection,
			 struct exchange *exchange, bool has_body,
			 struct http_gate_refusal *refusal)
{
	const struct web_settings *settings = exchange->settings;
	struct credentials credentials;

	if (!settings || exchange->is_let_in)
		return HTTP_GATE_OPEN;
	if (exchange->checks_password)
		return look_at_verdict(http, exchange, refusal);
	if (!is_in_rate(http, &settings->config->rate_limit))
		return refuse(http, HTTP_REFUSED_RATE, MHD_HTTP_TOO_MANY_REQUESTS,
			      "too many requests: rate_limit", refusal);
	if (settings->users) {
		if (!credentials_read(MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
								  MHD_HTTP_HEADER_AUTHORIZATION),
				      &credentials))
			return refuse_password(http, refusal);
		if (password_check_prepare(http->passwords, settings->users, &credentials,
					   &exchange->check) != PASSWORD_RIGHT)
			return begin_check(http, connection, exchange, has_body, refusal);
	}
	exchange->is_let_in = true;
	return HTTP_GATE_OPEN;
}
