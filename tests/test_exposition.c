#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "metrics/exposition.h"
#include "tests/support/posix.h"

static const char *const only_a[] = {"a"};
static const char *const ab[] = {"a", "b"};

static const struct family_info counter = {
	.name = "x_events_total",
	.help = "Events.",
	.type = METRIC_COUNTER,
	.labels = ab,
	.label_count = 2,
};
static const struct family_info byte_counter = {
	.name = "x_read_bytes_total",
	.help = "Bytes.",
	.type = METRIC_COUNTER,
};
static const struct family_info gauge = {
	.name = "x_lag_seconds",
	.help = "Lag.",
	.type = METRIC_GAUGE,
	.labels = only_a,
	.label_count = 1,
};
static const struct family_info info = {
	.name = "x_build_info",
	.help = "Build.",
	.type = METRIC_INFO,
	.labels = only_a,
	.label_count = 1,
};

static void assert_page(struct text *page, const char *expected)
{
	assert_false(page->failed);
	text_char(page, '\0');
	assert_string_equal(page->bytes, expected);
	text_done(page);
}

static struct exposition begin(struct text *page, enum exposition_format format)
{
	text_init(page, 1 << 20);
	return (struct exposition){.out = page, .format = format};
}

/* One family with one sample of 7, all label values "v". */
static void assert_family(const struct family_info *family, enum exposition_format format,
			  const char *expected)
{
	const char *values[] = {"v", "v"};
	struct text page;
	struct exposition exposition = begin(&page, format);

	exposition_family(&exposition, family);
	exposition_u64(&exposition, values, 7);
	assert_page(&page, expected);
}

static void text_families_have_help_and_type(void **state)
{
	(void)state;
	assert_family(&counter, EXPOSITION_TEXT,
		      "# HELP x_events_total Events.\n# TYPE x_events_total counter\n"
		      "x_events_total{a=\"v\",b=\"v\"} 7\n");
	assert_family(&gauge, EXPOSITION_TEXT,
		      "# HELP x_lag_seconds Lag.\n# TYPE x_lag_seconds gauge\n"
		      "x_lag_seconds{a=\"v\"} 7\n");
}

static void a_text_info_is_a_gauge(void **state)
{
	(void)state;
	assert_family(&info, EXPOSITION_TEXT,
		      "# HELP x_build_info Build.\n# TYPE x_build_info gauge\n"
		      "x_build_info{a=\"v\"} 7\n");
}

static void openmetrics_families_have_no_suffix(void **state)
{
	(void)state;
	assert_family(&counter, EXPOSITION_OPENMETRICS,
		      "# TYPE x_events counter\n# HELP x_events Events.\n"
		      "x_events_total{a=\"v\",b=\"v\"} 7\n");
	assert_family(&info, EXPOSITION_OPENMETRICS,
		      "# TYPE x_build info\n# HELP x_build Build.\nx_build_info{a=\"v\"} 7\n");
}

static void openmetrics_names_the_unit(void **state)
{
	(void)state;
	assert_family(&gauge, EXPOSITION_OPENMETRICS,
		      "# TYPE x_lag_seconds gauge\n# UNIT x_lag_seconds seconds\n"
		      "# HELP x_lag_seconds Lag.\nx_lag_seconds{a=\"v\"} 7\n");
	assert_family(&byte_counter, EXPOSITION_OPENMETRICS,
		      "# TYPE x_read_bytes counter\n# UNIT x_read_bytes bytes\n"
		      "# HELP x_read_bytes Bytes.\nx_read_bytes_total 7\n");
}

static void what_only_looks_like_a_unit_is_none(void **state)
{
	static const struct family_info milliseconds = {
		.name = "x_milliseconds",
		.help = "X.",
		.type = METRIC_GAUGE,
	};
	static const struct family_info bare = {
		.name = "bytes",
		.help = "X.",
		.type = METRIC_GAUGE,
	};
	static const struct family_info an_info = {
		.name = "x_bytes_info",
		.help = "X.",
		.type = METRIC_INFO,
	};

	(void)state;
	assert_family(&milliseconds, EXPOSITION_OPENMETRICS,
		      "# TYPE x_milliseconds gauge\n# HELP x_milliseconds X.\nx_milliseconds 7\n");
	assert_family(&bare, EXPOSITION_OPENMETRICS,
		      "# TYPE bytes gauge\n# HELP bytes X.\nbytes 7\n");
	assert_family(&an_info, EXPOSITION_OPENMETRICS,
		      "# TYPE x_bytes info\n# HELP x_bytes X.\nx_bytes_info 7\n");
}

static void help_is_escaped(void **state)
{
	static const struct family_info family = {
		.name = "x",
		.help = "a \"b\" \\ c\nd",
		.type = METRIC_GAUGE,
	};

	(void)state;
	assert_family(&family, EXPOSITION_TEXT,
		      "# HELP x a \"b\" \\\\ c\\nd\n# TYPE x gauge\nx 7\n");
	assert_family(&family, EXPOSITION_OPENMETRICS,
		      "# TYPE x gauge\n# HELP x a \\\"b\\\" \\\\ c\\nd\nx 7\n");
}

static void a_counter_without_samples_is_absent(void **state)
{
	struct text page;
	struct exposition exposition = begin(&page, EXPOSITION_TEXT);

	(void)state;
	exposition_family(&exposition, &counter);
	exposition_family(&exposition, &byte_counter);
	exposition_u64(&exposition, NULL, 0);
	exposition_family(&exposition, &gauge);
	assert_page(&page, "# HELP x_read_bytes_total Bytes.\n# TYPE x_read_bytes_total counter\n"
			   "x_read_bytes_total 0\n");
}

static void all_kinds_of_samples_follow_one_header(void **state)
{
	static const char rendered[] = "a=\"z\"";
	const char *values[] = {"\"\n\\\xff"};
	struct text page;
	struct exposition exposition = begin(&page, EXPOSITION_TEXT);

	(void)state;
	exposition_family(&exposition, &gauge);
	exposition_rendered_u64(&exposition, rendered, strlen(rendered), UINT64_MAX);
	exposition_double(&exposition, values, 0.25);
	exposition_family(&exposition, &byte_counter);
	exposition_rendered_u64(&exposition, "", 0, 1);
	assert_page(&page, "# HELP x_lag_seconds Lag.\n# TYPE x_lag_seconds gauge\n"
			   "x_lag_seconds{a=\"z\"} 18446744073709551615\n"
			   "x_lag_seconds{a=\"\\\"\\n\\\\\xef\xbf\xbd\"} 0.25\n"
			   "# HELP x_read_bytes_total Bytes.\n# TYPE x_read_bytes_total counter\n"
			   "x_read_bytes_total 1\n");
}

static void openmetrics_tells_when_counters_and_histograms_were_created(void **state)
{
	static const uint64_t counts[] = {2};
	const struct histogram histogram = {
		.counts = counts,
		.labels = &(struct bucket_label){9, "le=\"+Inf\""},
		.count = 2,
	};
	static const struct family_info waits = {
		.name = "w",
		.help = "W",
		.type = METRIC_HISTOGRAM,
	};
	struct text page;
	struct exposition exposition = begin(&page, EXPOSITION_OPENMETRICS);

	(void)state;
	exposition_family(&exposition, &counter);
	exposition.created_ns = 1700000000012999999;
	exposition_rendered_u64(&exposition, "a=\"z\"", 5, 1);
	exposition_rendered_double(&exposition, "a=\"y\"", 5, 0.5);
	exposition_family(&exposition, &gauge);
	exposition.created_ns = 1;
	exposition_rendered_u64(&exposition, "a=\"z\"", 5, 1);
	exposition_family(&exposition, &waits);
	exposition_rendered_histogram(&exposition, "", 0, &histogram);
	exposition.created_ns = 5000000000;
	exposition_rendered_histogram(&exposition, "", 0, &histogram);
	assert_page(&page, "# TYPE x_events counter\n# HELP x_events Events.\n"
			   "x_events_total{a=\"z\"} 1\n"
			   "x_events_created{a=\"z\"} 1700000000.012\n"
			   "x_events_total{a=\"y\"} 0.5\n"
			   "x_events_created{a=\"y\"} 1700000000.012\n"
			   "# TYPE x_lag_seconds gauge\n# UNIT x_lag_seconds seconds\n"
			   "# HELP x_lag_seconds Lag.\nx_lag_seconds{a=\"z\"} 1\n"
			   "# TYPE w histogram\n# HELP w W\n"
			   "w_bucket{le=\"+Inf\"} 2\nw_sum 0\nw_count 2\n"
			   "w_bucket{le=\"+Inf\"} 2\nw_sum 0\nw_count 2\nw_created 5.000\n");
}

static void other_formats_do_not_tell_when_it_was(void **state)
{
	struct text page;
	struct exposition exposition = begin(&page, EXPOSITION_TEXT_1);

	(void)state;
	exposition_family(&exposition, &counter);
	exposition.created_ns = 1700000000012999999;
	exposition_rendered_u64(&exposition, "", 0, 1);
	assert_page(&page, "# HELP x_events_total Events.\n# TYPE x_events_total counter\n"
			   "x_events_total 1\n");
}

static void a_filter_takes_names_as_either_text_format_has_them(void **state)
{
	static const char *const names[] = {"", "x_build", "x_lag_seconds", "x_read_bytes_total"};
	const struct name_filter filter = {names, 4}, none = {names, 0};
	const char *values[] = {"v", "v"};
	struct text page;
	struct exposition exposition = begin(&page, EXPOSITION_TEXT);

	(void)state;
	exposition.filter = &filter;
	assert_false(exposition_family(&exposition, &counter));
	exposition_u64(&exposition, values, 1);
	exposition_rendered_u64(&exposition, "", 0, 1);
	assert_true(exposition_family(&exposition, &info));
	assert_true(exposition_family(&exposition, &gauge));
	exposition_double(&exposition, values, 2);
	assert_true(exposition_family(&exposition, &byte_counter));
	exposition.filter = &none;
	assert_false(exposition_family(&exposition, &gauge));
	exposition_double(&exposition, values, 2);
	assert_page(&page, "# HELP x_lag_seconds Lag.\n# TYPE x_lag_seconds gauge\n"
			   "x_lag_seconds{a=\"v\"} 2\n");
}

static void collect_all_types(struct exposition *exposition, void *context)
{
	static const char *const hard[] = {"\"C:\\dir\"\n\t\xc3\xa4\xff\r"};

	exposition_family(exposition, &gauge);
	exposition_double(exposition, hard, -0.0625);
	exposition_double(exposition, only_a, (double)INFINITY);
	exposition_family(exposition, &info);
	exposition_u64(exposition, context, 1);
	exposition_family(exposition, &byte_counter);
	exposition_u64(exposition, NULL, UINT64_MAX);
}

static const double wait_bounds[] = {1e-6, 0.25, 1, 1e6};
static const struct family_info waits = {
	.name = "x_wait_seconds",
	.help = "Waits.",
	.type = METRIC_HISTOGRAM,
	.labels = only_a,
	.label_count = 1,
	.bounds = wait_bounds,
	.bound_count = 4,
};
static const struct family_info cpu = {
	.name = "x_cpu_seconds_total",
	.help = "CPU.",
	.type = METRIC_COUNTER,
	.number = NUMBER_F64,
};
static const struct family_info load = {
	.name = "x_load_ratio",
	.help = "Load.",
	.type = METRIC_GAUGE,
	.number = NUMBER_F64,
};

/* Families of doubles, with no series but those that are there anyway. */
static void fill_doubles(struct registry *registry, struct shard *shard)
{
	static const char *const other[] = {"other"};
	struct family *family = registry_family(registry, &waits);
	struct cell *cell;
	bool overflow;

	cell = shard_cell(shard, family, other, &overflow);
	cell_observe(cell, &waits, 0.25);
	cell_observe(cell, &waits, 1e-7);
	cell = shard_cell(shard, registry_family(registry, &cpu), NULL, &overflow);
	cell_add_f64(cell, 0.1);
	cell = shard_cell(shard, registry_family(registry, &load), NULL, &overflow);
	cell_set(cell, -1.5, 1, 0);
}

struct world {
	struct registry *registry;
	struct metrics_page *page;
	struct text out;
};

static const char *const build_values[] = {"1.0"};

static int begin_world(void **state)
{
	static struct world world;
	const struct registry_limits limits = {3, 100};
	const char *values[][2] = {{"1", "2"}, {"\\\"\n", ""}, {"\xf0\x9f\x98\x80", "\xff"}};
	struct family *family;
	struct shard *shard;
	bool overflow;
	size_t i;

	world.registry = registry_new(&limits);
	family = registry_family(world.registry, &counter);
	shard = shard_new(world.registry);
	for (i = 0; i < 3; i++)
		cell_add(shard_cell(shard, family, values[i], &overflow), i);
	shard_cell(shard, family, ab, &overflow);
	assert_true(overflow);
	fill_doubles(world.registry, shard);
	world.page = metrics_page_new(world.registry);
	text_init(&world.out, 1 << 20);
	*state = &world;
	return metrics_page_add(
		world.page, (struct collector){collect_all_types, (void *)(uintptr_t)build_values});
}

static int end_world(void **state)
{
	struct world *world = *state;

	metrics_page_free(world->page);
	registry_free(world->registry);
	text_done(&world->out);
	return 0;
}

/* Terminated; valid until the next. */
static const char *render(struct world *world, enum exposition_format format)
{
	text_clear(&world->out);
	metrics_page_render(world->page, format, &world->out);
	text_char(&world->out, '\0');
	assert_false(world->out.failed);
	return world->out.bytes;
}

static void a_page_has_the_registry_and_the_collectors(void **state)
{
	const char *page = render(*state, EXPOSITION_TEXT);

	assert_non_null(strstr(page, "x_events_total{a=\"1\",b=\"2\"} 0\n"));
	assert_non_null(strstr(page, "\netw_exporter_series 3\n"));
	assert_non_null(strstr(page, "\nx_build_info{a=\"1.0\"} 1\n"));
	assert_non_null(strstr(page, "\nx_cpu_seconds_total 0.1\n"));
	assert_non_null(strstr(page, "\nx_load_ratio -1.5\n"));
	assert_non_null(strstr(page, "\nx_wait_seconds_count{a=\"other\"} 2\n"));
	assert_non_null(strstr(page, "\nx_lag_seconds{a=\"a\"} +Inf\n"));
}

static void only_an_openmetrics_page_ends_with_eof(void **state)
{
	const char *page = render(*state, EXPOSITION_OPENMETRICS);

	assert_string_equal(page + strlen(page) - 7, "\n# EOF\n");
	page = render(*state, EXPOSITION_TEXT);
	assert_null(strstr(page, "# EOF"));
	assert_int_equal(page[strlen(page) - 1], '\n');
}

static void a_page_tells_of_the_render_before_it(void **state)
{
	const char *page = render(*state, EXPOSITION_TEXT);
	size_t length = strlen(page);
	const char *at;

	assert_null(strstr(page, "etw_exporter_scrape"));
	page = render(*state, EXPOSITION_TEXT);
	at = strstr(page, "\netw_exporter_scrape_size_bytes ");
	assert_non_null(at);
	assert_int_equal(strtoull(strchr(at, ' '), NULL, 10), length);
	at = strstr(page, "\netw_exporter_scrape_duration_seconds ");
	assert_non_null(at);
	assert_true(strtod(strchr(at, ' '), NULL) < 60);
}

static void a_page_is_appended(void **state)
{
	struct world *world = *state;
	char line[64];
	size_t length;

	text_clear(&world->out);
	text_string(&world->out, "before\n");
	metrics_page_render(world->page, EXPOSITION_TEXT, &world->out);
	assert_memory_equal(world->out.bytes, "before\n# HELP ", 14);
	length = world->out.length - strlen("before\n");
	snprintf(line, sizeof(line), "\netw_exporter_scrape_size_bytes %zu\n", length);
	assert_non_null(strstr(render(world, EXPOSITION_TEXT), line));
}

static void a_page_past_its_limit_is_said_to_have_failed(void **state)
{
	struct world *world = *state;
	size_t limit;
	struct text out;

	for (limit = 0; limit < 1000; limit++) {
		text_init(&out, limit);
		metrics_page_render(world->page, EXPOSITION_OPENMETRICS, &out);
		assert_true(out.failed);
		assert_true(out.length <= limit);
		text_done(&out);
	}
}

static bool have_promtool(void)
{
	return system("promtool --version >/dev/null 2>&1") == 0;
}

/* Feeds a command; its exit code, and what it wrote in `output`. */
static int run(const char *command, const char *input, char *output, size_t size)
{
	char file[] = "/tmp/test_exposition.XXXXXX";
	char line[256];
	int fd = mkstemp(file);
	FILE *pipe;
	size_t length;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, input, strlen(input)), strlen(input));
	close(fd);
	snprintf(line, sizeof(line), "{ %s; } <%s 2>&1", command, file);
	pipe = popen(line, "r");
	assert_non_null(pipe);
	length = fread(output, 1, size - 1, pipe);
	output[length] = '\0';
	unlink(file);
	return WEXITSTATUS(pclose(pipe));
}

static void promtool_finds_nothing_to_say(void **state)
{
	char output[4096];
	int code;

	if (!have_promtool()) {
		print_message("skipped because promtool is not installed\n");
		skip();
	}
	render(*state, EXPOSITION_TEXT);
	code = run("promtool check metrics", render(*state, EXPOSITION_TEXT), output,
		   sizeof(output));
	assert_string_equal(output, "");
	assert_int_equal(code, 0);
}

/* What reads OpenMetrics in promtool wants a time on each sample. */
static void add_times(const char *page, struct text *out)
{
	size_t length;

	for (; *page; page += length + 1) {
		length = strcspn(page, "\n");
		text_add(out, page, length);
		text_string(out, *page == '#' ? "\n" : " 1700000000\n");
	}
	text_char(out, '\0');
}

/* Prometheus' own parser, into a database that is thrown away; newer ones look for data/. */
static void prometheus_reads_the_openmetrics_page(void **state)
{
	static const char command[] =
		"d=$(mktemp -d) && cd $d && cat >page && mkdir -p data/wal && promtool tsdb "
		"create-blocks-from openmetrics page data && promtool tsdb dump data; c=$?; "
		"rm -rf \"$d\"; exit $c";
	static char output[1 << 16];
	struct text timed;
	int code;

	if (!have_promtool()) {
		print_message("skipped because promtool is not installed\n");
		skip();
	}
	render(*state, EXPOSITION_TEXT);
	text_init(&timed, 1 << 20);
	add_times(render(*state, EXPOSITION_OPENMETRICS), &timed);
	code = run(command, timed.bytes, output, sizeof(output));
	text_done(&timed);
	if (code != 0)
		fail_msg("%s", output);
	assert_non_null(strstr(output, "{__name__=\"x_events_total\", a=\"1\", b=\"2\"} 0 17"));
	assert_non_null(strstr(output, "{__name__=\"x_build_info\", a=\"1.0\"} 1 17"));
	assert_non_null(strstr(output, "{__name__=\"x_wait_seconds_bucket\", a=\"other\", "
				       "le=\"0.25\"} 2 17"));
	assert_non_null(strstr(output, "{__name__=\"x_load_ratio\"} -1.5 17"));
	assert_non_null(
		strstr(output, "a=\"\\\"C:\\\\dir\\\"\\n\\t\xc3\xa4\xef\xbf\xbd\\r\"} -0.0625"));
}

struct taken {
	char labels[64];
	double value;
	int count;
};

static void take_number(void *context, const struct family_info *family, const char *text,
			size_t length, double value)
{
	struct taken *taken = context;

	assert_ptr_equal(family, &counter);
	snprintf(taken->labels, sizeof(taken->labels), "%.*s", (int)length, text);
	taken->value = value;
	taken->count++;
}

static void who_takes_samples_gets_them_instead_of_a_page(void **state)
{
	static const char *const values[] = {"1", "\""};
	struct taken taken = {0};
	const struct sample_taker taker = {take_number, NULL, &taken};
	struct text page;
	struct exposition exposition = begin(&page, EXPOSITION_TEXT);

	(void)state;
	exposition.taker = &taker;
	exposition_family(&exposition, &counter);
	exposition_u64(&exposition, values, 7);
	assert_string_equal(taken.labels, "a=\"1\",b=\"\\\"\"");
	assert_float_equal(taken.value, 7, 0);
	exposition_rendered_u64(&exposition, "c", 1, 8);
	assert_string_equal(taken.labels, "c");
	assert_float_equal(taken.value, 8, 0);
	exposition_rendered_double(&exposition, "", 0, 9.5);
	assert_float_equal(taken.value, 9.5, 0);
	exposition_double(&exposition, values, 10.5);
	assert_float_equal(taken.value, 10.5, 0);
	assert_int_equal(taken.count, 4);
	assert_false(page.failed);
	assert_int_equal(page.length, 0);
	text_done(&page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_families_have_help_and_type),
		cmocka_unit_test(a_text_info_is_a_gauge),
		cmocka_unit_test(openmetrics_families_have_no_suffix),
		cmocka_unit_test(openmetrics_names_the_unit),
		cmocka_unit_test(what_only_looks_like_a_unit_is_none),
		cmocka_unit_test(help_is_escaped),
		cmocka_unit_test(a_counter_without_samples_is_absent),
		cmocka_unit_test(all_kinds_of_samples_follow_one_header),
		cmocka_unit_test(openmetrics_tells_when_counters_and_histograms_were_created),
		cmocka_unit_test(other_formats_do_not_tell_when_it_was),
		cmocka_unit_test(a_filter_takes_names_as_either_text_format_has_them),
		cmocka_unit_test_setup_teardown(a_page_has_the_registry_and_the_collectors,
						begin_world, end_world),
		cmocka_unit_test_setup_teardown(only_an_openmetrics_page_ends_with_eof, begin_world,
						end_world),
		cmocka_unit_test_setup_teardown(a_page_tells_of_the_render_before_it, begin_world,
						end_world),
		cmocka_unit_test_setup_teardown(a_page_is_appended, begin_world, end_world),
		cmocka_unit_test_setup_teardown(a_page_past_its_limit_is_said_to_have_failed,
						begin_world, end_world),
		cmocka_unit_test_setup_teardown(promtool_finds_nothing_to_say, begin_world,
						end_world),
		cmocka_unit_test_setup_teardown(prometheus_reads_the_openmetrics_page, begin_world,
						end_world),
		cmocka_unit_test(who_takes_samples_gets_them_instead_of_a_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
