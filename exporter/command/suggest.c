#include "exporter/command/suggest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/files.h"
#include "config/paths.h"
#include "exporter/command/command.h"
#include "exporter/command/operand.h"
#include "exporter/command/suggest_text.h"

#define REPORT_LIMIT ((size_t)16 << 20)

static void free_paths(char **paths, size_t count)
{
	size_t i;

	for (i = 0; paths && i < count; i++)
		free(paths[i]);
	free(paths);
}

/* A path that means the same wherever the configuration is put. NULL: see error. */
static char *resolve(const char *path, struct error *error)
{
	char *resolved;

	if (path_is_stdin(path)) {
		error_set(error, "cannot suggest a configuration for standard input: it can be "
				 "read only once; write it to a file");
		return NULL;
	}
	if (!suggest_is_plain(path)) {
		error_set(error, "cannot suggest a configuration: it could not name a file whose "
				 "name has control characters");
		return NULL;
	}
	resolved = path_is_special(path) ? strdup(path) : file_whole_path(path);
	if (!resolved)
		error_set(error, "cannot open %s: %s", path, strerror(errno));
	return resolved;
}

static char **resolve_all(char *const *files, size_t count, struct error *error)
{
	char **paths = calloc(count + 1, sizeof(*paths));
	size_t i;

	if (!paths)
		error_set(error, "out of memory");
	for (i = 0; paths && i < count; i++) {
		paths[i] = resolve(files[i], error);
		if (paths[i])
			continue;
		free_paths(paths, i);
		return NULL;
	}
	return paths;
}

static int print(const struct suggestion *suggestion, struct error *error)
{
	struct text text;
	int code = EXIT_DONE;

	text_init(&text, REPORT_LIMIT);
	suggest_yaml(suggestion, &text);
	if (text.failed || fwrite(text.bytes, 1, text.length, stdout) != text.length ||
	    fflush(stdout)) {
		error_set(error, "cannot write to standard output");
		code = EXIT_FAILED;
	}
	text_done(&text);
	return code;
}

static int run(struct suggestion *suggestion, const struct manifests *manifests,
	       struct error *error)
{
	struct survey *survey = survey_new(manifests);
	struct catalogue *catalogue = catalogue_new(manifests);
	int code = EXIT_FAILED;

	suggestion->survey = survey;
	suggestion->catalogue = catalogue;
	if (!survey || !catalogue)
		error_set(error, "cannot suggest a configuration: out of memory");
	else if (!survey_run(survey, suggestion->files, suggestion->file_count, error))
		code = print(suggestion, error);
	catalogue_free(catalogue);
	survey_free(survey);
	return code;
}

int suggest(char *const *files, size_t count, const char *manifests, struct error *error)
{
	struct suggestion suggestion = {.file_count = count};
	struct manifests *loaded = NULL;
	char **paths = resolve_all(files, count, error);
	char *manifest_path = manifests ? file_whole_path(manifests) : NULL;
	int code = EXIT_FAILED;

	if (manifests)
		loaded = operand_manifests(manifests, error);
	suggestion.files = paths;
	/* A pattern has no path of its own. */
	suggestion.manifests = manifest_path ? manifest_path : manifests;
	if (manifests && !loaded)
		code = EXIT_USAGE;
	else if (paths)
		code = run(&suggestion, loaded, error);
	manifests_free(loaded);
	free(manifest_path);
	free_paths(paths, count);
	return code;
}
