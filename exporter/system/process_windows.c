/*
 * What is counted as in the process collector of Prometheus' Go client on Windows: private bytes,
 * working set, handles, and the most handles that a process may have.
 *
 * Source: Microsoft's "PROCESS_MEMORY_COUNTERS structure", by which PagefileUsage is the private
 * bytes, too, since Windows 8; wine does not know PrivateUsage.
 */
#include <stdint.h>
#include <windows.h>

#include <psapi.h>

#include "config/filetime.h"
#include "exporter/system/process.h"

#define HANDLES_MAX (16 * 1024 * 1024)

static double seconds(const FILETIME *time, int64_t origin)
{
	uint64_t hundreds = (uint64_t)time->dwHighDateTime << 32 | time->dwLowDateTime;

	return (double)((int64_t)hundreds - origin) / 1e7;
}

void process_read(struct process *process)
{
	HANDLE self = GetCurrentProcess();
	FILETIME created, exited, kernel, user;
	PROCESS_MEMORY_COUNTERS memory;
	DWORD handles;

	*process = (struct process){-1, -1, -1, -1, -1, -1, HANDLES_MAX};
	if (GetProcessTimes(self, &created, &exited, &kernel, &user)) {
		process->cpu_seconds = seconds(&kernel, 0) + seconds(&user, 0);
		process->start_seconds = seconds(&created, FILETIME_UNIX_EPOCH);
	}
	if (GetProcessMemoryInfo(self, &memory, sizeof(memory))) {
		/* No process has none: wine says 0 where its kernel does not count it. */
		process->virtual_bytes = memory.PagefileUsage ? (double)memory.PagefileUsage : -1;
		process->resident_bytes = (double)memory.WorkingSetSize;
	}
	if (GetProcessHandleCount(self, &handles))
		process->open_fds = (double)handles;
}
