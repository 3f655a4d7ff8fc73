#include "exporter/docs/words.h"

#include <string.h>

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
