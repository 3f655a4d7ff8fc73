#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "config/files.h"
#include "config/filetime.h"
#include "config/wide_path_windows.h"

#define SHARE_ALL      (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)
#define READ_BYTES_MAX ((DWORD)1 << 30)

static uint64_t join(DWORD high, DWORD low)
{
	return (uint64_t)high << 32 | low;
}

static int64_t unix_ns(const FILETIME *time)
{
	return ((int64_t)join(time->dwHighDateTime, time->dwLowDateTime) - FILETIME_UNIX_EPOCH) *
	       100;
}

/* What has no status of a file is a pipe, or a console. */
static int read_status(HANDLE handle, struct file_status *status)
{
	BY_HANDLE_FILE_INFORMATION found;

	*status = (struct file_status){.kind = FILE_KIND_OTHER};
	if (GetFileType(handle) != FILE_TYPE_DISK)
		return 0;
	if (!GetFileInformationByHandle(handle, &found)) {
		errno = wide_path_errno();
		return -1;
	}
	status->kind = found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY ? FILE_KIND_FOLDER
									 : FILE_KIND_REGULAR;
	status->bytes = join(found.nFileSizeHigh, found.nFileSizeLow);
	status->modified_ns = unix_ns(&found.ftLastWriteTime);
	status->identity.device = found.dwVolumeSerialNumber;
	status->identity.file = join(found.nFileIndexHigh, found.nFileIndexLow);
	return 0;
}

/* INVALID_HANDLE_VALUE: see errno. Folders are only opened with backup semantics. */
static HANDLE open_handle(const char *path, DWORD access, DWORD disposition, DWORD flags)
{
	wchar_t *wide = wide_path(path);
	HANDLE handle;

	if (!wide)
		return INVALID_HANDLE_VALUE;
	handle = CreateFileW(wide, access, SHARE_ALL, NULL, disposition,
			     flags | FILE_FLAG_BACKUP_SEMANTICS, NULL);
	if (handle == INVALID_HANDLE_VALUE)
		errno = wide_path_errno();
	free(wide);
	return handle;
}

int file_status(const char *path, struct file_status *status)
{
	HANDLE handle = open_handle(path, FILE_READ_ATTRIBUTES, OPEN_EXISTING, 0);
	int result;

	if (handle == INVALID_HANDLE_VALUE)
		return -1;
	result = read_status(handle, status);
	CloseHandle(handle);
	return result;
}

int file_status_open(int fd, struct file_status *status)
{
	return read_status((HANDLE)_get_osfhandle(fd), status);
}

/* Takes the handle. -1: see errno. */
static int descriptor_of(HANDLE handle, int flags)
{
	int fd;

	if (handle == INVALID_HANDLE_VALUE)
		return -1;
	fd = _open_osfhandle((intptr_t)handle, flags | _O_BINARY | _O_NOINHERIT);
	if (fd < 0)
		CloseHandle(handle);
	return fd;
}

/* The C library remembers that there was an end, and a file may have grown. */
ssize_t file_read(int fd, void *to, size_t count)
{
	DWORD got;

	if (ReadFile((HANDLE)_get_osfhandle(fd), to,
		     count < READ_BYTES_MAX ? (DWORD)count : READ_BYTES_MAX, &got, NULL))
		return (ssize_t)got;
	/* The writer of a pipe has gone. */
	if (GetLastError() == ERROR_BROKEN_PIPE || GetLastError() == ERROR_HANDLE_EOF)
		return 0;
	errno = wide_path_errno();
	return -1;
}

/* Opening a pipe that has a name never waits here. */
int file_open(const char *path, bool waits)
{
	(void)waits;
	return descriptor_of(
		open_handle(path, GENERIC_READ, OPEN_EXISTING, FILE_FLAG_SEQUENTIAL_SCAN),
		_O_RDONLY);
}

/*
 * Without the right to write anywhere else, the system itself writes at the end. Of a folder that
 * is the right to make others in it.
 */
int file_open_to_append(const char *path)
{
	HANDLE handle = open_handle(path, FILE_APPEND_DATA | FILE_READ_ATTRIBUTES | SYNCHRONIZE,
				    OPEN_ALWAYS, 0);
	struct file_status status;

	if (handle != INVALID_HANDLE_VALUE && !read_status(handle, &status) &&
	    status.kind == FILE_KIND_FOLDER) {
		CloseHandle(handle);
		errno = EISDIR;
		return -1;
	}
	return descriptor_of(handle, _O_WRONLY);
}

int file_create(const char *path)
{
	return descriptor_of(open_handle(path, GENERIC_WRITE, CREATE_NEW, FILE_ATTRIBUTE_NORMAL),
			     _O_WRONLY);
}

int file_sync(int fd)
{
	return _commit(fd);
}

int file_replace(const char *path, const char *by)
{
	wchar_t *from = wide_path(by), *to = from ? wide_path(path) : NULL;
	bool done = to && MoveFileExW(from, to, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH);

	if (to && !done)
		errno = wide_path_errno();
	free(to);
	free(from);
	return done ? 0 : -1;
}

int file_remove(const char *path)
{
	wchar_t *wide = wide_path(path);
	bool done = wide && DeleteFileW(wide);

	if (wide && !done)
		errno = wide_path_errno();
	free(wide);
	return done ? 0 : -1;
}

bool file_is_readable(const char *path)
{
	HANDLE handle = open_handle(path, GENERIC_READ, OPEN_EXISTING, 0);

	if (handle == INVALID_HANDLE_VALUE)
		return false;
	CloseHandle(handle);
	return true;
}

char *file_whole_path(const char *path)
{
	wchar_t *given, *whole;
	struct file_status status;
	char *text = NULL;
	DWORD room;

	if (file_status(path, &status))
		return NULL;
	given = wide_from_utf8(path);
	room = given ? GetFullPathNameW(given, 0, NULL, NULL) : 0;
	whole = room ? malloc(room * sizeof(*whole)) : NULL;
	if (whole && GetFullPathNameW(given, room, whole, NULL) < room)
		text = wide_to_utf8(whole);
	free(whole);
	free(given);
	return text;
}

struct folder {
	HANDLE search;
	WIN32_FIND_DATAW found;
	bool is_taken; /* what was found was handed on */
	char name[3 * MAX_PATH +
		  1]; /* UTF-8 of at most as many characters as `found` has room for */
};

/* The pattern that all names in it match, the caller's to free. NULL: see errno. */
static wchar_t *all_of(const char *path)
{
	wchar_t *folder = wide_path(path), *pattern;
	size_t length;

	if (!folder)
		return NULL;
	length = wcslen(folder);
	pattern = realloc(folder, (length + 3) * sizeof(*pattern));
	if (!pattern) {
		free(folder);
		return NULL;
	}
	wcscpy(pattern + length, length && pattern[length - 1] == L'\\' ? L"*" : L"\\*");
	return pattern;
}

struct folder *folder_open(const char *path)
{
	struct folder *folder = calloc(1, sizeof(*folder));
	wchar_t *pattern = folder ? all_of(path) : NULL;

	if (!pattern) {
		free(folder);
		return NULL;
	}
	folder->search = FindFirstFileW(pattern, &folder->found);
	free(pattern);
	/* The root of an empty drive does not even have "." */
	if (folder->search != INVALID_HANDLE_VALUE)
		return folder;
	errno = wide_path_errno();
	free(folder);
	return NULL;
}

void folder_close(struct folder *folder)
{
	int error = errno;

	FindClose(folder->search);
	free(folder);
	errno = error;
}

static bool is_dots(const wchar_t *name)
{
	return wcscmp(name, L".") == 0 || wcscmp(name, L"..") == 0;
}

/* False: the end (errno is 0), or see errno. */
static bool find_next(struct folder *folder)
{
	do {
		if (folder->is_taken && !FindNextFileW(folder->search, &folder->found)) {
			errno = GetLastError() == ERROR_NO_MORE_FILES ? 0 : wide_path_errno();
			return false;
		}
		folder->is_taken = true;
	} while (is_dots(folder->found.cFileName));
	return true;
}

const char *folder_next(struct folder *folder, enum file_kind *kind)
{
	DWORD attributes;

	if (!find_next(folder))
		return NULL;
	attributes = folder->found.dwFileAttributes;
	*kind = attributes & FILE_ATTRIBUTE_REPARSE_POINT ? FILE_KIND_UNKNOWN
		: attributes & FILE_ATTRIBUTE_DIRECTORY	  ? FILE_KIND_FOLDER
							  : FILE_KIND_REGULAR;
	if (WideCharToMultiByte(CP_UTF8, 0, folder->found.cFileName, -1, folder->name,
				sizeof(folder->name), NULL, NULL))
		return folder->name;
	errno = wide_path_errno();
	return NULL;
}
