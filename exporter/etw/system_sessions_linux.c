/* Sessions of tracefs: `etw_exporter sessions` lists them. */
#include <stddef.h>

#include "exporter/etw/system_sessions.h"

struct system_sessions *system_sessions_new(void)
{
	return NULL;
}

void system_sessions_free(struct system_sessions *system)
{
	(void)system;
}

void system_sessions_read(struct system_sessions *system)
{
	(void)system;
}

void system_sessions_collect(struct exposition *exposition, void *system)
{
	(void)exposition;
	(void)system;
}
