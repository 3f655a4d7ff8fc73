#include "exporter/session/session_metrics.h"

#include <stddef.h>
#include <stdio.h>

#include "exporter/record/etl.h"

#define NS_PER_SECOND 1e9

static const char *const session_label[] = {"session"};
static const char *const change_labels[] = {"session", "change"};
static const char *const info_labels[] = {"session", "source", "pace", "follow", "loop"};
static const char *const kind_labels[] = {"session", "kind"};
static const char *const reason_labels[] = {"session", "reason"};
static const char *const result_labels[] = {"session", "result"};
static const char *const sign_labels[] = {"session", "sign"};
static const char *const mode_labels[] = {"session", "mode"};
static const char *const pid_labels[] = {"session", "pid"};
static const char *const target_labels[] = {"session", "target"};
static const char *const state_labels[] = {"session", "state"};

/* A family with a name for each of its rows' second label; the numbers stand in an array. */
struct listed {
	struct family_info info;
	size_t numbers_at; /* in struct session_health */
	size_t count;
	const char *(*name)(size_t index);
};

/* A family with one number for each session. */
struct single {
	struct family_info info;
	size_t number_at; /* in struct session_health, uint64_t; or */
	bool (*read)(const struct session *session, double *value); /* false: no sample */
};

#define COUNTER(family_name, family_help)                                             \
	{                                                                             \
		.name = (family_name), .help = (family_help), .type = METRIC_COUNTER, \
		.labels = session_label, .label_count = 1                             \
	}
#define GAUGE(family_name, family_help)                                             \
	{                                                                           \
		.name = (family_name), .help = (family_help), .type = METRIC_GAUGE, \
		.labels = session_label, .label_count = 1                           \
	}
#define HEALTH(field) .number_at = offsetof(struct session_health, field)

static bool read_up(const struct session *session, double *value)
{
	*value = session_is_up(session);
	return true;
}

static bool read_finished(const struct session *session, double *value)
{
	*value = session_state(session) == SESSION_FINISHED;
	return true;
}

static bool read_seconds(const _Atomic int64_t *ns, double *value)
{
	int64_t now = atomic_load(ns);

	*value = (double)now / NS_PER_SECOND;
	return now != NO_TIME;
}

static bool read_start_time(const struct session *session, double *value)
{
	return read_seconds(&session_health(session)->start_time, value);
}

static bool read_first_event_time(const struct session *session, double *value)
{
	return read_seconds(&session_health(session)->first_event_time, value);
}

static bool read_last_event_time(const struct session *session, double *value)
{
	return read_seconds(&session_health(session)->last_event_time, value);
}

static bool read_lag(const struct session *session, double *value)
{
	return read_seconds(&session_health(session)->lag_ns, value);
}

static bool read_queue_depth(const struct session *session, double *value)
{
	*value = (double)trace_queue_depth(session_queue(session));
	return true;
}

static bool read_queue_peak(const struct session *session, double *value)
{
	*value = (double)trace_queue_peak(session_queue(session));
	return true;
}

static bool read_queue_capacity(const struct session *session, double *value)
{
	*value = (double)trace_queue_capacity(session_queue(session));
	return true;
}

static const struct single singles[] = {
	{GAUGE("etw_session_up", "Whether the session runs or has run to its end."),
	 .read = read_up},
	{GAUGE("etw_session_start_time_seconds", "When the session was started, Unix time."),
	 .read = read_start_time},
	{GAUGE("etw_session_first_event_timestamp_seconds",
	       "Time of the earliest event counted, by the trace's clock, Unix time."),
	 .read = read_first_event_time},
	{GAUGE("etw_session_last_event_timestamp_seconds",
	       "Time of the latest event counted, by the trace's clock, Unix time."),
	 .read = read_last_event_time},
	{GAUGE("etw_session_lag_seconds",
	       "Time from the newest event of the last buffer to its being counted; of a replay at "
	       "recorded speed, from when it was due."),
	 .read = read_lag},
	{COUNTER("etw_session_events_total", "Events counted."), HEALTH(events)},
	{COUNTER("etw_session_read_bytes_total", "Bytes of trace data read."), HEALTH(bytes)},
	{COUNTER("etw_session_buffers_read_total", "Trace buffers read."), HEALTH(buffers)},
	{COUNTER("etw_session_compressed_buffers_read_total",
		 "Of the trace buffers read, the compressed ones."),
	 HEALTH(buffers_compressed)},
	{COUNTER("etw_session_events_lost_total",
		 "Events that the trace session lost before they reached us, by its own account."),
	 HEALTH(events_lost)},
	{COUNTER("etw_session_buffers_lost_total",
		 "Buffers that the trace session lost before they reached us, by its own account."),
	 HEALTH(buffers_lost)},
	{COUNTER("etw_session_events_dropped_total",
		 "Events dropped by the exporter itself because its queue was full."),
	 HEALTH(events_dropped)},
	{COUNTER("etw_session_events_missed_total",
		 "Events that pages of a ring buffer say are missing before them; of those lost."),
	 HEALTH(events_missed)},
	{COUNTER("etw_session_unordered_events_total",
		 "Events that came behind later ones where rules want them in order."),
	 HEALTH(events_unordered)},
	{GAUGE("etw_session_events_waiting", "Events in the trace session's own buffers."),
	 HEALTH(events_waiting)},
	{GAUGE("etw_session_buffer_bytes", "Room in the trace session's own buffers."),
	 HEALTH(ring_bytes)},
	{GAUGE("etw_session_buffers", "Buffers that the trace session has, of Windows."),
	 HEALTH(trace_buffers)},
	{GAUGE("etw_session_buffers_free", "Of the trace session's buffers, those that are empty."),
	 HEALTH(trace_buffers_free)},
	{COUNTER("etw_session_buffers_written_total",
		 "Buffers that the trace session delivered, by its own account."),
	 HEALTH(buffers_written)},
	{COUNTER("etw_session_skipped_bytes_total", "Bytes read that were of no trace buffer."),
	 HEALTH(bytes_skipped)},
	{GAUGE("etw_session_queue_depth_bytes", "Trace data waiting to be counted."),
	 .read = read_queue_depth},
	{GAUGE("etw_session_queue_peak_bytes", "The most trace data that ever waited."),
	 .read = read_queue_peak},
	{GAUGE("etw_session_queue_capacity_bytes", "How much trace data may wait."),
	 .read = read_queue_capacity},
	{GAUGE("etw_session_files_open", "Files that are being read or followed."),
	 HEALTH(files_open)},
	{COUNTER("etw_session_files_done_total", "Files read to their end."), HEALTH(files_done)},
	{COUNTER("etw_session_files_failed_total", "Files that could not be read."),
	 HEALTH(files_failed)},
	{COUNTER("etw_session_files_refused_total", "Files left out because of limits.files."),
	 HEALTH(files_refused)},
	{COUNTER("etw_session_restarts_total", "Times that the session was started again."),
	 HEALTH(restarts)},
	{COUNTER("etw_session_replay_loops_total", "Times that the replay began again."),
	 HEALTH(loops)},
	{GAUGE("etw_session_replay_finished", "Whether a replay has come to its end."),
	 .read = read_finished},
};

static const char *malformed_label(size_t index)
{
	return malformed_name((enum malformed)index);
}

static const char *loss_sign_label(size_t index)
{
	return loss_sign_name((enum loss_sign)index);
}

static const char *ring_loss_label(size_t index)
{
	return ring_loss_name((enum ring_loss)index);
}

static const char *schema_lookup_label(size_t index)
{
	return schema_lookup_name((enum schema_lookup)index);
}

static const char *buffer_loss_label(size_t index)
{
	return buffer_loss_name((enum buffer_loss)index);
}

static const char *session_mode_label(size_t index)
{
	return session_mode_name((enum session_mode)index);
}

static const char *file_change_label(size_t index)
{
	return file_change_name((enum file_change)index);
}

#define LISTED(family_name, family_help, label_names, numbers, number_count, label)       \
	{                                                                                 \
		{.name = (family_name),                                                   \
		 .help = (family_help),                                                   \
		 .type = METRIC_COUNTER,                                                  \
		 .labels = (label_names),                                                 \
		 .label_count = 2},                                                       \
			offsetof(struct session_health, numbers), (number_count), (label) \
	}

static const struct listed listeds[] = {
	LISTED("etw_session_malformed_total", "Trace data that could not be used, by reason.",
	       reason_labels, malformed, MALFORMED_COUNT, malformed_label),
	LISTED("etw_session_loss_signs_total",
	       "Signs of loss that do not say how much: flags on buffers, lost-event records.",
	       sign_labels, loss_signs, LOSS_SIGN_COUNT, loss_sign_label),
	LISTED("etw_session_ring_events_lost_total",
	       "Of the events lost, those of a Linux ring buffer, by the kernel's reason.",
	       reason_labels, ring_lost, RING_LOSS_COUNT, ring_loss_label),
	LISTED("etw_session_schema_lookups_total",
	       "Event types whose schemas Windows was asked for, by what came of it.",
	       result_labels, schema_lookups, SCHEMA_LOOKUP_COUNT, schema_lookup_label),
	LISTED("etw_session_trace_buffers_lost_total",
	       "Of the buffers lost, those of a session of Windows, by where they were to go.",
	       target_labels, buffers_lost_by, BUFFER_LOSS_COUNT, buffer_loss_label),
	LISTED("etw_session_file_changes_total",
	       "Files that shrank, were replaced or disappeared while they were read or followed.",
	       change_labels, file_changes, FILE_CHANGE_COUNT, file_change_label),
};

static const struct listed modes = {
	.info = {.name = "etw_session_mode",
		 .help = "Whether a session of Windows runs in the mode, as Windows applied it.",
		 .type = METRIC_GAUGE,
		 .labels = mode_labels,
		 .label_count = 2},
	.numbers_at = offsetof(struct session_health, modes),
	.count = SESSION_MODE_COUNT,
	.name = session_mode_label,
};

static const struct family_info stops_family = {
	.name = "etw_session_stopped_by_others_total",
	.help = "How often a process that is not the exporter stopped the trace session; pid 0: "
		"one that is not known.",
	.type = METRIC_COUNTER,
	.labels = pid_labels,
	.label_count = 2,
};
static const struct family_info info_family = {
	.name = "etw_session_info",
	.help = "What the session is.",
	.type = METRIC_INFO,
	.labels = info_labels,
	.label_count = 5,
};
static const struct family_info state_family = {
	.name = "etw_session_state",
	.help = "1 for the state that the session is in.",
	.type = METRIC_GAUGE,
	.labels = state_labels,
	.label_count = 2,
};
static const struct family_info unknown_family = {
	.name = "etw_session_unknown_records_total",
	.help = "Records of kinds that are skipped by their size, by kind.",
	.type = METRIC_COUNTER,
	.labels = kind_labels,
	.label_count = 2,
};
static const struct family_info sessions_refused_family = {
	.name = "etw_exporter_sessions_refused_total",
	.help = "Files left without a session of their own because of limits.sessions or "
		"limits.files.",
	.type = METRIC_COUNTER,
};

static const _Atomic uint64_t *number_at(const struct session *session, size_t offset)
{
	const char *health = (const char *)session_health(session);

	return (const _Atomic uint64_t *)(const void *)(health + offset);
}

static void collect_single(struct exposition *exposition, const struct sessions *sessions,
			   const struct single *single, size_t count)
{
	size_t i;

	exposition_family(exposition, &single->info);
	for (i = 0; i < count; i++) {
		const struct session *session = sessions_get(sessions, i);
		double value;

		if (!single->read)
			exposition_u64(exposition, (const char *[]){session_config(session)->name},
				       health_get(number_at(session, single->number_at)));
		else if (single->read(session, &value))
			exposition_double(exposition,
					  (const char *[]){session_config(session)->name}, value);
	}
}

static void collect_listed(struct exposition *exposition, const struct sessions *sessions,
			   const struct listed *listed, size_t count)
{
	size_t i, j;

	exposition_family(exposition, &listed->info);
	for (i = 0; i < count; i++) {
		const struct session *session = sessions_get(sessions, i);
		const _Atomic uint64_t *numbers = number_at(session, listed->numbers_at);

		for (j = 0; j < listed->count; j++)
			exposition_u64(
				exposition,
				(const char *[]){session_config(session)->name, listed->name(j)},
				health_get(&numbers[j]));
	}
}

/* 256 kinds are possible, few are ever seen: the others have no row. */
static void collect_unknown(struct exposition *exposition, const struct sessions *sessions,
			    size_t count)
{
	size_t i, kind;
	char name[8];

	exposition_family(exposition, &unknown_family);
	for (i = 0; i < count; i++) {
		const struct session *session = sessions_get(sessions, i);

		for (kind = 0; kind < 256; kind++) {
			uint64_t seen = health_get(&session_health(session)->unknown_kinds[kind]);

			if (seen)
				exposition_u64(exposition,
					       (const char *[]){session_config(session)->name,
								etl_kind_name((uint8_t)kind, name)},
					       seen);
		}
	}
}

static void collect_stops_of(struct exposition *exposition, const struct session *session)
{
	const struct stopper *stoppers = session_health(session)->stoppers;
	const char *name = session_config(session)->name;
	char pid[16];
	size_t i;

	for (i = 0; i < STOPPERS_MAX && health_get(&stoppers[i].count); i++) {
		snprintf(pid, sizeof(pid), "%u", (unsigned int)atomic_load(&stoppers[i].pid));
		exposition_u64(exposition,
			       (const char *[]){name, i + 1 < STOPPERS_MAX ? pid : "other"},
			       health_get(&stoppers[i].count));
	}
}

/* Few processes do that. */
static void collect_stops(struct exposition *exposition, const struct sessions *sessions,
			  size_t count)
{
	size_t i;

	exposition_family(exposition, &stops_family);
	for (i = 0; i < count; i++)
		collect_stops_of(exposition, sessions_get(sessions, i));
}

static const char *truth(bool value)
{
	return value ? "true" : "false";
}

static const char *pace_name(enum pace pace)
{
	return pace == PACE_RECORDED ? "recorded" : "fast";
}

static void collect_info(struct exposition *exposition, const struct sessions *sessions,
			 size_t count)
{
	size_t i;

	exposition_family(exposition, &info_family);
	for (i = 0; i < count; i++) {
		const struct session_config *config = session_config(sessions_get(sessions, i));

		exposition_u64(exposition,
			       (const char *[]){config->name, config->source,
						pace_name(config->pace), truth(config->follow),
						truth(config->loop)},
			       1);
	}
}

static void collect_state(struct exposition *exposition, const struct sessions *sessions,
			  size_t count)
{
	size_t i;
	int state;

	exposition_family(exposition, &state_family);
	for (i = 0; i < count; i++) {
		const struct session *session = sessions_get(sessions, i);
		int now = (int)session_state(session);

		for (state = 0; state < SESSION_STATE_COUNT; state++)
			exposition_u64(
				exposition,
				(const char *[]){session_config(session)->name,
						 session_state_name((enum session_state)state)},
				state == now);
	}
}

void session_metrics_collect(struct exposition *exposition, void *context)
{
	const struct sessions *sessions = context;
	size_t count, i;

	sessions_look(sessions);
	count = sessions_count(sessions);
	if (count) {
		collect_info(exposition, sessions, count);
		collect_state(exposition, sessions, count);
		for (i = 0; i < sizeof(singles) / sizeof(singles[0]); i++)
			collect_single(exposition, sessions, &singles[i], count);
		for (i = 0; i < sizeof(listeds) / sizeof(listeds[0]); i++)
			collect_listed(exposition, sessions, &listeds[i], count);
		collect_listed(exposition, sessions, &modes, count);
		collect_stops(exposition, sessions, count);
		collect_unknown(exposition, sessions, count);
	}
	exposition_family(exposition, &sessions_refused_family);
	exposition_u64(exposition, NULL, sessions_refused(sessions));
	sessions_looked(sessions);
}

bool session_metrics_ready(void *context, struct text *why)
{
	const struct sessions *sessions = context;
	bool ready = sessions_started(sessions);
	size_t i;

	if (!ready)
		text_string(why, "the sessions are being started\n");
	sessions_look(sessions);
	for (i = 0; i < sessions_count(sessions); i++) {
		const struct session *session = sessions_get(sessions, i);

		if (session_is_up(session))
			continue;
		ready = false;
		text_printf(why, "session %s is %s\n", session_config(session)->name,
			    session_state_name(session_state(session)));
	}
	sessions_looked(sessions);
	return ready;
}
