/* The rules of a session, and what they want all together. */
#include <stdlib.h>
#include <string.h>

#include "exporter/decoder/kernel_classes.h"
#include "exporter/rule/rules_private.h"

static bool says_the_same(const struct rule_config *a, const struct rule_config *b)
{
	return a->said && b->said && strcmp(a->said, b->said) == 0;
}

static struct rule *find_same(const struct rule_list *list, const struct rule_family *family)
{
	size_t i;

	for (i = 0; list && i < list->count; i++)
		if (list->rules[i]->family->family == family->family &&
		    says_the_same(list->rules[i]->config, family->config))
			return list->rules[i];
	return NULL;
}

static struct rule *make_rule(const struct rule_family *family)
{
	struct problems problems;
	struct rule *rule;

	problems_init(&problems);
	rule = rule_new(family->config, &problems);
	problems_done(&problems);
	if (rule)
		rule->family = family;
	return rule;
}

static bool add_rules(struct rule_list *list, const struct rule_set *set, const char *session,
		      const struct rule_list *old)
{
	size_t i;

	for (i = 0; i < set->count; i++) {
		const struct rule_family *family = &set->rules[i];
		struct rule *rule;

		if (!rule_is_for(family->config, session))
			continue;
		rule = find_same(old, family);
		if (!rule)
			rule = make_rule(family);
		if (!rule)
			return false;
		list->rules[list->count++] = rule;
	}
	return true;
}

static bool add_state(struct rule_list *list, const struct rule_list *old)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		if (!rule_needs_state(list->rules[i]))
			continue;
		list->state = old && old->state ? old->state : trace_state_new(NULL);
		return list->state != NULL;
	}
	return true;
}

struct rule_list *rule_list_new(const struct rule_set *set, const char *session,
				const struct rule_list *old)
{
	struct rule_list *list = calloc(1, sizeof(*list) + set->count * sizeof(struct rule *));

	if (!list)
		return NULL;
	if (add_rules(list, set, session, old) && add_state(list, old))
		return list;
	rule_list_free(list, old);
	return NULL;
}

bool rule_list_has(const struct rule_list *list, const struct rule *rule)
{
	size_t i;

	for (i = 0; list && i < list->count; i++)
		if (list->rules[i] == rule)
			return true;
	return false;
}

void rule_list_free(struct rule_list *list, const struct rule_list *other)
{
	size_t i;

	if (!list)
		return;
	for (i = 0; i < list->count; i++)
		if (!rule_list_has(other, list->rules[i]))
			rule_free(list->rules[i]);
	if (!other || other->state != list->state)
		trace_state_free(list->state);
	free(list);
}

static bool is_known(const struct manifests *manifests, const char *provider)
{
	return kernel_class_is_named(provider) ||
	       (manifests && manifests_has_provider(manifests, provider));
}

/* By the name alone: a pattern or a GUID is not looked up. */
static bool knows_providers(const struct manifests *manifests, const struct match_config *match)
{
	size_t i;

	for (i = 0; i < match->providers.count; i++)
		if (!is_known(manifests, match->providers.list[i].text))
			return false;
	return true;
}

static bool knows_events(const struct manifests *manifests, const struct rule_config *rule)
{
	size_t i;

	for (i = 0; i < rule->match_count; i++)
		if (!knows_providers(manifests, &rule->matches[i]))
			return false;
	for (i = 0; i < rule->pair.start_count; i++)
		if (!knows_providers(manifests, &rule->pair.starts[i]))
			return false;
	return true;
}

bool rule_list_wants_learning(const struct rule_list *list, const struct manifests *manifests)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (!knows_events(manifests, list->rules[i]->config))
			return true;
	return list->state != NULL;
}

bool rule_list_wants_order(const struct rule_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->rules[i]->config->pair.start_count ||
		    list->rules[i]->config->type == RULE_GAUGE)
			return true;
	return false;
}
