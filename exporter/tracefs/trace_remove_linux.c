#include "exporter/tracefs/trace_remove_linux.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "exporter/system/clock_ns.h"
#include "exporter/tracefs/trace_file_linux.h"
#include "exporter/tracefs/trace_name.h"
#include "exporter/tracefs/trace_probe_linux.h"

#define WAIT_MS 2000
#define STEP_NS 10000000

static int64_t now_ms(void)
{
	return clock_ns(CLOCK_MONOTONIC) / 1000000;
}

/* The kernel disables the events of an instance that it removes; one whose files are open it
 * refuses, before it changes anything (__remove_instance() in kernel/trace/trace.c).
 * 0, or why it is still there. */
static int remove_when_free(int tracefs, const char *path)
{
	const struct timespec step = {.tv_nsec = STEP_NS};
	int64_t deadline = now_ms() + WAIT_MS;

	while (unlinkat(tracefs, path, AT_REMOVEDIR)) {
		int code = errno;

		/* Where somebody else removes it at the same time, it is no device. */
		if (code == ENOENT || code == ENODEV)
			return 0;
		if (code != EBUSY || now_ms() > deadline)
			return code;
		nanosleep(&step, NULL);
	}
	return 0;
}

int trace_remove(int tracefs, const char *instance, struct error *error)
{
	char path[TRACE_NAME_SIZE + 16], system[TRACE_SYSTEM_NAME_SIZE];
	int code;

	snprintf(path, sizeof(path), "instances/%s", instance);
	code = remove_when_free(tracefs, path);
	if (code == EBUSY)
		return error_set(error,
				 "cannot remove the instance %s: it is in use: another process, "
				 "probably an etw_exporter with a session of the same name, has "
				 "files of it open",
				 instance);
	if (code)
		return trace_file_error(error, code, "cannot remove the instance %s", instance);
	trace_name_system(instance, system);
	return trace_probes_remove(tracefs, system, error);
}
