/*
 * session_rules: which keys of a session make no sense together. Used while a configuration is
 * read, by one thread.
 */
#ifndef CONFIG_SESSION_RULES_H
#define CONFIG_SESSION_RULES_H

#include "config/config.h"
#include "config/mapping.h"
#include "config/report.h"
#include "config/yaml.h"

/* `path_nodes` says for each of the session's paths where it is. */
void session_rules_check(const struct session_config *session, const struct mapping *mapping,
			 const struct yaml_node *const *path_nodes, const struct report *report);

/* What can be done and is probably not meant; for a session without errors. */
void session_rules_warn(const struct session_config *session, const struct mapping *mapping,
			const struct yaml_node *const *path_nodes, const struct report *report);

#endif
