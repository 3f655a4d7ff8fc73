/*
 * etw_exporter: trace sessions to Prometheus metrics.
 *
 * Finds the command, parses its command line, runs it, prints its error.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "exporter/command/command.h"
#include "exporter/command/words.h"
#include "exporter/system/console.h"
#include "exporter/exporter_metrics.h"
#include "exporter/service/service.h"
#include "metrics/text.h"

#define HELP_LIMIT (64 << 10)

static const struct option help_option = {"help", NULL, "print this help", NULL};

static void print(struct text *text)
{
	fwrite(text->bytes, 1, text->length, stdout);
	text_done(text);
}

static void print_help(void)
{
	const struct command *command;
	struct text text;
	size_t i;

	text_init(&text, HELP_LIMIT);
	text_string(&text, "usage: etw_exporter [COMMAND] [--flag=value ...] [FILE ...]\n\n"
			   "Turns trace sessions into Prometheus metrics: recordings of Event "
			   "Tracing for\nWindows, and live ones of Windows and Linux.\n\n"
			   "commands:\n");
	for (i = 0; (command = command_at(i)); i++)
		text_printf(&text, "  %-10s %s\n", command->name, command->summary);
	text_string(&text,
		    "\nWithout a command it serves. `etw_exporter COMMAND --help` says more; "
		    "--version prints the version.\n\nflags of serve:\n");
	options_help(serve_command.options, serve_command.option_count, &text);
	print(&text);
}

static void print_command_help(const struct command *command, const struct invocation *invocation)
{
	struct text text;

	text_init(&text, HELP_LIMIT);
	text_printf(&text, "usage: etw_exporter %s [--flag=value ...]%s%s\n\n%s\n\nflags:\n",
		    command->name, command->operands ? " " : "",
		    command->operands ? command->operands : "", command->summary);
	options_help(invocation->options, invocation->option_count, &text);
	print(&text);
}

static void print_version(void)
{
	printf("etw_exporter, version %s (revision %s, compiler %s)\n", exporter_version(),
	       exporter_revision(), __VERSION__);
}

static int usage_error(const struct error *error, const char *command)
{
	console_say("etw_exporter: %s; see etw_exporter %s%s--help", error->text,
		    command ? command : "", command ? " " : "");
	return EXIT_USAGE;
}

static int run(const struct command *command, int argument_count, char **arguments)
{
	struct invocation invocation = {.operands = arguments,
					.option_count = command->option_count + 1};
	struct error error = {""};
	int code;

	memcpy(invocation.options, command->options, sizeof(invocation.options));
	invocation.options[command->option_count] = help_option;
	invocation.operand_count =
		options_parse(invocation.options, invocation.option_count, argument_count,
			      arguments, &invocation.given, &error);
	if (invocation.operand_count < 0)
		return usage_error(&error, command->name);
	if (invocation_option(&invocation, "help")) {
		memcpy(invocation.options, command->options,
		       command->option_count * sizeof(*command->options));
		print_command_help(command, &invocation);
		return EXIT_DONE;
	}
	if (!command->operands && invocation.operand_count) {
		error_set(&error, "unexpected word \"%s\"", arguments[0]);
		return usage_error(&error, command->name);
	}
	code = words_check(command, &invocation, &error) ? EXIT_USAGE
							 : command->run(&invocation, &error);
	if (error.text[0])
		console_say("etw_exporter: %s", error.text);
	return code;
}

static int dispatch(int argument_count, char **arguments)
{
	const struct command *command = &serve_command;
	const char *word = argument_count > 1 ? arguments[1] : "";
	struct error error;

	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
		print_help();
		return EXIT_DONE;
	}
	if (strcmp(word, "--version") == 0 || strcmp(word, "version") == 0) {
		print_version();
		return EXIT_DONE;
	}
	if (!word[0] || word[0] == '-')
		return run(command, argument_count - 1, arguments + 1);
	command = command_find(word);
	if (!command) {
		error_set(&error, "unknown command \"%s\"", word);
		return usage_error(&error, NULL);
	}
	return run(command, argument_count - 2, arguments + 2);
}

/* What a service does is to serve. */
static bool may_be_service(int argument_count, char **arguments)
{
	const char *word = argument_count > 1 ? arguments[1] : "";

	return !word[0] || word[0] == '-' || strcmp(word, serve_command.name) == 0;
}

/* What could not be written is a failure, too; of what failed before, more was said. */
int main(int argument_count, char **arguments)
{
	int code;

	if (console_begin(&argument_count, &arguments)) {
		console_say("etw_exporter: out of memory");
		return EXIT_FAILED;
	}
	if (!may_be_service(argument_count, arguments) ||
	    !service_run(dispatch, argument_count, arguments, &code))
		code = dispatch(argument_count, arguments);
	if ((fflush(stdout) || ferror(stdout)) && code == EXIT_DONE) {
		console_say("etw_exporter: cannot write to standard output");
		code = EXIT_FAILED;
	}
	return code;
}
