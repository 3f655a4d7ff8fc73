/*
 * path_reader: reads one path or a list of them. Used while a configuration is read, by one thread.
 */
#ifndef CONFIG_PATH_READER_H
#define CONFIG_PATH_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "config/report.h"
#include "config/yaml.h"

/* How the paths of a key are read. */
struct path_rule {
	const char *key;    /* in messages */
	const char *folder; /* before relative paths, with the `/`; NULL: they stay as they are */
	size_t max;
	bool special; /* standard input and what is built in are paths, too */
};

/* What was read: nodes[i] is where paths[i] stands. Nodes are borrowed. */
struct path_nodes {
	char **paths;
	const struct yaml_node **nodes;
	size_t count;
};

/* Paths that are refused are left out; the report says why. */
void path_reader_read(const struct yaml_node *node, const struct path_rule *rule,
		      struct path_nodes *into, const struct report *report);

/* Frees all that is not taken out before. */
void path_nodes_done(struct path_nodes *nodes);

#endif
