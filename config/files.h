/*
 * files: the system's files and folders, by paths in UTF-8. Any thread; nothing is kept.
 *
 * Descriptors are the C library's: lseek() and close() take them. Everything that fails
 * says why in errno.
 */
#ifndef CONFIG_FILES_H
#define CONFIG_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum file_kind {
	FILE_KIND_REGULAR,
	FILE_KIND_FOLDER,
	FILE_KIND_OTHER, /* reads of it may wait for ever */
	FILE_KIND_UNKNOWN,
};

/* What tells a file from others, whatever it is called. */
struct file_identity {
	uint64_t device;
	uint64_t file;
};

struct file_status {
	enum file_kind kind;
	uint64_t bytes;
	int64_t modified_ns; /* since 1970; as precise as the file system is */
	struct file_identity identity;
};

/* Of what a path names, behind links. -1: see errno. */
int file_status(const char *path, struct file_status *status);
int file_status_open(int fd, struct file_status *status);

bool file_identity_equal(const struct file_identity *a, const struct file_identity *b);

/*
 * Opens for reading, from the beginning on; others may write to it, rename and remove it meanwhile.
 * A folder may be opened, but not read. `waits`: for a writer, where it is a pipe that has a name.
 * The descriptor, the caller's; -1: see errno.
 */
int file_open(const char *path, bool waits);

/* Up to `count` bytes; 0 at the end; -1: see errno. No signal ends it. */
ssize_t file_read(int fd, void *to, size_t count);

/*
 * Opens for writing at its end, whoever else does, and makes it where it is missing; others may
 * rename and remove it meanwhile. The descriptor, the caller's; -1: see errno.
 */
int file_open_to_append(const char *path);

/* Makes a file that is not there yet, for writing. The descriptor, the caller's; -1: see errno. */
int file_create(const char *path);

/* Until what was written is on the disk. -1: see errno. */
int file_sync(int fd);

/*
 * Gives a file another name in its folder, in the place of one that has it, as a whole or not at
 * all. -1: see errno.
 */
int file_replace(const char *path, const char *by);

int file_remove(const char *path);

/* Whether it could be opened; if not, see errno. */
bool file_is_readable(const char *path);

/*
 * The path from the root to what is there, the caller's; on Linux that behind links. NULL: see
 * errno.
 */
char *file_whole_path(const char *path);

struct folder;

/* NULL: see errno. */
struct folder *folder_open(const char *path);
/* Keeps errno. */
void folder_close(struct folder *folder);

/*
 * The next name in no order, without "." and "..", valid until the next call; its kind as far as
 * that is known without looking at it. NULL: the end (errno is 0), or see errno.
 */
const char *folder_next(struct folder *folder, enum file_kind *kind);

#endif
