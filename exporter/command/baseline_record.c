/* baseline record: of recordings, of live sessions, or of a running exporter. */
#include <stdlib.h>
#include <string.h>

#include "config/units.h"
#include "config/utf8.h"
#include "exporter/baseline/clock_run.h"
#include "exporter/baseline/fine_buckets.h"
#include "exporter/baseline/host.h"
#include "exporter/baseline/page_fetch.h"
#include "exporter/baseline/recordings_run.h"
#include "exporter/command/baseline.h"
#include "exporter/command/configuration.h"
#include "exporter/command/operand.h"
#include "exporter/exporter.h"
#include "exporter/service/ending.h"
#include "exporter/source/input.h"
#include "exporter/system/clock_ns.h"
#include "exporter/system/file_limit.h"
#include "exporter/system/privileges.h"
#include "exporter/system/stop.h"

#define LABELS_MAX   BASELINE_LABELS_MAX
#define QUEUE_BYTES  ((uint64_t)8 << 20)
#define STOP_SECONDS 10
#define START_NS     ((int64_t)30 * 1000000000)
#define LOOK_NS	     ((uint64_t)10000000)
/* Ten years. */
#define TIME_NS_MAX ((uint64_t)10 * 365 * 24 * 3600 * 1000000000)

struct recording_flags {
	uint64_t interval_ns, duration_ns; /* duration 0: not given */
	struct baseline_label labels[LABELS_MAX];
	size_t label_count;
};

static int read_time(const struct invocation *invocation, const char *flag, uint64_t *ns,
		     struct error *error)
{
	const char *text = invocation_option(invocation, flag), *unknown;

	if (unit_parse(&unit_durations, text, ns, &unknown) == UNIT_OK && *ns && *ns <= TIME_NS_MAX)
		return 0;
	return error_set(error, "--%s=%s: must be a time with its unit, as 500ms, 10s or 5m", flag,
			 text);
}

static bool is_label_name(const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++) {
		char c = name[i];
		bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';

		if (!is_letter && (!i || c < '0' || c > '9'))
			return false;
	}
	return length > 0;
}

static bool is_text(const char *text)
{
	size_t length = strlen(text), next;
	uint32_t code;

	for (; length; text += next, length -= next) {
		next = utf8_next(text, length, &code);
		if (!next || utf8_is_control(code))
			return false;
	}
	return true;
}

/* Splits it at its =; the value stays the command line's. */
static int read_label(struct recording_flags *flags, const char *given, struct error *error)
{
	const char *equals = strchr(given, '=');
	struct baseline_label *label = &flags->labels[flags->label_count];
	const char *value = equals ? equals + 1 : "";
	size_t i;

	if (!equals || !is_label_name(given, (size_t)(equals - given)) || !is_text(value))
		return error_set(
			error, "--label=%s: must be NAME=VALUE, the name of letters, digits and _",
			given);
	label->name = strdup(given);
	label->value = strdup(value);
	flags->label_count++;
	if (!label->name || !label->value)
		return error_set(error, "out of memory");
	label->name[equals - given] = '\0';
	for (i = 0; i + 1 < flags->label_count; i++)
		if (strcmp(flags->labels[i].name, label->name) == 0)
			return error_set(error, "--label=%s: there is a label %s already", given,
					 label->name);
	return 0;
}

static int read_labels(const struct invocation *invocation, struct recording_flags *flags,
		       struct error *error)
{
	const char *given[LABELS_MAX];
	size_t count = invocation_values(invocation, "label", given, LABELS_MAX), i;

	if (count > LABELS_MAX)
		return error_set(error, "--label is given %zu times; it may be %d", count,
				 LABELS_MAX);
	for (i = 0; i < count; i++)
		if (given[i][0] && read_label(flags, given[i], error))
			return -1;
	return 0;
}

static void flags_done(struct recording_flags *flags)
{
	size_t i;

	for (i = 0; i < flags->label_count; i++) {
		free(flags->labels[i].name);
		free(flags->labels[i].value);
	}
}

static bool is_given(const struct invocation *invocation, const char *flag)
{
	return invocation_option(invocation, flag)[0] != '\0';
}

/* Which origin it is, and what that takes. */
static int read_flags(const struct invocation *invocation, struct recording_flags *flags,
		      struct error *error)
{
	bool from = is_given(invocation, "from"), url = is_given(invocation, "url");

	if (!is_given(invocation, "output"))
		return error_set(error, "where the baseline is to go is missing: -o FILE, or -o - "
					"for standard output");
	if (from && url)
		return error_set(error, "--from and --url: a run is of recordings or of a running "
					"exporter");
	if (!from && invocation->operand_count > 1)
		return error_set(error, "unexpected word \"%s\"; recordings are given with --from",
				 invocation->operands[1]);
	if (from == is_given(invocation, "duration"))
		return error_set(error, from ? "--duration: recordings have their own"
					     : "--duration is missing: how long to record, as 60s; "
					       "or --from FILE.etl");
	if (read_time(invocation, "interval", &flags->interval_ns, error) ||
	    (!from && read_time(invocation, "duration", &flags->duration_ns, error)))
		return -1;
	if (!from && flags->duration_ns < flags->interval_ns)
		return error_set(error, "--duration=%s is shorter than an interval",
				 invocation_option(invocation, "duration"));
	return read_labels(invocation, flags, error);
}

static int write_and_free(const struct invocation *invocation, struct baseline *baseline,
			  struct error *error)
{
	int code = baseline ? baseline_write(invocation, baseline, error) : EXIT_FAILED;

	baseline_free(baseline);
	return code;
}

/* Recordings are read twice, and by their names as they are. */
static int check_files(const struct invocation *invocation, struct error *error)
{
	int i;

	for (i = 1; i < invocation->operand_count; i++) {
		const char *path = invocation->operands[i];

		if (strcmp(path, INPUT_STDIN_PATH) == 0)
			return error_set(error, "--from=%s: must be a file, as it is read twice",
					 path);
		if (operand_check_file(path, "read", error))
			return -1;
	}
	return 0;
}

/* Its first session, if there is one, says what theirs is called. */
static int record_recordings(const struct invocation *invocation, struct recording_flags *flags,
			     struct config *config, struct log *log, struct error *error)
{
	bool is_demo = !is_given(invocation, "config.file") || !config->session_count;
	const struct recordings_run run = {
		.config = config,
		.session = is_demo ? "recording" : config->sessions[0].name,
		.files = invocation->operands + 1,
		.file_count = (size_t)invocation->operand_count - 1,
		.interval_ns = flags->interval_ns,
		.queue_bytes = is_demo ? QUEUE_BYTES : config->sessions[0].queue_bytes,
		.labels = flags->labels,
		.label_count = flags->label_count,
		.log = log,
	};

	if (check_files(invocation, error))
		return EXIT_FAILED;
	return write_and_free(invocation, recordings_run(&run, error), error);
}

static void look_around(void *context)
{
	struct exporter *exporter = context;

	sessions_look_around(exporter_sessions(exporter));
}

/* Until all run; what has come to its end has run. -1: see error. */
static int wait_for_start(const struct sessions *sessions, struct error *error)
{
	int64_t until = clock_ns(CLOCK_MONOTONIC) + START_NS;
	struct stop *never = stop_new();
	size_t i = 0;

	while (never && i < sessions_count(sessions)) {
		const struct session *session = sessions_get(sessions, i);

		if (session_is_up(session))
			i++;
		else if (session_has_ended(session) || clock_ns(CLOCK_MONOTONIC) > until)
			break;
		else
			stop_wait(never, LOOK_NS);
	}
	stop_free(never);
	if (i == sessions_count(sessions))
		return 0;
	return error_set(error, "session %s does not run: see the log",
			 session_config(sessions_get(sessions, i))->name);
}

static struct baseline *record_exporter(struct exporter *exporter, struct recording_flags *flags,
					struct error *error)
{
	struct clock_run run = {
		.source = {"the metrics page", NULL, exporter_page(exporter), look_around,
			   exporter},
		.interval_ns = flags->interval_ns,
		.duration_ns = flags->duration_ns,
		.run = {.origin = BASELINE_LIVE,
			.labels = flags->labels,
			.label_count = flags->label_count},
	};
	struct baseline *baseline = NULL;

	host_look(&run.run.host);
	if (!wait_for_start(exporter_sessions(exporter), error))
		baseline = clock_run(&run, error);
	host_done(&run.run.host);
	return baseline;
}

/* *hangs: a session has not stopped, and nothing is to be freed. */
static int record_live(const struct invocation *invocation, struct recording_flags *flags,
		       const struct config *config, struct log *log, bool *hangs,
		       struct error *error)
{
	struct baseline *baseline = NULL;
	struct exporter *exporter;

	ending_prepare();
	file_limit_raise();
	exporter = exporter_new(config, log, error);
	if (!exporter)
		return EXIT_FAILED;
	if (!privileges_drop(config, error) &&
	    !sessions_start(exporter_sessions(exporter), error)) {
		baseline = record_exporter(exporter, flags, error);
		*hangs = !sessions_stop(exporter_sessions(exporter), STOP_SECONDS);
	}
	if (!*hangs)
		exporter_free(exporter);
	return write_and_free(invocation, baseline, error);
}

static int record_by_config(const struct invocation *invocation, struct recording_flags *flags,
			    struct error *error)
{
	struct log *log = configuration_log(invocation, error);
	bool from = is_given(invocation, "from"), hangs = false;
	struct config *config;
	int code;

	if (!log)
		return EXIT_USAGE;
	config = from ? configuration_load_rules(invocation, log)
		      : configuration_load(invocation, log);
	if (!config)
		code = EXIT_USAGE;
	else if (fine_buckets_make(config, error))
		code = EXIT_FAILED;
	else if (from)
		code = record_recordings(invocation, flags, config, log, error);
	else
		code = record_live(invocation, flags, config, log, &hangs, error);
	if (hangs)
		return code;
	config_free(config);
	log_free(log);
	return code;
}

static int fetch_page(void *context, struct text *page, enum page_format *format,
		      struct error *error)
{
	return page_fetch_get(context, page, format, error);
}

static struct baseline *record_page(struct page_fetch *fetch, struct recording_flags *flags,
				    struct error *error)
{
	struct clock_run run = {
		.source = {page_fetch_url(fetch), fetch_page, NULL, NULL, fetch},
		.interval_ns = flags->interval_ns,
		.duration_ns = flags->duration_ns,
		.run = {.origin = BASELINE_URL,
			.labels = flags->labels,
			.label_count = flags->label_count},
	};
	char *host = strdup(page_fetch_host(fetch));
	struct baseline *baseline;

	run.run.host.name = host;
	baseline = clock_run(&run, error);
	free(host);
	return baseline;
}

static int record_url(const struct invocation *invocation, struct recording_flags *flags,
		      struct error *error)
{
	const struct page_fetch_config config = {
		.url = invocation_option(invocation, "url"),
		.header_file = invocation_option(invocation, "url.header-file"),
		.ca_file = invocation_option(invocation, "url.ca-file"),
	};
	struct page_fetch *fetch;
	int code;

	ending_prepare();
	fetch = page_fetch_new(&config, error);
	if (!fetch)
		return EXIT_USAGE;
	code = write_and_free(invocation, record_page(fetch, flags, error), error);
	page_fetch_free(fetch);
	return code;
}

int baseline_record(const struct invocation *invocation, struct error *error)
{
	struct recording_flags flags = {0};
	int code;

	if (read_flags(invocation, &flags, error))
		code = EXIT_USAGE;
	else if (is_given(invocation, "url"))
		code = record_url(invocation, &flags, error);
	else
		code = record_by_config(invocation, &flags, error);
	flags_done(&flags);
	return code;
}
