/* POST /-/reload: who waits for it keeps nobody else waiting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/service/ending.h"
#include "exporter/service/reload_request.h"
#include "tests/support/http_rig.h"

#define CLIENTS	     31
#define WAIT_SECONDS 20

static const char post[] = "POST /-/reload HTTP/1.1\r\nHost: x\r\n\r\n";
static const char get[] = "GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n";

struct world {
	struct http_rig rig;
	struct reload_request *reload;
	int asking;
	int clients[CLIENTS];
};

static void assert_reply(int client, int status, const char *body)
{
	struct http_reply reply;

	http_client_read(client, &reply, 0);
	assert_int_equal(reply.status, status);
	assert_string_equal(reply.body, body);
	http_reply_done(&reply);
}

static void assert_healthy(int client)
{
	http_client_send(client, get);
	assert_reply(client, 200, "healthy\n");
}

static int begin(void **state)
{
	static struct world world;
	size_t i;

	world = (struct world){.reload = reload_request_new()};
	http_rig_begin(&world.rig);
	world.rig.config.reload = world.reload;
	*state = &world;
	http_rig_serve(state);
	world.asking = http_client_connect(http_address(world.rig.http, 0));
	/* So many that each thread of the server has some of them. */
	for (i = 0; i < CLIENTS; i++) {
		world.clients[i] = http_client_connect(http_address(world.rig.http, 0));
		assert_healthy(world.clients[i]);
	}
	return 0;
}

static int end(void **state)
{
	struct world *world = *state;
	size_t i;

	http_client_close(world->asking);
	for (i = 0; i < CLIENTS; i++)
		http_client_close(world->clients[i]);
	reload_request_close(world->reload);
	http_rig_end(&world->rig);
	reload_request_free(world->reload);
	return 0;
}

/* What the main thread does, until it reloads. */
static void wait_until_asked(void)
{
	bool asked;

	assert_null(ending_wait(WAIT_SECONDS, &asked));
	assert_true(asked);
}

static void others_are_answered_while_one_waits(void **state)
{
	struct world *world = *state;
	size_t i;

	http_client_send(world->asking, post);
	wait_until_asked();
	reload_request_begin(world->reload);
	for (i = 0; i < CLIENTS; i++)
		assert_healthy(world->clients[i]);
	http_client_send(world->clients[0], post);
	assert_reply(world->clients[0], 503, "the configuration is being reloaded already\n");
	reload_request_end(world->reload, NULL);
	assert_reply(world->asking, 200, "reloaded\n");
	/* And again, on the same connection. */
	http_client_send(world->asking, post);
	wait_until_asked();
	reload_request_begin(world->reload);
	reload_request_end(world->reload, &(struct error){"line 1 is wrong"});
	assert_reply(world->asking, 500, "line 1 is wrong\n");
	assert_healthy(world->asking);
}

/* Which begins before it is asked for; who asks then wants another one. */
static void a_reload_that_had_begun_is_not_the_one(void **state)
{
	struct world *world = *state;

	reload_request_begin(world->reload);
	http_client_send(world->asking, post);
	wait_until_asked();
	reload_request_end(world->reload, &(struct error){"another's"});
	reload_request_begin(world->reload);
	reload_request_end(world->reload, NULL);
	assert_reply(world->asking, 200, "reloaded\n");
}

static void a_client_that_has_gone_is_forgotten(void **state)
{
	struct world *world = *state;

	http_client_send(world->asking, post);
	wait_until_asked();
	http_client_close(world->asking);
	reload_request_begin(world->reload);
	reload_request_end(world->reload, NULL);
	assert_healthy(world->clients[0]);
	world->asking = http_client_connect(http_address(world->rig.http, 0));
	assert_healthy(world->asking);
}

static void an_end_is_told_to_who_waits(void **state)
{
	struct world *world = *state;

	http_client_send(world->asking, post);
	wait_until_asked();
	reload_request_close(world->reload);
	assert_reply(world->asking, 503, "the exporter is stopping\n");
	http_client_send(world->asking, post);
	assert_reply(world->asking, 503, "the exporter is stopping\n");
}

static void the_server_closes_while_one_waits(void **state)
{
	struct world *world = *state;

	http_client_send(world->asking, post);
	wait_until_asked();
	http_close(world->rig.http);
	world->rig.http = NULL;
}

static void it_has_no_body(void **state)
{
	struct world *world = *state;

	http_client_send(world->asking, "POST /-/reload HTTP/1.1\r\nHost: x\r\n"
					"Content-Length: 1\r\n\r\nx");
	assert_reply(world->asking, 413, "a request has no body here\n");
}

#define RELOAD_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RELOAD_TEST(others_are_answered_while_one_waits),
		RELOAD_TEST(a_reload_that_had_begun_is_not_the_one),
		RELOAD_TEST(a_client_that_has_gone_is_forgotten),
		RELOAD_TEST(an_end_is_told_to_who_waits),
		RELOAD_TEST(the_server_closes_while_one_waits),
		RELOAD_TEST(it_has_no_body),
	};

	ending_prepare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
