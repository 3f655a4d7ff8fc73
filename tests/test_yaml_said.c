#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/yaml_said.h"

static char *said(const char *text)
{
	struct problems problems;
	struct report report = {"test", &problems};
	struct yaml_tree *tree;
	char *result;

	problems_init(&problems);
	tree = yaml_tree_read(text, strlen(text), &report);
	assert_non_null(tree);
	result = yaml_said(yaml_tree_root(tree));
	assert_non_null(result);
	yaml_tree_free(tree);
	problems_done(&problems);
	return result;
}

static bool are_the_same(const char *a, const char *b)
{
	char *one = said(a), *other = said(b);
	bool same = strcmp(one, other) == 0;

	free(one);
	free(other);
	return same;
}

static void comments_spaces_and_styles_say_nothing(void **state)
{
	(void)state;
	assert_true(
		are_the_same("{a: [1, 2], b: \"x\"}", "# why\na:\n  - 1\n  - 2 # two\nb: 'x'\n"));
}

static void an_alias_says_what_it_stands_for(void **state)
{
	(void)state;
	assert_true(are_the_same("[&x {a: 1}, *x]", "[{a: 1}, {a: 1}]"));
	assert_false(are_the_same("[&x {a: 1}, *x]", "[&x {a: 2}, *x]"));
}

static void what_differs_differs(void **state)
{
	(void)state;
	assert_false(are_the_same("a: 1", "a: 2"));
	assert_false(are_the_same("a: 1", "a: '1'"));
	assert_false(are_the_same("[a, b]", "[b, a]"));
	assert_false(are_the_same("[[a], b]", "[[a, b]]"));
	assert_false(are_the_same("{a: b}", "[a, b]"));
	assert_false(are_the_same("['p1:b', c]", "['p1:', bc]"));
	assert_false(are_the_same("[\"a\\0b\"]", "[\"a\\\\0b\"]"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comments_spaces_and_styles_say_nothing),
		cmocka_unit_test(an_alias_says_what_it_stands_for),
		cmocka_unit_test(what_differs_differs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
