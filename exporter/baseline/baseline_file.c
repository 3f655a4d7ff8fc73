#include "exporter/baseline/baseline_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/files.h"

#define WRITE_BYTES_MAX ((size_t)1 << 30)

static int cannot(const char *what, const char *path, struct error *error)
{
	return error_set(error, "cannot %s the baseline %s: %s", what, path, strerror(errno));
}

/* Reads on until the end, or until there is more than a baseline may have. -1: see errno. */
static int read_open(int fd, struct text *to)
{
	struct file_status status;
	ssize_t got;
	char *room;

	if (file_status_open(fd, &status))
		return -1;
	errno = status.kind == FILE_KIND_FOLDER ? EISDIR : EINVAL;
	if (status.kind != FILE_KIND_REGULAR)
		return -1;
	do {
		room = text_reserve(to, 64 << 10);
		got = room ? file_read(fd, room, 64 << 10) : 0;
		to->length += got > 0 ? (size_t)got : 0;
	} while (got > 0);
	return got < 0 ? -1 : 0;
}

static int read_file(const char *path, struct text *to, struct error *error)
{
	int fd = file_open(path, false), result;

	if (fd < 0)
		return cannot("read", path, error);
	result = read_open(fd, to);
	if (result)
		cannot("read", path, error);
	close(fd);
	if (!result && to->failed)
		result = error_set(error,
				   "cannot read the baseline %s: it is larger than %zu MiB, or "
				   "there is no memory",
				   path, BASELINE_FILE_BYTES_MAX >> 20);
	return result;
}

struct baseline *baseline_file_read(const char *path, struct error *error)
{
	struct baseline *baseline = NULL;
	struct text text;

	text_init(&text, BASELINE_FILE_BYTES_MAX);
	if (!read_file(path, &text, error))
		baseline = baseline_parse(path, text.bytes ? text.bytes : "", text.length, error);
	text_done(&text);
	return baseline;
}

/* -1: see errno. */
static int write_all(int fd, const struct text *text)
{
	const char *at = text->bytes, *end = at + text->length;

	while (at < end) {
		size_t left = (size_t)(end - at);
		ssize_t written = write(
			fd, at, (unsigned int)(left < WRITE_BYTES_MAX ? left : WRITE_BYTES_MAX));

		if (written < 0 && errno != EINTR)
			return -1;
		at += written > 0 ? written : 0;
	}
	return file_sync(fd);
}

static int write_beside(const char *path, const char *beside, const struct text *text)
{
	int fd, result, why;

	/* One that a killed run of the same number has left. */
	file_remove(beside);
	fd = file_create(beside);
	if (fd < 0)
		return -1;
	result = write_all(fd, text);
	why = errno;
	if (close(fd) && !result) {
		result = -1;
		why = errno;
	}
	if (!result && file_replace(path, beside)) {
		result = -1;
		why = errno;
	}
	if (result)
		file_remove(beside);
	errno = why;
	return result;
}

/* Where it really is, so that a link to it stays one. The caller's; NULL: no memory. */
static char *place_of(const char *path)
{
	char *whole = file_whole_path(path);

	return whole ? whole : strdup(path);
}

static int replace(const char *path, const struct text *text, struct error *error)
{
	size_t size = strlen(path) + 32;
	char *beside = malloc(size);
	struct file_status status;
	int result;

	if (!beside)
		return error_set(error, "cannot write the baseline %s: out of memory", path);
	snprintf(beside, size, "%s.%ld.tmp", path, (long)getpid());
	errno = EINVAL;
	if (!file_status(path, &status) && status.kind != FILE_KIND_REGULAR)
		result = error_set(error, "cannot write the baseline %s: it is there, and no file",
				   path);
	else if ((result = write_beside(path, beside, text)))
		cannot("write", path, error);
	free(beside);
	return result;
}

int baseline_file_write(const struct baseline *baseline, const char *path, struct error *error)
{
	char *place = place_of(path);
	struct text text;
	int result;

	text_init(&text, BASELINE_FILE_BYTES_MAX);
	baseline_json(baseline, &text);
	if (!place)
		result = error_set(error, "cannot write the baseline %s: out of memory", path);
	else if (text.failed)
		result = error_set(error,
				   "cannot write the baseline %s: it would be larger than %zu MiB, "
				   "or there is no memory; take longer intervals",
				   path, BASELINE_FILE_BYTES_MAX >> 20);
	else
		result = replace(place, &text, error);
	text_done(&text);
	free(place);
	return result;
}
