/*
 * file_text: the bytes of a configuration file. Any thread; nothing is kept.
 */
#ifndef CONFIG_FILE_TEXT_H
#define CONFIG_FILE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "config/files.h"

#define FILE_BYTES_MAX ((size_t)4 << 20)

struct file_text {
	char *bytes;   /* owned */
	size_t length; /* no more than FILE_BYTES_MAX + 1: one that is too large is seen to be */
	struct file_identity identity;
};

/*
 * -1: see errno. `regular`: refuses, with EINVAL, what is no regular file, so that nothing is
 * waited for.
 */
int file_text_read(struct file_text *text, const char *file, bool regular);
void file_text_done(struct file_text *text);

#endif
