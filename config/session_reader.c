#include "config/session_reader.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/etw_reader.h"
#include "config/keys.h"
#include "config/mapping.h"
#include "config/path_checks.h"
#include "config/path_reader.h"
#include "config/paths.h"
#include "config/session_rules.h"
#include "config/tracefs_reader.h"
#include "config/yaml_said.h"

#define PATHS_MAX 10000 /* of one session */

/* A session while it is read. */
struct draft {
	struct session_config *session;
	struct mapping mapping;
	const struct yaml_node **path_nodes; /* of each of the session's paths */
};

/* Standard input can be read by one session only, and once. */
static void check_standard_input(struct session_reader *reader, const struct yaml_node *node)
{
	if (reader->standard_input)
		report_error(reader->report, node->place,
			     "\"-\" (standard input) can be read once; it is in line %zu already",
			     reader->standard_input->place.line);
	else
		reader->standard_input = node;
}

/* The session keeps the paths, the draft the nodes. */
static void read_paths(struct session_reader *reader, struct draft *draft)
{
	struct path_rule rule = {"path", reader->folder, PATHS_MAX, true};
	const struct yaml_node *node = mapping_value(&draft->mapping, "path");
	struct path_nodes paths = {NULL, NULL, 0};
	size_t i;

	if (!node)
		return;
	path_reader_read(node, &rule, &paths, reader->report);
	for (i = 0; i < paths.count; i++)
		if (path_is_stdin(paths.paths[i]))
			check_standard_input(reader, paths.nodes[i]);
	draft->session->paths = paths.paths;
	draft->session->path_count = paths.count;
	draft->path_nodes = paths.nodes;
}

static void check_paths(struct session_reader *reader, const struct draft *draft)
{
	const struct session_config *session = draft->session;
	size_t i;

	for (i = 0; reader->disk && i < session->path_count; i++)
		path_check_disk(session->paths[i], session->follow, reader->config->limits.files,
				draft->path_nodes[i]->place, reader->report);
}

/* `names` are the nodes of the names of the sessions before. */
static void check_name(struct session_reader *reader, const struct draft *draft,
		       const struct yaml_node **names)
{
	const struct config *config = reader->config;
	const char *name = draft->session->name;
	const struct yaml_node *node = mapping_value(&draft->mapping, "name");
	struct quoted quoted;
	size_t i;

	if (!name)
		return;
	names[config->session_count - 1] = node;
	if (strlen(name) > config->limits.label_bytes)
		report_warning(reader->report, node->place,
			       "name has %zu bytes, limits.label_bytes lets %" PRIu64
			       " be seen in labels; shorten one or raise the other",
			       strlen(name), config->limits.label_bytes);
	for (i = 0; i + 1 < config->session_count; i++) {
		if (!config->sessions[i].name || strcmp(config->sessions[i].name, name) != 0)
			continue;
		report_error(reader->report, node->place,
			     "two sessions have the name %s, the first in line %zu; each needs its "
			     "own",
			     quote(&quoted, name), names[i]->place.line);
		return;
	}
}

/* By the value of `source`; where that is missing or wrong, the first. */
static const struct key_table *find_table(const struct yaml_node *node)
{
	const struct yaml_node *name = node->kind == YAML_MAPPING ? node->first : NULL;
	const struct key_table *const *table;
	char variant[64];

	for (; name; name = name->next->next) {
		if (name->kind != YAML_TEXT || strcmp(name->text, "source") != 0 ||
		    name->next->kind != YAML_TEXT)
			continue;
		snprintf(variant, sizeof(variant), "source: %s", name->next->text);
		for (table = session_tables; *table; table++)
			if (strcmp((*table)->variant, variant) == 0)
				return *table;
	}
	return session_tables[0];
}

/* What only sessions of recordings have. */
static void read_recordings(struct session_reader *reader, struct draft *draft)
{
	read_paths(reader, draft);
	session_rules_check(draft->session, &draft->mapping, draft->path_nodes, reader->report);
}

static void read_session(struct session_reader *reader, const struct yaml_node *node,
			 const struct yaml_node **names)
{
	size_t errors = reader->report->problems->errors;
	struct config *config = reader->config;
	struct draft draft = {&config->sessions[config->session_count++], {0}, NULL};
	const struct key_table *table = find_table(node);

	draft.session->said = yaml_said(node);
	if (!draft.session->said)
		report_out_of_memory(reader->report);
	mapping_open(&draft.mapping, table, node, reader->report);
	mapping_read(&draft.mapping, draft.session, reader->report);
	if (table == &tracefs_session_keys)
		tracefs_reader_read(&draft.mapping, reader->folder, &draft.session->tracefs,
				    reader->report);
	else if (table == &etw_session_keys)
		etw_reader_read(&draft.mapping, draft.session->name, &draft.session->etw,
				reader->report);
	else
		read_recordings(reader, &draft);
	check_name(reader, &draft, names);
	if (reader->report->problems->errors == errors)
		session_rules_warn(draft.session, &draft.mapping, draft.path_nodes, reader->report);
	check_paths(reader, &draft);
	free(draft.path_nodes);
}

/* Sessions of per_file come later, one for each file. */
static void check_count(const struct session_reader *reader, const struct yaml_node *node)
{
	const struct config *config = reader->config;
	size_t i, count = 0;

	for (i = 0; node && i < config->session_count; i++, node = node->next) {
		if (config->sessions[i].per_file || ++count <= config->limits.sessions)
			continue;
		report_error(reader->report, node->place,
			     "the session is one more than limits.sessions (%" PRIu64
			     ") allows; raise it",
			     config->limits.sessions);
		return;
	}
}

static void read_sessions(struct session_reader *reader, const struct yaml_node *first,
			  size_t count)
{
	const struct yaml_node **names = calloc(count, sizeof(*names)), *node;
	struct config *config = reader->config;

	config->sessions = calloc(count, sizeof(*config->sessions));
	if (names && config->sessions) {
		for (node = first; node; node = node->next)
			read_session(reader, node, names);
		check_count(reader, first);
	} else {
		report_out_of_memory(reader->report);
	}
	free(names);
}

void session_reader_read(struct session_reader *reader, const struct yaml_node *list)
{
	size_t count = yaml_count(list);
	struct quoted quoted;

	if (list->kind != YAML_LIST)
		report_error(reader->report, list->place,
			     "sessions must be a list, each session beginning with \"- name:\", "
			     "not %s",
			     yaml_describe(list, &quoted));
	else if (!count || count > SESSIONS_MAX)
		report_error(reader->report, list->place,
			     "sessions must have from 1 to %d entries, not %zu", SESSIONS_MAX,
			     count);
	else
		read_sessions(reader, list->first, count);
}
