#include "exporter/command/live_events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/etw/etw_provider_windows.h"
#include "exporter/etw/etw_schemas_windows.h"

struct live_events {
	const struct etw_functions *functions; /* the program's */
	struct etw_schemas schemas;	       /* their maps */
};

/* A row of `providers:` that is looked at. */
struct looking {
	struct live_events *events;
	struct catalogue *catalogue;
	struct problems *problems;
	const char *file;
	const struct etw_provider_config *provider;
	GUID guid;
};

static void warn(const struct looking *looking, const char *text)
{
	problems_add(looking->problems, looking->file, looking->provider->place, true, text);
}

/* Whether the session has the event delivered, by its ID. */
static bool is_enabled(const struct etw_provider_config *provider, uint16_t id)
{
	size_t i;

	if (provider->by_event_name || !provider->events.count)
		return true;
	for (i = 0; i < provider->events.count; i++)
		if (provider->events.list[i].magnitude == id)
			return true;
	return false;
}

static bool add_event(const struct looking *looking, const EVENT_DESCRIPTOR *descriptor)
{
	ULONG code;
	struct schema *schema =
		etw_schema_of_event(&looking->events->schemas, &looking->guid, descriptor, &code);
	struct known_event event = {
		.provider = looking->provider->name,
		.event = schema ? schema->event : "",
		.id = descriptor->Id,
		.first_version = descriptor->Version,
		.last_version = descriptor->Version,
	};

	if (schema && schema->provider[0])
		event.provider = schema->provider;
	memcpy(&event.guid, &looking->guid, sizeof(event.guid));
	if (event.provider)
		return catalogue_add_event(looking->catalogue, &event, schema);
	schema_free(schema);
	return true;
}

static bool has_id(const struct etw_provider_events *events, ULONG count, uint64_t id)
{
	ULONG i;

	for (i = 0; i < count; i++)
		if (events->events[i].Id == id)
			return true;
	return false;
}

static void check_ids(const struct looking *looking, const struct etw_provider_events *events,
		      ULONG count)
{
	const struct scalar_list *ids = &looking->provider->events;
	char text[128];
	size_t i;

	for (i = 0; !looking->provider->by_event_name && i < ids->count; i++) {
		if (has_id(events, count, ids->list[i].magnitude))
			continue;
		snprintf(text, sizeof(text),
			 "the provider has no event %s in the manifest that is registered here",
			 ids->list[i].text);
		warn(looking, text);
	}
}

/* Providers without a manifest say what they have in their events. */
static void add_events(const struct looking *looking)
{
	struct etw_answer answer = {0};
	const struct etw_provider_events *events;
	ULONG count, i;

	if (etw_tdh_events(looking->events->functions, &looking->guid, &answer) == ERROR_SUCCESS) {
		events = (const void *)answer.bytes;
		count = etw_answer_elements(&answer, events->count,
					    offsetof(struct etw_provider_events, events),
					    sizeof(EVENT_DESCRIPTOR));
		check_ids(looking, events, count);
		for (i = 0; i < count; i++)
			if (is_enabled(looking->provider, events->events[i].Id) &&
			    !add_event(looking, &events->events[i]))
				break;
	}
	etw_answer_done(&answer);
}

static void check_keywords(const struct looking *looking, const struct scalar_list *keywords,
			   const char *key)
{
	struct error error;
	uint64_t mask;

	if (etw_provider_keywords(looking->events->functions, &looking->guid, keywords, key, &mask,
				  &error))
		warn(looking, error.text);
}

static void look(struct looking *looking)
{
	const struct etw_provider_config *provider = looking->provider;
	struct error error;

	if (etw_provider_find(looking->events->functions, provider, &looking->guid, &error)) {
		warn(looking, error.text);
		return;
	}
	check_keywords(looking, &provider->any, "any");
	check_keywords(looking, &provider->all, "all");
	add_events(looking);
}

static bool is_etw(const struct session_config *session)
{
	return strcmp(session->source, "etw") == 0;
}

static bool has_etw(const struct config *config)
{
	size_t i;

	for (i = 0; i < config->session_count; i++)
		if (is_etw(&config->sessions[i]))
			return true;
	return false;
}

/* What a session traces is no misspelling, also where this machine cannot tell. */
static void add_name(const struct etw_provider_config *provider, struct catalogue *catalogue)
{
	if (provider->name)
		catalogue_add_name(catalogue, provider->name);
	if (provider->eventsource)
		catalogue_add_name(catalogue, provider->eventsource);
}

static struct live_events *live_events_new(void)
{
	struct live_events *events = calloc(1, sizeof(*events));
	struct error error;

	if (!events)
		return NULL;
	events->functions = etw_functions_get(&error);
	if (events->functions) {
		etw_schemas_init(&events->schemas, events->functions);
		return events;
	}
	free(events);
	return NULL;
}

struct live_events *live_events_add(const struct config *config, struct catalogue *catalogue,
				    struct problems *problems)
{
	struct live_events *events = has_etw(config) ? live_events_new() : NULL;
	size_t i, j;

	for (i = 0; i < config->session_count; i++) {
		const struct session_config *session = &config->sessions[i];

		for (j = 0; is_etw(session) && j < session->etw.provider_count; j++) {
			struct looking looking = {
				.events = events,
				.catalogue = catalogue,
				.problems = problems,
				.file = config->file,
				.provider = &session->etw.providers[j],
			};

			add_name(looking.provider, catalogue);
			if (events)
				look(&looking);
		}
	}
	catalogue_sort(catalogue);
	return events;
}

void live_events_free(struct live_events *events)
{
	if (!events)
		return;
	etw_schemas_done(&events->schemas);
	free(events);
}
