#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "config/problems.h"

static void add(struct problems *problems, size_t line, size_t column, bool warning,
		const char *text)
{
	problems_add(problems, "c.yml", (struct place){line, column}, warning, text);
}

static void problems_are_sorted_by_place_and_then_as_they_came(void **state)
{
	static const char *const texts[] = {"file", "a", "b", "c", "d", "e"};
	struct problems problems;
	size_t i;

	(void)state;
	problems_init(&problems);
	add(&problems, 2, 5, false, "c");
	add(&problems, 10, 1, true, "e");
	add(&problems, 2, 4, true, "b");
	add(&problems, 2, 5, true, "d");
	add(&problems, 0, 0, false, "file");
	add(&problems, 1, 9, false, "a");
	assert_int_equal(problems.count, 6);
	assert_int_equal(problems.errors, 3);
	for (i = 0; i < 6; i++)
		assert_string_equal(problems.list[i].text, texts[i]);
	assert_string_equal(problems.list[5].file, "c.yml");
	problems_done(&problems);
	assert_int_equal(problems.count, 0);
	assert_int_equal(problems.errors, 0);
}

static void the_first_errors_by_place_are_kept_in_whatever_order_they_come(void **state)
{
	struct problems problems;
	size_t i;

	(void)state;
	problems_init(&problems);
	add(&problems, 5000, 1, true, "warning");
	for (i = 1000; i; i--)
		add(&problems, i, 1, false, "error");
	assert_int_equal(problems.errors, 1000);
	assert_int_equal(problems.count, PROBLEMS_MAX + 1);
	for (i = 0; i < PROBLEMS_MAX; i++) {
		assert_int_equal(problems.list[i].line, i + 1);
		assert_string_equal(problems.list[i].text, "error");
	}
	assert_string_equal(problems.list[PROBLEMS_MAX].text, "warning");
	problems_done(&problems);
}

static void warnings_do_not_keep_errors_out(void **state)
{
	struct problems problems;
	size_t i;

	(void)state;
	problems_init(&problems);
	for (i = 0; i < 1000; i++)
		add(&problems, 1, 1, true, "warning");
	add(&problems, 2, 1, false, "error");
	assert_int_equal(problems.errors, 1);
	assert_int_equal(problems.count, PROBLEMS_MAX + 1);
	assert_string_equal(problems.list[PROBLEMS_MAX].text, "error");
	problems_done(&problems);
}

static void problems_of_several_files_are_in_the_order_of_the_files(void **state)
{
	static const char *const texts[] = {"main 1", "main 9", "b 2", "b 3", "a 1"};
	struct problems problems;
	size_t i;

	(void)state;
	problems_init(&problems);
	problems_know(&problems, "main");
	problems_add(&problems, "b", (struct place){3, 1}, false, "b 3");
	problems_add(&problems, "a", (struct place){1, 1}, false, "a 1");
	problems_know(&problems, "a");
	problems_add(&problems, "main", (struct place){9, 1}, false, "main 9");
	problems_add(&problems, "b", (struct place){2, 1}, true, "b 2");
	problems_add(&problems, "main", (struct place){1, 1}, true, "main 1");
	assert_int_equal(problems.count, 5);
	for (i = 0; i < 5; i++)
		assert_string_equal(problems.list[i].text, texts[i]);
	problems_done(&problems);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(problems_are_sorted_by_place_and_then_as_they_came),
		cmocka_unit_test(the_first_errors_by_place_are_kept_in_whatever_order_they_come),
		cmocka_unit_test(problems_of_several_files_are_in_the_order_of_the_files),
		cmocka_unit_test(warnings_do_not_keep_errors_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
