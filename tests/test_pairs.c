#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/rule/pairs.h"

#define SECOND 1000000000

struct world {
	struct pairs_counts counts;
	struct pairs *pairs;
	struct paired with; /* what was paired last */
};

static const char owner[] = "owner";

static void begin(struct world *world, size_t limit, uint64_t timeout_ns)
{
	memset(world, 0, sizeof(*world));
	world->pairs = pairs_new(limit, timeout_ns, &world->counts);
	assert_non_null(world->pairs);
}

static bool add_note(struct world *world, enum pair_side side, const char *key, int64_t time_ns,
		     const void *note, size_t note_bytes)
{
	return pairs_add(world->pairs, side, (const uint8_t *)key, strlen(key), time_ns, owner,
			 note, note_bytes, &world->with);
}

static bool add(struct world *world, enum pair_side side, const char *key, int64_t time_ns)
{
	return add_note(world, side, key, time_ns, NULL, 0);
}

static bool start(struct world *world, const char *key, int64_t time_ns)
{
	return add(world, PAIR_START, key, time_ns);
}

static bool end(struct world *world, const char *key, int64_t time_ns)
{
	return add(world, PAIR_END, key, time_ns);
}

static void assert_counts(const struct world *world, uint64_t matched, uint64_t open,
			  uint64_t expired, uint64_t unmatched_starts, uint64_t unmatched_ends)
{
	assert_int_equal(world->counts.matched, matched);
	assert_int_equal(world->counts.open, open);
	assert_int_equal(world->counts.expired, expired);
	assert_int_equal(world->counts.unmatched[PAIR_START], unmatched_starts);
	assert_int_equal(world->counts.unmatched[PAIR_END], unmatched_ends);
}

static void an_end_is_paired_with_the_start_of_its_key(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 10, SECOND);
	assert_false(add_note(&world, PAIR_START, "a", 5, "note", 4));
	assert_false(start(&world, "b", 6));
	assert_true(end(&world, "a", 8));
	assert_int_equal(world.with.time_ns, 5);
	assert_ptr_equal(world.with.owner, owner);
	assert_int_equal(world.with.note_bytes, 4);
	assert_memory_equal(world.with.note, "note", 4);
	assert_counts(&world, 1, 1, 0, 0, 0);
	pairs_free(world.pairs);
}

static void a_start_is_paired_with_an_end_that_came_before_it(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 10, SECOND);
	assert_false(add_note(&world, PAIR_END, "a", 8, "end", 3));
	assert_counts(&world, 0, 0, 0, 0, 0);
	assert_true(start(&world, "a", 5));
	assert_int_equal(world.with.time_ns, 8);
	assert_memory_equal(world.with.note, "end", 3);
	assert_counts(&world, 1, 0, 0, 0, 0);
	pairs_free(world.pairs);
}

static void an_end_before_a_start_is_not_its_end(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 10, SECOND);
	assert_false(start(&world, "a", 10));
	assert_false(end(&world, "a", 5));
	assert_true(end(&world, "a", 12));
	assert_int_equal(world.with.time_ns, 10);
	assert_true(start(&world, "a", 3));
	assert_int_equal(world.with.time_ns, 5);
	assert_counts(&world, 2, 0, 0, 0, 0);
	pairs_free(world.pairs);
}

static void a_pair_is_paired_once(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 10, SECOND);
	assert_false(start(&world, "a", 1));
	assert_true(end(&world, "a", 2));
	assert_false(end(&world, "a", 3));
	assert_counts(&world, 1, 0, 0, 0, 0);
	pairs_free(world.pairs);
}

static void a_start_may_end_at_the_same_time(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 10, 0);
	assert_false(start(&world, "a", 1));
	assert_true(end(&world, "a", 1));
	pairs_free(world.pairs);
}

static void a_key_that_starts_again_is_paired_from_its_later_start(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 10, SECOND);
	start(&world, "a", 1);
	start(&world, "a", 7);
	start(&world, "a", 4);
	assert_true(end(&world, "a", 9));
	assert_int_equal(world.with.time_ns, 7);
	assert_false(end(&world, "a", 10));
	assert_counts(&world, 1, 2, 0, 0, 0);
	pairs_free(world.pairs);
}

static void ends_that_come_late_find_the_starts_before_them(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 10, SECOND);
	start(&world, "a", 1);
	start(&world, "a", 5);
	assert_true(end(&world, "a", 6));
	assert_int_equal(world.with.time_ns, 5);
	assert_true(end(&world, "a", 2));
	assert_int_equal(world.with.time_ns, 1);
	assert_counts(&world, 2, 0, 0, 0, 0);
	pairs_free(world.pairs);
}

static void starts_that_come_late_find_the_ends_behind_them(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 10, SECOND);
	end(&world, "a", 2);
	end(&world, "a", 6);
	assert_true(start(&world, "a", 1));
	assert_int_equal(world.with.time_ns, 2);
	assert_true(start(&world, "a", 5));
	assert_int_equal(world.with.time_ns, 6);
	assert_false(start(&world, "a", 0));
	assert_counts(&world, 2, 1, 0, 0, 0);
	pairs_free(world.pairs);
}

static void a_start_has_no_end_behind_the_next_start(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 10, SECOND);
	start(&world, "a", 1);
	start(&world, "a", 5);
	end(&world, "a", 6);
	assert_false(end(&world, "a", 8));
	assert_false(start(&world, "a", 0));
	assert_true(end(&world, "a", 4));
	assert_int_equal(world.with.time_ns, 1);
	assert_false(end(&world, "a", 2));
	pairs_free(world.pairs);
}

static void what_has_the_same_time_does_not_stand_between(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 10, SECOND);
	start(&world, "a", 5);
	start(&world, "a", 5);
	assert_true(end(&world, "a", 8));
	assert_int_equal(world.with.time_ns, 5);
	assert_false(end(&world, "a", 9));
	assert_true(end(&world, "a", 7));
	assert_int_equal(world.with.time_ns, 5);
	pairs_free(world.pairs);
}

static void of_many_with_one_key_those_with_the_least_room_go(void **state)
{
	struct world world;
	int64_t i;

	(void)state;
	begin(&world, 10, SECOND);
	for (i = 0; i < PAIRS_OF_KEY_MAX; i++)
		start(&world, "a", 10 * i);
	start(&world, "a", 12);
	assert_counts(&world, 0, PAIRS_OF_KEY_MAX, 0, 1, 0);
	start(&world, "a", 29);
	assert_counts(&world, 0, PAIRS_OF_KEY_MAX, 0, 2, 0);
	assert_false(end(&world, "a", 11));
	assert_true(end(&world, "a", 9));
	assert_true(end(&world, "a", 13));
	assert_int_equal(world.with.time_ns, 12);
	pairs_free(world.pairs);
}

static void what_waits_longer_than_the_timeout_is_given_up(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 10, 100);
	start(&world, "a", 0);
	end(&world, "b", 0);
	start(&world, "c", 100);
	assert_counts(&world, 0, 2, 0, 0, 0);
	assert_false(end(&world, "a", 101));
	assert_counts(&world, 0, 1, 1, 0, 1);
	assert_true(end(&world, "c", 200));
	pairs_free(world.pairs);
}

static void what_comes_late_waits_as_long_as_others(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 10, 100);
	start(&world, "new", 1000);
	assert_false(start(&world, "old", 10));
	assert_true(end(&world, "old", 30));
	assert_false(start(&world, "older", 5));
	assert_false(start(&world, "b", 1101));
	assert_counts(&world, 1, 1, 2, 0, 0);
	pairs_free(world.pairs);
}

static void what_is_further_apart_than_the_timeout_is_no_pair(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 10, 100);
	end(&world, "a", 1000);
	assert_false(start(&world, "a", 899));
	assert_true(start(&world, "a", 900));
	pairs_free(world.pairs);
}

static void the_extremes_of_time_are_times_as_others(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 10, UINT64_MAX);
	start(&world, "a", INT64_MIN);
	assert_true(end(&world, "a", INT64_MAX));
	assert_int_equal(world.with.time_ns, INT64_MIN);
	start(&world, "b", INT64_MAX);
	assert_false(end(&world, "b", INT64_MIN));
	assert_counts(&world, 1, 1, 0, 0, 0);
	pairs_end(world.pairs);
	pairs_free(world.pairs);

	begin(&world, 10, INT64_MAX);
	start(&world, "a", INT64_MIN);
	assert_false(end(&world, "a", INT64_MAX));
	assert_counts(&world, 0, 0, 1, 0, 0);
	pairs_free(world.pairs);
}

static void the_oldest_goes_where_too_many_wait(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 2, SECOND);
	start(&world, "a", 1);
	start(&world, "b", 2);
	end(&world, "x", 2);
	start(&world, "c", 3);
	assert_counts(&world, 0, 2, 0, 1, 0);
	assert_false(end(&world, "a", 4));
	assert_true(end(&world, "b", 4));
	assert_true(end(&world, "c", 4));
	assert_true(start(&world, "x", 1));
	pairs_free(world.pairs);
}

static void the_oldest_go_where_notes_take_too_much(void **state)
{
	static const uint8_t note[500];
	struct world world;

	(void)state;
	begin(&world, 4, SECOND);
	start(&world, "a", 1);
	start(&world, "b", 1);
	add_note(&world, PAIR_START, "c", 2, note, sizeof(note));
	assert_counts(&world, 0, 3, 0, 0, 0);
	add_note(&world, PAIR_START, "d", 3, note, sizeof(note));
	assert_counts(&world, 0, 4, 0, 0, 0);
	add_note(&world, PAIR_START, "e", 3, note, sizeof(note));
	assert_counts(&world, 0, 2, 0, 3, 0);
	assert_true(end(&world, "d", 3));
	assert_true(end(&world, "e", 3));
	pairs_free(world.pairs);
}

static void without_room_nothing_waits(void **state)
{
	static const uint8_t note[300];
	struct world world;

	(void)state;
	begin(&world, 0, SECOND);
	assert_false(start(&world, "a", 1));
	assert_false(end(&world, "a", 1));
	assert_counts(&world, 0, 0, 0, 1, 1);
	pairs_free(world.pairs);
	begin(&world, 1, SECOND);
	start(&world, "b", 1);
	assert_false(add_note(&world, PAIR_START, "a", 1, note, sizeof(note)));
	assert_counts(&world, 0, 1, 0, 1, 0);
	pairs_free(world.pairs);
}

static void keys_and_notes_have_a_longest(void **state)
{
	static uint8_t bytes[PAIRS_NOTE_MAX + 1];
	struct world world;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7 + (i >> 8));
	begin(&world, 10000, SECOND);
	assert_false(pairs_add(world.pairs, PAIR_START, bytes, PAIRS_KEY_MAX, 1, NULL, bytes,
			       PAIRS_NOTE_MAX, &world.with));
	assert_false(pairs_add(world.pairs, PAIR_START, bytes, PAIRS_KEY_MAX + 1, 1, NULL, NULL, 0,
			       &world.with));
	assert_false(pairs_add(world.pairs, PAIR_END, bytes, 5, 1, NULL, bytes, PAIRS_NOTE_MAX + 1,
			       &world.with));
	assert_counts(&world, 0, 1, 0, 1, 1);
	assert_true(pairs_add(world.pairs, PAIR_END, bytes, PAIRS_KEY_MAX, 1, NULL, NULL, 0,
			      &world.with));
	assert_int_equal(world.with.note_bytes, PAIRS_NOTE_MAX);
	assert_memory_equal(world.with.note, bytes, PAIRS_NOTE_MAX);
	pairs_free(world.pairs);
}

static void a_key_may_be_empty(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 10, SECOND);
	assert_false(pairs_add(world.pairs, PAIR_START, NULL, 0, 1, NULL, NULL, 0, &world.with));
	assert_true(pairs_add(world.pairs, PAIR_END, NULL, 0, 1, NULL, NULL, 0, &world.with));
	pairs_free(world.pairs);
}

static void at_the_end_what_waits_is_unmatched(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 10, SECOND);
	start(&world, "a", 100 * (int64_t)SECOND);
	start(&world, "b", 100 * (int64_t)SECOND);
	end(&world, "c", 100 * (int64_t)SECOND);
	pairs_end(world.pairs);
	assert_counts(&world, 0, 0, 0, 2, 1);
	assert_false(end(&world, "a", 100 * (int64_t)SECOND));
	pairs_end(world.pairs);
	start(&world, "x", 1);
	start(&world, "y", 2 + SECOND);
	assert_counts(&world, 0, 1, 1, 2, 2);
	pairs_free(world.pairs);
}

static void an_event_is_no_pair_of_itself(void **state)
{
	struct world world;

	(void)state;
	begin(&world, 10, SECOND);
	pairs_set_event(world.pairs, 1);
	assert_false(end(&world, "a", 5));
	assert_false(start(&world, "a", 5));
	pairs_set_event(world.pairs, 2);
	assert_true(end(&world, "a", 7));
	assert_int_equal(world.with.time_ns, 5);
	assert_false(start(&world, "a", 7));
	/* But with another key, and with events of the same time. */
	assert_false(end(&world, "b", 7));
	pairs_set_event(world.pairs, 3);
	assert_true(start(&world, "b", 7));
	assert_true(end(&world, "a", 7));
	pairs_free(world.pairs);
}

static void many_wait_and_all_find_their_end(void **state)
{
	struct world world;
	uint32_t key;

	(void)state;
	begin(&world, 100000, SECOND);
	for (key = 0; key < 100000; key++)
		assert_false(pairs_add(world.pairs, PAIR_START, (const uint8_t *)&key, sizeof(key),
				       key, NULL, NULL, 0, &world.with));
	assert_counts(&world, 0, 100000, 0, 0, 0);
	for (key = 100000; key-- > 0;) {
		assert_true(pairs_add(world.pairs, PAIR_END, (const uint8_t *)&key, sizeof(key),
				      100000, NULL, NULL, 0, &world.with));
		assert_int_equal(world.with.time_ns, key);
	}
	assert_counts(&world, 100000, 0, 0, 0, 0);
	pairs_free(world.pairs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_end_is_paired_with_the_start_of_its_key),
		cmocka_unit_test(a_start_is_paired_with_an_end_that_came_before_it),
		cmocka_unit_test(an_end_before_a_start_is_not_its_end),
		cmocka_unit_test(a_pair_is_paired_once),
		cmocka_unit_test(a_start_may_end_at_the_same_time),
		cmocka_unit_test(a_key_that_starts_again_is_paired_from_its_later_start),
		cmocka_unit_test(ends_that_come_late_find_the_starts_before_them),
		cmocka_unit_test(starts_that_come_late_find_the_ends_behind_them),
		cmocka_unit_test(a_start_has_no_end_behind_the_next_start),
		cmocka_unit_test(what_has_the_same_time_does_not_stand_between),
		cmocka_unit_test(of_many_with_one_key_those_with_the_least_room_go),
		cmocka_unit_test(what_waits_longer_than_the_timeout_is_given_up),
		cmocka_unit_test(what_comes_late_waits_as_long_as_others),
		cmocka_unit_test(what_is_further_apart_than_the_timeout_is_no_pair),
		cmocka_unit_test(the_extremes_of_time_are_times_as_others),
		cmocka_unit_test(the_oldest_goes_where_too_many_wait),
		cmocka_unit_test(the_oldest_go_where_notes_take_too_much),
		cmocka_unit_test(without_room_nothing_waits),
		cmocka_unit_test(keys_and_notes_have_a_longest),
		cmocka_unit_test(a_key_may_be_empty),
		cmocka_unit_test(at_the_end_what_waits_is_unmatched),
		cmocka_unit_test(an_event_is_no_pair_of_itself),
		cmocka_unit_test(many_wait_and_all_find_their_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
