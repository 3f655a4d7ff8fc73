/*
 * configuration: what the commands that take --config.file share.
 */
#ifndef EXPORTER_COMMAND_CONFIGURATION_H
#define EXPORTER_COMMAND_CONFIGURATION_H

#include "config/config.h"
#include "exporter/command/command.h"
#include "exporter/log/log.h"

/*
 * The configuration named by --config.file; without the flag, the built-in demo. Says all problems
 * and warnings on standard error, and in the log where that is elsewhere. NULL: it cannot be used.
 */
struct config *configuration_load(const struct invocation *invocation, struct log *log);

/* The same for its rules and manifests alone: see config_load_rules(). */
struct config *configuration_load_rules(const struct invocation *invocation, struct log *log);

/*
 * As configuration_load() while the program runs: all problems are in the log, and the first error
 * is in `error`, too.
 */
struct config *configuration_reload(const struct invocation *invocation, struct log *log,
				    struct error *error);

/*
 * The same of a file, "" being the demo, but problems go to `problems`. With errors among them
 * nothing may be run by it: it has the rules that could be read. NULL: there is nothing to look at.
 */
struct config *configuration_read(const char *file, struct problems *problems);

/*
 * A log as --log.level and --log.format say, on standard error unless --log.file, --log.eventlog or
 * its being a service put it elsewhere. NULL: see error.
 */
struct log *configuration_log(const struct invocation *invocation, struct error *error);

/* Whether the log is elsewhere, so that it is to have what main.c prints, too. */
bool configuration_log_is_apart(const struct invocation *invocation);

/* A line for each problem: FILE:LINE:COLUMN: error: TEXT. */
void configuration_print_problems(const struct problems *problems);

/* The same, and in the log where that is elsewhere. */
void configuration_tell_problems(const struct invocation *invocation, struct log *log,
				 const struct problems *problems);

#define CONFIG_FILE_OPTION                                                                \
	{                                                                                 \
		"config.file", "FILE",                                                    \
			"the configuration; without it the built-in demo is replayed", "" \
	}
#define WEB_CONFIG_FILE_OPTION                                                          \
	{                                                                               \
		"web.config.file", "FILE", "TLS, passwords, headers and rate limit", "" \
	}
#define LOG_LEVEL_OPTION                                                   \
	{                                                                  \
		"log.level", "LEVEL", "debug, info, warn or error", "info" \
	}
#define LOG_FORMAT_OPTION                                          \
	{                                                          \
		"log.format", "FORMAT", "logfmt or json", "logfmt" \
	}
#define LOG_FILE_OPTION                                                                 \
	{                                                                               \
		"log.file", "FILE", "a file for the log, instead of standard error", "" \
	}
#define LOG_EVENT_LOG_OPTION                                                     \
	{                                                                        \
		"log.eventlog", NULL, "the log goes to Windows' Event Log", NULL \
	}

/* What serve takes, and with it a service. */
#define SERVE_OPTION_COUNT (sizeof((struct option[]){SERVE_OPTIONS}) / sizeof(struct option))
#define SERVE_OPTIONS                                                                             \
	CONFIG_FILE_OPTION,                                                                       \
		{"web.listen-address", "ADDR:PORT",                                               \
		 "where to listen, or unix:PATH; may be given again", ":9988"},                   \
		{"web.systemd-socket", NULL, "listens on sockets of systemd", NULL},              \
		{"web.max-requests", "N", "scrapes that are answered at once; 0: any number",     \
		 "40"},                                                                           \
		{"web.enable-lifecycle", NULL, "POST /-/reload reloads the configuration", NULL}, \
		WEB_CONFIG_FILE_OPTION,                                                           \
		{"web.telemetry-path", "PATH", "where the metrics are served", "/metrics"},       \
		{"web.disable-exporter-metrics", NULL,                                            \
		 "leaves out process_* and what HTTP clients do", NULL},                          \
		LOG_LEVEL_OPTION, LOG_FORMAT_OPTION, LOG_FILE_OPTION, LOG_EVENT_LOG_OPTION

#endif
