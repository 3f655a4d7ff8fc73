/* As windows.h of this folder: wmistr.h. */
#ifndef TESTS_WINDOWS_SHIM_WMISTR_H
#define TESTS_WINDOWS_SHIM_WMISTR_H

#include <windows.h>

#define WNODE_FLAG_TRACED_GUID 0x00020000

typedef struct {
	ULONG BufferSize, ProviderId;
	ULONG64 HistoricalContext;
	LARGE_INTEGER TimeStamp;
	GUID Guid;
	ULONG ClientContext, Flags;
} WNODE_HEADER;

#endif
