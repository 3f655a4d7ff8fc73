/*
 * input: the bytes of a recording: a file, standard input, or the demo that is part of the program.
 *
 * Used by one thread.
 */
#ifndef EXPORTER_SOURCE_INPUT_H
#define EXPORTER_SOURCE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "exporter/base/error.h"
#include "exporter/system/stop.h"

/* The path of the recording that is built in. */
#define INPUT_DEMO_PATH	 "builtin:demo"
#define INPUT_STDIN_PATH "-"

struct input {
	const char *path; /* borrowed */
	int fd;		  /* -1: from memory */
	const uint8_t *memory;
	uint64_t at;	/* offset of the next byte */
	uint64_t bytes; /* size when it was opened; 0 for what has none */
};

/* -1: see error, and errno. */
int input_open(struct input *input, const char *path, struct error *error);
void input_close(struct input *input);

/* For files and memory only. */
void input_seek(struct input *input, uint64_t offset);

/*
 * Up to `count` bytes; 0 at the end; -1: see error. Waits for what comes slowly; `stop` (NULL:
 * never) ends the wait as if the end were there.
 */
ssize_t input_read(struct input *input, uint8_t *to, size_t count, struct stop *stop,
		   struct error *error);

#endif
