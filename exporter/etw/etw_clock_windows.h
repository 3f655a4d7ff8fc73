/*
 * etw_clock: the clock of a session's time stamps, read beside the time of day, so that time stamps
 * are converted as those of files are. Read-only once made; any thread.
 */
#ifndef EXPORTER_ETW_ETW_CLOCK_WINDOWS_H
#define EXPORTER_ETW_ETW_CLOCK_WINDOWS_H

#include <stdbool.h>

#include "exporter/etw/etw_functions_windows.h"
#include "exporter/record/etl_header.h"

struct etw_clock {
	const struct etw_functions *functions; /* borrowed */
	struct trace_clock facts;	       /* as it was when it was made */
	bool moves; /* against the time of day: it is to be read again and again */
};

/*
 * By what Windows says of the session when it is opened; an unknown type is CLOCK_UNKNOWN. Of
 * sessions in real time it may leave that out: then `type`, Wnode.ClientContext of the session, is
 * the clock's, 0: not known, and the performance counter's frequency is the machine's.
 */
void etw_clock_init(struct etw_clock *clock, const struct etw_functions *functions,
		    const TRACE_LOGFILE_HEADER *header, ULONG type);

/* What it shows now, and the time of day, Unix. */
void etw_clock_read(const struct etw_clock *clock, uint64_t *timestamp, int64_t *unix_ns);

#endif
