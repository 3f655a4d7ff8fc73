#include "exporter/options.h"

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

/* One flag at *at, which moves on over the value's word; *operand: a value that is one, too. */
static int parse_flag(struct option *options, size_t count, int argument_count, char **arguments,
		      int *at, char **operand, struct error *error)
{
	const char *name = arguments[*at] + 2;
	const char *equals = strchr(name, '=');
	size_t length = equals ? (size_t)(equals - name) : strlen(name);
	struct option *option = find(options, count, name, length);

	if (!option)
		return error_set(error, "unknown flag --%.*s", (int)length, name);
	if (!option->argument) {
		if (equals)
			return error_set(error, "flag --%s takes no value", option->name);
		option->value = "true";
		return 0;
	}
	if (equals)
		option->value = equals + 1;
	else
		option->value = *at + 1 < argument_count ? arguments[++*at] : "";
	/* An empty one is a variable that is not set, in a script. */
	if (!option->value[0])
		return error_set(error, "flag --%s needs a value: --%s=%s", option->name,
				 option->name, option->argument);
	if (strstr(option->argument, "..."))
		*operand = value_word(arguments[*at], option->value);
	return 0;
}

int options_parse(struct option *options, size_t count, int argument_count, char **arguments,
		  struct error *error)
{
	bool flags = true;
	int operands = 0, at;

	for (at = 0; at < argument_count; at++) {
		char *word = arguments[at], *operand = NULL;

		if (flags && strcmp(word, "--") == 0) {
			flags = false;
		} else if (flags && strcmp(word, "-h") == 0 && find(options, count, "help", 4)) {
			find(options, count, "help", 4)->value = "true";
		} else if (flags && strncmp(word, "--", 2) == 0) {
			if (parse_flag(options, count, argument_count, arguments, &at, &operand,
				       error))
				return -1;
			if (operand)
				arguments[operands++] = operand;
		} else if (flags && word[0] == '-' && word[1]) {
			return error_set(error, "unknown flag %s: flags begin with two dashes",
					 word);
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
