#include "exporter/rule_set.h"

#include <stdlib.h>

#include "exporter/match.h"
#include "exporter/rule.h"

static const char *const error_labels[] = {"session", "provider", "event_id", "event", "reason"};

static const struct family_info errors_info = {
	.name = "etw_decode_errors_total",
	.help = "Events whose payload is not as their schema says; they are counted all the same.",
	.type = METRIC_COUNTER,
	.labels = error_labels,
	.label_count = sizeof(error_labels) / sizeof(error_labels[0]),
};

static enum metric_type metric_type(enum rule_type type)
{
	static const enum metric_type types[] = {
		[RULE_COUNTER] = METRIC_COUNTER,
		[RULE_GAUGE] = METRIC_GAUGE,
		[RULE_HISTOGRAM] = METRIC_HISTOGRAM,
	};

	return types[type];
}

/* Times between starts and ends are nanoseconds on the way. */
static double unit(const struct rule_config *rule)
{
	return rule->pair.start_count && !rule->value.path ? 1e-9 : rule->scale;
}

static bool add_family(struct rule_family *rule, struct registry *registry)
{
	const struct rule_config *config = rule->config;
	const char **labels = calloc(config->label_count + 1, sizeof(*labels));
	size_t i;

	rule->info.labels = labels;
	if (!labels)
		return false;
	for (i = 0; i < config->label_count; i++)
		labels[i] = config->labels[i].name;
	rule->info.name = config->name;
	rule->info.help = config->help;
	rule->info.type = metric_type(config->type);
	rule->info.label_count = config->label_count;
	rule->info.number = rule_only_counts(config) ? NUMBER_U64 : NUMBER_F64;
	rule->info.scale = metric_scale(unit(config));
	rule->info.bounds = config->buckets.bounds;
	rule->info.bound_count = config->buckets.count;
	rule->info.series_limit = config->limit;
	rule->family = registry_family(registry, &rule->info);
	return rule->family != NULL;
}

struct rule_set *rule_set_new(const struct config *config, struct registry *registry)
{
	struct rule_set *set = calloc(1, sizeof(*set));
	bool good;
	size_t i;

	if (!set)
		return NULL;
	set->rules = calloc(config->rule_count + 1, sizeof(*set->rules));
	good = set->rules != NULL;
	if (good && config->rule_count) {
		set->decode_errors = registry_family(registry, &errors_info);
		good = set->decode_errors != NULL;
	}
	for (i = 0; good && i < config->rule_count; i++) {
		set->rules[i].config = &config->rules[i];
		set->count++;
		good = add_family(&set->rules[i], registry);
	}
	if (good)
		return set;
	rule_set_free(set);
	return NULL;
}

static void free_labels(const struct family_info *info)
{
	union {
		const char *const *borrowed;
		void *owned;
	} labels = {info->labels};

	free(labels.owned);
}

void rule_set_free(struct rule_set *set)
{
	size_t i;

	if (!set)
		return;
	for (i = 0; i < set->count; i++)
		free_labels(&set->rules[i].info);
	free(set->rules);
	free(set);
}

bool rule_is_for(const struct rule_config *rule, const char *session)
{
	size_t i;

	for (i = 0; i < rule->sessions.count; i++)
		if (match_glob(rule->sessions.list[i].text, session))
			return true;
	return rule->sessions.count == 0;
}

void rule_set_check(const struct config *config, struct problems *problems)
{
	size_t i;

	for (i = 0; i < config->rule_count; i++)
		rule_free(rule_new(&config->rules[i], problems));
}
