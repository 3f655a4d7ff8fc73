/*
 * web_tls_reader: reads tls_server_config. Used while a web configuration is read, by one thread.
 */
#ifndef CONFIG_WEB_TLS_READER_H
#define CONFIG_WEB_TLS_READER_H

#include "config/mapping.h"
#include "config/web_config.h"

/*
 * Opens a mapping whose keys without a value count as not there, as in Go's YAML. `node`: NULL or
 * nothing is a mapping without keys.
 */
void web_mapping_open(struct mapping *mapping, const struct key_table *table,
		      const struct yaml_node *node, const struct report *report);

/* `folder` goes before relative paths. What it names is added to `files`. */
void web_tls_reader_read(const struct yaml_node *node, const char *folder,
			 struct web_tls_config *into, struct web_files *files,
			 const struct report *report);

#endif
