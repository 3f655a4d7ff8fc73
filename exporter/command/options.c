#include "exporter/command/options.h"

#include <string.h>

#include "metrics/text.h"

#define HELP_COLUMN 34

static struct option *find(struct option *options, size_t count, const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strlen(options[i].name) == length && memcmp(options[i].name, name, length) == 0)
			return &options[i];
	return NULL;
}

/* The end of a word, as the word's own. */
static char *value_word(char *word, const char *value)
{
	return word + (value - word);
}

static int keep(struct options_given *given, const struct option *option, struct error *error)
{
	if (!given)
		return 0;
	if (given->count == OPTIONS_GIVEN_MAX)
		return error_set(error, "more than %d flags are given", OPTIONS_GIVEN_MAX);
	given->list[given->count].name = option->name;
	given->list[given->count++].value = option->value;
	return 0;
}

/* A command line while it is read. */
struct parsing {
	struct option *options;
	size_t count;
	int argument_count;
	char **arguments;
	int at; /* the word */
	struct options_given *given;
};

/* Flags that have a letter, in whatever command. */
static const struct {
	char letter;
	const char *name;
} letters[] = {{'h', "help"}, {'o', "output"}};

/* NULL: no flag of this command has that letter. */
static struct option *find_letter(struct option *options, size_t count, const char *word)
{
	size_t i;

	for (i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (letters[i].letter == word[1] && (!word[2] || word[2] == '='))
			return find(options, count, letters[i].name, strlen(letters[i].name));
	return NULL;
}

/* One flag, over whose value's word it moves on; *operand: a value that is one, too. */
static int parse_flag(struct parsing *parsing, struct option *option, char **operand,
		      struct error *error)
{
	char **arguments = parsing->arguments;
	const char *equals = strchr(arguments[parsing->at], '=');

	if (!option->argument) {
		if (equals)
			return error_set(error, "flag --%s takes no value", option->name);
		option->value = "true";
		return 0;
	}
	if (equals)
		option->value = equals + 1;
	else
		option->value =
			parsing->at + 1 < parsing->argument_count ? arguments[++parsing->at] : "";
	/* An empty one is a variable that is not set, in a script. */
	if (!option->value[0])
		return error_set(error, "flag --%s needs a value: --%s=%s", option->name,
				 option->name, option->argument);
	if (strstr(option->argument, "..."))
		*operand = value_word(arguments[parsing->at], option->value);
	return keep(parsing->given, option, error);
}

/* NULL: see error. */
static struct option *find_flag(const struct parsing *parsing, const char *word,
				struct error *error)
{
	bool is_letter = word[1] != '-';
	size_t length = is_letter ? 0 : strcspn(word + 2, "=");
	struct option *option = is_letter
					? find_letter(parsing->options, parsing->count, word)
					: find(parsing->options, parsing->count, word + 2, length);

	if (!option && is_letter)
		error_set(error, "unknown flag %s: flags begin with two dashes", word);
	else if (!option)
		error_set(error, "unknown flag --%.*s", (int)length, word + 2);
	return option;
}

int options_parse(struct option *options, size_t count, int argument_count, char **arguments,
		  struct options_given *given, struct error *error)
{
	struct parsing parsing = {options, count, argument_count, arguments, 0, given};
	bool flags = true;
	int operands = 0;

	for (; parsing.at < argument_count; parsing.at++) {
		char *word = arguments[parsing.at], *operand = NULL;

		if (flags && strcmp(word, "--") == 0) {
			flags = false;
		} else if (flags && word[0] == '-' && word[1]) {
			struct option *option = find_flag(&parsing, word, error);

			if (!option || parse_flag(&parsing, option, &operand, error))
				return -1;
			if (operand)
				arguments[operands++] = operand;
		} else {
			arguments[operands++] = word;
		}
	}
	return operands;
}

const char *option_value(const struct option *options, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(options[i].name, name) == 0)
			return options[i].value;
	return NULL;
}

void options_help(const struct option *options, size_t count, struct text *to)
{
	size_t i, start;

	for (i = 0; i < count; i++) {
		const struct option *option = &options[i];

		start = to->length;
		text_printf(to, "  --%s", option->name);
		if (option->argument)
			text_printf(to, "=%s", option->argument);
		do {
			text_char(to, ' ');
		} while (to->length - start < HELP_COLUMN && !to->failed);
		text_string(to, option->help);
		if (option->argument && option->value && option->value[0])
			text_printf(to, " (default %s)", option->value);
		text_char(to, '\n');
	}
}
