/* service: makes the exporter a service of Windows, starts it, stops it, removes it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "config/wide_path_windows.h"
#include "exporter/command/configuration.h"
#include "exporter/service/service_account_windows.h"
#include "exporter/service/service_manager_windows.h"
#include "metrics/text.h"

#define COMMAND_LINE_LIMIT 30000 /* Windows' own is 32767 characters */

/*
 * A word as the C library's startup code takes words apart: backslashes before a quote are twice as
 * many. Source: Microsoft's "Parsing C command-line arguments".
 */
static void add_word(struct text *line, const char *word)
{
	size_t slashes = 0, i;

	text_char(line, '"');
	for (; *word; word++) {
		slashes = *word == '\\' ? slashes + 1 : 0;
		text_char(line, *word);
		if (word[1] == '"' || !word[1])
			for (i = 0; i < slashes; i++)
				text_char(line, '\\');
		if (word[1] == '"')
			text_char(line, '\\');
	}
	text_char(line, '"');
}

/* From the root on, the caller's to free. NULL: see errno. */
static char *whole_path(const char *path)
{
	wchar_t *wide = wide_path(path);
	char *whole = wide ? wide_to_utf8(wide) : NULL;

	free(wide);
	return whole;
}

/* The path from the root on, since a service starts in another folder. Behind the flag's name. */
static int add_flag(struct text *line, const struct option *option, const char *value,
		    struct error *error)
{
	bool is_path = option->argument && strcmp(option->argument, "FILE") == 0;
	char *whole = is_path ? whole_path(value) : NULL;
	struct text word;

	if (is_path && !whole)
		return error_set(error, "--%s=%s: cannot find out where that is: %s", option->name,
				 value, strerror(errno));
	text_init(&word, COMMAND_LINE_LIMIT);
	text_printf(&word, option->argument ? "--%s=%s" : "--%s", option->name,
		    whole ? whole : value);
	text_char(&word, '\0');
	free(whole);
	if (!word.failed) {
		text_char(line, ' ');
		add_word(line, word.bytes);
	}
	text_done(&word);
	return line->failed ? error_set(error, "the flags are too long for a command line") : 0;
}

static char *own_path(void)
{
	wchar_t *wide = wide_own_path();
	char *path = wide ? wide_to_utf8(wide) : NULL;

	free(wide);
	return path;
}

/* Each time that it was given. */
static int add_values(struct text *line, const struct invocation *invocation,
		      const struct option *option, struct error *error)
{
	const struct options_given *given = &invocation->given;
	size_t i;

	for (i = 0; i < given->count; i++)
		if (strcmp(given->list[i].name, option->name) == 0 &&
		    add_flag(line, option, given->list[i].value, error))
			return -1;
	return 0;
}

/* The program, `serve`, and those of its flags that were given. */
static int make_command_line(const struct invocation *invocation, struct text *line,
			     struct error *error)
{
	char *path = own_path();
	size_t i;

	if (!path)
		return error_set(error, "cannot find out where this program's file is");
	add_word(line, path);
	free(path);
	text_string(line, " serve");
	for (i = 0; i < SERVE_OPTION_COUNT; i++) {
		const struct option *flag = &invocation->options[i];

		if (flag->argument ? add_values(line, invocation, flag, error)
				   : flag->value && add_flag(line, flag, flag->value, error))
			return -1;
	}
	text_char(line, '\0');
	return line->failed ? error_set(error, "the flags are too long for a command line") : 0;
}

/* A service that cannot run is not made. */
static int install(const struct invocation *invocation, struct error *error)
{
	struct config *config = configuration_load(invocation, NULL);
	struct text line;
	int result;

	if (!config)
		return error_set(error, "the service is not installed: its configuration cannot be "
					"used");
	config_free(config);
	text_init(&line, COMMAND_LINE_LIMIT);
	result = make_command_line(invocation, &line, error);
	if (!result)
		result = service_manager_install(line.bytes,
						 invocation_option(invocation, "account"), error);
	text_done(&line);
	return result;
}

static int run(const struct invocation *invocation, struct error *error)
{
	static const struct {
		const char *name;
		int (*run)(struct error *error);
	} actions[] = {
		{"uninstall", service_manager_uninstall},
		{"start", service_manager_start},
		{"stop", service_manager_stop},
		{"configure", service_manager_configure},
		{"unconfigure", service_manager_unconfigure},
	};
	const char *action = invocation->operand_count == 1 ? invocation->operands[0] : "";
	size_t i;

	if (strcmp(action, "install") == 0)
		return install(invocation, error) ? EXIT_FAILED : EXIT_DONE;
	for (i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strcmp(action, actions[i].name) == 0)
			return actions[i].run(error) ? EXIT_FAILED : EXIT_DONE;
	error_set(error, "service takes one of: install, uninstall, start, stop, configure, "
			 "unconfigure");
	return EXIT_USAGE;
}

const struct command service_command = {
	.name = "service",
	.operands = "ACTION",
	.summary = "Makes the exporter a service of Windows: install, uninstall, start, stop.",
	.options = {SERVE_OPTIONS,
		    {"account", "ACCOUNT", "the service's account, one that has no password",
		     SERVICE_ACCOUNT}},
	.option_count = SERVE_OPTION_COUNT + 1,
	.run = run,
};
