#include "config/path_checks.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "config/files.h"
#include "config/glob.h"
#include "config/path_form.h"
#include "config/paths.h"

/* The length of a letter and what may follow it in a variable's name. */
static size_t name_length(const char *text)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";

	return strspn(text, letters) ? strspn(text + 1, letters) + 1 : 0;
}

/* $NAME, ${NAME} or %NAME%. */
static bool has_variable(const char *path)
{
	for (; *path; path++) {
		size_t length = name_length(path + 1);

		if (*path == '$' && (length || path[1] == '{'))
			return true;
		if (*path == '%' && length && path[1 + length] == '%')
			return true;
	}
	return false;
}

void path_check_text(const char *path, struct place place, const struct report *report)
{
	struct quoted quoted;

	quote(&quoted, path);
	if (strncmp(path, "~/", 2) == 0)
		report_warning(report, place,
			       "the \"~\" in %s is not expanded; write the home directory",
			       quoted.text);
	if (has_variable(path))
		report_warning(report, place,
			       "variables as in %s are not expanded; write the value", quoted.text);
	if (strstr(path, "**"))
		report_warning(report, place,
			       "\"**\" in %s does not reach into subdirectories; write \"*/*\" for "
			       "one level of them",
			       quoted.text);
	if (strchr(path, '\\') && !strchr(path_separators, '\\'))
		report_warning(report, place,
			       "\"\\\" in %s does not separate directories; write \"/\"",
			       quoted.text);
}

/* No file is where there should be some. */
static void report_none(const char *path, struct place place, const struct report *report)
{
	struct quoted quoted;

	quote(&quoted, path);
	if (path_is_glob(path))
		report_error(report, place,
			     "no file matches %s; for files that come later say follow: true",
			     quoted.text);
	else
		report_error(report, place,
			     "the directory %s holds no .etl file; for files that come later say "
			     "follow: true",
			     quoted.text);
}

/* The first that cannot be read stands for all of the path's. */
static void check_readable(const struct path_list *list, struct place place,
			   const struct report *report)
{
	struct quoted quoted;
	size_t i;

	for (i = 0; i < list->count; i++) {
		if (file_is_readable(list->paths[i]))
			continue;
		report_error(report, place, "cannot read %s: %s", quote(&quoted, list->paths[i]),
			     strerror(errno));
		return;
	}
}

static void check_files(const char *path, uint64_t limit, struct place place,
			const struct report *report)
{
	struct path_list list = {0};
	long refused = paths_expand(&list, path, limit);
	struct quoted quoted;

	if (refused < 0)
		report_error(report, place, "cannot read %s: %s", quote(&quoted, path),
			     strerror(errno));
	else if (!list.count)
		report_none(path, place, report);
	else if (refused)
		report_warning(report, place,
			       "%s means %zu files, limits.files lets %" PRIu64
			       " be read; raise it",
			       quote(&quoted, path), list.count + (size_t)refused, limit);
	check_readable(&list, place, report);
	paths_done(&list);
}

/* The folder that has to be there: all before the first component that may be anything. */
static size_t fixed_folder(const char *path)
{
	size_t prefix = path_prefix(path);
	size_t end = path_is_glob(path) ? prefix + strcspn(path + prefix, GLOB_CHARACTERS)
					: strlen(path);

	while (end && !strchr(path_separators, path[end - 1]))
		end--;
	return end;
}

static void check_folder(const char *path, struct place place, const struct report *report)
{
	char folder[4096];
	size_t length = fixed_folder(path);
	struct quoted quoted;
	struct file_status status;

	if (!length || length >= sizeof(folder))
		return;
	memcpy(folder, path, length);
	folder[length] = '\0';
	if (file_status(folder, &status))
		report_warning(report, place, "cannot look into %s yet: %s", quote(&quoted, folder),
			       strerror(errno));
}

void path_check_disk(const char *path, bool follow, uint64_t limit, struct place place,
		     const struct report *report)
{
	if (path_is_special(path))
		return;
	if (follow)
		check_folder(path, place, report);
	else
		check_files(path, limit, place, report);
}

/* One is enough: counts as far as that. */
static int count_one(void *context, const char *path)
{
	size_t *count = context;

	(void)path;
	++*count;
	return 1;
}

static void report_unreadable(const char *path, struct place place, const struct report *report)
{
	struct quoted quoted;

	report_error(report, place, "cannot read %s: %s", quote(&quoted, path), strerror(errno));
}

static void check_manifest_folder(const char *path, struct place place, const struct report *report)
{
	struct quoted quoted;
	size_t count = 0;

	if (glob_directory(path, ".man", count_one, &count) < 0 ||
	    glob_directory(path, ".xml", count_one, &count) < 0)
		report_unreadable(path, place, report);
	else if (!count)
		report_error(report, place, "the directory %s holds no manifest (.man or .xml)",
			     quote(&quoted, path));
}

static void check_manifest_glob(const char *path, struct place place, const struct report *report)
{
	struct quoted quoted;
	size_t count = 0;

	if (glob_walk(path, count_one, &count) < 0)
		report_unreadable(path, place, report);
	else if (!count)
		report_error(report, place, "no manifest matches %s", quote(&quoted, path));
}

void path_check_manifest(const char *path, struct place place, const struct report *report)
{
	struct file_status status;

	if (file_status(path, &status) == 0 && status.kind == FILE_KIND_FOLDER)
		check_manifest_folder(path, place, report);
	else if (path_is_glob(path))
		check_manifest_glob(path, place, report);
	else if (!file_is_readable(path))
		report_unreadable(path, place, report);
}
