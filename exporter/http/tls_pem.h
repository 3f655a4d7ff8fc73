/*
 * tls_pem: certificates and keys in PEM, as GnuTLS takes them. Any thread; nothing is kept.
 */
#ifndef EXPORTER_TLS_PEM_H
#define EXPORTER_TLS_PEM_H

#include <gnutls/gnutls.h>

#include "config/report.h"
#include "config/web_config.h"

/* The server's certificates and key. Each is read by itself, so that what is wrong is said of the
 * right one. -1: reported. */
int tls_pem_load_pair(const struct web_tls_config *config,
		      gnutls_certificate_credentials_t credentials, const struct report *report);

/* Who signs the certificates of clients. -1: reported. */
int tls_pem_load_authorities(const struct web_pem *pem,
			     gnutls_certificate_credentials_t credentials,
			     const struct report *report);

#endif
