/*
 * rule_sharing: lets a rule's bindings share what they remember of series.
 *
 * A rule that takes many event types finds much the same series through each of them. Where the
 * same words of a key mean the same label values, one cache serves all: it is smaller, and stays in
 * the processor's. Used by the session's aggregator thread.
 */
#ifndef EXPORTER_RULE_SHARING_H
#define EXPORTER_RULE_SHARING_H

#include "exporter/rule/rule_binding.h"

/*
 * Gives a binding that is there to stay, with its maps, an id and a cache: those of an earlier one
 * whose keys mean the same, else `*next_id` and its own. The first RULE_SHARED_MAX of a rule and
 * side are remembered.
 */
void rule_sharing_join(struct rule_binding *binding, uint64_t *next_id);

#endif
