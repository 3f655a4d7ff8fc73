#include "exporter/rule/rule.h"

#include <stdlib.h>
#include <string.h>

const char *rule_error_name(enum rule_error error)
{
	static const char *const names[] = {
		[RULE_ERROR_SCHEMA] = "schema",	  [RULE_ERROR_FIELD] = "field",
		[RULE_ERROR_PAYLOAD] = "payload", [RULE_ERROR_VALUE] = "value",
		[RULE_ERROR_LABEL] = "label",	  [RULE_ERROR_TIME] = "time",
	};

	return names[error];
}

/* NULL: no memory; of what could not be compiled, which are problems, *good is unset. */
static struct label **compile_labels(const struct label_config *configs, size_t count,
				     const char *file, struct problems *problems, bool *good)
{
	struct label **labels = calloc(count + 1, sizeof(struct label *));
	size_t i;

	*good = *good && labels;
	for (i = 0; labels && i < count; i++) {
		labels[i] = label_new(&configs[i], file, problems);
		*good = *good && labels[i];
	}
	return labels;
}

static bool add_labels(struct rule *rule, struct problems *problems)
{
	const struct rule_config *config = rule->config;
	bool good = true;

	rule->labels =
		compile_labels(config->labels, config->label_count, config->file, problems, &good);
	rule->exemplar = compile_labels(config->exemplar, config->exemplar_count, config->file,
					problems, &good);
	return good;
}

static bool is_process(const char *path)
{
	return path && strcmp(path, "$process") == 0;
}

bool rule_label_is_process(const char *path, enum label_state state)
{
	return state == LABEL_PROCESS || state == LABEL_THREAD_PROCESS || is_process(path);
}

static bool check_expiry(const struct rule *rule, struct problems *problems)
{
	const struct rule_config *config = rule->config;
	size_t i;

	for (i = 0; i < config->label_count; i++)
		if (rule_label_is_process(config->labels[i].field.path,
					  label_state(rule->labels[i])))
			return true;
	if (config->expire_ns)
		problems_add(problems, config->file, config->place, false,
			     "expire needs a label that is a process ($process, as: process or "
			     "thread_process): series expire when their processes have ended");
	return !config->expire_ns;
}

static bool add_pairs(struct rule *rule)
{
	const struct pair_config *pair = &rule->config->pair;

	if (!pair->start_count)
		return true;
	rule->pairs = pairs_new(pair->limit, pair->timeout_ns, &rule->health.pairs);
	return rule->pairs != NULL;
}

struct rule *rule_new(const struct rule_config *config, struct problems *problems)
{
	struct rule *rule = calloc(1, sizeof(*rule));
	bool good;

	if (!rule)
		return NULL;
	rule->config = config;
	rule->where = condition_new(&config->where, config->file, problems);
	good = add_labels(rule, problems);
	if (rule->where && good && check_expiry(rule, problems) && add_pairs(rule))
		return rule;
	rule_free(rule);
	return NULL;
}

static void free_labels(struct label **labels, size_t count)
{
	size_t i;

	for (i = 0; labels && i < count; i++)
		label_free(labels[i]);
	free(labels);
}

void rule_free(struct rule *rule)
{
	if (!rule)
		return;
	free_labels(rule->labels, rule->config->label_count);
	free_labels(rule->exemplar, rule->config->exemplar_count);
	condition_free(rule->where);
	pairs_free(rule->pairs);
	rule_expiry_done(&rule->expiry);
	free(rule);
}

bool rule_only_counts(const struct rule_config *config)
{
	return config->type == RULE_COUNTER && !config->value.path && !config->pair.start_count &&
	       config->scale == 1;
}

bool rule_asks(const struct rule *rule, enum label_state state)
{
	size_t i;

	for (i = 0; i < rule->config->label_count; i++)
		if (label_state(rule->labels[i]) == state)
			return true;
	for (i = 0; i < rule->config->exemplar_count; i++)
		if (label_state(rule->exemplar[i]) == state)
			return true;
	for (i = 0; i < condition_leaf_count(rule->where); i++)
		if (condition_leaf_state(rule->where, i) == state)
			return true;
	return false;
}

bool rule_needs_state(const struct rule *rule)
{
	const struct rule_config *config = rule->config;
	size_t i;

	for (i = 0; i < config->label_count; i++)
		if (label_state(rule->labels[i]) != LABEL_PURE ||
		    is_process(config->labels[i].field.path))
			return true;
	for (i = 0; i < config->exemplar_count; i++)
		if (label_state(rule->exemplar[i]) != LABEL_PURE ||
		    is_process(config->exemplar[i].field.path))
			return true;
	for (i = 0; i < condition_leaf_count(rule->where); i++)
		if (condition_leaf_state(rule->where, i) != LABEL_PURE ||
		    is_process(condition_leaf(rule->where, i)->path))
			return true;
	for (i = 0; i < config->pair.key_count; i++)
		if (is_process(config->pair.keys[i].start) || is_process(config->pair.keys[i].end))
			return true;
	return is_process(config->value.path);
}
