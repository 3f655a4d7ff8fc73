#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "metrics/exposition.h"
#include "metrics/registry.h"
#include "tests/support/posix.h"
#include "tests/support/random.h"

static const char *const ab[] = {"a", "b"};
static const char *const only_a[] = {"a"};

static const struct family_info two_labels = {
	.name = "x_events_total",
	.help = "Events.",
	.type = METRIC_COUNTER,
	.labels = ab,
	.label_count = 2,
};
static const struct family_info one_label = {
	.name = "y_total",
	.help = "Ys.",
	.type = METRIC_COUNTER,
	.labels = only_a,
	.label_count = 1,
};
static const struct family_info no_labels = {
	.name = "z_total",
	.help = "Zs.",
	.type = METRIC_COUNTER,
};

struct world {
	struct registry *registry;
	struct shard *shard;
	struct family *two, *one, *none;
	struct text page;
};

static void begin(struct world *world, size_t series, size_t label_bytes)
{
	const struct registry_limits limits = {series, label_bytes};

	*world = (struct world){.registry = registry_new(&limits)};
	assert_non_null(world->registry);
	world->two = registry_family(world->registry, &two_labels);
	world->one = registry_family(world->registry, &one_label);
	world->none = registry_family(world->registry, &no_labels);
	world->shard = shard_new(world->registry);
	assert_true(world->two && world->one && world->none && world->shard);
	text_init(&world->page, 64 << 20);
}

static void end(struct world *world)
{
	text_done(&world->page);
	registry_free(world->registry);
}

/* Valid until the next. */
static const char *render(struct world *world)
{
	struct exposition exposition = {.out = &world->page, .format = EXPOSITION_TEXT};

	text_clear(&world->page);
	registry_expose(world->registry, &exposition);
	text_char(&world->page, '\0');
	assert_false(world->page.failed);
	return world->page.bytes;
}

static bool has_line(const char *page, const char *line)
{
	size_t length = strlen(line);
	const char *at = page;

	for (; (at = strstr(at, line)); at++)
		if ((at == page || at[-1] == '\n') && at[length] == '\n')
			return true;
	return false;
}

static void assert_line(struct world *world, const char *line)
{
	const char *page = render(world);

	if (!has_line(page, line))
		fail_msg("no line %s in\n%s", line, page);
}

static struct cell *cell_of(struct shard *shard, struct family *family, const char *a,
			    const char *b, bool expect_overflow)
{
	const char *values[] = {a, b};
	bool overflow = !expect_overflow;
	struct cell *cell = shard_cell(shard, family, values, &overflow);

	assert_non_null(cell);
	assert_int_equal(overflow, expect_overflow);
	return cell;
}

static void a_series_is_the_sum_of_its_cells(void **state)
{
	struct world world;
	struct shard *other;

	(void)state;
	begin(&world, 10, 100);
	other = shard_new(world.registry);
	cell_add(cell_of(world.shard, world.two, "1", "2", false), 5);
	cell_add(cell_of(world.shard, world.two, "1", "2", false), 6);
	cell_add(cell_of(other, world.two, "1", "2", false), UINT32_MAX);
	assert_line(&world, "x_events_total{a=\"1\",b=\"2\"} 4294967306");
	assert_int_equal(registry_series(world.registry), 1);
	end(&world);
}

static void a_series_is_there_from_its_birth(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 10, 100);
	cell_of(world.shard, world.one, "1", NULL, false);
	assert_line(&world, "y_total{a=\"1\"} 0");
	end(&world);
}

static void a_family_without_series_is_absent(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 10, 100);
	cell_of(world.shard, world.two, "1", "2", false);
	render(&world);
	assert_non_null(strstr(world.page.bytes, "# HELP x_events_total Events.\n"));
	assert_null(strstr(world.page.bytes, " y_total"));
	assert_null(strstr(world.page.bytes, " z_total"));
	end(&world);
}

static void labels_that_differ_only_where_they_meet_are_two_series(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 10, 100);
	cell_add(cell_of(world.shard, world.two, "1\",b=\"2", "", false), 1);
	cell_add(cell_of(world.shard, world.two, "1", "2\",b=\"", false), 2);
	assert_line(&world, "x_events_total{a=\"1\\\",b=\\\"2\",b=\"\"} 1");
	assert_line(&world, "x_events_total{a=\"1\",b=\"2\\\",b=\\\"\"} 2");
	end(&world);
}

static void a_family_without_labels_has_one_series(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 0, 100);
	cell_add(cell_of(world.shard, world.none, NULL, NULL, false), 3);
	cell_add(cell_of(world.shard, world.none, NULL, NULL, false), 4);
	assert_line(&world, "z_total 7");
	end(&world);
}

static void the_registry_exposes_itself(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 12, 100);
	cell_of(world.shard, world.one, "1", NULL, false);
	assert_line(&world, "etw_exporter_series 1");
	assert_line(&world, "etw_exporter_series_limit 12");
	assert_line(&world, "etw_exporter_label_truncations_total 0");
	assert_line(&world, "etw_exporter_series_overflow_total{family=\"x_events_total\"} 0");
	assert_line(&world, "etw_exporter_series_overflow_total{family=\"y_total\"} 0");
	assert_int_equal(registry_series_limit(world.registry), 12);
	end(&world);
}

static void past_the_limit_new_series_are_other(void **state)
{
	struct world world;
	struct cell *refused;

	(void)state;
	begin(&world, 2, 100);
	cell_of(world.shard, world.two, "1", "1", false);
	cell_of(world.shard, world.one, "1", NULL, false);
	render(&world);
	assert_null(strstr(world.page.bytes, "=\"other\""));

	refused = cell_of(world.shard, world.two, "2", "2", true);
	assert_ptr_equal(refused, shard_overflow(world.shard, world.two));
	cell_add(refused, 10);
	shard_count_overflow(world.shard, world.two);
	cell_add(cell_of(world.shard, world.two, "3", "3", true), 11);
	shard_count_overflow(world.shard, world.two);
	assert_line(&world, "x_events_total{a=\"other\",b=\"other\"} 21");
	assert_line(&world, "etw_exporter_series_overflow_total{family=\"x_events_total\"} 2");
	assert_line(&world, "etw_exporter_series 2");
	assert_null(strstr(world.page.bytes, "y_total{a=\"other\"}"));
	end(&world);
}

static void at_the_limit_known_series_are_still_found(void **state)
{
	struct world world;
	struct shard *other;

	(void)state;
	begin(&world, 1, 100);
	other = shard_new(world.registry);
	cell_add(cell_of(world.shard, world.one, "1", NULL, false), 1);
	cell_of(world.shard, world.one, "2", NULL, true);
	cell_add(cell_of(other, world.one, "1", NULL, false), 1);
	assert_line(&world, "y_total{a=\"1\"} 2");
	end(&world);
}

static void the_overflow_series_is_the_sum_of_all_shards(void **state)
{
	struct world world;
	struct shard *other;

	(void)state;
	begin(&world, 0, 100);
	other = shard_new(world.registry);
	cell_add(cell_of(world.shard, world.one, "1", NULL, true), 1);
	shard_count_overflow(world.shard, world.one);
	cell_add(shard_overflow(other, world.one), 2);
	shard_count_overflow(other, world.one);
	shard_count_overflow(other, world.one);
	assert_line(&world, "y_total{a=\"other\"} 3");
	assert_line(&world, "etw_exporter_series_overflow_total{family=\"y_total\"} 3");
	end(&world);
}

static void an_overflow_counted_without_a_lookup_is_exposed(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 10, 100);
	cell_add(shard_overflow(world.shard, world.one), 8);
	render(&world);
	assert_null(strstr(world.page.bytes, "=\"other\""));
	shard_count_overflow(world.shard, world.one);
	assert_line(&world, "y_total{a=\"other\"} 8");
	end(&world);
}

static size_t count_of(const char *page, const char *string)
{
	size_t count = 0;

	for (; (page = strstr(page, string)); page++)
		count++;
	return count;
}

static void a_series_called_other_is_the_overflow_series(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 1, 100);
	cell_add(cell_of(world.shard, world.one, "other", NULL, false), 1);
	assert_line(&world, "y_total{a=\"other\"} 1");
	cell_of(world.shard, world.one, "1", NULL, false);
	cell_add(cell_of(world.shard, world.one, "2", NULL, true), 1);
	assert_line(&world, "y_total{a=\"other\"} 2");
	assert_int_equal(count_of(world.page.bytes, "y_total{a=\"other\"}"), 1);
	end(&world);
}

static void the_overflow_label_is_not_cut(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 1, 3);
	cell_add(cell_of(world.shard, world.one, "othello", NULL, false), 1);
	cell_add(cell_of(world.shard, world.one, "2", NULL, true), 1);
	assert_line(&world, "y_total{a=\"oth\"} 1");
	assert_line(&world, "y_total{a=\"other\"} 1");
	end(&world);
}

static void a_refusal_is_news_once(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 1, 100);
	assert_false(registry_limit_news(world.registry));
	cell_of(world.shard, world.one, "1", NULL, false);
	assert_false(registry_limit_news(world.registry));
	cell_of(world.shard, world.one, "2", NULL, true);
	assert_true(registry_limit_news(world.registry));
	cell_of(world.shard, world.one, "3", NULL, true);
	assert_false(registry_limit_news(world.registry));
	end(&world);
}

static void long_label_values_are_cut_and_counted(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 10, 4);
	cell_add(cell_of(world.shard, world.two, "abcdX", "1", false), 1);
	cell_add(cell_of(world.shard, world.two, "abcdY", "1", false), 2);
	cell_of(world.shard, world.two, "12345", "12345", false);
	assert_line(&world, "x_events_total{a=\"abcd\",b=\"1\"} 3");
	assert_int_equal(registry_series(world.registry), 2);
	assert_int_equal(registry_labels_cut(world.registry), 4);
	assert_line(&world, "etw_exporter_label_truncations_total 4");
	end(&world);
}

static void values_that_render_alike_are_one_series(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 10, 100);
	cell_add(cell_of(world.shard, world.one, "\xff", NULL, false), 1);
	cell_add(cell_of(world.shard, world.one, "\xfe", NULL, false), 1);
	assert_line(&world, "y_total{a=\"\xef\xbf\xbd\"} 2");
	end(&world);
}

static void a_shard_may_be_older_than_a_family(void **state)
{
	const struct registry_limits limits = {0, 100};
	struct world world = {.registry = registry_new(&limits)};

	(void)state;
	world.shard = shard_new(world.registry);
	world.one = registry_family(world.registry, &one_label);
	text_init(&world.page, 1 << 20);
	cell_add(cell_of(world.shard, world.one, "1", NULL, true), 5);
	assert_line(&world, "y_total{a=\"other\"} 5");
	end(&world);
}

static void there_are_families_up_to_a_limit(void **state)
{
	struct family_info info = one_label;
	struct world world;
	char name[32];
	size_t i;

	info.name = name;

	(void)state;
	begin(&world, 10, 100);
	for (i = 3; i < REGISTRY_FAMILIES_MAX; i++) {
		snprintf(name, sizeof(name), "family%zu_total", i);
		assert_non_null(registry_family(world.registry, &info));
	}
	info.name = "one_more_total";
	assert_null(registry_family(world.registry, &info));
	end(&world);
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The lines of one family, without what follows the labels. */
static size_t lines_of(char *page, const char *prefix, char **lines, size_t limit)
{
	size_t count = 0;
	char *line = strtok(page, "\n");

	for (; line; line = strtok(NULL, "\n")) {
		if (strncmp(line, prefix, strlen(prefix)) != 0)
			continue;
		assert_true(count < limit);
		*strrchr(line, ' ') = '\0';
		lines[count++] = line;
	}
	return count;
}

#define SORTED_SERIES 3000

static void assert_sorted(struct world *world, size_t expected)
{
	static char *lines[SORTED_SERIES + 1], *sorted[SORTED_SERIES + 1];
	size_t count, i;

	render(world);
	count = lines_of(world->page.bytes, "y_total{", lines, SORTED_SERIES + 1);
	assert_int_equal(count, expected);
	memcpy(sorted, lines, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), compare_strings);
	for (i = 0; i < count; i++) {
		assert_ptr_equal(sorted[i], lines[i]);
		assert_true(i == 0 || strcmp(lines[i - 1], lines[i]) != 0);
	}
}

static void series_are_sorted_whenever_they_are_born(void **state)
{
	struct random random = {7};
	struct world world;
	char value[32];
	size_t i;

	(void)state;
	begin(&world, SORTED_SERIES, 100);
	for (i = 0; i < SORTED_SERIES; i++) {
		snprintf(value, sizeof(value), "%x-%zu", random_below(&random, 40), i);
		cell_of(world.shard, world.one, value, NULL, false);
		if (random_below(&random, 100) == 0 || i == 0)
			assert_sorted(&world, i + 1);
	}
	assert_sorted(&world, SORTED_SERIES);
	cell_of(world.shard, world.one, "x", NULL, true);
	assert_sorted(&world, SORTED_SERIES + 1);
	assert_sorted(&world, SORTED_SERIES + 1);
	end(&world);
}

static void a_page_past_its_limit_fails_and_the_next_does_not(void **state)
{
	struct exposition exposition;
	struct world world;
	struct text small;
	char value[32];
	int i;

	(void)state;
	begin(&world, 1000, 100);
	for (i = 0; i < 1000; i++) {
		snprintf(value, sizeof(value), "%d", i);
		cell_of(world.shard, world.one, value, NULL, false);
	}
	text_init(&small, 1000);
	exposition = (struct exposition){.out = &small, .format = EXPOSITION_TEXT};
	registry_expose(world.registry, &exposition);
	assert_true(small.failed);
	assert_true(small.length <= 1000);
	text_done(&small);
	assert_line(&world, "y_total{a=\"999\"} 0");
	end(&world);
}

static void refused_series_cost_no_memory(void **state)
{
	struct world world;
	size_t before;
	char value[32];
	int i;

	(void)state;
	begin(&world, 0, 100);
	cell_of(world.shard, world.one, "first", NULL, true);
	before = mallinfo2().uordblks;
	for (i = 0; i < 10000; i++) {
		snprintf(value, sizeof(value), "%d", i);
		cell_of(world.shard, world.one, value, NULL, true);
	}
	assert_true(mallinfo2().uordblks <= before + 4096);
	end(&world);
}

#define WRITERS	       2
#define WRITER_SERIES  2000
#define WRITER_SHARED  (WRITER_SERIES / 2)
#define WRITER_REFUSED 50

struct writer {
	struct world *world;
	struct shard *shard;
	unsigned int number;
	atomic_uint *running;
};

/* Half of the series are of both writers; a few are past the limit. */
static void *write_series(void *context)
{
	struct writer *writer = context;
	struct cell *cells[WRITER_SERIES + WRITER_REFUSED];
	char value[32];
	const char *values[] = {value};
	bool overflow;
	size_t i, j;

	for (i = 0; i < WRITER_SERIES + WRITER_REFUSED; i++) {
		snprintf(value, sizeof(value), "%zu-%u", i, i < WRITER_SHARED ? 0 : writer->number);
		cells[i] = shard_cell(writer->shard, writer->world->one, values, &overflow);
		for (j = 0; j <= i; j += 7)
			cell_add(cells[j], 1);
		if (overflow)
			shard_count_overflow(writer->shard, writer->world->one);
		registry_limit_news(writer->world->registry);
	}
	atomic_fetch_sub(writer->running, 1);
	return NULL;
}

/* Of all samples of the family. */
static uint64_t sum_of(char *page)
{
	uint64_t sum = 0;
	char *line = page;

	while ((line = strstr(line, "\ny_total{"))) {
		line = strchr(line, '}');
		sum += strtoull(line + 1, NULL, 10);
	}
	return sum;
}

struct reader {
	struct world *world;
	atomic_uint *running;
	bool falls; /* whether the sum ever fell */
};

static void *read_pages(void *context)
{
	struct reader *reader = context;
	uint64_t last = 0, sum;
	struct text page;

	text_init(&page, 64 << 20);
	do {
		struct exposition exposition = {.out = &page, .format = EXPOSITION_OPENMETRICS};

		text_clear(&page);
		registry_expose(reader->world->registry, &exposition);
		text_char(&page, '\0');
		sum = sum_of(page.bytes);
		reader->falls = reader->falls || sum < last;
		last = sum;
	} while (atomic_load(reader->running) > 0);
	text_done(&page);
	return NULL;
}

static void scrapes_and_births_do_not_disturb_each_other(void **state)
{
	atomic_uint running = WRITERS;
	struct writer writers[WRITERS];
	struct reader readers[2];
	pthread_t threads[WRITERS + 2];
	struct world world;
	uint64_t expected = 0;
	size_t i;

	(void)state;
	begin(&world, 2 * WRITER_SERIES - WRITER_SHARED, 100);
	for (i = 0; i < 2; i++) {
		readers[i] = (struct reader){&world, &running, false};
		assert_int_equal(
			pthread_create(&threads[WRITERS + i], NULL, read_pages, &readers[i]), 0);
	}
	for (i = 0; i < WRITERS; i++) {
		writers[i] = (struct writer){&world, shard_new(world.registry), (unsigned int)i + 1,
					     &running};
		assert_int_equal(pthread_create(&threads[i], NULL, write_series, &writers[i]), 0);
	}
	for (i = 0; i < WRITERS + 2; i++)
		pthread_join(threads[i], NULL);
	assert_false(readers[0].falls || readers[1].falls);
	for (i = 0; i < WRITER_SERIES + WRITER_REFUSED; i++)
		expected += WRITERS * (i / 7 + 1);
	render(&world);
	assert_true(sum_of(world.page.bytes) == expected);
	assert_int_equal(count_of(world.page.bytes, "\ny_total{"),
			 2 * WRITER_SERIES - WRITER_SHARED + 1);
	end(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_series_is_the_sum_of_its_cells),
		cmocka_unit_test(a_series_is_there_from_its_birth),
		cmocka_unit_test(a_family_without_series_is_absent),
		cmocka_unit_test(labels_that_differ_only_where_they_meet_are_two_series),
		cmocka_unit_test(a_family_without_labels_has_one_series),
		cmocka_unit_test(the_registry_exposes_itself),
		cmocka_unit_test(past_the_limit_new_series_are_other),
		cmocka_unit_test(at_the_limit_known_series_are_still_found),
		cmocka_unit_test(the_overflow_series_is_the_sum_of_all_shards),
		cmocka_unit_test(an_overflow_counted_without_a_lookup_is_exposed),
		cmocka_unit_test(a_series_called_other_is_the_overflow_series),
		cmocka_unit_test(the_overflow_label_is_not_cut),
		cmocka_unit_test(a_refusal_is_news_once),
		cmocka_unit_test(long_label_values_are_cut_and_counted),
		cmocka_unit_test(values_that_render_alike_are_one_series),
		cmocka_unit_test(a_shard_may_be_older_than_a_family),
		cmocka_unit_test(there_are_families_up_to_a_limit),
		cmocka_unit_test(series_are_sorted_whenever_they_are_born),
		cmocka_unit_test(a_page_past_its_limit_fails_and_the_next_does_not),
		cmocka_unit_test(refused_series_cost_no_memory),
		cmocka_unit_test(scrapes_and_births_do_not_disturb_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
