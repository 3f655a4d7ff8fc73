#include "exporter/http/tls_priorities.h"

#include <stdio.h>
#include <string.h>

struct suite {
	const char *cipher, *mac;
	bool is_new, is_ecdsa;
};

static const struct suite suites[WEB_CIPHER_SUITES] = {
	[SUITE_AES_128_GCM_SHA256] = {"AES-128-GCM", "AEAD", true, false},
	[SUITE_AES_256_GCM_SHA384] = {"AES-256-GCM", "AEAD", true, false},
	[SUITE_CHACHA20_POLY1305_SHA256] = {"CHACHA20-POLY1305", "AEAD", true, false},
	[SUITE_ECDHE_ECDSA_AES_128_GCM] = {"AES-128-GCM", "AEAD", false, true},
	[SUITE_ECDHE_ECDSA_AES_256_GCM] = {"AES-256-GCM", "AEAD", false, true},
	[SUITE_ECDHE_ECDSA_CHACHA20] = {"CHACHA20-POLY1305", "AEAD", false, true},
	[SUITE_ECDHE_ECDSA_AES_128_CBC_SHA] = {"AES-128-CBC", "SHA1", false, true},
	[SUITE_ECDHE_ECDSA_AES_256_CBC_SHA] = {"AES-256-CBC", "SHA1", false, true},
	[SUITE_ECDHE_RSA_AES_128_GCM] = {"AES-128-GCM", "AEAD", false, false},
	[SUITE_ECDHE_RSA_AES_256_GCM] = {"AES-256-GCM", "AEAD", false, false},
	[SUITE_ECDHE_RSA_CHACHA20] = {"CHACHA20-POLY1305", "AEAD", false, false},
	[SUITE_ECDHE_RSA_AES_128_CBC_SHA] = {"AES-128-CBC", "SHA1", false, false},
	[SUITE_ECDHE_RSA_AES_256_CBC_SHA] = {"AES-256-CBC", "SHA1", false, false},
};

static const char *const curves[WEB_CURVES] = {
	[CURVE_X25519] = "GROUP-X25519",
	[CURVE_P256] = "GROUP-SECP256R1",
	[CURVE_P384] = "GROUP-SECP384R1",
	[CURVE_P521] = "GROUP-SECP521R1",
};

static const char *const versions[] = {
	[TLS_VERSION_10] = "VERS-TLS1.0",
	[TLS_VERSION_11] = "VERS-TLS1.1",
	[TLS_VERSION_12] = "VERS-TLS1.2",
	[TLS_VERSION_13] = "VERS-TLS1.3",
};

static void add(char to[TLS_PRIORITIES_BYTES], const char *name)
{
	size_t length = strlen(to);

	snprintf(to + length, TLS_PRIORITIES_BYTES - length, ":+%s", name);
}

static bool suite_is_old(const struct suite *suite, struct tls_key key)
{
	return !suite->is_new && suite->is_ecdsa == key.is_ecdsa;
}

bool tls_priorities_old(const struct web_tls_config *config, struct tls_key key)
{
	size_t i;

	if (config->min_version == TLS_VERSION_13)
		return false;
	for (i = 0; i < config->cipher_suite_count; i++)
		if (suite_is_old(&suites[config->cipher_suites[i]], key))
			return true;
	return !config->cipher_suite_count;
}

/* Those of the scope, the newest first. */
static void add_versions(const struct web_tls_config *config, bool has_old, bool has_new, char *to)
{
	int version;

	for (version = (int)config->max_version; version >= (int)config->min_version; version--)
		if (version == TLS_VERSION_13 ? has_new : has_old)
			add(to, versions[version]);
}

static void add_suite(const struct suite *suite, char *to)
{
	add(to, suite->cipher);
	add(to, suite->mac);
}

static void add_new_suites(char *to)
{
	size_t i;

	for (i = 0; i < WEB_CIPHER_SUITES; i++)
		if (suites[i].is_new)
			add_suite(&suites[i], to);
}

/* As configured, or all. */
static void add_old_suites(const struct web_tls_config *config, struct tls_key key, char *to)
{
	size_t count = config->cipher_suite_count, i;

	for (i = 0; i < (count ? count : WEB_CIPHER_SUITES); i++) {
		const struct suite *suite = &suites[count ? config->cipher_suites[i] : i];

		if (suite_is_old(suite, key))
			add_suite(suite, to);
	}
}

static void add_curves(const struct web_tls_config *config, char *to)
{
	size_t i;

	for (i = 0; i < config->curve_count; i++)
		add(to, curves[config->curves[i]]);
	for (i = 0; !config->curve_count && i < WEB_CURVES; i++)
		add(to, curves[i]);
}

bool tls_priorities(const struct web_tls_config *config, enum tls_scope scope, struct tls_key key,
		    char to[TLS_PRIORITIES_BYTES])
{
	bool has_new = scope != TLS_SCOPE_OLD && config->max_version == TLS_VERSION_13;
	bool has_old = scope != TLS_SCOPE_NEW && tls_priorities_old(config, key);

	snprintf(to, TLS_PRIORITIES_BYTES,
		 "NORMAL:-VERS-ALL:-CIPHER-ALL:-MAC-ALL:-KX-ALL:-GROUP-ALL");
	add_versions(config, has_old, has_new, to);
	if (has_new)
		add_new_suites(to);
	if (has_old)
		add_old_suites(config, key, to);
	add(to, key.is_ecdsa ? "ECDHE-ECDSA" : "ECDHE-RSA");
	add_curves(config, to);
	if (config->prefer_server_cipher_suites)
		strcat(to, ":%SERVER_PRECEDENCE");
	if (key.must_sign)
		strcat(to, ":%DEBUG_ALLOW_KEY_USAGE_VIOLATIONS");
	return has_old || has_new;
}
