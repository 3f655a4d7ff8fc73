/* The controller: sessions are started, asked, stopped. */
#include <string.h>

#include "exporter/etw/etw_properties_windows.h"
#include "exporter/value/letter_case.h"
#include "tests/windows/model/model.h"

static size_t length_of(const WCHAR *text)
{
	size_t length = 0;

	while (text[length])
		length++;
	return length;
}

static bool is_called(const struct model_session *session, const WCHAR *name)
{
	const WCHAR *own = session->name;

	for (; letter_lower(*own) == letter_lower(*name); own++, name++)
		if (!*own)
			return true;
	return false;
}

struct model_session *model_session_find(struct model_state *state, const WCHAR *name)
{
	size_t i;

	for (i = 0; i < MODEL_SESSIONS_MAX; i++)
		if (state->sessions[i].used && is_called(&state->sessions[i], name))
			return &state->sessions[i];
	return NULL;
}

struct model_session *model_session_by_id(struct model_state *state, ULONGLONG id)
{
	size_t i;

	for (i = 0; i < MODEL_SESSIONS_MAX; i++)
		if (state->sessions[i].used && state->sessions[i].id == id)
			return &state->sessions[i];
	return NULL;
}

/*
 * Unsettled: whether all but the names is there where these do not fit.
 *
 * The session's properties, but for what the caller said of its own buffer.
 */
static ULONG answer(const struct model_session *session, EVENT_TRACE_PROPERTIES *to)
{
	ULONG size = to->Wnode.BufferSize, name_at = to->LoggerNameOffset;
	ULONG file_at = to->LogFileNameOffset;
	size_t bytes = (length_of(session->name) + 1) * sizeof(WCHAR);

	*to = session->properties;
	to->Wnode.BufferSize = size;
	to->Wnode.HistoricalContext = session->id;
	to->LoggerNameOffset = name_at;
	to->LogFileNameOffset = file_at;
	if (file_at && size > file_at && size - file_at >= sizeof(session->file))
		memcpy((char *)to + file_at, session->file, sizeof(session->file));
	if (!name_at)
		return ERROR_SUCCESS;
	if (name_at > size || size - name_at < bytes)
		return ERROR_MORE_DATA;
	memcpy((char *)to + name_at, session->name, bytes);
	return ERROR_SUCCESS;
}

/* Unsettled: which of two errors comes first. */
static ULONG check_start(const struct model_script *script, const WCHAR *name,
			 const EVENT_TRACE_PROPERTIES *properties)
{
	ULONG size = properties->Wnode.BufferSize, at = properties->LoggerNameOffset;

	if (size < sizeof(*properties) || size < at + (length_of(name) + 1) * sizeof(WCHAR))
		return ERROR_BAD_LENGTH;
	if (!(properties->Wnode.Flags & WNODE_FLAG_TRACED_GUID) || !at ||
	    !(properties->LogFileMode & LOG_FILE_MODE_REAL_TIME) ||
	    properties->MinimumBuffers > properties->MaximumBuffers)
		return ERROR_INVALID_PARAMETER;
	if (script->denies[MODEL_DENIED_PRIVILEGE])
		return ERROR_PRIVILEGE_NOT_HELD;
	return script->denies[MODEL_DENIED_START] ? ERROR_ACCESS_DENIED : ERROR_SUCCESS;
}

/* Unsettled: how many buffers there are at the beginning. */
static void make(struct model_session *session, ULONG id, const WCHAR *name,
		 const EVENT_TRACE_PROPERTIES *properties)
{
	memset(session, 0, sizeof(*session));
	session->used = true;
	session->id = id;
	memcpy(session->name, name, (length_of(name) + 1) * sizeof(WCHAR));
	session->properties = *properties;
	session->properties.NumberOfBuffers = properties->MinimumBuffers;
	session->properties.FreeBuffers = properties->MinimumBuffers;
	/* What Windows does to a session that does not say what becomes of it then. */
	if (!(properties->LogFileMode &
	      (LOG_FILE_MODE_PERSIST_ON_HYBRID_SHUTDOWN | LOG_FILE_MODE_STOP_ON_HYBRID_SHUTDOWN)))
		session->properties.LogFileMode &= ~LOG_FILE_MODE_INDEPENDENT;
}

/* Beside Windows' own. Unsettled: the code that Windows gives. */
static bool has_room(const struct model_state *state, const EVENT_TRACE_PROPERTIES *properties)
{
	size_t i, used = 0, system = 0;

	for (i = 0; i < MODEL_SESSIONS_MAX; i++) {
		if (!state->sessions[i].used)
			continue;
		used++;
		if (state->sessions[i].properties.LogFileMode & LOG_FILE_MODE_SYSTEM_LOGGER)
			system++;
	}
	return used < model_script()->session_limit &&
	       (system < MODEL_SYSTEM_LOGGERS_MAX ||
		!(properties->LogFileMode & LOG_FILE_MODE_SYSTEM_LOGGER));
}

static ULONG start(struct model_state *state, PTRACEHANDLE handle, const WCHAR *name,
		   EVENT_TRACE_PROPERTIES *properties)
{
	ULONG code = check_start(model_script(), name, properties), i;
	struct model_session *free_slot = NULL;

	if (code)
		return code;
	if (model_session_find(state, name) || (state->lingers && state->lingers--))
		return ERROR_ALREADY_EXISTS;
	for (i = 0; i < MODEL_SESSIONS_MAX && !free_slot; i++)
		if (!state->sessions[i].used)
			free_slot = &state->sessions[i];
	if (!free_slot || !has_room(state, properties))
		return ERROR_NO_SYSTEM_RESOURCES;
	make(free_slot, ++state->last_id, name, properties);
	*handle = free_slot->id;
	return answer(free_slot, properties);
}

MODEL_FUNCTION(ULONG, StartTraceW, PTRACEHANDLE handle, LPCWSTR name,
	       PEVENT_TRACE_PROPERTIES properties)
{
	ULONG code = start(model_lock(), handle, name, properties);

	model_unlock();
	return code;
}

/* The rest of a session stays as it was made. Unsettled: the codes, and what a system logger is. */
static ULONG update(struct model_session *session, const EVENT_TRACE_PROPERTIES *wanted)
{
	EVENT_TRACE_PROPERTIES *properties = &session->properties;

	if (wanted->LogFileNameOffset || !(wanted->Wnode.Flags & WNODE_FLAG_TRACED_GUID) ||
	    memcmp(&wanted->Wnode.Guid, &properties->Wnode.Guid, sizeof(GUID)) != 0 ||
	    (wanted->EnableFlags && !etw_properties_is_system(properties)) ||
	    (wanted->MaximumBuffers && wanted->MaximumBuffers < properties->MinimumBuffers))
		return ERROR_INVALID_PARAMETER;
	properties->EnableFlags = wanted->EnableFlags;
	if (wanted->FlushTimer)
		properties->FlushTimer = wanted->FlushTimer;
	if (wanted->MaximumBuffers)
		properties->MaximumBuffers = wanted->MaximumBuffers;
	if (wanted->LogFileMode & LOG_FILE_MODE_REAL_TIME)
		properties->LogFileMode |= LOG_FILE_MODE_REAL_TIME;
	else
		properties->LogFileMode &= ~LOG_FILE_MODE_REAL_TIME;
	return ERROR_SUCCESS;
}

static ULONG control(struct model_state *state, TRACEHANDLE handle, const WCHAR *name,
		     EVENT_TRACE_PROPERTIES *properties, ULONG what)
{
	struct model_session *session =
		name ? model_session_find(state, name) : model_session_by_id(state, handle);
	ULONG code;

	if (properties->Wnode.BufferSize < sizeof(*properties))
		return ERROR_BAD_LENGTH;
	if (!session)
		return ERROR_WMI_INSTANCE_NOT_FOUND;
	if (model_script()->denies[MODEL_DENIED_CONTROL])
		return ERROR_ACCESS_DENIED;
	code = what == EVENT_TRACE_CONTROL_UPDATE ? update(session, properties) : ERROR_SUCCESS;
	if (code)
		return code;
	code = answer(session, properties);
	if (what == EVENT_TRACE_CONTROL_STOP) {
		session->used = false;
		state->lingers = model_script()->lingers;
	} else if (what == EVENT_TRACE_CONTROL_FLUSH) {
		session->flushes++;
	} else if (what == EVENT_TRACE_CONTROL_QUERY) {
		session->queries++;
	}
	return code;
}

MODEL_FUNCTION(ULONG, ControlTraceW, TRACEHANDLE handle, LPCWSTR name,
	       PEVENT_TRACE_PROPERTIES properties, ULONG what)
{
	ULONG code = control(model_lock(), handle, name, properties, what);

	model_unlock();
	return code;
}

/*
 * Nobody may ask for more sessions than there can be. Unsettled: whether that is the limit that is
 * set, or never less than 64; whether the count is of all sessions where the room does not suffice.
 */
MODEL_FUNCTION(ULONG, QueryAllTracesW, PEVENT_TRACE_PROPERTIES *all, ULONG room, PULONG count)
{
	const ULONG most = model_script()->session_limit;
	struct model_state *state;
	size_t i;

	*count = 0;
	if (!room || room > (most > MODEL_SESSIONS_MAX ? most : MODEL_SESSIONS_MAX))
		return ERROR_INVALID_PARAMETER;
	if (model_script()->denies[MODEL_DENIED_CONTROL])
		return ERROR_ACCESS_DENIED;
	state = model_lock();
	for (i = 0; i < MODEL_SESSIONS_MAX; i++) {
		if (!state->sessions[i].used)
			continue;
		if (*count < room)
			answer(&state->sessions[i], all[*count]);
		++*count;
	}
	model_unlock();
	return *count > room ? ERROR_MORE_DATA : ERROR_SUCCESS;
}

/* Unsettled: whether it takes a session, for what is of none. */
MODEL_FUNCTION(ULONG, TraceQueryInformation, TRACEHANDLE handle, TRACE_INFO_CLASS what, PVOID to,
	       ULONG room, PULONG bytes)
{
	ULONG limit = model_script()->session_limit;

	(void)handle;
	if (what != TraceMaxLoggersQuery || room < sizeof(limit))
		return ERROR_INVALID_PARAMETER;
	memcpy(to, &limit, sizeof(limit));
	if (bytes)
		*bytes = sizeof(limit);
	return ERROR_SUCCESS;
}
