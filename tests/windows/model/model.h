/*
 * A model of Event Tracing for Windows: sessions, filters, consumers and what a machine does, by a
 * script. The ETW source of the program runs against it, on Linux (linked, against the shim) and
 * under wine (as a DLL that is put in the place of Windows' own).
 *
 * It proves the program against our reading of the documentation, no more. What documentation does
 * not settle is marked "Unsettled".
 */
#ifndef TESTS_WINDOWS_MODEL_MODEL_H
#define TESTS_WINDOWS_MODEL_MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "exporter/etw/etw_declarations_windows.h"
#include "exporter/record/log_file_mode.h"

#define MODEL_SESSIONS_MAX	 64
#define MODEL_SYSTEM_LOGGERS_MAX 6 /* beside the two of Windows' own */
#define MODEL_ENABLED_MAX	 64
#define MODEL_PROVIDERS_MAX	 64
#define MODEL_KEYWORDS_MAX	 8
#define MODEL_EVENTS_MAX	 64
#define MODEL_STEPS_MAX		 64
#define MODEL_LACKS_MAX		 8
#define MODEL_MAPS_MAX		 4
#define MODEL_ENTRIES_MAX	 8
#define MODEL_FIELDS_MAX	 8
#define MODEL_DATA_MAX		 128
#define MODEL_NAME_SIZE		 96

/* A provider as a session has it enabled. */
struct model_enabled {
	GUID guid;
	UCHAR level;
	ULONGLONG any, all;
	ULONG properties;
	ULONG rundowns; /* how often its state was asked for */
	ULONG id_count, pid_count;
	USHORT ids[64];
	ULONG pids[8];
	bool ids_in;
	char executables[600];	/* with `;` between and behind them; "": all */
	char event_names[1024]; /* each with a zero, "" behind the last; "": all */
};

struct model_session {
	bool used;
	ULONG id;
	WCHAR name[ETW_SESSION_NAME_SIZE];
	WCHAR file[MODEL_NAME_SIZE]; /* "": it has none */
	EVENT_TRACE_PROPERTIES properties;
	ULONG enabled_count;
	struct model_enabled enabled[MODEL_ENABLED_MAX];
	unsigned int consumers; /* that were opened */
	unsigned int unheard;	/* providers that were enabled before there was one */
	unsigned int flushes;	/* that were asked for */
	unsigned int queries;	/* likewise, for its numbers */
};

/* What outlives a process. */
struct model_state {
	ULONG magic;
	ULONG last_id;
	ULONG step;	    /* of the script: the next */
	bool has_installed; /* providers that come later */
	ULONG lingers;	    /* how often a session that was stopped is still there */
	ULONG tdh_calls;    /* for an event's description, or a map */
	struct model_session sessions[MODEL_SESSIONS_MAX];
};

/* The state, with nobody else at it. */
struct model_state *model_lock(void);
void model_unlock(void);
/* Forgets all sessions, and reads the script of ETWMODEL_SCRIPT again. */
void model_reset(void);

struct model_value {
	char name[MODEL_NAME_SIZE];
	ULONGLONG value;
};

struct model_map {
	char name[MODEL_NAME_SIZE];
	ULONG flags; /* EVENTMAP_INFO_FLAG_* */
	unsigned int entry_count;
	struct model_value entries[MODEL_ENTRIES_MAX];
};

/* How TDH knows a provider. */
enum model_registration {
	MODEL_REGISTERED,
	MODEL_CLASS, /* with a MOF class */
	MODEL_LATE,  /* once a step has installed it */
	MODEL_BARE,  /* not at all, but processes have it */
};

struct model_provider {
	GUID guid;
	char name[MODEL_NAME_SIZE];
	enum model_registration registration;
	unsigned int keyword_count, level_count, map_count;
	struct model_value keywords[MODEL_KEYWORDS_MAX], levels[MODEL_KEYWORDS_MAX];
	struct model_map maps[MODEL_MAPS_MAX];
};

/* As in EVENT_PROPERTY_INFO. */
struct model_field {
	char name[MODEL_NAME_SIZE], map[MODEL_NAME_SIZE];
	ULONG flags;
	USHORT in, out, count, length;
};

struct model_event {
	GUID provider;
	char name[MODEL_NAME_SIZE];
	EVENT_DESCRIPTOR descriptor;
	bool is_tracelogging, is_classic;
	unsigned int field_count;
	struct model_field fields[MODEL_FIELDS_MAX];
};

enum model_step_kind {
	STEP_EMIT,     /* events, as far as the session has them enabled */
	STEP_LOST,     /* adds to the session's counters */
	STEP_COUNTERS, /* sets them */
	STEP_SLEEP,
	STEP_ASKED,   /* waits until the session was asked for its numbers once more */
	STEP_LOOK,    /* events, one by one, until TDH was asked once more */
	STEP_STOP,    /* another process stops the session */
	STEP_VANISH,  /* likewise, and the consumer is not told */
	STEP_BACKLOG, /* likewise, and events that wait in it are delivered still */
	STEP_ETL,     /* the events of a recording */
	STEP_STATE,   /* waits until a provider was asked for its state */
	STEP_INSTALL, /* TDH knows providers that come later */
};

struct model_step {
	enum model_step_kind kind;
	const struct model_event *event;
	unsigned long count, rate, pid, tid, bytes, cpus;
	unsigned long events, log_buffers, real_time_buffers, buffers, ms;
	bool as_stored; /* a recording in the order of its file, not of its times */
	char text[512]; /* of an emit the program's name; of a recording its path */
	unsigned int data_bytes;
	uint8_t data[MODEL_DATA_MAX]; /* the payload; none: the event's number, and zeros */
};

enum model_denied {
	MODEL_DENIED_START,
	MODEL_DENIED_PRIVILEGE, /* likewise, by another code */
	MODEL_DENIED_CONTROL,
	MODEL_DENIED_ENABLE,
	MODEL_DENIED_OPEN,
	MODEL_DENIED_STATE,
	MODEL_DENIED_COUNT
};

struct model_script {
	unsigned int provider_count, event_count, step_count, lacks_count;
	struct model_provider providers[MODEL_PROVIDERS_MAX];
	struct model_event events[MODEL_EVENTS_MAX];
	struct model_step steps[MODEL_STEPS_MAX];
	char lacks[MODEL_LACKS_MAX][MODEL_NAME_SIZE];
	ULONG session_limit;
	ULONG lingers; /* how often each session that was stopped is still there */
	bool denies[MODEL_DENIED_COUNT]; /* what who runs this may not do */
	bool is_header_bare;		 /* OpenTrace() tells nothing of a session's clock */
	unsigned int other_count;
	char others[MODEL_SESSIONS_MAX][MODEL_NAME_SIZE];
};

/* Read-only once read. */
const struct model_script *model_script(void);
/* Fails the whole program where a line makes no sense. */
void model_script_read(struct model_script *script, FILE *file);

/* By name in any case; NULL: there is none. The state is locked. */
struct model_session *model_session_find(struct model_state *state, const WCHAR *name);
struct model_session *model_session_by_id(struct model_state *state, ULONGLONG id);
/* Whether the session has the event enabled, of a process running `executable`. */
bool model_session_wants(const struct model_session *session, const struct model_event *event,
			 ULONG pid, const char *executable);

/* Delivers to a consumer; false: it is to be given no more. */
struct model_consumer;
void model_deliver(struct model_consumer *consumer, EVENT_RECORD *event);
bool model_end_buffer(struct model_consumer *consumer, ULONG filled);

/* A recording: its header as OpenTrace() gives it, and its events. -1: it cannot be read. */
struct model_recording;
struct model_recording *model_recording_open(const char *path, bool as_stored);
void model_recording_free(struct model_recording *recording);
void model_recording_header(const struct model_recording *recording, TRACE_LOGFILE_HEADER *header,
			    LONGLONG *timestamp);
void model_recording_deliver(struct model_recording *recording, struct model_consumer *consumer);

/* While a recording is replayed the machine has its clock, which stands still. */
void model_clock_set(LONGLONG counter, LONGLONG frequency, LONGLONG filetime);
void model_clock_unset(void);
LONGLONG model_clock_frequency(void);

/* The function that is called so; NULL: this machine lacks it. */
FARPROC model_function(const char *name);

#define MODEL_FUNCTION(result, name, ...) result WINAPI model_##name(__VA_ARGS__)
MODEL_FUNCTION(BOOL, QueryPerformanceCounter, LARGE_INTEGER *counter);
MODEL_FUNCTION(BOOL, QueryPerformanceFrequency, LARGE_INTEGER *frequency);
MODEL_FUNCTION(void, GetSystemTimeAsFileTime, LPFILETIME time);
MODEL_FUNCTION(DWORD, GetActiveProcessorCount, WORD group);
MODEL_FUNCTION(ULONG, StartTraceW, PTRACEHANDLE handle, LPCWSTR name,
	       PEVENT_TRACE_PROPERTIES properties);
MODEL_FUNCTION(ULONG, ControlTraceW, TRACEHANDLE handle, LPCWSTR name,
	       PEVENT_TRACE_PROPERTIES properties, ULONG what);
MODEL_FUNCTION(ULONG, QueryAllTracesW, PEVENT_TRACE_PROPERTIES *all, ULONG room, PULONG count);
MODEL_FUNCTION(ULONG, EnableTraceEx2, TRACEHANDLE handle, LPCGUID provider, ULONG what, UCHAR level,
	       ULONGLONG any, ULONGLONG all, ULONG timeout, PENABLE_TRACE_PARAMETERS parameters);
MODEL_FUNCTION(TRACEHANDLE, OpenTraceW, PEVENT_TRACE_LOGFILEW logfile);
MODEL_FUNCTION(ULONG, ProcessTrace, PTRACEHANDLE handles, ULONG count, LPFILETIME from,
	       LPFILETIME to);
MODEL_FUNCTION(ULONG, CloseTrace, TRACEHANDLE handle);
MODEL_FUNCTION(ULONG, TraceQueryInformation, TRACEHANDLE handle, TRACE_INFO_CLASS what, PVOID to,
	       ULONG room, PULONG bytes);
MODEL_FUNCTION(ULONG, TdhEnumerateProviders, PPROVIDER_ENUMERATION_INFO info, ULONG *size);
MODEL_FUNCTION(ULONG, TdhEnumerateProviderFieldInformation, LPGUID guid, EVENT_FIELD_TYPE what,
	       PPROVIDER_FIELD_INFOARRAY info, ULONG *size);
MODEL_FUNCTION(ULONG, EnumerateTraceGuidsEx, TRACE_QUERY_INFO_CLASS what, PVOID in, ULONG in_size,
	       PVOID out, ULONG out_size, PULONG size);
MODEL_FUNCTION(ULONG, TdhEnumerateManifestProviderEvents, LPGUID guid,
	       struct etw_provider_events *events, ULONG *size);
MODEL_FUNCTION(ULONG, TdhGetManifestEventInformation, LPGUID guid, EVENT_DESCRIPTOR *descriptor,
	       PTRACE_EVENT_INFO info, ULONG *size);
MODEL_FUNCTION(ULONG, TdhGetEventInformation, PEVENT_RECORD record, ULONG context_count,
	       PTDH_CONTEXT context, PTRACE_EVENT_INFO info, ULONG *size);
MODEL_FUNCTION(ULONG, TdhGetEventMapInformation, PEVENT_RECORD record, LPWSTR name,
	       PEVENT_MAP_INFO info, ULONG *size);

#endif
