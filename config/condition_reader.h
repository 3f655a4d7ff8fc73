/*
 * condition_reader: reads `where:` into a tree of conditions. Used while a configuration is read,
 * by one thread.
 */
#ifndef CONFIG_CONDITION_READER_H
#define CONFIG_CONDITION_READER_H

#include "config/report.h"
#include "config/rule_config.h"
#include "config/yaml.h"

/* A mapping, or a list of which all must hold. All that is wrong goes to the report. */
void condition_reader_read(const struct yaml_node *node, struct condition_config *root,
			   const struct report *report);

#endif
