/* check: says everything that is wrong with a configuration, and starts nothing. */
#include <stdio.h>

#include "exporter/command/configuration.h"

static int check(const struct invocation *invocation, struct error *error)
{
	const char *file = invocation_option(invocation, "config.file");
	struct config *config;

	if (!file[0]) {
		error_set(error, "check needs --config.file=FILE");
		return EXIT_USAGE;
	}
	config = configuration_load(invocation);
	if (!config)
		return EXIT_USAGE;
	printf("%s: %zu %s, no errors\n", file, config->session_count,
	       config->session_count == 1 ? "session" : "sessions");
	config_free(config);
	return EXIT_DONE;
}

const struct command check_command = {
	.name = "check",
	.summary = "Parses and checks a configuration, says every problem, starts nothing.",
	.options = {{"config.file", "FILE", "the configuration to check", ""}},
	.option_count = 1,
	.run = check,
};
