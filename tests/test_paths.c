#include <errno.h>
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

#include "config/glob.h"
#include "config/paths.h"
#include "tests/support/posix.h"
#include "tests/support/scratch.h"

/* A directory with recordings in it, and a list of paths. */
struct fixture {
	struct scratch scratch;
	struct path_list list;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	scratch_make(&fixture->scratch);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	paths_done(&fixture->list);
	scratch_remove(&fixture->scratch);
	free(fixture);
	return 0;
}

static void make_files(struct fixture *fixture, const char *const *names)
{
	for (; *names; names++)
		scratch_file(&fixture->scratch, *names, "");
}

#define MAKE_FILES(fixture, ...) make_files(fixture, (const char *const[]){__VA_ARGS__, NULL})

static long expand(struct fixture *fixture, const char *name, size_t limit)
{
	char path[4096];

	strcpy(path, scratch_path(&fixture->scratch, name));
	return paths_expand(&fixture->list, path, limit);
}

/* The list holds these, in this order; names in the fixture's directory. */
static void assert_names(struct fixture *fixture, const char *const *names)
{
	size_t i;

	for (i = 0; names[i] && i < fixture->list.count; i++)
		assert_string_equal(fixture->list.paths[i],
				    scratch_path(&fixture->scratch, names[i]));
	assert_null(names[i]);
	assert_int_equal(fixture->list.count, i);
}

#define ASSERT_NAMES(fixture, ...) assert_names(fixture, (const char *const[]){__VA_ARGS__, NULL})

static void a_path_is_itself_even_if_nothing_is_there(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(expand(fixture, "nothing.etl", 10), 0);
	ASSERT_NAMES(fixture, "nothing.etl");
}

static void a_directory_means_its_etl_files_in_any_case_sorted(void **state)
{
	struct fixture *fixture = *state;

	MAKE_FILES(fixture, "c.etl", "b.ETL", "A.Etl", "c.etl.bak", "etl", "d.txt");
	assert_int_equal(paths_expand(&fixture->list, fixture->scratch.directory, 10), 0);
	ASSERT_NAMES(fixture, "A.Etl", "b.ETL", "c.etl");
}

static void a_directory_does_not_mean_its_subdirectories(void **state)
{
	struct fixture *fixture = *state;

	scratch_directory(&fixture->scratch, "sub.etl");
	MAKE_FILES(fixture, "a.etl", "sub.etl/b.etl");
	assert_int_equal(paths_expand(&fixture->list, fixture->scratch.directory, 10), 0);
	ASSERT_NAMES(fixture, "a.etl");
}

static void a_pipe_in_a_directory_is_no_recording(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(mkfifo(scratch_path(&fixture->scratch, "pipe.etl"), 0600), 0);
	assert_int_equal(paths_expand(&fixture->list, fixture->scratch.directory, 10), 0);
	assert_int_equal(fixture->list.count, 0);
}

static void links_to_files_are_files_and_links_to_directories_are_none(void **state)
{
	struct fixture *fixture = *state;

	MAKE_FILES(fixture, "a.txt");
	assert_int_equal(symlink("a.txt", scratch_path(&fixture->scratch, "file.etl")), 0);
	assert_int_equal(symlink(".", scratch_path(&fixture->scratch, "directory.etl")), 0);
	assert_int_equal(paths_expand(&fixture->list, fixture->scratch.directory, 10), 0);
	ASSERT_NAMES(fixture, "file.etl");
}

static void a_directory_with_a_slash_at_its_end_has_no_second_one_in_its_files(void **state)
{
	struct fixture *fixture = *state;

	scratch_directory(&fixture->scratch, "sub");
	MAKE_FILES(fixture, "sub/a.etl");
	assert_int_equal(expand(fixture, "sub/", 10), 0);
	ASSERT_NAMES(fixture, "sub/a.etl");
}

static void a_glob_means_its_matches_sorted_bytewise(void **state)
{
	struct fixture *fixture = *state;

	MAKE_FILES(fixture, "t10.etl", "t2.etl", "T1.etl", "t.log", "\xc3\xa9.etl");
	assert_int_equal(expand(fixture, "*.etl", 10), 0);
	ASSERT_NAMES(fixture, "T1.etl", "t10.etl", "t2.etl", "\xc3\xa9.etl");
}

static void a_glob_leaves_directories_and_hidden_files_out(void **state)
{
	struct fixture *fixture = *state;

	scratch_directory(&fixture->scratch, "sub");
	MAKE_FILES(fixture, ".hidden", "seen");
	assert_int_equal(expand(fixture, "*", 10), 0);
	assert_int_equal(expand(fixture, "s*/", 10), 0);
	ASSERT_NAMES(fixture, "seen");
}

static void a_glob_reaches_into_matching_directories(void **state)
{
	struct fixture *fixture = *state;

	scratch_directory(&fixture->scratch, "host1");
	scratch_directory(&fixture->scratch, "host2");
	MAKE_FILES(fixture, "host1/a.etl", "host1/b.log", "host2/a.etl", "host3");
	assert_int_equal(expand(fixture, "host?/*.etl", 10), 0);
	ASSERT_NAMES(fixture, "host1/a.etl", "host2/a.etl");
}

static void a_glob_may_end_in_a_plain_name(void **state)
{
	struct fixture *fixture = *state;

	scratch_directory(&fixture->scratch, "host1");
	scratch_directory(&fixture->scratch, "host2");
	scratch_directory(&fixture->scratch, "host3");
	scratch_directory(&fixture->scratch, "host3/a.etl");
	MAKE_FILES(fixture, "host1/a.etl");
	assert_int_equal(expand(fixture, "host*/a.etl", 10), 0);
	ASSERT_NAMES(fixture, "host1/a.etl");
}

static void a_glob_without_matches_means_nothing(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(expand(fixture, "*.etl", 10), 0);
	assert_int_equal(expand(fixture, "missing/*.etl", 10), 0);
	assert_int_equal(fixture->list.count, 0);
}

static void a_relative_glob_starts_where_the_program_runs(void **state)
{
	struct fixture *fixture = *state;
	char *before = getcwd(NULL, 0);

	MAKE_FILES(fixture, "a.etl");
	assert_int_equal(chdir(fixture->scratch.directory), 0);
	assert_int_equal(paths_expand(&fixture->list, "*.etl", 10), 0);
	assert_int_equal(chdir(before), 0);
	free(before);
	assert_int_equal(fixture->list.count, 1);
	assert_string_equal(fixture->list.paths[0], "a.etl");
}

static void a_name_with_glob_characters_that_is_there_is_no_glob(void **state)
{
	struct fixture *fixture = *state;

	MAKE_FILES(fixture, "a1.etl", "a[1].etl");
	assert_false(path_is_glob(scratch_path(&fixture->scratch, "a[1].etl")));
	assert_true(path_is_glob(scratch_path(&fixture->scratch, "a[2].etl")));
	assert_false(path_is_glob(scratch_path(&fixture->scratch, "a2.etl")));
	assert_int_equal(expand(fixture, "a[1].etl", 10), 0);
	ASSERT_NAMES(fixture, "a[1].etl");
}

static void what_the_list_holds_is_not_added_again(void **state)
{
	struct fixture *fixture = *state;

	MAKE_FILES(fixture, "a.etl", "b.etl", "c.etl");
	assert_int_equal(expand(fixture, "b.etl", 10), 0);
	assert_int_equal(expand(fixture, "*.etl", 10), 0);
	assert_int_equal(expand(fixture, "c.etl", 10), 0);
	ASSERT_NAMES(fixture, "b.etl", "a.etl", "c.etl");
}

static void the_limit_keeps_the_last_ones_out_and_says_how_many(void **state)
{
	struct fixture *fixture = *state;

	MAKE_FILES(fixture, "a", "b", "c", "d", "e");
	assert_int_equal(expand(fixture, "c", 3), 0);
	assert_int_equal(expand(fixture, "*", 3), 2);
	ASSERT_NAMES(fixture, "c", "a", "b");
	assert_int_equal(expand(fixture, "*", 3), 2);
	assert_int_equal(expand(fixture, "e", 3), 1);
	assert_int_equal(expand(fixture, "a", 3), 0);
	assert_int_equal(expand(fixture, "a", 0), 0);
	ASSERT_NAMES(fixture, "c", "a", "b");
}

static void a_limit_far_below_the_matches_counts_all_of_them(void **state)
{
	struct fixture *fixture = *state;
	char name[16];
	int i;

	for (i = 4999; i >= 0; i--) {
		snprintf(name, sizeof(name), "%04d.etl", i);
		scratch_file(&fixture->scratch, name, "");
	}
	assert_int_equal(paths_expand(&fixture->list, fixture->scratch.directory, 2), 4998);
	ASSERT_NAMES(fixture, "0000.etl", "0001.etl");
	assert_int_equal(paths_expand(&fixture->list, fixture->scratch.directory, SIZE_MAX), 0);
	assert_int_equal(fixture->list.count, 5000);
}

static void standard_input_and_built_in_recordings_are_no_files(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(paths_expand(&fixture->list, "-", 10), 0);
	assert_int_equal(paths_expand(&fixture->list, "builtin:*", 10), 0);
	assert_int_equal(fixture->list.count, 2);
	assert_string_equal(fixture->list.paths[0], "-");
	assert_string_equal(fixture->list.paths[1], "builtin:*");
	assert_true(path_is_special("-"));
	assert_false(path_is_special("./-"));
	assert_false(path_is_special("./builtin:demo"));
	assert_false(path_is_glob("builtin:*"));
}

static void a_directory_that_cannot_be_read_is_an_error(void **state)
{
	struct fixture *fixture = *state;

	scratch_directory(&fixture->scratch, "closed");
	MAKE_FILES(fixture, "closed/a.etl");
	scratch_close(&fixture->scratch, "closed");
	assert_int_equal(expand(fixture, "closed", 10), -1);
	assert_int_equal(errno, EACCES);
	assert_int_equal(expand(fixture, "closed/*.etl", 10), -1);
	assert_int_equal(errno, EACCES);
	assert_int_equal(fixture->list.count, 0);
	scratch_open(&fixture->scratch, "closed");
}

static void a_file_that_cannot_be_reached_is_an_error(void **state)
{
	struct fixture *fixture = *state;

	posix_needs("folders that close the files in them");
	scratch_directory(&fixture->scratch, "closed");
	MAKE_FILES(fixture, "closed/a.etl");
	scratch_close(&fixture->scratch, "closed");
	assert_int_equal(expand(fixture, "*/a.etl", 10), -1);
	assert_int_equal(errno, EACCES);
	assert_int_equal(fixture->list.count, 0);
	scratch_open(&fixture->scratch, "closed");
}

static void a_path_that_is_too_long_for_a_glob_is_an_error(void **state)
{
	struct fixture *fixture = *state;
	char path[8192];

	memset(path, 'x', sizeof(path));
	memcpy(path, "/tmp/", 5);
	strcpy(path + sizeof(path) - 3, "/*");
	assert_int_equal(paths_expand(&fixture->list, path, 10), -1);
	assert_int_equal(errno, ENAMETOOLONG);
}

static bool matches(const char *pattern, const char *name)
{
	return glob_match(pattern, strlen(pattern), name);
}

static void a_star_matches_any_text(void **state)
{
	(void)state;
	assert_true(matches("*", "a"));
	assert_true(matches("a*", "a"));
	assert_true(matches("a*c", "abbc"));
	assert_true(matches("*a*b*", "xxaxxbxx"));
	assert_true(matches("**.etl", "a.etl"));
	assert_true(matches("a*ab", "aaab"));
	assert_false(matches("a*c", "abb"));
	assert_false(matches("*a*b", "ba"));
	assert_false(matches("", "a"));
}

static void a_question_mark_matches_one_character(void **state)
{
	(void)state;
	assert_true(matches("t?", "t1"));
	assert_true(matches("t?", "t\xc3\xa9"));
	assert_true(matches("t?", "t\xff"));
	assert_false(matches("t?", "t"));
	assert_false(matches("t?", "t12"));
	assert_false(matches("t?", "t\xc3\xa9x"));
}

static void a_class_matches_one_of_its_characters(void **state)
{
	(void)state;
	assert_true(matches("[abc]", "b"));
	assert_true(matches("[a-cx]", "c"));
	assert_true(matches("[a-cx]", "x"));
	assert_true(matches("[!a-c]", "d"));
	assert_true(matches("[^a-c]", "d"));
	assert_true(matches("[]x]", "]"));
	assert_true(matches("[!]x]", "y"));
	assert_true(matches("[a-]", "-"));
	assert_true(matches("[\xc3\xa0-\xc3\xbf]", "\xc3\xa9"));
	assert_true(matches("[*]", "*"));
	assert_false(matches("[abc]", "d"));
	assert_false(matches("[a-c]", "-"));
	assert_false(matches("[!a-c]", "b"));
	assert_false(matches("[!]x]", "]"));
	assert_false(matches("[*]", "a"));
	assert_false(matches("[c-a]", "b"));
	assert_false(matches("[a]", ""));
}

static void a_class_without_end_is_text(void **state)
{
	(void)state;
	assert_true(matches("a[b", "a[b"));
	assert_true(matches("[", "["));
	assert_true(matches("[]", "[]"));
	assert_false(matches("a[b", "ab"));
}

static void a_dot_at_the_beginning_has_to_be_named(void **state)
{
	(void)state;
	assert_true(matches(".*", ".a"));
	assert_true(matches("a*", "a.b"));
	assert_false(matches("*", ".a"));
	assert_false(matches("?a", ".a"));
	assert_false(matches("[.]a", ".a"));
}

static void many_stars_take_no_exponential_time(void **state)
{
	char pattern[121], name[121];
	size_t i;

	(void)state;
	for (i = 0; i + 1 < sizeof(pattern); i += 2)
		memcpy(pattern + i, "a*", 2);
	pattern[sizeof(pattern) - 1] = '\0';
	memset(name, 'a', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	assert_true(matches(pattern, name));
	pattern[sizeof(pattern) - 2] = 'b';
	assert_false(matches(pattern, name));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
		WITH(a_path_is_itself_even_if_nothing_is_there),
		WITH(a_directory_means_its_etl_files_in_any_case_sorted),
		WITH(a_directory_does_not_mean_its_subdirectories),
		WITH(a_pipe_in_a_directory_is_no_recording),
		WITH(links_to_files_are_files_and_links_to_directories_are_none),
		WITH(a_directory_with_a_slash_at_its_end_has_no_second_one_in_its_files),
		WITH(a_glob_means_its_matches_sorted_bytewise),
		WITH(a_glob_leaves_directories_and_hidden_files_out),
		WITH(a_glob_reaches_into_matching_directories),
		WITH(a_glob_may_end_in_a_plain_name),
		WITH(a_glob_without_matches_means_nothing),
		WITH(a_relative_glob_starts_where_the_program_runs),
		WITH(a_name_with_glob_characters_that_is_there_is_no_glob),
		WITH(what_the_list_holds_is_not_added_again),
		WITH(the_limit_keeps_the_last_ones_out_and_says_how_many),
		WITH(a_limit_far_below_the_matches_counts_all_of_them),
		WITH(standard_input_and_built_in_recordings_are_no_files),
		WITH(a_directory_that_cannot_be_read_is_an_error),
		WITH(a_file_that_cannot_be_reached_is_an_error),
		WITH(a_path_that_is_too_long_for_a_glob_is_an_error),
		cmocka_unit_test(a_star_matches_any_text),
		cmocka_unit_test(a_question_mark_matches_one_character),
		cmocka_unit_test(a_class_matches_one_of_its_characters),
		cmocka_unit_test(a_class_without_end_is_text),
		cmocka_unit_test(a_dot_at_the_beginning_has_to_be_named),
		cmocka_unit_test(many_stars_take_no_exponential_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
