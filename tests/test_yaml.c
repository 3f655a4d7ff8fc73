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

/* A mapping's pairs as `key=value@line:column`, of texts, with the places of the keys. */
static void assert_pairs(const struct yaml_node *mapping, const char *wanted)
{
	const struct yaml_node *key;
	char got[512] = "";
	size_t used = 0;

	assert_int_equal(mapping->kind, YAML_MAPPING);
	for (key = mapping->first; key; key = key->next->next)
		used += (size_t)snprintf(got + used, sizeof(got) - used, "%s%s=%s@%zu:%zu",
					 used ? " " : "", key->text, key->next->text,
					 key->place.line, key->place.column);
	assert_string_equal(got, wanted);
}

static const struct yaml_node *last_of(const struct yaml_node *list)
{
	const struct yaml_node *node = list->first;

	while (node->next)
		node = node->next;
	return node;
}

static void a_merge_key_brings_pairs_at_their_own_places(void **state)
{
	const struct yaml_node *root = read_text(*state, "- &a {x: 1, y: 2}\n- <<: *a\n  z: 3\n");

	assert_pairs(last_of(root), "z=3@3:3 x=1@1:7 y=2@1:13");
	assert_place(last_of(root)->first->next->next->next, 1, 10);
	assert_pairs(root->first, "x=1@1:7 y=2@1:13");
	assert_int_equal(yaml_count(last_of(root)), 3);
}

static void a_mappings_own_keys_hold_wherever_they_stand(void **state)
{
	const struct yaml_node *root = read_text(
		*state, "- &a {x: 1, y: 2}\n- {x: 3, <<: *a}\n- {<<: *a, x: ~, \"y\": 4}\n");

	assert_pairs(root->first->next, "x=3@2:4 y=2@1:13");
	assert_pairs(last_of(root), "x=~@3:12 y=4@3:18");
}

static void of_a_list_the_earlier_ones_hold(void **state)
{
	const struct yaml_node *root =
		read_text(*state, "- &a {x: 1}\n- &b {x: 2, y: 2}\n- {<<: [*a, {z: 5}, *b]}\n"
				  "- &l [*b, *a]\n- {<<: *l}\n- {<<: []}\n");

	assert_pairs(root->first->next->next, "x=1@1:7 z=5@3:14 y=2@2:13");
	assert_pairs(root->first->next->next->next->next, "x=2@2:7 y=2@2:13");
	assert_pairs(last_of(root), "");
}

static void what_is_merged_may_merge(void **state)
{
	const struct yaml_node *root =
		read_text(*state, "- &a {x: 1}\n- &b {<<: *a, y: 2}\n- &c {<<: {<<: *b, y: 3}}\n"
				  "- *c\n");

	assert_pairs(last_of(root), "y=3@3:20 x=1@1:7");
}

static void a_key_that_is_twice_in_what_is_merged_stays_so(void **state)
{
	assert_pairs(read_text(*state, "<<: {x: 1, x: 2}"), "x=1@1:6 x=2@1:12");
}

static void only_a_key_that_is_plain_merges(void **state)
{
	const struct yaml_node *root = read_text(
		*state,
		"- {'<<': a}\n- {!!str <<: a}\n- [<<]\n- {a: <<}\n- {!!merge <<: {x: 1}}\n");

	assert_pairs(root->first, "<<=a@1:4");
	assert_pairs(root->first->next, "<<=a@2:4");
	assert_string_equal(root->first->next->next->first->text, "<<");
	assert_pairs(root->first->next->next->next, "a=<<@4:4");
	assert_pairs(last_of(root), "x=1@5:17");
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

#define NO_MERGE                                                                                  \
	"the merge key << takes a mapping or a list of mappings, not %s; write \"<<\", with the " \
	"quotes, where that is a name"

static void refuse_merge(const char *text, const char *place, const char *what)
{
	char wanted[256], *at = stpcpy(wanted, place);

	snprintf(at, sizeof(wanted) - strlen(place), ": " NO_MERGE, what);
	REFUSE(text, wanted);
}

static void only_mappings_can_be_merged(void **state)
{
	(void)state;
	refuse_merge("x: 1\n<<: y\n", "2:5", "\"y\"");
	refuse_merge("<<:\n", "1:4", "empty");
	refuse_merge("<<: [{x: 1},\n  y]\n", "2:3", "\"y\"");
	refuse_merge("<<: [[{x: 1}]]\n", "1:6", "a list");
	refuse_merge("- &a y\n- {<<: *a}\n", "2:8", "\"y\"");
}

static void a_second_merge_key_is_refused(void **state)
{
	(void)state;
	REFUSE("- &a {x: 1}\n- <<: *a\n  y: 1\n  <<: *a\n",
	       "4:3: a second merge key << in one mapping; write one with a list, such as <<: [*a, "
	       "*b]");
}

static void a_mapping_is_not_merged_into_itself(void **state)
{
	(void)state;
	REFUSE("a: &a\n  <<: *a\n", "2:7: the alias \"a\" is within what it stands for");
	REFUSE("a: &a\n  b: {<<: [*a]}\n", "2:12: the alias \"a\" is within what it stands for");
}

static void merges_of_merges_take_no_exponential_time(void **state)
{
	char text[8192] = "- &a0 {x: {y: 1}}\n";
	size_t used = strlen(text);
	int i, j;

	(void)state;
	for (i = 1; i < 30; i++) {
		used += (size_t)snprintf(text + used, sizeof(text) - used, "- &a%d {<<: [", i);
		for (j = 0; j < 10; j++)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s*a%d",
						 j ? "," : "", i - 1);
		used += (size_t)snprintf(text + used, sizeof(text) - used, "]}\n");
	}
	REFUSE(text, "6:25: the file holds more than 200000 values (with aliases written out)");
}

/* Not those of the list alone, which are few. */
static void pairs_that_are_merged_count_as_values(void **state)
{
	char *begin = repeat("- &a {", "? {}\n, ", 30000, "}\n- &b {<<: *a}\n- &c {<<: *a}\n");
	char *text = repeat(begin, "", 0, "- &d {<<: *a}\n");

	(void)state;
	REFUSE(text, "30004:11: the file holds more than 200000 values (with aliases written out)");
	free(begin);
	free(text);
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
		WITH(a_merge_key_brings_pairs_at_their_own_places),
		WITH(a_mappings_own_keys_hold_wherever_they_stand),
		WITH(of_a_list_the_earlier_ones_hold),
		WITH(what_is_merged_may_merge),
		WITH(a_key_that_is_twice_in_what_is_merged_stays_so),
		WITH(only_a_key_that_is_plain_merges),
		WITH(only_plain_text_can_be_null),
		WITH(nodes_are_described_as_they_were_written),
		WITH(a_text_may_hold_zero_bytes),
		WITH(comments_alone_are_no_tree),
		cmocka_unit_test(a_syntax_error_has_the_parsers_words_and_place),
		cmocka_unit_test(a_zero_byte_is_refused),
		cmocka_unit_test(tags_are_refused_but_for_strings),
		cmocka_unit_test(an_alias_needs_an_anchor_that_is_complete),
		cmocka_unit_test(only_mappings_can_be_merged),
		cmocka_unit_test(a_second_merge_key_is_refused),
		cmocka_unit_test(a_mapping_is_not_merged_into_itself),
		cmocka_unit_test(merges_of_merges_take_no_exponential_time),
		cmocka_unit_test(pairs_that_are_merged_count_as_values),
		cmocka_unit_test(nesting_is_bounded),
		cmocka_unit_test(values_are_bounded_however_they_are_written),
		cmocka_unit_test(aliases_of_aliases_take_no_exponential_time),
		cmocka_unit_test(anchors_are_bounded),
		cmocka_unit_test(nodes_of_lists_that_have_not_ended_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
