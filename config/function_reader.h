/*
 * function_reader: reads the label functions of `as:`. Which there are, and what arguments they
 * take, is not known here. Used while a configuration is read, by one thread.
 */
#ifndef CONFIG_FUNCTION_READER_H
#define CONFIG_FUNCTION_READER_H

#include "config/report.h"
#include "config/rule_config.h"
#include "config/yaml.h"

#define FUNCTIONS_MAX 16 /* in a row */

/* One or a list. All that is wrong goes to the report. */
void function_reader_read(const struct yaml_node *node, struct function_list *functions,
			  const struct report *report);

#endif
