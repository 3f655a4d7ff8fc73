/*
 * basic_auth: the Authorization header of HTTP's basic authentication.
 *
 * Source: RFC 7617. Any thread; nothing is kept.
 */
#ifndef EXPORTER_BASIC_AUTH_H
#define EXPORTER_BASIC_AUTH_H

#include <stdbool.h>
#include <stddef.h>

/* Who somebody says to be. */
struct credentials {
	char *user; /* terminated, without zero bytes within; owns the memory of both */
	char *password;
	size_t password_length;
};

/* False: there is no such header, it is another scheme's or malformed, or there is no memory. */
bool credentials_read(const char *header, struct credentials *credentials);
/* Forgets them. */
void credentials_done(struct credentials *credentials);

#endif
