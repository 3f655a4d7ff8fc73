#include "exporter/rules.h"

#include <stdio.h>
#include <stdlib.h>

#include "exporter/aligned.h"
#include "exporter/kernel_classes.h"
#include "exporter/rule_sharing.h"
#include "metrics/siphash.h"

#define LABEL_BYTES_MAX ((size_t)1 << 20)
#define SWEEP_NS	((uint64_t)1000000000) /* between looks for expired series */

struct event_rules {
	struct extraction *extraction; /* NULL: no schema is known, or no field is needed */
	struct fixed_layout layout;    /* where is_direct */
	bool is_direct;
	bool is_never_direct;
	struct event_rules *older; /* of the session */
	const struct event_type *type;
	size_t count;
	struct rule_binding *bindings[];
};

struct rules {
	struct rules_config config;
	struct rule **rules;
	size_t count;
	struct trace_state *state;
	struct event_rules *bound; /* newest first */
	uint64_t next_id;
	int64_t swept_ns; /* when expired series were looked for last */
	struct rule_scratch scratch;
	struct text values[RULE_LABELS_MAX];
};

static bool add_rules(struct rules *rules)
{
	const struct rule_set *set = rules->config.set;
	struct problems problems;
	bool good = true;
	size_t i;

	rules->rules = calloc(set->count + 1, sizeof(struct rule *));
	problems_init(&problems);
	for (i = 0; rules->rules && good && i < set->count; i++) {
		const struct rule_family *family = &set->rules[i];
		struct rule *rule;

		if (!rule_is_for(family->config, rules->config.session))
			continue;
		rule = rule_new(family->config, &problems);
		good = rule != NULL;
		if (rule) {
			rule->family = family;
			rules->rules[rules->count++] = rule;
		}
	}
	problems_done(&problems);
	return rules->rules && good;
}

static bool add_state(struct rules *rules)
{
	size_t i;

	for (i = 0; i < rules->count; i++) {
		if (!rule_needs_state(rules->rules[i]))
			continue;
		rules->state = trace_state_new(NULL);
		return rules->state != NULL;
	}
	return true;
}

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
	if (add_rules(rules) && add_state(rules))
		return rules;
	rules_free(rules);
	return NULL;
}

static void event_rules_free(struct event_rules *event_rules)
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
	for (i = 0; i < rules->count; i++)
		rule_free(rules->rules[i]);
	free(rules->rules);
	trace_state_free(rules->state);
	rule_key_done(&rules->scratch.key);
	rule_key_done(&rules->scratch.pair_key);
	rule_key_done(&rules->scratch.other);
	for (i = 0; i < RULE_LABELS_MAX; i++)
		text_done(&rules->values[i]);
	free(rules);
}

struct trace_state *rules_state(struct rules *rules)
{
	return rules->state;
}

void rules_look_at_machine(struct rules *rules, struct log *log)
{
	bool symbols = false;
	size_t i;

	for (i = 0; i < rules->count; i++)
		symbols = symbols || rule_asks(rules->rules[i], LABEL_SYMBOL);
	if (rules->state)
		trace_state_look_at_machine(rules->state, symbols, log, rules->config.session);
}

static bool is_known(const struct rules *rules, const char *provider)
{
	return kernel_class_is_named(provider) ||
	       (rules->config.manifests &&
		manifests_has_provider(rules->config.manifests, provider));
}

/* By the name alone: a pattern or a GUID is not looked up. */
static bool knows_providers(const struct rules *rules, const struct match_config *match)
{
	size_t i;

	for (i = 0; i < match->providers.count; i++)
		if (!is_known(rules, match->providers.list[i].text))
			return false;
	return true;
}

static bool knows_events(const struct rules *rules, const struct rule_config *rule)
{
	size_t i;

	for (i = 0; i < rule->match_count; i++)
		if (!knows_providers(rules, &rule->matches[i]))
			return false;
	for (i = 0; i < rule->pair.start_count; i++)
		if (!knows_providers(rules, &rule->pair.starts[i]))
			return false;
	return true;
}

bool rules_want_learning(const struct rules *rules)
{
	size_t i;

	for (i = 0; i < rules->count; i++)
		if (!knows_events(rules, rules->rules[i]->config))
			return true;
	return rules->state != NULL;
}

bool rules_want_order(const struct rules *rules)
{
	size_t i;

	for (i = 0; i < rules->count; i++)
		if (rules->rules[i]->config->pair.start_count ||
		    rules->rules[i]->config->type == RULE_GAUGE)
			return true;
	return false;
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
static bool add_bindings(struct rules *rules, struct event_rules *to, const struct schema *schema)
{
	size_t i;

	for (i = 0; i < rules->count; i++) {
		struct rule *rule = rules->rules[i];

		if (!add_binding(rules, to, rule, SIDE_END, schema))
			return false;
		if (rule->pairs && !add_binding(rules, to, rule, SIDE_START, schema))
			return false;
	}
	return true;
}

struct event_rules *rules_bind(struct rules *rules, const struct event_type *type,
			       const struct schema *schema)
{
	struct event_rules *bound =
		aligned_zeros(sizeof(*bound) + 2 * rules->count * sizeof(struct rule_binding *));
	size_t i;

	if (!bound)
		return NULL;
	bound->type = type;
	bound->extraction = schema ? extraction_new(schema) : NULL;
	if ((schema && !bound->extraction) || !add_bindings(rules, bound, schema) ||
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

enum payload_result rules_count(struct rules *rules, struct event_rules *bound,
				struct event_view *view)
{
	enum payload_result result = PAYLOAD_OK, fit = PAYLOAD_OK;

	view->session = rules->config.session;
	view->state = rules->state;
	rules->scratch.event++;
	view->is_direct = bound->is_direct && fixed_layout_fits(&bound->layout, view->record);
	if (!view->is_direct && bound->extraction)
		result = extract(bound, view->record, &fit);
	rule_bindings_count(bound->bindings, bound->count, view, result, &rules->scratch);
	return fit;
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

	if (!rules->state ||
	    (now_ns >= rules->swept_ns && (uint64_t)now_ns - (uint64_t)rules->swept_ns < SWEEP_NS))
		return;
	rules->swept_ns = now_ns;
	for (i = 0; i < rules->count; i++) {
		struct rule *rule = rules->rules[i];

		if (rule->config->expire_ns &&
		    rule_expiry_sweep(&rule->expiry, rules->state, now_ns, rule->config->expire_ns,
				      rules->config.shard, rule->family->family))
			clear_caches(rules, rule);
	}
}

void rules_end(struct rules *rules)
{
	size_t i;

	for (i = 0; i < rules->count; i++) {
		rules->rules[i]->pass++;
		if (rules->rules[i]->pairs)
			pairs_end(rules->rules[i]->pairs);
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
	return rules->count;
}

const struct rule *rules_rule(const struct rules *rules, size_t index)
{
	return rules->rules[index];
}

const struct trace_state *rules_known_state(const struct rules *rules)
{
	return rules->state;
}
