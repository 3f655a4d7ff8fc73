#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/web_config.h"
#include "tests/support/scratch.h"

#define HASH "$2y$10$mDwo.lAisC94iLAyP81MCesa29IzH37oigHC/42V2pdJlUprsJPze"

struct world {
	struct scratch scratch;
	struct problems problems;
	struct web_files files;
	struct web_config *config;
};

static int begin(void **state)
{
	static struct world world;

	world = (struct world){0};
	problems_init(&world.problems);
	web_files_init(&world.files);
	scratch_make(&world.scratch);
	*state = &world;
	return 0;
}

static int end(void **state)
{
	struct world *world = *state;

	web_config_free(world->config);
	web_files_done(&world->files);
	problems_done(&world->problems);
	scratch_remove(&world->scratch);
	return 0;
}

static const struct web_config *load(void **state, const char *text)
{
	struct world *world = *state;

	web_config_free(world->config);
	problems_done(&world->problems);
	problems_init(&world->problems);
	web_files_done(&world->files);
	world->config = web_config_load(scratch_file(&world->scratch, "web.yml", text),
					&world->files, &world->problems);
	return world->config;
}

static const struct web_config *load_well(void **state, const char *text)
{
	const struct world *world = *state;
	const struct web_config *config = load(state, text);

	if (!config)
		fail_msg("%zu: %s", world->problems.list[0].line, world->problems.list[0].text);
	return config;
}

/* One problem, at LINE:COLUMN. */
static void assert_problem(void **state, const char *text, const char *place, const char *problem)
{
	const struct world *world = *state;
	char at[48];

	assert_null(load(state, text));
	assert_int_equal(world->problems.errors, 1);
	snprintf(at, sizeof(at), "%zu:%zu", world->problems.list[0].line,
		 world->problems.list[0].column);
	assert_string_equal(world->problems.list[0].text, problem);
	assert_string_equal(at, place);
}

static void nothing_is_needed(void **state)
{
	static const char *const texts[] = {"", "# nothing\n", "{}",
					    "tls_server_config:\nbasic_auth_users:\nrate_limit:\n"};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const struct web_config *config = load_well(state, texts[i]);

		assert_false(config->tls.is_on);
		assert_int_equal(config->tls.min_version, TLS_VERSION_12);
		assert_int_equal(config->tls.max_version, TLS_VERSION_13);
		assert_int_equal(config->user_count, 0);
		assert_int_equal(config->rate_limit.interval_ns, 0);
		assert_true(config->http.http2);
	}
}

static void all_keys_of_tls_are_read(void **state)
{
	struct world *world = *state;
	const struct web_tls_config *tls;

	scratch_file(&world->scratch, "a.crt", "certificate\n");
	scratch_file(&world->scratch, "a.key", "secret\n");
	tls = &load_well(state, "tls_server_config:\n"
				"  cert_file: a.crt\n"
				"  key_file: a.key\n"
				"  client_ca: |\n"
				"    line 1\n"
				"    line 2\n"
				"  client_auth_type: RequireAndVerifyClientCert\n"
				"  client_allowed_sans: [a.example, 10.0.0.1]\n"
				"  min_version: TLS13\n"
				"  max_version: TLS13\n"
				"  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,\n"
				"    TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]\n"
				"  prefer_server_cipher_suites: false\n"
				"  curve_preferences: [CurveP384, X25519]\n")
		       ->tls;
	assert_true(tls->is_on);
	assert_string_equal(tls->cert.bytes, "certificate\n");
	assert_string_equal(tls->key.bytes, "secret\n");
	assert_string_equal(tls->client_ca.bytes, "line 1\nline 2\n");
	assert_string_equal(tls->cert.source, scratch_path(&world->scratch, "a.crt"));
	assert_int_equal(tls->client_auth, CLIENT_AUTH_REQUIRE_VERIFIED);
	assert_int_equal(tls->client_allowed_sans.count, 2);
	assert_string_equal(tls->client_allowed_sans.words[1], "10.0.0.1");
	assert_int_equal(tls->min_version, TLS_VERSION_13);
	assert_int_equal(tls->cipher_suite_count, 2);
	assert_int_equal(tls->cipher_suites[0], SUITE_ECDHE_RSA_AES_256_GCM);
	assert_false(tls->prefer_server_cipher_suites);
	assert_int_equal(tls->curve_count, 2);
	assert_int_equal(tls->curves[0], CURVE_P384);
}

static void what_belongs_together_is_needed(void **state)
{
	assert_problem(state, "tls_server_config: {cert: x}", "1:20",
		       "tls_server_config needs the key \"key_file\" or \"key\"");
	assert_problem(state, "tls_server_config: {key: x}", "1:20",
		       "tls_server_config needs the key \"cert_file\" or \"cert\"");
	assert_problem(state, "tls_server_config: {key: x, cert: y, client_ca: z}", "1:49",
		       "a client CA has no use without client_auth_type; add "
		       "\"client_auth_type: RequireAndVerifyClientCert\"");
	assert_problem(state,
		       "tls_server_config: {key: x, cert: y, client_allowed_sans: [z], "
		       "client_auth_type: VerifyClientCertIfGiven}",
		       "1:59",
		       "client_allowed_sans needs client_auth_type RequireAnyClientCert or "
		       "RequireAndVerifyClientCert: others let clients in that show no "
		       "certificate");
	assert_problem(state,
		       "tls_server_config: {key: x, cert: y, client_allowed_sans: [], "
		       "client_auth_type: RequireAndVerifyClientCert}",
		       "1:59",
		       "client_allowed_sans has no entry, so that no client could connect; add "
		       "one, or leave it away");
	assert_problem(state,
		       "tls_server_config: {key: x, cert: y, min_version: TLS13, "
		       "max_version: TLS12}",
		       "1:51", "min_version is newer than max_version");
	assert_problem(state, "tls_server_config: {key: x, cert: y, max_version: TLS11}", "1:51",
		       "max_version is older than min_version, which is TLS12 where it is not "
		       "given");
}

static void where_a_file_is_given_too_it_holds(void **state)
{
	struct world *world = *state;
	const struct web_config *config;

	scratch_file(&world->scratch, "a.key", "of the file");
	config = load_well(state, "tls_server_config: {cert: y, key: x, key_file: a.key}");
	assert_string_equal(config->tls.key.bytes, "of the file");
	assert_int_equal(world->problems.count, 1);
	assert_true(world->problems.list[0].warning);
	assert_string_equal(world->problems.list[0].text,
			    "key has no effect beside key_file; leave one of them away");
}

static void clients_are_not_asked_where_nothing_is_said_of_them(void **state)
{
	const struct web_config *config;

	config = load_well(state, "tls_server_config: {cert: y, key: x, client_auth_type: \"\", "
				  "client_ca: \"\", client_allowed_sans: []}");
	assert_int_equal(config->tls.client_auth, CLIENT_AUTH_NONE);
}

static void truths_may_be_those_of_yaml_1_1(void **state)
{
	static const struct {
		const char *word;
		bool value;
	} words[] = {{"yes", true}, {"on", true},   {"Y", true},  {"True", true},
		     {"no", false}, {"Off", false}, {"n", false}, {"FALSE", false}};
	const struct web_config *config;
	char text[100];
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++) {
		snprintf(text, sizeof(text), "http_server_config: {http2: %s}", words[i].word);
		config = load_well(state, text);
		assert_int_equal(config->http.http2, words[i].value);
	}
	assert_problem(state, "http_server_config: {http2: 1}", "1:29",
		       "http2 must be true or false, not \"1\"");
}

static void a_file_that_cannot_be_read_is_named(void **state)
{
	struct world *world = *state;
	char problem[400];

	snprintf(problem, sizeof(problem),
		 "cert_file: cannot read \"%s\": No such file or directory",
		 scratch_path(&world->scratch, "none.crt"));
	assert_problem(state, "tls_server_config: {key: x, cert_file: none.crt}", "1:40", problem);
}

static void names_that_are_not_known_are_told(void **state)
{
	assert_problem(state, "tls_server: {}", "1:1",
		       "unknown key \"tls_server\"; the keys of the web configuration are "
		       "tls_server_config, http_server_config, basic_auth_users and rate_limit");
	assert_problem(state, "tls_server_config: {certfile: x}", "1:21",
		       "unknown key \"certfile\"; did you mean \"cert_file\"?");
	assert_problem(state, "tls_server_config: {min_version: TLS14}", "1:34",
		       "min_version must be TLS10 or TLS11 or TLS12 or TLS13, not \"TLS14\"");
	assert_problem(state,
		       "tls_server_config: {cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA25]}",
		       "1:37",
		       "unknown cipher suite \"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA25\"; known are "
		       "TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384, "
		       "TLS_CHACHA20_POLY1305_SHA256, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, "
		       "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, "
		       "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, "
		       "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, "
		       "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, "
		       "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "
		       "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, "
		       "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, "
		       "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA and TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA");
	assert_problem(state, "tls_server_config: {curve_preferences: [CurveP25]}", "1:41",
		       "unknown curve \"CurveP25\"; did you mean \"CurveP256\"?");
	assert_problem(state, "tls_server_config: {curve_preferences: [X25519MLKEM768]}", "1:41",
		       "unknown curve \"X25519MLKEM768\"; known are X25519, CurveP256, CurveP384 "
		       "and CurveP521");
	assert_problem(state, "http_server_config: {headers: {X-Other: a}}", "1:32",
		       "unknown key \"X-Other\"; the keys of headers are Content-Security-Policy, "
		       "X-Frame-Options, X-Content-Type-Options, X-XSS-Protection and "
		       "Strict-Transport-Security");
}

static void headers_have_the_values_that_they_may_have(void **state)
{
	const struct web_http_config *http =
		&load_well(state, "http_server_config:\n"
				  "  http2: false\n"
				  "  headers:\n"
				  "    Strict-Transport-Security: max-age=1\n"
				  "    X-Frame-Options: deny\n"
				  "    X-Content-Type-Options: ''\n")
			 ->http;

	assert_false(http->http2);
	assert_string_equal(http->headers[HEADER_STRICT_TRANSPORT_SECURITY], "max-age=1");
	assert_string_equal(http->headers[HEADER_FRAME_OPTIONS], "deny");
	assert_string_equal(http->headers[HEADER_CONTENT_TYPE_OPTIONS], "");
	assert_null(http->headers[HEADER_XSS_PROTECTION]);
	assert_problem(state, "http_server_config: {headers: {X-Frame-Options: all}}", "1:49",
		       "X-Frame-Options must be deny or sameorigin, not \"all\"");
	assert_problem(state, "http_server_config: {headers: {X-XSS-Protection: \"a\\r\\nb: c\"}}",
		       "1:50",
		       "X-XSS-Protection must be without control characters, not "
		       "\"a\\x0d\\x0ab: c\"");
}

static void users_have_hashes(void **state)
{
	const struct web_config *config =
		load_well(state, "basic_auth_users:\n  alice: " HASH "\n  'bob b': '" HASH "'\n");

	assert_int_equal(config->user_count, 2);
	assert_string_equal(config->users[0].name, "alice");
	assert_string_equal(config->users[1].name, "bob b");
	assert_string_equal(config->users[1].hash, HASH);
}

static void what_is_no_hash_is_not_repeated(void **state)
{
	static const char *const wrong[] = {
		"hunter2",
		"$1y$10$mDwo.lAisC94iLAyP81MCesa29IzH37oigHC/42V2pdJlUprsJPze",
		"$2z$10$mDwo.lAisC94iLAyP81MCesa29IzH37oigHC/42V2pdJlUprsJPze",
		"$2y$03$mDwo.lAisC94iLAyP81MCesa29IzH37oigHC/42V2pdJlUprsJPze",
		"$2y$32$mDwo.lAisC94iLAyP81MCesa29IzH37oigHC/42V2pdJlUprsJPze",
		"$2y$10$mDwo.lAisC94iLAyP81MCesa29IzH37oigHC/42V2pdJlUprsJPz",
		"$2y$10$mDwo.lAisC94iLAyP81MCesa29IzH37oigHC/42V2pdJlUprsJPze0",
		"$2y$10$mDwo!lAisC94iLAyP81MCesa29IzH37oigHC/42V2pdJlUprsJPze",
	};
	char text[160];
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(text, sizeof(text), "basic_auth_users: {bob: '%s'}", wrong[i]);
		assert_problem(
			state, text, "1:25",
			"the password of user \"bob\" must be a bcrypt hash of 60 characters "
			"such as $2y$10$..., which `htpasswd -nBC 10 NAME` prints behind the "
			"name");
	}
	assert_problem(state, "basic_auth_users: {'a:b': '" HASH "'}", "1:20",
		       "a user's name must be a text without a colon");
	assert_problem(state, "basic_auth_users: {a: '" HASH "', a: '" HASH "'}", "1:87",
		       "user \"a\" is there twice");
}

static void a_rate_has_units_or_none(void **state)
{
	assert_int_equal(load_well(state, "rate_limit: {interval: 1m30s, burst: 20}")
				 ->rate_limit.interval_ns,
			 UINT64_C(90000000000));
	assert_int_equal(
		load_well(state, "rate_limit: {interval: 0, burst: 20}")->rate_limit.interval_ns,
		0);
	assert_int_equal(load_well(state, "rate_limit: {interval: 1000000, burst: 20}")
				 ->rate_limit.interval_ns,
			 1000000);
	assert_int_equal(
		load_well(state, "rate_limit: {interval: 1s, burst: 20}")->rate_limit.burst, 20);
	assert_problem(state, "rate_limit: {interval: soon, burst: 20}", "1:24",
		       "interval must be a duration such as 5s, 500ms or 1m30s, not \"soon\"");
	assert_problem(state, "rate_limit: {interval: 1s, burst: -1}", "1:35",
		       "burst must be a whole number from 0 to 9223372036854775807, not \"-1\"");
}

static const struct web_rate_limit *load_rate(void **state, const char *interval, const char *burst)
{
	char text[128];

	snprintf(text, sizeof(text), "rate_limit: {interval: %s, burst: %s}", interval, burst);
	return &load_well(state, text)->rate_limit;
}

static void a_rate_is_read_as_go_does(void **state)
{
	assert_int_equal(load_rate(state, ".5s", "1")->interval_ns, 500000000);
	assert_int_equal(load_rate(state, "5\xce\xbcs", "1")->interval_ns, 5000);
	assert_int_equal(load_rate(state, "1s1m", "1")->interval_ns, UINT64_C(61000000000));
	assert_int_equal(load_rate(state, "-1s", "0")->interval_ns, 0);
	assert_int_equal(load_rate(state, "100000h", "1")->interval_ns,
			 UINT64_C(360000000000000000));
	assert_int_equal(load_rate(state, "1s", "0x10")->burst, 16);
	assert_int_equal(load_rate(state, "1s", "5000000000")->burst, UINT64_C(5000000000));
	assert_problem(state, "rate_limit: {interval: 2562048h, burst: 20}", "1:24",
		       "interval must be less than 292 years, not \"2562048h\"");
}

static void merge_keys_are_taken(void **state)
{
	const struct web_config *config = load_well(state, "basic_auth_users:\n"
							   "  a: " HASH "\n"
							   "http_server_config:\n"
							   "  headers:\n"
							   "    <<: [{X-Frame-Options: deny}, "
							   "{X-Frame-Options: sameorigin}]\n"
							   "<<: {rate_limit: {burst: 3}}\n");

	assert_string_equal(config->http.headers[HEADER_FRAME_OPTIONS], "deny");
	assert_int_equal(config->rate_limit.burst, 3);
	config = load_well(state, "basic_auth_users:\n"
				  "  a: " HASH "\n"
				  "  <<: {a: wrong, b: " HASH "}\n");
	assert_int_equal(config->user_count, 2);
	assert_string_equal(config->users[0].name, "a");
	assert_string_equal(config->users[1].name, "b");
	assert_problem(state, "basic_auth_users: {<<: secret}", "1:24",
		       "the merge key << takes a mapping or a list of mappings, not \"secret\"; "
		       "write \"<<\", with the quotes, where that is a name");
}

static void the_hash_is_that_of_all_files(void **state)
{
	static const char text[] = "tls_server_config: {cert_file: c.pem, key_file: k.pem}\n";
	struct world *world = *state;
	uint64_t hash;

	scratch_file(&world->scratch, "c.pem", "certificate");
	scratch_file(&world->scratch, "k.pem", "key");
	load_well(state, text);
	hash = world->files.hash;
	assert_int_equal(world->files.count, 3);
	assert_true(web_files_look(&world->files) == hash);
	load_well(state, text);
	assert_true(world->files.hash == hash);
	scratch_file(&world->scratch, "k.pem", "yek");
	assert_true(web_files_look(&world->files) != hash);
	load_well(state, text);
	assert_true(web_files_look(&world->files) == world->files.hash);
}

/* So that a certificate that is put there, or may be read at last, is seen. */
static void a_file_that_cannot_be_read_has_a_part_in_the_hash(void **state)
{
	struct world *world = *state;

	scratch_file(&world->scratch, "c.pem", "certificate");
	assert_null(load(state, "tls_server_config: {cert_file: c.pem, key_file: k.pem}\n"));
	assert_int_equal(world->files.count, 3);
	assert_true(web_files_look(&world->files) == world->files.hash);
	scratch_file(&world->scratch, "k.pem", "");
	assert_true(web_files_look(&world->files) != world->files.hash);
}

/* Texts that are compared. (Linked with --wrap=strcmp.) */
static size_t comparisons;

int __real_strcmp(const char *a, const char *b);
int __wrap_strcmp(const char *a, const char *b);

int __wrap_strcmp(const char *a, const char *b)
{
	comparisons++;
	return __real_strcmp(a, b);
}

static void among_many_users_one_that_is_there_twice_is_found_at_once(void **state)
{
	static char text[10000 * 80];
	size_t length = 0, i;

	length += (size_t)snprintf(text, sizeof(text), "basic_auth_users:\n");
	for (i = 0; i < 9999; i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length,
					   "  user%zu: " HASH "\n", i);
	comparisons = 0;
	assert_int_equal(load_well(state, text)->user_count, 9999);
	assert_true(comparisons < 9999 * 10);
	snprintf(text + length, sizeof(text) - length, "  user5000: " HASH "\n");
	assert_problem(state, text, "10001:3", "user \"user5000\" is there twice");
}

#define WEB_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WEB_TEST(nothing_is_needed),
		WEB_TEST(all_keys_of_tls_are_read),
		WEB_TEST(what_belongs_together_is_needed),
		WEB_TEST(where_a_file_is_given_too_it_holds),
		WEB_TEST(clients_are_not_asked_where_nothing_is_said_of_them),
		WEB_TEST(truths_may_be_those_of_yaml_1_1),
		WEB_TEST(a_file_that_cannot_be_read_is_named),
		WEB_TEST(names_that_are_not_known_are_told),
		WEB_TEST(headers_have_the_values_that_they_may_have),
		WEB_TEST(users_have_hashes),
		WEB_TEST(what_is_no_hash_is_not_repeated),
		WEB_TEST(a_rate_has_units_or_none),
		WEB_TEST(a_rate_is_read_as_go_does),
		WEB_TEST(merge_keys_are_taken),
		WEB_TEST(the_hash_is_that_of_all_files),
		WEB_TEST(a_file_that_cannot_be_read_has_a_part_in_the_hash),
		WEB_TEST(among_many_users_one_that_is_there_twice_is_found_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
