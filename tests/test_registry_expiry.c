#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "metrics/table.h"
#include "tests/support/page.h"
#include "tests/support/random.h"
#include "tests/support/posix.h"
#include "tests/support/registry_rig.h"

static const char *const only_a[] = {"a"};

static const struct family_info counter = {
	.name = "x_total",
	.help = "Xs.",
	.type = METRIC_COUNTER,
	.labels = only_a,
	.label_count = 1,
	.series_limit = 2,
};
static const struct family_info unlimited = {
	.name = "y_total",
	.help = "Ys.",
	.type = METRIC_COUNTER,
	.labels = only_a,
	.label_count = 1,
};
static const double bounds[] = {1};
static const struct family_info histogram = {
	.name = "z_seconds",
	.help = "Zs.",
	.type = METRIC_HISTOGRAM,
	.labels = only_a,
	.label_count = 1,
	.bounds = bounds,
	.bound_count = 1,
};

struct world {
	struct registry_rig rig;
	struct shard *other;
	struct family *limited, *free, *histogram;
};

static void begin(struct world *world, size_t series_limit)
{
	registry_rig_begin(&world->rig, series_limit);
	world->limited = registry_rig_family(&world->rig, &counter);
	world->free = registry_rig_family(&world->rig, &unlimited);
	world->histogram = registry_rig_family(&world->rig, &histogram);
	world->other = shard_new(world->rig.registry);
	assert_non_null(world->other);
}

static void end(struct world *world)
{
	registry_rig_end(&world->rig);
}

static double value_of(struct world *world, const char *sample)
{
	return page_value(registry_rig_page(&world->rig, EXPOSITION_TEXT), sample);
}

static void assert_overflows(struct shard *shard, struct family *family, const char *value)
{
	bool overflow = false;

	assert_ptr_equal(shard_series_cell(shard, family, &value, &overflow),
			 shard_overflow(shard, family));
	assert_true(overflow);
}

static void a_shard_has_one_cell_of_a_series(void **state)
{
	struct cell *cells[300];
	struct world world;
	char value[16];
	int i;

	(void)state;
	begin(&world, 1000);
	for (i = 0; i < 300; i++) {
		snprintf(value, sizeof(value), "%d", i);
		cells[i] = registry_rig_cell(world.rig.shard, world.free, value);
		cell_add(cells[i], (uint64_t)i);
	}
	for (i = 0; i < 300; i++) {
		snprintf(value, sizeof(value), "%d", i);
		assert_ptr_equal(registry_rig_cell(world.rig.shard, world.free, value), cells[i]);
		assert_ptr_not_equal(registry_rig_cell(world.other, world.free, value), cells[i]);
	}
	assert_true(value_of(&world, "y_total{a=\"299\"}") == 299);
	assert_int_equal(registry_series(world.rig.registry), 300);
	end(&world);
}

static void families_do_not_share_cells(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 10);
	assert_ptr_not_equal(registry_rig_cell(world.rig.shard, world.free, "1"),
			     registry_rig_cell(world.rig.shard, world.limited, "1"));
	end(&world);
}

static void a_family_has_a_limit_of_its_own(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 10);
	registry_rig_cell(world.rig.shard, world.limited, "1");
	registry_rig_cell(world.rig.shard, world.limited, "2");
	assert_overflows(world.rig.shard, world.limited, "3");
	assert_overflows(world.other, world.limited, "3");
	registry_rig_cell(world.other, world.limited, "2");
	registry_rig_cell(world.rig.shard, world.free, "3");
	cell_add(shard_overflow(world.rig.shard, world.limited), 5);
	shard_count_overflow(world.rig.shard, world.limited);
	shard_count_overflow(world.other, world.limited);
	assert_true(value_of(&world, "x_total{a=\"other\"}") == 5);
	assert_int_equal(family_overflow_count(world.rig.registry, world.limited), 2);
	assert_int_equal(family_overflow_count(world.rig.registry, world.free), 0);
	assert_int_equal(family_series(world.limited), 2);
	assert_int_equal(family_series(world.free), 1);
	assert_false(registry_limit_news(world.rig.registry));
	end(&world);
}

static void a_retired_series_is_off_the_page_and_comes_back_with_zero(void **state)
{
	struct world world;
	struct cell *cell;

	(void)state;
	begin(&world, 10);
	cell = registry_rig_cell(world.rig.shard, world.limited, "1");
	registry_rig_cell(world.rig.shard, world.limited, "2");
	cell_add(cell, 7);
	assert_true(value_of(&world, "x_total{a=\"1\"}") == 7);
	shard_retire(world.rig.shard, world.limited, cell);
	assert_true(value_of(&world, "x_total{a=\"1\"}") == -1);
	assert_true(value_of(&world, "x_total{a=\"2\"}") == 0);
	assert_true(value_of(&world, "etw_exporter_series_expired_total{family=\"x_total\"}") == 1);
	assert_true(value_of(&world, "etw_exporter_series_expired_total{family=\"y_total\"}") == 0);
	assert_int_equal(family_series(world.limited), 1);
	assert_int_equal(registry_series(world.rig.registry), 1);
	registry_rig_cell(world.other, world.limited, "1");
	assert_true(value_of(&world, "x_total{a=\"1\"}") == 0);
	assert_int_equal(family_expired_count(world.limited), 1);
	end(&world);
}

static void a_series_is_reborn_between_two_pages(void **state)
{
	struct world world;
	struct cell *cell;

	(void)state;
	begin(&world, 10);
	cell = registry_rig_cell(world.rig.shard, world.free, "1");
	cell_add(cell, 7);
	value_of(&world, "");
	shard_retire(world.rig.shard, world.free, cell);
	cell_add(registry_rig_cell(world.rig.shard, world.free, "1"), 3);
	assert_true(value_of(&world, "y_total{a=\"1\"}") == 3);
	assert_true(page_is_unique(world.rig.page.bytes));
	end(&world);
}

static void a_series_stays_while_any_shard_has_it(void **state)
{
	struct cell *cell, *others;
	struct world world;

	(void)state;
	begin(&world, 10);
	cell = registry_rig_cell(world.rig.shard, world.free, "1");
	others = registry_rig_cell(world.other, world.free, "1");
	cell_add(cell, 7);
	cell_add(others, 2);
	shard_retire(world.rig.shard, world.free, cell);
	assert_true(value_of(&world, "y_total{a=\"1\"}") == 9);
	assert_ptr_equal(registry_rig_cell(world.rig.shard, world.free, "1"), cell);
	cell_add(cell, 1);
	shard_retire(world.other, world.free, others);
	assert_true(value_of(&world, "y_total{a=\"1\"}") == 10);
	shard_retire(world.rig.shard, world.free, cell);
	assert_true(value_of(&world, "y_total{a=\"1\"}") == -1);
	assert_int_equal(family_series(world.free), 0);
	end(&world);
}

static void what_was_in_a_cell_does_not_come_back(void **state)
{
	struct world world;
	struct cell *cell;

	(void)state;
	begin(&world, 10);
	cell = registry_rig_cell(world.rig.shard, world.histogram, "1");
	cell_observe(cell, &histogram, 0.5);
	cell_observe(cell, &histogram, 5);
	shard_retire(world.rig.shard, world.histogram, cell);
	value_of(&world, "");
	assert_ptr_equal(registry_rig_cell(world.rig.shard, world.histogram, "2"), cell);
	assert_true(value_of(&world, "z_seconds_count{a=\"2\"}") == 0);
	assert_true(value_of(&world, "z_seconds_sum{a=\"2\"}") == 0);
	end(&world);
}

static void retiring_makes_room(void **state)
{
	struct world world;
	struct cell *cell;

	(void)state;
	begin(&world, 10);
	cell = registry_rig_cell(world.rig.shard, world.limited, "1");
	registry_rig_cell(world.rig.shard, world.limited, "2");
	assert_overflows(world.rig.shard, world.limited, "3");
	shard_retire(world.rig.shard, world.limited, cell);
	registry_rig_cell(world.rig.shard, world.limited, "3");
	assert_overflows(world.rig.shard, world.limited, "1");
	end(&world);
}

static void what_is_retired_twice_or_overflow_is_left_alone(void **state)
{
	struct cell *cell, *others;
	struct world world;

	(void)state;
	begin(&world, 1);
	cell = registry_rig_cell(world.rig.shard, world.free, "1");
	others = registry_rig_cell(world.other, world.free, "1");
	shard_retire(world.rig.shard, world.free, cell);
	shard_retire(world.rig.shard, world.free, cell);
	assert_int_equal(family_series(world.free), 1);
	shard_retire(world.other, world.free, others);
	value_of(&world, "");
	shard_retire(world.rig.shard, world.free, cell);
	shard_retire(world.rig.shard, world.free, shard_overflow(world.rig.shard, world.free));
	assert_int_equal(family_expired_count(world.free), 1);
	registry_rig_cell(world.rig.shard, world.free, "2");
	assert_int_equal(family_series(world.free), 1);
	end(&world);
}

/* Born and retired again and again; with a page between now and then, or never. */
static void churn(struct world *world, int rounds, int pages)
{
	struct cell *cells[5];
	char value[32];
	int round, i;

	for (round = 0; round < rounds; round++) {
		for (i = 0; i < 5; i++) {
			snprintf(value, sizeof(value), "%d-%d", round, i);
			cells[i] = registry_rig_cell(world->rig.shard, world->free, value);
			cell_add(cells[i], 1);
		}
		if (pages && round % pages == 0)
			assert_int_equal(page_count(registry_rig_page(&world->rig, EXPOSITION_TEXT),
						    "y_total"),
					 5);
		for (i = 0; i < 5; i++)
			shard_retire(world->rig.shard, world->free, cells[i]);
	}
}

static void expired_series_cost_no_memory(void **state)
{
	struct world world;
	size_t before;
	int pages;

	(void)state;
	for (pages = 0; pages < 2; pages++) {
		begin(&world, 100);
		churn(&world, 100, pages);
		before = mallinfo2().uordblks;
		churn(&world, 3000, pages);
		assert_true(mallinfo2().uordblks <= before + 65536);
		assert_int_equal(family_expired_count(world.free), 15500);
		assert_int_equal(family_series(world.free), 0);
		end(&world);
	}
}

#define ROUNDS 2000

struct churning {
	struct world *world;
	struct shard *shard;
	uint32_t number;
	atomic_uint *running;
};

/* Series that both threads have, and that come and go. */
static void *come_and_go(void *context)
{
	struct churning *churning = context;
	struct random random = {churning->number + 1};
	struct cell *cell;
	char text[16];
	const char *value = text;
	bool overflow;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		snprintf(text, sizeof(text), "%u", (unsigned int)random_below(&random, 8));
		cell = shard_series_cell(churning->shard, churning->world->histogram, &value,
					 &overflow);
		cell_observe(cell, &histogram, 1);
		if (!overflow && random_below(&random, 2))
			shard_retire(churning->shard, churning->world->histogram, cell);
	}
	atomic_fetch_sub(churning->running, 1);
	return NULL;
}

static void scrapes_births_and_ends_do_not_disturb_each_other(void **state)
{
	struct churning churning[2];
	atomic_uint running = 2;
	pthread_t threads[2];
	struct world world;
	const char *page;
	uint32_t i;

	(void)state;
	begin(&world, 6);
	for (i = 0; i < 2; i++) {
		churning[i] =
			(struct churning){&world, i ? world.other : world.rig.shard, i, &running};
		assert_int_equal(pthread_create(&threads[i], NULL, come_and_go, &churning[i]), 0);
	}
	do {
		page = registry_rig_page(&world.rig, EXPOSITION_TEXT);
		assert_true(page_is_unique(page));
		assert_true(page_sum(page, "z_seconds_bucket") >=
			    page_sum(page, "z_seconds_count"));
	} while (atomic_load(&running) > 0);
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	assert_true(family_series(world.histogram) <= 6);
	page = registry_rig_page(&world.rig, EXPOSITION_TEXT);
	assert_true(page_count(page, "z_seconds_count") <= family_series(world.histogram) + 1);
	end(&world);
}

#define ITEMS 500

static bool holds(const struct table *table, const void *item, uint32_t hash)
{
	const void *found;
	size_t at;

	for (found = table_first(table, hash, &at); found && found != item;)
		found = table_next(table, hash, &at);
	return found != NULL;
}

/* Hashes from a few, so that items are in each other's way. */
static void tables_find_what_was_not_removed(void **state)
{
	static char items[ITEMS];
	struct random random = {5};
	bool there[ITEMS] = {false};
	uint32_t hashes[ITEMS];
	struct table table = {0};
	size_t count = 0, i;
	int round;

	(void)state;
	for (i = 0; i < ITEMS; i++)
		hashes[i] = (uint32_t)random_below(&random, 300) * 0x10000001u;
	for (round = 0; round < 20000; round++) {
		i = random_below(&random, ITEMS);
		if (there[i]) {
			table_remove(&table, &items[i], hashes[i]);
		} else {
			assert_int_equal(table_reserve(&table), 0);
			table_add(&table, &items[i], hashes[i]);
		}
		there[i] = !there[i];
		count += there[i] ? 1 : (size_t)-1;
		assert_int_equal(table.count, count);
		if (round % 100 == 0)
			for (i = 0; i < ITEMS; i++)
				assert_int_equal(holds(&table, &items[i], hashes[i]), there[i]);
	}
	table_done(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_shard_has_one_cell_of_a_series),
		cmocka_unit_test(families_do_not_share_cells),
		cmocka_unit_test(a_family_has_a_limit_of_its_own),
		cmocka_unit_test(a_retired_series_is_off_the_page_and_comes_back_with_zero),
		cmocka_unit_test(a_series_is_reborn_between_two_pages),
		cmocka_unit_test(a_series_stays_while_any_shard_has_it),
		cmocka_unit_test(what_was_in_a_cell_does_not_come_back),
		cmocka_unit_test(retiring_makes_room),
		cmocka_unit_test(what_is_retired_twice_or_overflow_is_left_alone),
		cmocka_unit_test(expired_series_cost_no_memory),
		cmocka_unit_test(scrapes_births_and_ends_do_not_disturb_each_other),
		cmocka_unit_test(tables_find_what_was_not_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
