/*
 * trace_name: what a session's instance and event system are called in tracefs. Any thread.
 */
#ifndef EXPORTER_TRACEFS_TRACE_NAME_H
#define EXPORTER_TRACEFS_TRACE_NAME_H

#include <stdbool.h>

#define TRACE_NAME_PREFIX      "etw_exporter_"
#define TRACE_NAME_SIZE	       256 /* NAME_MAX and its zero */
#define TRACE_SYSTEM_NAME_SIZE 64  /* MAX_EVENT_NAME_LEN in the kernel's trace_probe.h */
#define TRACE_SESSION_SIZE     256

/*
 * The name of a session's instance: TRACE_NAME_PREFIX, then the session's name, in which bytes
 * other than letters, digits, `_`, `-` and `.` are written `%XX`. Where that is too long for a file
 * name, its end is `~` and the hash of the session's name. Names of two sessions are never the
 * same but by that hash.
 */
void trace_name_instance(const char *session, char name[TRACE_NAME_SIZE]);

/* What trace_name_instance() made, back; false: it is no instance of ours, or was too long. */
bool trace_name_session(const char *instance, char session[TRACE_SESSION_SIZE]);

/* Whether an instance is called as ours are. */
bool trace_name_is_ours(const char *instance);

/*
 * The event system of an instance's probes: its name, of which an identifier of the kernel is made;
 * where that changes it, with the hash of the instance's name at the end.
 */
void trace_name_system(const char *instance, char system[TRACE_SYSTEM_NAME_SIZE]);

#endif
