#include "exporter/http/http_connections.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct http_connections {
	pthread_mutex_t lock;
	struct http_connection *first;
	unsigned int count, ended; /* all, and those of them that are shut down */
	unsigned int max, max_of_peer;
	struct http_counters *counters;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void find_peer(const struct sockaddr *address, struct http_peer *peer)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	*peer = (struct http_peer){.known = true};
	if (address && address->sa_family == AF_INET) {
		const struct sockaddr_in *v4 = (const void *)address;

		memcpy(peer->bytes, mapped, sizeof(mapped));
		memcpy(peer->bytes + 12, &v4->sin_addr, 4);
	} else if (address && address->sa_family == AF_INET6) {
		const struct sockaddr_in6 *v6 = (const void *)address;
		bool is_mapped = memcmp(&v6->sin6_addr, mapped, sizeof(mapped)) == 0;

		memcpy(peer->bytes, &v6->sin6_addr, is_mapped ? 16 : 8);
	} else {
		peer->known = false;
	}
}

bool http_peer_equal(const struct http_peer *a, const struct http_peer *b)
{
	return a->known && b->known && memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

struct http_connections *http_connections_new(unsigned int max, unsigned int max_of_peer,
					      struct http_counters *counters)
{
	struct http_connections *connections = calloc(1, sizeof(*connections));

	if (!connections)
		return NULL;
	pthread_mutex_init(&connections->lock, NULL);
	connections->max = max;
	connections->max_of_peer = max_of_peer;
	connections->counters = counters;
	return connections;
}

void http_connections_free(struct http_connections *connections)
{
	if (!connections)
		return;
	pthread_mutex_destroy(&connections->lock);
	free(connections);
}

static unsigned int count_of_peer(const struct http_connections *connections,
				  const struct http_peer *peer)
{
	const struct http_connection *connection;
	unsigned int count = 0;

	for (connection = connections->first; connection; connection = connection->next)
		count += !connection->ended && http_peer_equal(&connection->peer, peer);
	return count;
}

static void end(struct http_connections *connections, struct http_connection *connection,
		enum http_refusal reason)
{
	connection->ended = true;
	connections->ended++;
	socket_end(connection->socket);
	http_counters_refuse(connections->counters, reason);
}

/*
 * Ends the one that has waited longest: who has just come is about to ask. False: none waits.
 */
static bool make_room(struct http_connections *connections)
{
	struct http_connection *connection, *chosen = NULL;

	for (connection = connections->first; connection; connection = connection->next)
		if (connection->waits_since_ms && !connection->ended &&
		    (!chosen || connection->waits_since_ms <= chosen->waits_since_ms))
			chosen = connection;
	if (chosen)
		end(connections, chosen, HTTP_REFUSED_CONNECTIONS);
	return chosen != NULL;
}

/* Under the lock. Those that are ended take a socket, too, until their threads look at them. */
static bool may_open(struct http_connections *connections, const struct http_peer *peer)
{
	if (count_of_peer(connections, peer) >= connections->max_of_peer) {
		http_counters_refuse(connections->counters, HTTP_REFUSED_ADDRESS);
		return false;
	}
	if (connections->count < connections->max + SOCKETS_ENDED_MAX &&
	    (connections->count - connections->ended < connections->max || make_room(connections)))
		return true;
	http_counters_refuse(connections->counters, HTTP_REFUSED_CONNECTIONS);
	return false;
}

bool http_connections_admit(struct http_connections *connections, const struct sockaddr *address)
{
	struct http_peer peer;
	bool admitted;

	find_peer(address, &peer);
	pthread_mutex_lock(&connections->lock);
	admitted = may_open(connections, &peer);
	pthread_mutex_unlock(&connections->lock);
	return admitted;
}

/* Under the lock. */
static void put_first(struct http_connections *connections, struct http_connection *connection)
{
	connection->next = connections->first;
	if (connection->next)
		connection->next->before = connection;
	connections->first = connection;
	connections->count++;
	atomic_fetch_add_explicit(&connections->counters->connections, 1, memory_order_relaxed);
}

struct http_connection *http_connections_add(struct http_connections *connections, int socket,
					     const struct sockaddr *address)
{
	struct http_connection *connection = calloc(1, sizeof(*connection));
	bool may;

	if (!connection)
		return NULL;
	connection->socket = socket;
	find_peer(address, &connection->peer);
	pthread_mutex_lock(&connections->lock);
	may = may_open(connections, &connection->peer);
	if (may)
		put_first(connections, connection);
	pthread_mutex_unlock(&connections->lock);
	if (may)
		return connection;
	free(connection);
	return NULL;
}

bool http_connections_remove(struct http_connections *connections,
			     struct http_connection *connection)
{
	bool ended;

	pthread_mutex_lock(&connections->lock);
	if (connection->before)
		connection->before->next = connection->next;
	else
		connections->first = connection->next;
	if (connection->next)
		connection->next->before = connection->before;
	connections->count--;
	ended = connection->ended;
	connections->ended -= ended;
	pthread_mutex_unlock(&connections->lock);
	atomic_fetch_sub_explicit(&connections->counters->connections, 1, memory_order_relaxed);
	free(connection);
	return ended;
}

static void set(struct http_connections *connections, struct http_connection *connection,
		bool waits, unsigned int seconds)
{
	int64_t now = now_ms();

	pthread_mutex_lock(&connections->lock);
	connection->waits_since_ms = waits ? now : 0;
	connection->deadline_ms = seconds ? now + (int64_t)seconds * 1000 : 0;
	pthread_mutex_unlock(&connections->lock);
}

void http_connections_allow(struct http_connections *connections,
			    struct http_connection *connection, unsigned int seconds)
{
	set(connections, connection, false, seconds);
}

void http_connections_wait(struct http_connections *connections, struct http_connection *connection,
			   unsigned int seconds)
{
	set(connections, connection, true, seconds);
}

void http_connections_close_late(struct http_connections *connections)
{
	struct http_connection *connection;
	int64_t now = now_ms();

	pthread_mutex_lock(&connections->lock);
	for (connection = connections->first; connection; connection = connection->next) {
		if (!connection->ended && connection->deadline_ms && connection->deadline_ms <= now)
			end(connections, connection, HTTP_REFUSED_SLOW);
	}
	pthread_mutex_unlock(&connections->lock);
}
