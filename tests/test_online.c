#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/baseline/builder.h"
#include "exporter/baseline/online.h"
#include "metrics/cell.h"
#include "tests/support/registry_rig.h"

#define SECOND_NS ((int64_t)1000000000)

/* Not in the order of their names, as those of rules need not be. */
static const char *const labels[] = {"z", "metric", "a"};
static const double bounds[] = {1, 2};

static const struct family_info counter = {
	.name = "c_total",
	.help = "Events.",
	.type = METRIC_COUNTER,
	.labels = labels,
	.label_count = 3,
};
static const struct family_info histogram = {
	.name = "h_seconds",
	.help = "Times.",
	.type = METRIC_HISTOGRAM,
	.number = NUMBER_F64,
	.bounds = bounds,
	.bound_count = 2,
};
static const struct family_info gauge = {
	.name = "g",
	.help = "Level.",
	.type = METRIC_GAUGE,
	.number = NUMBER_F64,
	.labels = labels,
	.label_count = 1,
};

struct rig {
	struct registry_rig registry;
	struct family *counter, *histogram, *gauge;
	struct metrics_page *page;
	struct baseline_online *online;
	struct text text;
	int64_t now_ns;
};

static int setup(void **state)
{
	static struct rig rig;

	memset(&rig, 0, sizeof(rig));
	registry_rig_begin(&rig.registry, 1000);
	rig.counter = registry_rig_family(&rig.registry, &counter);
	rig.histogram = registry_rig_family(&rig.registry, &histogram);
	rig.gauge = registry_rig_family(&rig.registry, &gauge);
	rig.page = metrics_page_new(rig.registry.registry);
	rig.online = baseline_online_new();
	assert_non_null(rig.page);
	assert_non_null(rig.online);
	assert_int_equal(
		metrics_page_add(rig.page, (struct collector){baseline_online_collect, rig.online}),
		0);
	text_init(&rig.text, 1 << 20);
	*state = &rig;
	return 0;
}

static int teardown(void **state)
{
	struct rig *rig = *state;

	metrics_page_free(rig->page);
	baseline_online_free(rig->online);
	registry_rig_end(&rig->registry);
	text_done(&rig->text);
	return 0;
}

static void count(struct rig *rig, const char *z, const char *metric, const char *a, uint64_t more)
{
	const char *values[] = {z, metric, a};
	bool overflow;

	cell_add(shard_cell(rig->registry.shard, rig->counter, values, &overflow), more);
}

static const char *page_of(struct rig *rig)
{
	text_clear(&rig->text);
	metrics_page_render(rig->page, EXPOSITION_TEXT, &rig->text);
	text_char(&rig->text, '\0');
	assert_false(rig->text.failed);
	return rig->text.bytes;
}

/* Of pages that are an interval of a second apart. */
static void set_baseline(struct rig *rig, const char *const *pages, size_t page_count)
{
	const struct baseline_run run = {.interval_ns = (uint64_t)SECOND_NS};
	struct baseline_builder *builder = baseline_builder_new(true);
	struct baseline *baseline;
	struct error error = {""};
	size_t i;

	assert_non_null(builder);
	for (i = 0; i < page_count; i++)
		assert_int_equal(baseline_builder_page(builder, "page", pages[i], strlen(pages[i]),
						       1, &error),
				 0);
	baseline = baseline_builder_finish(builder, &run, &error);
	assert_non_null(baseline);
	assert_int_equal(baseline_online_set(rig->online, baseline, &error), 0);
	baseline_free(baseline);
	baseline_builder_free(builder);
}

static void look(struct rig *rig)
{
	struct error error;

	rig->now_ns += SECOND_NS;
	assert_int_equal(baseline_online_sample(rig->online, rig->page, rig->now_ns, &error), 0);
}

static void assert_shown(struct rig *rig, const char *line)
{
	const char *page = page_of(rig);

	if (!strstr(page, line))
		fail_msg("%s is not in %s", line, page);
}

static void assert_not_shown(struct rig *rig, const char *line)
{
	const char *page = page_of(rig);

	if (strstr(page, line))
		fail_msg("%s is in %s", line, page);
}

static const char *const counters[] = {"# TYPE c_total counter\n"
				       "c_total{z=\"1\",metric=\"m\\\"\\n\",a=\"x\"} 10\n"
				       "c_total{z=\"2\",metric=\"\",a=\"x\"} 1\n",
				       "# TYPE c_total counter\n"
				       "c_total{z=\"1\",metric=\"m\\\"\\n\",a=\"x\"} 30\n"
				       "c_total{z=\"2\",metric=\"\",a=\"x\"} 2\n",
				       "# TYPE c_total counter\n"
				       "c_total{z=\"1\",metric=\"m\\\"\\n\",a=\"x\"} 60\n"
				       "c_total{z=\"2\",metric=\"\",a=\"x\"} 3\n"};

static void series_are_found_whatever_the_order_of_their_labels(void **state)
{
	struct rig *rig = *state;

	set_baseline(rig, counters, 3);
	count(rig, "1", "m\"\n", "x", 7);
	look(rig);
	assert_shown(rig, "etw_baseline_value{metric=\"c_total\",a=\"x\","
			  "exported_metric=\"m\\\"\\n\",z=\"1\"} 20\n");
	assert_not_shown(rig, "etw_baseline_ratio");
	count(rig, "1", "m\"\n", "x", 50);
	look(rig);
	assert_shown(rig, "etw_baseline_ratio{metric=\"c_total\",a=\"x\","
			  "exported_metric=\"m\\\"\\n\",z=\"1\"} 2.5\n");
	/* 30 above the median, of which 10 is the median deviation. */
	assert_shown(rig, "etw_baseline_deviation{metric=\"c_total\",a=\"x\","
			  "exported_metric=\"m\\\"\\n\",z=\"1\"} 2.023");
	/* What is not there has not happened. */
	assert_shown(rig, "etw_baseline_ratio{metric=\"c_total\",a=\"x\",exported_metric=\"\","
			  "z=\"2\"} 0\n");
}

static void series_that_are_new_are_passed_over(void **state)
{
	struct rig *rig = *state;
	char z[8];
	int i;

	set_baseline(rig, counters, 3);
	look(rig);
	for (i = 0; i < 50; i++) {
		snprintf(z, sizeof(z), "%d", i);
		count(rig, z, "", "x", 1);
		count(rig, z, "m\"\n", "x", 20);
		look(rig);
		assert_not_shown(rig, "z=\"0\"} 1\n");
		if (i > 2)
			continue;
		assert_shown(rig, i == 1 ? "exported_metric=\"m\\\"\\n\",z=\"1\"} 1\n"
					 : "exported_metric=\"m\\\"\\n\",z=\"1\"} 0\n");
		assert_shown(rig, i == 2 ? "exported_metric=\"\",z=\"2\"} 1\n"
					 : "exported_metric=\"\",z=\"2\"} 0\n");
	}
	/* Between many others, and at the end of the page. */
	count(rig, "1", "m\"\n", "x", 40);
	count(rig, "2", "", "x", 3);
	look(rig);
	assert_shown(rig, "exported_metric=\"m\\\"\\n\",z=\"1\"} 2\n");
	assert_shown(rig, "exported_metric=\"\",z=\"2\"} 3\n");
}

static void of_histograms_observations_are_compared_and_gauges_as_they_are(void **state)
{
	static const char *const pages[] = {
		"# TYPE h_seconds histogram\n"
		"h_seconds_bucket{le=\"1\"} 4\nh_seconds_bucket{le=\"2\"} 4\n"
		"h_seconds_bucket{le=\"+Inf\"} 4\nh_seconds_sum 1\nh_seconds_count 4\n"
		"# TYPE g gauge\ng{z=\"i\"} 8\n"};
	static const char *const level[] = {"i"};
	struct rig *rig = *state;
	struct cell *cell;
	bool overflow;

	set_baseline(rig, pages, 1);
	look(rig);
	cell = shard_cell(rig->registry.shard, rig->histogram, NULL, &overflow);
	cell_observe(cell, &histogram, 0.5);
	cell_observe(cell, &histogram, 3);
	cell_set(shard_cell(rig->registry.shard, rig->gauge, level, &overflow), 2, 1, 1);
	look(rig);
	assert_shown(rig, "etw_baseline_ratio{metric=\"h_seconds\"} 0.5\n");
	assert_shown(rig, "etw_baseline_ratio{metric=\"g\",z=\"i\"} 0.25\n");
}

static void what_has_another_type_or_other_labels_is_another(void **state)
{
	static const char *const pages[] = {"# TYPE c_total gauge\n"
					    "c_total{z=\"1\",metric=\"m\",a=\"x\"} 5\n"
					    "# TYPE g gauge\ng{z=\"i\",b=\"\"} 8\ng{y=\"i\"} 8\n"};
	static const char *const level[] = {"i"};
	struct rig *rig = *state;
	bool overflow;

	set_baseline(rig, pages, 1);
	look(rig);
	count(rig, "1", "m", "x", 5);
	cell_set(shard_cell(rig->registry.shard, rig->gauge, level, &overflow), 8, 1, 1);
	look(rig);
	assert_shown(rig, "etw_baseline_value{metric=\"c_total\"");
	assert_not_shown(rig, "etw_baseline_ratio");
}

static void a_look_is_no_scrape(void **state)
{
	struct rig *rig = *state;
	char size[64];

	set_baseline(rig, counters, 3);
	page_of(rig);
	/* Its own end is not of the page. */
	snprintf(size, sizeof(size), "etw_exporter_scrape_size_bytes %zu\n", rig->text.length - 1);
	look(rig);
	assert_shown(rig, size);
}

static void without_a_baseline_nothing_is_shown(void **state)
{
	struct rig *rig = *state;
	struct error error;

	set_baseline(rig, counters, 3);
	look(rig);
	assert_int_equal(baseline_online_set(rig->online, NULL, &error), 0);
	look(rig);
	assert_not_shown(rig, "etw_baseline");
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(series_are_found_whatever_the_order_of_their_labels),
		WITH(series_that_are_new_are_passed_over),
		WITH(of_histograms_observations_are_compared_and_gauges_as_they_are),
		WITH(what_has_another_type_or_other_labels_is_another),
		WITH(a_look_is_no_scrape),
		WITH(without_a_baseline_nothing_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
