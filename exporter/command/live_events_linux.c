#include "exporter/command/live_events.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exporter/decoder/ftrace.h"
#include "exporter/tracefs/trace_mount_linux.h"
#include "exporter/tracefs/trace_select_linux.h"

struct live_events {
	struct ftrace_formats *formats;
};

static void add_events(struct live_events *events, struct catalogue *catalogue,
		       const struct trace_names *names)
{
	size_t i;

	for (i = 0; i < names->count; i++) {
		uint16_t id;
		struct schema *schema = ftrace_schema_named(events->formats, names->list[i], &id);

		if (schema && !catalogue_add_format(catalogue, id, schema))
			return;
	}
}

static void add_provider(struct live_events *events, int tracefs, const char *file,
			 const struct trace_provider_config *provider, struct catalogue *catalogue,
			 struct problems *problems)
{
	struct trace_names names;
	struct error error;

	if (provider->kind != TRACE_PROVIDER_SYSTEM)
		return;
	if (trace_select(tracefs, provider->name, &provider->events, &names, &error)) {
		problems_add(problems, file, provider->place, true, error.text);
		return;
	}
	add_events(events, catalogue, &names);
	trace_names_done(&names);
}

static bool is_tracefs(const struct session_config *session)
{
	return strcmp(session->source, "tracefs") == 0;
}

static bool has_tracefs(const struct config *config)
{
	size_t i;

	for (i = 0; i < config->session_count; i++)
		if (is_tracefs(&config->sessions[i]))
			return true;
	return false;
}

static struct live_events *live_events_new(const char *tracefs)
{
	struct live_events *events = calloc(1, sizeof(*events));
	char path[PATH_MAX + 8];

	if (!events)
		return NULL;
	snprintf(path, sizeof(path), "%s/events", tracefs);
	events->formats = ftrace_formats_new(path);
	if (events->formats)
		return events;
	free(events);
	return NULL;
}

/* What a session traces is no misspelling, also where this machine cannot tell. */
static void add_names(const struct session_config *session, struct catalogue *catalogue)
{
	size_t i;

	for (i = 0; i < session->tracefs.provider_count; i++)
		if (session->tracefs.providers[i].kind == TRACE_PROVIDER_SYSTEM)
			catalogue_add_name(catalogue, session->tracefs.providers[i].name);
}

struct live_events *live_events_add(const struct config *config, struct catalogue *catalogue,
				    struct problems *problems)
{
	struct live_events *events = NULL;
	char path[PATH_MAX];
	struct error error;
	size_t i, j;
	int tracefs = has_tracefs(config) ? trace_mount_open(false, path, &error) : -1;

	for (i = 0; i < config->session_count; i++)
		if (is_tracefs(&config->sessions[i]))
			add_names(&config->sessions[i], catalogue);
	if (tracefs >= 0)
		events = live_events_new(path);
	for (i = 0; events && i < config->session_count; i++) {
		const struct session_config *session = &config->sessions[i];

		for (j = 0; is_tracefs(session) && j < session->tracefs.provider_count; j++)
			add_provider(events, tracefs, config->file, &session->tracefs.providers[j],
				     catalogue, problems);
	}
	if (tracefs >= 0)
		close(tracefs);
	catalogue_sort(catalogue);
	return events;
}

void live_events_free(struct live_events *events)
{
	if (!events)
		return;
	ftrace_formats_free(events->formats);
	free(events);
}
