#include "exporter/http/http_counters.h"

static const char *const reason_labels[] = {"reason"};

static const char *const reasons[HTTP_REFUSALS] = {
	[HTTP_REFUSED_CONNECTIONS] = "connections",
	[HTTP_REFUSED_ADDRESS] = "address_connections",
	[HTTP_REFUSED_SLOW] = "slow",
	[HTTP_REFUSED_CLIENT_CERTIFICATE] = "client_certificate",
	[HTTP_REFUSED_TLS] = "tls",
	[HTTP_REFUSED_RATE] = "rate_limit",
	[HTTP_REFUSED_REQUESTS] = "max_requests",
	[HTTP_REFUSED_PASSWORD] = "password",
	[HTTP_REFUSED_PASSWORD_QUEUE] = "password_queue",
	[HTTP_REFUSED_UNSENT] = "unsent_bytes",
};

static const struct family_info refused_info = {
	.name = "etw_exporter_http_refused_total",
	.help = "Connections and requests that were refused or cut off.",
	.type = METRIC_COUNTER,
	.labels = reason_labels,
	.label_count = 1,
};
static const struct family_info connections_info = {
	.name = "etw_exporter_http_connections",
	.help = "Connections that are open.",
	.type = METRIC_GAUGE,
};
static const struct family_info scrapes_info = {
	.name = "etw_exporter_http_scrapes",
	.help = "Scrapes that are being answered.",
	.type = METRIC_GAUGE,
};

void http_counters_refuse(struct http_counters *counters, enum http_refusal reason)
{
	atomic_fetch_add_explicit(&counters->refused[reason], 1, memory_order_relaxed);
}

static uint64_t read_counter(atomic_uint_fast64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

void http_counters_collect(struct exposition *exposition, void *context)
{
	struct http_counters *counters = context;
	size_t i;

	exposition_family(exposition, &connections_info);
	exposition_u64(exposition, NULL, read_counter(&counters->connections));
	exposition_family(exposition, &scrapes_info);
	exposition_u64(exposition, NULL, read_counter(&counters->scrapes));
	exposition_family(exposition, &refused_info);
	for (i = 0; i < HTTP_REFUSALS; i++)
		exposition_u64(exposition, (const char *[]){reasons[i]},
			       read_counter(&counters->refused[i]));
}
