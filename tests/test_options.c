#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/command/options.h"
#include "metrics/text.h"

#define WORDS_MAX 16
#define COUNT	  5

struct command_line {
	struct option options[COUNT];
	char *words[WORDS_MAX]; /* the operands at the front, after parsing */
	int operands;
	struct options_given given;
	struct error error;
};

/* Parses words up to a NULL. */
static void parse(struct command_line *line, ...)
{
	static const struct option options[COUNT] = {
		{"config", "FILE", "the configuration", "default.yml"},
		{"log", "LEVEL", "the log's level", NULL},
		{"quiet", NULL, "say nothing", NULL},
		{"help", NULL, "print this help", NULL},
		{"on", "FILE...", "what to try", NULL},
	};
	int count = 0;
	va_list words;

	memset(line, 0, sizeof(*line));
	memcpy(line->options, options, sizeof(options));
	va_start(words, line);
	while (count < WORDS_MAX && (line->words[count] = va_arg(words, char *)))
		count++;
	va_end(words);
	line->operands =
		options_parse(line->options, COUNT, count, line->words, &line->given, &line->error);
}

static const char *value(const struct command_line *line, const char *name)
{
	return option_value(line->options, COUNT, name);
}

static void without_words_there_are_the_defaults(void **state)
{
	struct command_line line;

	(void)state;
	parse(&line, NULL);
	assert_int_equal(line.operands, 0);
	assert_string_equal(value(&line, "config"), "default.yml");
	assert_null(value(&line, "log"));
	assert_null(value(&line, "quiet"));
	assert_null(value(&line, "other"));
}

static void a_value_stands_behind_an_equals_sign_or_in_the_next_word(void **state)
{
	struct command_line line;

	(void)state;
	parse(&line, "--config=a.yml", "--log", "debug", NULL);
	assert_int_equal(line.operands, 0);
	assert_string_equal(value(&line, "config"), "a.yml");
	assert_string_equal(value(&line, "log"), "debug");
	parse(&line, "--config=a=b=c", "--log", "--quiet", NULL);
	assert_string_equal(value(&line, "config"), "a=b=c");
	assert_string_equal(value(&line, "log"), "--quiet");
	assert_null(value(&line, "quiet"));
}

static void the_last_of_two_values_counts(void **state)
{
	struct command_line line;

	(void)state;
	parse(&line, "--log=a", "--log", "b", "--quiet", "--quiet", NULL);
	assert_string_equal(value(&line, "log"), "b");
	assert_string_equal(value(&line, "quiet"), "true");
}

static void operands_keep_their_order_between_the_flags(void **state)
{
	struct command_line line;

	(void)state;
	parse(&line, "one", "--log", "info", "two", "-", "--quiet", "", "three", NULL);
	assert_int_equal(line.operands, 5);
	assert_string_equal(line.words[0], "one");
	assert_string_equal(line.words[1], "two");
	assert_string_equal(line.words[2], "-");
	assert_string_equal(line.words[3], "");
	assert_string_equal(line.words[4], "three");
	assert_string_equal(value(&line, "quiet"), "true");
}

static void two_dashes_alone_end_the_flags(void **state)
{
	struct command_line line;

	(void)state;
	parse(&line, "--quiet", "--", "--log", "-h", "--", "x", NULL);
	assert_int_equal(line.operands, 4);
	assert_string_equal(line.words[0], "--log");
	assert_string_equal(line.words[1], "-h");
	assert_string_equal(line.words[2], "--");
	assert_string_equal(line.words[3], "x");
	assert_null(value(&line, "help"));
	/* As a value they are one. */
	parse(&line, "--log", "--", "--quiet", NULL);
	assert_int_equal(line.operands, 0);
	assert_string_equal(value(&line, "log"), "--");
	assert_string_equal(value(&line, "quiet"), "true");
}

static void help_has_a_short_form(void **state)
{
	struct command_line line;
	struct option none = {"quiet", NULL, "say nothing", NULL};
	char *words[] = {(char[]){"-h"}};

	(void)state;
	parse(&line, "-h", NULL);
	assert_string_equal(value(&line, "help"), "true");
	assert_int_equal(options_parse(&none, 1, 1, words, NULL, &line.error), -1);
	assert_non_null(strstr(line.error.text, "-h"));
}

static void assert_error(const struct command_line *line, const char *text)
{
	assert_int_equal(line->operands, -1);
	assert_string_equal(line->error.text, text);
}

static void what_is_no_flag_is_an_error_that_names_it(void **state)
{
	struct command_line line;

	(void)state;
	parse(&line, "--unknown", NULL);
	assert_error(&line, "unknown flag --unknown");
	parse(&line, "--unknown=value", NULL);
	assert_error(&line, "unknown flag --unknown");
	parse(&line, "--confi=x", NULL);
	assert_error(&line, "unknown flag --confi");
	parse(&line, "--configs=x", NULL);
	assert_error(&line, "unknown flag --configs");
	parse(&line, "--Config=x", NULL);
	assert_error(&line, "unknown flag --Config");
	parse(&line, "--=x", NULL);
	assert_error(&line, "unknown flag --");
	parse(&line, "---config=x", NULL);
	assert_error(&line, "unknown flag ---config");
	parse(&line, "-config=x", NULL);
	assert_error(&line, "unknown flag -config=x: flags begin with two dashes");
	parse(&line, "-q", NULL);
	assert_error(&line, "unknown flag -q: flags begin with two dashes");
}

static void a_flag_without_its_value_is_an_error(void **state)
{
	struct command_line line;

	(void)state;
	parse(&line, "x", "--config", NULL);
	assert_error(&line, "flag --config needs a value: --config=FILE");
	parse(&line, "--config=", NULL);
	assert_error(&line, "flag --config needs a value: --config=FILE");
	parse(&line, "--config", "", NULL);
	assert_error(&line, "flag --config needs a value: --config=FILE");
}

static void a_flag_that_takes_no_value_refuses_one(void **state)
{
	struct command_line line;

	(void)state;
	parse(&line, "--quiet=true", NULL);
	assert_error(&line, "flag --quiet takes no value");
	parse(&line, "--help=", NULL);
	assert_error(&line, "flag --help takes no value");
	parse(&line, "--quiet", "true", NULL);
	assert_int_equal(line.operands, 1);
}

static void a_flag_of_any_length_or_bytes_makes_a_sentence(void **state)
{
	char *long_flag = malloc(100001);
	struct command_line line;

	(void)state;
	assert_non_null(long_flag);
	memset(long_flag, '-', 2);
	memset(long_flag + 2, 'x', 99998);
	long_flag[100000] = '\0';
	parse(&line, long_flag, NULL);
	assert_int_equal(line.operands, -1);
	assert_true(strlen(line.error.text) < sizeof(line.error.text));
	parse(&line, "--a\nb", NULL);
	assert_int_equal(line.operands, -1);
	assert_null(strchr(line.error.text, '\n'));
	free(long_flag);
}

static void the_help_has_a_line_for_each_option(void **state)
{
	static const struct option options[] = {
		{"config.file", "FILE", "the configuration", "default.yml"},
		{"quiet", NULL, "say nothing", NULL},
		{"empty", "WORD", "nothing by default", ""},
		{"a.name.that.is.longer.than.its.column", "WORD", "is not cut", NULL},
	};
	struct text text;

	(void)state;
	text_init(&text, 4096);
	options_help(options, 4, &text);
	text_char(&text, '\0');
	assert_false(text.failed);
	assert_string_equal(text.bytes,
			    "  --config.file=FILE              the configuration "
			    "(default default.yml)\n"
			    "  --quiet                         say nothing\n"
			    "  --empty=WORD                    nothing by default\n"
			    "  --a.name.that.is.longer.than.its.column=WORD is not cut\n");
	text_done(&text);
}

static void a_help_without_room_ends(void **state)
{
	static const struct option option = {"config", "FILE", "the configuration", NULL};
	struct text text;

	(void)state;
	for (size_t limit = 0; limit < 60; limit++) {
		text_init(&text, limit);
		options_help(&option, 1, &text);
		assert_true(text.length <= limit);
		text_done(&text);
	}
}

static void values_of_a_repeatable_flag_are_operands_in_their_order(void **state)
{
	struct command_line line;

	(void)state;
	parse(&line, "--on=a", "b", "--on", "c", "--quiet", "d", NULL);
	assert_int_equal(line.operands, 4);
	assert_string_equal(line.words[0], "a");
	assert_string_equal(line.words[1], "b");
	assert_string_equal(line.words[2], "c");
	assert_string_equal(line.words[3], "d");
	assert_string_equal(value(&line, "on"), "c");
	assert_string_equal(value(&line, "quiet"), "true");
}

static void each_value_of_a_flag_is_kept_in_order(void **state)
{
	struct command_line line;

	(void)state;
	parse(&line, "--log=a", "--config", "b", "x", "--log", "c", NULL);
	assert_int_equal(line.given.count, 3);
	assert_string_equal(line.given.list[0].name, "log");
	assert_string_equal(line.given.list[0].value, "a");
	assert_string_equal(line.given.list[1].name, "config");
	assert_string_equal(line.given.list[2].value, "c");
}

static void more_flags_than_there_is_room_for_are_an_error(void **state)
{
	struct option option = {"log", "LEVEL", "the log's level", NULL};
	char word[] = "--log=a", *words[OPTIONS_GIVEN_MAX + 1];
	struct options_given given = {.count = 0};
	struct error error;
	size_t i;

	(void)state;
	for (i = 0; i <= OPTIONS_GIVEN_MAX; i++)
		words[i] = word;
	assert_int_equal(options_parse(&option, 1, OPTIONS_GIVEN_MAX, words, &given, &error), 0);
	given.count = 0;
	assert_int_equal(options_parse(&option, 1, OPTIONS_GIVEN_MAX + 1, words, &given, &error),
			 -1);
	assert_string_equal(error.text, "more than 64 flags are given");
}

static void a_repeatable_flag_needs_a_value_each_time(void **state)
{
	struct command_line line;

	(void)state;
	parse(&line, "--on=a", "--on", NULL);
	assert_int_equal(line.operands, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_words_there_are_the_defaults),
		cmocka_unit_test(a_value_stands_behind_an_equals_sign_or_in_the_next_word),
		cmocka_unit_test(the_last_of_two_values_counts),
		cmocka_unit_test(operands_keep_their_order_between_the_flags),
		cmocka_unit_test(two_dashes_alone_end_the_flags),
		cmocka_unit_test(help_has_a_short_form),
		cmocka_unit_test(what_is_no_flag_is_an_error_that_names_it),
		cmocka_unit_test(a_flag_without_its_value_is_an_error),
		cmocka_unit_test(a_flag_that_takes_no_value_refuses_one),
		cmocka_unit_test(a_flag_of_any_length_or_bytes_makes_a_sentence),
		cmocka_unit_test(the_help_has_a_line_for_each_option),
		cmocka_unit_test(a_help_without_room_ends),
		cmocka_unit_test(values_of_a_repeatable_flag_are_operands_in_their_order),
		cmocka_unit_test(each_value_of_a_flag_is_kept_in_order),
		cmocka_unit_test(more_flags_than_there_is_room_for_are_an_error),
		cmocka_unit_test(a_repeatable_flag_needs_a_value_each_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
