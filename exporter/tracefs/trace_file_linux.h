/*
 * trace_file: the control files of tracefs, which take and give a few lines of text each.
 *
 * Names are relative to the directory that `directory` is open on. Any thread; nothing is allocated
 * unless said.
 */
#ifndef EXPORTER_TRACEFS_TRACE_FILE_LINUX_H
#define EXPORTER_TRACEFS_TRACE_FILE_LINUX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "exporter/base/error.h"

/* Directories of events in it, and what they hold: more is no tracefs. */
#define TRACE_NAMES_MAX 100000

/* For paths within tracefs. */
#define TRACE_PATH_SIZE 768

/*
 * Reads what fits into `size` bytes, terminated and without line ends at the end. Its length; -1:
 * errno.
 */
ssize_t trace_file_read(int directory, const char *name, char *to, size_t size);

/* Reads a number in decimal digits; false: the file is not there or holds none. */
bool trace_file_read_u64(int directory, const char *name, uint64_t *number);

/* Writes the text at once, as these files want it. 0; -1: errno. */
int trace_file_write(int directory, const char *name, const char *text);
/* The same after the file's content was cleared, where it holds a list. */
int trace_file_replace(int directory, const char *name, const char *text);

/* Whether a name is there. */
bool trace_file_exists(int directory, const char *name);

struct trace_names {
	char **list; /* sorted */
	size_t count;
};

/*
 * The directories in a directory. 0; -1: errno, and nothing is to be freed. Allocates; see
 * trace_names_done().
 */
int trace_names_read(int directory, const char *name, struct trace_names *names);
/* Adds a copy at the end. 0; -1: errno, and the list is as before. */
int trace_names_add(struct trace_names *names, const char *name);
void trace_names_done(struct trace_names *names);

/* As nearest() wants it; `context` is a struct trace_names. */
const char *trace_names_known(size_t i, const void *context);

/*
 * Fills the error with what was tried and why it failed (errno `code`); where permission is what is
 * missing it says who has it. Returns -1.
 */
int trace_file_error(struct error *error, int code, const char *format, ...)
	__attribute__((format(__printf__, 3, 4)));

#endif
