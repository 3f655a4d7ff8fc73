#include "exporter/log/log_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/files.h"

struct log_file {
	int fd;
	char path[];
};

static bool was_rotated(const struct log_file *file)
{
	struct file_status named, open;

	return file_status(file->path, &named) || file_status_open(file->fd, &open) ||
	       !file_identity_equal(&named.identity, &open.identity);
}

/* Where no new one can be made, the old one is better than none. */
static void follow_rotation(struct log_file *file)
{
	int fd;

	if (!was_rotated(file))
		return;
	fd = file_open_to_append(file->path);
	if (fd < 0)
		return;
	close(file->fd);
	file->fd = fd;
}

static void write_line(void *context, enum log_level level, const char *line, size_t length)
{
	struct log_file *file = context;
	ssize_t written;

	(void)level;
	follow_rotation(file);
	while (length) {
		written = write(file->fd, line, (unsigned int)length);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return;
		line += written;
		length -= (size_t)written;
	}
}

static void close_file(void *context)
{
	struct log_file *file = context;

	close(file->fd);
	free(file);
}

int log_file_open(const char *path, struct log_output *output, struct error *error)
{
	struct log_file *file = malloc(sizeof(*file) + strlen(path) + 1);

	if (!file)
		return error_set(error, "--log.file=%s: out of memory", path);
	strcpy(file->path, path);
	file->fd = file_open_to_append(path);
	if (file->fd < 0) {
		error_set(error, "--log.file=%s: cannot open it to append to it: %s", path,
			  strerror(errno));
		free(file);
		return -1;
	}
	*output = (struct log_output){write_line, close_file, file};
	return 0;
}
