/*
 * web_names: the names that the web configuration file may have. Read-only, any thread.
 *
 * Source: the constants of Go's crypto/tls, and docs/web-configuration.md of
 * prometheus/exporter-toolkit.
 */
#ifndef CONFIG_WEB_NAMES_H
#define CONFIG_WEB_NAMES_H

/* Those of TLS 1.3 may be named, and are always allowed. */
enum web_cipher_suite {
	SUITE_AES_128_GCM_SHA256,
	SUITE_AES_256_GCM_SHA384,
	SUITE_CHACHA20_POLY1305_SHA256,
	SUITE_ECDHE_ECDSA_AES_128_GCM,
	SUITE_ECDHE_ECDSA_AES_256_GCM,
	SUITE_ECDHE_ECDSA_CHACHA20,
	SUITE_ECDHE_ECDSA_AES_128_CBC_SHA,
	SUITE_ECDHE_ECDSA_AES_256_CBC_SHA,
	SUITE_ECDHE_RSA_AES_128_GCM,
	SUITE_ECDHE_RSA_AES_256_GCM,
	SUITE_ECDHE_RSA_CHACHA20,
	SUITE_ECDHE_RSA_AES_128_CBC_SHA,
	SUITE_ECDHE_RSA_AES_256_CBC_SHA,
	WEB_CIPHER_SUITES,
};

enum web_curve {
	CURVE_X25519,
	CURVE_P256,
	CURVE_P384,
	CURVE_P521,
	WEB_CURVES,
};

enum web_header {
	HEADER_CONTENT_SECURITY_POLICY,
	HEADER_FRAME_OPTIONS,
	HEADER_CONTENT_TYPE_OPTIONS,
	HEADER_XSS_PROTECTION,
	HEADER_STRICT_TRANSPORT_SECURITY,
	WEB_HEADERS,
};

/* Each ends with NULL. */
extern const char *const web_cipher_suites[WEB_CIPHER_SUITES + 1];
extern const char *const web_curves[WEB_CURVES + 1];
extern const char *const web_headers[WEB_HEADERS + 1];

#endif
