/*
 * tls: how connections are encrypted, and which clients may connect. GnuTLS's, as libmicrohttpd's
 * is; a build without it refuses to be told of certificates.
 *
 * Settings are read-only once made; any thread.
 */
#ifndef EXPORTER_TLS_H
#define EXPORTER_TLS_H

#include <stdatomic.h>
#include <time.h>

#include "config/report.h"
#include "config/web_config.h"

struct tls_settings;

/* `config` is borrowed as long as there are settings. NULL: the report says why;
 * it may have warnings, too. */
struct tls_settings *tls_settings_new(const struct web_tls_config *config,
				      const struct report *report);
void tls_settings_free(struct tls_settings *settings);

/* When the first of the server's certificates expires: its own, or one between it and its root. 0:
 * none does. */
time_t tls_settings_expiry(const struct tls_settings *settings);

/* One connection's; lives as long as its session. */
struct tls_connection {
	const struct tls_settings *settings;
	atomic_uint_fast64_t *refused; /* counts certificates of clients that are not let in */
};

/* Before its handshake. `session` is a gnutls_session_t. -1: there is no memory. */
int tls_connection_begin(struct tls_connection *connection, void *session);

/* What libmicrohttpd asks for certificates where tls_connection_begin() gave none: it has none. */
int tls_no_certificate(void);

#endif
