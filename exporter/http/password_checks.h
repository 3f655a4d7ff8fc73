/*
 * password_checks: lets users in by their passwords, of which there are slow hashes.
 *
 * Hashes are computed on one thread of their own, so that none that serves waits for one, and what
 * waits for it is bounded, over all and of each peer. What was right once is right without hashing:
 * it is known by a keyed hash of user, hash and password, so that no password is kept.
 */
#ifndef EXPORTER_PASSWORD_CHECKS_H
#define EXPORTER_PASSWORD_CHECKS_H

#include "exporter/http/basic_auth.h"
#include "exporter/http/http_connections.h"
#include "exporter/http/password_hash.h"
#include "exporter/http/password_users.h"

#define PASSWORD_KEY_BYTES 20

enum password_verdict {
	PASSWORD_UNDECIDED,
	PASSWORD_RIGHT,
	PASSWORD_WRONG,
	PASSWORD_BUSY, /* too many wait already, or all ends */
};

/* A password that is being checked. Its owner's until it begins, and once it is decided. */
struct password_check {
	struct password_check *next;
	struct credentials credentials;
	char hash[PASSWORD_HASH_BYTES];
	uint32_t costs; /* of all users' hashes */
	bool user_is_known;
	uint8_t key[PASSWORD_KEY_BYTES];
	struct http_peer peer;
	enum password_verdict verdict;
	/* Called on the hashing thread, or by password_checks_stop(), once it is decided. */
	void (*decided)(void *context);
	void *context;
};

struct password_checks;

/* NULL: out of memory or threads. */
struct password_checks *password_checks_new(void);

/* All that wait are decided: PASSWORD_BUSY; so is what comes later. Does not wait for a hash. */
void password_checks_stop(struct password_checks *checks);
void password_checks_free(struct password_checks *checks);

/*
 * Takes `credentials`. Right, or undecided: then it takes password_checks_begin(). Who is no user
 * costs the same as a wrong password of any user.
 */
enum password_verdict password_check_prepare(struct password_checks *checks,
					     const struct password_users *users,
					     struct credentials *credentials,
					     struct password_check *check);
void password_checks_begin(struct password_checks *checks, struct password_check *check);
/* Forgets the password. */
void password_check_done(struct password_check *check);

#endif
