#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/base/hash_index.h"
#include "tests/support/random.h"

#define NUMBERS 3000

static bool has(const struct hash_index *index, uint32_t hash, uint32_t number)
{
	uint32_t at = hash, found;

	while ((found = hash_index_next(index, hash, &at)))
		if (found == number)
			return true;
	return false;
}

static void add(struct hash_index *index, uint32_t hash, uint32_t number)
{
	assert_true(hash_index_reserve(index));
	hash_index_add(index, hash, number);
}

static void numbers_of_one_hash_are_told_apart(void **state)
{
	struct hash_index index = {0};
	uint32_t number;

	(void)state;
	for (number = 1; number <= 1000; number++)
		add(&index, 7, number);
	for (number = 1; number <= 1000; number += 2)
		hash_index_remove(&index, 7, number);
	for (number = 1; number <= 1000; number++)
		assert_int_equal(has(&index, 7, number), number % 2 == 0);
	assert_int_equal(index.count, 500);
	hash_index_done(&index);
}

static void a_number_takes_the_place_of_another(void **state)
{
	struct hash_index index = {0};

	(void)state;
	add(&index, 7, 1);
	add(&index, 7, 2);
	hash_index_replace(&index, 7, 1, 3);
	assert_false(has(&index, 7, 1));
	assert_true(has(&index, 7, 2));
	assert_true(has(&index, 7, 3));
	hash_index_done(&index);
}

/* Few hashes, some at the end of the table, so that runs join and go round it. */
static uint32_t colliding_hash(struct random *random)
{
	return random_below(random, 2) ? UINT32_MAX - random_below(random, 20)
				       : random_below(random, 50) * 3;
}

static void what_was_added_is_found_until_it_is_removed(void **state)
{
	static uint32_t hashes[NUMBERS + 1];
	static bool present[NUMBERS + 1];
	struct hash_index index = {0};
	struct random random = {1};
	uint32_t number;
	int i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		number = 1 + random_below(&random, NUMBERS);
		if (present[number]) {
			hash_index_remove(&index, hashes[number], number);
		} else {
			hashes[number] = colliding_hash(&random);
			add(&index, hashes[number], number);
		}
		present[number] = !present[number];
		if (i % 500 != 0)
			continue;
		for (number = 1; number <= NUMBERS; number++)
			assert_int_equal(has(&index, hashes[number], number), present[number]);
	}
	hash_index_done(&index);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_of_one_hash_are_told_apart),
		cmocka_unit_test(a_number_takes_the_place_of_another),
		cmocka_unit_test(what_was_added_is_found_until_it_is_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
