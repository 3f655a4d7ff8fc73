#include "config/include_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/keys.h"
#include "config/path_form.h"
#include "config/path_reader.h"
#include "config/paths.h"

/* What one path of the key brings in. */
struct including {
	struct files_reading *reading;
	const struct file_reading *by;
	struct place place;
	const struct report *report;
};

static size_t depth_of(const struct file_reading *file)
{
	size_t depth = 0;

	for (; file->parent; file = file->parent)
		depth++;
	return depth;
}

/* The file being read that has this identity; NULL: none. */
static const struct file_reading *find_open(const struct file_reading *file,
					    const struct file_identity *identity)
{
	for (; file; file = file->parent)
		if (file->identity && file_identity_equal(file->identity, identity))
			return file;
	return NULL;
}

static bool is_seen(const struct files_reading *reading, const struct file_identity *identity)
{
	size_t i;

	for (i = 0; i < reading->seen_count; i++)
		if (file_identity_equal(&reading->seen[i], identity))
			return true;
	return false;
}

static void report_circle(const struct including *including, const char *path,
			  const struct file_reading *open)
{
	struct quoted quoted;

	quote(&quoted, path);
	if (open->parent)
		report_error(including->report, including->place,
			     "%s includes itself: it is being read since %s, line %zu, includes it",
			     quoted.text, open->parent->file, open->place.line);
	else
		report_error(including->report, including->place,
			     "%s includes itself: it is the configuration that includes this",
			     quoted.text);
}

/* The name by which the config knows it; NULL: no memory. */
static const char *remember(struct files_reading *reading, const char *path,
			    const struct file_identity *identity)
{
	struct config *config = reading->config;
	struct file_identity *seen;
	char **included, *name;

	seen = realloc(reading->seen, (reading->seen_count + 1) * sizeof(*seen));
	if (!seen)
		return NULL;
	reading->seen = seen;
	included = realloc(config->included, (config->included_count + 1) * sizeof(*included));
	if (!included)
		return NULL;
	config->included = included;
	name = strdup(path);
	if (!name)
		return NULL;
	seen[reading->seen_count++] = *identity;
	included[config->included_count++] = name;
	return name;
}

static void read_text(const struct including *including, const char *path,
		      const struct file_text *text)
{
	char *folder = path_folder(path);
	struct file_reading file = {
		.parent = including->by,
		.place = including->place,
		.folder = folder,
		.text = text->bytes,
		.length = text->length,
		.identity = &text->identity,
	};

	file.file = remember(including->reading, path, &text->identity);
	if (folder && file.file)
		file_reader_read(including->reading, &file);
	else
		report_out_of_memory(including->report);
	free(folder);
}

/* `found`: by a glob, which does not mean the file that it stands in. */
static void take_text(const struct including *including, const char *path,
		      const struct file_text *text, bool found)
{
	const struct file_reading *open = find_open(including->by, &text->identity);

	if (open && !(found && open == including->by))
		report_circle(including, path, open);
	else if (open || is_seen(including->reading, &text->identity))
		return;
	else if (including->reading->seen_count == INCLUDED_MAX)
		report_error(including->report, including->place, "more than %d files are included",
			     INCLUDED_MAX);
	else
		read_text(including, path, text);
}

static void read_file(const struct including *including, const char *path, bool found)
{
	struct file_text text;
	struct quoted quoted;

	if (file_text_read(&text, path, true)) {
		report_error(including->report, including->place, "cannot include %s: %s",
			     quote(&quoted, path),
			     errno == EINVAL ? "it is no regular file" : strerror(errno));
		return;
	}
	take_text(including, path, &text, found);
	file_text_done(&text);
}

static void read_glob(const struct including *including, const char *path)
{
	struct path_list list = {NULL, 0};
	long refused = paths_expand(&list, path, INCLUDED_MAX + 1);
	struct quoted quoted;
	size_t i;

	if (refused < 0)
		report_error(including->report, including->place, "cannot include %s: %s",
			     quote(&quoted, path), strerror(errno));
	else if (refused)
		report_error(including->report, including->place, "more than %d files are included",
			     INCLUDED_MAX);
	else if (!list.count)
		report_warning(including->report, including->place, "no file matches %s",
			       quote(&quoted, path));
	for (i = 0; !refused && i < list.count; i++)
		read_file(including, list.paths[i], true);
	paths_done(&list);
}

static void read_paths(struct files_reading *reading, const struct file_reading *file,
		       const struct path_nodes *paths, const struct report *report)
{
	struct including including = {reading, file, {0, 0}, report};
	size_t i;

	for (i = 0; i < paths->count; i++) {
		including.place = paths->nodes[i]->place;
		if (path_is_glob(paths->paths[i]))
			read_glob(&including, paths->paths[i]);
		else
			read_file(&including, paths->paths[i], false);
	}
}

void include_reader_read(struct files_reading *reading, const struct file_reading *file,
			 const struct yaml_node *node, const struct report *report)
{
	struct path_rule rule = {"include", file->folder, INCLUDED_MAX, false};
	struct path_nodes paths = {NULL, NULL, 0};

	path_reader_read(node, &rule, &paths, report);
	if (!reading->disk && paths.count)
		report_error(report, node->place,
			     "include needs files, and this configuration is none: it comes from "
			     "memory");
	else if (paths.count && depth_of(file) == INCLUDE_DEPTH_MAX)
		report_error(report, node->place, "files include one another more than %d deep",
			     INCLUDE_DEPTH_MAX);
	else
		read_paths(reading, file, &paths, report);
	path_nodes_done(&paths);
}
