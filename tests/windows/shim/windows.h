/*
 * The part of windows.h that the ETW source takes, for building that on Linux, where it is tested
 * against the model with sanitizers. Names and layouts are Windows' (x64).
 */
#ifndef TESTS_WINDOWS_SHIM_WINDOWS_H
#define TESTS_WINDOWS_SHIM_WINDOWS_H

#include <stddef.h>
#include <stdint.h>
#include <uchar.h>

#define WINAPI
#define ANYSIZE_ARRAY 1
#define VOID	      void

typedef int BOOL;
typedef uint8_t BOOLEAN, UCHAR, BYTE;
typedef uint16_t USHORT, WORD;
typedef uint32_t ULONG, DWORD;
typedef int32_t LONG;
typedef uint64_t ULONGLONG, ULONG64, ULONG_PTR, TRACEHANDLE;
typedef int64_t LONGLONG;
typedef char16_t WCHAR;
typedef void *PVOID, *HANDLE, *HMODULE;
typedef WCHAR *LPWSTR;
typedef const WCHAR *LPCWSTR;
typedef const char *LPCSTR;
typedef ULONG *PULONG;
typedef TRACEHANDLE *PTRACEHANDLE;
typedef long (*FARPROC)(void);

typedef struct {
	ULONG Data1;
	USHORT Data2, Data3;
	UCHAR Data4[8];
} GUID, *LPGUID;
typedef const GUID *LPCGUID;

typedef union {
	struct {
		DWORD LowPart;
		LONG HighPart;
	};
	LONGLONG QuadPart;
} LARGE_INTEGER;

typedef struct {
	DWORD dwLowDateTime, dwHighDateTime;
} FILETIME, *LPFILETIME;

typedef struct {
	WORD wYear, wMonth, wDayOfWeek, wDay, wHour, wMinute, wSecond, wMilliseconds;
} SYSTEMTIME;

typedef struct {
	LONG Bias;
	WCHAR StandardName[32];
	SYSTEMTIME StandardDate;
	LONG StandardBias;
	WCHAR DaylightName[32];
	SYSTEMTIME DaylightDate;
	LONG DaylightBias;
} TIME_ZONE_INFORMATION;

#define TRUE		     1
#define FALSE		     0
#define INVALID_HANDLE_VALUE ((HANDLE)(intptr_t)-1)
#define ALL_PROCESSOR_GROUPS 0xffff

#define ERROR_SUCCESS		     0
#define ERROR_FILE_NOT_FOUND	     2
#define ERROR_ACCESS_DENIED	     5
#define ERROR_INVALID_HANDLE	     6
#define ERROR_NOT_ENOUGH_MEMORY	     8
#define ERROR_INVALID_DATA	     13
#define ERROR_NOT_SUPPORTED	     50
#define ERROR_BAD_LENGTH	     24
#define ERROR_INVALID_PARAMETER	     87
#define ERROR_CALL_NOT_IMPLEMENTED   120
#define ERROR_INSUFFICIENT_BUFFER    122
#define ERROR_ALREADY_EXISTS	     183
#define ERROR_MORE_DATA		     234
#define ERROR_NOT_FOUND		     1168
#define ERROR_CANCELLED		     1223
#define ERROR_PRIVILEGE_NOT_HELD     1314
#define ERROR_NO_SYSTEM_RESOURCES    1450
#define ERROR_WMI_GUID_NOT_FOUND     4200
#define ERROR_WMI_INSTANCE_NOT_FOUND 4201
#define ERROR_CTX_CLOSE_PENDING	     7007

#define LOAD_LIBRARY_SEARCH_SYSTEM32 0x00000800

/* The model's: it answers for every library, and knows the functions that it has. */
HMODULE LoadLibraryExW(LPCWSTR name, HANDLE file, DWORD flags);
FARPROC GetProcAddress(HMODULE module, LPCSTR name);

/* Of the thread. */
DWORD GetLastError(void);
void SetLastError(DWORD error);

#endif
