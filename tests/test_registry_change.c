#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/registry_rig.h"

static const char *const only_a[] = {"a"};

static const struct family_info counter = {
	.name = "x_total",
	.help = "Xs.",
	.type = METRIC_COUNTER,
	.labels = only_a,
	.label_count = 1,
};
static const double bounds[] = {1, 2};
static const struct family_info histogram = {
	.name = "z_seconds",
	.help = "Zs.",
	.type = METRIC_HISTOGRAM,
	.labels = only_a,
	.label_count = 1,
	.bounds = bounds,
	.bound_count = 2,
};

static bool shows(struct registry_rig *rig, const char *text)
{
	return strstr(registry_rig_page(rig, EXPOSITION_TEXT), text) != NULL;
}

static void a_family_that_nobody_uses_is_not_shown_and_comes_again_as_it_was(void **state)
{
	struct registry_rig rig;
	struct family *family;

	(void)state;
	registry_rig_begin(&rig, 10);
	family = registry_rig_family(&rig, &counter);
	cell_add(registry_rig_cell(rig.shard, family, "1"), 5);
	assert_true(shows(&rig, "x_total{a=\"1\"} 5\n"));
	registry_release(rig.registry, family);
	assert_false(shows(&rig, "x_total"));
	assert_ptr_equal(registry_family(rig.registry, &counter), family);
	assert_true(shows(&rig, "x_total{a=\"1\"} 5\n"));
	registry_rig_end(&rig);
}

static void two_users_have_one_family(void **state)
{
	struct registry_rig rig;
	struct family *family;

	(void)state;
	registry_rig_begin(&rig, 10);
	family = registry_rig_family(&rig, &counter);
	assert_ptr_equal(registry_rig_family(&rig, &counter), family);
	cell_add(registry_rig_cell(rig.shard, family, "1"), 5);
	registry_release(rig.registry, family);
	assert_true(shows(&rig, "x_total{a=\"1\"} 5\n"));
	registry_rig_end(&rig);
}

static void what_a_family_is_made_of_may_go(void **state)
{
	char name[] = "x_total", help[] = "Xs.", label[] = "a";
	const char *labels[] = {label};
	struct family_info info = counter;
	struct registry_rig rig;
	struct family *family;

	(void)state;
	info.name = name;
	info.help = help;
	info.labels = labels;
	registry_rig_begin(&rig, 10);
	family = registry_rig_family(&rig, &info);
	memset(name, '#', sizeof(name) - 1);
	memset(help, '#', sizeof(help) - 1);
	memset(label, '#', sizeof(label) - 1);
	cell_add(registry_rig_cell(rig.shard, family, "1"), 1);
	assert_true(shows(&rig, "# HELP x_total Xs.\n# TYPE x_total counter\nx_total{a=\"1\"} 1"));
	registry_rig_end(&rig);
}

static void help_and_limits_change_in_place(void **state)
{
	struct registry_limits limits = {1, 128};
	struct family_info info = counter;
	const char *value = "2";
	struct registry_rig rig;
	struct family *family;
	bool overflow;

	(void)state;
	registry_rig_begin(&rig, 1);
	family = registry_rig_family(&rig, &counter);
	registry_rig_cell(rig.shard, family, "1");
	shard_series_cell(rig.shard, family, &value, &overflow);
	assert_true(overflow);
	limits.series = 3;
	registry_set_limits(rig.registry, &limits);
	registry_rig_cell(rig.shard, family, "2");
	info.help = "Exes.";
	info.series_limit = 2;
	assert_ptr_equal(registry_family(rig.registry, &info), family);
	registry_describe(rig.registry, family, &info);
	assert_true(shows(&rig, "# HELP x_total Exes.\n"));
	value = "3";
	shard_series_cell(rig.shard, family, &value, &overflow);
	assert_true(overflow);
	registry_rig_end(&rig);
}

static void another_type_is_another_family(void **state)
{
	struct family_info gauge = counter, other_labels = counter, number = counter;
	struct registry_rig rig;
	struct family *family;

	(void)state;
	registry_rig_begin(&rig, 10);
	family = registry_rig_family(&rig, &counter);
	gauge.type = METRIC_GAUGE;
	other_labels.label_count = 0;
	number.number = NUMBER_F64;
	assert_ptr_not_equal(registry_rig_family(&rig, &gauge), family);
	assert_ptr_not_equal(registry_rig_family(&rig, &other_labels), family);
	assert_ptr_not_equal(registry_rig_family(&rig, &number), family);
	registry_rig_end(&rig);
}

static void the_series_of_a_metric_without_labels_ends_as_others_do(void **state)
{
	struct family_info info = counter;
	struct registry_rig rig;
	struct family *family;
	struct shard *other;
	bool overflow;

	(void)state;
	info.label_count = 0;
	registry_rig_begin(&rig, 1);
	other = shard_new(rig.registry);
	registry_rig_cell(rig.shard, registry_rig_family(&rig, &histogram), "1");
	family = registry_rig_family(&rig, &info);
	cell_add(shard_series_cell(rig.shard, family, NULL, &overflow), 5);
	assert_false(overflow);
	cell_add(shard_series_cell(other, family, NULL, &overflow), 2);
	shard_retire_family(rig.shard, family);
	assert_true(shows(&rig, "x_total 7\n"));
	shard_retire_family(other, family);
	assert_false(shows(&rig, "x_total 7\n"));
	cell_add(shard_series_cell(rig.shard, family, NULL, &overflow), 1);
	assert_true(shows(&rig, "x_total 1\n"));
	registry_rig_end(&rig);
}

static void of_two_of_one_name_a_page_has_the_one_that_came_first(void **state)
{
	struct family_info gauge = counter;
	struct registry_rig rig;
	struct family *family, *other;

	(void)state;
	gauge.type = METRIC_GAUGE;
	registry_rig_begin(&rig, 10);
	family = registry_rig_family(&rig, &counter);
	cell_add(registry_rig_cell(rig.shard, family, "1"), 5);
	other = registry_rig_family(&rig, &gauge);
	cell_add(registry_rig_cell(rig.shard, other, "2"), 7);
	assert_true(shows(&rig, "# TYPE x_total counter\nx_total{a=\"1\"} 5\n"));
	assert_false(shows(&rig, "gauge\nx_total"));
	registry_release(rig.registry, family);
	assert_false(shows(&rig, "counter\nx_total"));
	assert_true(shows(&rig, "# TYPE x_total gauge\nx_total{a=\"2\"} 7\n"));
	registry_rig_family(&rig, &counter);
	assert_false(shows(&rig, "counter\nx_total"));
	registry_release(rig.registry, other);
	assert_true(shows(&rig, "# TYPE x_total counter\nx_total{a=\"1\"} 5\n"));
	registry_rig_end(&rig);
}

static void fill(struct registry_rig *rig, size_t count)
{
	struct family_info info = counter;
	char name[32];

	info.name = name;
	for (; count; count--) {
		snprintf(name, sizeof(name), "fill%zu_total", count);
		registry_rig_family(rig, &info);
	}
}

static void where_all_places_are_taken_one_without_series_gives_way(void **state)
{
	struct family_info info = counter;
	const char *value = "1";
	struct registry_rig rig;
	struct family *family, *other;
	bool overflow;

	(void)state;
	registry_rig_begin(&rig, 10);
	family = registry_rig_family(&rig, &counter);
	fill(&rig, REGISTRY_FAMILIES_MAX - 1);
	cell_add(registry_rig_cell(rig.shard, family, "old"), 7);
	cell_add(shard_overflow(rig.shard, family), 9);
	shard_count_overflow(rig.shard, family);
	info.name = "y_total";
	assert_null(registry_family(rig.registry, &info));
	registry_release(rig.registry, family);
	assert_null(registry_family(rig.registry, &info));
	shard_retire_family(rig.shard, family);
	assert_null(registry_family(rig.registry, &histogram));
	other = registry_family(rig.registry, &info);
	assert_non_null(other);
	assert_int_equal(family_overflow_count(rig.registry, other), 0);
	cell_add(shard_series_cell(rig.shard, other, &value, &overflow), 1);
	assert_true(shows(&rig, "y_total{a=\"1\"} 1\n"));
	assert_false(shows(&rig, "x_total"));
	assert_false(shows(&rig, "y_total{a=\"o"));
	cell_add(shard_overflow(rig.shard, other), 3);
	shard_count_overflow(rig.shard, other);
	assert_true(shows(&rig, "y_total{a=\"other\"} 3\n"));
	registry_rig_end(&rig);
}

static void a_retired_family_gives_its_cells_up_in_one_shard(void **state)
{
	struct registry_rig rig;
	struct family *family;
	struct shard *other;

	(void)state;
	registry_rig_begin(&rig, 10);
	other = shard_new(rig.registry);
	family = registry_rig_family(&rig, &counter);
	cell_add(registry_rig_cell(rig.shard, family, "both"), 1);
	cell_add(registry_rig_cell(other, family, "both"), 10);
	cell_add(registry_rig_cell(rig.shard, family, "one"), 1);
	shard_retire_family(rig.shard, family);
	assert_true(shows(&rig, "x_total{a=\"both\"} 11\n"));
	assert_false(shows(&rig, "\"one\""));
	cell_add(registry_rig_cell(rig.shard, family, "both"), 1);
	assert_true(shows(&rig, "x_total{a=\"both\"} 12\n"));
	registry_rig_end(&rig);
}

static void a_shard_that_is_left_is_taken_again(void **state)
{
	struct registry_rig rig;
	struct family *family;
	struct shard *other;
	size_t i;
	char name[16];

	(void)state;
	registry_rig_begin(&rig, 1000);
	other = shard_new(rig.registry);
	family = registry_rig_family(&rig, &counter);
	cell_add(registry_rig_cell(other, family, "both"), 10);
	for (i = 0; i < 500; i++) {
		snprintf(name, sizeof(name), "%zu", i);
		registry_rig_cell(rig.shard, family, name);
	}
	cell_add(registry_rig_cell(rig.shard, family, "both"), 1);
	shard_leave(rig.shard);
	assert_int_equal(registry_series(rig.registry), 1);
	assert_true(shows(&rig, "x_total{a=\"both\"} 11\n"));
	assert_ptr_equal(shard_new(rig.registry), rig.shard);
	assert_ptr_not_equal(shard_new(rig.registry), rig.shard);
	cell_add(registry_rig_cell(rig.shard, family, "0"), 2);
	assert_true(shows(&rig, "x_total{a=\"0\"} 2\n"));
	registry_rig_end(&rig);
}

/* A thread that scrapes until the other is done. */
struct scraping {
	struct registry *registry;
	atomic_bool done;
};

static void *scrape(void *context)
{
	struct scraping *scraping = context;

	while (!atomic_load(&scraping->done)) {
		struct text page;
		struct exposition exposition = {.out = &page, .format = EXPOSITION_TEXT};

		text_init(&page, 1 << 24);
		registry_expose(scraping->registry, &exposition);
		text_done(&page);
	}
	return NULL;
}

static void families_come_and_go_while_scrapes_run(void **state)
{
	struct family_info info = counter;
	struct scraping scraping;
	struct registry_rig rig;
	pthread_t thread;
	char name[32];
	size_t i;

	(void)state;
	registry_rig_begin(&rig, 10);
	scraping.registry = rig.registry;
	atomic_init(&scraping.done, false);
	info.name = name;
	assert_int_equal(pthread_create(&thread, NULL, scrape, &scraping), 0);
	for (i = 0; i < (size_t)3 * REGISTRY_FAMILIES_MAX; i++) {
		struct family *family;

		snprintf(name, sizeof(name), "f%zu_total", i);
		family = registry_rig_family(&rig, &info);
		cell_add(registry_rig_cell(rig.shard, family, "1"), 1);
		shard_retire_family(rig.shard, family);
		registry_release(rig.registry, family);
	}
	atomic_store(&scraping.done, true);
	pthread_join(thread, NULL);
	registry_rig_end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_family_that_nobody_uses_is_not_shown_and_comes_again_as_it_was),
		cmocka_unit_test(two_users_have_one_family),
		cmocka_unit_test(what_a_family_is_made_of_may_go),
		cmocka_unit_test(help_and_limits_change_in_place),
		cmocka_unit_test(another_type_is_another_family),
		cmocka_unit_test(the_series_of_a_metric_without_labels_ends_as_others_do),
		cmocka_unit_test(of_two_of_one_name_a_page_has_the_one_that_came_first),
		cmocka_unit_test(where_all_places_are_taken_one_without_series_gives_way),
		cmocka_unit_test(a_retired_family_gives_its_cells_up_in_one_shard),
		cmocka_unit_test(a_shard_that_is_left_is_taken_again),
		cmocka_unit_test(families_come_and_go_while_scrapes_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
