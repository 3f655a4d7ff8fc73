#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/files.h"

static void convert(const struct stat *from, struct file_status *to)
{
	*to = (struct file_status){
		.kind = S_ISREG(from->st_mode)	 ? FILE_KIND_REGULAR
			: S_ISDIR(from->st_mode) ? FILE_KIND_FOLDER
						 : FILE_KIND_OTHER,
		.bytes = (uint64_t)from->st_size,
		.modified_ns = (int64_t)from->st_mtim.tv_sec * 1000000000 + from->st_mtim.tv_nsec,
		.identity = {from->st_dev, from->st_ino},
	};
}

int file_status(const char *path, struct file_status *status)
{
	struct stat found;

	if (stat(path, &found))
		return -1;
	convert(&found, status);
	return 0;
}

int file_status_open(int fd, struct file_status *status)
{
	struct stat found;

	if (fstat(fd, &found))
		return -1;
	convert(&found, status);
	return 0;
}

/* Not to block where a FIFO has no writer; what is read later may take its time. */
int file_open(const char *path, bool waits)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (waits ? 0 : O_NONBLOCK));

	if (fd < 0)
		return -1;
	if (!waits)
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return fd;
}

ssize_t file_read(int fd, void *to, size_t count)
{
	ssize_t got;

	do {
		got = read(fd, to, count);
	} while (got < 0 && errno == EINTR);
	return got;
}

int file_open_to_append(const char *path)
{
	return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
}

int file_create(const char *path)
{
	return open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0666);
}

int file_sync(int fd)
{
	return fsync(fd);
}

/* The new name is on the disk, too, where the folder's file system can do that. */
int file_replace(const char *path, const char *by)
{
	const char *slash = strrchr(path, '/');
	char *folder;
	int fd;

	if (rename(by, path))
		return -1;
	folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(folder);
	return 0;
}

int file_remove(const char *path)
{
	return unlink(path);
}

bool file_is_readable(const char *path)
{
	return faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) == 0;
}

char *file_whole_path(const char *path)
{
	return realpath(path, NULL);
}

/* A DIR by another name. */
struct folder *folder_open(const char *path)
{
	return (struct folder *)opendir(path);
}

void folder_close(struct folder *folder)
{
	int error = errno;

	closedir((DIR *)folder);
	errno = error;
}

static enum file_kind kind_of(const struct dirent *entry)
{
	switch (entry->d_type) {
	case DT_REG:
		return FILE_KIND_REGULAR;
	case DT_DIR:
		return FILE_KIND_FOLDER;
	case DT_UNKNOWN:
	case DT_LNK:
		return FILE_KIND_UNKNOWN;
	default:
		return FILE_KIND_OTHER;
	}
}

const char *folder_next(struct folder *folder, enum file_kind *kind)
{
	const struct dirent *entry;

	do {
		errno = 0;
		entry = readdir((DIR *)folder);
	} while (entry && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0));
	if (!entry)
		return NULL;
	*kind = kind_of(entry);
	return entry->d_name;
}
