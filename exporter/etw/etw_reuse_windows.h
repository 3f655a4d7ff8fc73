/*
 * etw_reuse: makes a session that was there already what the configuration says, as far as Windows
 * changes sessions that run. One thread.
 */
#ifndef EXPORTER_ETW_ETW_REUSE_WINDOWS_H
#define EXPORTER_ETW_ETW_REUSE_WINDOWS_H

#include "exporter/etw/etw_session_windows.h"

/*
 * Flags, the flush timer, the most buffers, delivery in real time; of the session that all share
 * nothing is taken away. The log says what stays as it was. Windows' code.
 */
ULONG etw_reuse(struct etw_session *session, const EVENT_TRACE_PROPERTIES *running,
		const EVENT_TRACE_PROPERTIES *wanted);

#endif
