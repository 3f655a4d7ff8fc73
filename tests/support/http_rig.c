#include "tests/support/http_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#define WAIT_SECONDS 20

bool http_rig_wait(atomic_bool *flag)
{
	time_t until = time(NULL) + WAIT_SECONDS;

	while (!atomic_load(flag))
		if (time(NULL) > until)
			return false;
	return true;
}

static void collect(struct exposition *exposition, void *context)
{
	static const char *const labels[] = {"n"};
	static const struct family_info family = {
		.name = "big",
		.help = "Big.",
		.type = METRIC_GAUGE,
		.labels = labels,
		.label_count = 1,
	};
	struct http_rig *rig = context;
	size_t i;

	if (!exposition_family(exposition, &family))
		return;
	switch (atomic_load(&rig->kind)) {
	case PAGE_BIG:
		for (i = 0; exposition->out->length < HTTP_RIG_BIG_BYTES; i++)
			exposition_rendered_u64(exposition, "n=\"12345678\"", 12, i);
		break;
	case PAGE_FAILED:
		exposition->out->failed = true;
		break;
	case PAGE_WAITS:
		atomic_store(&rig->waiting, true);
		atomic_store(&rig->gave_up, !http_rig_wait(&rig->may_go_on));
		break;
	default:
		break;
	}
}

void http_rig_begin(struct http_rig *rig)
{
	const struct registry_limits limits = {10, 100};

	*rig = (struct http_rig){.registry = registry_new(&limits), .address = "127.0.0.1:0"};
	assert_non_null(rig->registry);
	rig->page = metrics_page_new(rig->registry);
	assert_non_null(rig->page);
	rig->config = (struct http_config){
		.listen_addresses = &rig->address,
		.listen_count = 1,
		.telemetry_path = "/metrics",
		.limits = HTTP_LIMITS,
		.counters = &rig->counters,
		.page = rig->page,
	};
	assert_int_equal(metrics_page_add(rig->page, (struct collector){collect, rig}), 0);
}

void http_rig_end(struct http_rig *rig)
{
	http_close(rig->http);
	metrics_page_free(rig->page);
	registry_free(rig->registry);
}

struct http_rig *http_rig_serve(void **state)
{
	struct http_rig *rig = *state;
	struct error error;

	rig->http = http_open(&rig->config, &error);
	if (!rig->http)
		fail_msg("%s", error.text);
	return rig;
}

void http_rig_request(const struct http_rig *rig, const char *method, const char *path,
		      const char *headers, struct http_reply *reply)
{
	http_client_request(http_address(rig->http, 0), method, path, headers, reply);
}

void http_rig_assert_answer(const struct http_rig *rig, const char *path, int status,
			    const char *body)
{
	struct http_reply reply;

	http_rig_request(rig, "GET", path, "", &reply);
	assert_int_equal(reply.status, status);
	http_reply_assert_header(&reply, "Content-Type", "text/plain; charset=utf-8");
	assert_string_equal(reply.body, body);
	http_reply_done(&reply);
}
