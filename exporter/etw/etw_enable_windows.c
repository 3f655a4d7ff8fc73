#include "exporter/etw/etw_enable_windows.h"

#include <stdio.h>
#include <string.h>

#include "exporter/etw/etw_error_windows.h"
#include "exporter/etw/etw_provider_windows.h"
#include "exporter/etw/etw_stop_event_windows.h"
#include "exporter/utf16.h"

/* The filters of one provider, and what they point to. */
struct filters {
	EVENT_FILTER_DESCRIPTOR list[4];
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

static void add_ids(struct filters *filters, const struct scalar_list *ids)
{
	struct etw_event_id_filter *filter = &filters->ids.filter;
	uint8_t *events = filters->ids.room + offsetof(struct etw_event_id_filter, events);
	size_t i;

	filter->filter_in = TRUE;
	for (i = 0; i < ids->count && i < ETW_EVENT_IDS_MAX; i++) {
		USHORT id = (USHORT)ids->list[i].magnitude;

		memcpy(events + i * sizeof(id), &id, sizeof(id));
	}
	filter->count = (USHORT)i;
	add_filter(filters, ETW_FILTER_EVENT_ID, filter,
		   offsetof(struct etw_event_id_filter, events) + i * sizeof(USHORT));
}

static void add_names(struct enabling *enabling, const struct etw_provider_config *provider)
{
	struct filters *filters = &enabling->filters;
	size_t used = offsetof(struct etw_event_name_filter, names), i;

	filters->names.filter = (struct etw_event_name_filter){
		.any = enabling->any,
		.all = enabling->all,
		.level = (UCHAR)provider->level,
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

	memset(filters, 0, sizeof(*filters));
	add_pids(filters, &provider->pids);
	add_executables(filters, &provider->executables);
	if (provider->events.count && provider->by_event_name)
		add_names(enabling, provider);
	else if (provider->events.count)
		add_ids(filters, &provider->events);
}

static const char *name_of(const struct etw_provider_config *provider)
{
	if (provider->naming == ETW_BY_GUID)
		return provider->guid;
	return provider->naming == ETW_BY_NAME ? provider->name : provider->eventsource;
}

static ULONG enable(struct etw_session *session, const struct etw_provider_config *provider,
		    struct enabling *enabling)
{
	const struct etw_functions *functions = session->functions;
	ENABLE_TRACE_PARAMETERS parameters = {
		.Version = ENABLE_TRACE_PARAMETERS_VERSION_2,
		.EnableProperty = provider->properties,
		.EnableFilterDesc = enabling->filters.list,
		.FilterDescCount = enabling->filters.count,
	};
	ULONG code = functions->EnableTraceEx2(
		session->handle, &enabling->guid, EVENT_CONTROL_CODE_ENABLE_PROVIDER,
		(UCHAR)provider->level, enabling->any, enabling->all, 0, &parameters);

	if (code == ERROR_SUCCESS && provider->rundown)
		code = functions->EnableTraceEx2(
			session->handle, &enabling->guid, EVENT_CONTROL_CODE_CAPTURE_STATE,
			(UCHAR)provider->level, enabling->any, enabling->all, 0, NULL);
	return code;
}

static int enable_provider(struct etw_session *session, const struct etw_provider_config *provider,
			   struct error *error)
{
	const struct etw_functions *functions = session->functions;
	struct enabling enabling;
	ULONG code;

	if (etw_provider_find(functions, provider, &enabling.guid, error) ||
	    etw_provider_keywords(functions, &enabling.guid, &provider->any, "any", &enabling.any,
				  error) ||
	    etw_provider_keywords(functions, &enabling.guid, &provider->all, "all", &enabling.all,
				  error))
		return -1;
	make_filters(&enabling, provider);
	code = enable(session, provider, &enabling);
	if (code != ERROR_SUCCESS)
		return etw_error_set(error, code, "enable the provider", name_of(provider));
	return 0;
}

int etw_enable_providers(struct etw_session *session, struct error *error)
{
	const struct etw_config *config = &session->config->etw;
	size_t i;

	if (session->is_others || config->kind == ETW_KERNEL)
		return 0;
	for (i = 0; i < config->provider_count; i++)
		if (enable_provider(session, &config->providers[i], error))
			return -1;
	/* Without it who stopped the session is not known, and nothing else is missing. */
	session->functions->EnableTraceEx2(session->handle, &etw_stop_event_provider,
					   EVENT_CONTROL_CODE_ENABLE_PROVIDER, ETW_STOP_EVENT_LEVEL,
					   ETW_STOP_EVENT_KEYWORD, 0, 0, NULL);
	return 0;
}

static void disable(struct etw_session *session, const GUID *guid)
{
	session->functions->EnableTraceEx2(session->handle, guid,
					   EVENT_CONTROL_CODE_DISABLE_PROVIDER, 0, 0, 0, 0, NULL);
}

void etw_disable_providers(struct etw_session *session)
{
	const struct etw_config *config = &session->config->etw;
	struct error ignored;
	GUID guid;
	size_t i;

	if (session->is_others || config->kind == ETW_KERNEL || !session->handle)
		return;
	for (i = 0; i < config->provider_count; i++)
		if (!etw_provider_find(session->functions, &config->providers[i], &guid, &ignored))
			disable(session, &guid);
	disable(session, &etw_stop_event_provider);
}
