#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/rule/series_cache.h"
#include "tests/support/random.h"

static const uint64_t seed[2] = {0x1234567812345678, 0x8765432187654321};

/* Cells that are never looked into; any address but NULL will do. */
static struct cell *cell_of(size_t number)
{
	static uint64_t cells[SERIES_CACHE_ENTRIES_MAX + 2];

	return (struct cell *)(void *)&cells[number];
}

static void add(struct series_cache *cache, const uint64_t *key, size_t words, size_t number)
{
	series_cache_add(cache, key, words, seed, cell_of(number), number % 2);
}

static const struct series_cache_slot *find(const struct series_cache *cache, const uint64_t *key,
					    size_t words)
{
	return series_cache_find(cache, key, words, series_cache_hash(key, words, seed));
}

static void check(const struct series_cache *cache, const uint64_t *key, size_t words,
		  size_t number)
{
	const struct series_cache_slot *slot = find(cache, key, words);

	assert_non_null(slot);
	assert_ptr_equal(series_cache_cell(slot), cell_of(number));
	assert_int_equal(series_cache_is_overflow(slot), number % 2);
}

static void an_empty_cache_has_nothing(void **state)
{
	struct series_cache cache = {0};
	const uint64_t key[] = {1};

	(void)state;
	assert_null(find(&cache, key, 1));
	assert_null(find(&cache, NULL, 0));
	series_cache_clear(&cache);
	assert_null(find(&cache, key, 1));
	series_cache_done(&cache);
}

static void keys_are_told_apart_by_all_their_words_and_by_their_number(void **state)
{
	const uint64_t key[] = {1, 2, 3}, other[] = {1, 2, 4}, zeros[] = {0, 0, 0};
	struct series_cache cache = {0};

	(void)state;
	add(&cache, key, 3, 1);
	add(&cache, other, 3, 2);
	add(&cache, key, 2, 3);
	add(&cache, zeros, 2, 4);
	add(&cache, NULL, 0, 5);
	check(&cache, key, 3, 1);
	check(&cache, other, 3, 2);
	check(&cache, key, 2, 3);
	check(&cache, zeros, 2, 4);
	check(&cache, NULL, 0, 5);
	assert_null(find(&cache, zeros, 3));
	assert_null(find(&cache, key, 1));
	series_cache_done(&cache);
}

static void the_same_hash_is_not_the_same_key(void **state)
{
	/* What is multiplied by zero is zero. */
	const uint64_t a[] = {seed[0] ^ 4, 1, 3, 3}, b[] = {seed[0] ^ 4, 2, 3, 3};
	const uint64_t c[] = {seed[0] ^ 2, 1}, d[] = {seed[0] ^ 2, 2};
	struct series_cache cache = {0};

	(void)state;
	assert_int_equal(series_cache_hash(a, 4, seed), series_cache_hash(b, 4, seed));
	assert_int_equal(series_cache_hash(c, 2, seed), series_cache_hash(d, 2, seed));
	add(&cache, a, 4, 1);
	add(&cache, b, 4, 2);
	add(&cache, c, 2, 3);
	add(&cache, d, 2, 4);
	check(&cache, a, 4, 1);
	check(&cache, b, 4, 2);
	check(&cache, c, 2, 3);
	check(&cache, d, 2, 4);
	series_cache_done(&cache);
}

static void keys_are_found_while_it_grows_and_gone_once_it_is_full(void **state)
{
	struct series_cache cache = {0};
	uint64_t i, there;

	(void)state;
	for (i = 0; i < SERIES_CACHE_ENTRIES_MAX; i++) {
		add(&cache, &i, 1, i);
		there = i / 2;
		check(&cache, &there, 1, there);
	}
	assert_int_equal(cache.count, SERIES_CACHE_ENTRIES_MAX);
	for (i = 0; i < SERIES_CACHE_ENTRIES_MAX; i++)
		check(&cache, &i, 1, i);
	add(&cache, &i, 1, 1);
	assert_int_equal(cache.count, 1);
	check(&cache, &i, 1, 1);
	i = 0;
	assert_null(find(&cache, &i, 1));
	series_cache_done(&cache);
}

static void long_keys_fill_it_too_and_the_longest_are_not_kept(void **state)
{
	const size_t words = SERIES_CACHE_WORDS_MAX / 4;
	uint64_t *key = calloc(SERIES_CACHE_WORDS_MAX + 1, sizeof(*key));
	struct series_cache cache = {0};
	uint64_t i;

	(void)state;
	assert_non_null(key);
	for (i = 0; i < 9; i++) {
		key[words - 1] = i;
		add(&cache, key, words, i);
		check(&cache, key, words, i);
		assert_true(cache.key_words <= SERIES_CACHE_WORDS_MAX);
		assert_int_equal(cache.count, i % 4 + 1);
	}
	add(&cache, key, SERIES_CACHE_WORDS_MAX + 1, 1);
	assert_null(find(&cache, key, SERIES_CACHE_WORDS_MAX + 1));
	check(&cache, key, words, 8);
	add(&cache, key, SERIES_CACHE_WORDS_MAX, 1);
	check(&cache, key, SERIES_CACHE_WORDS_MAX, 1);
	assert_int_equal(cache.count, 1);
	series_cache_done(&cache);
	free(key);
}

static void what_was_cleared_is_gone_and_comes_anew(void **state)
{
	struct series_cache cache = {0};
	uint64_t i;

	(void)state;
	for (i = 0; i < 1000; i++)
		add(&cache, &i, 1, i);
	series_cache_clear(&cache);
	for (i = 0; i < 1000; i++)
		assert_null(find(&cache, &i, 1));
	for (i = 0; i < 1000; i++)
		add(&cache, &i, 1, i + 1);
	for (i = 0; i < 1000; i++)
		check(&cache, &i, 1, i + 1);
	series_cache_done(&cache);
}

/* Numbers that differ in few bits spread, whatever the seed. */
static void hashes_of_small_numbers_spread(void **state)
{
	static unsigned char used[4096];
	struct random random = {3};
	uint64_t seeds[2], i, filled, round;

	(void)state;
	for (round = 0; round < 20; round++) {
		seeds[0] = random_next(&random);
		seeds[1] = random_next(&random) | 1;
		memset(used, 0, sizeof(used));
		for (i = filled = 0; i < sizeof(used); i++) {
			const uint64_t key[] = {i << 32, 0};
			unsigned char *at = &used[series_cache_home(
				series_cache_hash(key, 2, seeds), sizeof(used))];

			filled += !*at;
			*at = 1;
		}
		/* By chance 63 % are. */
		assert_true(filled > sizeof(used) / 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_cache_has_nothing),
		cmocka_unit_test(keys_are_told_apart_by_all_their_words_and_by_their_number),
		cmocka_unit_test(the_same_hash_is_not_the_same_key),
		cmocka_unit_test(keys_are_found_while_it_grows_and_gone_once_it_is_full),
		cmocka_unit_test(long_keys_fill_it_too_and_the_longest_are_not_kept),
		cmocka_unit_test(what_was_cleared_is_gone_and_comes_anew),
		cmocka_unit_test(hashes_of_small_numbers_spread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
