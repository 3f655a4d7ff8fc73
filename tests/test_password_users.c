/* What checking a password takes: it must not tell whether there is such a user. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/http/bcrypt.h"
#include "exporter/http/password_users.h"

#define HASH(cost) "$2y$" cost "$levNi/BjunkERP5qIGUO9eoufWtWugYQbqQTG8axm.LvYuEqNOys6"

static struct web_user rows[] = {
	{(char[]){"alice"}, (char[]){HASH("05")}},
	{(char[]){"bob"}, (char[]){HASH("04")}},
	{(char[]){"a-user-with-a-name-that-is-much-longer-than-the-others"}, (char[]){HASH("06")}},
	{(char[]){"dave"}, (char[]){HASH("04")}},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static const char *const names[] = {
	"alice", "bob",	 "dave",  "a-user-with-a-name-that-is-much-longer-than-the-others", "",
	"eve",	 "mary", "frank", "a-user-with-a-name-that-is-much-longer-than-the-otherz",
};

/* What was done, in order. (Linked with --wrap of both.) */
static char done[4096];

static void note(const char *what, size_t number)
{
	size_t length = strlen(done);

	snprintf(done + length, sizeof(done) - length, "%s %zu, ", what, number);
}

bool __real_bcrypt_make(const char *phrase, const char *setting, char made[BCRYPT_BYTES]);
bool __wrap_bcrypt_make(const char *phrase, const char *setting, char made[BCRYPT_BYTES]);
bool __real_equal_in_constant_time(const void *a, const void *b, size_t count);
bool __wrap_equal_in_constant_time(const void *a, const void *b, size_t count);

bool __wrap_bcrypt_make(const char *phrase, const char *setting, char made[BCRYPT_BYTES])
{
	note("hash", password_hash_cost(setting));
	return __real_bcrypt_make(phrase, setting, made);
}

bool __wrap_equal_in_constant_time(const void *a, const void *b, size_t count)
{
	note("compare", count);
	return __real_equal_in_constant_time(a, b, count);
}

static void any_name_takes_the_same(void **state)
{
	struct password_users *users = password_users_new(rows, ROWS);
	char hash[PASSWORD_HASH_BYTES];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		done[0] = '\0';
		assert_int_equal(password_users_find(users, names[i], hash), i < ROWS);
		assert_false(password_hash_check(hash, "wrong", 5, password_users_costs(users)));
		assert_string_equal(done, "compare 20, compare 20, compare 20, compare 20, "
					  "hash 4, hash 5, hash 6, ");
	}
	password_users_free(users);
}

static void each_user_has_its_own_hash(void **state)
{
	struct password_users *users = password_users_new(rows, ROWS);
	char hash[PASSWORD_HASH_BYTES];
	size_t i;

	(void)state;
	for (i = 0; i < ROWS; i++) {
		assert_true(password_users_find(users, rows[i].name, hash));
		assert_string_equal(hash, rows[i].hash);
		assert_int_equal(
			password_hash_check(hash, "secret", 6, password_users_costs(users)),
			password_hash_cost(hash) == 4);
	}
	password_users_free(users);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_name_takes_the_same),
		cmocka_unit_test(each_user_has_its_own_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
