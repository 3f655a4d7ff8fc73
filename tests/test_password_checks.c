#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "exporter/http/password_checks.h"

/* Of "secret", at the lowest cost and at one that takes seconds. */
#define FAST "$2y$04$levNi/BjunkERP5qIGUO9eoufWtWugYQbqQTG8axm.LvYuEqNOys6"
#define SLOW "$2y$17$levNi/BjunkERP5qIGUO9eoufWtWugYQbqQTG8axm.LvYuEqNOys6"

/* Openwall's vectors of crypt_blowfish, wrapper.c of its 1.3. */
static const struct {
	const char *hash, *password;
} vectors[] = {
	{"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"},
	{"$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", "U*U*"},
	{"$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a", "U*U*U"},
	{"$2y$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e", "\xff\xff\xa3"},
};

static char password_of[] = "secret";

struct waiting {
	struct password_check check;
	sem_t decided;
};

static void decided(void *context)
{
	sem_post(&((struct waiting *)context)->decided);
}

/* With what a user says of itself. */
static enum password_verdict prepare(struct password_checks *checks, const char *hash,
				     const char *user, const char *password,
				     struct waiting *waiting)
{
	struct web_user known = {.name = (char[]){"alice"}, .hash = strdup(hash)};
	struct password_users *users = password_users_new(&known, 1);
	size_t length = strlen(user) + 1;
	struct credentials credentials = {.user = calloc(1, length + strlen(password) + 1)};
	enum password_verdict verdict;

	strcpy(credentials.user, user);
	credentials.password = strcpy(credentials.user + length, password);
	credentials.password_length = strlen(password);
	verdict = password_check_prepare(checks, users, &credentials, &waiting->check);
	password_users_free(users);
	free(known.hash);
	waiting->check.decided = decided;
	waiting->check.context = waiting;
	sem_init(&waiting->decided, 0, 0);
	return verdict;
}

static enum password_verdict wait_for(struct waiting *waiting)
{
	struct timespec deadline;

	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += 60;
	assert_int_equal(sem_timedwait(&waiting->decided, &deadline), 0);
	sem_destroy(&waiting->decided);
	password_check_done(&waiting->check);
	return waiting->check.verdict;
}

static enum password_verdict check(struct password_checks *checks, const char *user,
				   const char *password)
{
	struct waiting waiting;

	if (prepare(checks, FAST, user, password, &waiting) == PASSWORD_RIGHT) {
		password_check_done(&waiting.check);
		return PASSWORD_RIGHT;
	}
	password_checks_begin(checks, &waiting.check);
	return wait_for(&waiting);
}

static void known_hashes_are_right(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		assert_true(password_hash_check(vectors[i].hash, vectors[i].password,
						strlen(vectors[i].password), 0));
		assert_false(password_hash_check(vectors[i].hash, vectors[i].password,
						 strlen(vectors[i].password) - 1, 0));
	}
	assert_true(password_hash_check(FAST, password_of, 6, 0));
	assert_false(password_hash_check(FAST, password_of, 7, 0));
}

static void users_and_passwords_are_compared(void **state)
{
	struct password_checks *checks = password_checks_new();

	(void)state;
	assert_int_equal(check(checks, "alice", "secret"), PASSWORD_RIGHT);
	assert_int_equal(check(checks, "alice", "Secret"), PASSWORD_WRONG);
	assert_int_equal(check(checks, "alicE", "secret"), PASSWORD_WRONG);
	assert_int_equal(check(checks, "alic", "secret"), PASSWORD_WRONG);
	assert_int_equal(check(checks, "", ""), PASSWORD_WRONG);
	password_checks_free(checks);
}

static void what_was_right_is_remembered_and_nothing_else(void **state)
{
	struct password_checks *checks = password_checks_new();
	struct waiting waiting;

	(void)state;
	assert_int_equal(prepare(checks, FAST, "alice", "secret", &waiting), PASSWORD_UNDECIDED);
	password_check_done(&waiting.check);
	check(checks, "alice", "secret");
	check(checks, "alice", "wrong");
	check(checks, "bob", "secret");
	assert_int_equal(prepare(checks, FAST, "alice", "secret", &waiting), PASSWORD_RIGHT);
	password_check_done(&waiting.check);
	assert_int_equal(prepare(checks, FAST, "alice", "wrong", &waiting), PASSWORD_UNDECIDED);
	password_check_done(&waiting.check);
	assert_int_equal(prepare(checks, FAST, "bob", "secret", &waiting), PASSWORD_UNDECIDED);
	password_check_done(&waiting.check);
	/* Another hash is another password. */
	assert_int_equal(prepare(checks, SLOW, "alice", "secret", &waiting), PASSWORD_UNDECIDED);
	password_check_done(&waiting.check);
	password_checks_free(checks);
}

static void of_one_peer_few_wait(void **state)
{
	struct password_checks *checks = password_checks_new();
	struct waiting waiting[12];
	bool is_decided[12];
	size_t i, busy = 0;

	(void)state;
	for (i = 0; i < 12; i++) {
		prepare(checks, SLOW, "alice", "wrong", &waiting[i]);
		waiting[i].check.peer = (struct http_peer){.known = true};
		/* The first is being checked, or waits. */
		password_checks_begin(checks, &waiting[i].check);
	}
	/* Not always the last ones: the first may begin to be checked, and make room, in between.
	 */
	for (i = 0; i < 12; i++) {
		is_decided[i] = sem_trywait(&waiting[i].decided) == 0;
		busy += is_decided[i];
	}
	assert_true(busy == 3 || busy == 4);
	password_checks_stop(checks);
	for (i = 0; i < 12; i++) {
		if (is_decided[i])
			password_check_done(&waiting[i].check);
		else
			assert_int_equal(wait_for(&waiting[i]), PASSWORD_BUSY);
	}
	password_checks_free(checks);
}

static void a_stop_waits_for_no_hash(void **state)
{
	struct password_checks *checks = password_checks_new();
	struct waiting first, second, late;
	struct timespec before, after;

	(void)state;
	prepare(checks, SLOW, "alice", "secret", &first);
	prepare(checks, SLOW, "alice", "secret", &second);
	password_checks_begin(checks, &first.check);
	password_checks_begin(checks, &second.check);
	clock_gettime(CLOCK_MONOTONIC, &before);
	password_checks_stop(checks);
	assert_int_equal(wait_for(&first), PASSWORD_BUSY);
	assert_int_equal(wait_for(&second), PASSWORD_BUSY);
	prepare(checks, SLOW, "alice", "secret", &late);
	password_checks_begin(checks, &late.check);
	assert_int_equal(wait_for(&late), PASSWORD_BUSY);
	password_checks_free(checks);
	clock_gettime(CLOCK_MONOTONIC, &after);
	assert_true(after.tv_sec - before.tv_sec < 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_hashes_are_right),
		cmocka_unit_test(users_and_passwords_are_compared),
		cmocka_unit_test(what_was_right_is_remembered_and_nothing_else),
		cmocka_unit_test(of_one_peer_few_wait),
		cmocka_unit_test(a_stop_waits_for_no_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
