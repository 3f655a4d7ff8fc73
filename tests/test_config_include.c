#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/config.h"
#include "config/keys.h"
#include "tests/support/posix.h"
#include "tests/support/scratch.h"

#define SESSIONS   "sessions: [{name: a, path: /dev/null}]\n"
#define RULE(name) "- {name: " name ", help: h, type: counter, match: {provider: P}}\n"

/* A configuration in a directory of its own, and what was said about it. */
struct fixture {
	struct scratch scratch;
	struct problems problems;
	struct config *config;
	char paths[4][4096]; /* what at() made last */
	size_t next;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	scratch_make(&fixture->scratch);
	problems_init(&fixture->problems);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	config_free(fixture->config);
	problems_done(&fixture->problems);
	scratch_remove(&fixture->scratch);
	free(fixture);
	return 0;
}

static const char *at(struct fixture *fixture, const char *name)
{
	return strcpy(fixture->paths[fixture->next++ % 4], scratch_path(&fixture->scratch, name));
}

static void put(struct fixture *fixture, const char *name, const char *text)
{
	scratch_file(&fixture->scratch, name, text);
}

/* Sessions, and `text`. */
static void load(struct fixture *fixture, const char *text)
{
	char whole[65536];

	snprintf(whole, sizeof(whole), "%s%s", SESSIONS, text);
	put(fixture, "c.yml", whole);
	fixture->config = config_load(at(fixture, "c.yml"), &fixture->problems);
}

static void assert_good(const struct fixture *fixture)
{
	if (fixture->problems.count)
		fail_msg("%s:%zu: %s", fixture->problems.list[0].file,
			 fixture->problems.list[0].line, fixture->problems.list[0].text);
	assert_non_null(fixture->config);
}

static void assert_refused(const struct fixture *fixture)
{
	assert_true(fixture->problems.errors > 0);
}

static void assert_rule(struct fixture *fixture, size_t i, const char *name, const char *file)
{
	assert_true(i < fixture->config->rule_count);
	assert_string_equal(fixture->config->rules[i].name, name);
	assert_string_equal(fixture->config->rules[i].file, at(fixture, file));
}

/* The problem is of this file, and holds these words. */
static void assert_problem(struct fixture *fixture, size_t i, const char *file, size_t line,
			   size_t column, const char *part)
{
	const struct problem *problem = &fixture->problems.list[i];

	assert_true(i < fixture->problems.count);
	assert_string_equal(problem->file, at(fixture, file));
	if (!strstr(problem->text, part))
		fail_msg("\"%s\" is not in: %s", part, problem->text);
	assert_int_equal(problem->line, line);
	assert_int_equal(problem->column, column);
}

static void rules_come_in_the_order_of_the_files(void **state)
{
	struct fixture *fixture = *state;

	scratch_directory(&fixture->scratch, "packs");
	put(fixture, "packs/one.yml", "include: sub.yml\nmetrics:\n" RULE("one_total"));
	put(fixture, "packs/sub.yml", "metrics:\n" RULE("sub_total"));
	put(fixture, "two.yml", "metrics:\n" RULE("two_total") RULE("three_total"));
	load(fixture, "include: [packs/one.yml, two.yml]\nmetrics:\n" RULE("main_total"));
	assert_good(fixture);
	assert_int_equal(fixture->config->rule_count, 5);
	assert_rule(fixture, 0, "main_total", "c.yml");
	assert_rule(fixture, 1, "one_total", "packs/one.yml");
	assert_rule(fixture, 2, "sub_total", "packs/sub.yml");
	assert_rule(fixture, 3, "two_total", "two.yml");
	assert_rule(fixture, 4, "three_total", "two.yml");
	assert_int_equal(fixture->config->included_count, 3);
	assert_string_equal(fixture->config->included[1], at(fixture, "packs/sub.yml"));
}

static void a_glob_includes_its_matches_by_name_but_not_itself(void **state)
{
	struct fixture *fixture = *state;

	put(fixture, "b.yml", "metrics:\n" RULE("b_total"));
	put(fixture, "a.yml", "metrics:\n" RULE("a_total"));
	load(fixture, "include: '*.yml'\n");
	assert_good(fixture);
	assert_int_equal(fixture->config->rule_count, 2);
	assert_rule(fixture, 0, "a_total", "a.yml");
	assert_rule(fixture, 1, "b_total", "b.yml");
}

static void a_glob_without_matches_is_warned_of(void **state)
{
	struct fixture *fixture = *state;

	load(fixture, "include: rules.d/*.yml\n");
	assert_non_null(fixture->config);
	assert_int_equal(fixture->problems.count, 1);
	assert_problem(fixture, 0, "c.yml", 2, 10, "no file matches");
}

static void a_file_is_read_once_whatever_it_is_called(void **state)
{
	struct fixture *fixture = *state;

	put(fixture, "a.yml", "metrics:\n" RULE("a_total"));
	put(fixture, "b.yml", "include: a.yml\n");
	assert_int_equal(symlink("a.yml", at(fixture, "link.yml")), 0);
	load(fixture, "include: [a.yml, ./a.yml, link.yml, b.yml]\n");
	assert_good(fixture);
	assert_int_equal(fixture->config->rule_count, 1);
	assert_int_equal(fixture->config->included_count, 2);
}

static void manifests_are_relative_to_the_file_that_names_them(void **state)
{
	struct fixture *fixture = *state;

	scratch_directory(&fixture->scratch, "packs");
	scratch_directory(&fixture->scratch, "packs/m");
	put(fixture, "packs/a.man", "");
	put(fixture, "packs/m/b.XML", "");
	put(fixture, "c.man", "");
	put(fixture, "packs/a.yml", "manifests: ['*.man', m]\n");
	load(fixture, "manifests: c.man\ninclude: packs/a.yml\n");
	assert_good(fixture);
	assert_int_equal(fixture->config->manifest_count, 3);
	assert_string_equal(fixture->config->manifests[0], at(fixture, "c.man"));
	assert_string_equal(fixture->config->manifests[1], at(fixture, "packs/*.man"));
	assert_string_equal(fixture->config->manifests[2], at(fixture, "packs/m"));
}

static void manifests_that_are_not_there_are_refused(void **state)
{
	struct fixture *fixture = *state;

	scratch_directory(&fixture->scratch, "m");
	load(fixture, "manifests: [a.man, '*.man', m]\n");
	assert_refused(fixture);
	assert_int_equal(fixture->problems.count, 3);
	assert_problem(fixture, 0, "c.yml", 2, 13, "a.man\": No such file or directory");
	assert_problem(fixture, 1, "c.yml", 2, 20, "no manifest matches");
	assert_problem(fixture, 2, "c.yml", 2, 29, "holds no manifest (.man or .xml)");
}

static void a_missing_file_is_refused_where_it_is_named(void **state)
{
	struct fixture *fixture = *state;

	put(fixture, "a.yml", "include:\n  - none.yml\n");
	load(fixture, "include: [a.yml, ., nothing.yml]\n");
	assert_refused(fixture);
	assert_int_equal(fixture->problems.count, 3);
	assert_problem(fixture, 0, "c.yml", 2, 18, "Is a directory");
	assert_problem(fixture, 1, "c.yml", 2, 21, "nothing.yml\": No such file or directory");
	assert_problem(fixture, 2, "a.yml", 2, 5, "none.yml\": No such file or directory");
}

static void a_pipe_is_not_waited_for(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(mkfifo(at(fixture, "pipe"), 0600), 0);
	load(fixture, "include: pipe\n");
	assert_refused(fixture);
	assert_problem(fixture, 0, "c.yml", 2, 10, "it is no regular file");
}

static void a_circle_names_both_of_its_ends(void **state)
{
	struct fixture *fixture = *state;
	char wanted[8192];

	put(fixture, "a.yml", "include: b.yml\n");
	put(fixture, "b.yml", "metrics: []\ninclude: [a.yml]\n");
	load(fixture, "include: a.yml\n");
	assert_refused(fixture);
	assert_int_equal(fixture->problems.count, 1);
	snprintf(wanted, sizeof(wanted),
		 "\"%s\" includes itself: it is being read since %s, line 2, includes it",
		 at(fixture, "a.yml"), at(fixture, "c.yml"));
	assert_problem(fixture, 0, "b.yml", 2, 11, wanted);
}

static void the_configuration_itself_can_end_a_circle(void **state)
{
	struct fixture *fixture = *state;

	put(fixture, "a.yml", "include: c.yml\n");
	load(fixture, "include: [a.yml, c.yml]\n");
	assert_refused(fixture);
	assert_int_equal(fixture->problems.count, 2);
	assert_problem(fixture, 0, "c.yml", 2, 18,
		       "c.yml\" includes itself: it is the configuration that includes this");
	assert_problem(fixture, 1, "a.yml", 1, 10,
		       "c.yml\" includes itself: it is the configuration that includes this");
}

/* Files 1.yml to COUNT.yml, each of which includes the next. */
static void put_chain(struct fixture *fixture, size_t count)
{
	char name[32], text[32];
	size_t i;

	for (i = 1; i <= count; i++) {
		snprintf(name, sizeof(name), "%zu.yml", i);
		snprintf(text, sizeof(text), "include: %zu.yml\n", i + 1);
		put(fixture, name, i == count ? "metrics: []\n" : text);
	}
}

static void files_include_one_another_at_most_8_deep(void **state)
{
	struct fixture *fixture = *state;

	put_chain(fixture, 8);
	load(fixture, "include: 1.yml\n");
	assert_good(fixture);
	assert_int_equal(fixture->config->included_count, 8);
	config_free(fixture->config);
	put_chain(fixture, 9);
	load(fixture, "include: 1.yml\n");
	assert_refused(fixture);
	assert_int_equal(fixture->problems.count, 1);
	assert_problem(fixture, 0, "8.yml", 1, 10, "more than 8 deep");
}

static void at_most_256_files_are_included(void **state)
{
	struct fixture *fixture = *state;
	char name[32];
	size_t i;

	scratch_directory(&fixture->scratch, "d");
	for (i = 0; i < INCLUDED_MAX; i++) {
		snprintf(name, sizeof(name), "d/%zu.yml", i);
		put(fixture, name, "metrics: []\n");
	}
	load(fixture, "include: d/*.yml\n");
	assert_good(fixture);
	assert_int_equal(fixture->config->included_count, INCLUDED_MAX);
	config_free(fixture->config);
	put(fixture, "d/x.yml", "metrics: []\n");
	load(fixture, "include: d/*.yml\n");
	assert_refused(fixture);
	assert_int_equal(fixture->problems.count, 1);
	assert_problem(fixture, 0, "c.yml", 2, 10, "more than 256 files");
}

static void an_included_file_has_rules_and_nothing_else(void **state)
{
	struct fixture *fixture = *state;

	put(fixture, "a.yml", "limits: {}\n" SESSIONS);
	load(fixture, "include: a.yml\n");
	assert_refused(fixture);
	assert_int_equal(fixture->problems.count, 2);
	assert_problem(
		fixture, 0, "a.yml", 1, 1,
		"unknown key \"limits\"; the keys of an included file are metrics, include and "
		"manifests");
	assert_problem(fixture, 1, "a.yml", 2, 1,
		       "unknown key \"sessions\"; the keys of an included");
}

static void an_empty_included_file_is_warned_of(void **state)
{
	struct fixture *fixture = *state;

	put(fixture, "a.yml", "# nothing yet\n");
	load(fixture, "include: a.yml\n");
	assert_non_null(fixture->config);
	assert_int_equal(fixture->problems.count, 1);
	assert_problem(fixture, 0, "a.yml", 0, 0, "the included file is empty");
}

static void problems_are_in_the_order_of_the_files(void **state)
{
	struct fixture *fixture = *state;

	put(fixture, "z.yml", "metrics: 1\ninclude: a.yml\n");
	put(fixture, "a.yml", "metrics: 2\n");
	put(fixture, "b.yml", "metrics: [\n");
	load(fixture, "include: [z.yml, b.yml, none.yml]\nmetrics: 3\n");
	assert_int_equal(fixture->problems.count, 5);
	assert_problem(fixture, 0, "c.yml", 2, 25, "none.yml");
	assert_problem(fixture, 1, "c.yml", 3, 10, "not \"3\"");
	assert_problem(fixture, 2, "z.yml", 1, 10, "not \"1\"");
	assert_problem(fixture, 3, "a.yml", 1, 10, "not \"2\"");
	assert_string_equal(fixture->problems.list[4].file, at(fixture, "b.yml"));
}

static void a_name_is_there_once_in_all_files(void **state)
{
	struct fixture *fixture = *state;
	char wanted[8192];

	put(fixture, "a.yml", "metrics:\n" RULE("x_total"));
	load(fixture, "include: a.yml\nmetrics:\n" RULE("x_total"));
	assert_refused(fixture);
	assert_int_equal(fixture->problems.count, 1);
	snprintf(wanted, sizeof(wanted),
		 "two rules have the name \"x_total\", the first in %s, line 4; each needs its own",
		 at(fixture, "c.yml"));
	assert_problem(fixture, 0, "a.yml", 2, 10, wanted);
}

static uint64_t hash(uint64_t value, const char *text)
{
	for (; *text; text++)
		value = (value ^ (unsigned char)*text) * 1099511628211u;
	return value;
}

static void the_hash_goes_on_with_the_bytes_of_included_files(void **state)
{
	static const char text[] = "include: [a.yml, b.yml]\n", a[] = "metrics: []\n";
	static const char b[] = "metrics: [] # b\n";
	struct fixture *fixture = *state;
	uint64_t wanted = hash(14695981039346656037u, SESSIONS);

	put(fixture, "a.yml", a);
	put(fixture, "b.yml", b);
	load(fixture, text);
	assert_good(fixture);
	assert_true(fixture->config->hash == hash(hash(hash(wanted, text), a), b));
}

static void glob_characters_in_the_folder_mean_themselves(void **state)
{
	struct fixture *fixture = *state;

	scratch_directory(&fixture->scratch, "[x]");
	put(fixture, "[x]/a.yml", "include: b*.yml\n");
	put(fixture, "[x]/b1.yml", "metrics:\n" RULE("b_total"));
	load(fixture, "include: '[[]x]/a.yml'\n");
	assert_good(fixture);
	assert_int_equal(fixture->config->rule_count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
		WITH(rules_come_in_the_order_of_the_files),
		WITH(a_glob_includes_its_matches_by_name_but_not_itself),
		WITH(a_glob_without_matches_is_warned_of),
		WITH(a_file_is_read_once_whatever_it_is_called),
		WITH(manifests_are_relative_to_the_file_that_names_them),
		WITH(manifests_that_are_not_there_are_refused),
		WITH(a_missing_file_is_refused_where_it_is_named),
		WITH(a_pipe_is_not_waited_for),
		WITH(a_circle_names_both_of_its_ends),
		WITH(the_configuration_itself_can_end_a_circle),
		WITH(files_include_one_another_at_most_8_deep),
		WITH(at_most_256_files_are_included),
		WITH(an_included_file_has_rules_and_nothing_else),
		WITH(an_empty_included_file_is_warned_of),
		WITH(problems_are_in_the_order_of_the_files),
		WITH(a_name_is_there_once_in_all_files),
		WITH(the_hash_goes_on_with_the_bytes_of_included_files),
		WITH(glob_characters_in_the_folder_mean_themselves),
#undef WITH
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
