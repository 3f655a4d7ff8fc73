/*
 * label_reader: reads `labels:` of a rule. Used while a configuration is read, by one thread.
 */
#ifndef CONFIG_LABEL_READER_H
#define CONFIG_LABEL_READER_H

#include "config/report.h"
#include "config/rule_config.h"
#include "config/yaml.h"

/* Fills the rule's labels; its type and pair are read. All that is wrong goes to the report. */
void label_reader_read(const struct yaml_node *node, struct rule_config *rule,
		       const struct report *report);

/* Likewise the labels of its exemplars. */
void label_reader_read_exemplar(const struct yaml_node *node, struct rule_config *rule,
				const struct report *report);

#endif
