/* The trace sessions of Windows, ours and those of others. */
#include "exporter/command/sessions.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "exporter/command/json.h"
#include "exporter/etw/etw_error_windows.h"
#include "exporter/etw/etw_session_list_windows.h"
#include "exporter/utf16.h"

#define NAME_SIZE ((size_t)3 * ETW_SESSION_NAME_SIZE)

/* EVENT_TRACE_*_MODE of evntrace.h. */
static const struct {
	uint32_t bit;
	const char *name;
} modes[] = {
	{0x00000001, "sequential_file"},
	{0x00000002, "circular_file"},
	{0x00000004, "append"},
	{0x00000008, "new_file"},
	{0x00000010, "flush_in_ms"},
	{0x00000020, "preallocate"},
	{0x00000080, "secure"},
	{0x00000100, "real_time"},
	{0x00000400, "buffering"},
	{0x00000800, "private"},
	{0x00020000, "private_in_process"},
	{0x00400000, "stop_on_hybrid_shutdown"},
	{0x00800000, "persist_on_hybrid_shutdown"},
	{0x01000000, "paged_memory"},
	{0x02000000, "system_logger"},
	{0x04000000, "compressed"},
	{0x08000000, "independent"},
	{0x10000000, "no_per_processor_buffering"},
};

static const char *clock_name(const EVENT_TRACE_PROPERTIES *properties)
{
	static const char *const names[] = {"qpc", "qpc", "system", "cpu"};
	ULONG clock = properties->Wnode.ClientContext;

	return clock < sizeof(names) / sizeof(names[0]) ? names[clock] : "unknown";
}

static void add_modes(uint32_t mode, bool json, struct text *to)
{
	bool is_first = true;
	size_t i;

	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (!(mode & modes[i].bit))
			continue;
		if (!is_first)
			text_char(to, json ? ',' : ' ');
		if (json)
			text_json(to, modes[i].name);
		else
			text_string(to, modes[i].name);
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
	text_printf(to, ", clock %s\n", clock_name(session));
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
	json_string(to, "clock", clock_name(session));
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
	if (code == ERROR_ACCESS_DENIED)
		return error_set(error,
				 "cannot list the trace sessions: access denied; who runs this has "
				 "to be in the group Performance Log Users or Administrators");
	return etw_error_set(error, code, "list", "the trace sessions");
}

int sessions_list(bool json, struct text *to, struct error *error)
{
	struct etw_functions functions;

	if (etw_functions_load(&functions, error))
		return -1;
	return list(&functions, json, to, error);
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
	if (code == ERROR_ACCESS_DENIED)
		return error_set(error,
				 "cannot stop %s: access denied; who runs this has to be in the "
				 "group Performance Log Users or Administrators",
				 whole);
	return etw_error_set(error, code, "stop", whole);
}

/* By the session's name in the configuration, or by its whole name. */
int sessions_remove(const char *name, struct error *error)
{
	ULONG code = ERROR_WMI_INSTANCE_NOT_FOUND;
	struct etw_functions functions;
	char whole[NAME_SIZE];

	if (etw_functions_load(&functions, error))
		return -1;
	snprintf(whole, sizeof(whole), "%s%s",
		 etw_session_name_is_ours(name) ? "" : ETW_NAME_PREFIX, name);
	if (*name)
		code = control(&functions, whole, EVENT_TRACE_CONTROL_STOP);
	return code == ERROR_SUCCESS ? 0 : set_stop_error(&functions, code, name, whole, error);
}
