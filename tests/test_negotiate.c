#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "metrics/exposition.h"
#include "metrics/negotiate.h"

#define OPENMETRICS "application/openmetrics-text"

static void assert_format(const char *accept, enum exposition_format format)
{
	enum exposition_format chosen = exposition_negotiate(accept).format;

	if (chosen != format)
		fail_msg("format %d, not %d: %s", (int)chosen, (int)format,
			 accept ? accept : "none");
}

static void assert_text(const char *accept)
{
	assert_format(accept, EXPOSITION_TEXT);
}

static void assert_openmetrics(const char *accept)
{
	assert_format(accept, EXPOSITION_OPENMETRICS);
}

static void without_a_header_it_is_text(void **state)
{
	(void)state;
	assert_text(NULL);
	assert_text("");
	assert_text(" , ,, ");
}

/* Taken from what these send. */
static void prometheus_gets_openmetrics(void **state)
{
	(void)state;
	assert_openmetrics("application/openmetrics-text;version=1.0.0,application/"
			   "openmetrics-text;version=0.0.1;q=0.75,text/"
			   "plain;version=0.0.4;q=0.5,*/*;q=0.1");
	assert_openmetrics("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
			   "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1."
			   "0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0."
			   "2");
	assert_openmetrics("application/vnd.google.protobuf;proto=io.prometheus.client."
			   "MetricFamily;encoding=delimited;q=0.4,application/openmetrics-text;"
			   "version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1");
	assert_openmetrics("application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;"
			   "q=0.5,*/*;q=0.1");
}

static void browsers_and_curl_get_text(void **state)
{
	(void)state;
	assert_text("*/*");
	assert_text("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8");
	assert_text("text/plain");
}

static void the_greater_weight_wins(void **state)
{
	(void)state;
	assert_text("application/openmetrics-text;q=0.5,text/plain;q=0.501");
	assert_openmetrics("text/plain;q=0.5,application/openmetrics-text;q=0.501");
	assert_openmetrics("text/plain;q=0.999,application/openmetrics-text;q=1.000");
	assert_text("text/plain;q=0.001,application/openmetrics-text;q=0");
}

static void equal_weights_go_by_closeness_then_order(void **state)
{
	(void)state;
	assert_openmetrics("*/*,application/openmetrics-text");
	assert_openmetrics("text/*,application/openmetrics-text");
	assert_text("text/plain,application/openmetrics-text");
	assert_openmetrics("application/openmetrics-text,text/plain");
}

static void the_closest_range_decides(void **state)
{
	(void)state;
	assert_text("application/openmetrics-text;q=0.1,application/*;q=0.9,text/plain;q=0.5");
	assert_openmetrics("text/plain;q=0.1,text/*;q=0.9,application/openmetrics-text;q=0.5");
	assert_openmetrics("*/*;q=0.9,text/plain;q=0.1");
	assert_text("application/openmetrics-text;version=1.0.0;q=0.1,"
		    "application/openmetrics-text;q=0.9,text/plain;q=0.5");
}

static void wildcards_match(void **state)
{
	(void)state;
	assert_openmetrics("application/*");
	assert_openmetrics("application/*;q=0.3,text/*;q=0.2");
	assert_text("text/*;q=0.3,application/*;q=0.2");
	assert_text("image/*");
	assert_text("*");
}

static void a_weight_of_zero_forbids(void **state)
{
	(void)state;
	assert_text("application/openmetrics-text;q=0");
	assert_text("application/openmetrics-text;q=0.000, text/plain;q=0");
	assert_text("application/openmetrics-text;q=0, */*");
	assert_openmetrics("text/plain;q=0, */*");
}

static void both_openmetrics_versions_are_known_and_no_other(void **state)
{
	(void)state;
	assert_openmetrics(OPENMETRICS ";version=1.0.0");
	assert_openmetrics(OPENMETRICS ";version=0.0.1");
	assert_openmetrics(OPENMETRICS ";version=\"1.0.0\"");
	assert_openmetrics(OPENMETRICS);
	assert_text(OPENMETRICS ";version=2.0.0");
	assert_text(OPENMETRICS ";version=1.0.0-rc1");
	assert_text(OPENMETRICS ";version=1.0");
	assert_text(OPENMETRICS ";version=");
	assert_openmetrics(OPENMETRICS ";version=2.0.0," OPENMETRICS ";version=1.0.0;q=0.1");
	assert_openmetrics("text/plain;version=2.0.0," OPENMETRICS ";q=0.1");
}

static void case_and_spaces_do_not_matter(void **state)
{
	(void)state;
	assert_openmetrics(" Application/OpenMetrics-Text \t; Version = 1.0.0 ; Q=0.9 , "
			   "Text/Plain ;q=0.5");
	assert_text("text/plain\t;\tq=0.9\t,application/openmetrics-text;q=0.8");
}

static void other_parameters_are_ignored(void **state)
{
	(void)state;
	assert_openmetrics(OPENMETRICS ";charset=utf-8;escaping=values;version=1.0.0;flag");
	assert_openmetrics("image/png;name=\"a, text/plain;q=1\";q=0.9," OPENMETRICS ";q=0.1,"
			   "text/plain;q=0.05");
	assert_openmetrics(OPENMETRICS ";a=\"\\\";q=0,\";q=0.5,text/plain;q=0.4");
}

static void what_is_malformed_is_as_if_not_there(void **state)
{
	static const char *const weights[] = {"",   "2", "1.001", "0.0001", ".5",
					      "-1", "a", "0,5",	  "1e0",    "0.5x"};
	char accept[100];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(weights) / sizeof(*weights); i++) {
		snprintf(accept, sizeof(accept), "text/plain;q=0.1,%s;q=%s", OPENMETRICS,
			 weights[i]);
		assert_text(accept);
	}
	assert_text("application/openmetrics-text/x");
	assert_text("application/openmetrics-tex");
	assert_text(";;;===\"\"\"");
	assert_text("\"");
	assert_text("\"\\");
	assert_openmetrics("===,;=;,\\," OPENMETRICS);
	assert_openmetrics(OPENMETRICS ";a=\"never closed, text/plain");
	assert_openmetrics(OPENMETRICS ";=;;version=1.0.0=2");
}

static void only_the_beginning_of_a_long_header_counts(void **state)
{
	static char accept[1 << 20];

	(void)state;
	memset(accept, ',', sizeof(accept) - 1);
	memcpy(accept + sizeof(accept) - 100, OPENMETRICS, strlen(OPENMETRICS));
	assert_text(accept);
	memcpy(accept + 1000, OPENMETRICS, strlen(OPENMETRICS));
	assert_openmetrics(accept);
}

static void text_1_is_sent_where_its_version_is_named(void **state)
{
	(void)state;
	assert_format("text/plain;version=1.0.0", EXPOSITION_TEXT_1);
	assert_format("text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
		      "text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
		      EXPOSITION_TEXT_1);
	assert_format("text/plain;version=1.0.0;q=0.3,text/plain;version=0.0.4;q=0.4",
		      EXPOSITION_TEXT);
	assert_format("text/plain", EXPOSITION_TEXT);
}

#define PROTOBUF "application/vnd.google.protobuf"
#define PROTO	 "proto=io.prometheus.client.MetricFamily"

static void protobuf_is_sent_where_its_message_and_encoding_are_named(void **state)
{
	(void)state;
	assert_format(PROTOBUF ";" PROTO ";encoding=delimited", EXPOSITION_PROTOBUF);
	assert_format(PROTOBUF "; encoding=delimited; " PROTO ";q=0.6," OPENMETRICS
			       ";version=1.0.0;q=0.5,"
			       "text/plain;version=0.0.4;q=0.3,*/*;q=0.1",
		      EXPOSITION_PROTOBUF);
	assert_format(PROTOBUF ";" PROTO ";encoding=text", EXPOSITION_TEXT);
	assert_format(PROTOBUF ";" PROTO ";encoding=compact-text", EXPOSITION_TEXT);
	assert_format(PROTOBUF ";" PROTO, EXPOSITION_TEXT);
	assert_format(PROTOBUF ";proto=x.MetricFamily;encoding=delimited", EXPOSITION_TEXT);
	assert_format(PROTOBUF ";encoding=delimited", EXPOSITION_TEXT);
	assert_format(PROTOBUF, EXPOSITION_TEXT);
	assert_format(PROTOBUF ";" PROTO ";encoding=delimited;q=0,*/*", EXPOSITION_TEXT);
	assert_openmetrics("application/*");
}

static void assert_type(const char *accept, const char *expected)
{
	assert_string_equal(exposition_content_type(exposition_negotiate(accept)), expected);
}

static void the_escaping_of_the_accepted_type_is_said(void **state)
{
	(void)state;
	assert_type(OPENMETRICS ";version=1.0.0;escaping=allow-utf-8;q=0.5,"
				"text/plain;version=1.0.0;escaping=values;q=0.3",
		    OPENMETRICS "; version=1.0.0; charset=utf-8; escaping=allow-utf-8");
	assert_type(OPENMETRICS ";version=1.0.0;escaping=allow-utf-8;q=0.5,"
				"text/plain;version=1.0.0;escaping=values;q=0.6",
		    "text/plain; version=1.0.0; charset=utf-8; escaping=values");
	assert_type("text/plain;version=0.0.4;escaping=underscores",
		    "text/plain; version=0.0.4; charset=utf-8; escaping=underscores");
	assert_type(PROTOBUF ";" PROTO ";encoding=delimited;escaping=\"values\"",
		    PROTOBUF "; " PROTO "; encoding=delimited; escaping=values");
}

static void escaping_that_is_not_asked_for_is_said_only_of_text_1(void **state)
{
	(void)state;
	assert_type("text/plain;version=1.0.0",
		    "text/plain; version=1.0.0; charset=utf-8; escaping=underscores");
	assert_type(OPENMETRICS, OPENMETRICS "; version=1.0.0; charset=utf-8");
	assert_type(PROTOBUF ";" PROTO ";encoding=delimited",
		    PROTOBUF "; " PROTO "; encoding=delimited");
	assert_type(OPENMETRICS ";escaping=x\r\nSet-Cookie", OPENMETRICS "; version=1.0.0; "
									 "charset=utf-8");
}

/* That scheme doubles the underscores of our names. */
static void dots_get_underscores(void **state)
{
	(void)state;
	assert_type(OPENMETRICS ";escaping=dots",
		    OPENMETRICS "; version=1.0.0; charset=utf-8; escaping=underscores");
}

static void zstd_is_sent_where_it_is_named(void **state)
{
	static const char *const zstd[] = {"zstd",	     "gzip, deflate, br, zstd",
					   "ZSTD;q=0.1",     "gzip;q=0.5, zstd;q=0.5",
					   "identity, zstd", "*;q=0, zstd"};
	static const char *const other[] = {"gzip, zstd;q=0.9", "zstd;q=0, *", "*"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(zstd) / sizeof(*zstd); i++)
		assert_int_equal(negotiate_coding(zstd[i]), CODING_ZSTD);
	for (i = 0; i < sizeof(other) / sizeof(*other); i++)
		assert_int_equal(negotiate_coding(other[i]), CODING_GZIP);
}

static void who_prefers_no_coding_gets_none(void **state)
{
	(void)state;
	assert_int_equal(negotiate_coding("identity, gzip;q=0.5, zstd;q=0.9"), CODING_IDENTITY);
	assert_int_equal(negotiate_coding("identity;q=0.5, gzip;q=0.5"), CODING_GZIP);
}

static void a_scrape_timeout_is_a_decimal_number(void **state)
{
	static const char *const wrong[] = {"",
					    "0",
					    "-1",
					    "1e3",
					    "nan",
					    "inf",
					    "0x1",
					    "1s",
					    " 1",
					    "1.2.3",
					    ".",
					    "86401",
					    "+1",
					    "1,5",
					    "0.0000",
					    "\xff",
					    "999999999999999999999999999999999999"};
	double seconds;
	size_t i;

	(void)state;
	assert_false(negotiate_timeout(NULL, &seconds));
	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		if (negotiate_timeout(wrong[i], &seconds))
			fail_msg("taken: %s", wrong[i]);
	assert_true(negotiate_timeout("10", &seconds) && seconds == 10);
	assert_true(negotiate_timeout("0.25", &seconds) && seconds == 0.25);
	assert_true(negotiate_timeout("86400", &seconds) && seconds == 86400);
	assert_true(negotiate_timeout("9.500000", &seconds) && seconds == 9.5);
}

static void gzip_is_sent_where_it_is_asked_for(void **state)
{
	(void)state;
	assert_true(CODING_GZIP == negotiate_coding("gzip"));
	assert_true(CODING_GZIP == negotiate_coding("deflate, GZIP;q=0.5, br"));
	assert_true(CODING_GZIP == negotiate_coding("x-gzip"));
	assert_true(CODING_GZIP == negotiate_coding("*"));
	assert_true(CODING_GZIP == negotiate_coding("identity;q=0, gzip;q=0.001"));
	assert_true(CODING_GZIP == negotiate_coding("*;q=0, gzip"));
}

static void gzip_is_not_sent_otherwise(void **state)
{
	(void)state;
	assert_true(CODING_IDENTITY == negotiate_coding(NULL));
	assert_true(CODING_IDENTITY == negotiate_coding(""));
	assert_true(CODING_IDENTITY == negotiate_coding("identity"));
	assert_true(CODING_IDENTITY == negotiate_coding("deflate, br"));
	assert_true(CODING_IDENTITY == negotiate_coding("gzip;q=0"));
	assert_true(CODING_IDENTITY == negotiate_coding("gzip;q=0.000, *"));
	assert_true(CODING_IDENTITY == negotiate_coding("gzip2"));
	assert_true(CODING_IDENTITY == negotiate_coding("*;q=0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_header_it_is_text),
		cmocka_unit_test(prometheus_gets_openmetrics),
		cmocka_unit_test(browsers_and_curl_get_text),
		cmocka_unit_test(the_greater_weight_wins),
		cmocka_unit_test(equal_weights_go_by_closeness_then_order),
		cmocka_unit_test(the_closest_range_decides),
		cmocka_unit_test(wildcards_match),
		cmocka_unit_test(a_weight_of_zero_forbids),
		cmocka_unit_test(both_openmetrics_versions_are_known_and_no_other),
		cmocka_unit_test(case_and_spaces_do_not_matter),
		cmocka_unit_test(other_parameters_are_ignored),
		cmocka_unit_test(what_is_malformed_is_as_if_not_there),
		cmocka_unit_test(only_the_beginning_of_a_long_header_counts),
		cmocka_unit_test(text_1_is_sent_where_its_version_is_named),
		cmocka_unit_test(protobuf_is_sent_where_its_message_and_encoding_are_named),
		cmocka_unit_test(the_escaping_of_the_accepted_type_is_said),
		cmocka_unit_test(escaping_that_is_not_asked_for_is_said_only_of_text_1),
		cmocka_unit_test(dots_get_underscores),
		cmocka_unit_test(zstd_is_sent_where_it_is_named),
		cmocka_unit_test(who_prefers_no_coding_gets_none),
		cmocka_unit_test(a_scrape_timeout_is_a_decimal_number),
		cmocka_unit_test(gzip_is_sent_where_it_is_asked_for),
		cmocka_unit_test(gzip_is_not_sent_otherwise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
