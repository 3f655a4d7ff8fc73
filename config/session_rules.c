#include "config/session_rules.h"

#include <string.h>

#include "config/paths.h"

static void check_keys(const struct session_config *session, const struct mapping *mapping,
		       const struct report *report)
{
	if (session->follow && session->loop)
		report_error(report, mapping_place(mapping, "loop"),
			     "loop makes no sense with follow: files that are followed have no end "
			     "to begin again from; leave one of them away");
	if (session->follow && session->pace == PACE_RECORDED)
		report_error(report, mapping_place(mapping, "pace"),
			     "pace: recorded makes no sense with follow: files that are followed "
			     "are read as they are written; leave one of them away");
}

static void check_standard_input(const struct session_config *session, struct place place,
				 const struct report *report)
{
	if (session->follow)
		report_error(report, place,
			     "\"-\" (standard input) cannot be followed: it is read until it ends "
			     "anyway; leave follow away");
	if (session->loop)
		report_error(report, place,
			     "\"-\" (standard input) cannot be read again: leave loop away, or "
			     "name a file");
	if (session->per_file)
		report_error(report, place,
			     "\"-\" (standard input) has no name for a session of its own: leave "
			     "per_file away");
}

void session_rules_check(const struct session_config *session, const struct mapping *mapping,
			 const struct yaml_node *const *path_nodes, const struct report *report)
{
	size_t i;

	check_keys(session, mapping, report);
	for (i = 0; i < session->path_count; i++) {
		struct place place = path_nodes[i]->place;

		if (path_is_stdin(session->paths[i]))
			check_standard_input(session, place, report);
		else if (path_is_special(session->paths[i]) && session->follow)
			report_error(report, place,
				     "a recording that is built in cannot be followed: it does "
				     "not grow; leave follow away");
	}
}

/* A file is read once, however often a session names it. */
static void check_repeated(const struct session_config *session, size_t path, struct place place,
			   const struct yaml_node *const *path_nodes, const struct report *report)
{
	struct quoted quoted;
	size_t i;

	for (i = 0; i < path; i++) {
		if (strcmp(session->paths[i], session->paths[path]) != 0)
			continue;
		report_warning(report, place, "the path %s is in line %zu, too; it is read once",
			       quote(&quoted, session->paths[path]), path_nodes[i]->place.line);
		return;
	}
}

void session_rules_warn(const struct session_config *session, const struct mapping *mapping,
			const struct yaml_node *const *path_nodes, const struct report *report)
{
	size_t i;

	if (session->loop && session->pace == PACE_FAST)
		report_warning(report, mapping_place(mapping, "loop"),
			       "loop with pace: fast keeps a processor busy for ever; pace: "
			       "recorded does not");
	if (!session->follow && mapping_value(mapping, "poll"))
		report_warning(report, mapping_place(mapping, "poll"),
			       "poll has no effect without follow: true");
	for (i = 0; i < session->path_count; i++)
		check_repeated(session, i, path_nodes[i]->place, path_nodes, report);
}
