/* Providers: what a session has enabled, and which events pass its filters. */
#include <string.h>
#include <strings.h>

#include "exporter/value/utf16.h"
#include "tests/windows/model/model.h"

static struct model_enabled *find(struct model_session *session, const GUID *guid)
{
	ULONG i;

	for (i = 0; i < session->enabled_count; i++)
		if (memcmp(&session->enabled[i].guid, guid, sizeof(*guid)) == 0)
			return &session->enabled[i];
	return NULL;
}

static ULONG read_ids(struct model_enabled *enabled, const uint8_t *from, ULONG size)
{
	USHORT count;

	if (size < offsetof(struct etw_event_id_filter, events))
		return ERROR_INVALID_PARAMETER;
	memcpy(&count, from + offsetof(struct etw_event_id_filter, count), sizeof(count));
	if (count > 64 || from[offsetof(struct etw_event_id_filter, reserved)] ||
	    size < offsetof(struct etw_event_id_filter, events) + count * sizeof(USHORT))
		return ERROR_INVALID_PARAMETER;
	enabled->ids_in = from[0];
	enabled->id_count = count;
	memcpy(enabled->ids, from + offsetof(struct etw_event_id_filter, events),
	       count * sizeof(USHORT));
	return ERROR_SUCCESS;
}

static ULONG read_names(struct model_enabled *enabled, const uint8_t *from, ULONG size)
{
	const ULONG at = offsetof(struct etw_event_name_filter, names);

	if (size <= at || size > 1024 || from[size - 1] ||
	    !from[offsetof(struct etw_event_name_filter, filter_in)])
		return ERROR_INVALID_PARAMETER;
	memcpy(enabled->event_names, from + at, size - at);
	return ERROR_SUCCESS;
}

static ULONG read_executables(struct model_enabled *enabled, const uint8_t *from, ULONG size)
{
	struct bytes units = {from, size};

	if (size % 2 || size > 1024)
		return ERROR_INVALID_PARAMETER;
	utf16_take_string(&units, enabled->executables, sizeof(enabled->executables) - 2);
	strcat(enabled->executables, ";");
	return ERROR_SUCCESS;
}

static ULONG read_pids(struct model_enabled *enabled, const uint8_t *from, ULONG size)
{
	if (size % 4 || size > sizeof(enabled->pids))
		return ERROR_INVALID_PARAMETER;
	enabled->pid_count = size / 4;
	memcpy(enabled->pids, from, size);
	return ERROR_SUCCESS;
}

static ULONG read_filter(struct model_enabled *enabled, const EVENT_FILTER_DESCRIPTOR *filter)
{
	const uint8_t *from = (const uint8_t *)(uintptr_t)filter->Ptr;

	switch (filter->Type) {
	case ETW_FILTER_EVENT_ID:
		return read_ids(enabled, from, filter->Size);
	case ETW_FILTER_EVENT_NAME:
		return read_names(enabled, from, filter->Size);
	case ETW_FILTER_EXECUTABLE_NAME:
		return read_executables(enabled, from, filter->Size);
	case ETW_FILTER_PID:
		return read_pids(enabled, from, filter->Size);
	default:
		return ERROR_INVALID_PARAMETER;
	}
}

static ULONG enable(struct model_session *session, const struct model_enabled *wanted,
		    const ENABLE_TRACE_PARAMETERS *parameters)
{
	struct model_enabled *enabled = find(session, &wanted->guid), made = *wanted;
	ULONG i, code;

	if (parameters && parameters->Version != ENABLE_TRACE_PARAMETERS_VERSION_2)
		return ERROR_INVALID_PARAMETER;
	/* Unsettled: what Windows says where one is there without the other. */
	if (parameters && !parameters->FilterDescCount != !parameters->EnableFilterDesc)
		return ERROR_INVALID_PARAMETER;
	for (i = 0; parameters && i < parameters->FilterDescCount; i++) {
		code = read_filter(&made, &parameters->EnableFilterDesc[i]);
		if (code)
			return code;
	}
	if (model_script()->denies[MODEL_DENIED_ENABLE])
		return ERROR_ACCESS_DENIED;
	session->unheard += !session->consumers;
	if (!enabled && session->enabled_count == MODEL_ENABLED_MAX)
		return ERROR_NO_SYSTEM_RESOURCES;
	if (!enabled)
		enabled = &session->enabled[session->enabled_count++];
	*enabled = made;
	return ERROR_SUCCESS;
}

/*
 * Unsettled: what a handle that is no session's gives, and what asking for the state of a provider
 * that no process has.
 */
static ULONG change(struct model_session *session, ULONG what, const struct model_enabled *wanted,
		    const ENABLE_TRACE_PARAMETERS *parameters)
{
	struct model_enabled *enabled = session ? find(session, &wanted->guid) : NULL;

	if (!session)
		return ERROR_INVALID_PARAMETER;
	switch (what) {
	case EVENT_CONTROL_CODE_ENABLE_PROVIDER:
		return enable(session, wanted, parameters);
	case EVENT_CONTROL_CODE_DISABLE_PROVIDER:
		if (enabled)
			*enabled = session->enabled[--session->enabled_count];
		return ERROR_SUCCESS;
	case EVENT_CONTROL_CODE_CAPTURE_STATE:
		if (model_script()->denies[MODEL_DENIED_STATE])
			return ERROR_WMI_GUID_NOT_FOUND;
		if (enabled)
			enabled->rundowns++;
		return ERROR_SUCCESS;
	default:
		return ERROR_INVALID_PARAMETER;
	}
}

MODEL_FUNCTION(ULONG, EnableTraceEx2, TRACEHANDLE handle, LPCGUID provider, ULONG what, UCHAR level,
	       ULONGLONG any, ULONGLONG all, ULONG timeout, PENABLE_TRACE_PARAMETERS parameters)
{
	struct model_enabled wanted = {
		.guid = *provider,
		.level = level,
		.any = any,
		.all = all,
		.properties = parameters ? parameters->EnableProperty : 0,
	};
	struct model_state *state = model_lock();
	ULONG code = change(model_session_by_id(state, handle), what, &wanted, parameters);

	(void)timeout;
	model_unlock();
	return code;
}

static bool passes_keywords(const struct model_enabled *enabled, const EVENT_DESCRIPTOR *event)
{
	const ULONG ignore_keyword_0 = 0x10;

	if (!event->Keyword)
		return !(enabled->properties & ignore_keyword_0);
	/* Without `any` nobody looks at `all`. */
	if (!enabled->any)
		return true;
	return event->Keyword & enabled->any && (event->Keyword & enabled->all) == enabled->all;
}

static bool passes_ids(const struct model_enabled *enabled, USHORT id)
{
	bool listed = false;
	ULONG i;

	for (i = 0; i < enabled->id_count; i++)
		listed |= enabled->ids[i] == id;
	return !enabled->id_count || listed == enabled->ids_in;
}

static bool passes_pids(const struct model_enabled *enabled, ULONG pid)
{
	bool listed = false;
	ULONG i;

	for (i = 0; i < enabled->pid_count; i++)
		listed |= enabled->pids[i] == pid;
	return !enabled->pid_count || listed;
}

static bool passes_executables(const struct model_enabled *enabled, const char *executable)
{
	size_t length = strlen(executable);
	const char *at;

	for (at = enabled->executables; *at; at = strchr(at, ';') + 1)
		if (strncasecmp(at, executable, length) == 0 && at[length] == ';')
			return true;
	return !*enabled->executables;
}

static bool passes_names(const struct model_enabled *enabled, const struct model_event *event)
{
	const char *at;

	if (!*enabled->event_names)
		return true;
	for (at = enabled->event_names; event->is_tracelogging && *at; at += strlen(at) + 1)
		if (strcmp(at, event->name) == 0)
			return true;
	return false;
}

/* A level of 0, of either, is no condition. */
static bool passes(const struct model_enabled *enabled, const struct model_event *event)
{
	const EVENT_DESCRIPTOR *descriptor = &event->descriptor;

	return (!enabled->level || descriptor->Level <= enabled->level) &&
	       passes_keywords(enabled, descriptor) && passes_ids(enabled, descriptor->Id) &&
	       passes_names(enabled, event);
}

/* RT_LostEvent, which nobody enables. */
static bool is_of_losses(const GUID *provider)
{
	static const GUID lost_event_class = {
		0x6a399ae0, 0x4bc6, 0x4de9, {0x87, 0x0b, 0x36, 0x57, 0xf8, 0x94, 0x7e, 0x7e}};

	return memcmp(provider, &lost_event_class, sizeof(*provider)) == 0;
}

bool model_session_wants(const struct model_session *session, const struct model_event *event,
			 ULONG pid, const char *executable)
{
	ULONG i;

	if (is_of_losses(&event->provider))
		return true;
	for (i = 0; i < session->enabled_count; i++) {
		const struct model_enabled *enabled = &session->enabled[i];

		if (memcmp(&enabled->guid, &event->provider, sizeof(GUID)) == 0)
			return passes(enabled, event) && passes_pids(enabled, pid) &&
			       passes_executables(enabled, executable);
	}
	return false;
}
