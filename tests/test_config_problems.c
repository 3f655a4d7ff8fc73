#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"
#include "config/path_form.h"
#include "tests/support/config_check.h"
#include "tests/support/posix.h"

/* In a session that is all right otherwise, as its third key, in line 3. */
#define CHECK_KEY(key, ...)   CHECK("sessions:\n- name: a\n  " key "\n  path: x\n", __VA_ARGS__)
#define CHECK_PATH(path, ...) CHECK("sessions:\n- name: a\n  path: " path "\n", __VA_ARGS__)
#define CHECK_LIMIT(limit, ...) \
	CHECK("limits: {" limit "}\nsessions: [{name: a, path: x}]\n", __VA_ARGS__)

static void an_unknown_key_near_a_known_one_has_that_as_a_hint(void **state)
{
	(void)state;
	CHECK_KEY("pth: y", "3:3: unknown key \"pth\"; did you mean \"path\"?");
	CHECK_KEY("perfile: true", "3:3: unknown key \"perfile\"; did you mean \"per_file\"?");
	CHECK_KEY("Per-File: true", "3:3: unknown key \"Per-File\"; did you mean \"per_file\"?");
	CHECK_KEY("lopo: true", "3:3: unknown key \"lopo\"; did you mean \"loop\"?");
	CHECK_KEY("quueu: 1", "3:3: unknown key \"quueu\"; did you mean \"queue\"?");
	CHECK_LIMIT("sesions: 3", "1:10: unknown key \"sesions\"; did you mean \"sessions\"?");
}

static void an_unknown_key_like_no_other_has_the_known_keys_listed(void **state)
{
	(void)state;
	CHECK_KEY("colour: red",
		  "3:3: unknown key \"colour\"; the keys of a session are name, source, path, "
		  "follow, poll, pace, loop, per_file and queue");
	CHECK_LIMIT("x: 3", "1:10: unknown key \"x\"; the keys of limits are series, event_types, "
			    "files, sessions and label_bytes");
}

static void an_unknown_key_is_shown_without_what_cannot_be_shown(void **state)
{
	(void)state;
	CHECK("{sessions: [{name: a, path: b}], \"\\e[31m\\0\\x9b\xc3\xa9\\\"\": 1}",
	      "1:34: unknown key \"\\x1b[31m\\x00\\xc2\\x9b\xc3\xa9\"\"; the keys of the "
	      "configuration are sessions, user, limits, baseline, metrics, include and manifests");
	CHECK("{sessions: [{name: a, path: b}], \"path\\0\": 1}",
	      "1:34: unknown key \"path\\x00\"; the keys of the configuration are sessions, "
	      "user, limits, baseline, metrics, include and manifests");
}

static void a_key_given_twice_names_the_first(void **state)
{
	(void)state;
	CHECK_KEY("path: y", "4:3: key \"path\" is given twice; the first is in line 3");
}

static void a_key_that_is_no_string_is_refused(void **state)
{
	(void)state;
	CHECK_KEY("[a]: y", "3:3: a key of a session must be a string, not a list");
	CHECK_KEY("? {a: b}\n  : y", "3:5: a key of a session must be a string, not a mapping");
}

static void problems_of_what_is_merged_are_at_its_place(void **state)
{
	(void)state;
	CHECK_KEY("<<: {pth: y}", "3:8: unknown key \"pth\"; did you mean \"path\"?");
	CHECK_KEY("<<: {loop: 3}", "3:14: loop must be true or false, not \"3\"");
	CHECK_KEY("<<: {loop: true, loop: true}",
		  "3:20: key \"loop\" is given twice; the first is in line 3");
	CHECK_KEY("'<<': {}",
		  "3:3: unknown key \"<<\"; the keys of a session are name, source, path, "
		  "follow, poll, pace, loop, per_file and queue");
}

static void a_missing_key_is_named(void **state)
{
	(void)state;
	CHECK("sessions:\n- pace: fast\n", "2:3: a session needs the key \"name\"",
	      "2:3: a session needs the key \"path\"");
	CHECK("limits: {}\n", "1:1: the configuration needs the key \"sessions\"");
}

static void a_wrong_type_says_what_is_wanted_and_what_is_there(void **state)
{
	(void)state;
	CHECK("[1]",
	      "1:1: the configuration must be a mapping with the keys sessions, user, limits, "
	      "baseline, "
	      "metrics, include and manifests, "
	      "not a list");
	CHECK("sessions: {}", "1:11: sessions must be a list, each session beginning with \"- "
			      "name:\", not a mapping");
	CHECK("sessions:\n", "1:10: sessions must be a list, each session beginning with \"- "
			     "name:\", not empty");
	CHECK("sessions: [a]",
	      "1:12: a session must be a mapping with the keys name, source, path, follow, poll, "
	      "pace, loop, per_file and queue, not \"a\"");
	CHECK("sessions: [{name: [a], path: x}]", "1:19: name must be a string, not a list");
	CHECK("sessions: [{name: ~, path: x}]", "1:19: name must be a string, not empty");
	CHECK_PATH("{a: b}", "3:9: path must be a string or a list of strings, not a mapping");
	CHECK_PATH("[x, [y]]", "3:13: path must be a string or a list of strings, not a list");
	CHECK_PATH("[x, ~]", "3:13: path must be a string or a list of strings, not empty");
	CHECK_PATH("null", "3:9: path must be a string or a list of strings, not empty");
	CHECK("limits: 5\nsessions: [{name: a, path: x}]",
	      "1:9: limits must be a mapping with the keys series, event_types, files, sessions "
	      "and label_bytes, not \"5\"");
	CHECK_KEY("loop: {}", "3:9: loop must be true or false, not a mapping");
	CHECK_KEY("queue: []",
		  "3:10: queue must be a size such as 8MiB, 512KiB or 100MB, not a list");
}

static void lists_have_at_least_one_entry(void **state)
{
	(void)state;
	CHECK("sessions: []", "1:11: sessions must have from 1 to 10000 entries, not 0");
	CHECK_PATH("[]", "3:9: path must have from 1 to 10000 entries, not 0");
}

static void a_name_has_1_to_200_bytes(void **state)
{
	char text[512];

	(void)state;
	CHECK("sessions: [{name: '', path: x}]", "1:19: name must have from 1 to 200 bytes, not 0");
	snprintf(text, sizeof(text),
		 "limits: {label_bytes: 200}\nsessions: [{path: x, name: %0200d}]", 1);
	CHECK(text, NULL);
	snprintf(text, sizeof(text), "sessions: [{path: x, name: %0201d}]", 1);
	CHECK(text, "1:28: name must have from 1 to 200 bytes, not 201");
}

static void a_name_has_no_control_characters(void **state)
{
	(void)state;
	CHECK("sessions: [{name: \"a\\tb\", path: x}]",
	      "1:19: name must be without control characters, not \"a\\x09b\"");
	CHECK("sessions: [{name: \"a\\0\", path: x}]",
	      "1:19: name must be without control characters, not \"a\\x00\"");
	CHECK("sessions: [{name: \"a\\N\", path: x}]",
	      "1:19: name must be without control characters, not \"a\\xc2\\x85\"");
}

static void a_name_that_labels_would_cut_is_warned_of(void **state)
{
	(void)state;
	CHECK("limits: {label_bytes: 8}\nsessions: [{name: 123456789, path: x}]",
	      "2:19: warning: name has 9 bytes, limits.label_bytes lets 8 be seen in labels; "
	      "shorten one or raise the other");
}

static void two_sessions_with_one_name_are_refused(void **state)
{
	(void)state;
	CHECK("sessions:\n- {name: a, path: x}\n- {name: b, path: x}\n- {name: 'a', path: y}\n",
	      "4:10: two sessions have the name \"a\", the first in line 2; each needs its own");
	CHECK("sessions:\n- &s {name: a, path: x}\n- *s\n",
	      "2:13: two sessions have the name \"a\", the first in line 2; each needs its own");
}

static void a_path_has_1_to_4095_bytes_and_no_zero(void **state)
{
	char text[8192];

	(void)state;
	CHECK_PATH("''", "3:9: path must have from 1 to 4095 bytes, none of them zero, not \"\"");
	CHECK_PATH("\"a\\0b\"", "3:9: path must have from 1 to 4095 bytes, none of them zero, not "
				"\"a\\x00b\"");
	snprintf(text, sizeof(text), "sessions: [{name: a, path: %04095d}]", 1);
	CHECK(text, NULL);
}

static void a_word_that_is_no_choice_has_the_choices_listed(void **state)
{
	(void)state;
	CHECK_KEY("pace: slow", "3:9: pace must be fast or recorded, not \"slow\"");
	CHECK_KEY("pace: ", "3:8: pace must be fast or recorded, not empty");
	CHECK_KEY("source: evtx", "3:11: source must be etl or tracefs or etw, not \"evtx\"");
}

static void only_true_and_false_are_booleans(void **state)
{
	(void)state;
	CHECK_KEY("per_file: True", NULL);
	CHECK_KEY("per_file: FALSE", NULL);
	CHECK_KEY("per_file: yes", "3:13: per_file must be true or false, not \"yes\"; write true");
	CHECK_KEY("per_file: On", "3:13: per_file must be true or false, not \"On\"; write true");
	CHECK_KEY("per_file: no", "3:13: per_file must be true or false, not \"no\"; write false");
	CHECK_KEY("per_file: OFF",
		  "3:13: per_file must be true or false, not \"OFF\"; write false");
	CHECK_KEY("per_file: 1", "3:13: per_file must be true or false, not \"1\"");
	CHECK_KEY("per_file: tRUE", "3:13: per_file must be true or false, not \"tRUE\"");
	CHECK_KEY("per_file: 'false'",
		  "3:13: per_file must be true or false without quotes, not \"false\"");
	CHECK_KEY("per_file: 'true'",
		  "3:13: per_file must be true or false without quotes, not \"true\"");
}

static void a_duration_is_checked(void **state)
{
	(void)state;
	CHECK_KEY("follow: true\n  poll: 10ms", NULL);
	CHECK_KEY("follow: true\n  poll: \"1h\"", NULL);
	CHECK_KEY("poll: 9.999ms", "3:9: poll must be from 10ms to 1h, not \"9.999ms\"");
	CHECK_KEY("poll: 1h1ns", "3:9: poll must be from 10ms to 1h, not \"1h1ns\"");
	CHECK_KEY("poll: 5", "3:9: poll needs a unit, not \"5\"; add s if that is meant, or one of "
			     "ns, us, ms, s, m and h");
	CHECK_KEY("poll: 2d",
		  "3:9: poll has an unknown unit, \"d\"; units are ns, us, ms, s, m and h");
	CHECK_KEY("poll: 1s1m",
		  "3:9: poll must be a duration such as 5s, 500ms or 1m30s, not \"1s1m\"");
	CHECK_KEY("poll: -1s",
		  "3:9: poll must be a duration such as 5s, 500ms or 1m30s, not \"-1s\"");
	CHECK_KEY("poll: \"1s\\0\"",
		  "3:9: poll must be a duration such as 5s, 500ms or 1m30s, not \"1s\\x00\"");
}

static void a_size_is_checked(void **state)
{
	(void)state;
	CHECK_KEY("queue: 65536", NULL);
	CHECK_KEY("queue: 4GiB", NULL);
	CHECK_KEY("queue: 65535", "3:10: queue must be from 64KiB to 4GiB, not \"65535\"");
	CHECK_KEY("queue: 4294967297B",
		  "3:10: queue must be from 64KiB to 4GiB, not \"4294967297B\"");
	CHECK_KEY("queue: 8M", "3:10: queue has an unknown unit, \"M\"; units are B, kB, MB and GB "
			       "(powers of 1000), KiB, MiB and GiB (powers of 1024)");
	CHECK_KEY("queue: 8 MiB",
		  "3:10: queue must be a size such as 8MiB, 512KiB or 100MB, not \"8 MiB\"");
}

static void a_limit_is_checked(void **state)
{
	(void)state;
	CHECK_LIMIT("series: 10000000", NULL);
	CHECK_LIMIT("series: 0",
		    "1:18: series must be a whole number from 1 to 10000000, not \"0\"");
	CHECK_LIMIT("series: 10000001",
		    "1:18: series must be a whole number from 1 to 10000000, not \"10000001\"");
	CHECK_LIMIT("files: 1_000",
		    "1:17: files must be a whole number from 1 to 10000000, not \"1_000\"");
	CHECK_LIMIT("event_types: 0x10",
		    "1:23: event_types must be a whole number from 1 to 10000000, not \"0x10\"");
	CHECK_LIMIT("label_bytes: '64'",
		    "1:23: label_bytes must be a whole number from 8 to 65536, not \"64\"");
	CHECK_LIMIT("sessions: 1.5",
		    "1:20: sessions must be a whole number from 1 to 10000, not \"1.5\"");
}

static void more_sessions_than_the_limit_are_refused(void **state)
{
	(void)state;
	CHECK("sessions: [{name: a, path: x}, {name: b, path: x, per_file: true},\n"
	      "{name: c, path: x}, {name: d, path: x}]\n"
	      "limits: {sessions: 2}",
	      "2:21: the session is one more than limits.sessions (2) allows; raise it");
}

static void what_cannot_be_followed_is_refused(void **state)
{
	(void)state;
	CHECK_KEY("follow: true\n  loop: true",
		  "4:9: loop makes no sense with follow: files that are followed have no end to "
		  "begin again from; leave one of them away");
	CHECK_KEY("follow: true\n  pace: recorded",
		  "4:9: pace: recorded makes no sense with follow: files that are followed are "
		  "read as they are written; leave one of them away");
	CHECK_PATH("[x, \"-\"]\n  follow: true",
		   "3:13: \"-\" (standard input) cannot be followed: it is read until it ends "
		   "anyway; leave follow away");
	CHECK_PATH("builtin:demo\n  follow: true",
		   "3:9: a recording that is built in cannot be followed: it does not grow; leave "
		   "follow away");
	CHECK_KEY("follow: true\n  loop: false\n  pace: fast", NULL);
}

static void standard_input_has_one_reader_and_no_second_time(void **state)
{
	(void)state;
	CHECK_PATH("'-'", NULL);
	CHECK_PATH("'-'\n- {name: b, path: [x, '-']}",
		   "4:23: \"-\" (standard input) can be read once; it is in line 3 already");
	CHECK_PATH("'-'\n  loop: true\n  pace: recorded",
		   "3:9: \"-\" (standard input) cannot be read again: leave loop away, or name a "
		   "file");
	CHECK_PATH("'-'\n  per_file: true",
		   "3:9: \"-\" (standard input) has no name for a session of its own: leave "
		   "per_file away");
	CHECK_PATH("-", "3:9: block sequence entries are not allowed in this context; for "
			"standard input write \"-\", with the quotes");
}

static void what_is_probably_not_meant_is_warned_of(void **state)
{
	(void)state;
	CHECK_KEY("poll: 5s", "3:9: warning: poll has no effect without follow: true");
	CHECK_KEY("loop: true", "3:9: warning: loop with pace: fast keeps a processor busy for "
				"ever; pace: recorded does not");
	CHECK_PATH("[x,\n y, x]",
		   "4:5: warning: the path \"x\" is in line 3, too; it is read once");
	CHECK_PATH("~/x", "3:9: warning: the \"~\" in \"~/x\" is not expanded; write the home "
			  "directory");
	CHECK_PATH("/a/${B}/c", "3:9: warning: variables as in \"/a/${B}/c\" are not expanded; "
				"write the value");
	CHECK_PATH("'%TEMP%/c'", "3:9: warning: variables as in \"%TEMP%/c\" are not expanded; "
				 "write the value");
	CHECK_PATH("a/**/b", "3:9: warning: \"**\" in \"a/**/b\" does not reach into "
			     "subdirectories; write \"*/*\" for one level of them");
	CHECK_PATH("a\\b", strchr(path_separators, '\\')
				   ? NULL
				   : "3:9: warning: \"\\\" in \"a\\b\" does not separate "
				     "directories; write \"/\"");
	CHECK_PATH("/mnt/C$/full%.etl", NULL);
}

static void an_error_keeps_what_may_only_follow_from_it_quiet(void **state)
{
	(void)state;
	CHECK_KEY("follow: yes\n  poll: 5s",
		  "3:11: follow must be true or false, not \"yes\"; write true");
}

static void an_empty_file_is_one_problem_of_the_file(void **state)
{
	static const char *const texts[] = {"", "\n", "# nothing\n", "---\n", "~", "\xef\xbb\xbf"};
	size_t i;

	(void)state;
	for (i = 0; i < 6; i++)
		CHECK(texts[i], "0:0: the file is empty; it needs the key \"sessions\"");
}

static void a_second_document_is_refused_and_the_first_looked_at(void **state)
{
	(void)state;
	CHECK("sessions: [{name: a, path: x, loop: 5}]\n---\nfoo: [\n",
	      "1:37: loop must be true or false, not \"5\"",
	      "2:1: a second document begins here; the file must hold one");
}

static void what_is_not_utf_8_is_refused(void **state)
{
	(void)state;
	CHECK("a: \xc3\xa9\nb: \xc3\xa9\xff\n",
	      "2:5: the byte 0xff is not UTF-8; save the file as UTF-8");
	CHECK("\xed\xa0\x80", "1:1: the byte 0xed is not UTF-8; save the file as UTF-8");
	CHECK("\xc0\xaf", "1:1: the byte 0xc0 is not UTF-8; save the file as UTF-8");
	CHECK("a\xf4\x90\x80\x80", "1:2: the byte 0xf4 is not UTF-8; save the file as UTF-8");
	CHECK("a\xe2\x82", "1:2: the byte 0xe2 is not UTF-8; save the file as UTF-8");
	CHECK("\xff\xfe{", "1:1: the file is UTF-16; save it as UTF-8");
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

static void of_very_many_problems_the_first_are_kept_and_all_counted(void **state)
{
	char *text = repeat("limits: {x: 1}\nsessions:\n", "- {name: ab, pth: c}\n", 500, "");
	struct problems problems;

	(void)state;
	problems_init(&problems);
	assert_null(config_parse_text("c.yml", text, strlen(text), &problems));
	assert_int_equal(problems.count, PROBLEMS_MAX);
	assert_int_equal(problems.errors, 1 + 3 * 500 - 1 + 1);
	assert_int_equal(problems.list[0].line, 1);
	assert_int_equal(problems.list[1].line, 3);
	assert_int_equal(problems.list[PROBLEMS_MAX - 1].line, 36);
	problems_done(&problems);
	free(text);
}

static void problems_are_in_the_order_of_the_file(void **state)
{
	(void)state;
	CHECK("sessions:\n"
	      "- loop: 1\n"
	      "  nme: a\n"
	      "  queue: 1\n"
	      "  path: [ok, {}, '']\n"
	      "limits:\n"
	      "  series: -1\n"
	      "other: 2\n",
	      "2:3: a session needs the key \"name\"", "2:9: loop must be true or false, not \"1\"",
	      "3:3: unknown key \"nme\"; did you mean \"name\"?",
	      "4:10: queue must be from 64KiB to 4GiB, not \"1\"",
	      "5:14: path must be a string or a list of strings, not a mapping",
	      "5:18: path must have from 1 to 4095 bytes, none of them zero, not \"\"",
	      "7:11: series must be a whole number from 1 to 10000000, not \"-1\"",
	      "8:1: unknown key \"other\"; the keys of the configuration are sessions, user, "
	      "limits, baseline, metrics, include and manifests");
}

static void long_values_are_cut_in_messages(void **state)
{
	char *text = repeat("sessions: [{path: x, name: b, pace: ", "\xe2\x82\xac", 100000, "}]");
	struct problems problems;

	(void)state;
	problems_init(&problems);
	assert_null(config_parse_text("c.yml", text, strlen(text), &problems));
	assert_int_equal(problems.count, 1);
	assert_true(strlen(problems.list[0].text) < 600);
	assert_non_null(strstr(problems.list[0].text, "\xe2\x82\xac...\""));
	problems_done(&problems);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_unknown_key_near_a_known_one_has_that_as_a_hint),
		cmocka_unit_test(an_unknown_key_like_no_other_has_the_known_keys_listed),
		cmocka_unit_test(an_unknown_key_is_shown_without_what_cannot_be_shown),
		cmocka_unit_test(a_key_given_twice_names_the_first),
		cmocka_unit_test(a_key_that_is_no_string_is_refused),
		cmocka_unit_test(problems_of_what_is_merged_are_at_its_place),
		cmocka_unit_test(a_missing_key_is_named),
		cmocka_unit_test(a_wrong_type_says_what_is_wanted_and_what_is_there),
		cmocka_unit_test(lists_have_at_least_one_entry),
		cmocka_unit_test(a_name_has_1_to_200_bytes),
		cmocka_unit_test(a_name_has_no_control_characters),
		cmocka_unit_test(a_name_that_labels_would_cut_is_warned_of),
		cmocka_unit_test(two_sessions_with_one_name_are_refused),
		cmocka_unit_test(a_path_has_1_to_4095_bytes_and_no_zero),
		cmocka_unit_test(a_word_that_is_no_choice_has_the_choices_listed),
		cmocka_unit_test(only_true_and_false_are_booleans),
		cmocka_unit_test(a_duration_is_checked),
		cmocka_unit_test(a_size_is_checked),
		cmocka_unit_test(a_limit_is_checked),
		cmocka_unit_test(more_sessions_than_the_limit_are_refused),
		cmocka_unit_test(what_cannot_be_followed_is_refused),
		cmocka_unit_test(standard_input_has_one_reader_and_no_second_time),
		cmocka_unit_test(what_is_probably_not_meant_is_warned_of),
		cmocka_unit_test(an_error_keeps_what_may_only_follow_from_it_quiet),
		cmocka_unit_test(an_empty_file_is_one_problem_of_the_file),
		cmocka_unit_test(a_second_document_is_refused_and_the_first_looked_at),
		cmocka_unit_test(what_is_not_utf_8_is_refused),
		cmocka_unit_test(of_very_many_problems_the_first_are_kept_and_all_counted),
		cmocka_unit_test(problems_are_in_the_order_of_the_file),
		cmocka_unit_test(long_values_are_cut_in_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
