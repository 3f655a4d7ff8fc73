#include "exporter/etw/etw_session_list_windows.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

ULONG etw_session_list_read(struct etw_session_list *list, const struct etw_functions *functions)
{
	EVENT_TRACE_PROPERTIES *pointers[ETW_SESSIONS_MAX];
	ULONG code, i;

	list->count = list->total = 0;
	if (!list->sessions)
		list->sessions = calloc(ETW_SESSIONS_MAX, sizeof(*list->sessions));
	if (!list->sessions)
		return ERROR_NOT_ENOUGH_MEMORY;
	for (i = 0; i < ETW_SESSIONS_MAX; i++) {
		etw_properties_again(&list->sessions[i]);
		pointers[i] = &list->sessions[i].properties;
	}
	code = functions->QueryAllTracesW(pointers, ETW_SESSIONS_MAX, &list->total);
	if (code != ERROR_SUCCESS && code != ERROR_MORE_DATA)
		list->total = 0;
	list->count = list->total < ETW_SESSIONS_MAX ? list->total : ETW_SESSIONS_MAX;
	return code == ERROR_MORE_DATA ? ERROR_SUCCESS : code;
}

void etw_session_list_done(struct etw_session_list *list)
{
	free(list->sessions);
}

ULONG etw_session_limit(const struct etw_functions *functions)
{
	ULONG limit = 0;

	if (!functions->TraceQueryInformation ||
	    functions->TraceQueryInformation(0, TraceMaxLoggersQuery, &limit, sizeof(limit),
					     NULL) != ERROR_SUCCESS)
		return 0;
	return limit;
}

bool etw_session_name_is_ours(const char *name)
{
	return strncasecmp(name, ETW_NAME_PREFIX, strlen(ETW_NAME_PREFIX)) == 0;
}
