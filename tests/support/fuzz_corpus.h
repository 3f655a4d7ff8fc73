/*
 * fuzz_corpus: recordings that a fuzzer's corpus has to begin with, its own and small shared ones.
 */
#ifndef TESTS_SUPPORT_FUZZ_CORPUS_H
#define TESTS_SUPPORT_FUZZ_CORPUS_H

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/etl_writer.h"

#define FUZZ_CORPUS_SHARED	     "../shared/etl"
#define FUZZ_CORPUS_SHARED_MAX_BYTES 65536

/* The first argument that is no option names it. NULL: there is none. */
static inline const char *fuzz_corpus_of(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (argv[i][0] != '-')
			return argv[i];
	return NULL;
}

static inline void fuzz_corpus_save(const char *corpus, const char *name, const uint8_t *bytes,
				    size_t length)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/seed-%s", corpus, name);
	etl_save(path, bytes, length);
}

static inline void fuzz_corpus_save_file(const char *corpus, const char *name, size_t max_bytes)
{
	static uint8_t bytes[FUZZ_CORPUS_SHARED_MAX_BYTES];
	char path[4096];
	FILE *file;
	size_t length;

	snprintf(path, sizeof(path), FUZZ_CORPUS_SHARED "/%s", name);
	file = fopen(path, "rb");
	if (!file)
		return;
	length = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	if (length < max_bytes)
		fuzz_corpus_save(corpus, name, bytes, length);
}

/* All shared ones of fewer bytes, which are at most FUZZ_CORPUS_SHARED_MAX_BYTES. */
static inline void fuzz_corpus_save_shared(const char *corpus, size_t max_bytes)
{
	DIR *shared = opendir(FUZZ_CORPUS_SHARED);
	const struct dirent *entry;

	while (shared && (entry = readdir(shared)))
		if (strstr(entry->d_name, ".etl"))
			fuzz_corpus_save_file(corpus, entry->d_name, max_bytes);
	if (shared)
		closedir(shared);
}

#endif
