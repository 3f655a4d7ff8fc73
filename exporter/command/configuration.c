#include "exporter/command/configuration.h"

#include <stdio.h>
#include <string.h>

#include "exporter/rule_set.h"
#include "exporter/source/input.h"

static const char demo[] = "sessions:\n"
			   "  - name: demo\n"
			   "    source: etl\n"
			   "    path: " INPUT_DEMO_PATH "\n"
			   "    pace: recorded\n"
			   "    loop: true\n";

void configuration_print_problems(const struct problems *problems)
{
	size_t i;

	for (i = 0; i < problems->count; i++) {
		const struct problem *problem = &problems->list[i];

		fprintf(stderr, "%s:", problem->file);
		if (problem->line)
			fprintf(stderr, "%zu:%zu:", problem->line, problem->column);
		fprintf(stderr, " %s: %s\n", problem->warning ? "warning" : "error", problem->text);
	}
	if (problems->errors > PROBLEMS_MAX)
		fprintf(stderr, "%s: error: and %zu problems more\n", problems->list[0].file,
			problems->errors - PROBLEMS_MAX);
}

struct config *configuration_read(const char *file, struct problems *problems)
{
	struct config *config =
		file[0] ? config_load(file, problems)
			: config_parse("built-in demo", demo, strlen(demo), problems);

	if (config)
		rule_set_check(config, problems);
	return config;
}

struct config *configuration_load(const struct invocation *invocation)
{
	struct problems problems;
	struct config *config;

	problems_init(&problems);
	config = configuration_read(invocation_option(invocation, "config.file"), &problems);
	configuration_print_problems(&problems);
	if (problems.errors) {
		config_free(config);
		config = NULL;
	}
	problems_done(&problems);
	return config;
}

struct log *configuration_log(const struct invocation *invocation, struct error *error)
{
	const char *level_text = invocation_option(invocation, "log.level");
	const char *format_text = invocation_option(invocation, "log.format");
	enum log_format format;
	enum log_level level;
	struct log *log;

	if (!log_level_parse(level_text, &level)) {
		error_set(error, "--log.level=%s: must be debug, info, warn or error", level_text);
		return NULL;
	}
	if (!log_format_parse(format_text, &format)) {
		error_set(error, "--log.format=%s: must be logfmt or json", format_text);
		return NULL;
	}
	log = log_new(stderr, level, format);
	if (!log)
		error_set(error, "out of memory");
	return log;
}
