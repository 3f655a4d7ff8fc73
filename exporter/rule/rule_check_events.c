/* Which known events a rule takes. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/nearest.h"
#include "exporter/rule/match.h"
#include "exporter/rule/rule_check_private.h"

#define NEAR_IDS 5

const struct match_config *rule_side_matches(const struct rule_config *rule, enum rule_side side,
					     size_t *count)
{
	*count = side == SIDE_START ? rule->pair.start_count : rule->match_count;
	return side == SIDE_START ? rule->pair.starts : rule->matches;
}

/* A match's providers; where a start names none, those of the rule, one match after the other. */
struct rule_providers {
	const struct match_config *matches;
	size_t match_count;
};

static struct rule_providers side_providers(const struct rule_config *rule,
					    const struct match_config *match)
{
	if (match->providers.count)
		return (struct rule_providers){match, 1};
	return (struct rule_providers){rule->matches, rule->match_count};
}

bool rule_provider_is_inherited(const struct rule_config *rule,
				const struct scalar_config *provider)
{
	size_t i, j;

	for (i = 0; i < rule->match_count; i++)
		for (j = 0; j < rule->matches[i].providers.count; j++) {
			struct place place = rule->matches[i].providers.list[j].place;

			if (place.line == provider->place.line &&
			    place.column == provider->place.column)
				return true;
		}
	return false;
}

static bool is_glob(const char *text)
{
	return strpbrk(text, "*?[") != NULL;
}

static bool is_of(const struct rule_providers *providers, const struct event_type *type)
{
	size_t i;

	for (i = 0; i < providers->match_count; i++)
		if (match_type_provider(&providers->matches[i], type))
			return true;
	return false;
}

static bool has_number(const struct scalar_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->list[i].is_number)
			return true;
	return false;
}

/* Of manifest events the numbers of opcode and task are not known. */
static bool may_match(const struct match_config *match, const struct catalogue_entry *entry)
{
	struct match_config loose = *match;

	loose.providers.count = 0;
	if (entry->type.encoding == ENCODING_MANIFEST) {
		if (has_number(&loose.opcodes))
			loose.opcodes.count = 0;
		if (has_number(&loose.tasks))
			loose.tasks.count = 0;
	}
	return match_type(&loose, &entry->type, entry->schema);
}

/* How many of the providers' events there are, and which of them the match takes. */
struct taken {
	size_t of_provider, matched;
};

static struct taken take(struct rule_check *check, const struct match_config *match,
			 struct rule_events *events)
{
	struct rule_providers providers = side_providers(check->rule, match);
	const struct catalogue_entry *entry, *last = NULL;
	struct taken taken = {0};
	bool ours = false;
	size_t i;

	for (i = 0; i < catalogue_count(check->catalogue); i++, last = entry) {
		entry = catalogue_at(check->catalogue, i);
		if (!last || !guid_equal(&entry->type.guid, &last->type.guid) ||
		    strcmp(entry->type.provider, last->type.provider) != 0)
			ours = is_of(&providers, &entry->type);
		if (!ours)
			continue;
		taken.of_provider++;
		if (!may_match(match, entry))
			continue;
		taken.matched++;
		if (!events->taken[i])
			events->list[events->count++] = entry;
		events->taken[i] = true;
	}
	return taken;
}

static void say_provider(struct rule_check *check, const struct scalar_config *provider,
			 enum catalogue_knowledge knowledge)
{
	const char *near;
	struct quoted quoted, other;

	quote(&quoted, provider->text);
	if (knowledge == CATALOGUE_NAME) {
		rule_check_note(check,
				"the provider %s is in no manifest: its fields are looked "
				"for in the trace",
				quoted.text);
		return;
	}
	near = is_glob(provider->text) ? NULL : catalogue_nearest(check->catalogue, provider->text);
	if (near)
		report_warning(&check->report, provider->place,
			       "no provider is known to be called %s; did you mean %s?",
			       quoted.text, quote(&other, near));
	else
		rule_check_note(check,
				"the provider %s is in no manifest, no class of the kernel "
				"and none of the events that live sessions have: what it "
				"has is looked for in the trace (TraceLogging, "
				"EventSource)",
				quoted.text);
}

/* Whether all events of the match's providers are known. */
static bool check_providers(struct rule_check *check, const struct match_config *match,
			    bool is_start)
{
	bool known = match->providers.count > 0;
	size_t i;

	for (i = 0; i < match->providers.count; i++) {
		const struct scalar_config *provider = &match->providers.list[i];
		enum catalogue_knowledge knowledge = catalogue_provider(check->catalogue, provider);

		if (knowledge != CATALOGUE_EVENTS &&
		    !(is_start && rule_provider_is_inherited(check->rule, provider)))
			say_provider(check, provider, knowledge);
		known = known && knowledge == CATALOGUE_EVENTS && !is_glob(provider->text);
	}
	return known;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/* The IDs of the match's providers that are nearest to one, ascending. */
struct near_ids {
	uint64_t id;
	uint64_t list[NEAR_IDS];
	size_t count;
	bool found; /* it is one of them itself */
};

static void add_near(struct near_ids *near, uint64_t id)
{
	size_t i, worst = 0;

	near->found = near->found || id == near->id;
	for (i = 0; i < near->count; i++) {
		if (near->list[i] == id)
			return;
		if (distance(near->list[i], near->id) > distance(near->list[worst], near->id))
			worst = i;
	}
	if (near->count < NEAR_IDS)
		near->list[near->count++] = id;
	else if (distance(id, near->id) < distance(near->list[worst], near->id))
		near->list[worst] = id;
}

static int compare_ids(const void *a, const void *b)
{
	uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;

	return (one > other) - (one < other);
}

static void find_near(struct rule_check *check, const struct match_config *match,
		      struct near_ids *near)
{
	struct rule_providers providers = side_providers(check->rule, match);
	size_t i;

	for (i = 0; i < catalogue_count(check->catalogue); i++) {
		const struct event_type *type = &catalogue_at(check->catalogue, i)->type;

		if (is_of(&providers, type))
			add_near(near, event_type_id(type));
	}
	qsort(near->list, near->count, sizeof(near->list[0]), compare_ids);
}

/* Whether all IDs of the match are ones that its providers have. */
static bool check_ids(struct rule_check *check, const struct match_config *match)
{
	bool known = true;
	size_t i, j;

	for (i = 0; i < match->ids.count; i++) {
		const struct scalar_config *id = &match->ids.list[i];
		struct near_ids near = {.id = id->magnitude};
		char list[NEAR_IDS * 24] = "";
		size_t used = 0;

		find_near(check, match, &near);
		if (near.found)
			continue;
		known = false;
		for (j = 0; j < near.count; j++)
			used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%" PRIu64,
						 j ? ", " : "", near.list[j]);
		report_warning(&check->report, id->place,
			       "no event %s is known of this provider; nearest are %s", id->text,
			       list);
	}
	return known;
}

struct event_names_of {
	struct rule_check *check;
	struct rule_providers providers;
};

static const char *event_name_at(size_t index, const void *context)
{
	const struct event_names_of *names = context;
	const struct catalogue *catalogue = names->check->catalogue;
	const struct event_type *type;

	if (index >= catalogue_count(catalogue))
		return NULL;
	type = &catalogue_at(catalogue, index)->type;
	return is_of(&names->providers, type) ? type->event : "";
}

static bool is_named(const struct event_names_of *names, const char *pattern)
{
	const char *name;
	size_t i;

	for (i = 0; (name = event_name_at(i, names)); i++)
		if (name[0] && match_glob(pattern, name))
			return true;
	return false;
}

/* Whether each name of the match is one of an event. */
static bool check_names(struct rule_check *check, const struct match_config *match)
{
	const struct event_names_of names = {check, side_providers(check->rule, match)};
	struct quoted quoted, other;
	bool known = true;
	size_t i, near;

	for (i = 0; i < match->names.count; i++) {
		const struct scalar_config *name = &match->names.list[i];

		if (is_named(&names, name->text))
			continue;
		known = false;
		near = nearest(name->text, event_name_at, &names);
		if (near == NEAREST_NONE)
			report_warning(&check->report, name->place,
				       "no event called %s is known of this provider",
				       quote(&quoted, name->text));
		else
			report_warning(&check->report, name->place,
				       "no event called %s is known of this provider; did you mean "
				       "%s?",
				       quote(&quoted, name->text),
				       quote(&other, event_name_at(near, &names)));
	}
	return known;
}

/* Whether the match's providers are such that no event of them can be unknown. */
static bool is_closed(struct rule_check *check, const struct match_config *match,
		      const struct rule_events *events)
{
	bool is_start = events == &check->events[SIDE_START];

	if (match->providers.count)
		return check_providers(check, match, is_start);
	return is_start && !check->events[SIDE_END].open;
}

static void check_match(struct rule_check *check, const struct match_config *match,
			struct rule_events *events)
{
	struct taken taken = take(check, match, events);
	bool known;

	if (!is_closed(check, match, events)) {
		events->open = true;
		return;
	}
	known = check_ids(check, match);
	known = check_names(check, match) && known;
	if (!known)
		events->open = true;
	else if (!taken.matched)
		report_warning(&check->report, match->place,
			       "of the %zu known events of this provider none is as this match "
			       "wants it",
			       taken.of_provider);
}

int rule_check_events(struct rule_check *check)
{
	const struct match_config *matches;
	size_t side, i, count;

	for (side = 0; side < 2; side++) {
		struct rule_events *events = &check->events[side];

		events->list = calloc(catalogue_count(check->catalogue) + 1, sizeof(*events->list));
		events->taken =
			calloc(catalogue_count(check->catalogue) + 1, sizeof(*events->taken));
		if (!events->list || !events->taken)
			return -1;
		matches = rule_side_matches(check->rule, (enum rule_side)side, &count);
		for (i = 0; i < count; i++)
			check_match(check, &matches[i], events);
	}
	return 0;
}
