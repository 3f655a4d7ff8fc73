#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/yaml.h"
#include "tests/support/posix.h"

/* A tree, and what was said about it. */
struct fixture {
	struct problems problems;
	struct report report;
	struct yaml_tree *tree;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	problems_init(&fixture->problems);
	fixture->report = (struct report){"c.yml", &fixture->problems};
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	yaml_tree_free(fixture->tree);
	problems_done(&fixture->problems);
	free(fixture);
	return 0;
}

static const struct yaml_node *read_text(struct fixture *fixture, const char *text)
{
	fixture->tree = yaml_tree_read(text, strlen(text), &fixture->report);
	assert_non_null(fixture->tree);
	assert_int_equal(fixture->problems.count, 0);
	return yaml_tree_root(fixture->tree);
}

/* There is one problem, `line:column: text`. */
static void refuse(const char *text, size_t length, const char *wanted)
{
	struct problems problems;
	struct report report = {"c.yml", &problems};
	char got[4096] = "";

	problems_init(&problems);
	yaml_tree_free(yaml_tree_read(text, length, &report));
	assert_int_equal(problems.count, 1);
	assert_int_equal(problems.errors, 1);
	snprintf(got, sizeof(got), "%zu:%zu: %s", problems.list[0].line, problems.list[0].column,
		 problems.list[0].text);
	assert_string_equal(got, wanted);
	problems_done(&problems);
}

#define REFUSE(text, wanted) refuse(text, strlen(text), wanted)

static void assert_place(const struct yaml_node *node, size_t line, size_t column)
{
	assert_int_equal(node->place.line, line);
	assert_int_equal(node->place.column, column);
}

static void every_node_knows_its_place(void **state)
{
	const struct yaml_node *root = read_text(*state, "# c\n\xc3\xa9: [x, {y: z}]\n");
	const struct yaml_node *list = root->first->next, *mapping = list->first->next;

	assert_int_equal(root->kind, YAML_MAPPING);
	assert_int_equal(list->kind, YAML_LIST);
	assert_int_equal(mapping->kind, YAML_MAPPING);
	assert_place(root, 2, 1);
	assert_place(root->first, 2, 1);
	assert_place(list, 2, 4);
	assert_place(list->first, 2, 5);
	assert_place(mapping, 2, 8);
	assert_place(mapping->first, 2, 9);
	assert_place(mapping->first->next, 2, 12);
	assert_string_equal(mapping->first->next->text, "z");
	assert_null(mapping->first->next->next);
	assert_null(mapping->next);
	assert_null(list->next);
}

static void an_alias_has_its_own_place_and_the_anchors_content(void **state)
{
	const struct yaml_node *first = read_text(*state, "- &a [x, y]\n- *a\n- z\n")->first;

	assert_int_equal(first->next->kind, YAML_LIST);
	assert_place(first->next, 2, 3);
	assert_place(first->next->first, 1, 7);
	assert_string_equal(first->next->first->next->text, "y");
	assert_string_equal(first->next->next->text, "z");
}

static void the_last_anchor_of_a_name_is_meant(void **state)
{
	const struct yaml_node *first = read_text(*state, "[&a x, &a y, *a]")->first;

	assert_string_equal(first->next->next->text, "y");
}

static void only_plain_text_can_be_null(void **state)
{
	const struct yaml_node *node =
		read_text(*state, "[~, null, Null, NULL, nUll, '~', \"\", !!str, ! null, 'null']")
			->first;
	int i;

	for (i = 0; i < 4; i++, node = node->next)
		assert_true(yaml_is_null(node));
	for (; node; node = node->next, i++)
		assert_false(yaml_is_null(node));
	assert_int_equal(i, 10);
}

static void nodes_are_described_as_they_were_written(void **state)
{
	const struct yaml_node *node = read_text(*state, "[[], {}, ~, 'a\tb']")->first;
	struct quoted quoted;

	assert_string_equal(yaml_describe(node, &quoted), "a list");
	assert_string_equal(yaml_describe(node->next, &quoted), "a mapping");
	assert_string_equal(yaml_describe(node->next->next, &quoted), "empty");
	assert_string_equal(yaml_describe(node->next->next->next, &quoted), "\"a\\x09b\"");
}

static void a_text_may_hold_zero_bytes(void **state)
{
	const struct yaml_node *node = read_text(*state, "\"a\\0b\"");

	assert_int_equal(node->length, 3);
	assert_memory_equal(node->text, "a\0b", 4);
}

static void comments_alone_are_no_tree(void **state)
{
	assert_null(read_text(*state, "# nothing\n"));
}

/* `text` as often as asked for, `begin` before and `end` behind. */
static char *repeat(const char *begin, const char *text, size_t times, const char *end)
{
	char *made = malloc(strlen(begin) + strlen(text) * times + strlen(end) + 1), *at = made;

	at = stpcpy(at, begin);
	while (times--)
		at = stpcpy(at, text);
	strcpy(at, end);
	return made;
}

static void a_syntax_error_has_the_parsers_words_and_place(void **state)
{
	(void)state;
	REFUSE("sessions:\n- name: a\n path: b\n",
	       "3:2: while parsing a block mapping (begun in line 1), did not find expected key");
	REFUSE("sessions: [a,\n\"b\n",
	       "3:1: while scanning a quoted scalar (begun in line 2), found unexpected end of "
	       "stream");
	REFUSE("sessions:\n\t- name: a\n",
	       "2:1: while scanning for the next token, found character that cannot start any "
	       "token; tabs cannot indent, use spaces");
	REFUSE("a: b\n- c\n",
	       "2:1: while parsing a block mapping (begun in line 1), did not find expected key");
	REFUSE("%YAML 3.0\n---\na: b\n", "1:1: found incompatible YAML document");
	REFUSE("a: \xc3\xa9\r\nb: \x01\n", "2:4: control characters are not allowed (U+0001)");
}

static void a_zero_byte_is_refused(void **state)
{
	(void)state;
	refuse("a\0b: c", 6, "1:2: control characters are not allowed (U+0000)");
}

static void tags_are_refused_but_for_strings(void **state)
{
	(void)state;
	REFUSE("a: !!binary aGk=",
	       "1:4: the tag \"tag:yaml.org,2002:binary\" means nothing here; leave it away");
	REFUSE("a:\n  !x [b]", "2:3: the tag \"!x\" means nothing here; leave it away");
	REFUSE("!!map {a: b}",
	       "1:1: the tag \"tag:yaml.org,2002:map\" means nothing here; leave it away");
}

static void an_alias_needs_an_anchor_that_is_complete(void **state)
{
	(void)state;
	REFUSE("a: *b\nc: &b d\n", "1:4: the alias \"b\" has no anchor before it");
	REFUSE("&a [x, *a]", "1:8: the alias \"a\" is within what it stands for");
	REFUSE("&a {*a : b}", "1:5: the alias \"a\" is within what it stands for");
}

static void nesting_is_bounded(void **state)
{
	char *text = repeat("", "[", 2000000, "");

	(void)state;
	REFUSE(text, "1:33: nested more than 32 deep");
	free(text);
	text = repeat("", "- ", 2000000, "x");
	REFUSE(text, "1:65: nested more than 32 deep");
	free(text);
}

static void values_are_bounded_however_they_are_written(void **state)
{
	static const char many[] =
		"the file holds more than 200000 values (with aliases written out)";
	char wanted[128], *text;

	(void)state;
	text = repeat("[", "a,", 1000000, "]");
	snprintf(wanted, sizeof(wanted), "1:400000: %s", many);
	REFUSE(text, wanted);
	free(text);
	text = repeat("[&a [b,b,b,b,b,b,b,b,b]", ",*a", 1000000, "]");
	snprintf(wanted, sizeof(wanted), "1:60019: %s", many);
	REFUSE(text, wanted);
	free(text);
}

static void aliases_of_aliases_take_no_exponential_time(void **state)
{
	static const char wanted[] = "6:12: the file holds more than 200000 values (with aliases "
				     "written out)";
	char text[8192] = "- &a0 [x,x,x,x,x,x,x,x,x,x]\n";
	size_t used = strlen(text);
	int i, j;

	(void)state;
	for (i = 1; i < 30; i++) {
		used += (size_t)snprintf(text + used, sizeof(text) - used, "- &a%d [", i);
		for (j = 0; j < 10; j++)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s*a%d",
						 j ? "," : "", i - 1);
		used += (size_t)snprintf(text + used, sizeof(text) - used, "]\n");
	}
	REFUSE(text, wanted);
}

static void anchors_are_bounded(void **state)
{
	char text[8192] = "[";
	size_t used = 1;
	int i;

	(void)state;
	for (i = 0; i < 300; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "&a%03d x,", i);
	strcpy(text + used, "]");
	REFUSE(text, "1:2050: more than 256 anchors");
}

static void nodes_of_lists_that_have_not_ended_are_bounded(void **state)
{
	char *text = repeat("[", "a,", 150000, "["), *more = repeat(text, "a,", 150000, "");

	(void)state;
	REFUSE(more, "1:399999: the file holds more than 200000 values (with aliases written out)");
	free(text);
	free(more);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
		WITH(every_node_knows_its_place),
		WITH(an_alias_has_its_own_place_and_the_anchors_content),
		WITH(the_last_anchor_of_a_name_is_meant),
		WITH(only_plain_text_can_be_null),
		WITH(nodes_are_described_as_they_were_written),
		WITH(a_text_may_hold_zero_bytes),
		WITH(comments_alone_are_no_tree),
		cmocka_unit_test(a_syntax_error_has_the_parsers_words_and_place),
		cmocka_unit_test(a_zero_byte_is_refused),
		cmocka_unit_test(tags_are_refused_but_for_strings),
		cmocka_unit_test(an_alias_needs_an_anchor_that_is_complete),
		cmocka_unit_test(nesting_is_bounded),
		cmocka_unit_test(values_are_bounded_however_they_are_written),
		cmocka_unit_test(aliases_of_aliases_take_no_exponential_time),
		cmocka_unit_test(anchors_are_bounded),
		cmocka_unit_test(nodes_of_lists_that_have_not_ended_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
