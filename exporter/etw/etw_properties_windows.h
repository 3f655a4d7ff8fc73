/*
 * etw_properties: what Windows is told of a session, and tells of it, with room for its names.
 * Owned by who declares it, one thread.
 */
#ifndef EXPORTER_ETW_ETW_PROPERTIES_WINDOWS_H
#define EXPORTER_ETW_ETW_PROPERTIES_WINDOWS_H

#include "config/config.h"
#include "exporter/etw/etw_declarations_windows.h"
#include "exporter/etw/etw_losses.h"

struct etw_properties {
	EVENT_TRACE_PROPERTIES properties;
	WCHAR session_name[ETW_SESSION_NAME_SIZE];
	WCHAR file_name[ETW_SESSION_NAME_SIZE];
};

/* For an answer: zeros but for what says where the names are to be put. */
void etw_properties_init(struct etw_properties *properties);

/* For another answer, in what has had one: names begin with nothing. */
void etw_properties_again(struct etw_properties *properties);

/* For a session to be started, on a machine of that many CPUs. */
void etw_properties_fill(struct etw_properties *properties, const struct etw_config *config,
			 unsigned int cpus);

/* Whether the session has the kernel's events, of which there are few. */
bool etw_properties_is_system(const EVENT_TRACE_PROPERTIES *properties);

/* The clock of its time stamps. */
const char *etw_properties_clock(const EVENT_TRACE_PROPERTIES *properties);

/* What Windows counts of the session. */
void etw_properties_numbers(const EVENT_TRACE_PROPERTIES *properties, struct etw_numbers *numbers);

/* The session's name as UTF-8, and its log file's; what does not fit is cut. */
void etw_properties_name(const struct etw_properties *properties, char *name, size_t size);
void etw_properties_file(const struct etw_properties *properties, char *file, size_t size);

#endif
