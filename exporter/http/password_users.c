#include "exporter/http/password_users.h"

#include <stdlib.h>
#include <string.h>

#include "exporter/base/sha1.h"

struct password_users {
	const struct web_user *users;
	size_t count;
	uint32_t costs;
	uint8_t keys[][SHA1_BYTES];
};

static void make_key(const char *name, uint8_t key[SHA1_BYTES])
{
	struct sha1 sha1;

	sha1_init(&sha1);
	sha1_add(&sha1, name, strlen(name));
	sha1_finish(&sha1, key);
}

struct password_users *password_users_new(const struct web_user *users, size_t count)
{
	struct password_users *made = calloc(1, sizeof(*made) + count * sizeof(made->keys[0]));
	size_t i;

	if (!made)
		return NULL;
	made->users = users;
	made->count = count;
	for (i = 0; i < count; i++) {
		make_key(users[i].name, made->keys[i]);
		made->costs |= UINT32_C(1) << password_hash_cost(users[i].hash);
	}
	return made;
}

void password_users_free(struct password_users *users)
{
	free(users);
}

/* Without a branch on what is found: names are there once. */
bool password_users_find(const struct password_users *users, const char *name,
			 char hash[PASSWORD_HASH_BYTES])
{
	uint8_t key[SHA1_BYTES];
	size_t found = 0, is_known = 0, i;

	make_key(name, key);
	for (i = 0; i < users->count; i++) {
		size_t equal = equal_in_constant_time(users->keys[i], key, sizeof(key));

		found |= (0 - equal) & i;
		is_known |= equal;
	}
	memcpy(hash, users->users[found].hash, PASSWORD_HASH_BYTES);
	return is_known;
}

uint32_t password_users_costs(const struct password_users *users)
{
	return users->costs;
}
