/*
 * rule_reader: reads the list of rules of `metrics:`. Used while a configuration is read, by one
 * thread.
 */
#ifndef CONFIG_RULE_READER_H
#define CONFIG_RULE_READER_H

#include "config/config.h"
#include "config/report.h"
#include "config/yaml.h"

/*
 * Appends to the config's rules; `file` is where they stand, and lives as long as the config. All
 * that is wrong goes to the report.
 */
void rule_reader_read(struct config *config, const char *file, const struct yaml_node *list,
		      const struct report *report);

#endif
