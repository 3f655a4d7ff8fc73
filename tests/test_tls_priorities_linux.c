#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/http/tls_priorities.h"

static const struct web_tls_config usual = {
	.min_version = TLS_VERSION_12,
	.max_version = TLS_VERSION_13,
	.prefer_server_cipher_suites = true,
};

static const struct tls_key rsa = {.is_ecdsa = false}, ecdsa = {.is_ecdsa = true};

#define BASE "NORMAL:-VERS-ALL:-CIPHER-ALL:-MAC-ALL:-KX-ALL:-GROUP-ALL"

static void assert_priorities(const struct web_tls_config *config, enum tls_scope scope,
			      const char *expected)
{
	char text[TLS_PRIORITIES_BYTES];

	assert_true(tls_priorities(config, scope, rsa, text));
	assert_memory_equal(text, BASE, strlen(BASE));
	assert_string_equal(text + strlen(BASE), expected);
}

static void versions_1_2_and_1_3_have_lists_of_their_own(void **state)
{
	struct web_tls_config config = usual;

	(void)state;
	config.cipher_suites[config.cipher_suite_count++] = SUITE_ECDHE_RSA_AES_256_GCM;
	config.cipher_suites[config.cipher_suite_count++] = SUITE_ECDHE_ECDSA_CHACHA20;
	config.cipher_suites[config.cipher_suite_count++] = SUITE_ECDHE_RSA_AES_128_CBC_SHA;
	config.curves[config.curve_count++] = CURVE_P384;
	assert_priorities(&config, TLS_SCOPE_OLD,
			  ":+VERS-TLS1.2:+AES-256-GCM:+AEAD:+AES-128-CBC:+SHA1:+ECDHE-RSA"
			  ":+GROUP-SECP384R1:%SERVER_PRECEDENCE");
	assert_priorities(&config, TLS_SCOPE_NEW,
			  ":+VERS-TLS1.3:+AES-128-GCM:+AEAD:+AES-256-GCM:+AEAD:+CHACHA20-POLY1305"
			  ":+AEAD:+ECDHE-RSA:+GROUP-SECP384R1:%SERVER_PRECEDENCE");
}

static void the_longest_list_fits(void **state)
{
	const struct tls_key key = {.is_ecdsa = true, .must_sign = true};
	struct web_tls_config config = usual;
	char text[TLS_PRIORITIES_BYTES];

	(void)state;
	config.min_version = TLS_VERSION_10;
	assert_true(tls_priorities(&config, TLS_SCOPE_ALL, key, text));
	assert_non_null(strstr(text, ":+VERS-TLS1.3:+VERS-TLS1.2:+VERS-TLS1.1:+VERS-TLS1.0:"));
	assert_non_null(strstr(text, ":+GROUP-SECP521R1:%SERVER_PRECEDENCE"
				     ":%DEBUG_ALLOW_KEY_USAGE_VIOLATIONS"));
}

static void suites_of_another_key_are_none(void **state)
{
	struct web_tls_config config = usual;
	char text[TLS_PRIORITIES_BYTES];

	(void)state;
	config.cipher_suites[config.cipher_suite_count++] = SUITE_ECDHE_RSA_AES_256_GCM;
	assert_true(tls_priorities_old(&config, rsa));
	assert_false(tls_priorities_old(&config, ecdsa));
	assert_true(tls_priorities(&config, TLS_SCOPE_ALL, ecdsa, text));
	config.max_version = TLS_VERSION_12;
	assert_false(tls_priorities(&config, TLS_SCOPE_ALL, ecdsa, text));
	assert_true(tls_priorities(&config, TLS_SCOPE_ALL, rsa, text));
}

static void suites_of_1_3_alone_leave_no_older_version(void **state)
{
	struct web_tls_config config = usual;
	char text[TLS_PRIORITIES_BYTES];

	(void)state;
	config.cipher_suites[config.cipher_suite_count++] = SUITE_AES_256_GCM_SHA384;
	assert_false(tls_priorities(&config, TLS_SCOPE_OLD, rsa, text));
	config.curves[config.curve_count++] = CURVE_P384;
	assert_priorities(&config, TLS_SCOPE_ALL,
			  ":+VERS-TLS1.3:+AES-128-GCM:+AEAD:+AES-256-GCM:+AEAD:+CHACHA20-POLY1305"
			  ":+AEAD:+ECDHE-RSA:+GROUP-SECP384R1:%SERVER_PRECEDENCE");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_1_2_and_1_3_have_lists_of_their_own),
		cmocka_unit_test(the_longest_list_fits),
		cmocka_unit_test(suites_of_another_key_are_none),
		cmocka_unit_test(suites_of_1_3_alone_leave_no_older_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
