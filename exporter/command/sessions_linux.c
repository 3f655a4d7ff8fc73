/* The instances of tracefs, ours and those of others. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>

#include "exporter/command/json.h"
#include "exporter/command/sessions.h"
#include "exporter/tracefs/trace_cpus_linux.h"
#include "exporter/tracefs/trace_file_linux.h"
#include "exporter/tracefs/trace_mount_linux.h"
#include "exporter/tracefs/trace_name.h"
#include "exporter/tracefs/trace_remove_linux.h"
#include "metrics/text.h"

/* An instance, or the top-level buffer. */
struct live_session {
	const char *instance;		  /* NULL: the top-level buffer */
	char session[TRACE_SESSION_SIZE]; /* of ours; empty: of others, or cut */
	bool is_ours;
	bool is_on;
	char clock[64];
	uint64_t buffer_kib;	/* of all CPUs */
	uint64_t subbuffer_kib; /* 0: the kernel does not say */
	size_t cpus;
	struct cpu_stats sums; /* without the times */
};

static int sum_cpus(int directory, struct live_session *live)
{
	struct trace_cpus cpus;
	struct cpu_stats stats;
	size_t i;

	if (trace_cpus_read(directory, &cpus))
		return -1;
	live->cpus = cpus.count;
	for (i = 0; i < cpus.count; i++) {
		if (!trace_cpu_stats_read(directory, cpus.list[i], &stats))
			continue;
		live->sums.entries += stats.entries;
		live->sums.overrun += stats.overrun;
		live->sums.commit_overrun += stats.commit_overrun;
		live->sums.bytes += stats.bytes;
		live->sums.dropped_events += stats.dropped_events;
		live->sums.read_events += stats.read_events;
	}
	trace_cpus_done(&cpus);
	return 0;
}

/* The name in brackets. */
static void read_clock(int directory, struct live_session *live)
{
	char text[512];
	const char *at;

	if (trace_file_read(directory, "trace_clock", text, sizeof(text)) < 0)
		return;
	at = strchr(text, '[');
	if (at)
		snprintf(live->clock, sizeof(live->clock), "%.*s", (int)strcspn(at + 1, "]"),
			 at + 1);
}

/* -1: errno. */
static int look(int directory, const char *instance, struct live_session *live)
{
	uint64_t on;

	*live = (struct live_session){.instance = instance};
	if (instance) {
		live->is_ours = trace_name_is_ours(instance);
		if (!trace_name_session(instance, live->session))
			live->session[0] = '\0';
	}
	if (sum_cpus(directory, live))
		return -1;
	live->is_on = trace_file_read_u64(directory, "tracing_on", &on) && on;
	read_clock(directory, live);
	trace_file_read_u64(directory, "buffer_total_size_kb", &live->buffer_kib);
	trace_file_read_u64(directory, "buffer_subbuf_size_kb", &live->subbuffer_kib);
	return 0;
}

static uint64_t lost(const struct cpu_stats *sums)
{
	return sums->overrun + sums->commit_overrun + sums->dropped_events;
}

static void add_text(const struct live_session *live, struct text *to)
{
	if (live->session[0])
		text_printable(to, live->session);
	else if (live->instance)
		text_printable(to, live->instance);
	else
		text_string(to, "top-level buffer");
	text_printf(to, "\n  of %s, %s, clock %s\n",
		    !live->instance ? "the system"
		    : live->is_ours ? "etw_exporter"
				    : "another program",
		    live->is_on ? "tracing" : "stopped", live->clock);
	text_printf(to, "  buffers %" PRIu64 " KiB over %zu CPUs", live->buffer_kib, live->cpus);
	if (live->subbuffer_kib)
		text_printf(to, ", in sub-buffers of %" PRIu64 " KiB", live->subbuffer_kib);
	text_printf(to, "\n  %" PRIu64 " events wait, %" PRIu64 " read, %" PRIu64 " lost\n",
		    live->sums.entries, live->sums.read_events, lost(&live->sums));
}

static void add_json(const struct live_session *live, struct text *to)
{
	text_char(to, '{');
	json_string_or_null(to, "instance", live->instance);
	json_string_or_null(to, "session", live->session);
	json_bool(to, "ours", live->is_ours);
	json_string(to, "state", live->is_on ? "tracing" : "stopped");
	json_string(to, "clock", live->clock);
	json_u64(to, "buffer_bytes", live->buffer_kib * 1024);
	json_u64(to, "subbuffer_bytes", live->subbuffer_kib * 1024);
	json_u64(to, "cpus", live->cpus);
	json_u64(to, "entries", live->sums.entries);
	json_u64(to, "bytes", live->sums.bytes);
	json_u64(to, "overrun", live->sums.overrun);
	json_u64(to, "commit_overrun", live->sums.commit_overrun);
	json_u64(to, "dropped_events", live->sums.dropped_events);
	json_u64(to, "read_events", live->sums.read_events);
	text_string(to, "}\n");
}

/* One that goes away meanwhile is not there. */
static int add(int tracefs, const char *instance, bool json, struct text *to, struct error *error)
{
	char path[TRACE_PATH_SIZE] = ".";
	struct live_session live;
	int directory, result = 0;

	if (instance)
		snprintf(path, sizeof(path), "instances/%s", instance);
	directory = openat(tracefs, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0 || look(directory, instance, &live))
		result = errno == ENOENT ? 0
					 : trace_file_error(error, errno, "cannot read %s", path);
	else if (json)
		add_json(&live, to);
	else
		add_text(&live, to);
	if (directory >= 0)
		close(directory);
	return result;
}

static int list(int tracefs, bool json, struct text *to, struct error *error)
{
	struct trace_names instances;
	int result;
	size_t i;

	if (trace_names_read(tracefs, "instances", &instances))
		return trace_file_error(error, errno, "cannot read the instances of tracefs");
	result = add(tracefs, NULL, json, to, error);
	for (i = 0; !result && i < instances.count; i++)
		result = add(tracefs, instances.list[i], json, to, error);
	trace_names_done(&instances);
	return result;
}

int sessions_list(bool json, struct text *to, struct error *error)
{
	char path[PATH_MAX];
	int tracefs = trace_mount_open(false, path, error), result;

	if (tracefs < 0)
		return -1;
	result = list(tracefs, json, to, error);
	close(tracefs);
	return result;
}

static bool is_there(int tracefs, const char *folder, const char *name)
{
	char path[TRACE_PATH_SIZE];

	return *name && !strchr(name, '/') &&
	       (size_t)snprintf(path, sizeof(path), "%s/%s", folder, name) < sizeof(path) &&
	       trace_file_exists(tracefs, path);
}

static int not_there(int tracefs, const char *name, struct error *error)
{
	if (is_there(tracefs, "instances", name))
		return error_set(error,
				 "\"%s\" is an instance of another program; only sessions of "
				 "etw_exporter are removed",
				 name);
	return error_set(error,
			 "no live session is called \"%s\"; etw_exporter sessions lists those "
			 "there are",
			 name);
}

/* By the session's name, or by the instance's where the former was cut. Whoever reads the instance
 * sees that it is stopped, and lets go of it. */
static int stop(int tracefs, const char *name, struct error *error)
{
	char instance[TRACE_NAME_SIZE], system[TRACE_SYSTEM_NAME_SIZE], path[TRACE_PATH_SIZE];

	if (trace_name_is_ours(name) && is_there(tracefs, "instances", name))
		snprintf(instance, sizeof(instance), "%s", name);
	else
		trace_name_instance(name, instance);
	trace_name_system(instance, system);
	if (!trace_name_is_ours(instance) ||
	    (!is_there(tracefs, "instances", instance) && !is_there(tracefs, "events", system)))
		return not_there(tracefs, name, error);
	snprintf(path, sizeof(path), "instances/%s/tracing_on", instance);
	if (trace_file_write(tracefs, path, "0") && errno != ENOENT)
		return trace_file_error(error, errno, "cannot stop the session %s", name);
	return trace_remove(tracefs, instance, error);
}

int sessions_remove(const char *name, struct error *error)
{
	char path[PATH_MAX];
	int tracefs = trace_mount_open(false, path, error), result;

	if (tracefs < 0)
		return -1;
	result = stop(tracefs, name, error);
	close(tracefs);
	return result;
}
