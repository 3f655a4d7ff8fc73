/* The trace sessions of Windows, ours and those of others. */
#include "exporter/command/sessions.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "exporter/command/json.h"
#include "exporter/etw/etw_error_windows.h"
#include "exporter/etw/etw_session_list_windows.h"
#include "exporter/record/log_file_mode.h"
#include "exporter/value/utf16.h"

#define NAME_SIZE ((size_t)3 * ETW_SESSION_NAME_SIZE)

static void add_modes(uint32_t mode, bool json, struct text *to)
{
	const struct log_file_mode *known;
	bool is_first = true;

	for (known = log_file_modes; known->name; known++) {
		if (!(mode & known->bit))
			continue;
		if (!is_first)
			text_char(to, json ? ',' : ' ');
		if (json)
			text_json(to, known->name);
		else
			text_string(to, known->name);
		is_first = false;
	}
	if (is_first && !json)
		text_string(to, "no mode");
}

static void add_text(const EVENT_TRACE_PROPERTIES *session, const char *name, const char *file,
		     struct text *to)
{
	text_printable(to, name);
	text_printf(to, "\n  of %s, ",
		    etw_session_name_is_ours(name) ? "etw_exporter" : "another program");
	add_modes(session->LogFileMode, false, to);
	text_printf(to, ", clock %s\n", etw_properties_clock(session));
	text_printf(to, "  buffers %u of %u KiB (%u to %u), %u free, %u written\n",
		    (unsigned int)session->NumberOfBuffers, (unsigned int)session->BufferSize,
		    (unsigned int)session->MinimumBuffers, (unsigned int)session->MaximumBuffers,
		    (unsigned int)session->FreeBuffers, (unsigned int)session->BuffersWritten);
	text_printf(to, "  lost %u events, %u buffers for the log file, %u for consumers\n",
		    (unsigned int)session->EventsLost, (unsigned int)session->LogBuffersLost,
		    (unsigned int)session->RealTimeBuffersLost);
	if (!*file)
		return;
	text_string(to, "  log file ");
	text_printable(to, file);
	text_char(to, '\n');
}

static void add_json(const EVENT_TRACE_PROPERTIES *session, const char *name, const char *file,
		     struct text *to)
{
	bool is_ours = etw_session_name_is_ours(name);

	text_char(to, '{');
	json_string(to, "name", name);
	json_string_or_null(to, "session", is_ours ? name + strlen(ETW_NAME_PREFIX) : NULL);
	json_bool(to, "ours", is_ours);
	json_string(to, "clock", etw_properties_clock(session));
	json_key(to, "modes");
	text_char(to, '[');
	add_modes(session->LogFileMode, true, to);
	text_char(to, ']');
	json_u64(to, "log_file_mode", session->LogFileMode);
	json_u64(to, "flags", session->EnableFlags);
	json_u64(to, "buffer_bytes", (uint64_t)session->BufferSize << 10);
	json_u64(to, "buffers", session->NumberOfBuffers);
	json_u64(to, "buffers_min", session->MinimumBuffers);
	json_u64(to, "buffers_max", session->MaximumBuffers);
	json_u64(to, "buffers_free", session->FreeBuffers);
	json_u64(to, "buffers_written", session->BuffersWritten);
	json_u64(to, "events_lost", session->EventsLost);
	json_u64(to, "log_buffers_lost", session->LogBuffersLost);
	json_u64(to, "real_time_buffers_lost", session->RealTimeBuffersLost);
	json_string_or_null(to, "log_file", file);
	text_string(to, "}\n");
}

static void add(const struct etw_properties *session, bool json, struct text *to)
{
	char name[NAME_SIZE], file[NAME_SIZE];

	etw_properties_name(session, name, sizeof(name));
	etw_properties_file(session, file, sizeof(file));
	if (json)
		add_json(&session->properties, name, file, to);
	else
		add_text(&session->properties, name, file, to);
}

static int list(const struct etw_functions *functions, bool json, struct text *to,
		struct error *error)
{
	struct etw_session_list list = {0};
	ULONG code = etw_session_list_read(&list, functions), i;

	for (i = 0; i < list.count; i++)
		add(&list.sessions[i], json, to);
	etw_session_list_done(&list);
	if (code == ERROR_SUCCESS)
		return 0;
	return etw_error_trace(error, code, "list", "the trace sessions");
}

int sessions_list(bool json, struct text *to, struct error *error)
{
	const struct etw_functions *functions = etw_functions_get(error);

	return functions ? list(functions, json, to, error) : -1;
}

static ULONG control(const struct etw_functions *functions, const char *name, ULONG what)
{
	struct etw_properties properties;
	WCHAR wide[ETW_SESSION_NAME_SIZE];
	ULONG code;

	/* One that were cut might be another's. */
	if (!*name || strlen(name) >= ETW_SESSION_NAME_SIZE)
		return ERROR_WMI_INSTANCE_NOT_FOUND;
	utf16_from_utf8(name, wide, ETW_SESSION_NAME_SIZE);
	etw_properties_init(&properties);
	code = functions->ControlTraceW(0, wide, &properties.properties, what);
	return code == ERROR_MORE_DATA ? ERROR_SUCCESS : code;
}

static int not_there(const struct etw_functions *functions, const char *name, struct error *error)
{
	ULONG code = control(functions, name, EVENT_TRACE_CONTROL_QUERY);

	if (code == ERROR_SUCCESS || code == ERROR_ACCESS_DENIED)
		return error_set(error,
				 "\"%s\" is a session of another program; only sessions of "
				 "etw_exporter are stopped (logman stop NAME -ets stops any)",
				 name);
	return error_set(error,
			 "no trace session is called \"%s\"; etw_exporter sessions lists those "
			 "there are",
			 name);
}

static int set_stop_error(const struct etw_functions *functions, ULONG code, const char *name,
			  const char *whole, struct error *error)
{
	if (code == ERROR_WMI_INSTANCE_NOT_FOUND)
		return not_there(functions, name, error);
	return etw_error_trace(error, code, "stop", whole);
}

/* By the session's name in the configuration, or by its whole name. */
int sessions_remove(const char *name, struct error *error)
{
	const struct etw_functions *functions = etw_functions_get(error);
	ULONG code = ERROR_WMI_INSTANCE_NOT_FOUND;
	char whole[NAME_SIZE];

	if (!functions)
		return -1;
	snprintf(whole, sizeof(whole), "%s%s",
		 etw_session_name_is_ours(name) ? "" : ETW_NAME_PREFIX, name);
	if (*name)
		code = control(functions, whole, EVENT_TRACE_CONTROL_STOP);
	return code == ERROR_SUCCESS ? 0 : set_stop_error(functions, code, name, whole, error);
}
