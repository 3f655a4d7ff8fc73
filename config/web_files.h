/*
 * web_files: the files that a web configuration is made of, and a hash of what is in them, by which
 * a change is seen without reading them as YAML. Owned and used by one thread.
 *
 * It is the bytes that are compared: time and size of a file say nothing where one is put in its
 * place with those of the one before, or is written twice within what the file system calls one
 * time.
 */
#ifndef CONFIG_WEB_FILES_H
#define CONFIG_WEB_FILES_H

#include <stddef.h>
#include <stdint.h>

#include "config/file_text.h"

/* The configuration, certificate, key and client CA. */
#define WEB_FILES_MAX 4

struct web_files {
	char *paths[WEB_FILES_MAX]; /* owned */
	size_t count;
	uint64_t hash; /* of what was in them when they were added, or of why they could not be read
			*/
};

void web_files_init(struct web_files *files);
void web_files_done(struct web_files *files);

/*
 * What was read of a file; NULL: it could not be read, see errno, which is kept. Copies the path.
 * -1: out of memory, or there are WEB_FILES_MAX.
 */
int web_files_add(struct web_files *files, const char *path, const struct file_text *text);

/* The hash that they would have now. */
uint64_t web_files_look(const struct web_files *files);

#endif
