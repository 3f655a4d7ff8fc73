#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/http/http.h"
#include "exporter/http/sockets.h"
#include "tests/support/http_client.h"

struct world {
	struct registry *registry;
	struct metrics_page *page;
	struct http_counters counters;
	struct http *http;
	struct error error;
};

static int begin(void **state)
{
	static struct world world;
	const struct registry_limits limits = {10, 100};

	world = (struct world){.registry = registry_new(&limits)};
	world.page = metrics_page_new(world.registry);
	*state = &world;
	return world.page ? 0 : -1;
}

static int end(void **state)
{
	struct world *world = *state;

	http_close(world->http);
	metrics_page_free(world->page);
	registry_free(world->registry);
	return 0;
}

static struct http *open_at(struct world *world, const char *address)
{
	const struct http_config config = {
		.listen_addresses = &address,
		.listen_count = 1,
		.limits = HTTP_LIMITS,
		.counters = &world->counters,
		.telemetry_path = "/metrics",
		.page = world->page,
	};

	return http_open(&config, &world->error);
}

static void serve_at(struct world *world, const char *address)
{
	world->http = open_at(world, address);
	if (!world->http)
		fail_msg("%s", world->error.text);
}

static void assert_served(const char *address)
{
	struct http_reply reply;

	http_client_request(address, "GET", "/-/healthy", "", &reply);
	assert_int_equal(reply.status, 200);
	http_reply_done(&reply);
}

static void assert_refused(struct world *world, const char *address, const char *reason)
{
	char expected[256];

	assert_null(open_at(world, address));
	snprintf(expected, sizeof(expected), "cannot listen on %s: %s", address, reason);
	assert_string_equal(world->error.text, expected);
}

static void a_free_port_is_found_and_named(void **state)
{
	struct world *world = *state;

	serve_at(world, "127.0.0.1:0");
	assert_memory_equal(http_address(world->http, 0), "127.0.0.1:", 10);
	assert_string_not_equal(http_address(world->http, 0), "127.0.0.1:0");
	assert_served(http_address(world->http, 0));
}

static void an_address_that_cannot_be_had_is_named(void **state)
{
	struct world *world = *state;

	serve_at(world, "127.0.0.1:0");
	assert_refused(world, http_address(world->http, 0), "Address already in use");
	assert_refused(world, "192.0.2.1:0", "Cannot assign requested address");
}

static void malformed_addresses_are_refused(void **state)
{
	static const char *const addresses[] = {
		"",	  "9185",    "localhost", "127.0.0.1:", "127.0.0.1:x",
		":65536", ":-1",     ":123456",	  "::1:9185",	"[]:9185",
		"[::1:1", "[::1]91", ":9185/",	  "1.2.3.4: 1", ":",
	};
	struct world *world = *state;
	size_t i;

	for (i = 0; i < sizeof(addresses) / sizeof(*addresses); i++)
		assert_refused(world, addresses[i],
			       "not of the form ADDR:PORT, [ADDR]:PORT, :PORT or unix:PATH");
}

static void an_absurd_host_is_refused(void **state)
{
	struct world *world = *state;
	char address[1024];

	memset(address, 'a', sizeof(address));
	strcpy(address + sizeof(address) - 6, ":9185");
	assert_null(open_at(world, address));
	assert_memory_equal(world->error.text, "cannot listen on aaaa", 21);
}

static void without_a_host_all_addresses_are_listened_on(void **state)
{
	struct world *world = *state;
	char address[100];

	serve_at(world, ":0");
	snprintf(address, sizeof(address), "127.0.0.1%s",
		 strrchr(http_address(world->http, 0), ':'));
	assert_served(address);
}

static void a_name_is_resolved(void **state)
{
	struct world *world = *state;
	struct addrinfo *found;

	if (getaddrinfo("localhost", NULL, NULL, &found)) {
		print_message("skipped because this machine does not know the name localhost\n");
		skip();
	}
	freeaddrinfo(found);
	serve_at(world, "localhost:0");
	assert_null(strstr(http_address(world->http, 0), "localhost"));
	assert_served(http_address(world->http, 0));
}

static void an_ipv6_address_is_listened_on(void **state)
{
	struct world *world = *state;

	world->http = open_at(world, "[::1]:0");
	if (!world->http && (strstr(world->error.text, "Cannot assign requested address") ||
			     strstr(world->error.text, "not supported"))) {
		print_message("skipped because this machine has no IPv6\n");
		skip();
	}
	assert_non_null(world->http);
	assert_memory_equal(http_address(world->http, 0), "[::1]:", 6);
	assert_served(http_address(world->http, 0));
}

#define LISTEN_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LISTEN_TEST(a_free_port_is_found_and_named),
		LISTEN_TEST(an_address_that_cannot_be_had_is_named),
		LISTEN_TEST(malformed_addresses_are_refused),
		LISTEN_TEST(an_absurd_host_is_refused),
		LISTEN_TEST(without_a_host_all_addresses_are_listened_on),
		LISTEN_TEST(a_name_is_resolved),
		LISTEN_TEST(an_ipv6_address_is_listened_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
