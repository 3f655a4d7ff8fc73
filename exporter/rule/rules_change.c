/* Other rules for a session that goes on. */
#include <stdlib.h>
#include <string.h>

#include "exporter/rule/rules_private.h"

struct rules_change {
	struct rule_list *from, *to;
	bool is_made;
};

struct rules_change *rules_change_new(const struct rules *rules, const struct rule_set *set)
{
	struct rules_change *change = calloc(1, sizeof(*change));

	if (!change)
		return NULL;
	change->from = rules->list;
	change->to = rule_list_new(set, rules->config.session, rules->list);
	if (change->to)
		return change;
	free(change);
	return NULL;
}

bool rules_change_is_one(const struct rules_change *change)
{
	size_t i;

	if (change->from->count != change->to->count)
		return true;
	for (i = 0; i < change->to->count; i++)
		if (change->from->rules[i] != change->to->rules[i])
			return true;
	return false;
}

/* What is left stays in its order. */
static void drop_bindings(struct event_rules *bound, const struct rule_list *list)
{
	size_t kept = 0, i;

	for (i = 0; i < bound->count; i++) {
		if (rule_list_has(list, bound->bindings[i]->rule))
			bound->bindings[kept++] = bound->bindings[i];
		else
			rule_binding_free(bound->bindings[i]);
	}
	bound->count = kept;
}

/* Before any rule is freed: bindings know theirs. */
static void drop_all_bindings(struct rules *rules, const struct rule_list *list)
{
	struct event_rules **at = &rules->bound, *bound;

	while ((bound = *at)) {
		if (bound->is_left) {
			*at = bound->older;
			event_rules_free(bound);
			continue;
		}
		drop_bindings(bound, list);
		at = &bound->older;
	}
}

static void copy_number(_Atomic uint64_t *to, const _Atomic uint64_t *from)
{
	atomic_store_explicit(to, atomic_load_explicit(from, memory_order_relaxed),
			      memory_order_relaxed);
}

/* Numbers that grow do not begin anew where a rule of the name goes on. */
static void inherit_health(struct rule_health *to, const struct rule_health *from)
{
	size_t i;

	copy_number(&to->matched, &from->matched);
	for (i = 0; i < RULE_ERROR_COUNT; i++)
		copy_number(&to->errors[i], &from->errors[i]);
	copy_number(&to->pairs.matched, &from->pairs.matched);
	copy_number(&to->pairs.expired, &from->pairs.expired);
	for (i = 0; i < PAIR_SIDE_COUNT; i++)
		copy_number(&to->pairs.unmatched[i], &from->pairs.unmatched[i]);
}

/* The series are the same, so what is known of their processes is, too. */
static void inherit_series(struct rule *to, struct rule *from)
{
	if (to->family->family != from->family->family)
		return;
	to->pass = from->pass;
	to->overflowed = from->overflowed;
	if (to->config->expire_ns)
		rule_expiry_move(&to->expiry, &from->expiry);
}

static struct rule *find_named(const struct rule_list *list, const char *name)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (strcmp(list->rules[i]->config->name, name) == 0)
			return list->rules[i];
	return NULL;
}

static bool has_family(const struct rule_list *list, const struct family *family)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->rules[i]->family->family == family)
			return true;
	return false;
}

/* What waits for its other side waits in vain. */
static void end_rule(struct rule *gone, const struct rule_list *to, struct shard *shard)
{
	struct rule *heir = find_named(to, gone->config->name);

	if (gone->pairs)
		pairs_end(gone->pairs);
	if (heir) {
		inherit_health(&heir->health, &gone->health);
		inherit_series(heir, gone);
	}
	if (!has_family(to, gone->family->family))
		shard_retire_family(shard, gone->family->family);
}

void rules_change_make(struct rules_change *change, struct rules *rules)
{
	const struct rule_list *from = change->from, *to = change->to;
	size_t i;

	drop_all_bindings(rules, to);
	rules->revision++;
	for (i = 0; i < to->count; i++)
		if (!rule_list_has(from, to->rules[i]))
			to->rules[i]->since = rules->revision;
	for (i = 0; i < from->count; i++)
		if (!rule_list_has(to, from->rules[i]))
			end_rule(from->rules[i], to, rules->config.shard);
	rules->list = change->to;
	rules->scratch.overflow = NULL;
	change->is_made = true;
}

void rules_succeed(struct rules *rules, struct rules *before)
{
	const struct rule_list *none = &(struct rule_list){0};
	size_t i;

	for (i = 0; i < before->list->count; i++) {
		struct rule *gone = before->list->rules[i];

		/* What it knew of processes ends with it. */
		rule_expiry_forget_names(&gone->expiry);
		end_rule(gone, rules ? rules->list : none, before->config.shard);
	}
}

void rules_change_publish(struct rules_change *change, struct rules *rules)
{
	rules->shown = change->to;
}

void rules_change_free(struct rules_change *change)
{
	if (!change)
		return;
	if (change->is_made)
		rule_list_free(change->from, change->to);
	else
		rule_list_free(change->to, change->from);
	free(change);
}

bool rules_use(const struct rules *rules, const struct rule_set *set)
{
	const struct rule_list *list = rules->shown;
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->rules[i]->family >= set->rules &&
		    list->rules[i]->family < set->rules + set->count)
			return true;
	return false;
}
