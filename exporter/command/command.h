/*
 * command: the subcommands of the program; one row of the table in commands.c each.
 */
#ifndef EXPORTER_COMMAND_H
#define EXPORTER_COMMAND_H

#include <stddef.h>

#include "exporter/base/error.h"
#include "exporter/command/options.h"

enum exit_code {
	EXIT_DONE = 0,
	EXIT_FAILED = 1, /* the work failed */
	EXIT_USAGE = 2,	 /* usage or configuration is wrong */
};

#define COMMAND_OPTIONS_MAX 24

/* What a command is run with. */
struct invocation {
	struct option options[COMMAND_OPTIONS_MAX]; /* a copy of the command's, with values */
	size_t option_count;
	struct options_given given;
	char **operands;
	int operand_count;
};

struct command {
	const char *name;
	const char *operands; /* in the help; NULL: takes none */
	const char *summary;
	struct option options[COMMAND_OPTIONS_MAX]; /* "help" is added to them */
	size_t option_count;
	/* An exit code. Where the error's text is not empty, it is what main prints. */
	int (*run)(const struct invocation *invocation, struct error *error);
};

extern const struct command serve_command;
extern const struct command once_command;
extern const struct command inspect_command;
extern const struct command dump_command;
extern const struct command check_command;
extern const struct command providers_command;
extern const struct command sessions_command;
extern const struct command baseline_command;
extern const struct command docs_command;
/* Of Windows. */
extern const struct command service_command;

/* Those that this system has besides, NULL behind the last: commands_linux.c and so on. */
extern const struct command *const system_commands[];

/* NULL: no such command. */
const struct command *command_find(const char *name);
/* NULL: no more. */
const struct command *command_at(size_t index);

const char *invocation_option(const struct invocation *invocation, const char *name);

/* Whether --format=json is given; the command has that flag. */
bool invocation_wants_json(const struct invocation *invocation);

/*
 * All values of a flag that may be given again, in their order, at most `max`; where it is not
 * given, its default. How many there are, of which no more than `max` are in `values`.
 */
size_t invocation_values(const struct invocation *invocation, const char *name, const char **values,
			 size_t max);

#endif
