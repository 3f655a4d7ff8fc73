#include "exporter/http/tls_pem.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>

#include "config/wipe.h"

static gnutls_datum_t datum_of(const struct web_pem *pem)
{
	return (gnutls_datum_t){(unsigned char *)pem->bytes, (unsigned int)pem->length};
}

/* -1 always. */
static int refuse(const struct report *report, const struct web_pem *pem, const char *what,
		  int code)
{
	struct quoted quoted;

	report_error(report, pem->place, "%s %s: %s", what, quote(&quoted, pem->source),
		     gnutls_strerror(code));
	return -1;
}

/* The server's certificate, and those between it and its root; each is to be freed, and the list.
 */
struct chain {
	gnutls_x509_crt_t *list;
	unsigned int count;
};

static void chain_done(struct chain *chain)
{
	unsigned int i;

	for (i = 0; i < chain->count; i++)
		gnutls_x509_crt_deinit(chain->list[i]);
	gnutls_free(chain->list);
}

static int read_chain(const struct web_pem *pem, struct chain *chain, const struct report *report)
{
	gnutls_datum_t datum = datum_of(pem);
	int code = gnutls_x509_crt_list_import2(&chain->list, &chain->count, &datum,
						GNUTLS_X509_FMT_PEM, 0);

	if (code >= 0)
		return 0;
	*chain = (struct chain){0};
	return refuse(report, pem,
		      code == GNUTLS_E_NO_CERTIFICATE_FOUND ? "there is no certificate in"
							    : "cannot read the certificates in",
		      code);
}

/* The block of a key, whatever kind of key its first line says; NULL: there is none. */
static const char *find_key(const struct web_pem *pem)
{
	static const char begin[] = "-----BEGIN ";
	const char *mark = pem->bytes, *line;

	while ((mark = strstr(mark, "PRIVATE KEY-----"))) {
		for (line = mark; line > pem->bytes && line[-1] != '\n'; line--)
			;
		if (strncmp(line, begin, sizeof(begin) - 1) == 0)
			return line;
		mark++;
	}
	return NULL;
}

/* Some write another kind in the first line than what follows; Go's programs do not mind. */
static int import_mislabelled(gnutls_x509_privkey_t key, const struct web_pem *pem)
{
	const char *block = find_key(pem);
	gnutls_datum_t text, der;
	int code;

	if (!block)
		return GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE;
	text = (gnutls_datum_t){(unsigned char *)(uintptr_t)block,
				(unsigned int)(pem->length - (size_t)(block - pem->bytes))};
	code = gnutls_pem_base64_decode2(NULL, &text, &der);
	if (code < 0)
		return code;
	code = gnutls_x509_privkey_import(key, &der, GNUTLS_X509_FMT_DER);
	if (code < 0)
		code = gnutls_x509_privkey_import_pkcs8(key, &der, GNUTLS_X509_FMT_DER, NULL,
							GNUTLS_PKCS_PLAIN);
	wipe(der.data, der.size);
	gnutls_free(der.data);
	return code;
}

static int refuse_key(const struct report *report, const struct web_pem *pem, int code)
{
	struct quoted quoted;

	if (code != GNUTLS_E_DECRYPTION_FAILED)
		return refuse(report, pem,
			      find_key(pem) ? "cannot read the private key in"
					    : "there is no private key in",
			      code);
	report_error(report, pem->place,
		     "the private key in %s is encrypted; give it without a password, as `openssl "
		     "pkey` writes it",
		     quote(&quoted, pem->source));
	return -1;
}

/* To be freed in any case. */
static int read_key(const struct web_pem *pem, gnutls_x509_privkey_t *key,
		    const struct report *report)
{
	gnutls_datum_t datum = datum_of(pem);
	int code = gnutls_x509_privkey_init(key);

	if (code < 0)
		return refuse(report, pem, "cannot read the private key in", code);
	code = gnutls_x509_privkey_import2(*key, &datum, GNUTLS_X509_FMT_PEM, NULL, 0);
	if (code < 0 && import_mislabelled(*key, pem) >= 0)
		code = 0;
	return code < 0 ? refuse_key(report, pem, code) : 0;
}

/* As they are put into order for clients; GnuTLS does not end that well where they cannot be. */
static int check_order(const struct web_pem *pem, const struct chain *chain,
		       const struct report *report)
{
	gnutls_pcert_st *ordered = calloc(chain->count, sizeof(*ordered));
	unsigned int count = chain->count, i;
	int code = GNUTLS_E_MEMORY_ERROR;

	if (ordered)
		code = gnutls_pcert_import_x509_list(ordered, chain->list, &count,
						     GNUTLS_X509_CRT_LIST_SORT);
	for (i = 0; code >= 0 && i < count; i++)
		gnutls_pcert_deinit(&ordered[i]);
	free(ordered);
	return code < 0 ? refuse(report, pem, "cannot take the certificates in", code) : 0;
}

int tls_pem_load_pair(const struct web_tls_config *config,
		      gnutls_certificate_credentials_t credentials, const struct report *report)
{
	gnutls_x509_privkey_t key = NULL;
	struct chain chain = {0};
	int result = -1, code;

	if (!read_chain(&config->cert, &chain, report) &&
	    !check_order(&config->cert, &chain, report) && !read_key(&config->key, &key, report)) {
		code = gnutls_certificate_set_x509_key(credentials, chain.list, (int)chain.count,
						       key);
		result = code < 0 ? refuse(report, &config->cert,
					   "the key does not go with the certificate", code)
				  : 0;
	}
	chain_done(&chain);
	gnutls_x509_privkey_deinit(key);
	return result;
}

int tls_pem_load_authorities(const struct web_pem *pem,
			     gnutls_certificate_credentials_t credentials,
			     const struct report *report)
{
	gnutls_datum_t datum = datum_of(pem);
	int code = gnutls_certificate_set_x509_trust_mem(credentials, &datum, GNUTLS_X509_FMT_PEM);

	return code > 0 ? 0
			: refuse(report, pem, "there is no certificate in",
				 code ? code : GNUTLS_E_NO_CERTIFICATE_FOUND);
}
