#include <stdio.h>

#include "exporter/command/command.h"
#include "exporter/docs/docs.h"
#include "exporter/docs/roff.h"

#define FLAG_BYTES 128

static void add_option(struct text *to, const struct option *option)
{
	char flag[FLAG_BYTES];

	snprintf(flag, sizeof(flag), "--%s%s", option->name, option->argument ? "=" : "");
	roff_tag(to, flag, option->argument ? option->argument : "");
	roff_words(to, option->help);
	if (option->argument && option->value && *option->value) {
		text_string(to, " (default \\fB");
		roff_words(to, option->value);
		text_string(to, "\\fR)");
	}
	text_char(to, '\n');
}

static void add_command(struct text *to, const struct command *command)
{
	char heading[FLAG_BYTES];
	size_t i;

	snprintf(heading, sizeof(heading), "%s%s%s", command->name, command->operands ? " " : "",
		 command->operands ? command->operands : "");
	roff_heading(to, "SS", heading);
	roff_line(to, command->summary);
	for (i = 0; i < command->option_count; i++)
		add_option(to, &command->options[i]);
}

static void add_end(struct text *to)
{
	roff_heading(to, "SH", "EXIT STATUS");
	roff_tag(to, "0", "");
	roff_line(to, "What was asked for is done.");
	roff_tag(to, "1", "");
	roff_line(to, "The work failed.");
	roff_tag(to, "2", "");
	roff_line(to, "The command line or the configuration is wrong.");
	roff_heading(to, "SH", "SIGNALS");
	roff_line(to, "SIGTERM and SIGINT end it in order: what was received is counted, and its "
		      "trace sessions end. SIGHUP reloads the configuration: what differs changes, "
		      "and what is invalid changes nothing.");
	roff_heading(to, "SH", "SEE ALSO");
	text_string(to, ".BR etw_exporter.yml (5),\n.BR promtool (1)\n");
}

void docs_man_page(struct text *to)
{
	const struct command *command;
	size_t i;

	roff_title(to, "ETW_EXPORTER", 1, "User Commands");
	roff_heading(to, "SH", "NAME");
	text_string(to, "etw_exporter \\- trace sessions to Prometheus metrics\n");
	roff_heading(to, "SH", "SYNOPSIS");
	text_string(to, ".B etw_exporter\n"
			"[\\fICOMMAND\\fR] [\\fB\\-\\-\\fIflag\\fB=\\fIvalue\\fR ...] "
			"[\\fIFILE\\fR ...]\n");
	roff_heading(to, "SH", "DESCRIPTION");
	roff_line(to,
		  "Reads trace sessions, counts every event by provider and event ID, and by "
		  "rules of its configuration makes metrics of the fields of events, which "
		  "Prometheus scrapes. Sessions are recordings of Event Tracing for Windows, on "
		  "any system, or what the running system traces.");
	roff_paragraph(to, "Without a command it serves. Flags may also be written --flag value.");
	roff_heading(to, "SH", "COMMANDS");
	for (i = 0; (command = command_at(i)); i++)
		add_command(to, command);
	add_end(to);
}
