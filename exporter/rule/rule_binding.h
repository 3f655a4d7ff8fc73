/*
 * rule_binding: a rule as it is for the events of one type: which fields its condition, value,
 * labels and pair's key are, and which series they have led to.
 *
 * Made at the first sight of an event type, and again when more is known of it. Owned and used by
 * the session's aggregator thread.
 */
#ifndef EXPORTER_RULE_BINDING_H
#define EXPORTER_RULE_BINDING_H

#include "exporter/rule/match.h"
#include "exporter/rule/key_parts.h"
#include "exporter/rule/rule.h"
#include "exporter/rule/rule_key.h"
#include "exporter/rule/series_cache.h"
#include "metrics/siphash.h"

/* What bindings of a session share. */
struct rule_scratch {
	struct shard *shard;
	struct siphash_key seed;
	uint64_t event; /* at hand: how many there were */
	struct rule_key key, pair_key, other;
	const struct state_name *names[RULE_EXPIRY_NAMES_MAX]; /* of processes in the labels */
	size_t name_count;
	struct text *values;	     /* of labels, RULE_LABELS_MAX; with a zero behind each */
	const struct rule *overflow; /* refused its first series, and that is not logged yet */
};

struct rule_label_field {
	struct rule_field field;
	enum rule_key_form form;
	const struct value_map *map; /* that the configuration names; NULL: none */
	bool is_ours;		     /* taken from this side of the pair */
};

struct rule_binding {
	/* What each event needs comes first, so that it is in few cache lines. */
	struct rule *rule;
	struct match_rest *by_record; /* one of these has to take the record; NULL: all are taken */
	uint8_t side;		      /* enum rule_side */
	bool classic;
	bool lacks_schema; /* fields are asked for, and none are known */
	bool has_value;	   /* on this side */
	bool only_counts;
	bool has_exemplar; /* what is counted becomes one */
	bool has_parts;	   /* from the first event on */
	bool is_plain; /* events that are direct are taken, and counted by numbers, without more */
	struct key_parts label_parts, pair_parts;
	struct series_cache *cache;    /* its own, or that of another with the same id */
	uint64_t id;		       /* of what its keys mean; see rule_sharing.h */
	struct extraction *extraction; /* borrowed; NULL: no schema is known */
	struct rule_field value;
	size_t by_record_count;
	const struct event_type *type;
	bool where_lacks_schema; /* by conditions */
	bool where_has_payload;
	struct rule_field *conditions; /* by leaf */
	struct rule_label_field *labels;
	struct rule_label_field *exemplar; /* where has_exemplar */
	struct rule_field *keys;	   /* of the pair; likewise key_forms */
	enum rule_key_form *key_forms;
	struct series_cache own_cache;
	_Alignas(CACHE_LINE) struct key_part parts[];
};

/*
 * A rule's events of this type on this side. NULL: none are, or no memory (`*no_memory`). The
 * extraction is asked for all fields that are needed.
 */
struct rule_binding *rule_binding_new(struct rule *rule, enum rule_side side,
				      const struct event_type *type, const struct schema *schema,
				      struct extraction *extraction, bool *no_memory);
void rule_binding_free(struct rule_binding *binding);

/*
 * Whether events of the layout that was extracted last need no extraction: of the payload only
 * numbers, names of such and short texts in keys are wanted. They are counted with
 * view->is_direct.
 */
bool rule_binding_set_direct(struct rule_binding *binding);

/* An event of the type of these bindings, whose extraction was run with this result. */
void rule_bindings_count(struct rule_binding *const *bindings, size_t count,
			 struct event_view *view, enum payload_result result,
			 struct rule_scratch *scratch);

#endif
