#include "exporter/command/command.h"

#include <string.h>

static const struct command *const commands[] = {
	&serve_command,	    &once_command,     &inspect_command,  &dump_command, &check_command,
	&providers_command, &sessions_command, &baseline_command, &docs_command,
};
#define COUNT (sizeof(commands) / sizeof(commands[0]))

static const struct command *system_command_at(size_t index)
{
	size_t i;

	for (i = 0; system_commands[i] && i < index; i++)
		;
	return system_commands[i];
}

const struct command *command_at(size_t index)
{
	return index < COUNT ? commands[index] : system_command_at(index - COUNT);
}

const struct command *command_find(const char *name)
{
	const struct command *command;
	size_t i;

	for (i = 0; (command = command_at(i)); i++)
		if (strcmp(command->name, name) == 0)
			return command;
	return NULL;
}

const char *invocation_option(const struct invocation *invocation, const char *name)
{
	return option_value(invocation->options, invocation->option_count, name);
}

bool invocation_wants_json(const struct invocation *invocation)
{
	return strcmp(invocation_option(invocation, "format"), "json") == 0;
}

size_t invocation_values(const struct invocation *invocation, const char *name, const char **values,
			 size_t max)
{
	const struct options_given *given = &invocation->given;
	size_t i, count = 0;

	for (i = 0; i < given->count; i++)
		if (strcmp(given->list[i].name, name) == 0 && count++ < max)
			values[count - 1] = given->list[i].value;
	if (!count && max)
		values[count++] = invocation_option(invocation, name);
	return count;
}
