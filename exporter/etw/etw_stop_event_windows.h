/*
 * etw_stop_event: the event by which Windows says that a session was stopped, by whom, and, since
 * Windows 10, what it lost. Pure functions, any thread.
 *
 * Source: the manifest of Microsoft-Windows-Kernel-EventTracing, event 11: SessionGuid, LoggerMode,
 * SessionName, ...; its process is the one that stopped the session.
 */
#ifndef EXPORTER_ETW_ETW_STOP_EVENT_WINDOWS_H
#define EXPORTER_ETW_ETW_STOP_EVENT_WINDOWS_H

#include <stdbool.h>
#include <stdint.h>
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

static inline bool etw_stop_event_is_of(const GUID *provider)
{
	return memcmp(provider, &etw_stop_event_provider, sizeof(*provider)) == 0;
}

struct etw_stop_event {
	uint32_t stopper; /* the process */
	bool has_lost;	  /* the next three */
	uint32_t events_lost, log_buffers_lost, real_time_buffers_lost;
};

/* False: the event is not the end of the session called `name`, in any case. */
bool etw_stop_event_read(const EVENT_RECORD *event, const WCHAR *name, struct etw_stop_event *stop);

#endif
