/*
 * The model as etwmodel.dll, in a program that was started by etwrun.exe: what the program loads of
 * Windows' libraries of tracing becomes the model's.
 *
 * Only LoadLibraryExW() and GetProcAddress() of the program itself are other ones, by which alone
 * it reaches those libraries; a library that it loads in this way is the model, which knows the
 * functions that the machine has.
 */
#include <string.h>

#include "exporter/value/letter_case.h"
#include "tests/windows/model/model.h"

static HINSTANCE self;
static FARPROC(WINAPI *real_address)(HMODULE, LPCSTR);
static HMODULE(WINAPI *real_load)(LPCWSTR, HANDLE, DWORD);

static bool is_called(const WCHAR *name, const WCHAR *wanted)
{
	for (; letter_lower(*name) == letter_lower(*wanted); name++, wanted++)
		if (!*wanted)
			return true;
	return false;
}

static HMODULE WINAPI load(LPCWSTR name, HANDLE file, DWORD flags)
{
	static const WCHAR *const libraries[] = {u"kernel32.dll", u"sechost.dll", u"advapi32.dll",
						 u"tdh.dll"};
	size_t i;

	for (i = 0; i < sizeof(libraries) / sizeof(libraries[0]); i++)
		if (flags == LOAD_LIBRARY_SEARCH_SYSTEM32 && is_called(name, libraries[i]))
			return self;
	return real_load(name, file, flags);
}

static FARPROC WINAPI address(HMODULE module, LPCSTR name)
{
	return module == self ? model_function(name) : real_address(module, name);
}

static void replace(IMAGE_THUNK_DATA *thunk, FARPROC function)
{
	DWORD before;

	VirtualProtect(&thunk->u1.Function, sizeof(thunk->u1.Function), PAGE_READWRITE, &before);
	memcpy(&thunk->u1.Function, &function, sizeof(function));
	VirtualProtect(&thunk->u1.Function, sizeof(thunk->u1.Function), before, &before);
}

/* The functions that a program imports of one library. */
static void hook_imports(BYTE *base, const IMAGE_IMPORT_DESCRIPTOR *library)
{
	IMAGE_THUNK_DATA *name = (void *)(base + library->OriginalFirstThunk);
	IMAGE_THUNK_DATA *thunk = (void *)(base + library->FirstThunk);

	for (; name->u1.AddressOfData; name++, thunk++) {
		IMAGE_IMPORT_BY_NAME *import = (void *)(base + name->u1.AddressOfData);

		if (IMAGE_SNAP_BY_ORDINAL(name->u1.Ordinal))
			continue;
		if (strcmp((char *)import->Name, "GetProcAddress") == 0)
			replace(thunk, (FARPROC)(void (*)(void))address);
		else if (strcmp((char *)import->Name, "LoadLibraryExW") == 0)
			replace(thunk, (FARPROC)(void (*)(void))load);
	}
}

static void hook_program(void)
{
	BYTE *base = (BYTE *)GetModuleHandleW(NULL);
	IMAGE_NT_HEADERS *headers = (void *)(base + ((IMAGE_DOS_HEADER *)base)->e_lfanew);
	IMAGE_DATA_DIRECTORY *directory =
		&headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT];
	IMAGE_IMPORT_DESCRIPTOR *library = (void *)(base + directory->VirtualAddress);

	real_address = GetProcAddress;
	real_load = LoadLibraryExW;
	for (; directory->Size && library->Name; library++)
		hook_imports(base, library);
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved);

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved)
{
	(void)reserved;
	if (reason != DLL_PROCESS_ATTACH)
		return TRUE;
	self = instance;
	if (GetEnvironmentVariableA("ETWMODEL_INJECTED", NULL, 0))
		hook_program();
	return TRUE;
}
