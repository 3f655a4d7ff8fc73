#include "exporter/decoder/manifest_files.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "config/files.h"
#include "config/fnv.h"
#include "config/paths.h"
#include "metrics/text.h"

#define FILES_MAX      65536
#define FILE_BYTES_MAX ((size_t)64 << 20)
#define PIECE_BYTES    ((size_t)64 << 10)

static int read_all(int fd, struct text *to)
{
	ssize_t got;

	do {
		text_reserve(to, PIECE_BYTES);
		if (to->failed)
			return -1;
		got = file_read(fd, to->bytes + to->length, PIECE_BYTES);
		if (got > 0)
			to->length += (size_t)got;
	} while (got > 0);
	return got < 0 ? -1 : 0;
}

struct loading {
	struct manifests *manifests;
	struct problems *notes;
	struct error *error;
	uint64_t hash;
};

/* What is no XML is an error only where that very file is meant. */
static int add_manifest(struct loading *loading, const char *path, bool is_named,
			const struct text *text)
{
	struct error first;
	enum manifests_added added = manifests_add_right(loading->manifests, path, text->bytes,
							 text->length, loading->notes, &first);

	if (added != MANIFESTS_FULL && (added != MANIFESTS_NONE || !is_named))
		return 0;
	return error_set(loading->error, "%s", first.text);
}

static int add_file(struct loading *loading, const char *path, bool is_named)
{
	int fd = file_open(path, true), result;
	struct text text;

	if (fd < 0)
		return error_set(loading->error, "cannot open %s: %s", path, strerror(errno));
	text_init(&text, FILE_BYTES_MAX);
	if (read_all(fd, &text))
		result = error_set(loading->error, "cannot read %s: %s", path,
				   text.failed ? "it has more than 64 MiB" : strerror(errno));
	else
		result = add_manifest(loading, path, is_named, &text);
	/* With the zero behind it. */
	loading->hash = fnv_bytes(loading->hash, path, strlen(path) + 1);
	loading->hash = fnv_bytes(loading->hash, text.bytes, text.length);
	text_done(&text);
	close(fd);
	return result;
}

/* A path that is there, or a pattern; of a directory, what manifests are called, in any case. */
static long find_files(const char *path, struct path_list *found, bool *is_named)
{
	struct file_status status;
	bool is_there = file_status(path, &status) == 0;
	bool is_folder = is_there && status.kind == FILE_KIND_FOLDER;
	long refused;

	*is_named = is_there && !is_folder;
	if (!is_there && !path_is_glob(path))
		return 0;
	refused = paths_expand_suffix(found, path, ".man", FILES_MAX);
	if (refused || !is_folder)
		return refused;
	return paths_expand_suffix(found, path, ".xml", FILES_MAX);
}

static int add_files(struct loading *loading, const char *path)
{
	struct path_list found = {0};
	bool is_named;
	long refused = find_files(path, &found, &is_named);
	size_t i;
	int result = 0;

	if (refused > 0)
		result = error_set(loading->error, "%s means more than %d manifests", path,
				   FILES_MAX);
	else if (refused < 0)
		result = error_set(loading->error, "cannot read %s: %s", path, strerror(errno));
	else if (!found.count)
		result = error_set(loading->error, "no manifest is called %s", path);
	for (i = 0; !result && i < found.count; i++)
		result = add_file(loading, found.paths[i], is_named);
	paths_done(&found);
	return result;
}

struct manifests *manifest_files_load_hash(const char *const *paths, size_t count, uint64_t *hash,
					   struct problems *notes, struct error *error)
{
	struct loading loading = {manifests_new("manifest"), notes, error, FNV_BEGIN};
	size_t i;

	if (!loading.manifests) {
		error_set(error, "out of memory");
		return NULL;
	}
	for (i = 0; i < count; i++) {
		if (!add_files(&loading, paths[i]))
			continue;
		manifests_free(loading.manifests);
		return NULL;
	}
	*hash = loading.hash;
	return loading.manifests;
}

struct manifests *manifest_files_load(const char *const *paths, size_t count,
				      struct problems *notes, struct error *error)
{
	uint64_t hash;

	return manifest_files_load_hash(paths, count, &hash, notes, error);
}
