#include "config/web_keys.h"

#include "config/web_config.h"

static const char *const client_auths[] = {
	[CLIENT_AUTH_NONE] = "NoClientCert",
	[CLIENT_AUTH_REQUEST] = "RequestClientCert",
	[CLIENT_AUTH_REQUIRE_ANY] = "RequireAnyClientCert",
	[CLIENT_AUTH_REQUIRE_ANY_OLD] = "RequireClientCert",
	[CLIENT_AUTH_VERIFY_IF_GIVEN] = "VerifyClientCertIfGiven",
	[CLIENT_AUTH_REQUIRE_VERIFIED] = "RequireAndVerifyClientCert",
	NULL,
};
static const char *const versions[] = {
	[TLS_VERSION_10] = "TLS10",
	[TLS_VERSION_11] = "TLS11",
	[TLS_VERSION_12] = "TLS12",
	[TLS_VERSION_13] = "TLS13",
	NULL,
};
static const char *const frame_options[] = {"deny", "sameorigin", NULL};
static const char *const content_type_options[] = {"nosniff", NULL};

#define PATH_BYTES_MAX	 4096
#define HEADER_BYTES_MAX 4096

#define TLS(member)    offsetof(struct web_tls_config, member)
#define HEADER(header) offsetof(struct web_http_config, headers[header])

static const struct key tls_rows[] = {
	{
		.name = "cert",
		.kind = KEY_OTHER,
		.shapes = SHAPE_SCALAR,
		.help = "The certificate, and those between it and its root, in PEM.",
	},
	{
		.name = "cert_file",
		.kind = KEY_NAME,
		.offset = TLS(cert_file),
		.high = PATH_BYTES_MAX,
		.help = "The same in a file.",
	},
	{
		.name = "key",
		.kind = KEY_OTHER,
		.shapes = SHAPE_SCALAR,
		.help = "Its key, in PEM.",
	},
	{
		.name = "key_file",
		.kind = KEY_NAME,
		.offset = TLS(key_file),
		.high = PATH_BYTES_MAX,
		.help = "The same in a file.",
	},
	{
		.name = "client_ca",
		.kind = KEY_OTHER,
		.shapes = SHAPE_SCALAR,
		.help = "Who signs the certificates of clients, in PEM.",
	},
	{
		.name = "client_ca_file",
		.kind = KEY_NAME,
		.offset = TLS(client_ca_file),
		.high = PATH_BYTES_MAX,
		.help = "The same in a file.",
	},
	{
		.name = "client_auth_type",
		.kind = KEY_CHOICE,
		.offset = TLS(client_auth),
		.fallback = "NoClientCert",
		.choices = client_auths,
		.help = "Whether clients need a certificate.",
	},
	{
		.name = "client_allowed_sans",
		.kind = KEY_OTHER,
		.shapes = SHAPE_SCALARS,
		.help = "A client's certificate has one of these names.",
	},
	{
		.name = "min_version",
		.kind = KEY_CHOICE,
		.offset = TLS(min_version),
		.fallback = "TLS12",
		.choices = versions,
		.help = "The oldest version of TLS.",
	},
	{
		.name = "max_version",
		.kind = KEY_CHOICE,
		.offset = TLS(max_version),
		.fallback = "TLS13",
		.choices = versions,
		.help = "The newest version of TLS.",
	},
	{
		.name = "cipher_suites",
		.kind = KEY_OTHER,
		.shapes = SHAPE_SCALARS,
		.choices = web_cipher_suites,
		.help = "Those of TLS 1.2 and before.",
	},
	{
		.name = "prefer_server_cipher_suites",
		.kind = KEY_BOOL,
		.offset = TLS(prefer_server_cipher_suites),
		.old_words = true,
		.fallback = "true",
		.help = "The order is the server's, not the client's.",
	},
	{
		.name = "curve_preferences",
		.kind = KEY_OTHER,
		.shapes = SHAPE_SCALARS,
		.choices = web_curves,
		.help = "Curves for the exchange of keys.",
	},
};

static const struct key header_rows[] = {
	{
		.name = "Content-Security-Policy",
		.kind = KEY_NAME,
		.offset = HEADER(HEADER_CONTENT_SECURITY_POLICY),
		.high = HEADER_BYTES_MAX,
		.help = "A header of all answers.",
	},
	{
		.name = "X-Frame-Options",
		.kind = KEY_WORD,
		.offset = HEADER(HEADER_FRAME_OPTIONS),
		.choices = frame_options,
		.help = "A header of all answers.",
	},
	{
		.name = "X-Content-Type-Options",
		.kind = KEY_WORD,
		.offset = HEADER(HEADER_CONTENT_TYPE_OPTIONS),
		.choices = content_type_options,
		.help = "A header of all answers.",
	},
	{
		.name = "X-XSS-Protection",
		.kind = KEY_NAME,
		.offset = HEADER(HEADER_XSS_PROTECTION),
		.high = HEADER_BYTES_MAX,
		.help = "A header of all answers.",
	},
	{
		.name = "Strict-Transport-Security",
		.kind = KEY_NAME,
		.offset = HEADER(HEADER_STRICT_TRANSPORT_SECURITY),
		.high = HEADER_BYTES_MAX,
		.help = "A header of all answers.",
	},
};

static const struct key http_rows[] = {
	{
		.name = "http2",
		.kind = KEY_BOOL,
		.offset = offsetof(struct web_http_config, http2),
		.old_words = true,
		.fallback = "true",
		.help = "Has no effect: HTTP/1.1 is spoken.",
	},
	{
		.name = "headers",
		.kind = KEY_OTHER,
		.shapes = SHAPE_MAPPING,
		.table = &web_header_keys,
		.help = "Headers of all answers.",
	},
};

static const struct key rate_limit_rows[] = {
	{
		.name = "interval",
		.kind = KEY_OTHER,
		.shapes = SHAPE_SCALAR,
		.help = "After so long one more request may come; 0: at any time.",
	},
	{
		.name = "burst",
		.kind = KEY_COUNT,
		.offset = offsetof(struct web_rate_limit, burst),
		.high = INT64_MAX,
		.old_words = true,
		.fallback = "0",
		.help = "So many may come at once.",
	},
};

static const struct key rows[] = {
	{
		.name = "tls_server_config",
		.kind = KEY_OTHER,
		.shapes = SHAPE_MAPPING,
		.table = &web_tls_keys,
		.help = "TLS, and who may be a client.",
	},
	{
		.name = "http_server_config",
		.kind = KEY_OTHER,
		.shapes = SHAPE_MAPPING,
		.table = &web_http_keys,
		.help = "Headers.",
	},
	{
		.name = "basic_auth_users",
		.kind = KEY_OTHER,
		.shapes = SHAPE_NAMED,
		.help = "Users, and their passwords' bcrypt hashes.",
	},
	{
		.name = "rate_limit",
		.kind = KEY_OTHER,
		.shapes = SHAPE_MAPPING,
		.table = &web_rate_limit_keys,
		.help = "How often a request may come.",
	},
};

#define WEB_TABLE(key_what, rows, key_blank)                                                   \
	{                                                                                      \
		.what = (key_what), .keys = (rows), .count = sizeof(rows) / sizeof((rows)[0]), \
		.blank = (key_blank),                                                          \
	}

const struct key_table web_keys = WEB_TABLE("the web configuration", rows, BLANK_NULL);
const struct key_table web_tls_keys = WEB_TABLE("tls_server_config", tls_rows, BLANK_NULL);
const struct key_table web_http_keys = WEB_TABLE("http_server_config", http_rows, BLANK_NULL);
const struct key_table web_header_keys = WEB_TABLE("headers", header_rows, BLANK_TEXT);
const struct key_table web_rate_limit_keys = WEB_TABLE("rate_limit", rate_limit_rows, BLANK_NULL);
