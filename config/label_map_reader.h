/*
 * label_map_reader: reads `map:` of a label. Used while a configuration is read, by one thread.
 */
#ifndef CONFIG_LABEL_MAP_READER_H
#define CONFIG_LABEL_MAP_READER_H

#include "config/report.h"
#include "config/rule_config.h"
#include "config/yaml.h"

/* A mapping of values to texts, or the name of a map. All that is wrong goes to the report. */
void label_map_reader_read(const struct yaml_node *node, struct label_config *label,
			   const struct report *report);

#endif
