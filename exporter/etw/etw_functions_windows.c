#include "exporter/etw/etw_functions_windows.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "config/filetime.h"

/* By enum etw_library, each in the order in which they are tried. */
static const WCHAR *const libraries[][2] = {
	[ETW_LIBRARY_KERNEL] = {u"kernel32.dll", NULL},
	[ETW_LIBRARY_ETW] = {u"sechost.dll", u"advapi32.dll"},
	[ETW_LIBRARY_TDH] = {u"tdh.dll", NULL},
};

/* One table, as libraries are loaded for the whole program. */
static struct {
	pthread_mutex_t lock;
	bool is_loaded;
	struct etw_functions functions;
} shared = {.lock = PTHREAD_MUTEX_INITIALIZER};

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

static int load(struct etw_functions *functions, struct error *error)
{
	FARPROC found;

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

const struct etw_functions *etw_functions_get(struct error *error)
{
	bool is_loaded;

	pthread_mutex_lock(&shared.lock);
	if (!shared.is_loaded)
		shared.is_loaded = !load(&shared.functions, error);
	is_loaded = shared.is_loaded;
	pthread_mutex_unlock(&shared.lock);
	return is_loaded ? &shared.functions : NULL;
}

void etw_functions_forget(void)
{
	pthread_mutex_lock(&shared.lock);
	shared.is_loaded = false;
	pthread_mutex_unlock(&shared.lock);
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
