/*
 * etw_declarations: Event Tracing for Windows as C sees it: Windows' headers, what those of
 * mingw-w64 lack, and checks that their structures are laid out as Windows has them.
 *
 * What is added has names of our own, so that newer headers do no harm. Source: the Windows SDK's
 * documentation of evntrace.h, evntcons.h, evntprov.h and tdh.h.
 */
#ifndef EXPORTER_ETW_ETW_DECLARATIONS_WINDOWS_H
#define EXPORTER_ETW_ETW_DECLARATIONS_WINDOWS_H

/* clang-format off: windows.h comes first, and tdh.h last */
#include <windows.h>
#include <wmistr.h>
#include <evntrace.h>
#include <evntprov.h>
#include <evntcons.h>
#include <tdh.h>
/* clang-format on */

#include <assert.h>
#include <stddef.h>

/* EVENT_HEADER_EXTENDED_DATA_ITEM.ExtType. */
#define ETW_ITEM_INSTANCE_INFO 0x0004

/* EVENT_FILTER_DESCRIPTOR.Type. */
#define ETW_FILTER_PID		   0x80000004u
#define ETW_FILTER_EXECUTABLE_NAME 0x80000008u
#define ETW_FILTER_EVENT_ID	   0x80000200u
#define ETW_FILTER_EVENT_NAME	   0x80000400u

#define ETW_SESSION_NAME_SIZE 1024 /* in UTF-16 units, with the terminator */

/* EVENT_FILTER_EVENT_ID: the events, `count` of them, follow. */
struct etw_event_id_filter {
	UCHAR filter_in;
	UCHAR reserved;
	USHORT count;
	USHORT events[1];
};

/* EVENT_FILTER_EVENT_NAME: the names follow, in UTF-8, each with a zero. */
struct etw_event_name_filter {
	ULONGLONG any, all;
	UCHAR level;
	UCHAR filter_in;
	USHORT count;
	UCHAR names[1];
};

/* PROVIDER_EVENT_INFO. */
struct etw_provider_events {
	ULONG count, reserved;
	EVENT_DESCRIPTOR events[1];
};

#if defined(_WIN64) || defined(__LP64__)
#define ETW_SIZE(type, bytes)	    static_assert(sizeof(type) == (bytes), #type)
#define ETW_AT(type, member, bytes) static_assert(offsetof(type, member) == (bytes), #type)
ETW_SIZE(EVENT_DESCRIPTOR, 16);
ETW_SIZE(EVENT_HEADER, 80);
ETW_AT(EVENT_HEADER, TimeStamp, 16);
ETW_AT(EVENT_HEADER, ProviderId, 24);
ETW_AT(EVENT_HEADER, EventDescriptor, 40);
ETW_AT(EVENT_HEADER, ActivityId, 64);
ETW_SIZE(EVENT_RECORD, 112);
ETW_AT(EVENT_RECORD, BufferContext, 80);
ETW_AT(EVENT_RECORD, ExtendedData, 88);
ETW_AT(EVENT_RECORD, UserData, 96);
ETW_SIZE(EVENT_HEADER_EXTENDED_DATA_ITEM, 16);
ETW_AT(EVENT_HEADER_EXTENDED_DATA_ITEM, DataPtr, 8);
ETW_SIZE(EVENT_TRACE_PROPERTIES, 120);
ETW_AT(EVENT_TRACE_PROPERTIES, LogFileMode, 64);
ETW_AT(EVENT_TRACE_PROPERTIES, RealTimeBuffersLost, 100);
ETW_AT(EVENT_TRACE_PROPERTIES, LoggerNameOffset, 116);
ETW_SIZE(TRACE_LOGFILE_HEADER, 280);
ETW_AT(TRACE_LOGFILE_HEADER, PerfFreq, 256);
ETW_AT(TRACE_LOGFILE_HEADER, ReservedFlags, 272);
ETW_SIZE(EVENT_TRACE_LOGFILEW, 448);
ETW_AT(EVENT_TRACE_LOGFILEW, LogfileHeader, 120);
ETW_AT(EVENT_TRACE_LOGFILEW, EventRecordCallback, 424);
ETW_AT(EVENT_TRACE_LOGFILEW, Context, 440);
ETW_SIZE(ENABLE_TRACE_PARAMETERS, 48);
ETW_SIZE(EVENT_FILTER_DESCRIPTOR, 16);
ETW_AT(struct etw_event_id_filter, events, 4);
ETW_AT(struct etw_event_name_filter, names, 20);
ETW_AT(PROVIDER_ENUMERATION_INFO, TraceProviderInfoArray, 8);
ETW_SIZE(TRACE_PROVIDER_INFO, 24);
ETW_SIZE(PROVIDER_FIELD_INFO, 16);
ETW_AT(PROVIDER_FIELD_INFOARRAY, FieldInfoArray, 8);
ETW_SIZE(EVENT_PROPERTY_INFO, 24);
ETW_AT(TRACE_EVENT_INFO, EventPropertyInfoArray, 112);
ETW_AT(struct etw_provider_events, events, 8);
#undef ETW_SIZE
#undef ETW_AT
#endif

#endif
