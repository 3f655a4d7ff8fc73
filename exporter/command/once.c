/* once: reads the configured recordings to their end and prints the metrics page. */
#include <stdio.h>
#include <string.h>

#include "exporter/command/configuration.h"
#include "exporter/exporter.h"
#include "exporter/source/source.h"

#define PAGE_LIMIT ((size_t)1 << 30)

static enum exposition_format format_of(const char *text)
{
	if (strcmp(text, "openmetrics") == 0)
		return EXPOSITION_OPENMETRICS;
	if (strcmp(text, "protobuf") == 0)
		return EXPOSITION_PROTOBUF;
	return EXPOSITION_TEXT;
}

/* However the sessions are configured: each file once, as fast as possible. */
static void make_finite(struct config *config)
{
	size_t i;

	for (i = 0; i < config->session_count; i++) {
		config->sessions[i].follow = false;
		config->sessions[i].loop = false;
		config->sessions[i].pace = PACE_FAST;
	}
}

/* Live sessions have no end. */
static int refuse_live(const struct config *config, struct error *error)
{
	size_t i;

	for (i = 0; i < config->session_count; i++) {
		const struct session_config *session = &config->sessions[i];
		const struct source_type *type = source_type_find(session->source);

		if (type && type->is_live)
			return error_set(error,
					 "session %s: once reads recordings to their end, and a "
					 "live session (source: %s) has none; use serve",
					 session->name, session->source);
	}
	return 0;
}

static int print_page(struct exporter *exporter, enum exposition_format format, struct error *error)
{
	struct text page;
	int code = EXIT_DONE;

	text_init(&page, PAGE_LIMIT);
	metrics_page_render(exporter_page(exporter), format, &page);
	if (page.failed) {
		error_set(error, "the metrics page is too large");
		code = EXIT_FAILED;
	} else if (fwrite(page.bytes, 1, page.length, stdout) != page.length || fflush(stdout)) {
		error_set(error, "cannot write to standard output");
		code = EXIT_FAILED;
	}
	text_done(&page);
	return code;
}

/* The reasons were logged when they occurred. */
static bool any_failed(const struct sessions *sessions)
{
	size_t i;

	for (i = 0; i < sessions_count(sessions); i++) {
		const struct session *session = sessions_get(sessions, i);

		if (session_state(session) == SESSION_FAILED ||
		    health_get(&session_health(session)->files_failed))
			return true;
	}
	return false;
}

static int show(struct exporter *exporter, struct error *error)
{
	return exporter_show_process(exporter) ? error_set(error, "out of memory") : 0;
}

static int run(struct config *config, struct log *log, enum exposition_format format,
	       struct error *error)
{
	struct exporter *exporter;
	int code;

	if (refuse_live(config, error))
		return EXIT_USAGE;
	make_finite(config);
	exporter = exporter_new(config, log, error);
	if (!exporter)
		return EXIT_FAILED;
	code = show(exporter, error) || sessions_start(exporter_sessions(exporter), error)
		       ? EXIT_FAILED
		       : EXIT_DONE;
	if (code == EXIT_DONE) {
		sessions_wait(exporter_sessions(exporter));
		code = print_page(exporter, format, error);
	}
	if (code == EXIT_DONE && any_failed(exporter_sessions(exporter)))
		code = EXIT_FAILED;
	exporter_free(exporter);
	return code;
}

static int once(const struct invocation *invocation, struct error *error)
{
	enum exposition_format format = format_of(invocation_option(invocation, "format"));
	struct config *config;
	struct log *log;
	int code;

	log = configuration_log(invocation, error);
	if (!log)
		return EXIT_USAGE;
	config = configuration_load(invocation, log);
	code = config ? run(config, log, format, error) : EXIT_USAGE;
	config_free(config);
	log_free(log);
	return code;
}

const struct command once_command = {
	.name = "once",
	.summary = "Reads the configured recordings to their end, prints the metrics page, ends.",
	.options = {CONFIG_FILE_OPTION,
		    {"format", "FORMAT", "text, openmetrics or protobuf", "text"},
		    {"log.level", "LEVEL", "debug, info, warn or error", "warn"},
		    LOG_FORMAT_OPTION},
	.option_count = 4,
	.run = once,
};
