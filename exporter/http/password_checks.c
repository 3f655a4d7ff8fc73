#include "exporter/http/password_checks.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "config/wipe.h"
#include "exporter/base/sha1.h"
#include "metrics/random.h"

#define WAITING_MAX	 64
#define WAITING_OF_PEER	 8
#define REMEMBERED	 256
#define HMAC_BLOCK_BYTES 64

struct password_checks {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t thread;
	struct password_check *first, **last;
	struct password_check *current; /* whose hash is being computed; NULL: nobody's any more */
	size_t waiting;
	bool is_hashing;
	bool stopped;
	bool is_left; /* by its owner, while a hash is computed: the thread frees it */
	bool remembers;
	uint8_t secret[HMAC_BLOCK_BYTES];
	uint8_t remembered[REMEMBERED][PASSWORD_KEY_BYTES];
	size_t remembered_count, remembered_next;
};

static void free_checks(struct password_checks *checks)
{
	pthread_cond_destroy(&checks->changed);
	pthread_mutex_destroy(&checks->lock);
	wipe(checks, sizeof(*checks));
	free(checks);
}

static void remember(struct password_checks *checks, const uint8_t key[PASSWORD_KEY_BYTES])
{
	if (!checks->remembers)
		return;
	memcpy(checks->remembered[checks->remembered_next], key, PASSWORD_KEY_BYTES);
	checks->remembered_next = (checks->remembered_next + 1) % REMEMBERED;
	if (checks->remembered_count < REMEMBERED)
		checks->remembered_count++;
}

/* Looks at all of them: how long it takes tells nothing. */
static bool is_remembered(struct password_checks *checks, const uint8_t key[PASSWORD_KEY_BYTES])
{
	bool found = false;
	size_t i;

	pthread_mutex_lock(&checks->lock);
	for (i = 0; i < checks->remembered_count; i++)
		found |= equal_in_constant_time(checks->remembered[i], key, PASSWORD_KEY_BYTES);
	pthread_mutex_unlock(&checks->lock);
	return found;
}

static struct password_check *take_first(struct password_checks *checks)
{
	struct password_check *check = checks->first;

	if (!check)
		return NULL;
	checks->first = check->next;
	if (!checks->first)
		checks->last = &checks->first;
	checks->waiting--;
	return check;
}

/* With the lock, which is given back while it hashes; of the check nothing is looked at meanwhile.
 */
static void decide(struct password_checks *checks, struct password_check *check)
{
	struct password_check copy = *check;
	char *password = malloc(copy.credentials.password_length + 1);
	bool right;

	if (password)
		memcpy(password, copy.credentials.password, copy.credentials.password_length);
	checks->current = check;
	checks->is_hashing = true;
	pthread_mutex_unlock(&checks->lock);
	right = password && password_hash_check(copy.hash, password,
						copy.credentials.password_length, copy.costs);
	if (password)
		wipe(password, copy.credentials.password_length);
	free(password);
	pthread_mutex_lock(&checks->lock);
	checks->is_hashing = false;
	if (!checks->current)
		return;
	checks->current = NULL;
	right = right && copy.user_is_known;
	if (right)
		remember(checks, copy.key);
	check->verdict = right ? PASSWORD_RIGHT : PASSWORD_WRONG;
	check->decided(check->context);
}

static void *run(void *context)
{
	struct password_checks *checks = context;
	struct password_check *check;
	bool is_left;

	pthread_mutex_lock(&checks->lock);
	while (!checks->stopped) {
		check = take_first(checks);
		if (check)
			decide(checks, check);
		else
			pthread_cond_wait(&checks->changed, &checks->lock);
	}
	is_left = checks->is_left;
	pthread_mutex_unlock(&checks->lock);
	if (is_left)
		free_checks(checks);
	return NULL;
}

struct password_checks *password_checks_new(void)
{
	struct password_checks *checks = calloc(1, sizeof(*checks));

	if (!checks)
		return NULL;
	pthread_mutex_init(&checks->lock, NULL);
	pthread_cond_init(&checks->changed, NULL);
	checks->last = &checks->first;
	/* Without a secret, nothing is remembered: each time the hash is computed. */
	checks->remembers = random_fill(checks->secret, sizeof(checks->secret));
	if (!pthread_create(&checks->thread, NULL, run, checks))
		return checks;
	free_checks(checks);
	return NULL;
}

void password_checks_stop(struct password_checks *checks)
{
	struct password_check *check;

	if (!checks)
		return;
	pthread_mutex_lock(&checks->lock);
	checks->stopped = true;
	check = checks->current;
	checks->current = NULL;
	for (; check || (check = take_first(checks)); check = NULL) {
		check->verdict = PASSWORD_BUSY;
		check->decided(check->context);
	}
	pthread_cond_signal(&checks->changed);
	pthread_mutex_unlock(&checks->lock);
}

void password_checks_free(struct password_checks *checks)
{
	bool is_hashing;

	if (!checks)
		return;
	password_checks_stop(checks);
	pthread_mutex_lock(&checks->lock);
	is_hashing = checks->is_hashing;
	checks->is_left = is_hashing;
	pthread_mutex_unlock(&checks->lock);
	if (is_hashing) {
		pthread_detach(checks->thread);
		return;
	}
	pthread_join(checks->thread, NULL);
	free_checks(checks);
}

static void add(struct sha1 *sha1, const void *bytes, size_t length)
{
	uint64_t prefix = length;

	sha1_add(sha1, &prefix, sizeof(prefix));
	sha1_add(sha1, bytes, length);
}

static void begin_pass(const struct password_checks *checks, uint8_t pad, struct sha1 *sha1)
{
	uint8_t block[HMAC_BLOCK_BYTES];
	size_t i;

	for (i = 0; i < sizeof(block); i++)
		block[i] = checks->secret[i] ^ pad;
	sha1_init(sha1);
	sha1_add(sha1, block, sizeof(block));
	wipe(block, sizeof(block));
}

/* HMAC-SHA-1 (RFC 2104), for which collisions of SHA-1 do not matter. */
static void make_key(const struct password_checks *checks, struct password_check *check)
{
	const struct credentials *credentials = &check->credentials;
	uint8_t inner[SHA1_BYTES];
	struct sha1 sha1;

	begin_pass(checks, 0x36, &sha1);
	add(&sha1, credentials->user, strlen(credentials->user));
	add(&sha1, check->hash, strlen(check->hash));
	add(&sha1, credentials->password, credentials->password_length);
	sha1_finish(&sha1, inner);
	begin_pass(checks, 0x5c, &sha1);
	sha1_add(&sha1, inner, sizeof(inner));
	sha1_finish(&sha1, check->key);
	wipe(&sha1, sizeof(sha1));
}

enum password_verdict password_check_prepare(struct password_checks *checks,
					     const struct password_users *users,
					     struct credentials *credentials,
					     struct password_check *check)
{
	bool remembered;

	*check = (struct password_check){.credentials = *credentials};
	*credentials = (struct credentials){0};
	check->costs = password_users_costs(users);
	check->user_is_known = password_users_find(users, check->credentials.user, check->hash);
	make_key(checks, check);
	remembered = is_remembered(checks, check->key);
	return check->user_is_known && remembered ? PASSWORD_RIGHT : PASSWORD_UNDECIDED;
}

static bool has_room(const struct password_checks *checks, const struct http_peer *peer)
{
	const struct password_check *check;
	size_t of_peer = 0;

	for (check = checks->first; check; check = check->next)
		of_peer += http_peer_equal(&check->peer, peer);
	return !checks->stopped && checks->waiting < WAITING_MAX && of_peer < WAITING_OF_PEER;
}

void password_checks_begin(struct password_checks *checks, struct password_check *check)
{
	pthread_mutex_lock(&checks->lock);
	if (has_room(checks, &check->peer)) {
		check->next = NULL;
		*checks->last = check;
		checks->last = &check->next;
		checks->waiting++;
		pthread_cond_signal(&checks->changed);
	} else {
		check->verdict = PASSWORD_BUSY;
		check->decided(check->context);
	}
	pthread_mutex_unlock(&checks->lock);
}

void password_check_done(struct password_check *check)
{
	credentials_done(&check->credentials);
}
