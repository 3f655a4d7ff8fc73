#include "exporter/etw/etw_functions_windows.h"

#include <stdint.h>
#include <string.h>

#include "config/filetime.h"

/* By enum etw_library, each in the order in which they are tried. */
static const WCHAR *const libraries[][2] = {
	[ETW_LIBRARY_KERNEL] = {u"kernel32.dll", NULL},
	[ETW_LIBRARY_ETW] = {u"sechost.dll", u"advapi32.dll"},
	[ETW_LIBRARY_TDH] = {u"tdh.dll", NULL},
};

/* From Windows' own folder only: another one may hold what somebody put there. */
static FARPROC find(enum etw_library library, const char *name)
{
	size_t i;

	for (i = 0; i < 2 && libraries[library][i]; i++) {
		HMODULE module =
			LoadLibraryExW(libraries[library][i], NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
		FARPROC function = module ? GetProcAddress(module, name) : NULL;

		if (function)
			return function;
	}
	return NULL;
}

int etw_functions_load(struct etw_functions *functions, struct error *error)
{
	FARPROC found;

	memset(functions, 0, sizeof(*functions));
#define MAY_LACK(library, result, name, arguments)                             \
	found = find(ETW_LIBRARY_##library, #name);                            \
	static_assert(sizeof(found) == sizeof(functions->name), "a function"); \
	memcpy(&functions->name, &found, sizeof(found));
#define NEEDS(library, result, name, arguments)                                                    \
	MAY_LACK(library, result, name, arguments)                                                 \
	if (!found)                                                                                \
		return error_set(error,                                                            \
				 "cannot trace: this Windows has no function %s, which came with " \
				 "Windows 7",                                                      \
				 #name);
	ETW_FUNCTIONS(NEEDS, MAY_LACK)
#undef NEEDS
#undef MAY_LACK
	return 0;
}

int64_t etw_unix_ns(const struct etw_functions *functions)
{
	FILETIME now;
	uint64_t ticks;

	if (functions->GetSystemTimePreciseAsFileTime)
		functions->GetSystemTimePreciseAsFileTime(&now);
	else
		functions->GetSystemTimeAsFileTime(&now);
	ticks = (uint64_t)now.dwHighDateTime << 32 | now.dwLowDateTime;
	return ((int64_t)ticks - FILETIME_UNIX_EPOCH) * 100;
}
