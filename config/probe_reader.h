/*
 * probe_reader: reads a uprobe or kprobe of a session of tracefs. Used while a configuration is
 * read, by one thread.
 */
#ifndef CONFIG_PROBE_READER_H
#define CONFIG_PROBE_READER_H

#include "config/report.h"
#include "config/tracefs_config.h"
#include "config/yaml.h"

/* `folder`: see tracefs_reader.h. */
void probe_reader_uprobe(const struct yaml_node *node, const char *folder,
			 struct probe_config *into, const struct report *report);
void probe_reader_kprobe(const struct yaml_node *node, struct probe_config *into,
			 const struct report *report);

#endif
