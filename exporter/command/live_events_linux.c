#include "exporter/command/live_events.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exporter/decoder/ftrace.h"
#include "exporter/tracefs/trace_mount_linux.h"
#include "exporter/tracefs/trace_name.h"
#include "exporter/tracefs/trace_select_linux.h"

struct live_events {
	struct ftrace_formats *formats;		 /* NULL: this machine has none */
	char (*systems)[TRACE_SYSTEM_NAME_SIZE]; /* of the sessions' probes */
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

static struct live_events *live_events_new(size_t session_count)
{
	struct live_events *events = calloc(1, sizeof(*events));

	if (!events)
		return NULL;
	events->systems = calloc(session_count, sizeof(*events->systems));
	if (events->systems)
		return events;
	free(events);
	return NULL;
}

/* What a session traces is no misspelling, also where this machine cannot tell. */
static void add_names(const struct session_config *session, char probes[TRACE_SYSTEM_NAME_SIZE],
		      struct catalogue *catalogue)
{
	char instance[TRACE_NAME_SIZE];
	size_t i;

	trace_name_instance(session->name, instance);
	trace_name_system(instance, probes);
	for (i = 0; i < session->tracefs.provider_count; i++)
		catalogue_add_name(catalogue,
				   session->tracefs.providers[i].kind == TRACE_PROVIDER_SYSTEM
					   ? session->tracefs.providers[i].name
					   : probes);
}

/* What this machine knows of the events of all sessions. */
static void add_formats(struct live_events *events, const struct config *config,
			struct catalogue *catalogue, struct problems *problems)
{
	char path[PATH_MAX], formats[PATH_MAX + 8];
	struct error error;
	size_t i, j;
	int tracefs = trace_mount_open(false, path, &error);

	if (tracefs < 0)
		return;
	snprintf(formats, sizeof(formats), "%s/events", path);
	events->formats = ftrace_formats_new(formats);
	for (i = 0; events->formats && i < config->session_count; i++) {
		const struct session_config *session = &config->sessions[i];

		for (j = 0; is_tracefs(session) && j < session->tracefs.provider_count; j++)
			add_provider(events, tracefs, config->file, &session->tracefs.providers[j],
				     catalogue, problems);
	}
	close(tracefs);
}

struct live_events *live_events_add(const struct config *config, struct catalogue *catalogue,
				    struct problems *problems)
{
	struct live_events *events =
		has_tracefs(config) ? live_events_new(config->session_count) : NULL;
	size_t i;

	if (!events)
		return NULL;
	for (i = 0; i < config->session_count; i++)
		if (is_tracefs(&config->sessions[i]))
			add_names(&config->sessions[i], events->systems[i], catalogue);
	add_formats(events, config, catalogue, problems);
	catalogue_sort(catalogue);
	return events;
}

void live_events_free(struct live_events *events)
{
	if (!events)
		return;
	ftrace_formats_free(events->formats);
	free(events->systems);
	free(events);
}
