/*
 * etw_functions: the functions of Windows that tracing takes, in one table that is resolved at run
 * time: older systems lack some of them, and tests put others in their places.
 *
 * The program has one table, which is read-only once the first who asked has loaded it; any thread.
 * Members of the optional rows may be NULL.
 */
#ifndef EXPORTER_ETW_ETW_FUNCTIONS_WINDOWS_H
#define EXPORTER_ETW_ETW_FUNCTIONS_WINDOWS_H

#include <stdint.h>

#include "exporter/base/error.h"
#include "exporter/etw/etw_declarations_windows.h"

/* Where a function is looked for: ETW: sechost.dll, or before Windows 8.1 advapi32.dll. */
enum etw_library {
	ETW_LIBRARY_KERNEL,
	ETW_LIBRARY_ETW,
	ETW_LIBRARY_TDH,
};

/* library, result, name, arguments */
/* clang-format off */
#define ETW_FUNCTIONS(NEEDS, MAY_LACK)                                                          \
	NEEDS(KERNEL, BOOL, QueryPerformanceCounter, (LARGE_INTEGER *))                         \
	NEEDS(KERNEL, BOOL, QueryPerformanceFrequency, (LARGE_INTEGER *))                       \
	NEEDS(KERNEL, void, GetSystemTimeAsFileTime, (LPFILETIME))                              \
	MAY_LACK(KERNEL, void, GetSystemTimePreciseAsFileTime, (LPFILETIME))                       \
	MAY_LACK(KERNEL, DWORD, GetActiveProcessorCount, (WORD))                                   \
	NEEDS(ETW, ULONG, StartTraceW,                                                          \
		 (PTRACEHANDLE, LPCWSTR, PEVENT_TRACE_PROPERTIES))                                 \
	NEEDS(ETW, ULONG, ControlTraceW,                                                        \
		 (TRACEHANDLE, LPCWSTR, PEVENT_TRACE_PROPERTIES, ULONG))                           \
	NEEDS(ETW, ULONG, EnableTraceEx2,                                                       \
		 (TRACEHANDLE, LPCGUID, ULONG, UCHAR, ULONGLONG, ULONGLONG, ULONG,                 \
		  PENABLE_TRACE_PARAMETERS))                                                       \
	NEEDS(ETW, TRACEHANDLE, OpenTraceW, (PEVENT_TRACE_LOGFILEW))                            \
	NEEDS(ETW, ULONG, ProcessTrace, (PTRACEHANDLE, ULONG, LPFILETIME, LPFILETIME))          \
	NEEDS(ETW, ULONG, CloseTrace, (TRACEHANDLE))                                            \
	NEEDS(ETW, ULONG, QueryAllTracesW, (PEVENT_TRACE_PROPERTIES *, ULONG, PULONG))          \
	MAY_LACK(ETW, ULONG, TraceQueryInformation,                                                \
		 (TRACEHANDLE, TRACE_INFO_CLASS, PVOID, ULONG, PULONG))                            \
	MAY_LACK(ETW, ULONG, EnumerateTraceGuidsEx,                                                \
		 (TRACE_QUERY_INFO_CLASS, PVOID, ULONG, PVOID, ULONG, PULONG))                     \
	MAY_LACK(TDH, ULONG, TdhEnumerateProviders, (PPROVIDER_ENUMERATION_INFO, ULONG *))         \
	MAY_LACK(TDH, ULONG, TdhEnumerateProviderFieldInformation,                                 \
		 (LPGUID, EVENT_FIELD_TYPE, PPROVIDER_FIELD_INFOARRAY, ULONG *))                   \
	MAY_LACK(TDH, ULONG, TdhEnumerateManifestProviderEvents,                                   \
		 (LPGUID, struct etw_provider_events *, ULONG *))                                  \
	MAY_LACK(TDH, ULONG, TdhGetManifestEventInformation,                                       \
		 (LPGUID, EVENT_DESCRIPTOR *, PTRACE_EVENT_INFO, ULONG *))                         \
	MAY_LACK(TDH, ULONG, TdhGetEventInformation,                                               \
		 (PEVENT_RECORD, ULONG, PTDH_CONTEXT, PTRACE_EVENT_INFO, ULONG *))                 \
	MAY_LACK(TDH, ULONG, TdhGetEventMapInformation,                                            \
		 (PEVENT_RECORD, LPWSTR, PEVENT_MAP_INFO, ULONG *))
/* clang-format on */

struct etw_functions {
#define MEMBER(library, result, name, arguments) result(WINAPI *name) arguments;
	ETW_FUNCTIONS(MEMBER, MEMBER)
#undef MEMBER
};

/* NULL: a function that tracing cannot do without is not there; see error. */
const struct etw_functions *etw_functions_get(struct error *error);

/* The next who asks loads it anew: the machine is another one, in tests. Nobody uses it now. */
void etw_functions_forget(void);

/* The time of day in Unix nanoseconds. */
int64_t etw_unix_ns(const struct etw_functions *functions);

#endif
