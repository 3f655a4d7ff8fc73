#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/decoder/manifest_files.h"
#include "tests/support/manifest_text.h"
#include "tests/support/posix.h"
#include "tests/support/scratch.h"

static const char one[] = MANIFEST(EVENTS("<event value='1' symbol='A'/>"));
static const char two[] = MANIFEST(EVENTS("<event value='2' symbol='B'/>"));

/* How many schemas there are; of an error nothing is looked at. */
static size_t load_with(const char *path, struct problems *notes, size_t *flawed)
{
	struct error error;
	struct manifests *manifests = manifest_files_load(&path, 1, notes, &error);
	size_t count = manifests ? manifests_count(manifests) : 0;

	*flawed = manifests ? manifests_flawed(manifests) : 0;
	manifests_free(manifests);
	return count;
}

/* The same, where nothing is wrong. */
static size_t load(const char *path)
{
	struct problems notes;
	size_t count, flawed;

	problems_init(&notes);
	count = load_with(path, &notes, &flawed);
	assert_int_equal(notes.count, 0);
	assert_int_equal(flawed, 0);
	problems_done(&notes);
	return count;
}

static void assert_note(const struct problems *notes, size_t index, const char *file, size_t line,
			const char *part)
{
	const struct problem *note = &notes->list[index];

	assert_true(index < notes->count);
	assert_true(note->warning);
	assert_non_null(strstr(note->file, file));
	assert_int_equal(note->line, line);
	assert_non_null(strstr(note->text, part));
}

static void assert_refused(const char *path, const char *part)
{
	struct problems notes;
	struct error error;

	problems_init(&notes);
	assert_null(manifest_files_load(&path, 1, &notes, &error));
	assert_non_null(strstr(error.text, part));
	assert_non_null(strstr(error.text, path));
	problems_done(&notes);
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
	assert_refused(scratch_file(&scratch, "other.xml", "<Providers><Provider/></Providers>"),
		       "this is no instrumentation manifest");
	assert_int_equal(load(scratch_file(&scratch, "counters.man", "<instrumentationManifest/>")),
			 0);
	scratch_remove(&scratch);
}

static void one_of_many_that_is_no_manifest_is_left_out(void **state)
{
	static const char *const patterns[] = {"", "*.man"};
	struct scratch scratch;
	struct problems notes;
	size_t i, flawed;

	(void)state;
	scratch_make(&scratch);
	scratch_file(&scratch, "a.man", one);
	scratch_file(&scratch, "b.man", "<a>\n<b></a>");
	scratch_file(&scratch, "c.man", two);
	scratch_file(&scratch, "d.man", "<project/>");
	for (i = 0; i < 2; i++) {
		problems_init(&notes);
		assert_int_equal(load_with(scratch_path(&scratch, patterns[i]), &notes, &flawed),
				 2);
		assert_int_equal(flawed, 2);
		assert_int_equal(notes.count, 2);
		assert_note(&notes, 0, "b.man", 2, "mismatched tag");
		assert_note(&notes, 1, "d.man", 1, "this is no instrumentation manifest");
		problems_done(&notes);
	}
	scratch_remove(&scratch);
}

static void what_is_wrong_in_a_manifest_is_left_out(void **state)
{
	struct scratch scratch;
	struct problems notes;
	size_t flawed;

	(void)state;
	scratch_make(&scratch);
	scratch_file(&scratch, "a.man",
		     MANIFEST(EVENTS("<event value='1' template='T'/>\n<event value='2'/>\n"
				     "<event value='x'/>")
				      TEMPLATE("<data name='a' inType='win:Thing'/>")));
	problems_init(&notes);
	assert_int_equal(load_with(scratch_path(&scratch, "a.man"), &notes, &flawed), 1);
	assert_int_equal(flawed, 1);
	assert_int_equal(notes.count, 2);
	assert_note(&notes, 0, "a.man", 7, "an event has no value");
	assert_note(&notes, 1, "a.man", 9, "event 1: there is no inType \"win:Thing\"");
	problems_done(&notes);
	scratch_remove(&scratch);
}

static void of_many_problems_ten_and_their_number_are_said(void **state)
{
	static const char events[] = "<event/><event/><event/><event/><event/><event/>";
	struct scratch scratch;
	struct problems notes;
	char text[2048];
	size_t flawed;

	(void)state;
	scratch_make(&scratch);
	snprintf(text, sizeof(text), MANIFEST(EVENTS("%s%s%s")), events, events, events);
	scratch_file(&scratch, "a.man", text);
	scratch_file(&scratch, "b.man", MANIFEST(EVENTS("<event/>")));
	problems_init(&notes);
	assert_int_equal(load_with(scratch.directory, &notes, &flawed), 0);
	assert_int_equal(flawed, 2);
	assert_int_equal(notes.count, 12);
	assert_note(&notes, 9, "a.man", 5, "an event has no value");
	assert_note(&notes, 10, "a.man", 5, "not listed: 8");
	assert_note(&notes, 11, "b.man", 5, "an event has no value");
	problems_done(&notes);
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
	assert_refused(scratch_path(&scratch, "d"), "");
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
		cmocka_unit_test(one_of_many_that_is_no_manifest_is_left_out),
		cmocka_unit_test(what_is_wrong_in_a_manifest_is_left_out),
		cmocka_unit_test(of_many_problems_ten_and_their_number_are_said),
		cmocka_unit_test(what_cannot_be_read_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
