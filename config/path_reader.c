#include "config/path_reader.h"

#include <stdlib.h>
#include <string.h>

#include "config/glob.h"
#include "config/path_checks.h"
#include "config/path_form.h"
#include "config/paths.h"

#define PATH_BYTES_MAX 4095 /* Linux knows none that is longer */

/* Copies `folder`, whose glob characters mean themselves, so that they do not begin a pattern. */
static size_t escape(char *to, const char *folder)
{
	size_t used = path_prefix(folder);

	memcpy(to, folder, used);
	for (folder += used; *folder; folder++) {
		if (strchr(GLOB_CHARACTERS, *folder)) {
			to[used++] = '[';
			to[used++] = *folder;
			to[used++] = ']';
		} else {
			to[used++] = *folder;
		}
	}
	return used;
}

/* A relative path with the folder before it; NULL: no memory. */
static char *resolve(const struct path_rule *rule, const char *path)
{
	const char *folder = rule->folder;
	size_t length = folder ? strlen(folder) : 0;
	char *resolved;

	if (!folder || path_is_absolute(path) || (rule->special && path_is_special(path)))
		return strdup(path);
	resolved = malloc(3 * length + strlen(path) + 1);
	if (!resolved)
		return NULL;
	if (strpbrk(path, GLOB_CHARACTERS))
		length = escape(resolved, folder);
	else
		memcpy(resolved, folder, length);
	memcpy(resolved + length, path, strlen(path) + 1);
	return resolved;
}

/* False: the report says why it can be no path. */
static bool check_path_node(const struct yaml_node *node, const struct path_rule *rule,
			    const struct report *report)
{
	struct quoted quoted;

	if (node->kind != YAML_TEXT || yaml_is_null(node)) {
		report_error(report, node->place,
			     "%s must be a string or a list of strings, not %s", rule->key,
			     yaml_describe(node, &quoted));
		return false;
	}
	if (!node->length || node->length > PATH_BYTES_MAX || strlen(node->text) != node->length) {
		report_error(report, node->place,
			     "%s must have from 1 to %d bytes, none of them zero, not %s",
			     rule->key, PATH_BYTES_MAX,
			     quote_bytes(&quoted, node->text, node->length));
		return false;
	}
	return true;
}

static void add_path(const struct yaml_node *node, const struct path_rule *rule,
		     struct path_nodes *into, const struct report *report)
{
	char *path;

	if (!check_path_node(node, rule, report))
		return;
	path = resolve(rule, node->text);
	if (!path) {
		report_out_of_memory(report);
		return;
	}
	if (!rule->special || !path_is_special(path))
		path_check_text(node->text, node->place, report);
	into->nodes[into->count] = node;
	into->paths[into->count++] = path;
}

static bool make_paths(struct path_nodes *into, size_t count, const struct report *report)
{
	into->paths = calloc(count, sizeof(*into->paths));
	into->nodes = calloc(count, sizeof(*into->nodes));
	if (into->paths && into->nodes)
		return true;
	report_out_of_memory(report);
	return false;
}

void path_reader_read(const struct yaml_node *node, const struct path_rule *rule,
		      struct path_nodes *into, const struct report *report)
{
	size_t count = node->kind == YAML_LIST ? yaml_count(node) : 1;

	if (!count || count > rule->max) {
		report_error(report, node->place, "%s must have from 1 to %zu entries, not %zu",
			     rule->key, rule->max, count);
		return;
	}
	if (!make_paths(into, count, report))
		return;
	if (node->kind != YAML_LIST)
		add_path(node, rule, into, report);
	for (node = node->kind == YAML_LIST ? node->first : NULL; node; node = node->next)
		add_path(node, rule, into, report);
}

void path_nodes_done(struct path_nodes *nodes)
{
	size_t i;

	for (i = 0; i < nodes->count; i++)
		free(nodes->paths[i]);
	free(nodes->paths);
	free(nodes->nodes);
}
