/*
 * tls_priorities: versions, cipher suites and curves as GnuTLS is told of them: a priority string.
 * Any thread; nothing is kept.
 */
#ifndef EXPORTER_TLS_PRIORITIES_H
#define EXPORTER_TLS_PRIORITIES_H

#include <stdbool.h>

#include "config/web_config.h"

#define TLS_PRIORITIES_BYTES 1024

/* Which versions a string is for. */
enum tls_scope {
	TLS_SCOPE_ALL, /* all that the configuration allows */
	TLS_SCOPE_OLD, /* those that have its cipher suites: 1.2 and before */
	TLS_SCOPE_NEW, /* 1.3, which has its own */
};

/* The key of the server's certificate. */
struct tls_key {
	bool is_ecdsa;	/* of an elliptic curve, not RSA's */
	bool must_sign; /* though the certificate's key usage does not say that it may */
};

/* Whether 1.2 or an older version is spoken: one is allowed, and has a cipher suite for the key. */
bool tls_priorities_old(const struct web_tls_config *config, struct tls_key key);

/* False: the scope has no version. */
bool tls_priorities(const struct web_tls_config *config, enum tls_scope scope, struct tls_key key,
		    char to[TLS_PRIORITIES_BYTES]);

#endif
