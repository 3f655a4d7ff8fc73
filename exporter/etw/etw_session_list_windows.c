#include "exporter/etw/etw_session_list_windows.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What Windows takes that does not say how many sessions there can be. */
#define ROOM_UNTOLD 64

/* Windows refuses to be asked for more sessions than there can be. */
static ULONG choose_room(const struct etw_functions *functions)
{
	ULONG limit = etw_session_limit(functions);

	if (!limit)
		return ROOM_UNTOLD;
	return limit < ETW_SESSIONS_MAX ? limit : ETW_SESSIONS_MAX;
}

ULONG etw_session_list_read(struct etw_session_list *list, const struct etw_functions *functions)
{
	EVENT_TRACE_PROPERTIES *pointers[ETW_SESSIONS_MAX];
	ULONG room = choose_room(functions), code, i;

	list->count = list->total = 0;
	if (!list->sessions)
		list->sessions = calloc(ETW_SESSIONS_MAX, sizeof(*list->sessions));
	if (!list->sessions)
		return ERROR_NOT_ENOUGH_MEMORY;
	for (i = 0; i < room; i++) {
		etw_properties_again(&list->sessions[i]);
		pointers[i] = &list->sessions[i].properties;
	}
	code = functions->QueryAllTracesW(pointers, room, &list->total);
	if (code != ERROR_SUCCESS && code != ERROR_MORE_DATA)
		list->total = 0;
	list->count = list->total < room ? list->total : room;
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
