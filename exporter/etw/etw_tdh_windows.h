/*
 * etw_tdh: what is registered on this machine, by Windows' Trace Data Helper: providers, their
 * keywords and levels, their events.
 *
 * Each returns Windows' code; ERROR_CALL_NOT_IMPLEMENTED: this Windows has no such function. Any
 * thread, cold paths.
 */
#ifndef EXPORTER_ETW_ETW_TDH_WINDOWS_H
#define EXPORTER_ETW_ETW_TDH_WINDOWS_H

#include "exporter/etw/etw_answer_windows.h"
#include "exporter/etw/etw_functions_windows.h"

/* PROVIDER_ENUMERATION_INFO: all that have a manifest or a MOF class. */
ULONG etw_tdh_providers(const struct etw_functions *functions, struct etw_answer *answer);

/* PROVIDER_FIELD_INFOARRAY: the keywords or levels of a provider. */
ULONG etw_tdh_fields(const struct etw_functions *functions, const GUID *guid, EVENT_FIELD_TYPE what,
		     struct etw_answer *answer);

/* struct etw_provider_events: what a manifest provider has. Since Windows 8.1. */
ULONG etw_tdh_events(const struct etw_functions *functions, const GUID *guid,
		     struct etw_answer *answer);

/* TRACE_EVENT_INFO of one of these. Since Windows 8.1. */
ULONG etw_tdh_event(const struct etw_functions *functions, const GUID *guid,
		    const EVENT_DESCRIPTOR *event, struct etw_answer *answer);

/* TRACE_EVENT_INFO of an event that happened. */
ULONG etw_tdh_record(const struct etw_functions *functions, const EVENT_RECORD *record,
		     struct etw_answer *answer);

/* EVENT_MAP_INFO by the name in that. */
ULONG etw_tdh_map(const struct etw_functions *functions, const EVENT_RECORD *record,
		  const char *name, struct etw_answer *answer);

#endif
