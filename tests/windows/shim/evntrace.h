/* As windows.h of this folder: evntrace.h. */
#ifndef TESTS_WINDOWS_SHIM_EVNTRACE_H
#define TESTS_WINDOWS_SHIM_EVNTRACE_H

#include <evntprov.h>
#include <windows.h>
#include <wmistr.h>

#define EVENT_TRACE_CONTROL_QUERY  0
#define EVENT_TRACE_CONTROL_STOP   1
#define EVENT_TRACE_CONTROL_UPDATE 2
#define EVENT_TRACE_CONTROL_FLUSH  3

#define EVENT_CONTROL_CODE_DISABLE_PROVIDER 0
#define EVENT_CONTROL_CODE_ENABLE_PROVIDER  1
#define EVENT_CONTROL_CODE_CAPTURE_STATE    2

#define PROCESS_TRACE_MODE_REAL_TIME	 0x00000100
#define PROCESS_TRACE_MODE_RAW_TIMESTAMP 0x00001000
#define PROCESS_TRACE_MODE_EVENT_RECORD	 0x10000000

#define ENABLE_TRACE_PARAMETERS_VERSION_2 2

#define INVALID_PROCESSTRACE_HANDLE ((TRACEHANDLE)INVALID_HANDLE_VALUE)

typedef struct {
	WNODE_HEADER Wnode;
	ULONG BufferSize, MinimumBuffers, MaximumBuffers, MaximumFileSize, LogFileMode, FlushTimer;
	ULONG EnableFlags;
	LONG AgeLimit;
	ULONG NumberOfBuffers, FreeBuffers, EventsLost, BuffersWritten, LogBuffersLost;
	ULONG RealTimeBuffersLost;
	HANDLE LoggerThreadId;
	ULONG LogFileNameOffset, LoggerNameOffset;
} EVENT_TRACE_PROPERTIES, *PEVENT_TRACE_PROPERTIES;

typedef struct {
	ULONG BufferSize;
	union {
		ULONG Version;
		struct {
			UCHAR MajorVersion, MinorVersion, SubVersion, SubMinorVersion;
		} VersionDetail;
	};
	ULONG ProviderVersion, NumberOfProcessors;
	LARGE_INTEGER EndTime;
	ULONG TimerResolution, MaximumFileSize, LogFileMode, BuffersWritten;
	union {
		GUID LogInstanceGuid;
		struct {
			ULONG StartBuffers, PointerSize, EventsLost, CpuSpeedInMHz;
		};
	};
	LPWSTR LoggerName, LogFileName;
	TIME_ZONE_INFORMATION TimeZone;
	LARGE_INTEGER BootTime, PerfFreq, StartTime;
	ULONG ReservedFlags, BuffersLost;
} TRACE_LOGFILE_HEADER;

typedef struct {
	union {
		struct {
			UCHAR ProcessorNumber, Alignment;
		};
		USHORT ProcessorIndex;
	};
	USHORT LoggerId;
} ETW_BUFFER_CONTEXT;

/* Of the callback of old, which nobody uses: of the size that it has. */
typedef struct {
	ULONGLONG unused[11];
} EVENT_TRACE;

struct event_record_of_shim;
struct event_trace_logfile_of_shim;
typedef void (*PEVENT_RECORD_CALLBACK)(struct event_record_of_shim *record);
typedef ULONG (*PEVENT_TRACE_BUFFER_CALLBACKW)(struct event_trace_logfile_of_shim *logfile);

typedef struct event_trace_logfile_of_shim {
	LPWSTR LogFileName, LoggerName;
	LONGLONG CurrentTime;
	ULONG BuffersRead, ProcessTraceMode;
	EVENT_TRACE CurrentEvent;
	TRACE_LOGFILE_HEADER LogfileHeader;
	PEVENT_TRACE_BUFFER_CALLBACKW BufferCallback;
	ULONG BufferSize, Filled, EventsLost;
	PEVENT_RECORD_CALLBACK EventRecordCallback;
	ULONG IsKernelTrace;
	PVOID Context;
} EVENT_TRACE_LOGFILEW, *PEVENT_TRACE_LOGFILEW;

typedef struct {
	ULONG Version, EnableProperty, ControlFlags;
	GUID SourceId;
	PEVENT_FILTER_DESCRIPTOR EnableFilterDesc;
	ULONG FilterDescCount;
} ENABLE_TRACE_PARAMETERS, *PENABLE_TRACE_PARAMETERS;

typedef enum {
	TraceGuidQueryList = 0,
	TraceGuidQueryInfo = 1,
	TraceMaxLoggersQuery = 19,
} TRACE_QUERY_INFO_CLASS, TRACE_INFO_CLASS;

#endif
