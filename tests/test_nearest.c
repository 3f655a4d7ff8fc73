#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/nearest.h"

static void distances_count_letters_changed_dropped_inserted_and_swapped(void **state)
{
	(void)state;
	assert_int_equal(edit_distance("", ""), 0);
	assert_int_equal(edit_distance("", "path"), 4);
	assert_int_equal(edit_distance("path", ""), 4);
	assert_int_equal(edit_distance("PATH", "path"), 0);
	assert_int_equal(edit_distance("pth", "path"), 1);
	assert_int_equal(edit_distance("pathh", "path"), 1);
	assert_int_equal(edit_distance("pbth", "path"), 1);
	assert_int_equal(edit_distance("ptah", "path"), 1);
	assert_int_equal(edit_distance("apth", "path"), 1);
	assert_int_equal(edit_distance("pahts", "path"), 2);
	assert_int_equal(edit_distance("loop", "path"), 4);
	assert_int_equal(edit_distance("kitten", "sitting"), 3);
}

static void words_of_more_than_32_letters_are_infinitely_far(void **state)
{
	static const char word[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

	(void)state;
	assert_int_equal(edit_distance(word + 1, word + 1), 0);
	assert_int_equal(edit_distance(word, word), SIZE_MAX);
	assert_int_equal(edit_distance(word, ""), SIZE_MAX);
	assert_int_equal(edit_distance("", word), SIZE_MAX);
}

static const char *known(size_t i, const void *context)
{
	static const char *const words[] = {"path", "pace", "follow", NULL};

	(void)context;
	return words[i];
}

static void the_nearest_word_is_a_hint_only_where_it_is_near(void **state)
{
	(void)state;
	assert_int_equal(nearest("paht", known, NULL), 0);
	assert_int_equal(nearest("pacee", known, NULL), 1);
	assert_int_equal(nearest("folowe", known, NULL), 2);
	assert_int_equal(nearest("rate", known, NULL), NEAREST_NONE);
	assert_int_equal(nearest("", known, NULL), NEAREST_NONE);
	assert_int_equal(nearest("flw", known, NULL), NEAREST_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(distances_count_letters_changed_dropped_inserted_and_swapped),
		cmocka_unit_test(words_of_more_than_32_letters_are_infinitely_far),
		cmocka_unit_test(the_nearest_word_is_a_hint_only_where_it_is_near),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
