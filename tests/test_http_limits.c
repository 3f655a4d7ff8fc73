#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "exporter/http/sockets.h"
#include "tests/support/http_rig.h"
#include "tests/support/posix.h"

#define CLIENTS 8

struct world {
	struct http_rig rig;
	int clients[CLIENTS];
	size_t client_count;
};

static int begin(void **state)
{
	static struct world world;

	world = (struct world){0};
	http_rig_begin(&world.rig);
	*state = &world;
	return metrics_page_add(world.rig.page,
				(struct collector){http_counters_collect, &world.rig.counters});
}

static int end(void **state)
{
	struct world *world = *state;
	size_t i;

	for (i = 0; i < world->client_count; i++)
		http_client_close(world->clients[i]);
	http_rig_end(&world->rig);
	return 0;
}

/* One that is closed in the end. */
static int begin_client(struct world *world)
{
	assert_true(world->client_count < CLIENTS);
	return world->clients[world->client_count++] =
		       http_client_connect(http_address(world->rig.http, 0));
}

static uint64_t refused(struct world *world, enum http_refusal reason)
{
	return atomic_load(&world->rig.counters.refused[reason]);
}

static void wait_for(atomic_uint_fast64_t *number, uint64_t wanted)
{
	time_t until = time(NULL) + 20;

	while (atomic_load(number) != wanted)
		assert_true(time(NULL) < until);
}

static int status_of(struct world *world, const char *path)
{
	struct http_reply reply;
	int status;

	http_rig_request(&world->rig, "GET", path, "", &reply);
	status = reply.status;
	http_reply_done(&reply);
	return status;
}

/* What the server does with a connection that it does not want: it is over without a reply. */
static void assert_cut_off(int client)
{
	char byte;

	while (recv(client, &byte, 1, 0) > 0)
		;
	assert_true(errno != EAGAIN && errno != EWOULDBLOCK);
}

/* Whether the server does something about it within these milliseconds: there is no answer yet. */
static bool has_ended(int client, int ms)
{
	struct timeval wait = {.tv_usec = 1000 * ms};
	fd_set readable;

	FD_ZERO(&readable);
	FD_SET(client, &readable);
	return select(client + 1, &readable, NULL, NULL, &wait) > 0;
}

/* Its first byte has come; the rest is not read. */
static void begin_big_page(struct world *world)
{
	int client = begin_client(world);
	char first;

	http_client_send(client, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_int_equal(recv(client, &first, 1, MSG_PEEK), 1);
}

static void connections_have_a_limit(void **state)
{
	struct world *world = *state;

	world->rig.kind = PAGE_BIG;
	world->rig.config.limits.connections = 2;
	http_rig_serve(state);
	begin_big_page(world);
	begin_big_page(world);
	assert_cut_off(begin_client(world));
	assert_int_equal(refused(world, HTTP_REFUSED_CONNECTIONS), 1);
	http_client_close(world->clients[--world->client_count]);
	http_client_close(world->clients[--world->client_count]);
	wait_for(&world->rig.counters.connections, 1);
	assert_int_equal(status_of(world, "/-/healthy"), 200);
}

static void ask(int client)
{
	struct http_reply reply;

	http_client_send(client, "GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n");
	http_client_read(client, &reply, 0);
	assert_int_equal(reply.status, 200);
	http_reply_done(&reply);
}

/* Who holds many connections and asks for nothing keeps nobody out, nor who has just come. */
static void the_one_that_waits_longest_gives_its_place_to_one_that_asks(void **state)
{
	struct world *world = *state;
	int kept, fresh;

	world->rig.config.limits.connections = 2;
	http_rig_serve(state);
	kept = begin_client(world);
	ask(kept);
	fresh = begin_client(world);
	wait_for(&world->rig.counters.connections, 2);
	assert_int_equal(status_of(world, "/-/healthy"), 200);
	assert_cut_off(kept);
	assert_int_equal(refused(world, HTTP_REFUSED_CONNECTIONS), 1);
	ask(fresh);
}

static void one_address_does_not_take_all_connections(void **state)
{
	struct world *world = *state;

	world->rig.config.limits.address_connections = 2;
	http_rig_serve(state);
	begin_client(world);
	begin_client(world);
	wait_for(&world->rig.counters.connections, 2);
	assert_cut_off(begin_client(world));
	assert_int_equal(refused(world, HTTP_REFUSED_ADDRESS), 1);
	assert_int_equal(refused(world, HTTP_REFUSED_CONNECTIONS), 0);
}

/* A byte now and then keeps no connection, though it never is idle. */
static void a_request_has_a_deadline(void **state)
{
	struct world *world = *state;
	time_t until = time(NULL) + 20;
	int client;

	world->rig.config.limits.request_seconds = 2;
	http_rig_serve(state);
	client = begin_client(world);
	http_client_send(client, "GET /metrics HTTP/1.1\r\nX-Slow: ");
	do {
		assert_true(time(NULL) < until);
		send(client, "x", 1, MSG_NOSIGNAL);
	} while (!has_ended(client, 50));
	wait_for(&world->rig.counters.refused[HTTP_REFUSED_SLOW], 1);
	assert_cut_off(client);
	wait_for(&world->rig.counters.connections, 0);
}

static void an_answer_has_a_deadline(void **state)
{
	struct world *world = *state;
	char first;
	int client;

	world->rig.kind = PAGE_BIG;
	world->rig.config.limits.answer_seconds = 1;
	http_rig_serve(state);
	client = begin_client(world);
	http_client_send(client, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_int_equal(recv(client, &first, 1, MSG_PEEK), 1);
	assert_int_equal(atomic_load(&world->rig.counters.scrapes), 1);
	wait_for(&world->rig.counters.refused[HTTP_REFUSED_SLOW], 1);
	wait_for(&world->rig.counters.connections, 0);
	assert_int_equal(atomic_load(&world->rig.counters.scrapes), 0);
}

static void scrapes_have_a_limit(void **state)
{
	struct world *world = *state;
	struct http_reply reply;

	world->rig.kind = PAGE_BIG;
	world->rig.config.limits.scrapes = 2;
	http_rig_serve(state);
	begin_big_page(world);
	begin_big_page(world);
	http_rig_request(&world->rig, "GET", "/metrics", "", &reply);
	assert_int_equal(reply.status, 503);
	assert_string_equal(reply.body,
			    "as many scrapes as --web.max-requests allows are being answered\n");
	http_reply_done(&reply);
	assert_int_equal(refused(world, HTTP_REFUSED_REQUESTS), 1);
	/* Other pages are no scrapes; and whoever has its page makes room. */
	assert_int_equal(status_of(world, "/-/healthy"), 200);
	http_client_read(world->clients[0], &reply, 0);
	assert_int_equal(reply.status, 200);
	http_reply_done(&reply);
	wait_for(&world->rig.counters.scrapes, 1);
	assert_int_equal(status_of(world, "/metrics"), 200);
}

static void without_a_limit_any_number_of_scrapes_is_answered(void **state)
{
	struct world *world = *state;

	world->rig.config.limits.scrapes = 0;
	http_rig_serve(state);
	assert_int_equal(status_of(world, "/metrics"), 200);
}

static void what_was_refused_is_on_the_page(void **state)
{
	struct world *world = *state;
	struct http_reply reply;

	http_rig_serve(state);
	http_counters_refuse(&world->rig.counters, HTTP_REFUSED_RATE);
	http_rig_request(&world->rig, "GET", "/metrics", "", &reply);
	assert_non_null(
		strstr(reply.body, "\netw_exporter_http_refused_total{reason=\"rate_limit\"} 1\n"));
	assert_non_null(
		strstr(reply.body, "\netw_exporter_http_refused_total{reason=\"slow\"} 0\n"));
	assert_non_null(strstr(reply.body, "\netw_exporter_http_connections 1\n"));
	assert_non_null(strstr(reply.body, "\netw_exporter_http_scrapes 1\n"));
	http_reply_done(&reply);
}

static void a_request_line_has_a_limit(void **state)
{
	struct world *world = *state;
	char *request = malloc(40000);
	struct http_reply reply;
	int client;

	http_rig_serve(state);
	assert_non_null(request);
	memset(request, 'a', 39999);
	memcpy(request, "GET /", 5);
	request[39999] = '\0';
	client = begin_client(world);
	send(client, request, 39999, MSG_NOSIGNAL);
	http_client_read(client, &reply, 0);
	assert_true(reply.closed || (reply.status >= 400 && reply.status < 500));
	http_reply_done(&reply);
	free(request);
	assert_int_equal(status_of(world, "/-/healthy"), 200);
}

#define LIMIT_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIMIT_TEST(connections_have_a_limit),
		LIMIT_TEST(the_one_that_waits_longest_gives_its_place_to_one_that_asks),
		LIMIT_TEST(one_address_does_not_take_all_connections),
		LIMIT_TEST(a_request_has_a_deadline),
		LIMIT_TEST(an_answer_has_a_deadline),
		LIMIT_TEST(scrapes_have_a_limit),
		LIMIT_TEST(without_a_limit_any_number_of_scrapes_is_answered),
		LIMIT_TEST(what_was_refused_is_on_the_page),
		LIMIT_TEST(a_request_line_has_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
