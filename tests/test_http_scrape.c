/* What a scrape may ask for: encodings, families by name, to be answered in time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include <cmocka.h>

#include "tests/support/http_rig.h"

static int begin(void **state)
{
	static struct http_rig rig;

	http_rig_begin(&rig);
	*state = &rig;
	return 0;
}

static int end(void **state)
{
	http_rig_end(*state);
	return 0;
}

static void zstd_is_sent_where_it_is_accepted(void **state)
{
	struct http_rig *rig = http_rig_serve(state);
	struct http_reply reply;
	size_t length;
	char *page;

	atomic_store(&rig->kind, PAGE_BIG);
	http_rig_request(rig, "GET", "/metrics", "Accept-Encoding: gzip;q=0.9, zstd\r\n", &reply);
	assert_int_equal(reply.status, 200);
	http_reply_assert_header(&reply, "Content-Encoding", "zstd");
	page = malloc(2 * HTTP_RIG_BIG_BYTES);
	assert_non_null(page);
	length = ZSTD_decompress(page, 2 * HTTP_RIG_BIG_BYTES, reply.body, reply.length);
	assert_false(ZSTD_isError(length));
	assert_in_range(length, HTTP_RIG_BIG_BYTES, 2 * HTTP_RIG_BIG_BYTES - 1);
	page[length] = '\0';
	assert_non_null(strstr(page, "\nbig{n=\"12345678\"} 99\n"));
	free(page);
	http_reply_done(&reply);
}

static void a_query_chooses_families_by_name(void **state)
{
	static const char *const queries[] = {
		"/metrics?name[]=etw_exporter_series_limit",
		"/metrics?name%5B%5D=etw_exporter_series_limit",
		"/metrics?a=b&name[]=x&name[]=etw_exporter_series_limit&name[]=&name[]",
	};
	const struct http_rig *rig = http_rig_serve(state);
	struct http_reply reply;
	size_t i;

	for (i = 0; i < sizeof(queries) / sizeof(*queries); i++) {
		http_rig_request(rig, "GET", queries[i], "", &reply);
		assert_int_equal(reply.status, 200);
		assert_string_equal(
			reply.body,
			"# HELP etw_exporter_series_limit Limit of the number of series "
			"(limits.series).\n# TYPE etw_exporter_series_limit gauge\n"
			"etw_exporter_series_limit 10\n");
		http_reply_done(&reply);
	}
}

static void a_query_for_names_that_are_not_there_gets_an_empty_page(void **state)
{
	const struct http_rig *rig = http_rig_serve(state);
	struct http_reply reply;

	http_rig_request(rig, "GET", "/metrics?name[]=%00%ff%zz&name[]=etw_", "", &reply);
	assert_int_equal(reply.status, 200);
	http_reply_assert_header(&reply, "Content-Length", "0");
	assert_int_equal(reply.length, 0);
	http_reply_done(&reply);
}

static void a_query_may_have_as_many_names_as_it_has_room_for(void **state)
{
	static const size_t counts[] = {150, 300, 1500};
	static char path[12000];
	const struct http_rig *rig = http_rig_serve(state);
	struct http_reply reply;
	size_t i, j, at;

	for (i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		strcpy(path, "/metrics?");
		at = strlen(path);
		for (j = 0; j < counts[i]; j++, at += 7)
			memcpy(path + at, "name[]&", 8);
		strcpy(path + at, "name[]=etw_exporter_series_limit");
		http_rig_request(rig, "GET", path, "", &reply);
		assert_int_equal(reply.status, 200);
		assert_non_null(strstr(reply.body, "\netw_exporter_series_limit 10\n"));
		http_reply_done(&reply);
	}
}

static void *scrape(void *context)
{
	struct http_reply reply;

	http_rig_request(context, "GET", "/metrics", "", &reply);
	assert_int_equal(reply.status, 200);
	http_reply_done(&reply);
	return NULL;
}

static void assert_late(const struct http_rig *rig, const char *timeout)
{
	struct http_reply reply;

	http_rig_request(rig, "GET", "/metrics", timeout, &reply);
	assert_int_equal(reply.status, 503);
	http_reply_assert_header(&reply, "Content-Type", "text/plain; charset=utf-8");
	assert_string_equal(reply.body, "the page could not be made within the time that "
					"X-Prometheus-Scrape-Timeout-Seconds allows\n");
	http_reply_done(&reply);
}

/* While another page is being made, which does not end before this one is answered. */
static void a_page_that_waits_past_the_scrape_timeout_is_unavailable(void **state)
{
	struct http_rig *rig = http_rig_serve(state);
	pthread_t thread;

	atomic_store(&rig->kind, PAGE_WAITS);
	assert_int_equal(pthread_create(&thread, NULL, scrape, rig), 0);
	assert_true(http_rig_wait(&rig->waiting));
	assert_late(rig, "X-Prometheus-Scrape-Timeout-Seconds: 0.2\r\n");
	atomic_store(&rig->may_go_on, true);
	pthread_join(thread, NULL);
	assert_false(atomic_load(&rig->gave_up));
}

static void a_page_that_takes_longer_than_the_scrape_timeout_is_unavailable(void **state)
{
	struct http_rig *rig = http_rig_serve(state);
	struct http_reply reply;

	assert_late(rig, "X-Prometheus-Scrape-Timeout-Seconds: 0.00000001\r\n");
	atomic_store(&rig->kind, PAGE_BIG);
	assert_late(rig, "X-Prometheus-Scrape-Timeout-Seconds: 0.00001\r\n");
	http_rig_request(rig, "GET", "/metrics",
			 "X-Prometheus-Scrape-Timeout-Seconds: 60\r\nAccept-Encoding: gzip\r\n",
			 &reply);
	assert_int_equal(reply.status, 200);
	http_reply_done(&reply);
}

static void a_scrape_timeout_that_is_none_is_ignored(void **state)
{
	const struct http_rig *rig = http_rig_serve(state);
	struct http_reply reply;

	http_rig_request(rig, "GET", "/metrics", "X-Prometheus-Scrape-Timeout-Seconds: -1e-9\r\n",
			 &reply);
	assert_int_equal(reply.status, 200);
	http_reply_done(&reply);
}

int main(void)
{
#define HTTP_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		HTTP_TEST(zstd_is_sent_where_it_is_accepted),
		HTTP_TEST(a_query_chooses_families_by_name),
		HTTP_TEST(a_query_for_names_that_are_not_there_gets_an_empty_page),
		HTTP_TEST(a_query_may_have_as_many_names_as_it_has_room_for),
		HTTP_TEST(a_page_that_waits_past_the_scrape_timeout_is_unavailable),
		HTTP_TEST(a_page_that_takes_longer_than_the_scrape_timeout_is_unavailable),
		HTTP_TEST(a_scrape_timeout_that_is_none_is_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
