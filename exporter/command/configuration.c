#include "exporter/command/configuration.h"

#include <stdio.h>
#include <string.h>

#include "exporter/log/event_log.h"
#include "exporter/log/log_file.h"
#include "exporter/rule/rule_set.h"
#include "exporter/service/service.h"
#include "exporter/source/input.h"

#define PLACE_SIZE 48
/* Of the same message in the log. */
#define LOG_LINES     100
#define LOG_WINDOW_NS ((uint64_t)60 * 1000000000)

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

typedef struct config *config_loader(const char *file, struct problems *problems);

static struct config *read_by(config_loader *load, const char *file, struct problems *problems)
{
	struct config *config =
		file[0] ? load(file, problems)
			: config_parse("built-in demo", demo, strlen(demo), problems);

	if (config)
		rule_set_check(config, problems);
	return config;
}

struct config *configuration_read(const char *file, struct problems *problems)
{
	return read_by(config_load, file, problems);
}

static void log_problems(struct log *log, const struct problems *problems)
{
	size_t i;

	for (i = 0; i < problems->count; i++) {
		const struct problem *problem = &problems->list[i];
		char place[PLACE_SIZE];

		snprintf(place, sizeof(place), "%zu:%zu", problem->line, problem->column);
		log_line(log, problem->warning ? LOG_WARN : LOG_ERROR, problem->text, "file",
			 problem->file, "at", place, NULL);
	}
}

void configuration_tell_problems(const struct invocation *invocation, struct log *log,
				 const struct problems *problems)
{
	configuration_print_problems(problems);
	if (configuration_log_is_apart(invocation))
		log_problems(log, problems);
}

static struct config *load_by(config_loader *load, const struct invocation *invocation,
			      struct log *log)
{
	struct problems problems;
	struct config *config;

	problems_init(&problems);
	config = read_by(load, invocation_option(invocation, "config.file"), &problems);
	configuration_tell_problems(invocation, log, &problems);
	if (problems.errors) {
		config_free(config);
		config = NULL;
	}
	problems_done(&problems);
	return config;
}

struct config *configuration_load(const struct invocation *invocation, struct log *log)
{
	return load_by(config_load, invocation, log);
}

struct config *configuration_load_rules(const struct invocation *invocation, struct log *log)
{
	return load_by(config_load_rules, invocation, log);
}

static void set_first_error(const struct problems *problems, struct error *error)
{
	size_t i;

	for (i = 0; i < problems->count; i++) {
		const struct problem *problem = &problems->list[i];

		if (problem->warning)
			continue;
		if (problem->line)
			error_set(error, "%s:%zu:%zu: %s", problem->file, problem->line,
				  problem->column, problem->text);
		else
			error_set(error, "%s: %s", problem->file, problem->text);
		return;
	}
}

struct config *configuration_reload(const struct invocation *invocation, struct log *log,
				    struct error *error)
{
	struct problems problems;
	struct config *config;

	problems_init(&problems);
	error_set(error, "out of memory");
	config = configuration_read(invocation_option(invocation, "config.file"), &problems);
	log_problems(log, &problems);
	set_first_error(&problems, error);
	if (problems.errors) {
		config_free(config);
		config = NULL;
	}
	problems_done(&problems);
	return config;
}

/* Not all commands that have a log have all of its flags. */
static bool is_given(const struct invocation *invocation, const char *name)
{
	const char *value = invocation_option(invocation, name);

	return value && value[0];
}

bool configuration_log_is_apart(const struct invocation *invocation)
{
	return is_given(invocation, "log.file") || is_given(invocation, "log.eventlog") ||
	       service_is_active();
}

/* For a log that is apart. */
static int open_output(const struct invocation *invocation, struct log_output *output,
		       struct error *error)
{
	if (!is_given(invocation, "log.file"))
		return event_log_open(output, error);
	if (is_given(invocation, "log.eventlog"))
		return error_set(error, "--log.file and --log.eventlog: a log is in one place; "
					"leave one of them away");
	return log_file_open(invocation_option(invocation, "log.file"), output, error);
}

struct log *configuration_log(const struct invocation *invocation, struct error *error)
{
	struct log_output output;
	enum log_format format = LOG_LOGFMT;
	enum log_level level = LOG_INFO;
	struct log *log;

	log_level_parse(invocation_option(invocation, "log.level"), &level);
	log_format_parse(invocation_option(invocation, "log.format"), &format);
	if (!configuration_log_is_apart(invocation))
		log = log_new(stderr, level, format);
	else if (open_output(invocation, &output, error))
		return NULL;
	else
		log = log_new_to(&output, level, format);
	if (!log)
		error_set(error, "out of memory");
	else
		log_limit(log, LOG_LINES, LOG_WINDOW_NS);
	return log;
}
