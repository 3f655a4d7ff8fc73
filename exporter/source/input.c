#include "exporter/source/input.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "config/files.h"
#include "exporter/demo.h"

static int open_file(struct input *input, struct error *error)
{
	struct file_status status = {.kind = FILE_KIND_UNKNOWN};

	input->fd = file_open(input->path, false);
	if (input->fd < 0)
		return error_set(error, "cannot open %s: %s", input->path, strerror(errno));
	if (file_status_open(input->fd, &status) == 0 && status.kind == FILE_KIND_FOLDER) {
		input_close(input);
		errno = EISDIR;
		return error_set(error, "cannot read %s: it is a directory", input->path);
	}
	if (status.kind == FILE_KIND_REGULAR)
		input->bytes = status.bytes;
	return 0;
}

int input_open(struct input *input, const char *path, struct error *error)
{
	memset(input, 0, sizeof(*input));
	input->path = path;
	input->fd = -1;
	if (strcmp(path, INPUT_DEMO_PATH) == 0) {
		input->memory = demo_recording_bytes;
		input->bytes = demo_recording_length;
		return 0;
	}
	if (strcmp(path, INPUT_STDIN_PATH) == 0) {
		input->fd = STDIN_FILENO;
		return 0;
	}
	return open_file(input, error);
}

void input_close(struct input *input)
{
	/* A file is number 0 where the program was started without standard input. */
	if (input->fd > STDIN_FILENO ||
	    (input->fd == STDIN_FILENO && strcmp(input->path, INPUT_STDIN_PATH) != 0))
		close(input->fd);
	input->fd = -1;
}

void input_seek(struct input *input, uint64_t offset)
{
	input->at = offset;
	if (!input->memory)
		lseek(input->fd, (off_t)offset, SEEK_SET);
}

static ssize_t read_memory(struct input *input, uint8_t *to, size_t count)
{
	uint64_t left = input->at < input->bytes ? input->bytes - input->at : 0;

	if (count > left)
		count = (size_t)left;
	if (count)
		memcpy(to, input->memory + input->at, count);
	return (ssize_t)count;
}

ssize_t input_read(struct input *input, uint8_t *to, size_t count, struct stop *stop,
		   struct error *error)
{
	ssize_t got;

	if (input->memory) {
		got = read_memory(input, to, count);
	} else {
		if (input->bytes == 0 && stop && stop_wait_readable(stop, input->fd))
			return 0;
		got = file_read(input->fd, to, count);
		if (got < 0)
			return error_set(error, "cannot read %s: %s", input->path, strerror(errno));
	}
	input->at += (uint64_t)got;
	return got;
}
