#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/log/log_file.h"
#include "tests/support/posix.h"
#include "tests/support/scratch.h"

struct logged {
	struct scratch scratch;
	char path[4096];
	struct log *log;
};

/* `text` is in the file already; NULL: there is none. */
static void open_log(struct logged *logged, const char *text)
{
	struct log_output output;
	struct error error = {""};

	scratch_make(&logged->scratch);
	if (text)
		scratch_file(&logged->scratch, "log", text);
	strcpy(logged->path, scratch_path(&logged->scratch, "log"));
	assert_int_equal(log_file_open(logged->path, &output, &error), 0);
	logged->log = log_new_to(&output, LOG_INFO, LOG_LOGFMT);
	assert_non_null(logged->log);
}

static void close_log(struct logged *logged)
{
	log_free(logged->log);
	scratch_remove(&logged->scratch);
}

/* The messages of the lines of a file, a blank behind each. Other lines are messages. */
static void assert_messages(const char *path, const char *expected)
{
	char messages[1000] = "", line[1000];
	FILE *file = fopen(path, "rb");

	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		char *message = strstr(line, "msg=");

		line[strcspn(line, "\r\n")] = '\0';
		strcat(messages, message ? message + strlen("msg=") : line);
		strcat(messages, " ");
	}
	fclose(file);
	assert_string_equal(messages, expected);
}

static void lines_stand_behind_what_was_there(void **state)
{
	struct logged logged;

	(void)state;
	open_log(&logged, "older\n");
	log_line(logged.log, LOG_INFO, "a", NULL);
	log_line(logged.log, LOG_INFO, "b", NULL);
	assert_messages(logged.path, "older a b ");
	close_log(&logged);
}

static void a_file_that_was_renamed_is_followed_by_a_new_one(void **state)
{
	struct logged logged;
	char other[4096];

	(void)state;
	open_log(&logged, NULL);
	log_line(logged.log, LOG_INFO, "a", NULL);
	strcpy(other, scratch_path(&logged.scratch, "log.1"));
	assert_int_equal(rename(logged.path, other), 0);
	log_line(logged.log, LOG_INFO, "b", NULL);
	log_line(logged.log, LOG_INFO, "c", NULL);
	assert_messages(other, "a ");
	assert_messages(logged.path, "b c ");
	close_log(&logged);
}

static void what_others_made_in_its_place_is_appended_to(void **state)
{
	struct logged logged;

	(void)state;
	open_log(&logged, NULL);
	assert_int_equal(rename(logged.path, scratch_path(&logged.scratch, "log.1")), 0);
	scratch_file(&logged.scratch, "log", "theirs\n");
	log_line(logged.log, LOG_INFO, "a", NULL);
	assert_messages(logged.path, "theirs a ");
	close_log(&logged);
}

static void where_no_new_one_can_be_made_the_old_one_goes_on(void **state)
{
	struct logged logged;
	char other[4096];

	(void)state;
	open_log(&logged, NULL);
	strcpy(other, scratch_path(&logged.scratch, "log.1"));
	assert_int_equal(rename(logged.path, other), 0);
	scratch_directory(&logged.scratch, "log");
	log_line(logged.log, LOG_INFO, "a", NULL);
	assert_messages(other, "a ");
	close_log(&logged);
}

static void a_file_that_cannot_be_made_is_refused(void **state)
{
	struct scratch scratch;
	struct log_output output;
	struct error error = {""};

	(void)state;
	scratch_make(&scratch);
	assert_int_equal(log_file_open(scratch_path(&scratch, "none/log"), &output, &error), -1);
	assert_non_null(strstr(error.text, "none/log: cannot open it to append to it"));
	assert_int_equal(log_file_open(scratch.directory, &output, &error), -1);
	scratch_remove(&scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_stand_behind_what_was_there),
		cmocka_unit_test(a_file_that_was_renamed_is_followed_by_a_new_one),
		cmocka_unit_test(what_others_made_in_its_place_is_appended_to),
		cmocka_unit_test(where_no_new_one_can_be_made_the_old_one_goes_on),
		cmocka_unit_test(a_file_that_cannot_be_made_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
