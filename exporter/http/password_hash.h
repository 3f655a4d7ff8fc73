/*
 * password_hash: whether a password is the one that a bcrypt hash was made of. Any thread; takes
 * as long as the hash's cost wants: a tenth of a second or more.
 */
#ifndef EXPORTER_PASSWORD_HASH_H
#define EXPORTER_PASSWORD_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PASSWORD_HASH_BYTES 61 /* with its end */

/*
 * `hash` is checked: 60 characters, $2a$, $2b$ or $2y$. Takes the same time whatever is wrong; and
 * for hashes of several costs, if `costs` has a bit (1 << cost) for each of these: then one hash of
 * each is computed.
 */
bool password_hash_check(const char *hash, const char *password, size_t length, uint32_t costs);

/* From 4 to 31: it takes twice the time of the one before. */
unsigned int password_hash_cost(const char *hash);

/* Of two memories of the same size, in a time that does not depend on what they hold. */
bool equal_in_constant_time(const void *a, const void *b, size_t count);

#endif
