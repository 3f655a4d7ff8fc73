#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "exporter/http/web_settings.h"
#include "tests/support/page.h"
#include "tests/support/posix.h"
#include "tests/support/scratch.h"

#define HASH "$2y$04$levNi/BjunkERP5qIGUO9eoufWtWugYQbqQTG8axm.LvYuEqNOys6"

static const char one_user[] = "basic_auth_users:\n  alice: " HASH "\n";
static const char two_users[] = "basic_auth_users:\n  alice: " HASH "\n  bob: " HASH "\n";

struct rig {
	struct scratch scratch;
	char path[256];
	struct web_file *web;
	struct log *log;
	size_t told; /* how often nothing was loaded */
};

static void count_refusals(void *context, enum log_level level, const char *line, size_t length)
{
	struct rig *rig = context;
	char text[1024];

	snprintf(text, sizeof(text), "%.*s", (int)length, line);
	rig->told += level == LOG_ERROR && strstr(text, "what was loaded before holds");
}

static int begin(void **state)
{
	static struct rig rig;

	scratch_make(&rig.scratch);
	snprintf(rig.path, sizeof(rig.path), "%s", scratch_path(&rig.scratch, "web.yml"));
	rig.web = NULL;
	rig.told = 0;
	rig.log = log_new_to(&(struct log_output){.write = count_refusals, .context = &rig},
			     LOG_INFO, LOG_LOGFMT);
	*state = &rig;
	return 0;
}

static int end(void **state)
{
	struct rig *rig = *state;

	web_file_free(rig->web);
	log_free(rig->log);
	scratch_remove(&rig->scratch);
	return 0;
}

/* How often it is read as YAML. (Linked with --wrap=web_config_load.) */
static int loads;

struct web_config *__real_web_config_load(const char *file, struct web_files *files,
					  struct problems *problems);
struct web_config *__wrap_web_config_load(const char *file, struct web_files *files,
					  struct problems *problems);

struct web_config *__wrap_web_config_load(const char *file, struct web_files *files,
					  struct problems *problems)
{
	loads++;
	return __real_web_config_load(file, files, problems);
}

static void load(struct rig *rig)
{
	struct problems problems;

	problems_init(&problems);
	rig->web = web_file_open(rig->path, rig->log, &problems);
	assert_non_null(rig->web);
	problems_done(&problems);
	loads = 0;
}

/* What the page says of the last attempt. */
static void assert_loaded(const struct rig *rig, int expected)
{
	struct text page;
	struct exposition exposition = {.out = &page, .format = EXPOSITION_TEXT};

	text_init(&page, 4096);
	web_file_collect(&exposition, rig->web);
	text_char(&page, '\0');
	assert_true(page_value(page.bytes, "etw_exporter_web_config_last_reload_successful") ==
		    expected);
	text_done(&page);
}

static void assert_users_after_a_look(struct rig *rig, size_t count)
{
	struct web_settings *settings;

	web_file_look(rig->web);
	settings = web_file_take(rig->web);
	assert_int_equal(settings->config->user_count, count);
	web_settings_drop(settings);
}

static void a_change_is_taken_up_once_it_lasts(void **state)
{
	struct rig *rig = *state;

	scratch_file(&rig->scratch, "web.yml", one_user);
	load(rig);
	assert_users_after_a_look(rig, 1);
	scratch_file(&rig->scratch, "web.yml", two_users);
	assert_users_after_a_look(rig, 1);
	assert_users_after_a_look(rig, 2);
	scratch_file(&rig->scratch, "web.yml", one_user);
	assert_users_after_a_look(rig, 2);
	assert_users_after_a_look(rig, 1);
}

/* Whoever writes a file begins with an empty one, and may be slow. */
static void a_file_that_is_being_written_lets_nobody_in(void **state)
{
	struct rig *rig = *state;

	scratch_file(&rig->scratch, "web.yml", one_user);
	load(rig);
	scratch_file(&rig->scratch, "web.yml", "");
	assert_users_after_a_look(rig, 1);
	scratch_file(&rig->scratch, "web.yml", "basic_auth_users:\n");
	assert_users_after_a_look(rig, 1);
	scratch_file(&rig->scratch, "web.yml", two_users);
	assert_users_after_a_look(rig, 1);
	scratch_file(&rig->scratch, "web.yml", "");
	assert_users_after_a_look(rig, 1);
	scratch_file(&rig->scratch, "web.yml", "basic_auth_users: [\n");
	assert_users_after_a_look(rig, 1);
	scratch_file(&rig->scratch, "web.yml", two_users);
	assert_users_after_a_look(rig, 1);
	assert_users_after_a_look(rig, 2);
}

static void what_is_wrong_changes_nothing_and_is_told_once(void **state)
{
	struct rig *rig = *state;
	int i;

	scratch_file(&rig->scratch, "web.yml", one_user);
	load(rig);
	scratch_file(&rig->scratch, "web.yml", "basic_auth_users: {alice: secret}\n");
	for (i = 0; i < 3; i++)
		assert_users_after_a_look(rig, 1);
	assert_int_equal(rig->told, 1);
	scratch_file(&rig->scratch, "web.yml", "basic_auth_users: [\n");
	for (i = 0; i < 3; i++)
		assert_users_after_a_look(rig, 1);
	assert_int_equal(rig->told, 2);
	assert_loaded(rig, 0);
	scratch_file(&rig->scratch, "web.yml", two_users);
	assert_users_after_a_look(rig, 1);
	assert_users_after_a_look(rig, 2);
	assert_int_equal(rig->told, 2);
	assert_loaded(rig, 1);
}

static void what_was_wrong_and_is_taken_back_is_well_again(void **state)
{
	struct rig *rig = *state;

	scratch_file(&rig->scratch, "web.yml", one_user);
	load(rig);
	scratch_file(&rig->scratch, "web.yml", "basic_auth_users: [\n");
	assert_users_after_a_look(rig, 1);
	assert_users_after_a_look(rig, 1);
	assert_loaded(rig, 0);
	scratch_file(&rig->scratch, "web.yml", one_user);
	assert_users_after_a_look(rig, 1);
	assert_users_after_a_look(rig, 1);
	assert_loaded(rig, 1);
	assert_int_equal(rig->told, 1);
}

static void a_half_of_a_file_is_not_told_of(void **state)
{
	struct rig *rig = *state;

	scratch_file(&rig->scratch, "web.yml", one_user);
	load(rig);
	scratch_file(&rig->scratch, "web.yml", "basic_auth_users: {\n");
	assert_users_after_a_look(rig, 1);
	scratch_file(&rig->scratch, "web.yml", "basic_auth_users: {bob\n");
	assert_users_after_a_look(rig, 1);
	scratch_file(&rig->scratch, "web.yml", two_users);
	assert_users_after_a_look(rig, 1);
	assert_users_after_a_look(rig, 2);
	assert_int_equal(rig->told, 0);
	assert_loaded(rig, 1);
}

static void what_has_not_changed_is_not_read_again(void **state)
{
	struct rig *rig = *state;
	int i;

	scratch_file(&rig->scratch, "web.yml", one_user);
	load(rig);
	for (i = 0; i < 5; i++)
		assert_users_after_a_look(rig, 1);
	assert_int_equal(loads, 0);
	scratch_file(&rig->scratch, "web.yml", two_users);
	assert_users_after_a_look(rig, 1);
	for (i = 0; i < 5; i++)
		assert_users_after_a_look(rig, 2);
	assert_int_equal(loads, 1);
	scratch_file(&rig->scratch, "web.yml", "basic_auth_users: [\n");
	for (i = 0; i < 5; i++)
		assert_users_after_a_look(rig, 2);
	assert_int_equal(loads, 2);
}

/* Those that a new configuration names may be being written, too. */
static void a_file_that_it_names_is_looked_at_too(void **state)
{
	struct rig *rig = *state;
	int i;

	scratch_file(&rig->scratch, "web.yml", one_user);
	load(rig);
	scratch_file(&rig->scratch, "web.yml",
		     "tls_server_config: {cert_file: c.pem, key_file: k.pem}\n");
	assert_users_after_a_look(rig, 1);
	assert_users_after_a_look(rig, 1);
	assert_int_equal(rig->told, 0);
	for (i = 0; i < 5; i++)
		assert_users_after_a_look(rig, 1);
	assert_int_equal(rig->told, 1);
	assert_int_equal(loads, 2);
	scratch_file(&rig->scratch, "k.pem", "no key");
	for (i = 0; i < 5; i++)
		assert_users_after_a_look(rig, 1);
	assert_int_equal(rig->told, 2);
	assert_int_equal(loads, 3);
}

static void a_pipe_is_read_once(void **state)
{
	struct rig *rig = *state;
	int fds[2], i;

	posix_needs("/dev/fd");
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], one_user, strlen(one_user)), strlen(one_user));
	close(fds[1]);
	snprintf(rig->path, sizeof(rig->path), "/dev/fd/%d", fds[0]);
	load(rig);
	for (i = 0; i < 3; i++)
		assert_users_after_a_look(rig, 1);
	close(fds[0]);
}

#define SETTINGS_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SETTINGS_TEST(a_change_is_taken_up_once_it_lasts),
		SETTINGS_TEST(a_file_that_is_being_written_lets_nobody_in),
		SETTINGS_TEST(what_is_wrong_changes_nothing_and_is_told_once),
		SETTINGS_TEST(what_was_wrong_and_is_taken_back_is_well_again),
		SETTINGS_TEST(a_half_of_a_file_is_not_told_of),
		SETTINGS_TEST(what_has_not_changed_is_not_read_again),
		SETTINGS_TEST(a_file_that_it_names_is_looked_at_too),
		SETTINGS_TEST(a_pipe_is_read_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
