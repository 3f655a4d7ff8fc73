/*
 * rules_private: what counting by rules (rules.c) and changing them (rules_change.c) share.
 */
#ifndef EXPORTER_RULES_PRIVATE_H
#define EXPORTER_RULES_PRIVATE_H

#include "exporter/rule/extraction.h"
#include "exporter/rule/rules.h"

struct event_rules {
	struct extraction *extraction; /* NULL: no schema is known, or no field is needed */
	struct fixed_layout layout;    /* where is_direct */
	bool is_direct;
	bool is_never_direct;
	bool is_left;		    /* nothing is left of it, and its type does not use it */
	struct event_rules *beside; /* of the same type, for rules that came later or earlier */
	struct event_rules *older;  /* of the session */
	const struct event_type *type;
	size_t count;
	struct rule_binding *bindings[];
};

/* The rules of a session at a time, and the state that they need: NULL, none. */
struct rule_list {
	struct trace_state *state;
	size_t count;
	struct rule *rules[];
};

struct rules {
	struct rules_config config;
	struct rule_list *list;
	struct rule_list *shown;   /* to readers */
	struct event_rules *bound; /* newest first */
	uint64_t revision;
	uint64_t next_id;
	int64_t swept_ns; /* when expired series were looked for last */
	struct rule_scratch scratch;
	struct text values[RULE_LABELS_MAX];
};

/* Those of the set that are for the session; what says the same is that of `old` (NULL: none). */
struct rule_list *rule_list_new(const struct rule_set *set, const char *session,
				const struct rule_list *old);
bool rule_list_has(const struct rule_list *list, const struct rule *rule);
/* Frees it, and of its rules and state what `other` (NULL: nothing) does not have. */
void rule_list_free(struct rule_list *list, const struct rule_list *other);

bool rule_list_wants_learning(const struct rule_list *list, const struct manifests *manifests);
bool rule_list_wants_order(const struct rule_list *list);

void event_rules_free(struct event_rules *event_rules);

#endif
