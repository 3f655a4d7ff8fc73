/* serve: runs the sessions and answers scrapes, until it is told to stop. */
#include <string.h>
#include <time.h>

#include "config/units.h"
#include "exporter/command/configuration.h"
#include "exporter/service/ending.h"
#include "exporter/exporter.h"
#include "exporter/exporter_metrics.h"
#include "exporter/system/file_limit.h"
#include "exporter/http/http.h"
#include "exporter/system/privileges.h"
#include "exporter/service/reload_request.h"
#include "exporter/service/service.h"
#include "exporter/session/session_metrics.h"
#include "exporter/http/web_settings.h"

#define LOOK_AROUND_SECONDS 1
#define REQUESTS_MAX	    100000
/* Taking away the buffers of many processors takes the kernel its time. */
#define STOP_SECONDS 10

static void sample(struct exporter *exporter)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	exporter_sample(exporter, (int64_t)now.tv_sec * 1000000000 + now.tv_nsec);
}

static int reload_config(const struct invocation *invocation, struct exporter *exporter,
			 struct log *log, struct error *error)
{
	struct config *config = configuration_reload(invocation, log, error);

	return config ? exporter_reload(exporter, config, error) : -1;
}

static void reload(const struct invocation *invocation, struct exporter *exporter,
		   struct reload_request *request, struct log *log)
{
	struct error error;
	bool failed;

	service_reloading();
	reload_request_begin(request);
	failed = reload_config(invocation, exporter, log, &error) != 0;
	if (failed)
		exporter_reload_failed(exporter, &error);
	reload_request_end(request, failed ? &error : NULL);
	service_ready();
}

/* Until the signal comes; its name. */
static const char *run_until_signal(const struct invocation *invocation, struct exporter *exporter,
				    struct reload_request *request, struct log *log)
{
	const char *name;
	bool asked;

	while (!(name = ending_wait(LOOK_AROUND_SECONDS, &asked))) {
		if (asked)
			reload(invocation, exporter, request, log);
		sessions_look_around(exporter_sessions(exporter));
		sample(exporter);
		service_alive();
	}
	service_stopping();
	return name;
}

/* What the server is opened with. */
struct serving {
	const char *addresses[HTTP_LISTENERS_MAX];
	struct http_counters counters;
	struct web_file *web; /* NULL: none */
	struct reload_request *reload;
	bool shows_itself; /* what the exporter takes and refuses, beside what it counts */
	struct http_config http;
	/* The pages beside the metrics. */
	struct status_page status;
	struct http_page pages[2];
};

static int read_flags(const struct invocation *invocation, struct serving *serving,
		      struct error *error)
{
	const char *requests = invocation_option(invocation, "web.max-requests");
	size_t count = invocation_values(invocation, "web.listen-address", serving->addresses,
					 HTTP_LISTENERS_MAX);
	const char *path = invocation_option(invocation, "web.telemetry-path");
	uint64_t max;

	if (count > HTTP_LISTENERS_MAX)
		return error_set(error, "--web.listen-address is given %zu times; it may be %d",
				 count, HTTP_LISTENERS_MAX);
	if (!unit_parse_count(requests, &max) || max > REQUESTS_MAX)
		return error_set(error,
				 "--web.max-requests=%s: must be a whole number from 0 to %d",
				 requests, REQUESTS_MAX);
	if (path[0] != '/')
		return error_set(error, "--web.telemetry-path=%s: must begin with a slash", path);
	/* Behind "?" and "#" no path goes on, and codes are looked at decoded. */
	if (strpbrk(path, "?#%"))
		return error_set(
			error, "--web.telemetry-path=%s: must be a path without ?, # and %%", path);
	serving->http = (struct http_config){
		.listen_addresses = serving->addresses,
		.listen_count = count,
		.inherited = invocation_option(invocation, "web.systemd-socket"),
		.telemetry_path = path,
		.limits = HTTP_LIMITS,
		.counters = &serving->counters,
	};
	serving->http.limits.scrapes = (unsigned int)max;
	serving->shows_itself = !invocation_option(invocation, "web.disable-exporter-metrics");
	return 0;
}

/* -1: the errors were told. */
static int load_web_config(const struct invocation *invocation, struct serving *serving,
			   struct log *log)
{
	const char *file = invocation_option(invocation, "web.config.file");
	struct problems problems;

	if (!file[0])
		return 0;
	problems_init(&problems);
	serving->web = web_file_open(file, log, &problems);
	configuration_tell_problems(invocation, log, &problems);
	problems_done(&problems);
	serving->http.web = serving->web;
	return serving->web ? 0 : -1;
}

static int add_collectors(struct serving *serving, struct exporter *exporter)
{
	struct metrics_page *page = exporter_page(exporter);
	const struct collector counters = {http_counters_collect, &serving->counters};
	const struct collector web = {web_file_collect, serving->web};

	if (serving->shows_itself &&
	    (exporter_show_process(exporter) || metrics_page_add(page, counters)))
		return -1;
	return serving->web && metrics_page_add(page, web);
}

static void make_pages(struct serving *serving, struct exporter *exporter)
{
	const struct http_page pages[] = {
		{"/", "text/html; charset=utf-8", status_page_policy(), status_page,
		 &serving->status},
		{"/api/v1/status", "application/json; charset=utf-8", NULL, status_json,
		 exporter_status(exporter)},
	};

	serving->status =
		(struct status_page){exporter_status(exporter), serving->http.telemetry_path};
	memcpy(serving->pages, pages, sizeof(pages));
	serving->http.pages = serving->pages;
	serving->http.page_count = sizeof(pages) / sizeof(pages[0]);
}

static struct http *listen_for_scrapes(struct serving *serving, struct exporter *exporter,
				       struct error *error)
{
	struct http_config *config = &serving->http;

	config->page = exporter_page(exporter);
	config->ready = session_metrics_ready;
	config->context = exporter_sessions(exporter);
	make_pages(serving, exporter);
	if (add_collectors(serving, exporter)) {
		error_set(error, "cannot listen: out of memory");
		return NULL;
	}
	return http_open(config, error);
}

/* Serves until the signal comes. False: a session hangs, and nothing must be freed. */
static bool run(const struct invocation *invocation, struct exporter *exporter,
		const struct http *http, const struct serving *serving, struct log *log)
{
	struct sessions *sessions = exporter_sessions(exporter);
	const char *address;
	bool ended;
	size_t i;

	for (i = 0; (address = http_address(http, i)); i++)
		log_line(log, LOG_INFO, "listening", "address", address, "path",
			 serving->http.telemetry_path, "version", exporter_version(), NULL);
	service_ready();
	log_line(log, LOG_INFO, "stopping", "signal",
		 run_until_signal(invocation, exporter, serving->reload, log), NULL);
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

static int serve_config(const struct invocation *invocation, struct serving *serving,
			struct config *config, struct log *log, struct error *error)
{
	struct exporter *exporter;
	struct http *http = NULL;
	bool ended = true;
	int code = EXIT_FAILED;

	ending_prepare();
	/* A live session of Linux has a file open for each CPU. */
	file_limit_raise();
	exporter = exporter_new(config, log, error);
	service_progress();
	if (exporter && !exporter_show_baseline(exporter, error) && !privileges_drop(config, error))
		http = listen_for_scrapes(serving, exporter, error);
	service_progress();
	if (exporter)
		sample(exporter);
	if (http && !sessions_start(exporter_sessions(exporter), error)) {
		ended = run(invocation, exporter, http, serving, log);
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

/* What cannot be run by was told already, but to a service's manager. */
static void say_which(const struct invocation *invocation, const char *flag, struct error *error)
{
	if (service_is_active())
		error_set(error, "cannot run by %s, which has errors: its log says which",
			  invocation_option(invocation, flag));
}

static int serve_by_files(const struct invocation *invocation, struct serving *serving,
			  struct log *log, struct error *error)
{
	struct config *config;

	if (load_web_config(invocation, serving, log)) {
		say_which(invocation, "web.config.file", error);
		log_free(log);
		return EXIT_USAGE;
	}
	config = configuration_load(invocation, log);
	service_progress();
	if (config)
		return serve_config(invocation, serving, config, log, error);
	say_which(invocation, "config.file", error);
	log_free(log);
	return EXIT_USAGE;
}

static int serve(const struct invocation *invocation, struct error *error)
{
	struct serving serving = {0};
	struct log *log;
	int code;

	if (read_flags(invocation, &serving, error))
		return EXIT_USAGE;
	log = configuration_log(invocation, error);
	if (!log)
		return EXIT_USAGE;
	serving.reload = reload_request_new();
	if (serving.reload) {
		if (invocation_option(invocation, "web.enable-lifecycle"))
			serving.http.reload = serving.reload;
		code = serve_by_files(invocation, &serving, log, error);
	} else {
		error_set(error, "out of memory");
		log_free(log);
		code = EXIT_FAILED;
	}
	web_file_free(serving.web);
	reload_request_free(serving.reload);
	return code;
}

const struct command serve_command = {
	.name = "serve",
	.summary = "Runs the configured sessions and serves their metrics over HTTP.",
	.options = {SERVE_OPTIONS},
	.option_count = SERVE_OPTION_COUNT,
	.run = serve,
};
