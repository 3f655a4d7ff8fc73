#include "exporter/rule/rules.h"

#include <stdio.h>
#include <stdlib.h>

#include "exporter/system/aligned.h"
#include "exporter/rule/rule_sharing.h"
#include "exporter/rule/rules_private.h"
#include "metrics/siphash.h"

#define LABEL_BYTES_MAX ((size_t)1 << 20)
#define SWEEP_NS	((uint64_t)1000000000) /* between looks for expired series */

struct rules *rules_new(const struct rules_config *config)
{
	struct rules *rules = calloc(1, sizeof(*rules));
	size_t i;

	if (!rules)
		return NULL;
	rules->config = *config;
	rules->scratch.shard = config->shard;
	rules->scratch.values = rules->values;
	for (i = 0; i < RULE_LABELS_MAX; i++)
		text_init(&rules->values[i], LABEL_BYTES_MAX);
	siphash_key_choose(&rules->scratch.seed);
	rules->scratch.seed.words[1] |= 1;
	rules->list = rule_list_new(config->set, config->session, NULL);
	rules->shown = rules->list;
	if (rules->list)
		return rules;
	rules_free(rules);
	return NULL;
}

void event_rules_free(struct event_rules *event_rules)
{
	size_t i;

	for (i = 0; i < event_rules->count; i++)
		rule_binding_free(event_rules->bindings[i]);
	extraction_free(event_rules->extraction);
	aligned_free(event_rules);
}

void rules_free(struct rules *rules)
{
	struct event_rules *bound, *older;
	size_t i;

	if (!rules)
		return;
	for (bound = rules->bound; bound; bound = older) {
		older = bound->older;
		event_rules_free(bound);
	}
	rule_list_free(rules->list, NULL);
	rule_key_done(&rules->scratch.key);
	rule_key_done(&rules->scratch.pair_key);
	rule_key_done(&rules->scratch.other);
	for (i = 0; i < RULE_LABELS_MAX; i++)
		text_done(&rules->values[i]);
	free(rules);
}

struct trace_state *rules_state(struct rules *rules)
{
	return rules->list->state;
}

uint64_t rules_revision(const struct rules *rules)
{
	return rules->revision;
}

void rules_look_at_machine(struct rules *rules, struct log *log)
{
	bool symbols = false;
	size_t i;

	for (i = 0; i < rules->list->count; i++)
		symbols = symbols || rule_asks(rules->list->rules[i], LABEL_SYMBOL);
	if (rules->list->state)
		trace_state_look_at_machine(rules->list->state, symbols, log,
					    rules->config.session);
}

bool rules_want_learning(const struct rules *rules)
{
	return rule_list_wants_learning(rules->list, rules->config.manifests);
}

bool rules_want_order(const struct rules *rules)
{
	return rule_list_wants_order(rules->list);
}

static void find_maps_of(struct rules *rules, const struct event_type *type,
			 const struct label_config *configs, size_t count,
			 struct rule_label_field *labels)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (configs[i].map_name)
			labels[i].map = decoding_map(rules->config.decoding, type->guid.bytes,
						     configs[i].map_name);
}

static void find_maps(struct rules *rules, struct rule_binding *binding)
{
	const struct rule_config *config = binding->rule->config;

	find_maps_of(rules, binding->type, config->labels, config->label_count, binding->labels);
	if (binding->has_exemplar)
		find_maps_of(rules, binding->type, config->exemplar, config->exemplar_count,
			     binding->exemplar);
}

/* False: no memory. */
static bool add_binding(struct rules *rules, struct event_rules *to, struct rule *rule,
			enum rule_side side, const struct schema *schema)
{
	bool no_memory;
	struct rule_binding *binding =
		rule_binding_new(rule, side, to->type, schema, to->extraction, &no_memory);

	if (!binding)
		return !no_memory;
	find_maps(rules, binding);
	to->bindings[to->count++] = binding;
	return true;
}

/* The event that ends a pair may begin the next one, so ends come first. */
static bool add_bindings(struct rules *rules, struct event_rules *to, const struct schema *schema,
			 uint64_t revision)
{
	size_t i;

	for (i = 0; i < rules->list->count; i++) {
		struct rule *rule = rules->list->rules[i];

		if (rule->since < revision)
			continue;
		if (!add_binding(rules, to, rule, SIDE_END, schema))
			return false;
		if (rule->pairs && !add_binding(rules, to, rule, SIDE_START, schema))
			return false;
	}
	return true;
}

static bool has_since(const struct rules *rules, uint64_t revision)
{
	size_t i;

	for (i = 0; i < rules->list->count; i++)
		if (rules->list->rules[i]->since >= revision)
			return true;
	return false;
}

/* Of rules that came with this revision or later. */
static struct event_rules *bind(struct rules *rules, const struct event_type *type,
				const struct schema *schema, uint64_t revision)
{
	struct event_rules *bound = NULL;
	size_t i;

	if (has_since(rules, revision))
		bound = aligned_zeros(sizeof(*bound) +
				      2 * rules->list->count * sizeof(struct rule_binding *));
	if (!bound)
		return NULL;
	bound->type = type;
	bound->extraction = schema ? extraction_new(schema) : NULL;
	if ((schema && !bound->extraction) || !add_bindings(rules, bound, schema, revision) ||
	    !bound->count) {
		event_rules_free(bound);
		return NULL;
	}
	for (i = 0; i < bound->count; i++)
		rule_sharing_join(bound->bindings[i], &rules->next_id);
	bound->older = rules->bound;
	rules->bound = bound;
	return bound;
}

struct event_rules *rules_bind(struct rules *rules, const struct event_type *type,
			       const struct schema *schema)
{
	return bind(rules, type, schema, 0);
}

struct event_rules *rules_bind_more(struct rules *rules, const struct event_type *type,
				    struct event_rules *bound, uint64_t revision)
{
	struct event_rules *more = bind(rules, type, type->schema, revision + 1);
	struct event_rules **at = &bound;

	while (*at) {
		if ((*at)->count) {
			at = &(*at)->beside;
			continue;
		}
		(*at)->is_left = true;
		*at = (*at)->beside;
	}
	if (!more)
		return bound;
	more->beside = bound;
	return more;
}

/* After a payload that was as it should be. */
static bool find_layout(struct event_rules *bound)
{
	size_t i;

	if (!extraction_layout(bound->extraction, &bound->layout))
		return false;
	for (i = 0; i < bound->count; i++)
		if (!rule_binding_set_direct(bound->bindings[i]))
			return false;
	return true;
}

static enum payload_result extract(struct event_rules *bound, const struct event_record *record,
				   enum payload_result *fit)
{
	enum payload_result result = extraction_run(bound->extraction, record);

	*fit = extraction_fit(bound->extraction);
	/* What is direct is of the layout that fitted last. */
	if (*fit == PAYLOAD_OK && !bound->is_never_direct) {
		bound->is_direct = find_layout(bound);
		bound->is_never_direct = !bound->is_direct;
	}
	return result;
}

static inline enum payload_result count(struct rules *rules, struct event_rules *bound,
					struct event_view *view)
{
	enum payload_result result = PAYLOAD_OK, fit = PAYLOAD_OK;

	view->is_direct = bound->is_direct && fixed_layout_fits(&bound->layout, view->record);
	if (!view->is_direct && bound->extraction)
		result = extract(bound, view->record, &fit);
	rule_bindings_count(bound->bindings, bound->count, view, result, &rules->scratch);
	return fit;
}

enum payload_result rules_count(struct rules *rules, struct event_rules *bound,
				struct event_view *view)
{
	enum payload_result result, fit;

	view->session = rules->config.session;
	view->state = rules->list->state;
	rules->scratch.event++;
	result = count(rules, bound, view);
	while ((bound = bound->beside)) {
		fit = count(rules, bound, view);
		if (result == PAYLOAD_OK)
			result = fit;
	}
	return result;
}

/* A cell that was given up may come back as another series'. */
static void clear_caches(struct rules *rules, const struct rule *rule)
{
	struct event_rules *bound;
	size_t i;

	for (bound = rules->bound; bound; bound = bound->older)
		for (i = 0; i < bound->count; i++)
			if (bound->bindings[i]->rule == rule)
				series_cache_clear(bound->bindings[i]->cache);
}

void rules_expire(struct rules *rules, int64_t now_ns)
{
	size_t i;

	if (!rules->list->state ||
	    (now_ns >= rules->swept_ns && (uint64_t)now_ns - (uint64_t)rules->swept_ns < SWEEP_NS))
		return;
	rules->swept_ns = now_ns;
	for (i = 0; i < rules->list->count; i++) {
		struct rule *rule = rules->list->rules[i];

		if (rule->config->expire_ns &&
		    rule_expiry_sweep(&rule->expiry, rules->list->state, now_ns,
				      rule->config->expire_ns, rules->config.shard,
				      rule->family->family))
			clear_caches(rules, rule);
	}
}

void rules_end(struct rules *rules)
{
	size_t i;

	for (i = 0; i < rules->list->count; i++) {
		rules->list->rules[i]->pass++;
		if (rules->list->rules[i]->pairs)
			pairs_end(rules->list->rules[i]->pairs);
	}
}

const struct rule *rules_overflow_news(struct rules *rules)
{
	const struct rule *news = rules->scratch.overflow;

	rules->scratch.overflow = NULL;
	return news;
}

size_t rules_rule_count(const struct rules *rules)
{
	return rules->shown->count;
}

const struct rule *rules_rule(const struct rules *rules, size_t index)
{
	return rules->shown->rules[index];
}

const struct trace_state *rules_known_state(const struct rules *rules)
{
	return rules->shown->state;
}
