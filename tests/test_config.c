#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "config/config.h"
#include "config/keys.h"
#include "tests/support/posix.h"
#include "tests/support/scratch.h"

/* A configuration in a directory of its own, and what was said about it. */
struct fixture {
	struct scratch scratch;
	struct problems problems;
	struct config *config;
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

static void load(struct fixture *fixture, const char *text)
{
	char path[4096];

	strcpy(path, scratch_file(&fixture->scratch, "c.yml", text));
	fixture->config = config_load(path, &fixture->problems);
}

/* The configuration is refused for this alone. */
static void assert_refused(const struct fixture *fixture, size_t line, size_t column,
			   const char *part)
{
	const struct problem *problem = fixture->problems.list;

	assert_int_equal(fixture->problems.count, 1);
	assert_int_equal(fixture->problems.errors, 1);
	if (!strstr(problem->text, part))
		fail_msg("\"%s\" is not in: %s", part, problem->text);
	assert_int_equal(problem->line, line);
	assert_int_equal(problem->column, column);
}

static void assert_warned(const struct fixture *fixture, size_t line, size_t column,
			  const char *part)
{
	const struct problem *problem = fixture->problems.list;

	assert_non_null(fixture->config);
	assert_int_equal(fixture->problems.count, 1);
	assert_true(problem->warning);
	if (!strstr(problem->text, part))
		fail_msg("\"%s\" is not in: %s", part, problem->text);
	assert_int_equal(problem->line, line);
	assert_int_equal(problem->column, column);
}

static struct config *parse(struct fixture *fixture, const char *text)
{
	fixture->config = config_parse_text("c.yml", text, strlen(text), &fixture->problems);
	if (fixture->problems.count)
		fail_msg("%s", fixture->problems.list[0].text);
	return fixture->config;
}

static void what_is_left_away_has_its_default(void **state)
{
	const struct config *config = parse(*state, "sessions: [{name: a, path: b.etl}]\n");
	const struct session_config *session = &config->sessions[0];

	assert_string_equal(config->file, "c.yml");
	assert_int_equal(config->session_count, 1);
	assert_string_equal(session->name, "a");
	assert_string_equal(session->source, "etl");
	assert_int_equal(session->path_count, 1);
	assert_string_equal(session->paths[0], "b.etl");
	assert_false(session->follow);
	assert_int_equal(session->poll_ns, 1000000000);
	assert_int_equal(session->pace, PACE_FAST);
	assert_false(session->loop);
	assert_false(session->per_file);
	assert_int_equal(session->queue_bytes, 8 << 20);
	assert_int_equal(config->limits.series, 100000);
	assert_int_equal(config->limits.event_types, 65536);
	assert_int_equal(config->limits.files, 65536);
	assert_int_equal(config->limits.sessions, 64);
	assert_int_equal(config->limits.label_bytes, 128);
}

static void what_is_said_replaces_the_default(void **state)
{
	const struct config *config = parse(
		*state, "limits:\n"
			"  series: 1\n"
			"  event_types: 2\n"
			"  files: 3\n"
			"  sessions: 4\n"
			"  label_bytes: 50\n"
			"sessions:\n"
			"  - {name: a, source: etl, path: [b, c], pace: recorded, loop: true,\n"
			"     per_file: true, queue: 64KiB}\n"
			"  - {name: d, path: e, follow: true, poll: 1m30s}\n");
	const struct session_config *sessions = config->sessions;

	assert_int_equal(config->limits.series, 1);
	assert_int_equal(config->limits.event_types, 2);
	assert_int_equal(config->limits.files, 3);
	assert_int_equal(config->limits.sessions, 4);
	assert_int_equal(config->limits.label_bytes, 50);
	assert_int_equal(sessions[0].path_count, 2);
	assert_string_equal(sessions[0].paths[1], "c");
	assert_int_equal(sessions[0].pace, PACE_RECORDED);
	assert_true(sessions[0].loop);
	assert_true(sessions[0].per_file);
	assert_int_equal(sessions[0].queue_bytes, 65536);
	assert_true(sessions[1].follow);
	assert_int_equal(sessions[1].poll_ns, 90000000000);
}

static void a_number_can_be_a_name_and_a_path(void **state)
{
	const struct config *config = parse(*state, "sessions: [{name: 2024, path: 7}]");

	assert_string_equal(config->sessions[0].name, "2024");
	assert_string_equal(config->sessions[0].paths[0], "7");
}

static void null_in_quotes_or_tagged_is_a_string(void **state)
{
	const struct config *config = parse(*state, "sessions: [{name: \"null\", path: !!str ~}]");

	assert_string_equal(config->sessions[0].name, "null");
	assert_string_equal(config->sessions[0].paths[0], "~");
}

static void an_alias_stands_for_its_value(void **state)
{
	const struct config *config = parse(*state, "sessions:\n"
						    "- {name: a, path: &p [x, y], queue: &q 1MiB}\n"
						    "- {name: b, path: *p, queue: *q}\n");

	assert_int_equal(config->sessions[1].path_count, 2);
	assert_string_equal(config->sessions[1].paths[1], "y");
	assert_int_equal(config->sessions[1].queue_bytes, 1 << 20);
}

static void windows_line_ends_and_a_byte_order_mark_do_no_harm(void **state)
{
	const struct config *config =
		parse(*state, "\xef\xbb\xbfsessions:\r\n- name: a\r\n  path: b\r\n");

	assert_string_equal(config->sessions[0].name, "a");
	assert_string_equal(config->sessions[0].paths[0], "b");
}

static void the_hash_is_fnv_1a_of_the_bytes(void **state)
{
	const char text[] = "sessions: [{name: a, path: b}]";
	uint64_t hash = 14695981039346656037u;
	const char *at;

	for (at = text; *at; at++)
		hash = (hash ^ (unsigned char)*at) * 1099511628211u;
	assert_true(parse(*state, text)->hash == hash);
}

static void relative_paths_begin_at_the_files_folder(void **state)
{
	struct fixture *fixture = *state;
	const struct session_config *session;

	scratch_file(&fixture->scratch, "a.etl", "");
	load(fixture, "sessions: [{name: a, path: [a.etl, ./a.etl, '*.etl', /dev/null,\n"
		      "                             builtin:demo, \"-\"]}]");
	assert_non_null(fixture->config);
	session = &fixture->config->sessions[0];
	assert_string_equal(session->paths[0], scratch_path(&fixture->scratch, "a.etl"));
	assert_string_equal(session->paths[1], scratch_path(&fixture->scratch, "./a.etl"));
	assert_string_equal(session->paths[2], scratch_path(&fixture->scratch, "*.etl"));
	assert_string_equal(session->paths[3], "/dev/null");
	assert_string_equal(session->paths[4], "builtin:demo");
	assert_string_equal(session->paths[5], "-");
}

static void glob_characters_in_the_files_folder_mean_themselves(void **state)
{
	struct fixture *fixture = *state;
	char path[4096];

	posix_needs("names with * and ?");
	scratch_directory(&fixture->scratch, "[x]*?");
	scratch_file(&fixture->scratch, "[x]*?/a.etl", "");
	strcpy(path, scratch_file(&fixture->scratch, "[x]*?/c.yml",
				  "sessions: [{name: a, path: [a.etl, '*.etl', .]}]"));
	fixture->config = config_load(path, &fixture->problems);
	assert_int_equal(fixture->problems.count, 0);
	assert_non_null(fixture->config);
}

static void a_missing_file_is_refused_where_it_is_named(void **state)
{
	load(*state, "sessions:\n- name: a\n  path: [/dev/null, b.etl]\n");
	assert_refused(*state, 3, 21, "b.etl\": No such file or directory");
}

static void an_unreadable_file_is_refused_where_it_is_named(void **state)
{
	struct fixture *fixture = *state;
	char path[4096];

	scratch_file(&fixture->scratch, "a.etl", "");
	scratch_file(&fixture->scratch, "b.etl", "");
	strcpy(path,
	       scratch_file(&fixture->scratch, "c.yml", "sessions: [{name: a, path: '*.etl'}]"));
	scratch_close(&fixture->scratch, "b.etl");
	fixture->config = config_load(path, &fixture->problems);
	scratch_open(&fixture->scratch, "b.etl");
	assert_refused(fixture, 1, 28, "b.etl\": Permission denied");
}

static void a_glob_that_matches_nothing_is_refused(void **state)
{
	load(*state, "sessions: [{name: a, path: '*.etl'}]");
	assert_refused(*state, 1, 28, "*.etl\"; for files that come later say follow: true");
}

static void a_directory_without_recordings_is_refused(void **state)
{
	load(*state, "sessions: [{name: a, path: .}]");
	assert_refused(*state, 1, 28,
		       "/.\" holds no .etl file; for files that come later say follow");
}

static void a_session_that_follows_can_wait_for_its_files(void **state)
{
	struct fixture *fixture = *state;

	load(fixture, "sessions: [{name: a, follow: true, path: ['*.etl', ., b.etl]}]");
	assert_non_null(fixture->config);
	assert_int_equal(fixture->problems.count, 0);
}

static void a_missing_folder_to_follow_is_warned_of(void **state)
{
	load(*state, "sessions: [{name: a, follow: true, path: 'spol/*.etl'}]");
	assert_warned(*state, 1, 42, "spol/\" yet: No such file or directory");
}

static void files_beyond_the_limit_are_warned_of(void **state)
{
	struct fixture *fixture = *state;

	scratch_file(&fixture->scratch, "a.etl", "");
	scratch_file(&fixture->scratch, "b.etl", "");
	load(fixture, "limits: {files: 1}\nsessions: [{name: a, path: .}]");
	assert_warned(fixture, 2, 28, "means 2 files, limits.files lets 1 be read");
}

static void where_sessions_do_not_run_their_files_need_not_be_there(void **state)
{
	struct fixture *fixture = *state;
	char path[4096];

	strcpy(path,
	       scratch_file(&fixture->scratch, "c.yml",
			    "sessions:\n"
			    "  - {name: a, path: [none.etl, '~/*.etl', '$HOME/'], loop: true}\n"
			    "manifests: none.man\n"
			    "metrics: 1\n"));
	fixture->config = config_load_rules(path, &fixture->problems);
	assert_int_equal(fixture->problems.count, 2);
	assert_int_equal(fixture->problems.errors, 2);
	assert_int_equal(fixture->problems.list[0].line, 3);
	assert_int_equal(fixture->problems.list[1].line, 4);
	assert_string_equal(fixture->config->sessions[0].name, "a");
}

static void where_sessions_do_not_run_what_they_say_is_checked(void **state)
{
	struct fixture *fixture = *state;
	char path[4096];

	strcpy(path, scratch_file(&fixture->scratch, "c.yml",
				  "sessions: [{name: a, path: none.etl, queue: much}]\n"));
	fixture->config = config_load_rules(path, &fixture->problems);
	assert_refused(fixture, 1, 45, "much");
}

static void config_parse_looks_at_the_disk(void **state)
{
	struct fixture *fixture = *state;
	const char text[] = "sessions: [{name: a, path: /nowhere/a.etl}]";

	fixture->config = config_parse("c.yml", text, strlen(text), &fixture->problems);
	assert_refused(fixture, 1, 28, "No such file or directory");
}

static void a_configuration_that_is_not_there_is_one_problem_of_the_file(void **state)
{
	struct fixture *fixture = *state;
	char path[4096];

	strcpy(path, scratch_path(&fixture->scratch, "none.yml"));
	fixture->config = config_load(path, &fixture->problems);
	assert_refused(fixture, 0, 0, "cannot read the configuration: No such file or directory");
	assert_string_equal(fixture->problems.list[0].file, path);
}

static void an_empty_file_is_said_to_be_empty(void **state)
{
	load(*state, "");
	assert_refused(*state, 0, 0, "the file is empty");
}

static void a_configuration_that_cannot_be_read_is_refused(void **state)
{
	struct fixture *fixture = *state;
	char path[4096];

	strcpy(path, scratch_file(&fixture->scratch, "c.yml", "sessions: []"));
	scratch_close(&fixture->scratch, "c.yml");
	fixture->config = config_load(path, &fixture->problems);
	scratch_open(&fixture->scratch, "c.yml");
	assert_refused(fixture, 0, 0, "Permission denied");
}

static void a_directory_is_no_configuration(void **state)
{
	struct fixture *fixture = *state;

	fixture->config = config_load(fixture->scratch.directory, &fixture->problems);
	assert_refused(fixture, 0, 0, "Is a directory");
}

/* A session and a comment, `length` bytes in all. */
static char *padded(size_t length)
{
	static const char text[] = "sessions: [{name: a, path: /dev/null}] #";
	char *made = malloc(length + 1);

	memset(made, 'x', length);
	memcpy(made, text, strlen(text));
	made[length] = '\0';
	return made;
}

static void a_file_may_have_4_mib_and_not_a_byte_more(void **state)
{
	struct fixture *fixture = *state;
	char *text = padded((4 << 20) + 1);

	load(fixture, text);
	assert_refused(fixture, 0, 0, "larger than 4MiB");
	problems_done(&fixture->problems);
	config_free(fixture->config);
	text[4 << 20] = '\0';
	load(fixture, text);
	assert_non_null(fixture->config);
	free(text);
}

static char *read_text(const char *path)
{
	FILE *file = fopen(path, "rb");
	char *text = calloc(1, 65536);

	assert_non_null(file);
	assert_true(fread(text, 1, 65535, file) > 0);
	fclose(file);
	return text;
}

static void the_examples_are_without_problems(void **state)
{
	static const char *const examples[] = {"minimal", "replay-folder", "all-keys", "rules"};
	struct fixture *fixture = *state;
	char path[64], *text;
	size_t i;

	for (i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "config/examples/%s.yml", examples[i]);
		text = read_text(path);
		config_free(parse(fixture, text));
		fixture->config = NULL;
		free(text);
	}
}

static void assert_names_all(const char *text, const struct key_table *table)
{
	char name[64];
	size_t i;

	for (i = 0; i < table->count; i++) {
		snprintf(name, sizeof(name), "%s:", table->keys[i].name);
		if (!strstr(text, name))
			fail_msg("%s is not in the example", name);
		if (!table->keys[i].fallback)
			continue;
		snprintf(name, sizeof(name), "%s: %s", table->keys[i].name,
			 table->keys[i].fallback);
		if (!strstr(text, name))
			fail_msg("the example has another default than %s", name);
	}
}

static void the_example_with_every_key_has_every_key_with_its_default(void **state)
{
	static const struct key_table *const tables[] = {
		&config_keys,	     &included_keys,	   &session_keys,
		&limits_keys,	     &rule_keys,	   &match_keys,
		&baseline_keys,	     &condition_keys,	   &label_keys,
		&value_keys,	     &pair_keys,	   &pair_key_keys,
		&regex_keys,	     &exponential_keys,	   &linear_keys,
		&native_keys,	     &buckets_keys,	   &tracefs_session_keys,
		&trace_buffers_keys, &trace_provider_keys, &uprobe_keys,
		&kprobe_keys,	     &etw_session_keys,	   &etw_buffers_keys,
		&etw_provider_keys,
	};
	char *text = read_text("config/examples/all-keys.yml");
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		assert_names_all(text, tables[i]);
	free(text);
}

static uint64_t rules_hash(const char *text)
{
	struct problems problems;
	struct config *config;
	uint64_t hash;

	problems_init(&problems);
	config = config_parse_text("c.yml", text, strlen(text), &problems);
	assert_non_null(config);
	hash = config_rules_hash(config);
	config_free(config);
	problems_done(&problems);
	return hash;
}

#define HASHED(sessions, help, limits)                                    \
	"sessions: [" sessions "]\nmetrics: [{name: a_total, help: " help \
	", type: counter, match: {provider: P}}]\nlimits: {" limits "}\n"

static void the_rules_hash_is_of_what_counts(void **state)
{
	uint64_t hash = rules_hash(HASHED("{name: a, path: b}", "H.", ""));

	(void)state;
	assert_true(hash ==
		    rules_hash(HASHED("{name: c, path: d}", "  H.  ", "files: 7") "# so\n"));
	assert_true(hash != rules_hash(HASHED("{name: a, path: b}", "I.", "")));
	assert_true(hash != rules_hash(HASHED("{name: a, path: b}", "H.", "series: 7")));
}

static void a_baseline_is_a_path_of_its_file(void **state)
{
	struct fixture *fixture = *state;
	char path[4200];

	load(fixture, "sessions: [{name: a, path: '-'}]\nbaseline: {file: base.json}\n");
	assert_int_equal(fixture->problems.count, 0);
	snprintf(path, sizeof(path), "%s/base.json", fixture->scratch.directory);
	assert_string_equal(fixture->config->baseline_file, path);
}

static void a_baseline_needs_its_file(void **state)
{
	struct fixture *fixture = *state;

	load(fixture, "sessions: [{name: a, path: '-'}]\nbaseline: {}\n");
	assert_refused(fixture, 2, 11, "file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
		WITH(what_is_left_away_has_its_default),
		WITH(what_is_said_replaces_the_default),
		WITH(a_number_can_be_a_name_and_a_path),
		WITH(null_in_quotes_or_tagged_is_a_string),
		WITH(an_alias_stands_for_its_value),
		WITH(windows_line_ends_and_a_byte_order_mark_do_no_harm),
		WITH(the_hash_is_fnv_1a_of_the_bytes),
		cmocka_unit_test(the_rules_hash_is_of_what_counts),
		WITH(a_baseline_is_a_path_of_its_file),
		WITH(a_baseline_needs_its_file),
		WITH(relative_paths_begin_at_the_files_folder),
		WITH(glob_characters_in_the_files_folder_mean_themselves),
		WITH(a_missing_file_is_refused_where_it_is_named),
		WITH(an_unreadable_file_is_refused_where_it_is_named),
		WITH(a_glob_that_matches_nothing_is_refused),
		WITH(a_directory_without_recordings_is_refused),
		WITH(a_session_that_follows_can_wait_for_its_files),
		WITH(a_missing_folder_to_follow_is_warned_of),
		WITH(files_beyond_the_limit_are_warned_of),
		WITH(where_sessions_do_not_run_their_files_need_not_be_there),
		WITH(where_sessions_do_not_run_what_they_say_is_checked),
		WITH(config_parse_looks_at_the_disk),
		WITH(a_configuration_that_is_not_there_is_one_problem_of_the_file),
		WITH(an_empty_file_is_said_to_be_empty),
		WITH(a_configuration_that_cannot_be_read_is_refused),
		WITH(a_directory_is_no_configuration),
		WITH(a_file_may_have_4_mib_and_not_a_byte_more),
		WITH(the_examples_are_without_problems),
		cmocka_unit_test(the_example_with_every_key_has_every_key_with_its_default),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
