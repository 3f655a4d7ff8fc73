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

static bool has_version(const struct web_tls_config *config, enum tls_scope scope,
			enum tls_version version)
{
	if (scope != TLS_SCOPE_ALL && (scope == TLS_SCOPE_NEW) != (version == TLS_VERSION_13))
		return false;
	return version >= config->min_version && version <= config->max_version;
}

/* The newest first. */
static void add_versions(const struct web_tls_config *config, enum tls_scope scope, char *to)
{
	int version;

	for (version = TLS_VERSION_13; version >= TLS_VERSION_10; version--)
		if (has_version(config, scope, (enum tls_version)version))
			add(to, versions[version]);
}

static size_t add_suite(const struct suite *suite, bool wants_new, bool is_ecdsa, char *to)
{
	if (suite->is_new != wants_new || (!wants_new && suite->is_ecdsa != is_ecdsa))
		return 0;
	add(to, suite->cipher);
	add(to, suite->mac);
	return 1;
}

/* Those of before 1.3, as configured; how many. */
static size_t add_old_suites(const struct web_tls_config *config, bool is_ecdsa, char *to)
{
	size_t i, count = 0;

	for (i = 0; i < config->cipher_suite_count; i++)
		count += add_suite(&suites[config->cipher_suites[i]], false, is_ecdsa, to);
	for (i = 0; !config->cipher_suite_count && i < WEB_CIPHER_SUITES; i++)
		count += add_suite(&suites[i], false, is_ecdsa, to);
	return count;
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
	bool has_new = has_version(config, scope, TLS_VERSION_13);
	bool has_old = scope != TLS_SCOPE_NEW && config->min_version < TLS_VERSION_13;
	size_t i, count = 0;

	snprintf(to, TLS_PRIORITIES_BYTES,
		 "NORMAL:-VERS-ALL:-CIPHER-ALL:-MAC-ALL:-KX-ALL:-GROUP-ALL");
	add_versions(config, scope, to);
	for (i = 0; has_new && i < WEB_CIPHER_SUITES; i++)
		add_suite(&suites[i], true, key.is_ecdsa, to);
	if (has_old)
		count = add_old_suites(config, key.is_ecdsa, to);
	add(to, key.is_ecdsa ? "ECDHE-ECDSA" : "ECDHE-RSA");
	add_curves(config, to);
	if (config->prefer_server_cipher_suites)
		strcat(to, ":%SERVER_PRECEDENCE");
	if (key.must_sign)
		strcat(to, ":%DEBUG_ALLOW_KEY_USAGE_VIOLATIONS");
	return count || has_new;
}
