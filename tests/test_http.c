#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <libdeflate.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "exporter/http/sockets.h"
#include "tests/support/http_rig.h"
#include "tests/support/posix.h"

struct world {
	struct http_rig rig;
	const char *not_ready; /* NULL: ready */
	struct http_page pages[2];
};

static double now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool ready(void *context, struct text *why)
{
	const struct world *world = context;

	text_string(why, world->not_ready ? world->not_ready : "not to be seen");
	return !world->not_ready;
}

static void render_page(void *context, struct text *out)
{
	const struct world *world = context;

	text_string(out, "a page\n");
	out->failed = atomic_load(&world->rig.kind) == PAGE_FAILED;
}

static int begin(void **state)
{
	static struct world world;

	world = (struct world){
		.pages = {{"/", "text/html; charset=utf-8", "script-src 'self'", render_page,
			   &world},
			  {"/api/x", "application/json", NULL, render_page, &world}},
	};
	http_rig_begin(&world.rig);
	world.rig.config.ready = ready;
	world.rig.config.context = &world;
	world.rig.config.pages = world.pages;
	world.rig.config.page_count = 2;
	*state = &world;
	return 0;
}

static int end(void **state)
{
	http_rig_end(*state);
	return 0;
}

static void metrics_are_text_unless_asked_otherwise(void **state)
{
	const struct http_rig *rig = http_rig_serve(state);
	struct http_reply reply;

	http_rig_request(rig, "GET", "/metrics", "", &reply);
	assert_int_equal(reply.status, 200);
	http_reply_assert_header(&reply, "Content-Type",
				 "text/plain; version=0.0.4; charset=utf-8");
	http_reply_assert_header(&reply, "Vary", "Accept, Accept-Encoding");
	http_reply_assert_header(&reply, "Content-Encoding", "");
	http_reply_assert_header(&reply, "X-Content-Type-Options", "nosniff");
	assert_non_null(strstr(reply.body, "\netw_exporter_series 0\n"));
	http_reply_done(&reply);
}

static void openmetrics_is_sent_where_it_is_accepted(void **state)
{
	const struct http_rig *rig = http_rig_serve(state);
	struct http_reply reply;

	http_rig_request(rig, "GET", "/metrics",
			 "Accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5\r\n",
			 &reply);
	http_reply_assert_header(&reply, "Content-Type",
				 "application/openmetrics-text; version=1.0.0; charset=utf-8");
	assert_string_equal(reply.body + reply.length - 6, "# EOF\n");
	http_reply_done(&reply);
}

static void repeated_headers_are_one_list(void **state)
{
	const struct http_rig *rig = http_rig_serve(state);
	struct http_reply reply;

	http_rig_request(rig, "GET", "/metrics",
			 "Accept: text/plain;q=0.5\r\nAccept: application/openmetrics-text\r\n"
			 "Accept-Encoding: br\r\naccept-encoding: gzip\r\n",
			 &reply);
	http_reply_assert_header(&reply, "Content-Type",
				 "application/openmetrics-text; version=1.0.0; charset=utf-8");
	http_reply_assert_header(&reply, "Content-Encoding", "gzip");
	http_reply_done(&reply);
}

/* Terminated; the caller's to free. */
static char *gunzip(const struct http_reply *reply, size_t size)
{
	struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
	size_t taken, length;
	char *text = malloc(size);

	assert_non_null(text);
	assert_non_null(decompressor);
	assert_int_equal(libdeflate_gzip_decompress_ex(decompressor, reply->body, reply->length,
						       text, size - 1, &taken, &length),
			 LIBDEFLATE_SUCCESS);
	assert_int_equal(taken, reply->length);
	text[length] = '\0';
	libdeflate_free_decompressor(decompressor);
	return text;
}

static void gzip_is_sent_where_it_is_accepted(void **state)
{
	struct http_rig *rig = http_rig_serve(state);
	struct http_reply reply;
	char *page;

	atomic_store(&rig->kind, PAGE_BIG);
	http_rig_request(rig, "GET", "/metrics", "Accept-Encoding: gzip\r\n", &reply);
	assert_int_equal(reply.status, 200);
	http_reply_assert_header(&reply, "Content-Encoding", "gzip");
	http_reply_assert_header(&reply, "Content-Type",
				 "text/plain; version=0.0.4; charset=utf-8");
	assert_true(reply.length < HTTP_RIG_BIG_BYTES / 2);
	page = gunzip(&reply, 2 * HTTP_RIG_BIG_BYTES);
	assert_true(strlen(page) >= HTTP_RIG_BIG_BYTES);
	assert_non_null(strstr(page, "\nbig{n=\"12345678\"} 99\n"));
	free(page);
	http_reply_done(&reply);
}

static void a_page_that_cannot_be_made_is_unavailable(void **state)
{
	struct http_rig *rig = http_rig_serve(state);
	struct http_reply reply;

	atomic_store(&rig->kind, PAGE_FAILED);
	http_rig_request(rig, "GET", "/metrics", "Accept-Encoding: gzip\r\n", &reply);
	assert_int_equal(reply.status, 503);
	http_reply_assert_header(&reply, "Content-Encoding", "");
	http_reply_assert_header(&reply, "Content-Type", "text/plain; charset=utf-8");
	assert_string_equal(reply.body, "the page takes more memory than there is or is allowed\n");
	http_reply_done(&reply);
}

static void assert_page(struct http_rig *rig, const char *path, const char *type,
			const char *policy)
{
	struct http_reply reply;

	http_rig_request(rig, "GET", path, "", &reply);
	assert_int_equal(reply.status, 200);
	assert_string_equal(reply.body, "a page\n");
	http_reply_assert_header(&reply, "Content-Type", type);
	http_reply_assert_header(&reply, "X-Content-Type-Options", "nosniff");
	http_reply_assert_header(&reply, "Content-Security-Policy", policy);
	http_reply_done(&reply);
}

static void pages_have_their_type_and_policy(void **state)
{
	struct http_rig *rig = *state;

	http_rig_serve(state);
	assert_page(rig, "/", "text/html; charset=utf-8", "script-src 'self'");
	assert_page(rig, "/api/x", "application/json",
		    "default-src 'none'; base-uri 'none'; form-action 'none'; "
		    "frame-ancestors 'none'");
	atomic_store(&rig->kind, PAGE_FAILED);
	http_rig_assert_answer(rig, "/", 503,
			       "the page takes more memory than there is or is allowed\n");
}

static void the_metrics_may_take_the_place_of_a_page(void **state)
{
	struct http_rig *rig = *state;
	struct http_reply reply;

	rig->config.telemetry_path = "/";
	http_rig_serve(state);
	http_rig_request(rig, "GET", "/", "", &reply);
	http_reply_assert_header(&reply, "Content-Type",
				 "text/plain; version=0.0.4; charset=utf-8");
	http_reply_done(&reply);
	http_rig_assert_answer(rig, "/metrics", 404, "not found\n");
}

static void health_and_readiness_are_told_apart(void **state)
{
	struct world *world = *state;
	const struct http_rig *rig = http_rig_serve(state);

	http_rig_assert_answer(rig, "/-/ready", 200, "ready\n");
	world->not_ready = "session a: lost\nsession b: not started";
	http_rig_assert_answer(rig, "/-/ready", 503, "session a: lost\nsession b: not started\n");
	http_rig_assert_answer(rig, "/-/healthy", 200, "healthy\n");
	world->not_ready = "line\n";
	http_rig_assert_answer(rig, "/-/ready", 503, "line\n");
	world->not_ready = "";
	http_rig_assert_answer(rig, "/-/ready", 503, "not ready\n");
}

static void unknown_paths_are_not_found(void **state)
{
	const struct http_rig *rig = http_rig_serve(state);

	http_rig_assert_answer(rig, "/metrics/", 404, "not found\n");
	http_rig_assert_answer(rig, "/metric", 404, "not found\n");
	http_rig_assert_answer(rig, "/-/", 404, "not found\n");
	http_rig_assert_answer(rig, "/../etc/passwd", 404, "not found\n");
}

static void a_query_is_ignored(void **state)
{
	http_rig_assert_answer(http_rig_serve(state), "/-/healthy?metrics[]=a&b=%00", 200,
			       "healthy\n");
}

static void other_methods_are_not_allowed(void **state)
{
	static const char *const methods[] = {"POST", "PUT", "DELETE", "OPTIONS", "get", "X"};
	const struct http_rig *rig = http_rig_serve(state);
	struct http_reply reply;
	size_t i;

	for (i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		http_rig_request(rig, methods[i], "/metrics", "", &reply);
		assert_int_equal(reply.status, 405);
		http_reply_assert_header(&reply, "Allow", "GET, HEAD");
		assert_string_equal(reply.body, "method not allowed\n");
		http_reply_done(&reply);
	}
}

static void a_head_is_a_get_without_its_body(void **state)
{
	static const char *const paths[] = {"/", "/-/healthy", "/nowhere"};
	const struct http_rig *rig = http_rig_serve(state);
	struct http_reply get, head;
	char expected[256], value[256];
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		http_rig_request(rig, "GET", paths[i], "", &get);
		http_rig_request(rig, "HEAD", paths[i], "", &head);
		assert_int_equal(head.status, get.status);
		assert_string_equal(http_reply_header(&head, "Content-Length", value),
				    http_reply_header(&get, "Content-Length", expected));
		assert_true(strtoul(value, NULL, 10) > 0);
		http_reply_done(&get);
		http_reply_done(&head);
	}
	http_rig_request(rig, "HEAD", "/metrics", "Accept-Encoding: gzip\r\n", &head);
	http_reply_assert_header(&head, "Content-Encoding", "gzip");
	assert_true(strtoul(http_reply_header(&head, "Content-Length", value), NULL, 10) > 100);
	http_reply_done(&head);
}

static void a_connection_serves_many_requests(void **state)
{
	static const char get[] = "GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n";
	static const char head[] = "HEAD /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n";
	const struct http_rig *rig = http_rig_serve(state);
	int client = http_client_connect(http_address(rig->http, 0));
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
	const struct http_rig *rig = http_rig_serve(state);
	struct http_reply reply;
	size_t i;
	int client;
	char extra;

	for (i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
		client = http_client_connect(http_address(rig->http, 0));
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
	const struct http_rig *rig = http_rig_serve(state);
	size_t i;
	int client;

	for (i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
		client = http_client_connect(http_address(rig->http, 0));
		http_client_send(client, requests[i]);
		shutdown(client, SHUT_WR);
		http_rig_assert_answer(rig, "/-/healthy", 200, "healthy\n");
		http_client_close(client);
	}
}

static void headers_have_a_limit(void **state)
{
	const struct http_rig *rig = http_rig_serve(state);
	int client = http_client_connect(http_address(rig->http, 0));
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
	http_rig_assert_answer(rig, "/-/healthy", 200, "healthy\n");
}

static void clients_that_do_not_read_hold_up_nobody(void **state)
{
	struct http_rig *rig = http_rig_serve(state);
	struct http_reply reply;
	int clients[12];
	size_t i;

	atomic_store(&rig->kind, PAGE_BIG);
	for (i = 0; i < 12; i++) {
		clients[i] = http_client_connect(http_address(rig->http, 0));
		http_client_send(clients[i], "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
	}
	for (i = 0; i < 12; i++) {
		char first;

		assert_int_equal(recv(clients[i], &first, 1, MSG_PEEK), 1);
	}
	http_rig_request(rig, "GET", "/metrics", "", &reply);
	assert_int_equal(reply.status, 200);
	assert_true(reply.length >= HTTP_RIG_BIG_BYTES);
	http_reply_done(&reply);
	for (i = 0; i < 12; i++)
		http_client_close(clients[i]);
}

static void a_long_render_holds_up_no_other_request(void **state)
{
	struct http_rig *rig = http_rig_serve(state);
	int client = http_client_connect(http_address(rig->http, 0));
	struct http_reply reply;

	atomic_store(&rig->kind, PAGE_WAITS);
	http_client_send(client, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_true(http_rig_wait(&rig->waiting));
	http_rig_assert_answer(rig, "/-/healthy", 200, "healthy\n");
	atomic_store(&rig->may_go_on, true);
	http_client_read(client, &reply, 0);
	assert_int_equal(reply.status, 200);
	assert_false(atomic_load(&rig->gave_up));
	http_reply_done(&reply);
	http_client_close(client);
}

static void *scrape_often(void *context)
{
	const struct http_rig *rig = context;
	struct http_reply reply;
	int i;

	for (i = 0; i < 20; i++) {
		http_rig_request(rig, "GET", "/metrics", i & 1 ? "Accept-Encoding: gzip\r\n" : "",
				 &reply);
		if (reply.status != 200)
			return NULL;
		http_reply_done(&reply);
	}
	return context;
}

static void scrapes_may_be_concurrent(void **state)
{
	struct http_rig *rig = http_rig_serve(state);
	pthread_t threads[4];
	void *result;
	size_t i;

	for (i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, scrape_often, rig), 0);
	for (i = 0; i < 4; i++) {
		pthread_join(threads[i], &result);
		assert_ptr_equal(result, rig);
	}
}

static void closing_waits_for_no_client(void **state)
{
	struct http_rig *rig = http_rig_serve(state);
	int idle = http_client_connect(http_address(rig->http, 0));
	int half = http_client_connect(http_address(rig->http, 0));
	int kept = http_client_connect(http_address(rig->http, 0));
	int unread = http_client_connect(http_address(rig->http, 0));
	struct http_reply reply;
	double start;
	char first;

	atomic_store(&rig->kind, PAGE_BIG);
	http_client_send(half, "GET /metrics HTTP/1.1\r\nHo");
	http_client_send(kept, "GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n");
	http_client_read(kept, &reply, 0);
	http_reply_done(&reply);
	http_client_send(unread, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_int_equal(recv(unread, &first, 1, MSG_PEEK), 1);

	start = now_seconds();
	http_close(rig->http);
	rig->http = NULL;
	assert_true(now_seconds() - start < 1.5);
	assert_int_equal(recv(idle, &first, 1, 0), 0);
	http_client_close(idle);
	http_client_close(half);
	http_client_close(kept);
	http_client_close(unread);
}

static void after_closing_the_port_can_be_taken_again(void **state)
{
	struct http_rig *rig = http_rig_serve(state);
	char address[100];

	http_rig_assert_answer(rig, "/-/healthy", 200, "healthy\n");
	snprintf(address, sizeof(address), "%s", http_address(rig->http, 0));
	http_close(rig->http);
	rig->address = address;
	http_rig_serve(state);
	http_rig_assert_answer(rig, "/-/healthy", 200, "healthy\n");
	assert_string_equal(http_address(rig->http, 0), address);
	http_close(rig->http);
	rig->http = NULL;
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
