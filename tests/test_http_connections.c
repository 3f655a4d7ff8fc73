/* Which connections there may be, without any being open. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/http/http_connections.h"

#define MAX	    3
#define MAX_OF_PEER 2
#define NO_SOCKET   (-1)

struct world {
	struct http_connections *connections;
	struct http_counters counters;
	struct http_connection *added[MAX + SOCKETS_ENDED_MAX];
	size_t count;
};

static int begin(void **state)
{
	static struct world world;

	memset(&world, 0, sizeof(world));
	world.connections = http_connections_new(MAX, MAX_OF_PEER, &world.counters);
	*state = &world;
	return world.connections ? 0 : -1;
}

static int end(void **state)
{
	struct world *world = *state;
	size_t i;

	for (i = 0; i < world->count; i++)
		http_connections_remove(world->connections, world->added[i]);
	http_connections_free(world->connections);
	return 0;
}

static const struct sockaddr *address_of(uint32_t host)
{
	static struct sockaddr_in address;

	address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(host)};
	return (const struct sockaddr *)&address;
}

static struct http_connection *add(struct world *world, uint32_t host)
{
	struct http_connection *connection =
		http_connections_add(world->connections, NO_SOCKET, address_of(host));

	if (connection)
		world->added[world->count++] = connection;
	return connection;
}

static struct http_connection *add_waiting(struct world *world, uint32_t host, unsigned int seconds)
{
	struct http_connection *connection = add(world, host);

	assert_non_null(connection);
	http_connections_wait(world->connections, connection, seconds);
	return connection;
}

static uint64_t refused(const struct world *world, enum http_refusal reason)
{
	return atomic_load(&world->counters.refused[reason]);
}

/* Threads may all have asked before one of them adds what it asked for. */
static void no_burst_passes_the_limits(void **state)
{
	struct world *world = *state;
	uint32_t i;

	for (i = 0; i < 2 * MAX; i++)
		assert_true(http_connections_admit(world->connections, address_of(i)));
	for (i = 0; i < 2 * MAX; i++)
		assert_int_equal(add(world, i) != NULL, i < MAX);
	assert_int_equal(refused(world, HTTP_REFUSED_CONNECTIONS), MAX);
	assert_int_equal(atomic_load(&world->counters.connections), MAX);
}

static void no_burst_passes_the_limit_of_an_address(void **state)
{
	struct world *world = *state;
	int i;

	for (i = 0; i < MAX; i++)
		assert_true(http_connections_admit(world->connections, address_of(1)));
	for (i = 0; i < MAX; i++)
		assert_int_equal(add(world, 1) != NULL, i < MAX_OF_PEER);
	assert_int_equal(refused(world, HTTP_REFUSED_ADDRESS), 1);
	assert_int_equal(refused(world, HTTP_REFUSED_CONNECTIONS), 0);
}

static void who_has_waited_longest_gives_its_place(void **state)
{
	struct world *world = *state;
	struct http_connection *kept = add_waiting(world, 1, 85),
			       *asking = add_waiting(world, 2, 10),
			       *fresh = add_waiting(world, 3, 10);

	http_connections_allow(world->connections, asking, 5);
	/* Who has just come has not had the time to ask, though it may take the least. */
	assert_true(http_connections_admit(world->connections, address_of(4)));
	assert_true(kept->ended);
	assert_false(fresh->ended || asking->ended);
	add_waiting(world, 4, 90);
	/* Of those that ask none ever. */
	add(world, 5);
	assert_true(fresh->ended);
	add(world, 6);
	assert_null(add(world, 7));
	assert_false(asking->ended);
	assert_int_equal(refused(world, HTTP_REFUSED_CONNECTIONS), 4);
}

/* Their threads may be late in closing them. */
static void those_that_were_ended_are_not_without_end(void **state)
{
	struct world *world = *state;
	uint32_t i;

	for (i = 0; i < MAX + SOCKETS_ENDED_MAX; i++)
		add_waiting(world, i, 10);
	assert_false(http_connections_admit(world->connections, address_of(i)));
	assert_null(add(world, i));
	/* The oldest gave its place, the newest did not. */
	assert_true(http_connections_remove(world->connections, world->added[0]));
	world->added[0] = world->added[--world->count];
	assert_false(http_connections_remove(world->connections, world->added[0]));
	world->added[0] = world->added[--world->count];
	add_waiting(world, i, 10);
}

#define CONNECTIONS_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CONNECTIONS_TEST(no_burst_passes_the_limits),
		CONNECTIONS_TEST(no_burst_passes_the_limit_of_an_address),
		CONNECTIONS_TEST(who_has_waited_longest_gives_its_place),
		CONNECTIONS_TEST(those_that_were_ended_are_not_without_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
