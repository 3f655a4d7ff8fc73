/*
 * etw_session_list: all trace sessions that run on this machine, ours and others', as Windows tells
 * of them at one time. Owned by who reads it, one thread.
 */
#ifndef EXPORTER_ETW_ETW_SESSION_LIST_WINDOWS_H
#define EXPORTER_ETW_ETW_SESSION_LIST_WINDOWS_H

#include <stdbool.h>

#include "exporter/etw/etw_functions_windows.h"
#include "exporter/etw/etw_properties_windows.h"

/* As many as Windows has at most, whatever its limit is set to. */
#define ETW_SESSIONS_MAX 256

struct etw_session_list {
	struct etw_properties *sessions; /* NULL: it was never read */
	ULONG count;			 /* in it */
	ULONG total;			 /* that run */
};

/* Reads it, also another time. Windows' code; of sessions beyond the most there are none in it. */
ULONG etw_session_list_read(struct etw_session_list *list, const struct etw_functions *functions);
void etw_session_list_done(struct etw_session_list *list);

/* How many sessions there can be; 0: Windows does not say, as before Windows 10. */
ULONG etw_session_limit(const struct etw_functions *functions);

/* Whether a session is called as ours are. */
bool etw_session_name_is_ours(const char *name);

#endif
