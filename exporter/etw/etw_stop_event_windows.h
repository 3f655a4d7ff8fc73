/*
 * etw_stop_event: the event by which Windows says that a session was stopped, and by whom. Pure
 * functions, any thread.
 *
 * Source: the manifest of Microsoft-Windows-Kernel-EventTracing, event 11: SessionGuid, LoggerMode,
 * SessionName, ...; its process is the one that stopped the session.
 */
#ifndef EXPORTER_ETW_ETW_STOP_EVENT_WINDOWS_H
#define EXPORTER_ETW_ETW_STOP_EVENT_WINDOWS_H

#include <stdbool.h>
#include <string.h>

#include "exporter/etw/etw_declarations_windows.h"

extern const GUID etw_stop_event_provider;

#define ETW_STOP_EVENT_ID      11
#define ETW_STOP_EVENT_LEVEL   5
#define ETW_STOP_EVENT_KEYWORD 0x10 /* ETW_KEYWORD_SESSION */

/* Whether it is of that provider: most are not. */
static inline bool etw_stop_event_may_be(const EVENT_RECORD *event)
{
	return event->EventHeader.ProviderId.Data1 == 0xb675ec37;
}

/* Whether the event is of the session called `name` in any case. */
bool etw_stop_event_is(const EVENT_RECORD *event, const WCHAR *name);

#endif
