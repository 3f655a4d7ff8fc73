#include "config/file_reader.h"

#include <stdlib.h>
#include <string.h>

#include "config/encoding.h"
#include "config/fnv.h"
#include "config/include_reader.h"
#include "config/keys.h"
#include "config/mapping.h"
#include "config/path_checks.h"
#include "config/path_reader.h"
#include "config/rule_reader.h"
#include "config/session_reader.h"
#include "config/yaml.h"

static void read_sessions(struct files_reading *reading, const struct file_reading *file,
			  const struct yaml_node *node, const struct report *report)
{
	struct session_reader reader = {
		.config = reading->config,
		.folder = file->folder,
		.disk = reading->disk && !reading->rules_alone,
		.report = report,
	};

	size_t errors = reading->problems->errors;

	reading->problems->no_warnings = reading->rules_alone;
	session_reader_read(&reader, node);
	reading->problems->no_warnings = false;
	reading->other_errors += reading->problems->errors - errors;
}

static void read_baseline(struct files_reading *reading, const struct file_reading *file,
			  const struct yaml_node *node, const struct report *report)
{
	struct path_rule rule = {"file", file->folder, 1, false};
	struct path_nodes paths = {NULL, NULL, 0};
	const struct yaml_node *path;
	struct mapping mapping;

	mapping_open(&mapping, &baseline_keys, node, report);
	path = mapping_value(&mapping, "file");
	if (path)
		path_reader_read(path, &rule, &paths, report);
	if (paths.count)
		reading->config->baseline_file = paths.paths[--paths.count];
	path_nodes_done(&paths);
}

/* Moves the paths to the end of the config's. */
static void take_manifests(struct config *config, struct path_nodes *paths,
			   const struct report *report)
{
	size_t count = config->manifest_count + paths->count;
	char **manifests;

	if (!paths->count)
		return;
	manifests = realloc(config->manifests, count * sizeof(*manifests));
	if (!manifests) {
		report_out_of_memory(report);
		return;
	}
	memcpy(manifests + config->manifest_count, paths->paths, paths->count * sizeof(*manifests));
	config->manifests = manifests;
	config->manifest_count = count;
	paths->count = 0;
}

static void read_manifests(struct files_reading *reading, const struct file_reading *file,
			   const struct yaml_node *node, const struct report *report)
{
	struct path_rule rule = {"manifests", file->folder, MANIFESTS_MAX, false};
	struct path_nodes paths = {NULL, NULL, 0};
	size_t i;

	path_reader_read(node, &rule, &paths, report);
	for (i = 0; reading->disk && i < paths.count; i++)
		path_check_manifest(paths.paths[i], paths.nodes[i]->place, report);
	take_manifests(reading->config, &paths, report);
	path_nodes_done(&paths);
}

static void read_metrics(struct files_reading *reading, const struct file_reading *file,
			 const struct yaml_node *node, const struct report *report)
{
	size_t errors = reading->problems->errors;

	rule_reader_read(reading->config, file->file, node, report);
	reading->other_errors += reading->problems->errors - errors;
}

/* In this order: what is included comes behind what includes it. */
static void read_parts(struct files_reading *reading, const struct file_reading *file,
		       const struct mapping *mapping, const struct report *report)
{
	static const struct {
		const char *key;
		void (*read)(struct files_reading *reading, const struct file_reading *file,
			     const struct yaml_node *node, const struct report *report);
	} parts[] = {
		{"sessions", read_sessions},	  {"baseline", read_baseline},
		{"manifests", read_manifests},	  {"metrics", read_metrics},
		{"include", include_reader_read},
	};
	const struct yaml_node *node;
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		node = mapping_value(mapping, parts[i].key);
		if (node)
			parts[i].read(reading, file, node, report);
	}
}

static void report_empty(const struct file_reading *file, const struct report *report)
{
	if (file->parent)
		report_warning(report, (struct place){0}, "the included file is empty");
	else
		report_error(report, (struct place){0},
			     "the file is empty; it needs the key \"sessions\"");
}

/* The keys that are no parts: user, limits. */
static void read_values(struct files_reading *reading, const struct mapping *mapping,
			const struct report *report)
{
	size_t errors = reading->problems->errors;

	mapping_read(mapping, reading->config, report);
	reading->other_errors += reading->problems->errors - errors;
}

static void read_root(struct files_reading *reading, const struct file_reading *file,
		      const struct yaml_node *root, const struct report *report)
{
	struct mapping mapping;

	if (!root || yaml_is_null(root)) {
		report_empty(file, report);
		return;
	}
	mapping_open(&mapping, file->parent ? &included_keys : &config_keys, root, report);
	if (!file->parent && !mapping_value(&mapping, "sessions"))
		reading->other_errors++;
	read_values(reading, &mapping, report);
	read_parts(reading, file, &mapping, report);
}

void file_reader_read(struct files_reading *reading, const struct file_reading *file)
{
	struct report report = {file->file, reading->problems};
	struct config *config = reading->config;
	const char *text = file->text;
	size_t length = file->length;
	struct yaml_tree *tree;

	problems_know(reading->problems, file->file);
	config->hash = fnv_bytes(config->hash, text, length);
	if (length > FILE_BYTES_MAX) {
		report_error(&report, (struct place){0}, "the file is larger than 4MiB");
		return;
	}
	if (!encoding_check(&text, &length, &report))
		return;
	tree = yaml_tree_read(text, length, &report);
	if (tree)
		read_root(reading, file, yaml_tree_root(tree), &report);
	yaml_tree_free(tree);
}
