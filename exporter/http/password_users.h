/*
 * password_users: the users that there are, and their hashes, found in a time that does not tell
 * whether there is one of that name, nor how long the names are.
 *
 * Names are compared by their SHA-1, which are all as long, and all of them each time: who wants to
 * be taken for another would need another text with the SHA-1 of a given one. Read-only once made,
 * any thread.
 */
#ifndef EXPORTER_PASSWORD_USERS_H
#define EXPORTER_PASSWORD_USERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/web_config.h"
#include "exporter/http/password_hash.h"

struct password_users;

/* Of one user or more, who are borrowed. NULL: out of memory. */
struct password_users *password_users_new(const struct web_user *users, size_t count);
void password_users_free(struct password_users *users);

/* The hash of who is called so; of somebody, where it is nobody: then it is false. */
bool password_users_find(const struct password_users *users, const char *name,
			 char hash[PASSWORD_HASH_BYTES]);

/* Which costs their hashes have, as password_hash_check() takes them. */
uint32_t password_users_costs(const struct password_users *users);

#endif
