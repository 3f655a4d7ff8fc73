#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/state/spans.h"
#include "tests/support/random.h"

#define MS   ((int64_t)1000000)
#define NONE 0

enum {
	A = 1,
	B,
	C,
};

static const struct span_key key = {.id = 77};

struct world {
	struct table_counts counts;
	struct spans spans;
};

static void begin(struct world *world, size_t limit)
{
	memset(world, 0, sizeof(*world));
	assert_int_equal(spans_init(&world->spans, limit, NULL, &world->counts), 0);
}

static void done(struct world *world)
{
	spans_done(&world->spans);
}

/* Times are in milliseconds, but for those of at_ns(). */
static uint32_t at_ns(const struct world *world, int64_t time_ns)
{
	const struct span *span = spans_find(&world->spans, key, time_ns);

	return span ? span->value : NONE;
}

static uint32_t at(const struct world *world, int64_t time)
{
	return at_ns(world, time * MS);
}

static void learn(struct world *world, enum span_news news, int64_t time, uint32_t value)
{
	spans_learn(&world->spans, news, key, time * MS, value);
}

static void between_start_and_end_it_is_there(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 100);
	learn(&world, SPAN_START, 10, A);
	learn(&world, SPAN_END, 20, A);
	assert_int_equal(at(&world, 8), NONE);
	assert_int_equal(at(&world, 10), A);
	assert_int_equal(at(&world, 20), A);
	assert_int_equal(at(&world, 22), NONE);
	assert_int_equal(table_entries(&world.counts), 1);
	done(&world);
}

static void clocks_of_cpus_may_differ_a_little(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 100);
	learn(&world, SPAN_START, 10, A);
	learn(&world, SPAN_END, 20, A);
	assert_int_equal(at_ns(&world, 10 * MS - SPANS_TOLERANCE_NS), A);
	assert_int_equal(at_ns(&world, 10 * MS - SPANS_TOLERANCE_NS - 1), NONE);
	assert_int_equal(at_ns(&world, 20 * MS + SPANS_TOLERANCE_NS), A);
	assert_int_equal(at_ns(&world, 20 * MS + SPANS_TOLERANCE_NS + 1), NONE);
	spans_learn(&world.spans, SPAN_START, key, 20 * MS + MS / 2, B);
	assert_int_equal(at_ns(&world, 20 * MS + MS / 4), NONE);
	done(&world);
}

static void a_number_that_is_used_again_means_another(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 100);
	learn(&world, SPAN_THERE, 0, A);
	learn(&world, SPAN_END, 20, A);
	learn(&world, SPAN_START, 30, B);
	assert_int_equal(at(&world, -1000), A);
	assert_int_equal(at(&world, 19), A);
	assert_int_equal(at(&world, 25), NONE);
	assert_int_equal(at(&world, 31), B);
	assert_int_equal(at(&world, 1000), B);
	done(&world);
}

static void an_end_may_come_before_its_start(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 100);
	learn(&world, SPAN_END, 20, A);
	assert_int_equal(at(&world, 5), A);
	learn(&world, SPAN_START, 10, A);
	assert_int_equal(at(&world, 5), NONE);
	assert_int_equal(at(&world, 15), A);
	assert_int_equal(at(&world, 25), NONE);
	assert_int_equal(table_entries(&world.counts), 1);
	done(&world);
}

static void what_is_there_at_the_end_only_was_there_always(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 100);
	learn(&world, SPAN_THERE, 100, A);
	assert_int_equal(at(&world, -100), A);
	assert_int_equal(at(&world, 200), A);
	learn(&world, SPAN_START, 50, A);
	assert_int_equal(at(&world, 40), NONE);
	assert_int_equal(at(&world, 60), A);
	assert_int_equal(table_entries(&world.counts), 1);
	done(&world);
}

static void what_is_there_after_an_end_is_another(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 100);
	learn(&world, SPAN_THERE, 0, A);
	learn(&world, SPAN_END, 20, A);
	learn(&world, SPAN_THERE, 100, B);
	assert_int_equal(at(&world, 10), A);
	assert_int_equal(at(&world, 90), B);
	learn(&world, SPAN_START, 60, B);
	assert_int_equal(at(&world, 50), NONE);
	assert_int_equal(at(&world, 70), B);
	done(&world);
}

static void a_start_ends_what_lost_its_end(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 100);
	learn(&world, SPAN_START, 0, A);
	learn(&world, SPAN_START, 50, B);
	assert_int_equal(at(&world, 49), A);
	assert_int_equal(at(&world, 51), B);
	learn(&world, SPAN_END, 40, A);
	assert_int_equal(at(&world, 39), A);
	assert_int_equal(at(&world, 45), NONE);
	done(&world);
}

static void what_two_providers_say_is_said_once(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 100);
	learn(&world, SPAN_START, 10, A);
	spans_learn(&world.spans, SPAN_START, key, 10 * MS + 500, A);
	learn(&world, SPAN_END, 20, A);
	spans_learn(&world.spans, SPAN_END, key, 20 * MS + 500, A);
	spans_learn(&world.spans, SPAN_THERE, key, 20 * MS + 500, A);
	assert_int_equal(table_entries(&world.counts), 1);
	assert_int_equal(at(&world, 30), NONE);
	done(&world);
}

static void a_short_life_is_told_from_the_next_one(void **state)
{
	struct world world;
	int64_t i;

	(void)state;
	begin(&world, 100);
	for (i = 0; i < 8; i++) {
		spans_learn(&world.spans, SPAN_START, key, i * 1000, A);
		spans_learn(&world.spans, SPAN_END, key, i * 1000 + 500, A);
	}
	spans_learn(&world.spans, SPAN_START, key, 8000, A);
	assert_int_equal(table_entries(&world.counts), 9);
	assert_int_equal(at(&world, 100), A);
	done(&world);
}

static void a_replay_teaches_nothing_new(void **state)
{
	struct world world;
	int i;

	(void)state;
	begin(&world, 100);
	for (i = 0; i < 3; i++) {
		learn(&world, SPAN_THERE, 0, A);
		learn(&world, SPAN_END, 20, A);
		learn(&world, SPAN_START, 30, B);
		learn(&world, SPAN_END, 40, B);
		learn(&world, SPAN_START, 50, A);
		learn(&world, SPAN_THERE, 100, A);
	}
	assert_int_equal(table_entries(&world.counts), 3);
	assert_int_equal(at(&world, 10), A);
	assert_int_equal(at(&world, 35), B);
	assert_int_equal(at(&world, 60), A);
	done(&world);
}

static void what_is_gone_has_ended_once(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 100);
	learn(&world, SPAN_START, 0, A);
	learn(&world, SPAN_END, 20, A);
	learn(&world, SPAN_GONE, 80, A);
	assert_int_equal(at(&world, 50), NONE);
	assert_int_equal(table_entries(&world.counts), 1);
	learn(&world, SPAN_START, 90, B);
	learn(&world, SPAN_GONE, 95, B);
	assert_int_equal(at(&world, 99), NONE);
	done(&world);
	begin(&world, 100);
	learn(&world, SPAN_GONE, 80, A);
	assert_int_equal(at(&world, 50), A);
	assert_int_equal(at(&world, 90), NONE);
	done(&world);
}

static void what_is_closed_may_still_get_its_end(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 100);
	learn(&world, SPAN_START, 0, A);
	spans_close(&world.spans, key, 30 * MS);
	assert_int_equal(at(&world, 40), NONE);
	learn(&world, SPAN_END, 20, A);
	assert_int_equal(at(&world, 25), NONE);
	assert_int_equal(table_entries(&world.counts), 1);
	spans_close(&world.spans, (struct span_key){.id = 1}, 30);
	done(&world);
}

static void spaces_are_told_apart(void **state)
{
	const struct span_key other = {.id = key.id, .space = 1};
	struct world world;

	(void)state;
	begin(&world, 100);
	learn(&world, SPAN_START, 0, A);
	spans_learn(&world.spans, SPAN_START, other, 0, B);
	assert_int_equal(at(&world, 1), A);
	assert_int_equal(spans_find(&world.spans, other, MS)->value, B);
	done(&world);
}

static void the_extremes_of_time_are_times_as_others(void **state)
{
	static const int64_t times[] = {INT64_MIN, INT64_MIN + 1, -1, 0, INT64_MAX - 1, INT64_MAX};
	struct random random = {3};
	struct world world;
	int i;

	(void)state;
	begin(&world, 40);
	for (i = 0; i < 20000; i++) {
		int64_t time_ns = times[random_below(&random, 6)];
		uint32_t news = random_below(&random, SPAN_NEWS_COUNT);

		spans_learn(&world.spans, (enum span_news)news, key, time_ns,
			    1 + random_below(&random, 3));
		spans_close(&world.spans, key, times[random_below(&random, 6)]);
		assert_in_range(at_ns(&world, times[random_below(&random, 6)]), 0, 3);
	}
	done(&world);
}

static void of_one_number_the_last_are_kept(void **state)
{
	struct world world;
	int i;

	(void)state;
	begin(&world, 100);
	for (i = 0; i < 20; i++) {
		learn(&world, SPAN_START, 100 * i, (uint32_t)(1 + i));
		learn(&world, SPAN_END, 100 * i + 50, (uint32_t)(1 + i));
	}
	assert_int_equal(table_entries(&world.counts), SPANS_PER_KEY);
	assert_int_equal(world.counts.refused, 4);
	assert_int_equal(at(&world, 325), NONE);
	for (i = 4; i < 20; i++)
		assert_int_equal(at(&world, 100 * i + 25), 1 + i);
	done(&world);
}

static struct span_key number(uint64_t id)
{
	return (struct span_key){.id = id};
}

static void those_that_ended_first_go_first(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 4);
	spans_learn(&world.spans, SPAN_THERE, number(1), 0, A);
	spans_learn(&world.spans, SPAN_START, number(2), 0, A);
	spans_learn(&world.spans, SPAN_START, number(3), 0, A);
	spans_learn(&world.spans, SPAN_START, number(4), 0, A);
	spans_learn(&world.spans, SPAN_END, number(3), MS, A);
	spans_learn(&world.spans, SPAN_END, number(2), 2 * MS, A);
	spans_learn(&world.spans, SPAN_START, number(5), 3 * MS, A);
	assert_int_equal(world.counts.refused, 1);
	assert_null(spans_find(&world.spans, number(3), 0));
	assert_non_null(spans_find(&world.spans, number(2), 0));
	spans_learn(&world.spans, SPAN_START, number(6), 3 * MS, A);
	assert_null(spans_find(&world.spans, number(2), 0));
	spans_learn(&world.spans, SPAN_START, number(7), 3 * MS, A);
	assert_null(spans_find(&world.spans, number(1), 0));
	assert_non_null(spans_find(&world.spans, number(4), 0));
	assert_int_equal(table_entries(&world.counts), 4);
	assert_int_equal(world.counts.refused, 3);
	done(&world);
}

static void without_room_nothing_is_kept(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 0);
	learn(&world, SPAN_START, 0, A);
	assert_int_equal(at(&world, 1), NONE);
	assert_int_equal(world.counts.refused, 1);
	done(&world);
}

/* What really was, and the news of it. */
#define LIVES 8

struct news {
	enum span_news news;
	int64_t time;
	uint32_t value;
};

static size_t make_history(struct random *random, bool distinct, struct news news[2 * LIVES])
{
	int64_t time = 0;
	size_t i;

	for (i = 0; i < LIVES; i++) {
		uint32_t value = distinct ? (uint32_t)i + 1 : A;

		time += 3 + random_below(random, 50);
		news[2 * i] = (struct news){SPAN_START, time, value};
		time += 3 + random_below(random, 50);
		news[2 * i + 1] = (struct news){SPAN_END, time, value};
	}
	return (size_t)2 * LIVES;
}

static void shuffle(struct random *random, struct news *news, size_t count)
{
	for (; count > 1; count--) {
		size_t other = random_below(random, (uint32_t)count);
		struct news last = news[count - 1];

		news[count - 1] = news[other];
		news[other] = last;
	}
}

static void check_shuffled(uint64_t seed, bool distinct)
{
	struct news history[2 * LIVES], news[2 * LIVES];
	struct random random = {seed};
	size_t count = make_history(&random, distinct, history), i;
	struct world world;

	memcpy(news, history, sizeof(news));
	shuffle(&random, news, count);
	begin(&world, 100);
	for (i = 0; i < count; i++)
		learn(&world, news[i].news, news[i].time, news[i].value);
	for (i = 0; i < count; i += 2) {
		assert_int_equal(at(&world, history[i].time + 1), history[i].value);
		assert_int_equal(at(&world, history[i + 1].time - 1), history[i].value);
		if (i + 2 < count)
			assert_int_equal(at_ns(&world, history[i + 1].time * MS + 3 * MS / 2),
					 NONE);
	}
	done(&world);
}

static void lives_that_differ_are_learnt_in_any_order(void **state)
{
	uint64_t seed;

	(void)state;
	for (seed = 0; seed < 20000; seed++)
		check_shuffled(seed, true);
}

static void lives_that_are_alike_are_learnt_in_any_order(void **state)
{
	uint64_t seed;

	(void)state;
	for (seed = 0; seed < 20000; seed++)
		check_shuffled(seed, false);
}

static void a_crowd_stays_within_its_limits(void **state)
{
	struct random random = {9};
	struct world world;
	int i;

	(void)state;
	begin(&world, 50);
	for (i = 0; i < 200000; i++) {
		struct span_key any = {.id = random_below(&random, 30),
				       .space = random_below(&random, 2)};
		int64_t time_ns = random_below(&random, 1000) * (int64_t)(MS / 3);
		uint32_t news = random_below(&random, SPAN_NEWS_COUNT + 1);
		const struct span *span;

		if (news == SPAN_NEWS_COUNT)
			spans_close(&world.spans, any, time_ns);
		else
			spans_learn(&world.spans, (enum span_news)news, any, time_ns,
				    random_below(&random, 4));
		assert_in_range(table_entries(&world.counts), 0, 50);
		span = spans_find(&world.spans, any, time_ns);
		if (span)
			assert_int_equal(span->key.id, any.id);
	}
	assert_true(world.counts.refused > 0);
	done(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(between_start_and_end_it_is_there),
		cmocka_unit_test(clocks_of_cpus_may_differ_a_little),
		cmocka_unit_test(a_number_that_is_used_again_means_another),
		cmocka_unit_test(an_end_may_come_before_its_start),
		cmocka_unit_test(what_is_there_at_the_end_only_was_there_always),
		cmocka_unit_test(what_is_there_after_an_end_is_another),
		cmocka_unit_test(a_start_ends_what_lost_its_end),
		cmocka_unit_test(what_two_providers_say_is_said_once),
		cmocka_unit_test(a_short_life_is_told_from_the_next_one),
		cmocka_unit_test(a_replay_teaches_nothing_new),
		cmocka_unit_test(what_is_gone_has_ended_once),
		cmocka_unit_test(what_is_closed_may_still_get_its_end),
		cmocka_unit_test(spaces_are_told_apart),
		cmocka_unit_test(the_extremes_of_time_are_times_as_others),
		cmocka_unit_test(of_one_number_the_last_are_kept),
		cmocka_unit_test(those_that_ended_first_go_first),
		cmocka_unit_test(without_room_nothing_is_kept),
		cmocka_unit_test(lives_that_differ_are_learnt_in_any_order),
		cmocka_unit_test(lives_that_are_alike_are_learnt_in_any_order),
		cmocka_unit_test(a_crowd_stays_within_its_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
