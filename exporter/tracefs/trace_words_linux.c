#include "exporter/tracefs/trace_words_linux.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/tracefs/trace_file_linux.h"

/* The kernel keeps 8 entries, each with a command of up to a page. */
#define LOG_SIZE ((size_t)256 << 10)

/* `[TIME] SOURCE: error: WORDS`, then this and the command, then a line with a ^ below the place
 * (ftrace.rst, error_log). */
#define COMMAND_LABEL "\n  Command: "
#define WORDS_LABEL   ": error: "

#define PLACE_LENGTH_MAX 60

/* The last time that `what` is in the text. */
static char *find_last(char *text, const char *what)
{
	char *found = NULL, *at = text;

	while ((at = strstr(at, what))) {
		found = at;
		at += strlen(what);
	}
	return found;
}

/* The part of the command that the ^ is below; NULL: there is none. */
static const char *find_place(const char *command, size_t length)
{
	const char *line = strchr(command + length, '\n');
	const char *caret = line ? strchr(line, '^') : NULL;
	size_t indent = strlen(COMMAND_LABEL) - 1, column;

	if (!caret)
		return NULL;
	column = (size_t)(caret - line - 1);
	return column >= indent && column - indent < length ? command + column - indent : NULL;
}

static bool parse(char *log, const char *wanted, char words[TRACE_WORDS_SIZE])
{
	char *command = find_last(log, COMMAND_LABEL), *said;
	size_t length = strlen(wanted);
	const char *place;

	if (!command)
		return false;
	*command = '\0';
	command += strlen(COMMAND_LABEL);
	if (strncmp(command, wanted, length) != 0)
		return false;
	said = find_last(log, WORDS_LABEL);
	if (!said)
		return false;
	said += strlen(WORDS_LABEL);
	place = find_place(command, length);
	if (!place) {
		snprintf(words, TRACE_WORDS_SIZE, "%s", said);
		return true;
	}
	length -= (size_t)(place - command);
	snprintf(words, TRACE_WORDS_SIZE, "%s, near \"%.*s\"", said,
		 (int)(length < PLACE_LENGTH_MAX ? length : PLACE_LENGTH_MAX), place);
	return true;
}

bool trace_words_read(int directory, const char *command, char words[TRACE_WORDS_SIZE])
{
	char *log = malloc(LOG_SIZE);
	bool found = log && trace_file_read(directory, "error_log", log, LOG_SIZE) > 0 &&
		     parse(log, command, words);

	free(log);
	return found;
}
