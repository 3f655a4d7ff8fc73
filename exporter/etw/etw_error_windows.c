#include "exporter/etw/etw_error_windows.h"

#include <stdio.h>
#include <string.h>

#include "exporter/value/error_names.h"
#include "exporter/etw/etw_properties_windows.h"
#include "exporter/etw/etw_session_list_windows.h"
#include "exporter/value/utf16.h"
#include "metrics/utf8.h"

/* Of sessions' names in a sentence that has several. */
#define NAME_BYTES_SHOWN 60

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

int etw_error_trace(struct error *error, ULONG code, const char *what, const char *name)
{
	if (code != ERROR_ACCESS_DENIED)
		return etw_error_set(error, code, what, name);
	return error_set(error,
			 "cannot %s %s: access denied; who runs this has to be in the group "
			 "Performance Log Users or Administrators",
			 what, name);
}

static int set_denied(struct error *error, enum etw_kind kind, const char *name)
{
	if (kind == ETW_USER || kind == ETW_ATTACH)
		return etw_error_trace(error, ERROR_ACCESS_DENIED, "start", name);
	return error_set(error,
			 "cannot start %s: access denied; the kernel's events take a member of the "
			 "group Administrators, or the privilege SeSystemProfilePrivilege beside "
			 "the group Performance Log Users",
			 name);
}

static int shown(const char *name)
{
	return (int)utf8_cut(name, strnlen(name, NAME_BYTES_SHOWN));
}

/* Sessions that run: of the kernel's events, or all. */
struct running {
	struct etw_session_list list;
	bool only_system;
	ULONG count;
	char names[300]; /* as far as there is room */
};

static void add_name(struct running *running, const struct etw_properties *session)
{
	char name[3 * ETW_NAME_CHARS_MAX + 1];
	size_t used = strlen(running->names);
	int added;

	etw_properties_name(session, name, sizeof(name));
	added = snprintf(running->names + used, sizeof(running->names) - used, "%s%.*s",
			 used ? ", " : "", shown(name), name);
	if (added < 0 || (size_t)added >= sizeof(running->names) - used)
		running->names[used] = '\0';
}

static void read_running(struct running *running, const struct etw_functions *functions,
			 bool only_system)
{
	ULONG i;

	*running = (struct running){.only_system = only_system};
	etw_session_list_read(&running->list, functions);
	for (i = 0; i < running->list.count; i++) {
		const struct etw_properties *session = &running->list.sessions[i];

		if (only_system && !etw_properties_is_system(&session->properties))
			continue;
		running->count++;
		add_name(running, session);
	}
	if (!only_system)
		running->count = running->list.total;
	etw_session_list_done(&running->list);
}

/* The kernel's events have a limit of their own, which is reached first. */
static int set_limit(struct error *error, const struct etw_functions *functions, enum etw_kind kind,
		     const char *name)
{
	ULONG limit = etw_session_limit(functions);
	struct running running;
	char most[32] = "";

	read_running(&running, functions, false);
	if (limit)
		snprintf(most, sizeof(most), " of at most %u", (unsigned int)limit);
	if (kind == ETW_USER || (limit && running.count >= limit))
		return error_set(error,
				 "cannot start %.*s: no session is left; %u%s run: %s; stop one "
				 "with logman stop NAME -ets",
				 shown(name), name, (unsigned int)running.count, most,
				 running.names);
	read_running(&running, functions, true);
	return error_set(error,
			 "cannot start %.*s: no session for the kernel's events is left, of which "
			 "there are 8, two of them Windows' own; %u run: %s; stop one with logman "
			 "stop NAME -ets",
			 shown(name), name, (unsigned int)running.count, running.names);
}

static void list_flags(ULONG flags, char *words, size_t size)
{
	size_t used = 0;
	const struct etw_word *word;

	*words = '\0';
	for (word = etw_flag_words; word->name && used < size; word++)
		if (flags & word->value)
			used += (size_t)snprintf(words + used, size - used, "%s%s",
						 used ? ", " : "", word->name);
}

/* Who started it Windows does not say, but what it is for. */
static int set_kernel_taken(struct error *error, const struct etw_functions *functions,
			    const char *name)
{
	struct etw_properties properties;
	WCHAR wide[ETW_NAME_CHARS_MAX + 1];
	char flags[120], file[150];

	utf16_from_utf8(name, wide, ETW_NAME_CHARS_MAX + 1);
	etw_properties_init(&properties);
	functions->ControlTraceW(0, wide, &properties.properties, EVENT_TRACE_CONTROL_QUERY);
	list_flags(properties.properties.EnableFlags, flags, sizeof(flags));
	etw_properties_file(&properties, file, sizeof(file));
	return error_set(error,
			 "cannot start %s: it runs already, started by another program or an "
			 "earlier run (flags: %s; log file: %s), and there is only one for all; "
			 "on_exists: replace stops it and takes its place, reuse listens to it",
			 name, *flags ? flags : "none", *file ? file : "none");
}

static int set_exists(struct error *error, const struct etw_functions *functions,
		      enum etw_kind kind, const char *name)
{
	if (kind == ETW_KERNEL)
		return set_kernel_taken(error, functions, name);
	return error_set(error,
			 "cannot start %s: a session of that name runs already; stop it (logman "
			 "stop NAME -ets), or say on_exists: replace or reuse",
			 name);
}

int etw_error_start(struct error *error, const struct etw_functions *functions, ULONG code,
		    enum etw_kind kind, const char *name)
{
	switch (code) {
	case ERROR_ACCESS_DENIED:
	case ERROR_PRIVILEGE_NOT_HELD:
		return set_denied(error, kind, name);
	case ERROR_NO_SYSTEM_RESOURCES:
		return set_limit(error, functions, kind, name);
	case ERROR_ALREADY_EXISTS:
		return set_exists(error, functions, kind, name);
	case ERROR_WMI_INSTANCE_NOT_FOUND:
		return error_set(error,
				 "cannot find a session called %s; etw_exporter sessions lists "
				 "those that run",
				 name);
	default:
		return etw_error_set(error, code, "start", name);
	}
}
