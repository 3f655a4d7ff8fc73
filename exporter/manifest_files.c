#include "exporter/manifest_files.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "metrics/text.h"

#define FILE_BYTES_MAX	  ((size_t)64 << 20)
#define PIECE_BYTES	  ((size_t)64 << 10)
#define PATTERN_BYTES_MAX ((size_t)64 << 10)

static int read_stream(FILE *file, struct text *to)
{
	size_t got;

	do {
		text_reserve(to, PIECE_BYTES);
		if (to->failed)
			return -1;
		got = fread(to->bytes + to->length, 1, PIECE_BYTES, file);
		to->length += got;
	} while (got);
	return ferror(file) ? -1 : 0;
}

static int add_file(struct manifests *manifests, const char *path, struct error *error)
{
	FILE *file = fopen(path, "re");
	struct text text;
	int result;

	if (!file)
		return error_set(error, "cannot open %s: %s", path, strerror(errno));
	text_init(&text, FILE_BYTES_MAX);
	if (read_stream(file, &text))
		result = error_set(error, "cannot read %s: %s", path,
				   text.failed ? "it has more than 64 MiB" : strerror(errno));
	else
		result = manifests_add(manifests, path, text.bytes, text.length, error);
	text_done(&text);
	fclose(file);
	return result;
}

/* So that no part of a path that exists is taken for a pattern. */
static void add_escaped(struct text *pattern, const char *path)
{
	for (; *path; path++) {
		if (strchr("\\*?[", *path))
			text_char(pattern, '\\');
		text_char(pattern, *path);
	}
}

static int glob_behind(const char *path, const char *names, int flags, glob_t *found)
{
	struct text pattern;
	int result;

	text_init(&pattern, PATTERN_BYTES_MAX);
	add_escaped(&pattern, path);
	text_string(&pattern, names);
	text_char(&pattern, '\0');
	result = pattern.failed ? GLOB_NOSPACE : glob(pattern.bytes, flags, NULL, found);
	text_done(&pattern);
	return result;
}

/* A path that is there, or a pattern; of a directory, what manifests are called, in any case. */
static int find_files(const char *path, glob_t *found)
{
	struct stat status;

	if (stat(path, &status))
		return glob(path, 0, NULL, found);
	if (!S_ISDIR(status.st_mode))
		return glob_behind(path, "", 0, found);
	glob_behind(path, "/*.[mM][aA][nN]", 0, found);
	glob_behind(path, "/*.[xX][mM][lL]", GLOB_APPEND, found);
	return found->gl_pathc ? 0 : GLOB_NOMATCH;
}

static int add_files(struct manifests *manifests, const char *path, struct error *error)
{
	glob_t found = {0};
	size_t i;
	int result = 0;

	if (find_files(path, &found))
		result = error_set(error, "no manifest is called %s", path);
	for (i = 0; !result && i < found.gl_pathc; i++)
		result = add_file(manifests, found.gl_pathv[i], error);
	globfree(&found);
	return result;
}

struct manifests *manifest_files_load(const char *const *paths, size_t count, struct error *error)
{
	struct manifests *manifests = manifests_new("manifest");
	size_t i;

	if (!manifests) {
		error_set(error, "out of memory");
		return NULL;
	}
	for (i = 0; i < count; i++) {
		if (!add_files(manifests, paths[i], error))
			continue;
		manifests_free(manifests);
		return NULL;
	}
	return manifests;
}
