#include "config/file_text.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* As much as fits. -1: see errno. */
static ssize_t read_all(int fd, char *to, size_t capacity)
{
	size_t length = 0;
	ssize_t got;

	while (length < capacity) {
		got = file_read(fd, to + length, capacity - length);
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		length += (size_t)got;
	}
	return (ssize_t)length;
}

static int read_open(struct file_text *text, int fd, bool regular)
{
	struct file_status status;
	ssize_t length;

	if (file_status_open(fd, &status))
		return -1;
	if (status.kind == FILE_KIND_FOLDER) {
		errno = EISDIR;
		return -1;
	}
	if (regular && status.kind != FILE_KIND_REGULAR) {
		errno = EINVAL;
		return -1;
	}
	text->identity = status.identity;
	text->bytes = malloc(FILE_BYTES_MAX + 1);
	if (!text->bytes)
		return -1;
	length = read_all(fd, text->bytes, FILE_BYTES_MAX + 1);
	if (length < 0)
		return -1;
	text->length = (size_t)length;
	return 0;
}

int file_text_read(struct file_text *text, const char *file, bool regular)
{
	int fd = file_open(file, !regular), result, error;

	*text = (struct file_text){0};
	if (fd < 0)
		return -1;
	result = read_open(text, fd, regular);
	error = errno;
	close(fd);
	if (result)
		file_text_done(text);
	errno = error;
	return result;
}

void file_text_done(struct file_text *text)
{
	free(text->bytes);
	*text = (struct file_text){0};
}
