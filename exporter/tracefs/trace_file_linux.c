#include "exporter/tracefs/trace_file_linux.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Until the end or the room is used up; signals do not end it. */
static ssize_t read_all(int file, char *to, size_t size)
{
	size_t used = 0;

	while (used < size) {
		ssize_t count = read(file, to + used, size - used);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return -1;
		if (!count)
			break;
		used += (size_t)count;
	}
	return (ssize_t)used;
}

ssize_t trace_file_read(int directory, const char *name, char *to, size_t size)
{
	int file = openat(directory, name, O_RDONLY | O_CLOEXEC);
	ssize_t length;
	int code;

	if (file < 0)
		return -1;
	length = read_all(file, to, size - 1);
	code = errno;
	close(file);
	errno = code;
	if (length < 0)
		return -1;
	while (length && to[length - 1] == '\n')
		length--;
	to[length] = '\0';
	return length;
}

bool trace_file_read_u64(int directory, const char *name, uint64_t *number)
{
	char text[64], *end;

	if (trace_file_read(directory, name, text, sizeof(text)) <= 0 || text[0] < '0' ||
	    text[0] > '9')
		return false;
	*number = strtoull(text, &end, 10);
	return true;
}

static int write_text(int directory, const char *name, const char *text, int flags)
{
	int file = openat(directory, name, O_WRONLY | O_CLOEXEC | flags);
	size_t length = strlen(text);
	ssize_t written;
	int code;

	if (file < 0)
		return -1;
	do
		written = write(file, text, length);
	while (written < 0 && errno == EINTR);
	code = written < 0 ? errno : EINVAL;
	close(file);
	errno = code;
	return written == (ssize_t)length ? 0 : -1;
}

int trace_file_write(int directory, const char *name, const char *text)
{
	return write_text(directory, name, text, 0);
}

int trace_file_replace(int directory, const char *name, const char *text)
{
	return write_text(directory, name, text, O_TRUNC);
}

bool trace_file_exists(int directory, const char *name)
{
	struct stat status;

	/* Older systems' faccessat() does not look at capabilities. */
	return fstatat(directory, name, &status, 0) == 0;
}

static bool is_directory(DIR *stream, const struct dirent *entry)
{
	int directory = dirfd(stream);
	struct stat status;

	if (entry->d_name[0] == '.')
		return false;
	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return directory >= 0 && fstatat(directory, entry->d_name, &status, 0) == 0 &&
	       S_ISDIR(status.st_mode);
}

int trace_names_add(struct trace_names *names, const char *name)
{
	char **list;

	if (names->count >= TRACE_NAMES_MAX) {
		errno = E2BIG;
		return -1;
	}
	/* Powers of two. */
	if ((names->count & (names->count - 1)) == 0) {
		list = realloc(names->list, (names->count ? 2 * names->count : 1) * sizeof(*list));
		if (!list)
			return -1;
		names->list = list;
	}
	names->list[names->count] = strdup(name);
	if (!names->list[names->count])
		return -1;
	names->count++;
	return 0;
}

static int add_directories(DIR *stream, struct trace_names *names)
{
	const struct dirent *entry;

	for (;;) {
		errno = 0;
		entry = readdir(stream);
		if (!entry)
			return errno ? -1 : 0;
		if (is_directory(stream, entry) && trace_names_add(names, entry->d_name))
			return -1;
	}
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int trace_names_read(int directory, const char *name, struct trace_names *names)
{
	int file = openat(directory, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC), code;
	DIR *stream = file < 0 ? NULL : fdopendir(file);

	*names = (struct trace_names){NULL, 0};
	if (!stream) {
		code = errno;
		if (file >= 0)
			close(file);
		errno = code;
		return -1;
	}
	if (add_directories(stream, names)) {
		code = errno;
		closedir(stream);
		trace_names_done(names);
		errno = code;
		return -1;
	}
	closedir(stream);
	if (names->count)
		qsort(names->list, names->count, sizeof(*names->list), compare);
	return 0;
}

void trace_names_done(struct trace_names *names)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		free(names->list[i]);
	free(names->list);
	*names = (struct trace_names){NULL, 0};
}

const char *trace_names_known(size_t i, const void *context)
{
	const struct trace_names *names = context;

	return i < names->count ? names->list[i] : NULL;
}

/* tracefs makes its files for their owner to write and their group to read, whatever mkdir() was
 * called by: TRACE_MODE_WRITE in kernel/trace/trace.h. */
int trace_file_error(struct error *error, int code, const char *format, ...)
{
	char what[sizeof(error->text)];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	if (code == EACCES)
		return error_set(error,
				 "%s: no permission; it takes root, the capability "
				 "CAP_DAC_OVERRIDE, or the user that tracefs belongs to (mount "
				 "option uid=); its group (gid=) can only look",
				 what);
	if (code == EPERM)
		return error_set(error,
				 "%s: not permitted; the kernel's lockdown, or a container, "
				 "forbids it",
				 what);
	if (code == EROFS)
		return error_set(error,
				 "%s: tracefs is read-only here; a service of systemd takes the "
				 "drop-in live.conf that comes with its unit",
				 what);
	return error_set(error, "%s: %s", what, strerror(code));
}
