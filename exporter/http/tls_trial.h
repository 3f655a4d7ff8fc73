/*
 * tls_trial: a handshake of the server with a client of its own, in memory, which tells whether any
 * client can get through: key, certificate and what is allowed of TLS each may be right, and not go
 * together. Any thread; nothing is kept.
 */
#ifndef EXPORTER_TLS_TRIAL_H
#define EXPORTER_TLS_TRIAL_H

#include "exporter/http/tls.h"

enum tls_trial {
	TLS_TRIAL_OLD, /* with a client that speaks 1.2 and before */
	TLS_TRIAL_NEW, /* with one that speaks 1.3 alone */
};

/* 0, or GnuTLS's code of why not. The client has no certificate, and needs none. */
int tls_trial(const struct tls_settings *settings, enum tls_trial trial);

#endif
