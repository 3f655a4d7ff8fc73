#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/decoder/manifest_files.h"
#include "tests/support/manifest_text.h"
#include "tests/support/posix.h"
#include "tests/support/scratch.h"

static const char one[] = MANIFEST(EVENTS("<event value='1' symbol='A'/>"));
static const char two[] = MANIFEST(EVENTS("<event value='2' symbol='B'/>"));

/* How many schemas there are; the error is not looked at. */
static size_t load(const char *path)
{
	struct error error;
	struct manifests *manifests = manifest_files_load(&path, 1, &error);
	size_t count = manifests ? manifests_count(manifests) : 0;

	manifests_free(manifests);
	return count;
}

static void assert_refused(const char *path, const char *part)
{
	struct error error;

	assert_null(manifest_files_load(&path, 1, &error));
	assert_non_null(strstr(error.text, part));
	assert_non_null(strstr(error.text, path));
}

static void a_file_is_loaded(void **state)
{
	struct scratch scratch;

	(void)state;
	scratch_make(&scratch);
	assert_int_equal(load(scratch_file(&scratch, "any.name", one)), 1);
	scratch_remove(&scratch);
}

static void all_matches_of_a_pattern_are_loaded(void **state)
{
	struct scratch scratch;

	(void)state;
	scratch_make(&scratch);
	scratch_file(&scratch, "a1", one);
	scratch_file(&scratch, "a2", two);
	scratch_file(&scratch, "b", "no manifest");
	assert_int_equal(load(scratch_path(&scratch, "a*")), 2);
	assert_int_equal(load(scratch_path(&scratch, "a[2-9]")), 1);
	scratch_remove(&scratch);
}

static void of_a_directory_manifests_are_loaded(void **state)
{
	struct scratch scratch;

	(void)state;
	scratch_make(&scratch);
	scratch_file(&scratch, "a.man", one);
	scratch_file(&scratch, "b.xml", two);
	scratch_file(&scratch, "e.txt", "no manifest");
	assert_int_equal(load(scratch.directory), 2);
	scratch_file(&scratch, "c.MAN", one);
	scratch_file(&scratch, "d.Xml", two);
	assert_int_equal(load(scratch.directory), 4);
	scratch_remove(&scratch);
}

static void what_looks_like_a_pattern_may_be_a_path(void **state)
{
	struct scratch scratch;

	(void)state;
	posix_needs("names with * and ?");
	scratch_make(&scratch);
	assert_int_equal(load(scratch_file(&scratch, "a[1].man", one)), 1);
	assert_int_equal(load(scratch_file(&scratch, "b\\c", one)), 1);
	scratch_directory(&scratch, "d[1]*");
	scratch_file(&scratch, "d[1]*/e.man", two);
	assert_int_equal(load(scratch_path(&scratch, "d[1]*")), 1);
	scratch_remove(&scratch);
}

static void what_is_not_there_is_an_error(void **state)
{
	struct scratch scratch;

	(void)state;
	scratch_make(&scratch);
	assert_refused(scratch_path(&scratch, "missing"), "no manifest");
	assert_refused(scratch_path(&scratch, "*.man"), "no manifest");
	assert_refused(scratch.directory, "no manifest");
	scratch_remove(&scratch);
}

static void what_is_no_manifest_is_an_error(void **state)
{
	struct scratch scratch;

	(void)state;
	scratch_make(&scratch);
	assert_refused(scratch_file(&scratch, "empty", ""), "");
	assert_refused(scratch_file(&scratch, "text", "no manifest"), "");
	scratch_remove(&scratch);
}

static void one_file_that_is_wrong_is_an_error_of_all(void **state)
{
	struct scratch scratch;
	struct error error;

	(void)state;
	scratch_make(&scratch);
	scratch_file(&scratch, "a.man", one);
	scratch_file(&scratch, "b.man", "<");
	assert_null(manifest_files_load(&(const char *){scratch.directory}, 1, &error));
	assert_non_null(strstr(error.text, "b.man"));
	scratch_remove(&scratch);
}

static void what_cannot_be_read_is_an_error(void **state)
{
	struct scratch scratch;

	(void)state;
	scratch_make(&scratch);
	scratch_file(&scratch, "a.man", one);
	scratch_close(&scratch, "a.man");
	assert_refused(scratch_path(&scratch, "a.man"), "cannot open");
	scratch_open(&scratch, "a.man");
	/* A directory is called as a manifest is. */
	scratch_directory(&scratch, "d");
	scratch_directory(&scratch, "d/e.man");
	assert_null(manifest_files_load(&(const char *){scratch_path(&scratch, "d")}, 1,
					&(struct error){{0}}));
	scratch_remove(&scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_loaded),
		cmocka_unit_test(all_matches_of_a_pattern_are_loaded),
		cmocka_unit_test(of_a_directory_manifests_are_loaded),
		cmocka_unit_test(what_looks_like_a_pattern_may_be_a_path),
		cmocka_unit_test(what_is_not_there_is_an_error),
		cmocka_unit_test(what_is_no_manifest_is_an_error),
		cmocka_unit_test(one_file_that_is_wrong_is_an_error_of_all),
		cmocka_unit_test(what_cannot_be_read_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
