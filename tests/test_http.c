#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "exporter/http.h"
#include "exporter/sockets.h"
#include "tests/support/http_client.h"
#include "tests/support/posix.h"

#define BIG_PAGE_BYTES (16 << 20)

enum page_kind {
	PAGE_SMALL,
	PAGE_BIG,
	PAGE_FAILED,
	PAGE_WAITS,
};

struct world {
	struct registry *registry;
	struct metrics_page *page;
	const char *address; /* to listen on */
	struct http_counters counters;
	struct http_config config;
	struct http *http;
	const char *not_ready; /* NULL: ready */
	_Atomic int kind;      /* enum page_kind */
	struct http_page pages[2];
	atomic_bool waiting;
	atomic_bool may_go_on;
	atomic_bool gave_up;
};

static double now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* False: not within some seconds. */
static bool wait_for(atomic_bool *flag)
{
	double end = now_seconds() + 20;

	while (!atomic_load(flag))
		if (now_seconds() > end)
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
	struct world *world = context;
	size_t i;

	if (!exposition_family(exposition, &family))
		return;
	switch (atomic_load(&world->kind)) {
	case PAGE_BIG:
		for (i = 0; exposition->out->length < BIG_PAGE_BYTES; i++)
			exposition_rendered_u64(exposition, "n=\"12345678\"", 12, i);
		break;
	case PAGE_FAILED:
		exposition->out->failed = true;
		break;
	case PAGE_WAITS:
		atomic_store(&world->waiting, true);
		atomic_store(&world->gave_up, !wait_for(&world->may_go_on));
		break;
	default:
		break;
	}
}

static bool ready(void *context, struct text *why)
{
	const struct world *world = context;

	text_string(why, world->not_ready ? world->not_ready : "not to be seen");
	return !world->not_ready;
}

static void render_page(void *context, struct text *out)
{
	struct world *world = context;

	text_string(out, "a page\n");
	out->failed = atomic_load(&world->kind) == PAGE_FAILED;
}

static int begin(void **state)
{
	static struct world world;
	const struct registry_limits limits = {10, 100};

	world = (struct world){.registry = registry_new(&limits), .address = "127.0.0.1:0"};
	world.page = metrics_page_new(world.registry);
	world.config = (struct http_config){
		.listen_addresses = &world.address,
		.listen_count = 1,
		.limits = HTTP_LIMITS,
		.counters = &world.counters,
		.telemetry_path = "/metrics",
		.page = world.page,
		.ready = ready,
		.context = &world,
		.pages = world.pages,
		.page_count = 2,
	};
	world.pages[0] = (struct http_page){"/", "text/html; charset=utf-8", "script-src 'self'",
					    render_page, &world};
	world.pages[1] =
		(struct http_page){"/api/x", "application/json", NULL, render_page, &world};
	*state = &world;
	return metrics_page_add(world.page, (struct collector){collect, &world});
}

static int end(void **state)
{
	struct world *world = *state;

	http_close(world->http);
	metrics_page_free(world->page);
	registry_free(world->registry);
	return 0;
}

static struct world *serve(void **state)
{
	struct world *world = *state;
	struct error error;

	world->http = http_open(&world->config, &error);
	if (!world->http)
		fail_msg("%s", error.text);
	return world;
}

static void request(const struct world *world, const char *method, const char *path,
		    const char *headers, struct http_reply *reply)
{
	http_client_request(http_address(world->http, 0), method, path, headers, reply);
}

static void assert_header(const struct http_reply *reply, const char *name, const char *expected)
{
	char value[256];

	assert_string_equal(http_reply_header(reply, name, value), expected);
}

static void assert_answer(const struct world *world, const char *path, int status, const char *body)
{
	struct http_reply reply;

	request(world, "GET", path, "", &reply);
	assert_int_equal(reply.status, status);
	assert_header(&reply, "Content-Type", "text/plain; charset=utf-8");
	assert_string_equal(reply.body, body);
	http_reply_done(&reply);
}

static void metrics_are_text_unless_asked_otherwise(void **state)
{
	const struct world *world = serve(state);
	struct http_reply reply;

	request(world, "GET", "/metrics", "", &reply);
	assert_int_equal(reply.status, 200);
	assert_header(&reply, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");
	assert_header(&reply, "Vary", "Accept, Accept-Encoding");
	assert_header(&reply, "Content-Encoding", "");
	assert_header(&reply, "X-Content-Type-Options", "nosniff");
	assert_non_null(strstr(reply.body, "\netw_exporter_series 0\n"));
	http_reply_done(&reply);
}

static void openmetrics_is_sent_where_it_is_accepted(void **state)
{
	const struct world *world = serve(state);
	struct http_reply reply;

	request(world, "GET", "/metrics",
		"Accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5\r\n", &reply);
	assert_header(&reply, "Content-Type",
		      "application/openmetrics-text; version=1.0.0; charset=utf-8");
	assert_string_equal(reply.body + reply.length - 6, "# EOF\n");
	http_reply_done(&reply);
}

static void repeated_headers_are_one_list(void **state)
{
	const struct world *world = serve(state);
	struct http_reply reply;

	request(world, "GET", "/metrics",
		"Accept: text/plain;q=0.5\r\nAccept: application/openmetrics-text\r\n"
		"Accept-Encoding: br\r\naccept-encoding: gzip\r\n",
		&reply);
	assert_header(&reply, "Content-Type",
		      "application/openmetrics-text; version=1.0.0; charset=utf-8");
	assert_header(&reply, "Content-Encoding", "gzip");
	http_reply_done(&reply);
}

/* Terminated; the caller's to free. */
static char *gunzip(const struct http_reply *reply, size_t size)
{
	z_stream stream = {.next_in = (Bytef *)reply->body, .avail_in = (uInt)reply->length};
	char *text = malloc(size);

	assert_non_null(text);
	stream.next_out = (Bytef *)text;
	stream.avail_out = (uInt)size - 1;
	assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
	assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
	assert_int_equal(stream.avail_in, 0);
	text[stream.total_out] = '\0';
	inflateEnd(&stream);
	return text;
}

static void gzip_is_sent_where_it_is_accepted(void **state)
{
	struct world *world = serve(state);
	struct http_reply reply;
	char *page;

	atomic_store(&world->kind, PAGE_BIG);
	request(world, "GET", "/metrics", "Accept-Encoding: gzip\r\n", &reply);
	assert_int_equal(reply.status, 200);
	assert_header(&reply, "Content-Encoding", "gzip");
	assert_header(&reply, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");
	assert_true(reply.length < BIG_PAGE_BYTES / 2);
	page = gunzip(&reply, 2 * BIG_PAGE_BYTES);
	assert_true(strlen(page) >= BIG_PAGE_BYTES);
	assert_non_null(strstr(page, "\nbig{n=\"12345678\"} 99\n"));
	free(page);
	http_reply_done(&reply);
}

static void a_page_that_cannot_be_made_is_unavailable(void **state)
{
	struct world *world = serve(state);
	struct http_reply reply;

	atomic_store(&world->kind, PAGE_FAILED);
	request(world, "GET", "/metrics", "Accept-Encoding: gzip\r\n", &reply);
	assert_int_equal(reply.status, 503);
	assert_header(&reply, "Content-Encoding", "");
	assert_header(&reply, "Content-Type", "text/plain; charset=utf-8");
	assert_string_equal(reply.body, "the page takes more memory than there is or is allowed\n");
	http_reply_done(&reply);
}

static void assert_page(struct world *world, const char *path, const char *type, const char *policy)
{
	struct http_reply reply;

	request(world, "GET", path, "", &reply);
	assert_int_equal(reply.status, 200);
	assert_string_equal(reply.body, "a page\n");
	assert_header(&reply, "Content-Type", type);
	assert_header(&reply, "X-Content-Type-Options", "nosniff");
	assert_header(&reply, "Content-Security-Policy", policy);
	http_reply_done(&reply);
}

static void pages_have_their_type_and_policy(void **state)
{
	struct world *world = *state;

	serve(state);
	assert_page(world, "/", "text/html; charset=utf-8", "script-src 'self'");
	assert_page(world, "/api/x", "application/json",
		    "default-src 'none'; base-uri 'none'; form-action 'none'; "
		    "frame-ancestors 'none'");
	atomic_store(&world->kind, PAGE_FAILED);
	assert_answer(world, "/", 503, "the page takes more memory than there is or is allowed\n");
}

static void the_metrics_may_take_the_place_of_a_page(void **state)
{
	struct world *world = *state;
	struct http_reply reply;

	world->config.telemetry_path = "/";
	serve(state);
	request(world, "GET", "/", "", &reply);
	assert_header(&reply, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");
	http_reply_done(&reply);
	assert_answer(world, "/metrics", 404, "not found\n");
}

static void health_and_readiness_are_told_apart(void **state)
{
	struct world *world = serve(state);

	assert_answer(world, "/-/ready", 200, "ready\n");
	world->not_ready = "session a: lost\nsession b: not started";
	assert_answer(world, "/-/ready", 503, "session a: lost\nsession b: not started\n");
	assert_answer(world, "/-/healthy", 200, "healthy\n");
	world->not_ready = "line\n";
	assert_answer(world, "/-/ready", 503, "line\n");
	world->not_ready = "";
	assert_answer(world, "/-/ready", 503, "not ready\n");
}

static void unknown_paths_are_not_found(void **state)
{
	const struct world *world = serve(state);

	assert_answer(world, "/metrics/", 404, "not found\n");
	assert_answer(world, "/metric", 404, "not found\n");
	assert_answer(world, "/-/", 404, "not found\n");
	assert_answer(world, "/../etc/passwd", 404, "not found\n");
}

static void a_query_is_ignored(void **state)
{
	assert_answer(serve(state), "/-/healthy?metrics[]=a&b=%00", 200, "healthy\n");
}

static void other_methods_are_not_allowed(void **state)
{
	static const char *const methods[] = {"POST", "PUT", "DELETE", "OPTIONS", "get", "X"};
	const struct world *world = serve(state);
	struct http_reply reply;
	size_t i;

	for (i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		request(world, methods[i], "/metrics", "", &reply);
		assert_int_equal(reply.status, 405);
		assert_header(&reply, "Allow", "GET, HEAD");
		assert_string_equal(reply.body, "method not allowed\n");
		http_reply_done(&reply);
	}
}

static void a_head_is_a_get_without_its_body(void **state)
{
	static const char *const paths[] = {"/", "/-/healthy", "/nowhere"};
	const struct world *world = serve(state);
	struct http_reply get, head;
	char expected[256], value[256];
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		request(world, "GET", paths[i], "", &get);
		request(world, "HEAD", paths[i], "", &head);
		assert_int_equal(head.status, get.status);
		assert_string_equal(http_reply_header(&head, "Content-Length", value),
				    http_reply_header(&get, "Content-Length", expected));
		assert_true(strtoul(value, NULL, 10) > 0);
		http_reply_done(&get);
		http_reply_done(&head);
	}
	request(world, "HEAD", "/metrics", "Accept-Encoding: gzip\r\n", &head);
	assert_header(&head, "Content-Encoding", "gzip");
	assert_true(strtoul(http_reply_header(&head, "Content-Length", value), NULL, 10) > 100);
	http_reply_done(&head);
}

static void a_connection_serves_many_requests(void **state)
{
	static const char get[] = "GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n";
	static const char head[] = "HEAD /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n";
	const struct world *world = serve(state);
	int client = http_client_connect(http_address(world->http, 0));
	struct http_reply reply;
	int i;

	for (i = 0; i < 10; i++) {
		http_client_send(client, i & 1 ? head : get);
		http_client_read(client, &reply, i & 1);
		assert_int_equal(reply.status, 200);
		assert_string_equal(reply.body, i & 1 ? "" : "healthy\n");
		http_reply_done(&reply);
	}
	http_client_close(client);
}

/* The answer is there before the body is, and nothing waits for the rest. */
static void a_body_is_not_read(void **state)
{
	static const char *const requests[] = {
		"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\nabc",
		"POST /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
		"GET /-/healthy HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\nabc",
		"GET /-/healthy HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
	};
	const struct world *world = serve(state);
	struct http_reply reply;
	size_t i;
	int client;
	char extra;

	for (i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
		client = http_client_connect(http_address(world->http, 0));
		http_client_send(client, requests[i]);
		http_client_read(client, &reply, 0);
		assert_int_equal(reply.status, i < 2 ? 405 : 200);
		assert_true(recv(client, &extra, 1, 0) <= 0);
		assert_true(errno != EAGAIN);
		http_client_close(client);
		http_reply_done(&reply);
	}
}

static void garbage_does_no_harm(void **state)
{
	static const char *const requests[] = {
		"\r\n\r\n\r\n",
		"GET\r\n\r\n",
		"GET /metrics HTTP/9.9\r\n\r\n",
		"\x16\x03\x01\x02",
		"GET /metrics HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
		"GET %00%zz%% HTTP/1.1\r\nHost: x\r\n\r\n",
	};
	const struct world *world = serve(state);
	size_t i;
	int client;

	for (i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
		client = http_client_connect(http_address(world->http, 0));
		http_client_send(client, requests[i]);
		shutdown(client, SHUT_WR);
		assert_answer(world, "/-/healthy", 200, "healthy\n");
		http_client_close(client);
	}
}

static void headers_have_a_limit(void **state)
{
	const struct world *world = serve(state);
	int client = http_client_connect(http_address(world->http, 0));
	struct http_reply reply;
	int i;

	http_client_send(client, "GET /metrics HTTP/1.1\r\nHost: x\r\n");
	for (i = 0; i < 20000; i++)
		if (send(client, "X-Filler: 0123456789\r\n", 22, MSG_NOSIGNAL) < 0)
			break;
	http_client_read(client, &reply, 0);
	assert_true(reply.closed || (reply.status >= 400 && reply.status < 500));
	http_reply_done(&reply);
	http_client_close(client);
	assert_answer(world, "/-/healthy", 200, "healthy\n");
}

static void clients_that_do_not_read_hold_up_nobody(void **state)
{
	struct world *world = serve(state);
	struct http_reply reply;
	int clients[12];
	size_t i;

	atomic_store(&world->kind, PAGE_BIG);
	for (i = 0; i < 12; i++) {
		clients[i] = http_client_connect(http_address(world->http, 0));
		http_client_send(clients[i], "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
	}
	for (i = 0; i < 12; i++) {
		char first;

		assert_int_equal(recv(clients[i], &first, 1, MSG_PEEK), 1);
	}
	request(world, "GET", "/metrics", "", &reply);
	assert_int_equal(reply.status, 200);
	assert_true(reply.length >= BIG_PAGE_BYTES);
	http_reply_done(&reply);
	for (i = 0; i < 12; i++)
		http_client_close(clients[i]);
}

static void a_long_render_holds_up_no_other_request(void **state)
{
	struct world *world = serve(state);
	int client = http_client_connect(http_address(world->http, 0));
	struct http_reply reply;

	atomic_store(&world->kind, PAGE_WAITS);
	http_client_send(client, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_true(wait_for(&world->waiting));
	assert_answer(world, "/-/healthy", 200, "healthy\n");
	atomic_store(&world->may_go_on, true);
	http_client_read(client, &reply, 0);
	assert_int_equal(reply.status, 200);
	assert_false(atomic_load(&world->gave_up));
	http_reply_done(&reply);
	http_client_close(client);
}

static void *scrape_often(void *context)
{
	const struct world *world = context;
	struct http_reply reply;
	int i;

	for (i = 0; i < 20; i++) {
		request(world, "GET", "/metrics", i & 1 ? "Accept-Encoding: gzip\r\n" : "", &reply);
		if (reply.status != 200)
			return NULL;
		http_reply_done(&reply);
	}
	return context;
}

static void scrapes_may_be_concurrent(void **state)
{
	struct world *world = serve(state);
	pthread_t threads[4];
	void *result;
	size_t i;

	for (i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, scrape_often, world), 0);
	for (i = 0; i < 4; i++) {
		pthread_join(threads[i], &result);
		assert_ptr_equal(result, world);
	}
}

static void closing_waits_for_no_client(void **state)
{
	struct world *world = serve(state);
	int idle = http_client_connect(http_address(world->http, 0));
	int half = http_client_connect(http_address(world->http, 0));
	int kept = http_client_connect(http_address(world->http, 0));
	int unread = http_client_connect(http_address(world->http, 0));
	struct http_reply reply;
	double start;
	char first;

	atomic_store(&world->kind, PAGE_BIG);
	http_client_send(half, "GET /metrics HTTP/1.1\r\nHo");
	http_client_send(kept, "GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n");
	http_client_read(kept, &reply, 0);
	http_reply_done(&reply);
	http_client_send(unread, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_int_equal(recv(unread, &first, 1, MSG_PEEK), 1);

	start = now_seconds();
	http_close(world->http);
	world->http = NULL;
	assert_true(now_seconds() - start < 1.5);
	assert_int_equal(recv(idle, &first, 1, 0), 0);
	http_client_close(idle);
	http_client_close(half);
	http_client_close(kept);
	http_client_close(unread);
}

static void after_closing_the_port_can_be_taken_again(void **state)
{
	struct world *world = serve(state);
	char address[100];

	assert_answer(world, "/-/healthy", 200, "healthy\n");
	snprintf(address, sizeof(address), "%s", http_address(world->http, 0));
	http_close(world->http);
	world->address = address;
	serve(state);
	assert_answer(world, "/-/healthy", 200, "healthy\n");
	assert_string_equal(http_address(world->http, 0), address);
	http_close(world->http);
	world->http = NULL;
}

#define HTTP_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HTTP_TEST(metrics_are_text_unless_asked_otherwise),
		HTTP_TEST(openmetrics_is_sent_where_it_is_accepted),
		HTTP_TEST(repeated_headers_are_one_list),
		HTTP_TEST(gzip_is_sent_where_it_is_accepted),
		HTTP_TEST(a_page_that_cannot_be_made_is_unavailable),
		HTTP_TEST(pages_have_their_type_and_policy),
		HTTP_TEST(the_metrics_may_take_the_place_of_a_page),
		HTTP_TEST(health_and_readiness_are_told_apart),
		HTTP_TEST(unknown_paths_are_not_found),
		HTTP_TEST(a_query_is_ignored),
		HTTP_TEST(other_methods_are_not_allowed),
		HTTP_TEST(a_head_is_a_get_without_its_body),
		HTTP_TEST(a_connection_serves_many_requests),
		HTTP_TEST(a_body_is_not_read),
		HTTP_TEST(garbage_does_no_harm),
		HTTP_TEST(headers_have_a_limit),
		HTTP_TEST(clients_that_do_not_read_hold_up_nobody),
		HTTP_TEST(a_long_render_holds_up_no_other_request),
		HTTP_TEST(scrapes_may_be_concurrent),
		HTTP_TEST(closing_waits_for_no_client),
		HTTP_TEST(after_closing_the_port_can_be_taken_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
