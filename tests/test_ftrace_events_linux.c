/* Event types of tracefs, found in its folders. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/format_rig_linux.h"

static void add_event(struct format_rig *rig, const char *name, const char *id, const char *fields)
{
	char path[256], text[4096];

	scratch_directory(&rig->scratch, name);
	snprintf(path, sizeof(path), "%s/id", name);
	scratch_file(&rig->scratch, path, id);
	snprintf(text, sizeof(text), "name: %s\nID: %s\nformat:\n%s%s\nprint fmt: \"\"\n",
		 strchr(name, '/') + 1, id, FORMAT_COMMON, fields);
	snprintf(path, sizeof(path), "%s/format", name);
	scratch_file(&rig->scratch, path, text);
}

static void assert_event(struct format_rig *rig, uint16_t id, const char *system, const char *name)
{
	struct schema *schema = ftrace_schema_new(rig->formats, id, 0);

	assert_non_null(schema);
	assert_string_equal(schema->provider, system);
	assert_string_equal(schema->event, name);
	schema_free(schema);
}

static void events_are_found_by_their_ids(void **state)
{
	struct format_rig rig;

	(void)state;
	format_rig_begin(&rig);
	scratch_directory(&rig.scratch, "one");
	scratch_directory(&rig.scratch, "two");
	scratch_file(&rig.scratch, "enable", "0\n");
	scratch_file(&rig.scratch, "one/filter", "none\n");
	add_event(&rig, "one/first", "300\n", "");
	add_event(&rig, "one/second", "301\n", "");
	add_event(&rig, "two/first", "65535\n", "");
	assert_event(&rig, 300, "one", "first");
	assert_event(&rig, 301, "one", "second");
	assert_event(&rig, 65535, "two", "first");
	assert_null(ftrace_schema_new(rig.formats, 302, 0));
	assert_null(ftrace_schema_new(rig.formats, 0, 0));
	format_rig_end(&rig);
}

static void events_of_modules_that_come_later_are_found(void **state)
{
	struct format_rig rig;

	(void)state;
	format_rig_begin(&rig);
	scratch_directory(&rig.scratch, "one");
	add_event(&rig, "one/first", "300", "");
	assert_event(&rig, 300, "one", "first");
	assert_null(ftrace_schema_new(rig.formats, 301, 0));
	scratch_directory(&rig.scratch, "module");
	add_event(&rig, "module/event", "301", "");
	assert_event(&rig, 301, "module", "event");
	assert_event(&rig, 300, "one", "first");
	format_rig_end(&rig);
}

static void an_id_that_is_another_event_s_by_now_is_looked_up_with_a_new_version(void **state)
{
	struct schema *schema;
	struct format_rig rig;

	(void)state;
	format_rig_begin(&rig);
	scratch_directory(&rig.scratch, "one");
	add_event(&rig, "one/first", "300", "");
	assert_event(&rig, 300, "one", "first");
	scratch_file(&rig.scratch, "one/first/id", "301");
	add_event(&rig, "one/second", "300", "");
	assert_event(&rig, 300, "one", "first");
	schema = ftrace_schema_new(rig.formats, 300, 1);
	assert_non_null(schema);
	assert_string_equal(schema->event, "second");
	schema_free(schema);
	format_rig_end(&rig);
}

/* Such come from damaged records, and each look takes time. */
static void after_many_ids_that_there_are_not_none_is_looked_for(void **state)
{
	struct schema *schema;
	struct format_rig rig;
	uint16_t i;

	(void)state;
	format_rig_begin(&rig);
	scratch_directory(&rig.scratch, "one");
	for (i = 0; i < 20; i++)
		assert_null(ftrace_schema_new(rig.formats, i, 0));
	add_event(&rig, "one/late", "300", "");
	assert_null(ftrace_schema_new(rig.formats, 300, 0));
	schema = ftrace_schema_new(rig.formats, 300, 1);
	assert_non_null(schema);
	schema_free(schema);
	format_rig_end(&rig);
}

static void what_is_no_event_folder_is_passed_over(void **state)
{
	struct format_rig rig;

	(void)state;
	format_rig_begin(&rig);
	scratch_directory(&rig.scratch, "one");
	scratch_directory(&rig.scratch, "one/empty");
	scratch_directory(&rig.scratch, "one/text");
	scratch_file(&rig.scratch, "one/text/id", "none");
	scratch_directory(&rig.scratch, "one/noformat");
	scratch_file(&rig.scratch, "one/noformat/id", "300");
	add_event(&rig, "one/huge", "70000", "");
	add_event(&rig, "one/negative", "-3", "");
	add_event(&rig, "one/good", "301", "");
	assert_null(ftrace_schema_new(rig.formats, 300, 0));
	assert_null(ftrace_schema_new(rig.formats, 70000 - 65536, 0));
	assert_null(ftrace_schema_new(rig.formats, (uint16_t)-3, 0));
	assert_null(ftrace_schema_new(rig.formats, 0, 0));
	assert_event(&rig, 301, "one", "good");
	format_rig_end(&rig);
}

static void a_folder_that_is_not_there_has_no_events(void **state)
{
	struct ftrace_formats *formats = ftrace_formats_new("/no/such/folder");

	(void)state;
	assert_non_null(formats);
	assert_null(ftrace_schema_new(formats, 1, 0));
	ftrace_formats_free(formats);
	ftrace_formats_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_are_found_by_their_ids),
		cmocka_unit_test(events_of_modules_that_come_later_are_found),
		cmocka_unit_test(
			an_id_that_is_another_event_s_by_now_is_looked_up_with_a_new_version),
		cmocka_unit_test(after_many_ids_that_there_are_not_none_is_looked_for),
		cmocka_unit_test(what_is_no_event_folder_is_passed_over),
		cmocka_unit_test(a_folder_that_is_not_there_has_no_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
