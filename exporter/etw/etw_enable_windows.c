#include "exporter/etw/etw_enable_windows.h"

#include <stdlib.h>
#include <string.h>

#include "exporter/etw/etw_error_windows.h"
#include "exporter/etw/etw_provider_windows.h"
#include "exporter/etw/etw_stop_event_windows.h"
#include "exporter/value/utf16.h"

/* PIDs, executables, and either IDs of events or their names. */
#define FILTER_KINDS 3

/* All that a classic provider can have: its flags have 32 bits. */
#define CLASS_KEYWORDS 0xffffffff

/* The filters of one provider, and what they point to. */
struct filters {
	EVENT_FILTER_DESCRIPTOR list[FILTER_KINDS];
	ULONG count;
	ULONG pids[ETW_PIDS_MAX];
	WCHAR executables[ETW_FILTER_BYTES / sizeof(WCHAR)];
	union {
		struct etw_event_id_filter filter;
		uint8_t room[sizeof(struct etw_event_id_filter) +
			     ETW_EVENT_IDS_MAX * sizeof(USHORT)];
	} ids;
	union {
		struct etw_event_name_filter filter;
		uint8_t room[ETW_FILTER_BYTES];
	} names;
};

/* What EnableTraceEx2() takes. */
struct enabling {
	GUID guid;
	UCHAR level;
	uint64_t any, all;
	struct filters filters;
};

static void add_filter(struct filters *filters, ULONG type, const void *what, size_t bytes)
{
	filters->list[filters->count++] = (EVENT_FILTER_DESCRIPTOR){
		.Ptr = (ULONGLONG)(ULONG_PTR)what,
		.Size = (ULONG)bytes,
		.Type = type,
	};
}

static void add_pids(struct filters *filters, const struct scalar_list *pids)
{
	size_t i;

	for (i = 0; i < pids->count && i < ETW_PIDS_MAX; i++)
		filters->pids[i] = (ULONG)pids->list[i].magnitude;
	if (i)
		add_filter(filters, ETW_FILTER_PID, filters->pids, i * sizeof(ULONG));
}

/* One text, with a `;` between the names. */
static void add_executables(struct filters *filters, const struct scalar_list *names)
{
	const size_t size = sizeof(filters->executables) / sizeof(WCHAR);
	size_t i, used = 0;

	for (i = 0; i < names->count && used + 1 < size; i++) {
		if (i)
			filters->executables[used++] = ';';
		used += utf16_from_utf8(names->list[i].text, filters->executables + used,
					size - used);
	}
	if (i)
		add_filter(filters, ETW_FILTER_EXECUTABLE_NAME, filters->executables,
			   (used + 1) * sizeof(WCHAR));
}

static void add_id(struct filters *filters, USHORT id)
{
	struct etw_event_id_filter *filter = &filters->ids.filter;
	uint8_t *events = filters->ids.room + offsetof(struct etw_event_id_filter, events);

	if (filter->count < ETW_EVENT_IDS_MAX)
		memcpy(events + filter->count++ * sizeof(id), &id, sizeof(id));
}

/* Once all are there. */
static void add_ids(struct filters *filters)
{
	struct etw_event_id_filter *filter = &filters->ids.filter;

	filter->filter_in = TRUE;
	if (filter->count)
		add_filter(filters, ETW_FILTER_EVENT_ID, filter,
			   offsetof(struct etw_event_id_filter, events) +
				   filter->count * sizeof(USHORT));
}

static void add_names(struct enabling *enabling, const struct etw_provider_config *provider)
{
	struct filters *filters = &enabling->filters;
	size_t used = offsetof(struct etw_event_name_filter, names), i;

	filters->names.filter = (struct etw_event_name_filter){
		.any = enabling->any,
		.all = enabling->all,
		.level = enabling->level,
		.filter_in = TRUE,
	};
	for (i = 0; i < provider->events.count; i++) {
		size_t bytes = strlen(provider->events.list[i].text) + 1;

		if (bytes > sizeof(filters->names.room) - used)
			break;
		memcpy(filters->names.room + used, provider->events.list[i].text, bytes);
		used += bytes;
	}
	filters->names.filter.count = (USHORT)i;
	add_filter(filters, ETW_FILTER_EVENT_NAME, &filters->names, used);
}

static void make_filters(struct enabling *enabling, const struct etw_provider_config *provider)
{
	struct filters *filters = &enabling->filters;
	size_t i;

	add_pids(filters, &provider->pids);
	add_executables(filters, &provider->executables);
	if (provider->events.count && provider->by_event_name)
		add_names(enabling, provider);
	for (i = 0; !provider->by_event_name && i < provider->events.count; i++)
		add_id(filters, (USHORT)provider->events.list[i].magnitude);
}

static const char *name_of(const struct etw_provider_config *provider)
{
	if (provider->naming == ETW_BY_GUID)
		return provider->guid;
	return provider->naming == ETW_BY_NAME ? provider->name : provider->eventsource;
}

static ULONG enable(struct etw_session *session, struct enabling *enabling, ULONG properties)
{
	const struct etw_functions *functions = session->functions;
	ENABLE_TRACE_PARAMETERS parameters = {
		.Version = ENABLE_TRACE_PARAMETERS_VERSION_2,
		.EnableProperty = properties,
	};
	ULONG code;

	add_ids(&enabling->filters);
	parameters.FilterDescCount = enabling->filters.count;
	if (parameters.FilterDescCount)
		parameters.EnableFilterDesc = enabling->filters.list;
	code = functions->EnableTraceEx2(session->handle, &enabling->guid,
					 EVENT_CONTROL_CODE_ENABLE_PROVIDER, enabling->level,
					 enabling->any, enabling->all, 0, &parameters);
	if (code == ERROR_SUCCESS)
		session->enabled[session->enabled_count++] = enabling->guid;
	return code;
}

/*
 * What it has to have told before. A provider that no process has by now has nothing to tell, and
 * is enabled all the same.
 */
static void ask_for_state(struct etw_session *session, const struct enabling *enabling,
			  const struct etw_provider_config *provider)
{
	ULONG code = session->functions->EnableTraceEx2(
		session->handle, &enabling->guid, EVENT_CONTROL_CODE_CAPTURE_STATE, enabling->level,
		enabling->any, enabling->all, 0, NULL);
	struct error error;

	if (code == ERROR_SUCCESS)
		return;
	etw_error_trace(&error, code, "ask for the state of", name_of(provider));
	log_line(session->log, LOG_WARN, error.text, "session", session->config->name, NULL);
}

/*
 * The row is for the provider that tells of stops: of its events those pass, too, which are taken
 * out of what is counted afterwards (etw_enable_wants()). Processes and names are left to the row.
 */
static void add_stops(struct etw_session *session, const struct etw_provider_config *row,
		      struct enabling *enabling)
{
	session->stop_row = row;
	session->stop_any = enabling->any;
	session->stop_all = enabling->all;
	if (enabling->level && enabling->level < ETW_STOP_EVENT_LEVEL)
		enabling->level = ETW_STOP_EVENT_LEVEL;
	if (enabling->any)
		enabling->any |= ETW_STOP_EVENT_KEYWORD;
	enabling->all &= ETW_STOP_EVENT_KEYWORD;
	if (enabling->filters.ids.filter.count)
		add_id(&enabling->filters, ETW_STOP_EVENT_ID);
}

static int enable_provider(struct etw_session *session, const struct etw_provider_config *provider,
			   struct error *error)
{
	const struct etw_functions *functions = session->functions;
	struct enabling enabling = {.level = (UCHAR)provider->level};
	ULONG code;

	if (etw_provider_find(functions, provider, &enabling.guid, error) ||
	    etw_provider_keywords(functions, &enabling.guid, &provider->any, "any", &enabling.any,
				  error) ||
	    etw_provider_keywords(functions, &enabling.guid, &provider->all, "all", &enabling.all,
				  error))
		return -1;
	/* No keyword at all is what the others take for all of them. */
	if (!enabling.any && !enabling.all && etw_provider_is_class(functions, &enabling.guid))
		enabling.any = CLASS_KEYWORDS;
	/* Windows does not look at the one without the other. What has all bits has any of them. */
	if (!enabling.any)
		enabling.any = enabling.all;
	make_filters(&enabling, provider);
	if (etw_stop_event_is_of(&enabling.guid))
		add_stops(session, provider, &enabling);
	code = enable(session, &enabling, provider->properties);
	if (code != ERROR_SUCCESS)
		return etw_error_trace(error, code, "enable the provider", name_of(provider));
	if (provider->rundown)
		ask_for_state(session, &enabling, provider);
	return 0;
}

/* Without it who stopped the session is not known, and nothing else is missing. */
static void enable_stops(struct etw_session *session)
{
	struct enabling enabling = {
		.guid = etw_stop_event_provider,
		.level = ETW_STOP_EVENT_LEVEL,
		.any = ETW_STOP_EVENT_KEYWORD,
	};

	add_id(&enabling.filters, ETW_STOP_EVENT_ID);
	enable(session, &enabling, 0);
}

int etw_enable_providers(struct etw_session *session, struct error *error)
{
	const struct etw_config *config = &session->config->etw;
	size_t i;

	if (session->is_others || config->kind == ETW_KERNEL)
		return 0;
	session->enabled = calloc(config->provider_count + 1, sizeof(*session->enabled));
	if (!session->enabled)
		return error_set(error, "out of memory");
	session->has_stops = true;
	for (i = 0; i < config->provider_count; i++)
		if (enable_provider(session, &config->providers[i], error))
			return -1;
	if (!session->stop_row)
		enable_stops(session);
	return 0;
}

/* As Windows itself would choose by the row alone. */
static bool row_wants(const struct etw_session *session, const EVENT_DESCRIPTOR *event)
{
	const struct etw_provider_config *row = session->stop_row;
	size_t i;

	if (row->level && event->Level > row->level)
		return false;
	if (event->Keyword && ((session->stop_any && !(event->Keyword & session->stop_any)) ||
			       (event->Keyword & session->stop_all) != session->stop_all))
		return false;
	for (i = 0; !row->by_event_name && i < row->events.count; i++)
		if (row->events.list[i].magnitude == event->Id)
			return true;
	return row->by_event_name || !row->events.count;
}

bool etw_enable_wants(const struct etw_session *session, const EVENT_RECORD *event)
{
	if (!session->has_stops || !etw_stop_event_is_of(&event->EventHeader.ProviderId))
		return true;
	return session->stop_row && row_wants(session, &event->EventHeader.EventDescriptor);
}

void etw_disable_providers(struct etw_session *session)
{
	size_t i;

	for (i = 0; session->handle && i < session->enabled_count; i++)
		session->functions->EnableTraceEx2(session->handle, &session->enabled[i],
						   EVENT_CONTROL_CODE_DISABLE_PROVIDER, 0, 0, 0, 0,
						   NULL);
}

void etw_enable_done(struct etw_session *session)
{
	free(session->enabled);
	session->enabled = NULL;
	session->enabled_count = 0;
}
