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

/* False: none of the configured cipher suites goes with the key and the scope has no 1.3. */
bool tls_priorities(const struct web_tls_config *config, enum tls_scope scope, struct tls_key key,
		    char to[TLS_PRIORITIES_BYTES]);

#endif
