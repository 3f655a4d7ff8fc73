#include "exporter/baseline/recordings_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/baseline/builder.h"
#include "exporter/command/record_reader.h"
#include "exporter/exporter.h"
#include "exporter/record/log_file_mode.h"

#define NS_PER_SECOND 1e9
#define RELEASE_SIZE  32

struct file {
	char *path;
	struct etl_header header;
};

struct reading {
	const struct recordings_run *run;
	struct file *files;
	struct baseline_builder *builder;
	struct exporter *exporter;
	struct event_cuts cuts;
	bool is_begun; /* there was an event */
	bool in_piece;
	int64_t start_ns;
	int64_t piece_ns;   /* where the piece at hand begins, without a gap in it */
	uint64_t length_ns; /* of the pieces before */
	size_t piece_intervals;
	bool failed; /* and error says why */
	struct error error;
};

static bool take_header(void *context, const struct recording *recording,
			const struct event_record *record)
{
	struct file *file = context;

	(void)record;
	if (recording->has_header)
		file->header = recording->header;
	return false;
}

static int by_start(const void *a, const void *b)
{
	const struct file *first = a, *second = b;

	if (first->header.start_unix_ns != second->header.start_unix_ns)
		return first->header.start_unix_ns < second->header.start_unix_ns ? -1 : 1;
	return strcmp(first->path, second->path);
}

/* Events of two recordings at a time have no order that we could tell. */
static int check_order(const struct file *files, size_t count, uint64_t interval_ns,
		       struct error *error)
{
	size_t i;

	for (i = 1; i < count; i++) {
		int64_t end = files[i - 1].header.end_unix_ns;
		int64_t start = files[i].header.start_unix_ns;

		if (end > start && (uint64_t)end - (uint64_t)start >= interval_ns)
			return error_set(error,
					 "%s and %s are of the same time; a run takes recordings "
					 "that follow each other: record each alone, and merge",
					 files[i - 1].path, files[i].path);
	}
	return 0;
}

static int sort_files(struct reading *reading, struct error *error)
{
	const struct recordings_run *run = reading->run;
	size_t i;

	for (i = 0; i < run->file_count; i++) {
		reading->files[i].path = run->files[i];
		if (record_reader_run(run->files[i], false, take_header, &reading->files[i], error))
			return -1;
		if (!reading->files[i].header.start_unix_ns ||
		    reading->files[i].header.clock.type == CLOCK_UNKNOWN)
			return error_set(error,
					 "%s: has no header that says when it was recorded, which "
					 "intervals are made by",
					 run->files[i]);
	}
	qsort(reading->files, run->file_count, sizeof(*reading->files), by_start);
	for (i = 0; i < run->file_count; i++)
		run->files[i] = reading->files[i].path;
	return check_order(reading->files, run->file_count, run->interval_ns, error);
}

static const struct session_health *health_of(const struct reading *reading)
{
	return session_health(sessions_get(exporter_sessions(reading->exporter), 0));
}

/* Nothing more is cut after a failure. */
static int64_t fail(struct reading *reading)
{
	reading->failed = true;
	return INT64_MAX;
}

static int take_page(struct reading *reading, double seconds)
{
	return baseline_builder_samples(reading->builder, "the metrics page",
					exporter_page(reading->exporter), seconds, &reading->error);
}

static int64_t after(int64_t ns, uint64_t interval_ns)
{
	int64_t sum;

	return __builtin_add_overflow(ns, interval_ns, &sum) ? INT64_MAX : sum;
}

static int64_t begin_piece(struct reading *reading, int64_t event_ns)
{
	reading->piece_ns = event_ns;
	reading->piece_intervals = 0;
	return after(event_ns, reading->run->interval_ns);
}

/* What was recorded of the piece at hand; the interval that has not ended is in the totals. */
static int end_piece(struct reading *reading)
{
	int64_t last = atomic_load(&health_of(reading)->last_event_time);

	if (last > reading->piece_ns)
		reading->length_ns += (uint64_t)last - (uint64_t)reading->piece_ns;
	return take_page(reading, 0);
}

static bool is_gap(const struct reading *reading, int64_t event_ns)
{
	int64_t last = atomic_load(&health_of(reading)->last_event_time);

	return last < event_ns && (uint64_t)event_ns - (uint64_t)last >= reading->run->interval_ns;
}

static int64_t begin(void *context, const struct recording *recording, int64_t event_ns,
		     bool is_header)
{
	struct reading *reading = context;

	(void)recording;
	if (reading->failed)
		return INT64_MAX;
	if (reading->in_piece && is_gap(reading, event_ns)) {
		reading->in_piece = false;
		if (end_piece(reading))
			return fail(reading);
	}
	if (reading->in_piece || is_header)
		return reading->cuts.next_ns;
	if (!reading->is_begun)
		reading->start_ns = event_ns;
	reading->is_begun = reading->in_piece = true;
	return begin_piece(reading, event_ns);
}

/* What it overwrote stood between its header and what is left. */
static bool is_overwritten(const struct reading *reading, const struct recording *recording,
			   uint64_t quiet)
{
	return quiet && !reading->piece_intervals &&
	       (recording->header.log_file_mode & LOG_FILE_MODE_CIRCULAR);
}

static int64_t cut(void *context, const struct recording *recording, int64_t event_ns)
{
	struct reading *reading = context;
	uint64_t interval = reading->run->interval_ns;
	uint64_t late, quiet;

	if (reading->failed)
		return INT64_MAX;
	late = (uint64_t)event_ns - (uint64_t)reading->cuts.next_ns;
	quiet = late / interval;
	if (is_overwritten(reading, recording, quiet))
		return end_piece(reading) ? fail(reading) : begin_piece(reading, event_ns);
	if (take_page(reading, (double)interval / NS_PER_SECOND) ||
	    (quiet && baseline_builder_quiet(reading->builder, quiet, &reading->error)))
		return fail(reading);
	reading->piece_intervals += (size_t)quiet + 1;
	/* So far it is no later than the event. */
	return after(reading->cuts.next_ns + (int64_t)(quiet * interval), interval);
}

static int read_files(struct reading *reading, struct error *error)
{
	struct sessions *sessions = exporter_sessions(reading->exporter);
	const struct session *session;

	sessions_set_cuts(sessions, &reading->cuts);
	if (sessions_start(sessions, error))
		return -1;
	sessions_wait(sessions);
	session = sessions_get(sessions, 0);
	if (session_state(session) == SESSION_FAILED)
		return error_set(error, "%s", session_failure(session)->text);
	if (health_get(&session_health(session)->files_failed))
		return error_set(error, "not all recordings could be read: see the log");
	if (reading->failed || (reading->is_begun && end_piece(reading))) {
		*error = reading->error;
		return -1;
	}
	if (!baseline_builder_intervals(reading->builder))
		return error_set(error, "what was recorded is shorter than an interval; take "
					"shorter ones with --interval");
	return 0;
}

static struct baseline *finish(const struct reading *reading, struct error *error)
{
	const struct recordings_run *from = reading->run;
	const struct etl_header *header = &reading->files[0].header;
	char release[RELEASE_SIZE], system[] = "Windows";
	struct baseline_run run = {
		.origin = BASELINE_RECORDING,
		.start_ns = reading->start_ns,
		.interval_ns = from->interval_ns,
		.length_ns = reading->length_ns,
		.complete = true,
		.host = {.system = system, .release = release, .cpus = header->processors},
		.labels = from->labels,
		.label_count = from->label_count,
	};

	snprintf(release, sizeof(release), "%u.%u.%u", header->os_major, header->os_minor,
		 header->os_build);
	return baseline_builder_finish(reading->builder, &run, error);
}

static struct baseline *run_config(struct reading *reading, const struct config *config,
				   struct error *error)
{
	struct baseline *baseline = NULL;

	reading->exporter = exporter_new(config, reading->run->log, error);
	if (!reading->exporter)
		return NULL;
	if (!read_files(reading, error))
		baseline = finish(reading, error);
	exporter_free(reading->exporter);
	return baseline;
}

/* With the one session that reads them, in place of those that are configured. */
static struct baseline *read_by_config(struct reading *reading, struct error *error)
{
	const struct recordings_run *run = reading->run;
	char source[] = "etl", said[] = "", *name = strdup(run->session);
	struct session_config session = {
		.said = said,
		.name = name,
		.source = source,
		.paths = run->files,
		.path_count = run->file_count,
		.pace = PACE_FAST,
		.queue_bytes = run->queue_bytes,
	};
	struct config config = *run->config;
	struct baseline *baseline = NULL;
	size_t i;

	config.sessions = &session;
	config.session_count = 1;
	config.limits.files = run->file_count;
	/* When a series is forgotten depends on when somebody looks. */
	for (i = 0; i < config.rule_count; i++)
		config.rules[i].expire_ns = 0;
	if (name)
		baseline = run_config(reading, &config, error);
	else
		error_set(error, "out of memory");
	free(name);
	return baseline;
}

struct baseline *recordings_run(const struct recordings_run *run, struct error *error)
{
	struct reading reading = {
		.run = run,
		.files = calloc(run->file_count, sizeof(*reading.files)),
		.builder = baseline_builder_new(true),
	};
	struct baseline *baseline = NULL;

	reading.cuts = (struct event_cuts){.begin = begin, .cut = cut, .context = &reading};
	if (!reading.files || !reading.builder)
		error_set(error, "out of memory");
	else if (!sort_files(&reading, error))
		baseline = read_by_config(&reading, error);
	baseline_builder_free(reading.builder);
	free(reading.files);
	return baseline;
}
