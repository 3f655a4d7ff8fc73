#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/session/session_metrics.h"
#include "exporter/session/sessions.h"
#include "tests/support/posix.h"
#include "tests/support/scratch.h"
#include "tests/support/small_recording.h"
#include "tests/support/thread_limit.h"

#define SESSIONS_MAX	 4
#define PATIENCE_SECONDS 30

/* A configuration of sessions of one path each. */
struct rig {
	struct scratch scratch;
	struct registry *registry;
	struct event_families families;
	struct session_config configs[SESSIONS_MAX];
	char *paths[SESSIONS_MAX];
	struct config config;
	struct log *log;
	FILE *log_file;
	char *log_text;
	size_t log_length;
	struct sessions *sessions;
	struct error error;
};

static void begin(struct rig *rig)
{
	const struct registry_limits limits = {.series = 1000, .label_bytes = 128};

	memset(rig, 0, sizeof(*rig));
	scratch_make(&rig->scratch);
	rig->registry = registry_new(&limits);
	assert_non_null(rig->registry);
	assert_int_equal(event_families_add(&rig->families, rig->registry), 0);
	rig->log_file = open_memstream(&rig->log_text, &rig->log_length);
	rig->log = log_new(rig->log_file, LOG_WARN, LOG_LOGFMT);
	assert_non_null(rig->log);
	rig->config.sessions = rig->configs;
	rig->config.limits = (struct limits_config){
		.event_types = 1000, .files = 100, .sessions = 10, .label_bytes = 128};
}

static void end(struct rig *rig)
{
	size_t i;

	if (rig->sessions) {
		assert_true(sessions_stop(rig->sessions, PATIENCE_SECONDS));
		sessions_free(rig->sessions);
	}
	for (i = 0; i < rig->config.session_count; i++) {
		free(rig->configs[i].name);
		free(rig->paths[i]);
	}
	log_free(rig->log);
	fclose(rig->log_file);
	free(rig->log_text);
	registry_free(rig->registry);
	scratch_remove(&rig->scratch);
}

static struct session_config *configure(struct rig *rig, const char *name, const char *path)
{
	static char source[] = "etl";
	size_t i = rig->config.session_count++;

	assert_true(i < SESSIONS_MAX);
	rig->paths[i] = strdup(scratch_path(&rig->scratch, path));
	rig->configs[i] = (struct session_config){
		.name = strdup(name),
		.source = source,
		.paths = &rig->paths[i],
		.path_count = 1,
		.poll_ns = 1000000,
		.queue_bytes = 1 << 20,
	};
	return &rig->configs[i];
}

/* A session for each file of a directory that is followed. */
static struct session_config *configure_files(struct rig *rig, const char *name, const char *path)
{
	struct session_config *config = configure(rig, name, path);

	config->per_file = true;
	config->follow = true;
	return config;
}

static void save(struct rig *rig, const char *name)
{
	static const struct etl_writer_options options = {.buffer_bytes = 1024};
	struct small_recording recording = small_make(&options, 2);

	etl_save(scratch_path(&rig->scratch, name), recording.bytes, recording.length);
	small_done(&recording);
}

static int start(struct rig *rig)
{
	const struct session_context context = {.registry = rig->registry,
						.families = &rig->families,
						.limits = &rig->config.limits,
						.log = rig->log};

	rig->sessions = sessions_new(&rig->config, &context);
	assert_non_null(rig->sessions);
	return sessions_start(rig->sessions, &rig->error);
}

static const char *name_of(const struct rig *rig, size_t index)
{
	return session_config(sessions_get(rig->sessions, index))->name;
}

static bool has_name(const struct rig *rig, const char *name)
{
	size_t i, found = 0;

	for (i = 0; i < sessions_count(rig->sessions); i++)
		found += strcmp(name_of(rig, i), name) == 0;
	assert_true(found <= 1);
	return found == 1;
}

static void assert_names_differ(const struct rig *rig)
{
	size_t i;

	for (i = 0; i < sessions_count(rig->sessions); i++)
		assert_true(has_name(rig, name_of(rig, i)));
}

static const char *log_text(struct rig *rig)
{
	fflush(rig->log_file);
	return rig->log_text;
}

static size_t count_lines(const char *text, const char *part)
{
	size_t count = 0;

	for (text = strstr(text, part); text; text = strstr(text + 1, part))
		count++;
	return count;
}

static void before_the_start_there_are_none(void **state)
{
	const struct session_context context = {0};
	struct rig rig;

	(void)state;
	begin(&rig);
	configure(&rig, "a", "a.etl");
	rig.sessions = sessions_new(&rig.config, &context);
	assert_int_equal(sessions_count(rig.sessions), 0);
	assert_false(sessions_started(rig.sessions));
	end(&rig);
	sessions_free(NULL);
}

static void all_that_are_configured_are_started(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig);
	configure(&rig, "a", "a.etl");
	configure(&rig, "b", "b.etl");
	save(&rig, "a.etl");
	assert_int_equal(start(&rig), 0);
	assert_true(sessions_started(rig.sessions));
	assert_int_equal(sessions_count(rig.sessions), 2);
	assert_string_equal(name_of(&rig, 0), "a");
	assert_string_equal(name_of(&rig, 1), "b");
	sessions_wait(rig.sessions);
	assert_int_equal(session_state(sessions_get(rig.sessions, 0)), SESSION_FINISHED);
	assert_int_equal(session_state(sessions_get(rig.sessions, 1)), SESSION_FAILED);
	end(&rig);
}

static void where_one_cannot_be_started_none_runs(void **state)
{
	static char unknown[] = "unknown";
	struct rig rig;

	(void)state;
	begin(&rig);
	configure(&rig, "a", "a.etl")->follow = true;
	configure(&rig, "b", "b.etl")->source = unknown;
	assert_int_equal(start(&rig), -1);
	assert_string_equal(rig.error.text, "session b: no such source");
	assert_int_equal(sessions_count(rig.sessions), 1);
	assert_int_equal(session_state(sessions_get(rig.sessions, 0)), SESSION_STOPPED);
	assert_false(sessions_started(rig.sessions));
	end(&rig);
}

static void more_than_the_limit_are_not_started(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig);
	rig.config.limits.sessions = 1;
	configure(&rig, "a", "a.etl")->follow = true;
	configure(&rig, "b", "b.etl")->follow = true;
	assert_int_equal(start(&rig), -1);
	assert_non_null(strstr(rig.error.text, "limits.sessions (1)"));
	end(&rig);
}

static void each_file_has_a_session_of_its_own(void **state)
{
	struct session_config *config;
	struct rig rig;

	(void)state;
	begin(&rig);
	save(&rig, "a.etl");
	save(&rig, "b[1].etl");
	config = configure_files(&rig, "pcs", "");
	config->follow = false;
	assert_int_equal(start(&rig), 0);
	sessions_wait(rig.sessions);
	assert_int_equal(sessions_count(rig.sessions), 2);
	assert_true(has_name(&rig, "pcs/a.etl") && has_name(&rig, "pcs/b[1].etl"));
	assert_int_equal(session_state(sessions_get(rig.sessions, 0)), SESSION_FINISHED);
	assert_int_equal(session_state(sessions_get(rig.sessions, 1)), SESSION_FINISHED);
	/* What does not follow stays as it was. */
	save(&rig, "c.etl");
	sessions_look_around(rig.sessions);
	assert_int_equal(sessions_count(rig.sessions), 2);
	end(&rig);
}

static void new_files_get_a_session_when_it_looks_around(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig);
	configure_files(&rig, "pcs", "");
	assert_int_equal(start(&rig), 0);
	assert_int_equal(sessions_count(rig.sessions), 0);
	save(&rig, "a.etl");
	sessions_look_around(rig.sessions);
	sessions_look_around(rig.sessions);
	assert_int_equal(sessions_count(rig.sessions), 1);
	save(&rig, "b.etl");
	sessions_look_around(rig.sessions);
	assert_int_equal(sessions_count(rig.sessions), 2);
	assert_string_equal(name_of(&rig, 0), "pcs/a.etl");
	assert_string_equal(name_of(&rig, 1), "pcs/b.etl");
	end(&rig);
}

static void a_directory_that_is_not_there_yet_is_no_error_where_it_is_followed(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig);
	configure_files(&rig, "pcs", "later/*.etl");
	assert_int_equal(start(&rig), 0);
	scratch_directory(&rig.scratch, "later");
	save(&rig, "later/a.etl");
	sessions_look_around(rig.sessions);
	assert_int_equal(sessions_count(rig.sessions), 1);
	assert_string_equal(log_text(&rig), "");
	end(&rig);
}

static void files_called_the_same_have_names_of_their_own(void **state)
{
	char name[200];
	struct rig rig;

	(void)state;
	begin(&rig);
	scratch_directory(&rig.scratch, "x");
	scratch_directory(&rig.scratch, "y");
	save(&rig, "x/a.etl");
	save(&rig, "y/a.etl");
	configure_files(&rig, "pcs", "*/a.etl");
	assert_int_equal(start(&rig), 0);
	assert_int_equal(sessions_count(rig.sessions), 2);
	snprintf(name, sizeof(name), "pcs/%s", scratch_path(&rig.scratch, "y/a.etl"));
	assert_true(has_name(&rig, "pcs/a.etl") && has_name(&rig, name));
	end(&rig);
}

/* Two sessions of one name would be the same sample twice. */
static void a_files_session_is_not_called_as_a_configured_one(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig);
	save(&rig, "a.etl");
	configure_files(&rig, "pcs", "*.etl");
	configure(&rig, "pcs/a.etl", "other.etl")->follow = true;
	assert_int_equal(start(&rig), 0);
	assert_int_equal(sessions_count(rig.sessions), 2);
	assert_names_differ(&rig);
	end(&rig);
}

/* The counters' label would be cut, health's would not, and two could become one. */
static void names_fit_into_a_label(void **state)
{
	char file[256];
	size_t i;
	struct rig rig;

	(void)state;
	begin(&rig);
	rig.config.limits.label_bytes = 40;
	memset(file, 'x', sizeof(file));
	for (i = 0; i < 12; i++) {
		snprintf(file + 200, sizeof(file) - 200, "%zu.etl", i);
		save(&rig, file);
	}
	rig.config.limits.sessions = 12;
	configure_files(&rig, "pcs", "");
	assert_int_equal(start(&rig), 0);
	assert_int_equal(sessions_count(rig.sessions), 12);
	assert_names_differ(&rig);
	for (i = 0; i < 12; i++)
		assert_true(strlen(name_of(&rig, i)) <= 40);
	assert_true(strncmp(name_of(&rig, 0), "pcs/xxx", 7) == 0);
	end(&rig);
}

static void names_are_not_cut_inside_of_a_letter(void **state)
{
	char file[] = "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9.etl";
	struct rig rig;

	(void)state;
	begin(&rig);
	save(&rig, file);
	rig.config.limits.label_bytes = 11;
	configure_files(&rig, "pcs", "");
	assert_int_equal(start(&rig), 0);
	assert_string_equal(name_of(&rig, 0), "pcs/\xc3\xa9\xc3\xa9~2");
	end(&rig);
}

/* Bytes that are not UTF-8 all look the same on a page. */
static void names_that_are_not_utf8_differ_all_the_same(void **state)
{
	struct rig rig;

	(void)state;
	posix_needs("names that are not text");
	begin(&rig);
	save(&rig, "a\xff.etl");
	save(&rig, "a\xfe.etl");
	save(&rig, "a\xc3.etl");
	configure_files(&rig, "pcs", "");
	assert_int_equal(start(&rig), 0);
	assert_int_equal(sessions_count(rig.sessions), 3);
	assert_names_differ(&rig);
	assert_true(has_name(&rig, "pcs/a?.etl"));
	end(&rig);
}

static void files_beyond_the_limit_are_counted_and_logged_once(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig);
	rig.config.limits.sessions = 2;
	configure_files(&rig, "pcs", "");
	save(&rig, "a.etl");
	save(&rig, "b.etl");
	save(&rig, "c.etl");
	save(&rig, "d.etl");
	assert_int_equal(start(&rig), 0);
	assert_int_equal(sessions_count(rig.sessions), 2);
	assert_int_equal(sessions_refused(rig.sessions), 2);
	sessions_look_around(rig.sessions);
	assert_int_equal(sessions_refused(rig.sessions), 2);
	save(&rig, "e.etl");
	sessions_look_around(rig.sessions);
	assert_int_equal(sessions_refused(rig.sessions), 3);
	assert_int_equal(count_lines(log_text(&rig), "limit of sessions"), 1);
	end(&rig);
}

/* What was refused for good adds to what is refused now. */
static void files_refused_of_all_sessions_add_up(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig);
	rig.config.limits.sessions = 1;
	scratch_directory(&rig.scratch, "once");
	scratch_directory(&rig.scratch, "later");
	save(&rig, "once/a.etl");
	save(&rig, "once/b.etl");
	save(&rig, "once/c.etl");
	configure_files(&rig, "once", "once/*.etl")->follow = false;
	configure_files(&rig, "later", "later/*.etl");
	assert_int_equal(start(&rig), 0);
	assert_int_equal(sessions_refused(rig.sessions), 2);
	save(&rig, "later/a.etl");
	sessions_look_around(rig.sessions);
	assert_int_equal(sessions_refused(rig.sessions), 3);
	end(&rig);
}

static void files_that_the_limit_of_files_keeps_out_are_counted(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig);
	rig.config.limits.files = 1;
	save(&rig, "a.etl");
	save(&rig, "b.etl");
	configure_files(&rig, "pcs", "");
	assert_int_equal(start(&rig), 0);
	assert_int_equal(sessions_count(rig.sessions), 1);
	assert_int_equal(sessions_refused(rig.sessions), 1);
	end(&rig);
}

static void where_one_cannot_be_started_others_go_on_and_it_is_tried_again(void **state)
{
	struct rig rig;
	int i;

	(void)state;
	posix_needs("limit of the threads of a process");
	begin(&rig);
	save(&rig, "a.etl");
	configure_files(&rig, "pcs", "");
	assert_int_equal(start(&rig), 0);
	save(&rig, "b.etl");
	thread_limit_begin(1);
	for (i = 0; i < 3; i++)
		sessions_look_around(rig.sessions);
	thread_limit_end();
	assert_int_equal(sessions_count(rig.sessions), 2);
	assert_false(session_has_ended(sessions_get(rig.sessions, 0)));
	assert_int_equal(session_state(sessions_get(rig.sessions, 1)), SESSION_FAILED);
	assert_int_equal(count_lines(log_text(&rig), "cannot start a thread"), 1);
	sessions_look_around(rig.sessions);
	assert_int_equal(sessions_count(rig.sessions), 2);
	assert_false(session_has_ended(sessions_get(rig.sessions, 1)));
	end(&rig);
}

static void sessions_of_the_same_files_each_have_theirs(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig);
	save(&rig, "a.etl");
	configure_files(&rig, "first", "");
	configure_files(&rig, "second", "*.etl");
	assert_int_equal(start(&rig), 0);
	sessions_look_around(rig.sessions);
	assert_int_equal(sessions_count(rig.sessions), 2);
	assert_true(has_name(&rig, "first/a.etl") && has_name(&rig, "second/a.etl"));
	end(&rig);
}

static void the_stop_ends_them_all(void **state)
{
	size_t i;
	struct rig rig;

	(void)state;
	begin(&rig);
	save(&rig, "a.etl");
	configure(&rig, "follows", "a.etl")->follow = true;
	configure(&rig, "loops", "a.etl")->loop = true;
	configure(&rig, "waits", "none.etl")->loop = true;
	assert_int_equal(start(&rig), 0);
	assert_true(sessions_stop(rig.sessions, PATIENCE_SECONDS));
	assert_true(sessions_stop(rig.sessions, 0));
	for (i = 0; i < 3; i++)
		assert_int_equal(session_state(sessions_get(rig.sessions, i)), SESSION_STOPPED);
	end(&rig);
}

struct onlooker {
	struct sessions *sessions;
	atomic_bool end;
};

/* Looks at all there is while sessions come. */
static void *look_on(void *argument)
{
	struct onlooker *onlooker = argument;
	size_t before = 0;

	while (!atomic_load(&onlooker->end)) {
		size_t count = sessions_count(onlooker->sessions), i;
		struct text text;

		if (count < before)
			abort();
		before = count;
		for (i = 0; i < count; i++)
			if (!session_config(sessions_get(onlooker->sessions, i))->name[0])
				abort();
		text_init(&text, 1 << 20);
		session_metrics_ready(onlooker->sessions, &text);
		text_done(&text);
		sched_yield();
	}
	return NULL;
}

static void others_may_look_while_sessions_come(void **state)
{
	struct onlooker onlooker = {.end = false};
	char name[32];
	pthread_t thread;
	struct rig rig;
	int i;

	(void)state;
	begin(&rig);
	rig.config.limits.sessions = 20;
	configure_files(&rig, "pcs", "");
	assert_int_equal(start(&rig), 0);
	onlooker.sessions = rig.sessions;
	assert_int_equal(pthread_create(&thread, NULL, look_on, &onlooker), 0);
	for (i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "%d.etl", i);
		save(&rig, name);
		sessions_look_around(rig.sessions);
	}
	atomic_store(&onlooker.end, true);
	pthread_join(thread, NULL);
	assert_int_equal(sessions_count(rig.sessions), 20);
	end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(before_the_start_there_are_none),
		cmocka_unit_test(all_that_are_configured_are_started),
		cmocka_unit_test(where_one_cannot_be_started_none_runs),
		cmocka_unit_test(more_than_the_limit_are_not_started),
		cmocka_unit_test(each_file_has_a_session_of_its_own),
		cmocka_unit_test(new_files_get_a_session_when_it_looks_around),
		cmocka_unit_test(
			a_directory_that_is_not_there_yet_is_no_error_where_it_is_followed),
		cmocka_unit_test(files_called_the_same_have_names_of_their_own),
		cmocka_unit_test(a_files_session_is_not_called_as_a_configured_one),
		cmocka_unit_test(names_fit_into_a_label),
		cmocka_unit_test(names_are_not_cut_inside_of_a_letter),
		cmocka_unit_test(names_that_are_not_utf8_differ_all_the_same),
		cmocka_unit_test(files_beyond_the_limit_are_counted_and_logged_once),
		cmocka_unit_test(files_refused_of_all_sessions_add_up),
		cmocka_unit_test(files_that_the_limit_of_files_keeps_out_are_counted),
		cmocka_unit_test(where_one_cannot_be_started_others_go_on_and_it_is_tried_again),
		cmocka_unit_test(sessions_of_the_same_files_each_have_theirs),
		cmocka_unit_test(the_stop_ends_them_all),
		cmocka_unit_test(others_may_look_while_sessions_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
