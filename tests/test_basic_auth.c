#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/http/basic_auth.h"
#include "exporter/http/rate_limit.h"

static void assert_read(const char *header, const char *user, const char *password, size_t length)
{
	struct credentials credentials;

	assert_true(credentials_read(header, &credentials));
	assert_string_equal(credentials.user, user);
	assert_int_equal(credentials.password_length, length);
	assert_memory_equal(credentials.password, password, length);
	credentials_done(&credentials);
}

static void user_and_password_are_read(void **state)
{
	(void)state;
	/* RFC 7617, 2. */
	assert_read("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame", 11);
	assert_read("Basic dGVzdDoxMjPCow==", "test", "123\xc2\xa3", 5);
	assert_read("basic    YTpi", "a", "b", 1);
	assert_read("BASIC YTpi", "a", "b", 1);
}

static void the_first_colon_counts(void **state)
{
	(void)state;
	assert_read("Basic YTpiOmM=", "a", "b:c", 3);
	assert_read("Basic Og==", "", "", 0);
	assert_read("Basic YTo=", "a", "", 0);
}

static void a_password_may_hold_anything(void **state)
{
	(void)state;
	assert_read("Basic YToAYg==", "a", "\0b", 2);
}

static void what_is_malformed_is_nobody(void **state)
{
	static const char *const headers[] = {
		NULL,
		"",
		"Basic",
		"Basic ",
		"BasicYTpi",
		"Bearer YTpi",
		"Basic YTp",	  /* cut */
		"Basic YTpi=",	  /* too much padding */
		"Basic YT=i",	  /* padding within */
		"Basic ====",	  /* nothing but padding */
		"Basic YT-_",	  /* the alphabet of URLs */
		"Basic YTpi x",	  /* more behind it */
		"Basic YWI=",	  /* no colon */
		"Basic YQBiOmM=", /* a zero byte in the name */
	};
	struct credentials credentials;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		if (credentials_read(headers[i], &credentials))
			fail_msg("%s", headers[i]);
}

#define S UINT64_C(1000000000)

static void a_bucket_is_full_and_fills_again(void **state)
{
	struct rate_limit rate;
	uint64_t now = 5 * S;

	(void)state;
	rate_limit_init(&rate);
	assert_true(rate_limit_allow(&rate, S, 2, now));
	assert_true(rate_limit_allow(&rate, S, 2, now));
	assert_false(rate_limit_allow(&rate, S, 2, now));
	assert_false(rate_limit_allow(&rate, S, 2, now + S / 2));
	assert_true(rate_limit_allow(&rate, S, 2, now + S + 1));
	assert_false(rate_limit_allow(&rate, S, 2, now + S + 1));
	/* However long nobody came. */
	now += 100 * S;
	assert_true(rate_limit_allow(&rate, S, 2, now));
	assert_true(rate_limit_allow(&rate, S, 2, now));
	assert_false(rate_limit_allow(&rate, S, 2, now));
	rate_limit_done(&rate);
}

static void a_limit_may_change(void **state)
{
	struct rate_limit rate;

	(void)state;
	rate_limit_init(&rate);
	assert_true(rate_limit_allow(&rate, S, 10, S));
	assert_true(rate_limit_allow(&rate, S, 1, S));
	assert_false(rate_limit_allow(&rate, S, 1, S));
	assert_true(rate_limit_allow(&rate, 0, 1, S));
	assert_false(rate_limit_allow(&rate, S, 0, 100 * S));
	rate_limit_done(&rate);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(user_and_password_are_read),
		cmocka_unit_test(the_first_colon_counts),
		cmocka_unit_test(a_password_may_hold_anything),
		cmocka_unit_test(what_is_malformed_is_nobody),
		cmocka_unit_test(a_bucket_is_full_and_fills_again),
		cmocka_unit_test(a_limit_may_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
