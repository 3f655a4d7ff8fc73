/*
 * Source: Microsoft's "Naming Files, Paths, and Namespaces" (maximum path length limitation) and
 * "System Error Codes".
 */
#include "config/wide_path_windows.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <windows.h>

/* Below that, what is appended to a folder's path is within the limit, too. */
#define SHORT_CHARACTERS 240
#define LONG_PREFIX	 L"\\\\?\\"
#define SHARE_PREFIX	 L"\\\\?\\UNC\\"
#define PREFIX_MAX	 8
#define PATH_MAX_WIDE	 32768

int wide_path_errno(void)
{
	static const struct {
		DWORD number;
		int error;
	} table[] = {
		{ERROR_FILE_NOT_FOUND, ENOENT},
		{ERROR_PATH_NOT_FOUND, ENOENT},
		{ERROR_INVALID_NAME, ENOENT},
		{ERROR_BAD_PATHNAME, ENOENT},
		{ERROR_BAD_NETPATH, ENOENT},
		{ERROR_BAD_NET_NAME, ENOENT},
		{ERROR_INVALID_DRIVE, ENOENT},
		{ERROR_DELETE_PENDING, ENOENT},
		{ERROR_DIRECTORY, ENOTDIR},
		{ERROR_ACCESS_DENIED, EACCES},
		{ERROR_SHARING_VIOLATION, EACCES},
		{ERROR_LOCK_VIOLATION, EACCES},
		{ERROR_NOT_ENOUGH_MEMORY, ENOMEM},
		{ERROR_TOO_MANY_OPEN_FILES, EMFILE},
		{ERROR_OUTOFMEMORY, ENOMEM},
		{ERROR_FILENAME_EXCED_RANGE, ENAMETOOLONG},
		{ERROR_NO_UNICODE_TRANSLATION, EILSEQ},
	};
	DWORD number = GetLastError();
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].number == number)
			return table[i].error;
	return EIO;
}

wchar_t *wide_from_utf8(const char *text)
{
	int count = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, NULL, 0);
	wchar_t *wide;

	if (!count) {
		errno = wide_path_errno();
		return NULL;
	}
	wide = malloc((size_t)count * sizeof(*wide));
	if (wide)
		MultiByteToWideChar(CP_UTF8, 0, text, -1, wide, count);
	return wide;
}

char *wide_to_utf8(const wchar_t *wide)
{
	int bytes = WideCharToMultiByte(CP_UTF8, 0, wide, -1, NULL, 0, NULL, NULL);
	char *text;

	if (!bytes) {
		errno = wide_path_errno();
		return NULL;
	}
	text = malloc((size_t)bytes);
	if (text)
		WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, bytes, NULL, NULL);
	return text;
}

static bool is_device_path(const wchar_t *path)
{
	return wcsncmp(path, LONG_PREFIX, 4) == 0 || wcsncmp(path, L"\\\\.\\", 4) == 0;
}

/* What the system takes as it is. What we have put together it would not take. */
static bool is_literal(const wchar_t *path)
{
	return is_device_path(path) && !wcschr(path, L'/') && !wcsstr(path, L"\\..\\");
}

/* `room` characters behind the prefix's. NULL: no memory, or it cannot be made whole. */
static wchar_t *make_whole(const wchar_t *path, DWORD room)
{
	wchar_t *whole = malloc((PREFIX_MAX + (size_t)room) * sizeof(*whole));
	wchar_t *at;
	DWORD length;

	if (!whole)
		return NULL;
	at = whole + PREFIX_MAX;
	length = GetFullPathNameW(path, room, at, NULL);
	if (!length || length >= room) {
		errno = length ? ENAMETOOLONG : wide_path_errno();
		free(whole);
		return NULL;
	}
	if (length < SHORT_CHARACTERS || is_device_path(at)) {
		wmemmove(whole, at, length + 1);
	} else if (wcsncmp(at, L"\\\\", 2) == 0) {
		wmemcpy(whole, SHARE_PREFIX, 8);
		wmemmove(whole + 8, at + 2, length - 1);
	} else {
		wmemcpy(whole, LONG_PREFIX, 4);
		wmemmove(whole + 4, at, length + 1);
	}
	return whole;
}

wchar_t *wide_path(const char *path)
{
	wchar_t *given = wide_from_utf8(path), *whole;
	DWORD room;

	/* An empty path names nothing, and would become the current folder. */
	if (!given || is_literal(given) || !*given)
		return given;
	room = GetFullPathNameW(given, 0, NULL, NULL);
	if (!room) {
		errno = wide_path_errno();
		free(given);
		return NULL;
	}
	whole = make_whole(given, room + 1);
	free(given);
	return whole;
}

wchar_t *wide_own_path(void)
{
	wchar_t *path = malloc(PATH_MAX_WIDE * sizeof(*path));
	DWORD length = path ? GetModuleFileNameW(NULL, path, PATH_MAX_WIDE) : 0;

	if (length && length < PATH_MAX_WIDE)
		return path;
	free(path);
	return NULL;
}
