/*
 * rule: a rule of the configuration, compiled for one session: its condition, its labels, its
 * pairs, and what it has seen. Owned and used by the session's aggregator thread, but for its
 * health.
 */
#ifndef EXPORTER_RULE_H
#define EXPORTER_RULE_H

#include <stdatomic.h>

#include "config/problems.h"
#include "config/rule_config.h"
#include "exporter/rule/condition.h"
#include "exporter/label/label.h"
#include "exporter/rule/pairs.h"
#include "exporter/rule/rule_expiry.h"
#include "exporter/rule/rule_set.h"

/* What keeps an event, or one of its labels, from being what the rule wants. */
enum rule_error {
	RULE_ERROR_SCHEMA,  /* no schema is known: there are no fields */
	RULE_ERROR_FIELD,   /* the schema, or the payload, has no such field, or it is no number
			       where state is asked for */
	RULE_ERROR_PAYLOAD, /* the payload is not as the schema says */
	RULE_ERROR_VALUE,   /* not a number, not finite, or below zero where sums only grow */
	RULE_ERROR_LABEL,   /* a label function cannot take the value, in a condition neither */
	RULE_ERROR_TIME,    /* a pair's event without a time; a time that the clock cannot tell */
	RULE_ERROR_COUNT
};

/* "schema", ... */
const char *rule_error_name(enum rule_error error);

/* Any thread may read it. */
struct rule_health {
	_Atomic uint64_t matched; /* events that match: and where: took */
	_Atomic uint64_t errors[RULE_ERROR_COUNT];
	struct pairs_counts pairs;
};

/* Only by the aggregator thread. */
static inline void rule_health_count(_Atomic uint64_t *number)
{
	uint64_t value = atomic_load_explicit(number, memory_order_relaxed);

	atomic_store_explicit(number, value + 1, memory_order_relaxed);
}

struct rule_binding;

#define RULE_SHARED_MAX 16

/* Bindings of one side whose keys mean different things; see rule_sharing.h. */
struct rule_shared {
	struct rule_binding *bindings[RULE_SHARED_MAX];
	size_t count;
};

struct rule {
	const struct rule_config *config;
	const struct rule_family *family; /* NULL until the session sets it */
	struct condition *where;
	struct label **labels;	 /* config->label_count */
	struct label **exemplar; /* config->exemplar_count; labels of exemplars */
	struct pairs *pairs;	 /* NULL: the rule has none */
	struct rule_shared shared[SIDE_START + 1];
	struct rule_expiry expiry;
	bool overflowed; /* a series was refused */
	uint64_t since;	 /* the revision of the session's rules that it came with */
	uint64_t pass;	 /* how often its recordings have come again: their times do, too */
	struct rule_health health;
};

/* `config` is borrowed. NULL: see problems. */
struct rule *rule_new(const struct rule_config *config, struct problems *problems);
void rule_free(struct rule *rule);

/* Whether it adds 1 for each event and no more. */
bool rule_only_counts(const struct rule_config *config);

/* Whether a label holds the name of a process, by its path and what its functions ask for. */
bool rule_label_is_process(const char *path, enum label_state state);

/* Whether anything of it asks for what the trace said before: processes, threads, images, files. */
bool rule_needs_state(const struct rule *rule);

/* Whether a label or a condition of it asks that of the state. */
bool rule_asks(const struct rule *rule, enum label_state state);

#endif
