/* serve: runs the sessions and answers scrapes, until it is told to stop. */
#include "exporter/command/configuration.h"
#include "exporter/ending.h"
#include "exporter/exporter.h"
#include "exporter/exporter_metrics.h"
#include "exporter/file_limit.h"
#include "exporter/http.h"
#include "exporter/privileges.h"
#include "exporter/service.h"
#include "exporter/session_metrics.h"

#define LOOK_AROUND_SECONDS 1
/* Taking away the buffers of many processors takes the kernel its time. */
#define STOP_SECONDS 10

/* Until the signal comes; its name. */
static const char *run_until_signal(struct sessions *sessions)
{
	const char *name;

	while (!(name = ending_wait(LOOK_AROUND_SECONDS))) {
		sessions_look_around(sessions);
		service_alive();
	}
	service_stopping();
	return name;
}

static struct http *listen_for_scrapes(const struct invocation *invocation,
				       struct exporter *exporter, struct http_config *config,
				       struct error *error)
{
	*config = (struct http_config){
		.listen_address = invocation_option(invocation, "web.listen-address"),
		.telemetry_path = invocation_option(invocation, "web.telemetry-path"),
		.page = exporter_page(exporter),
		.ready = session_metrics_ready,
		.landing = session_metrics_landing,
		.context = exporter_sessions(exporter),
	};
	return http_open(config, error);
}

/* Serves until the signal comes. False: a session hangs, and nothing must be freed. */
static bool run(struct exporter *exporter, const struct http *http,
		const struct http_config *http_config, struct log *log)
{
	struct sessions *sessions = exporter_sessions(exporter);
	bool ended;

	log_line(log, LOG_INFO, "listening", "address", http_address(http), "path",
		 http_config->telemetry_path, "version", exporter_version(), NULL);
	service_ready();
	log_line(log, LOG_INFO, "stopping", "signal", run_until_signal(sessions), NULL);
	ended = sessions_stop(sessions, STOP_SECONDS);
	service_progress();
	if (!ended)
		log_line(log, LOG_WARN, "a session did not stop in time", NULL);
	return ended;
}

/* main.c prints it, which is not where the log is; a service's goes to the Event Log then, too. */
static void say_error(const struct invocation *invocation, struct log *log,
		      const struct error *error)
{
	bool is_said = service_is_active() && !invocation_option(invocation, "log.file")[0];

	if (error->text[0] && configuration_log_is_apart(invocation) && !is_said)
		log_line(log, LOG_ERROR, error->text, NULL);
}

static int serve_config(const struct invocation *invocation, struct config *config, struct log *log,
			struct error *error)
{
	struct http_config http_config;
	struct exporter *exporter;
	struct http *http = NULL;
	bool ended = true;
	int code = EXIT_FAILED;

	ending_prepare();
	/* A live session of Linux has a file open for each CPU. */
	file_limit_raise();
	exporter = exporter_new(config, log, error);
	service_progress();
	if (exporter && !privileges_drop(config, error))
		http = listen_for_scrapes(invocation, exporter, &http_config, error);
	service_progress();
	if (http && !sessions_start(exporter_sessions(exporter), error)) {
		ended = run(exporter, http, &http_config, log);
		code = EXIT_DONE;
	}
	http_close(http);
	say_error(invocation, log, error);
	if (!ended)
		return code;
	exporter_free(exporter);
	config_free(config);
	log_free(log);
	return code;
}

static int serve(const struct invocation *invocation, struct error *error)
{
	struct config *config;
	struct log *log;

	if (invocation_option(invocation, "web.telemetry-path")[0] != '/') {
		error_set(error, "--web.telemetry-path=%s: must begin with a slash",
			  invocation_option(invocation, "web.telemetry-path"));
		return EXIT_USAGE;
	}
	log = configuration_log(invocation, error);
	if (!log)
		return EXIT_USAGE;
	config = configuration_load(invocation, log);
	service_progress();
	if (config)
		return serve_config(invocation, config, log, error);
	if (service_is_active())
		error_set(error, "cannot run by %s, which has errors: its log says which",
			  invocation_option(invocation, "config.file"));
	log_free(log);
	return EXIT_USAGE;
}

const struct command serve_command = {
	.name = "serve",
	.summary = "Runs the configured sessions and serves their metrics over HTTP.",
	.options = {SERVE_OPTIONS},
	.option_count = SERVE_OPTION_COUNT,
	.run = serve,
};
