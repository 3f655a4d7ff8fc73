/*
 * web_config: what the web configuration file says, in the format that Prometheus' exporters share:
 * TLS, passwords, headers, a rate limit.
 *
 * Source: docs/web-configuration.md of prometheus/exporter-toolkit. A struct web_config is
 * read-only once loaded and owns all it points to, the contents of the files that it names, too.
 */
#ifndef CONFIG_WEB_CONFIG_H
#define CONFIG_WEB_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/problems.h"
#include "config/web_files.h"
#include "config/web_names.h"

enum client_auth {
	CLIENT_AUTH_NONE,	      /* NoClientCert */
	CLIENT_AUTH_REQUEST,	      /* RequestClientCert */
	CLIENT_AUTH_REQUIRE_ANY,      /* RequireAnyClientCert */
	CLIENT_AUTH_REQUIRE_ANY_OLD,  /* RequireClientCert, the same by an older name */
	CLIENT_AUTH_VERIFY_IF_GIVEN,  /* VerifyClientCertIfGiven */
	CLIENT_AUTH_REQUIRE_VERIFIED, /* RequireAndVerifyClientCert */
};

enum tls_version {
	TLS_VERSION_10,
	TLS_VERSION_11,
	TLS_VERSION_12,
	TLS_VERSION_13,
};

/* PEM, from the configuration or from a file that it names. */
struct web_pem {
	char *bytes; /* NULL: not given */
	size_t length;
	struct place place; /* of what gives it */
	char *source;	    /* in messages: the key, or the file */
};

struct web_words {
	char **words;
	size_t count;
};

struct web_tls_config {
	bool is_on;
	struct web_pem cert, key, client_ca;
	enum client_auth client_auth;
	enum tls_version min_version, max_version;
	bool prefer_server_cipher_suites;
	/* Which rows of web_cipher_suites and web_curves, in order; none: all. */
	size_t cipher_suites[WEB_CIPHER_SUITES], cipher_suite_count;
	size_t curves[WEB_CURVES], curve_count;
	struct web_words client_allowed_sans;
	struct place cipher_suites_place;
	/* As they were given; read into the above. */
	char *cert_file, *key_file, *client_ca_file;
};

struct web_http_config {
	bool http2;		    /* has no effect: HTTP/1.1 is spoken */
	char *headers[WEB_HEADERS]; /* NULL: not given; "": not to be sent */
};

struct web_user {
	char *name;
	char *hash; /* bcrypt's, $2y$ and so on, 60 bytes */
};

struct web_rate_limit {
	uint64_t interval_ns; /* 0: none */
	uint64_t burst;
};

struct web_config {
	struct web_tls_config tls;
	struct web_http_config http;
	struct web_rate_limit rate_limit;
	struct web_user *users;
	size_t user_count;
};

/*
 * Reads and checks a file; `problems`, which is initialised, says all that is wrong. `files`,
 * likewise, gets it and those that it names, as far as that could be seen where there are errors.
 * Relative paths begin at its folder. NULL: there are errors.
 */
struct web_config *web_config_load(const char *file, struct web_files *files,
				   struct problems *problems);
/* The same of what is in it, which `files` does not get. Borrows nothing. */
struct web_config *web_config_parse(const char *file, const char *text, size_t length,
				    struct web_files *files, struct problems *problems);
void web_config_free(struct web_config *config);

#endif
