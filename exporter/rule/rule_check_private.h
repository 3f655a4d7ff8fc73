/*
 * rule_check_private: what the parts of rule_check share.
 */
#ifndef EXPORTER_RULE_CHECK_PRIVATE_H
#define EXPORTER_RULE_CHECK_PRIVATE_H

#include "exporter/rule/rule_check.h"

/* The matches of a side. */
const struct match_config *rule_side_matches(const struct rule_config *rule, enum rule_side side,
					     size_t *count);

/* Whether a start's provider is that of the rule, because it names none. */
bool rule_provider_is_inherited(const struct rule_config *rule,
				const struct scalar_config *provider);

/* Finds the events of both sides; says what is odd about providers and events. -1: no memory. */
int rule_check_events(struct rule_check *check);

/* Looks for all fields that the rule names. -1: no memory. */
int rule_check_fields(struct rule_check *check);

/* Where the field of a path ends; NULL: the schema has none that can be used. */
const struct field *rule_check_field(const struct schema *schema, const char *path);

void rule_check_note(struct rule_check *check, const char *format, ...)
	__attribute__((format(__printf__, 2, 3)));

#endif
