/*
 * rule_names: what metrics and labels may be called, and what promlint would say of it. Used while
 * a configuration is read, by one thread.
 */
#ifndef CONFIG_RULE_NAMES_H
#define CONFIG_RULE_NAMES_H

#include <stdbool.h>

#include "config/report.h"
#include "config/rule_config.h"
#include "config/yaml.h"

/* The rule's name by its type: errors first, warnings where there are none. */
void rule_names_check(const struct rule_config *rule, const struct report *report);

/* Whether the key is a label's name. */
bool rule_names_check_label(const struct yaml_node *name, const struct report *report);

/*
 * Whether two names make one metric family: OpenMetrics calls a counter x_total the family x.
 */
bool rule_names_clash(const char *a, const char *b);

#endif
