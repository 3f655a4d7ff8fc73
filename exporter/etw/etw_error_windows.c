#include "exporter/etw/etw_error_windows.h"

#include <stdio.h>

#include "exporter/error_names.h"
#include "exporter/etw/etw_properties_windows.h"
#include "exporter/etw/etw_session_list_windows.h"

struct code_text {
	char text[64];
};

static const char *describe(ULONG code, struct code_text *described)
{
	const char *name = error_name_win32(code);

	if (name)
		snprintf(described->text, sizeof(described->text), "%s (%u)", name,
			 (unsigned int)code);
	else
		snprintf(described->text, sizeof(described->text), "error %u", (unsigned int)code);
	return described->text;
}

int etw_error_set(struct error *error, ULONG code, const char *what, const char *name)
{
	struct code_text described;

	return error_set(error, "cannot %s %s: %s", what, name, describe(code, &described));
}

static int set_denied(struct error *error, enum etw_kind kind, const char *name)
{
	if (kind == ETW_USER || kind == ETW_ATTACH)
		return error_set(error,
				 "cannot start %s: access denied; who runs this has to be in the "
				 "group Performance Log Users or Administrators",
				 name);
	return error_set(error,
			 "cannot start %s: access denied; the kernel's events take a member of the "
			 "group Administrators, or the privilege SeSystemProfilePrivilege beside "
			 "the group Performance Log Users",
			 name);
}

/* Names of sessions, as far as there is room; how many there are. */
static ULONG list_sessions(const struct etw_functions *functions, char *names, size_t size)
{
	struct etw_session_list list = {0};
	char name[3 * ETW_NAME_CHARS_MAX + 1];
	ULONG count, i;
	size_t used = 0;

	*names = '\0';
	etw_session_list_read(&list, functions);
	count = list.count;
	for (i = 0; i < count && used + 16 < size; i++) {
		etw_properties_name(&list.sessions[i], name, sizeof(name));
		used += (size_t)snprintf(names + used, size - used, "%s%.40s", i ? ", " : "", name);
	}
	etw_session_list_done(&list);
	return count;
}

static int set_limit(struct error *error, const struct etw_functions *functions, enum etw_kind kind,
		     const char *name)
{
	char names[300];
	ULONG count = list_sessions(functions, names, sizeof(names));

	return error_set(error,
			 "cannot start %.60s: no session is left%s; %u run: %s; stop one with "
			 "logman stop NAME -ets",
			 name,
			 kind == ETW_USER ? ""
					  : " (of the kernel's there are 8 at most, 2 of them "
					    "Windows' own)",
			 (unsigned int)count, names);
}

int etw_error_start(struct error *error, const struct etw_functions *functions, ULONG code,
		    enum etw_kind kind, const char *name)
{
	switch (code) {
	case ERROR_ACCESS_DENIED:
		return set_denied(error, kind, name);
	case ERROR_NO_SYSTEM_RESOURCES:
		return set_limit(error, functions, kind, name);
	case ERROR_ALREADY_EXISTS:
		return error_set(error,
				 "cannot start %s: a session of that name runs already; stop it "
				 "(logman stop NAME -ets), or say on_exists: replace or reuse",
				 name);
	case ERROR_WMI_INSTANCE_NOT_FOUND:
		return error_set(error,
				 "cannot find a session called %s; etw_exporter sessions lists "
				 "those that run",
				 name);
	default:
		return etw_error_set(error, code, "start", name);
	}
}
