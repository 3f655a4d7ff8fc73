#include "config/web_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/fnv.h"
#include "config/wipe.h"

/* Each with its length, so that nothing moves from one to the next unseen. */
static uint64_t add_to_hash(uint64_t hash, const struct file_text *text)
{
	uint64_t length = text ? text->length : UINT64_MAX - (uint64_t)errno;

	hash = fnv_bytes(hash, &length, sizeof(length));
	return text ? fnv_bytes(hash, text->bytes, text->length) : hash;
}

void web_files_init(struct web_files *files)
{
	*files = (struct web_files){.hash = FNV_BEGIN};
}

void web_files_done(struct web_files *files)
{
	size_t i;

	for (i = 0; i < files->count; i++)
		free(files->paths[i]);
	web_files_init(files);
}

int web_files_add(struct web_files *files, const char *path, const struct file_text *text)
{
	int error = errno;
	char *copy = files->count < WEB_FILES_MAX ? strdup(path) : NULL;

	if (!copy)
		return -1;
	errno = error;
	files->hash = add_to_hash(files->hash, text);
	files->paths[files->count++] = copy;
	return 0;
}

uint64_t web_files_look(const struct web_files *files)
{
	uint64_t hash = FNV_BEGIN;
	struct file_text text;
	size_t i;

	for (i = 0; i < files->count; i++) {
		/* As they were read: nothing is waited for where a key has become a pipe. */
		if (file_text_read(&text, files->paths[i], i > 0)) {
			hash = add_to_hash(hash, NULL);
			continue;
		}
		hash = add_to_hash(hash, &text);
		wipe(text.bytes, text.length);
		file_text_done(&text);
	}
	return hash;
}
