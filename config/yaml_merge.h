/*
 * yaml_merge: what a merge key, `<<: *defaults` or `<<: [*a, *b]`, brings to its mapping.
 *
 * Source: "Merge Key Language-Independent Type for YAML Version 1.1". Used while a tree is built.
 */
#ifndef CONFIG_YAML_MERGE_H
#define CONFIG_YAML_MERGE_H

#include <stddef.h>

#include "config/report.h"
#include "config/yaml.h"

/* Keys, each with its value as its next, in the order in which they are written. */
struct yaml_merge {
	const struct yaml_node **keys;
	size_t count;
};

bool yaml_merge_is_key(const struct yaml_node *node);

/*
 * The pairs of `from`, a mapping or a list of mappings, whose keys neither `mapping` itself has nor
 * one earlier in the list. What else `from` is or has is reported and left out. -1: out of memory,
 * reported; `merge` is to be done with all the same.
 */
int yaml_merge_find(struct yaml_merge *merge, const struct yaml_node *mapping,
		    const struct yaml_node *from, const struct report *report);
void yaml_merge_done(struct yaml_merge *merge);

#endif
