/*
 * Words of bash's line end at `=`, so a flag's value is a word behind it. Source: bash(1),
 * Programmable Completion.
 */
#include <string.h>

#include "exporter/command/command.h"
#include "exporter/docs/docs.h"
#include "exporter/command/words.h"

static void add_flags(struct text *to, const struct command *command)
{
	size_t i;

	for (i = 0; i < command->option_count; i++)
		text_printf(to, "--%s%s ", command->options[i].name,
			    command->options[i].argument ? "=" : "");
	text_string(to, "--help");
}

/* As "--flag=word". */
static void add_values(struct text *to, const struct command *command)
{
	const char *words;
	size_t i, length;

	for (i = 0; i < command->option_count; i++) {
		words = words_of_flag(command, &command->options[i]);
		for (; words && *words; words += length + (words[length] == ' ')) {
			length = strcspn(words, " ");
			text_printf(to, "--%s=%.*s ", command->options[i].name, (int)length, words);
		}
	}
}

static void add_command(struct text *to, const struct command *command)
{
	text_printf(to, "\t%s) flags=\"", command->name);
	add_flags(to, command);
	text_string(to, "\" values=\"");
	add_values(to, command);
	text_string(to, "\" operands=\"");
	words_of_operand(command, to);
	text_string(to, "\" ;;\n");
}

void docs_bash_completion(struct text *to)
{
	const struct command *command;
	size_t i;

	text_string(to, "# Completion of etw_exporter for bash.\n"
			"_etw_exporter()\n"
			"{\n"
			"\tlocal word=\"${COMP_WORDS[COMP_CWORD]}\" command=serve commands=\"");
	for (i = 0; (command = command_at(i)); i++)
		text_printf(to, "%s%s", i ? " " : "", command->name);
	text_string(to, "\" flags values operands\n"
			"\tlocal flag=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
			"\tCOMPREPLY=()\n"
			"\t[[ \" $commands \" == *\" ${COMP_WORDS[1]} \"* ]] && "
			"command=\"${COMP_WORDS[1]}\"\n"
			"\tcase \"$command\" in\n");
	for (i = 0; (command = command_at(i)); i++)
		add_command(to, command);
	text_string(to, "\tesac\n"
			"\tif [[ \"$word\" == = ]]; then\n"
			"\t\tword=\n"
			"\telif [[ \"$flag\" == = ]]; then\n"
			"\t\tflag=\"${COMP_WORDS[COMP_CWORD-2]}\"\n"
			"\tfi\n"
			"\tif [[ \"$word\" == -* ]]; then\n"
			"\t\tCOMPREPLY=($(compgen -W \"$flags\" -- \"$word\"))\n"
			"\t\t[[ \"${COMPREPLY[0]}\" == *= ]] && compopt -o nospace\n"
			"\telif ((COMP_CWORD == 1)); then\n"
			"\t\tCOMPREPLY=($(compgen -W \"$commands\" -- \"$word\"))\n"
			"\telif [[ \" $values\" == *\" $flag=\"* ]]; then\n"
			"\t\tCOMPREPLY=($(compgen -W \"$values\" -- \"$flag=$word\"))\n"
			"\t\tCOMPREPLY=(\"${COMPREPLY[@]#*=}\")\n"
			"\telif [[ -n \"$operands\" && \"$flag\" == \"$command\" ]]; then\n"
			"\t\tCOMPREPLY=($(compgen -W \"$operands\" -- \"$word\"))\n"
			"\telse\n"
			"\t\tcompopt -o filenames\n"
			"\t\tCOMPREPLY=($(compgen -f -- \"$word\"))\n"
			"\tfi\n"
			"}\n"
			"complete -F _etw_exporter etw_exporter\n");
}
