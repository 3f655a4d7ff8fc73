/* As windows.h of this folder: evntcons.h. */
#ifndef TESTS_WINDOWS_SHIM_EVNTCONS_H
#define TESTS_WINDOWS_SHIM_EVNTCONS_H

#include <evntrace.h>

#define EVENT_HEADER_FLAG_EXTENDED_INFO	  0x0001
#define EVENT_HEADER_FLAG_PRIVATE_SESSION 0x0002
#define EVENT_HEADER_FLAG_STRING_ONLY	  0x0004
#define EVENT_HEADER_FLAG_TRACE_MESSAGE	  0x0008
#define EVENT_HEADER_FLAG_NO_CPUTIME	  0x0010
#define EVENT_HEADER_FLAG_32_BIT_HEADER	  0x0020
#define EVENT_HEADER_FLAG_64_BIT_HEADER	  0x0040
#define EVENT_HEADER_FLAG_CLASSIC_HEADER  0x0100
#define EVENT_HEADER_FLAG_PROCESSOR_INDEX 0x0200

typedef struct {
	USHORT Size, HeaderType, Flags, EventProperty;
	ULONG ThreadId, ProcessId;
	LARGE_INTEGER TimeStamp;
	GUID ProviderId;
	EVENT_DESCRIPTOR EventDescriptor;
	union {
		struct {
			ULONG KernelTime, UserTime;
		};
		ULONG64 ProcessorTime;
	};
	GUID ActivityId;
} EVENT_HEADER;

typedef struct {
	USHORT Reserved1, ExtType;
	struct {
		USHORT Linkage : 1;
		USHORT Reserved2 : 15;
	};
	USHORT DataSize;
	ULONGLONG DataPtr;
} EVENT_HEADER_EXTENDED_DATA_ITEM, *PEVENT_HEADER_EXTENDED_DATA_ITEM;

typedef struct event_record_of_shim {
	EVENT_HEADER EventHeader;
	ETW_BUFFER_CONTEXT BufferContext;
	USHORT ExtendedDataCount, UserDataLength;
	PEVENT_HEADER_EXTENDED_DATA_ITEM ExtendedData;
	PVOID UserData, UserContext;
} EVENT_RECORD, *PEVENT_RECORD;

#endif
