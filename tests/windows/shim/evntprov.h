/* As windows.h of this folder: evntprov.h. */
#ifndef TESTS_WINDOWS_SHIM_EVNTPROV_H
#define TESTS_WINDOWS_SHIM_EVNTPROV_H

#include <windows.h>

typedef struct {
	USHORT Id;
	UCHAR Version, Channel, Level, Opcode;
	USHORT Task;
	ULONGLONG Keyword;
} EVENT_DESCRIPTOR;

typedef struct {
	ULONGLONG Ptr;
	ULONG Size, Type;
} EVENT_FILTER_DESCRIPTOR, *PEVENT_FILTER_DESCRIPTOR;

#endif
