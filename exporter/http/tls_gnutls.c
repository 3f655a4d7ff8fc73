#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/http/sockets.h"
#include "exporter/http/tls.h"
#include "exporter/http/tls_pem.h"
#include "exporter/http/tls_priorities.h"
#include "exporter/http/tls_trial.h"
#include "exporter/value/time_text.h"

#define NAME_BYTES_MAX 4096
#define SCOPES	       (TLS_SCOPE_NEW + 1)

struct tls_settings {
	const struct web_tls_config *config;
	gnutls_certificate_credentials_t credentials;
	gnutls_priority_t priorities[SCOPES]; /* NULL: the scope has no version */
	struct tls_key key;
	time_t expiry; /* 0: none */
};

static bool verifies(const struct web_tls_config *config)
{
	return config->client_auth == CLIENT_AUTH_VERIFY_IF_GIVEN ||
	       config->client_auth == CLIENT_AUTH_REQUIRE_VERIFIED;
}

/* Without a client CA, those that the system trusts, as Go does. */
static int load_client_ca(struct tls_settings *settings, const struct report *report)
{
	const struct web_pem *pem = &settings->config->client_ca;

	if (pem->bytes)
		return tls_pem_load_authorities(pem, settings->credentials, report);
	if (verifies(settings->config))
		gnutls_certificate_set_x509_system_trust(settings->credentials);
	return 0;
}

/* Which cipher suites of TLS 1.2 there can be depends on it. */
static bool is_ecdsa(gnutls_x509_crt_t cert)
{
	int algorithm = gnutls_x509_crt_get_pk_algorithm(cert, NULL);

	return algorithm != GNUTLS_PK_RSA && algorithm != GNUTLS_PK_RSA_PSS;
}

/*
 * A server proves by a signature who it is, but for what TLS 1.2 had before elliptic curves. GnuTLS
 * refuses to where the certificate's key usage does not say so; Go's servers, and most clients, do
 * not look.
 */
static bool forbids_signatures(gnutls_x509_crt_t cert)
{
	unsigned int usage;

	return gnutls_x509_crt_get_key_usage(cert, &usage, NULL) >= 0 &&
	       !(usage & GNUTLS_KEY_DIGITAL_SIGNATURE);
}

static void note_expiry(struct tls_settings *settings, gnutls_x509_crt_t cert)
{
	time_t expiry = gnutls_x509_crt_get_expiration_time(cert);

	if (expiry > 0 && expiry != GNUTLS_X509_NO_WELL_DEFINED_EXPIRATION &&
	    (!settings->expiry || expiry < settings->expiry))
		settings->expiry = expiry;
}

static void warn_of_expiry(const struct tls_settings *settings, const struct report *report)
{
	const struct web_pem *pem = &settings->config->cert;
	char when[TIME_TEXT_SIZE];
	struct quoted quoted;

	if (settings->expiry && settings->expiry <= time(NULL))
		report_warning(report, pem->place,
			       "a certificate of %s expired at %.19sZ: clients refuse it; renew it",
			       quote(&quoted, pem->source),
			       time_text((int64_t)settings->expiry * 1000000000, when));
}

static void warn_of_weak_key(gnutls_x509_crt_t cert, const struct web_pem *pem,
			     const struct report *report)
{
	unsigned int bits = 0;
	int algorithm = gnutls_x509_crt_get_pk_algorithm(cert, &bits);
	struct quoted quoted;

	if (algorithm >= 0 && gnutls_pk_bits_to_sec_param((gnutls_pk_algorithm_t)algorithm, bits) <
				      GNUTLS_SEC_PARAM_MEDIUM)
		report_warning(report, pem->place,
			       "the key of the certificate %s has %u bits: many clients refuse it; "
			       "make one of RSA with 2048 bits or more, or of P-256",
			       quote(&quoted, pem->source), bits);
}

/* What is to be known of the certificates: the first is the server's own. */
static void look_at_certificates(struct tls_settings *settings, const struct report *report)
{
	const struct web_pem *pem = &settings->config->cert;
	gnutls_x509_crt_t *list = NULL;
	unsigned int count = 0, i;
	struct quoted quoted;

	if (gnutls_certificate_get_x509_crt(settings->credentials, 0, &list, &count) < 0)
		return;
	if (count) {
		settings->key = (struct tls_key){is_ecdsa(list[0]), forbids_signatures(list[0])};
		warn_of_weak_key(list[0], pem, report);
	}
	for (i = 0; i < count; i++) {
		note_expiry(settings, list[i]);
		gnutls_x509_crt_deinit(list[i]);
	}
	gnutls_free(list);
	warn_of_expiry(settings, report);
	if (settings->key.must_sign)
		report_warning(report, pem->place,
			       "the key usage of the certificate %s does not allow signatures, by "
			       "which a server proves who it is: some clients refuse it; add "
			       "digitalSignature when it is made anew",
			       quote(&quoted, pem->source));
}

/* NULL where the scope has no version. */
static int make_priorities(struct tls_settings *settings, enum tls_scope scope,
			   const struct report *report)
{
	const struct web_tls_config *config = settings->config;
	char text[TLS_PRIORITIES_BYTES];
	const char *wrong;
	int code;

	if (!tls_priorities(config, scope, settings->key, text))
		return 0;
	code = gnutls_priority_init(&settings->priorities[scope], text, &wrong);
	if (code < 0)
		report_error(report, config->cert.place, "GnuTLS here cannot do \"%s\": %s", text,
			     gnutls_strerror(code));
	return code < 0 ? -1 : 0;
}

/* TLS 1.3 has suites of its own, which are not configured. */
static int check_suites(const struct tls_settings *settings, const struct report *report)
{
	const struct web_tls_config *config = settings->config;
	const char *key = settings->key.is_ecdsa ? "of an elliptic curve" : "RSA's";
	const char *name = settings->key.is_ecdsa ? "ECDSA" : "RSA";

	if (config->min_version == TLS_VERSION_13 || tls_priorities_old(config, settings->key))
		return 0;
	if (config->max_version != TLS_VERSION_13) {
		report_error(report, config->cipher_suites_place,
			     "none of the cipher_suites goes with the certificate, whose key is "
			     "%s: add one with _%s_ in its name, or allow TLS13",
			     key, name);
		return -1;
	}
	report_warning(report, config->cipher_suites_place,
		       "none of the cipher_suites is one of TLS 1.2 that goes with the "
		       "certificate, whose key is %s, so that TLS 1.3 alone is spoken; add one "
		       "with _%s_ in its name",
		       key, name);
	return 0;
}

static int make_all_priorities(struct tls_settings *settings, const struct report *report)
{
	int scope;

	if (check_suites(settings, report))
		return -1;
	for (scope = 0; scope < SCOPES; scope++)
		if (make_priorities(settings, (enum tls_scope)scope, report))
			return -1;
	return 0;
}

/* False: it could not be put into text. */
static bool name_text(unsigned int type, const char *name, size_t length, char text[NAME_BYTES_MAX])
{
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

	if (type == GNUTLS_SAN_IPADDRESS && length == 16 && memcmp(name, mapped, 12) == 0)
		return inet_ntop(AF_INET, name + 12, text, NAME_BYTES_MAX);
	if (type == GNUTLS_SAN_IPADDRESS)
		return (length == 4 || length == 16) &&
		       inet_ntop(length == 4 ? AF_INET : AF_INET6, name, text, NAME_BYTES_MAX);
	if (type != GNUTLS_SAN_DNSNAME && type != GNUTLS_SAN_RFC822NAME && type != GNUTLS_SAN_URI)
		return false;
	if (length >= NAME_BYTES_MAX || memchr(name, '\0', length))
		return false;
	memcpy(text, name, length);
	text[length] = '\0';
	return true;
}

static bool is_allowed(const struct web_words *allowed, const char *name)
{
	size_t i;

	for (i = 0; i < allowed->count; i++)
		if (strcmp(allowed->words[i], name) == 0)
			return true;
	return false;
}

static bool has_allowed_name(const struct web_words *allowed, gnutls_x509_crt_t cert)
{
	char name[NAME_BYTES_MAX], text[NAME_BYTES_MAX];
	unsigned int i;

	for (i = 0;; i++) {
		size_t length = sizeof(name);
		int type = gnutls_x509_crt_get_subject_alt_name(cert, i, name, &length, NULL);

		if (type == GNUTLS_E_SHORT_MEMORY_BUFFER)
			continue;
		if (type < 0)
			return false;
		if (name_text((unsigned int)type, name, length, text) && is_allowed(allowed, text))
			return true;
	}
}

static bool check_names(const struct web_words *allowed, const gnutls_datum_t *certificate)
{
	gnutls_x509_crt_t cert;
	bool right;

	if (!allowed->count)
		return true;
	if (gnutls_x509_crt_init(&cert) < 0)
		return false;
	right = gnutls_x509_crt_import(cert, certificate, GNUTLS_X509_FMT_DER) >= 0 &&
		has_allowed_name(allowed, cert);
	gnutls_x509_crt_deinit(cert);
	return right;
}

static bool is_trusted(gnutls_session_t session)
{
	gnutls_typed_vdata_st purpose = {
		.type = GNUTLS_DT_KEY_PURPOSE_OID,
		.data = (unsigned char *)(uintptr_t)GNUTLS_KP_TLS_WWW_CLIENT,
	};
	unsigned int status;

	return gnutls_certificate_verify_peers(session, &purpose, 1, &status) >= 0 && !status;
}

/* 0: the client may go on. */
static int check_client(gnutls_session_t session)
{
	const struct tls_connection *connection = gnutls_session_get_ptr(session);
	const struct web_tls_config *config = connection->settings->config;
	unsigned int count = 0;
	const gnutls_datum_t *certificates = gnutls_certificate_get_peers(session, &count);

	if (!certificates || !count)
		return 0;
	if ((!verifies(config) || is_trusted(session)) &&
	    check_names(&config->client_allowed_sans, certificates))
		return 0;
	atomic_fetch_add(connection->refused, 1);
	return -1;
}

/* Who speaks 1.3 does so wherever the server does, also where only 1.2 would do. */
static int refuse_new(const struct tls_settings *settings, const struct report *report,
		      bool old_does, int code)
{
	const struct web_pem *pem = &settings->config->cert;
	struct quoted quoted;

	report_error(report, pem->place,
		     "no client can connect by TLS 1.3 with the certificate %s; take a key of RSA, "
		     "P-256, P-384, P-521 or Ed25519%s: %s",
		     quote(&quoted, pem->source), old_does ? ", or set max_version to TLS12" : "",
		     gnutls_strerror(code));
	return -1;
}

static int refuse_old(const struct tls_settings *settings, const struct report *report, int code)
{
	const struct web_pem *pem = &settings->config->cert;
	struct quoted quoted;

	quote(&quoted, pem->source);
	if (settings->priorities[TLS_SCOPE_NEW]) {
		report_warning(report, pem->place,
			       "no client can connect by TLS 1.2 with the certificate %s, so that "
			       "TLS 1.3 alone is spoken: %s",
			       quoted.text, gnutls_strerror(code));
		return 0;
	}
	report_error(report, pem->place,
		     "no client can connect with the certificate %s by the versions that are "
		     "allowed; take a key of RSA or P-256, other cipher_suites, or a newer "
		     "max_version: %s",
		     quoted.text, gnutls_strerror(code));
	return -1;
}

static int check_handshakes(const struct tls_settings *settings, const struct report *report)
{
	bool has_old = settings->priorities[TLS_SCOPE_OLD];
	bool has_new = settings->priorities[TLS_SCOPE_NEW];
	int old = has_old ? tls_trial(settings, TLS_TRIAL_OLD) : 0;
	int new = has_new ? tls_trial(settings, TLS_TRIAL_NEW) : 0;

	if (new)
		return refuse_new(settings, report, has_old && !old, new);
	return old ? refuse_old(settings, report, old) : 0;
}

struct tls_settings *tls_settings_new(const struct web_tls_config *config,
				      const struct report *report)
{
	struct tls_settings *settings = calloc(1, sizeof(*settings));

	if (!settings || gnutls_certificate_allocate_credentials(&settings->credentials) < 0) {
		report_out_of_memory(report);
		free(settings);
		return NULL;
	}
	settings->config = config;
	if (tls_pem_load_pair(config, settings->credentials, report) ||
	    load_client_ca(settings, report)) {
		tls_settings_free(settings);
		return NULL;
	}
	look_at_certificates(settings, report);
	if (make_all_priorities(settings, report) || check_handshakes(settings, report)) {
		tls_settings_free(settings);
		return NULL;
	}
	gnutls_certificate_set_verify_function(settings->credentials, check_client);
	return settings;
}

void tls_settings_free(struct tls_settings *settings)
{
	size_t i;

	if (!settings)
		return;
	for (i = 0; i < SCOPES; i++)
		if (settings->priorities[i])
			gnutls_priority_deinit(settings->priorities[i]);
	gnutls_certificate_free_credentials(settings->credentials);
	free(settings);
}

time_t tls_settings_expiry(const struct tls_settings *settings)
{
	return settings->expiry;
}

/*
 * What TLS 1.3 has of ciphers is its own, and not for 1.2, where the configuration chooses; GnuTLS
 * has one list for both. So it is told which once the client's version is known.
 */
static int choose_priorities(gnutls_session_t session)
{
	const struct tls_connection *connection = gnutls_session_get_ptr(session);
	bool is_new = gnutls_protocol_get_version(session) >= GNUTLS_TLS1_3;
	gnutls_priority_t chosen =
		connection->settings->priorities[is_new ? TLS_SCOPE_NEW : TLS_SCOPE_OLD];

	return chosen ? gnutls_priority_set(session, chosen) : 0;
}

static gnutls_certificate_request_t request_of(enum client_auth client_auth)
{
	switch (client_auth) {
	case CLIENT_AUTH_NONE:
		return GNUTLS_CERT_IGNORE;
	case CLIENT_AUTH_REQUEST:
	case CLIENT_AUTH_VERIFY_IF_GIVEN:
		return GNUTLS_CERT_REQUEST;
	default:
		return GNUTLS_CERT_REQUIRE;
	}
}

/*
 * A client proves by a signature that the key is its own. GnuTLS refuses one whose certificate's
 * key usage does not say so, where Go's servers look at what it is for alone, unless it is told to
 * be compatible. By now nothing else is left that this would change: what both sides can do is
 * agreed.
 */
static int take_client_certificate(gnutls_session_t session, unsigned int type, unsigned int when,
				   unsigned int incoming, const gnutls_datum_t *message)
{
	(void)type;
	(void)when;
	(void)message;
	if (incoming)
		gnutls_session_enable_compatibility_mode(session);
	return 0;
}

int tls_connection_begin(struct tls_connection *connection, void *context)
{
	const struct tls_settings *settings = connection->settings;
	gnutls_session_t session = context;

	gnutls_session_set_ptr(session, connection);
	/* In this order: the priorities say whether the certificate's key usage matters. */
	if (gnutls_priority_set(session, settings->priorities[TLS_SCOPE_ALL]) < 0 ||
	    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, settings->credentials) < 0)
		return -1;
	gnutls_certificate_server_set_request(session, request_of(settings->config->client_auth));
	gnutls_handshake_set_post_client_hello_function(session, choose_priorities);
	gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_CERTIFICATE_PKT,
					   GNUTLS_HOOK_PRE, take_client_certificate);
	return 0;
}

int tls_no_certificate(void)
{
	return -1;
}
