/* Source: zshcompsys(1), _arguments and _describe. */
#include <string.h>

#include "exporter/command/command.h"
#include "exporter/docs/docs.h"
#include "exporter/command/words.h"

#define WORDS_BYTES_MAX 4096

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

static void add_value(struct text *to, const struct command *command, const struct option *option)
{
	const char *words = words_of_flag(command, option);

	text_char(to, ':');
	add_words(to, option->argument);
	if (words)
		text_printf(to, ":(%s)", words);
	else
		text_string(to, is_file(option) ? ":_files" : ": ");
}

static void add_option(struct text *to, const struct command *command, const struct option *option)
{
	text_printf(to, "\t\t\t'--%s%s[", option->name, option->argument ? "=" : "");
	add_words(to, option->help);
	text_char(to, ']');
	if (option->argument)
		add_value(to, command, option);
	text_string(to, "' \\\n");
}

static void add_operands(struct text *to, const struct command *command)
{
	struct text words;

	text_init(&words, WORDS_BYTES_MAX);
	if (words_of_operand(command, &words))
		text_printf(to, " \\\n\t\t\t'1:what:(%.*s)'", (int)words.length, words.bytes);
	text_done(&words);
	text_string(to, " \\\n\t\t\t'*:file:_files'");
}

static void add_command(struct text *to, const struct command *command)
{
	size_t i;

	text_printf(to, "\t%s)\n\t\t_arguments \\\n", command->name);
	for (i = 0; i < command->option_count; i++)
		add_option(to, command, &command->options[i]);
	text_string(to, "\t\t\t'--help[print this help]'");
	if (command->operands)
		add_operands(to, command);
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
