/* What a scrape may ask for: encodings, families by name, to be answered in time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zstd.h>

#include <cmocka.h>

#include "exporter/http.h"
#include "tests/support/http_client.h"
#include "tests/support/posix.h"

#define BIG_PAGE_BYTES (16 << 20)

enum page_kind {
	PAGE_SMALL,
	PAGE_BIG,
	PAGE_WAITS,
};

struct world {
	struct registry *registry;
	struct metrics_page *page;
	const char *address; /* to listen on */
	struct http_counters counters;
	struct http_config config;
	struct http *http;
	_Atomic int kind; /* enum page_kind */
	atomic_bool waiting;
	atomic_bool may_go_on;
	atomic_bool gave_up;
};

static double now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* False: not within some seconds. */
static bool wait_for(atomic_bool *flag)
{
	double end = now_seconds() + 20;

	while (!atomic_load(flag))
		if (now_seconds() > end)
			return false;
	return true;
}

static void collect(struct exposition *exposition, void *context)
{
	static const char *const labels[] = {"n"};
	static const struct family_info family = {
		.name = "big",
		.help = "Big.",
		.type = METRIC_GAUGE,
		.labels = labels,
		.label_count = 1,
	};
	struct world *world = context;
	size_t i;

	if (!exposition_family(exposition, &family))
		return;
	switch (atomic_load(&world->kind)) {
	case PAGE_BIG:
		for (i = 0; exposition->out->length < BIG_PAGE_BYTES; i++)
			exposition_rendered_u64(exposition, "n=\"12345678\"", 12, i);
		break;
	case PAGE_WAITS:
		atomic_store(&world->waiting, true);
		atomic_store(&world->gave_up, !wait_for(&world->may_go_on));
		break;
	default:
		break;
	}
}

static int begin(void **state)
{
	static struct world world;
	const struct registry_limits limits = {10, 100};

	world = (struct world){.registry = registry_new(&limits), .address = "127.0.0.1:0"};
	world.page = metrics_page_new(world.registry);
	world.config = (struct http_config){
		.listen_addresses = &world.address,
		.listen_count = 1,
		.limits = HTTP_LIMITS,
		.counters = &world.counters,
		.telemetry_path = "/metrics",
		.page = world.page,
	};
	*state = &world;
	return metrics_page_add(world.page, (struct collector){collect, &world});
}

static int end(void **state)
{
	struct world *world = *state;

	http_close(world->http);
	metrics_page_free(world->page);
	registry_free(world->registry);
	return 0;
}

static struct world *serve(void **state)
{
	struct world *world = *state;
	struct error error;

	world->http = http_open(&world->config, &error);
	if (!world->http)
		fail_msg("%s", error.text);
	return world;
}

static void request(const struct world *world, const char *method, const char *path,
		    const char *headers, struct http_reply *reply)
{
	http_client_request(http_address(world->http, 0), method, path, headers, reply);
}

static void assert_header(const struct http_reply *reply, const char *name, const char *expected)
{
	char value[256];

	assert_string_equal(http_reply_header(reply, name, value), expected);
}

static void assert_answer(const struct world *world, const char *path, int status, const char *body)
{
	struct http_reply reply;

	request(world, "GET", path, "", &reply);
	assert_int_equal(reply.status, status);
	assert_header(&reply, "Content-Type", "text/plain; charset=utf-8");
	assert_string_equal(reply.body, body);
	http_reply_done(&reply);
}

static void zstd_is_sent_where_it_is_accepted(void **state)
{
	struct world *world = serve(state);
	struct http_reply reply;
	size_t length;
	char *page;

	atomic_store(&world->kind, PAGE_BIG);
	request(world, "GET", "/metrics", "Accept-Encoding: gzip;q=0.9, zstd\r\n", &reply);
	assert_int_equal(reply.status, 200);
	assert_header(&reply, "Content-Encoding", "zstd");
	page = malloc(2 * BIG_PAGE_BYTES);
	assert_non_null(page);
	length = ZSTD_decompress(page, 2 * BIG_PAGE_BYTES, reply.body, reply.length);
	assert_false(ZSTD_isError(length));
	assert_in_range(length, BIG_PAGE_BYTES, 2 * BIG_PAGE_BYTES - 1);
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
	const struct world *world = serve(state);
	struct http_reply reply;
	size_t i;

	for (i = 0; i < sizeof(queries) / sizeof(*queries); i++) {
		request(world, "GET", queries[i], "", &reply);
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
	const struct world *world = serve(state);
	struct http_reply reply;

	request(world, "GET", "/metrics?name[]=%00%ff%zz&name[]=etw_", "", &reply);
	assert_int_equal(reply.status, 200);
	assert_header(&reply, "Content-Length", "0");
	assert_int_equal(reply.length, 0);
	http_reply_done(&reply);
}

/* Each name takes some of the memory that a connection has. */
static void a_query_may_have_many_names_but_no_number_of_them_does_harm(void **state)
{
	static const size_t counts[] = {150, 1500};
	static char path[12000];
	const struct world *world = serve(state);
	struct http_reply reply;
	size_t i, j, at;

	for (i = 0; i < 2; i++) {
		strcpy(path, "/metrics?");
		at = strlen(path);
		for (j = 0; j < counts[i]; j++, at += 7)
			memcpy(path + at, "name[]&", 8);
		request(world, "GET", path, "", &reply);
		assert_true(reply.status == 200 || i > 0);
		assert_int_equal(reply.length, 0);
		http_reply_done(&reply);
	}
	assert_answer(world, "/-/healthy", 200, "healthy\n");
}

static void *scrape(void *context)
{
	struct http_reply reply;

	request(context, "GET", "/metrics", "", &reply);
	assert_int_equal(reply.status, 200);
	http_reply_done(&reply);
	return NULL;
}

static void assert_late(const struct world *world, const char *timeout)
{
	struct http_reply reply;

	request(world, "GET", "/metrics", timeout, &reply);
	assert_int_equal(reply.status, 503);
	assert_header(&reply, "Content-Type", "text/plain; charset=utf-8");
	assert_string_equal(reply.body, "the page could not be made within the time that "
					"X-Prometheus-Scrape-Timeout-Seconds allows\n");
	http_reply_done(&reply);
}

/* While another page is being made, which does not end before this one is answered. */
static void a_page_that_waits_past_the_scrape_timeout_is_unavailable(void **state)
{
	struct world *world = serve(state);
	pthread_t thread;

	atomic_store(&world->kind, PAGE_WAITS);
	assert_int_equal(pthread_create(&thread, NULL, scrape, world), 0);
	assert_true(wait_for(&world->waiting));
	assert_late(world, "X-Prometheus-Scrape-Timeout-Seconds: 0.2\r\n");
	atomic_store(&world->may_go_on, true);
	pthread_join(thread, NULL);
	assert_false(atomic_load(&world->gave_up));
}

static void a_page_that_takes_longer_than_the_scrape_timeout_is_unavailable(void **state)
{
	struct world *world = serve(state);
	struct http_reply reply;

	assert_late(world, "X-Prometheus-Scrape-Timeout-Seconds: 0.00000001\r\n");
	atomic_store(&world->kind, PAGE_BIG);
	assert_late(world, "X-Prometheus-Scrape-Timeout-Seconds: 0.00001\r\n");
	request(world, "GET", "/metrics",
		"X-Prometheus-Scrape-Timeout-Seconds: 60\r\nAccept-Encoding: gzip\r\n", &reply);
	assert_int_equal(reply.status, 200);
	http_reply_done(&reply);
}

static void a_scrape_timeout_that_is_none_is_ignored(void **state)
{
	const struct world *world = serve(state);
	struct http_reply reply;

	request(world, "GET", "/metrics", "X-Prometheus-Scrape-Timeout-Seconds: -1e-9\r\n", &reply);
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
		HTTP_TEST(a_query_may_have_many_names_but_no_number_of_them_does_harm),
		HTTP_TEST(a_page_that_waits_past_the_scrape_timeout_is_unavailable),
		HTTP_TEST(a_page_that_takes_longer_than_the_scrape_timeout_is_unavailable),
		HTTP_TEST(a_scrape_timeout_that_is_none_is_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
