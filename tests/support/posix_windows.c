#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <share.h>
#include <stdlib.h>
#include <string.h>
#include <winsock2.h>

#include <windows.h>

#include "config/wide_path_windows.h"
#include "tests/support/posix.h"

#undef fclose
#undef fflush
#undef fopen
#undef mkdir
#undef popen
#undef rename

#define PIPE_BYTES 65536
#define WAIT_MS	   20000

/* Files have the bytes that were written to them. */
__attribute__((constructor)) static void choose_binary(void)
{
	_fmode = _O_BINARY;
}

void posix_needs(const char *what)
{
	print_message("skipped because Windows has no %s\n", what);
	skip();
}

char *stpcpy(char *to, const char *from)
{
	size_t length = strlen(from);

	memcpy(to, from, length + 1);
	return to + length;
}

char *strndup(const char *text, size_t length)
{
	size_t bytes = strnlen(text, length);
	char *copy = malloc(bytes + 1);

	if (copy) {
		memcpy(copy, text, bytes);
		copy[bytes] = '\0';
	}
	return copy;
}

char *mkdtemp(char *pattern)
{
	static unsigned int last;
	char *end = pattern + strlen(pattern) - 6;

	do {
		snprintf(end, 7, "%06x",
			 (unsigned int)(GetCurrentProcessId() * 256 + last++) & 0xffffff);
		if (!posix_mkdir(pattern))
			return pattern;
	} while (errno == EEXIST);
	return NULL;
}

int setenv(const char *name, const char *value, int replace)
{
	(void)replace;
	return _putenv_s(name, value) ? -1 : 0;
}

int pipe(int fds[2])
{
	return _pipe(fds, PIPE_BYTES, _O_BINARY | _O_NOINHERIT);
}

/* F_GETFD alone. */
int fcntl(int fd, int command)
{
	(void)command;
	return _get_osfhandle(fd) == -1 ? -1 : 0;
}

struct mallinfo2 mallinfo2(void)
{
	struct _heapinfo entry = {NULL, 0, 0};
	struct mallinfo2 info = {0};

	while (_heapwalk(&entry) == _HEAPOK)
		if (entry._useflag == _USEDENTRY)
			info.uordblks += entry._size;
	return info;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at)
{
	if (_lseeki64(fd, at, SEEK_SET) < 0)
		return -1;
	return _write(fd, bytes, (unsigned int)count);
}

int mkfifo(const char *path, mode_t mode)
{
	(void)path;
	(void)mode;
	posix_needs("FIFOs in folders");
	return -1;
}

int symlink(const char *target, const char *path)
{
	(void)target;
	(void)path;
	posix_needs("links that everybody may make");
	return -1;
}

int sigaction(int number, const struct sigaction *action, struct sigaction *before)
{
	(void)number;
	(void)action;
	(void)before;
	posix_needs("signals");
	return -1;
}

pid_t fork(void)
{
	posix_needs("fork()");
	return -1;
}

pid_t waitpid(pid_t child, int *status, int options)
{
	(void)child;
	(void)status;
	(void)options;
	posix_needs("fork()");
	return -1;
}

FILE *posix_popen(const char *command, const char *mode)
{
	(void)command;
	(void)mode;
	posix_needs("shell of POSIX");
	return NULL;
}

/* Not while the one that is there is open: then it is waited for. */
static BOOL replace(const wchar_t *from, const wchar_t *to)
{
	ULONGLONG began = GetTickCount64();
	BOOL done;

	do {
		SwitchToThread();
		done = MoveFileExW(from, to, MOVEFILE_REPLACE_EXISTING);
	} while (!done && GetLastError() == ERROR_ACCESS_DENIED &&
		 GetTickCount64() - began < WAIT_MS);
	return done;
}

int posix_rename(const char *from, const char *to)
{
	wchar_t *wide_from = wide_path(from), *wide_to = wide_path(to);
	BOOL done = wide_from && wide_to && replace(wide_from, wide_to);

	if (!done)
		errno = wide_path_errno();
	free(wide_from);
	free(wide_to);
	return done ? 0 : -1;
}

int posix_mkdir(const char *path)
{
	wchar_t *wide = wide_path(path);
	BOOL done = wide && CreateDirectoryW(wide, NULL);

	if (!done)
		errno = GetLastError() == ERROR_ALREADY_EXISTS ? EEXIST : wide_path_errno();
	free(wide);
	return done ? 0 : -1;
}

FILE *posix_fopen(const char *path, const char *mode)
{
	wchar_t *wide = wide_path(path), *wide_mode = wide_from_utf8(mode);
	FILE *file = wide && wide_mode ? _wfopen(wide, wide_mode) : NULL;

	free(wide);
	free(wide_mode);
	return file;
}

#define STREAMS_MAX 64

/* A file in the place of memory. */
static struct stream {
	FILE *file;
	char path[MAX_PATH];
	char **text;
	size_t *length;
} streams[STREAMS_MAX];

static struct stream *find_stream(const FILE *file)
{
	size_t i;

	for (i = 0; i < STREAMS_MAX; i++)
		if (streams[i].file == file)
			return &streams[i];
	return NULL;
}

static void read_stream(const struct stream *stream)
{
	FILE *file = _fsopen(stream->path, "rb", _SH_DENYNO);
	long length;

	if (!file || fseek(file, 0, SEEK_END))
		abort();
	length = ftell(file);
	free(*stream->text);
	*stream->text = calloc(1, (size_t)length + 1);
	if (!*stream->text || fseek(file, 0, SEEK_SET))
		abort();
	*stream->length = fread(*stream->text, 1, (size_t)length, file);
	fclose(file);
}

FILE *open_memstream(char **text, size_t *length)
{
	static unsigned int last;
	struct stream *stream = find_stream(NULL);
	char folder[MAX_PATH];

	if (!stream || !GetTempPathA(sizeof(folder), folder))
		return NULL;
	snprintf(stream->path, sizeof(stream->path), "%setw_exporter-%lu-%u", folder,
		 GetCurrentProcessId(), last++);
	stream->file = _fsopen(stream->path, "wb", _SH_DENYNO);
	stream->text = text;
	stream->length = length;
	*text = NULL;
	if (stream->file)
		read_stream(stream);
	return stream->file;
}

int posix_fflush(FILE *file)
{
	const struct stream *stream = file ? find_stream(file) : NULL;
	int result = fflush(file);

	if (stream)
		read_stream(stream);
	return result;
}

int posix_fclose(FILE *file)
{
	struct stream *stream = find_stream(file);
	int result = fclose(file);

	if (stream) {
		read_stream(stream);
		remove(stream->path);
		stream->file = NULL;
	}
	return result;
}
