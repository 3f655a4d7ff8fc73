/*
 * Any bytes as a web configuration: no crash, and either all that a server may go by or reasons why
 * not, which can be printed. Files are named that are not there.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/utf8.h"
#include "config/web_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_text(const char *text)
{
	size_t length = strlen(text);
	uint32_t code;

	require(length > 0);
	while (length) {
		size_t bytes = utf8_next(text, length, &code);

		require(bytes && !utf8_is_control(code));
		text += bytes;
		length -= bytes;
	}
}

static void check_problems(const struct problems *problems)
{
	size_t i;

	require(problems->count <= 2 * PROBLEMS_MAX);
	for (i = 0; i < problems->count; i++) {
		check_text(problems->list[i].text);
		require(!problems->list[i].line == !problems->list[i].column);
	}
}

static void check_pem(const struct web_pem *pem)
{
	require(pem->bytes && strlen(pem->bytes) == pem->length && pem->source);
}

static void check_tls(const struct web_tls_config *tls)
{
	size_t i;

	require(tls->min_version <= tls->max_version || !tls->is_on);
	require(tls->client_auth <= CLIENT_AUTH_REQUIRE_VERIFIED);
	require(tls->cipher_suite_count <= WEB_CIPHER_SUITES && tls->curve_count <= WEB_CURVES);
	for (i = 0; i < tls->cipher_suite_count; i++)
		require(tls->cipher_suites[i] < WEB_CIPHER_SUITES);
	for (i = 0; i < tls->curve_count; i++)
		require(tls->curves[i] < WEB_CURVES);
	for (i = 0; i < tls->client_allowed_sans.count; i++)
		require(*tls->client_allowed_sans.words[i]);
	if (!tls->is_on)
		return;
	check_pem(&tls->cert);
	check_pem(&tls->key);
	if (tls->client_ca.bytes)
		check_pem(&tls->client_ca);
	/* Whoever is to show a certificate of a certain name has to show one. */
	require(!tls->client_allowed_sans.count || tls->client_auth == CLIENT_AUTH_REQUIRE_ANY ||
		tls->client_auth == CLIENT_AUTH_REQUIRE_ANY_OLD ||
		tls->client_auth == CLIENT_AUTH_REQUIRE_VERIFIED);
}

static void check_headers(const struct web_http_config *http)
{
	size_t i;

	for (i = 0; i < WEB_HEADERS; i++)
		if (http->headers[i] && *http->headers[i])
			check_text(http->headers[i]);
}

static void check_users(const struct web_config *config)
{
	size_t i, j;

	require(config->user_count <= 10000);
	for (i = 0; i < config->user_count; i++) {
		const struct web_user *user = &config->users[i];

		require(!strchr(user->name, ':') && strlen(user->hash) == 60);
		for (j = 0; j < i; j++)
			require(strcmp(user->name, config->users[j].name) != 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct web_config *config;
	struct problems problems;
	struct web_files files;

	problems_init(&problems);
	web_files_init(&files);
	config = web_config_parse("/nowhere/fuzz.yml", (const char *)data, size, &files, &problems);
	require(!config == (problems.errors > 0));
	require(files.count <= WEB_FILES_MAX);
	check_problems(&problems);
	if (config) {
		check_tls(&config->tls);
		check_headers(&config->http);
		check_users(config);
	}
	web_config_free(config);
	web_files_done(&files);
	problems_done(&problems);
	return 0;
}
