/*
 * match_reader: reads `match:`, and `start:` of a pair. Used while a configuration is read, by one
 * thread.
 */
#ifndef CONFIG_MATCH_READER_H
#define CONFIG_MATCH_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "config/report.h"
#include "config/rule_config.h"
#include "config/yaml.h"

#define MATCHES_MAX 64 /* of one rule */

struct match_list {
	struct match_config *list;
	size_t count;
};

/*
 * One, or a list of at least one. `key` is what they are the value of; `provider` says that each
 * needs one. All that is wrong goes to the report.
 */
struct match_list match_reader_read(const struct yaml_node *node, const char *key, bool provider,
				    const struct report *report);

/* Gives those without a provider the providers of `from`, all of them. */
void match_reader_inherit_providers(const struct match_list *matches, const struct match_list *from,
				    const struct report *report);

#endif
