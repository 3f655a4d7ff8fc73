#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "config/wide_path_windows.h"
#include "exporter/baseline/host.h"

#define NAME_SIZE    256
#define RELEASE_SIZE 64

typedef LONG WINAPI rtl_get_version(OSVERSIONINFOW *version);

/* GetVersionEx() says what the program's manifest knows. */
static char *release(void)
{
	OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof(version)};
	FARPROC found = GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "RtlGetVersion");
	rtl_get_version *get;
	char text[RELEASE_SIZE];

	memcpy(&get, &found, sizeof(get));
	if (!get || get(&version))
		return NULL;
	snprintf(text, sizeof(text), "%lu.%lu.%lu", version.dwMajorVersion, version.dwMinorVersion,
		 version.dwBuildNumber);
	return strdup(text);
}

void host_look(struct baseline_host *host)
{
	MEMORYSTATUSEX memory = {.dwLength = sizeof(memory)};
	wchar_t name[NAME_SIZE];
	DWORD size = NAME_SIZE;

	*host = (struct baseline_host){0};
	host->cpus = GetActiveProcessorCount(ALL_PROCESSOR_GROUPS);
	if (GlobalMemoryStatusEx(&memory))
		host->memory_bytes = memory.ullTotalPhys;
	if (GetComputerNameExW(ComputerNameDnsHostname, name, &size))
		host->name = wide_to_utf8(name);
	host->system = strdup("Windows");
	host->release = release();
}
