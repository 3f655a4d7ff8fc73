/*
 * scalar_reader: reads texts and numbers of which the meaning is decided later. Used while a
 * configuration is read, by one thread; what it fills owns its text.
 */
#ifndef CONFIG_SCALAR_READER_H
#define CONFIG_SCALAR_READER_H

#include <stdbool.h>

#include "config/keys.h"
#include "config/report.h"
#include "config/rule_config.h"
#include "config/yaml.h"

#define TEXT_BYTES_MAX	 1000  /* of one text */
#define LIST_ENTRIES_MAX 10000 /* of one list */

/* How messages call a value, and how many bytes it may have. */
struct scalar_rule {
	const char *what;
	size_t low, high;
};

/* False: the report says why not. */
bool scalar_read(const struct yaml_node *node, const struct scalar_rule *rule,
		 struct scalar_config *into, const struct report *report);

/* One, or a list of at least one. Entries that are refused are left out. */
void scalar_list_read(const struct yaml_node *node, const struct scalar_rule *rule,
		      struct scalar_list *into, const struct report *report);

/* Appends copies. -1: no memory. */
int scalar_list_append(struct scalar_list *to, const struct scalar_list *from);

void scalar_list_done(struct scalar_list *scalars);

/* What a number is: decimal or 0x..., finite. False: none; then `into` is as before. */
bool scalar_parse_number(const char *text, struct scalar_config *into);

#endif
