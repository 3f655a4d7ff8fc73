/* Source: zshcompsys(1), _arguments and _describe. */
#include <string.h>

#include "exporter/command/command.h"
#include "exporter/docs/docs.h"

/* Within single quotes, and in what _arguments and _describe take apart at brackets and colons. */
static void add_words(struct text *to, const char *words)
{
	for (; *words; words++) {
		if (*words == '\'') {
			text_string(to, "'\\''");
			continue;
		}
		if (strchr("[]:\\", *words))
			text_char(to, '\\');
		text_char(to, *words);
	}
}

static bool is_file(const struct option *option)
{
	return strstr(option->argument, "FILE") || strstr(option->argument, "PATH");
}

static void add_option(struct text *to, const struct option *option)
{
	text_printf(to, "\t\t\t'--%s%s[", option->name, option->argument ? "=" : "");
	add_words(to, option->help);
	text_char(to, ']');
	if (option->argument) {
		text_char(to, ':');
		add_words(to, option->argument);
		text_string(to, is_file(option) ? ":_files" : ": ");
	}
	text_string(to, "' \\\n");
}

static void add_command(struct text *to, const struct command *command)
{
	size_t i;

	text_printf(to, "\t%s)\n\t\t_arguments \\\n", command->name);
	for (i = 0; i < command->option_count; i++)
		add_option(to, &command->options[i]);
	text_string(to, "\t\t\t'--help[print this help]'");
	if (command->operands)
		text_string(to, " \\\n\t\t\t'*:file:_files'");
	text_string(to, "\n\t\t;;\n");
}

void docs_zsh_completion(struct text *to)
{
	const struct command *command;
	size_t i;

	text_string(to, "#compdef etw_exporter\n"
			"# Completion of etw_exporter for zsh.\n"
			"local -a commands\n"
			"local command=serve\n"
			"commands=(\n");
	for (i = 0; (command = command_at(i)); i++) {
		text_printf(to, "\t'%s:", command->name);
		add_words(to, command->summary);
		text_string(to, "'\n");
	}
	text_string(to, ")\n"
			"if ((CURRENT == 2)) && [[ $words[2] != -* ]]; then\n"
			"\t_describe command commands\n"
			"\treturn\n"
			"fi\n"
			"if [[ $words[2] != -* ]]; then\n"
			"\tcommand=$words[2]\n"
			"\tshift words\n"
			"\t((CURRENT--))\n"
			"fi\n"
			"case $command in\n");
	for (i = 0; (command = command_at(i)); i++)
		add_command(to, command);
	text_string(to, "esac\n");
}
