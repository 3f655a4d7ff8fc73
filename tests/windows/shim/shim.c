/* What the shim's windows.h declares: libraries, of which the model is each, and the last error. */
#include <windows.h>

#include "tests/windows/model/model.h"

static _Thread_local DWORD last_error;

HMODULE LoadLibraryExW(LPCWSTR name, HANDLE file, DWORD flags)
{
	static char model;

	(void)name;
	(void)file;
	return flags == LOAD_LIBRARY_SEARCH_SYSTEM32 ? &model : NULL;
}

FARPROC GetProcAddress(HMODULE module, LPCSTR name)
{
	(void)module;
	return model_function(name);
}

DWORD GetLastError(void)
{
	return last_error;
}

void SetLastError(DWORD error)
{
	last_error = error;
}
