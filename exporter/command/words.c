#include "exporter/command/words.h"

#include <string.h>

#define LIST_BYTES_MAX 4096

/* The first row that fits holds. */
static const struct {
	const char *command; /* NULL: any */
	const char *flag, *words;
} rows[] = {
	{NULL, "log.level", "debug info warn error"},
	{NULL, "log.format", "logfmt json"},
	{"once", "format", "text openmetrics protobuf"},
	{"baseline", "format", "text json markdown junit"},
	{NULL, "format", "text json"},
	{"baseline", "correction", "bh holm none"},
};

const char *words_of_flag(const struct command *command, const struct option *option)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].flag, option->name) == 0 &&
		    (!rows[i].command || strcmp(rows[i].command, command->name) == 0))
			return rows[i].words;
	return NULL;
}

/* The help has them as "this|that". */
bool words_of_operand(const struct command *command, struct text *to)
{
	const char *at = command->operands ? command->operands : "";
	const char *end = at + strcspn(at, " ");

	if (!memchr(at, '|', (size_t)(end - at)))
		return false;
	for (; at < end; at++) {
		if (*at == '|')
			text_char(to, ' ');
		else
			text_char(to, *at);
	}
	return true;
}

static bool is_among(const char *words, const char *word)
{
	size_t length;

	for (; *words; words += length + (words[length] == ' ')) {
		length = strcspn(words, " ");
		if (strncmp(words, word, length) == 0 && !word[length])
			return true;
	}
	return false;
}

/* As "this, that or those". */
static void add_list(struct text *to, const char *words)
{
	const char *last = strrchr(words, ' ');

	for (; *words; words++) {
		if (words == last)
			text_string(to, " or ");
		else if (*words == ' ')
			text_string(to, ", ");
		else
			text_char(to, *words);
	}
}

static int refuse(const struct option *option, const char *words, struct error *error)
{
	struct text list;

	text_init(&list, LIST_BYTES_MAX);
	add_list(&list, words);
	text_char(&list, '\0');
	error_set(error, "--%s=%s: must be %s", option->name, option->value,
		  list.failed ? words : list.bytes);
	text_done(&list);
	return -1;
}

int words_check(const struct command *command, const struct invocation *invocation,
		struct error *error)
{
	size_t i;

	for (i = 0; i < command->option_count; i++) {
		const struct option *option = &invocation->options[i];
		const char *words = words_of_flag(command, option);

		if (words && !is_among(words, option->value))
			return refuse(option, words, error);
	}
	return 0;
}
