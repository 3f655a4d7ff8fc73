#include "exporter/rule/rule_set.h"

#include <stdio.h>
#include <stdlib.h>

#include "config/report.h"
#include "exporter/rule/match.h"
#include "exporter/rule/rule.h"

/* Of a session, or a pattern for one. */
#define NAME_SIZE 512

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

static void set_buckets(struct rule_family *rule)
{
	const struct buckets_config *buckets = &rule->config->buckets;

	rule->info.bounds = buckets->bounds;
	rule->info.bound_count = buckets->count;
	if (!buckets->has_native)
		return;
	rule->info.native = &rule->native;
	rule->native = (struct native_buckets){
		.schema = native_schema_of(buckets->native.factor),
		.max = buckets->native.max,
		.zero_threshold = buckets->native.zero_threshold > 0
					  ? buckets->native.zero_threshold
					  : NATIVE_ZERO_THRESHOLD,
		.negative = buckets->native.negative,
	};
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
	set_buckets(rule);
	rule->info.series_limit = config->limit;
	rule->info.exemplars = config->exemplar_count > 0;
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
	set->registry = registry;
	set->rules = calloc(config->rule_count + 1, sizeof(*set->rules));
	good = set->rules != NULL;
	for (i = 0; good && i < config->rule_count; i++) {
		set->rules[i].config = &config->rules[i];
		set->count++;
		good = add_family(&set->rules[i], registry);
	}
	if (good)
		return set;
	rule_set_release(set);
	rule_set_free(set);
	return NULL;
}

void rule_set_describe(const struct rule_set *set)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		registry_describe(set->registry, set->rules[i].family, &set->rules[i].info);
}

void rule_set_release(struct rule_set *set)
{
	size_t i;

	for (i = 0; !set->is_released && i < set->count; i++)
		if (set->rules[i].family)
			registry_release(set->registry, set->rules[i].family);
	set->is_released = true;
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

/* Whether a file's session, NAME/FILE, may be called so. */
static bool may_match_file(const char *pattern, const char *name)
{
	char start[NAME_SIZE], folder[NAME_SIZE];
	size_t i;

	snprintf(folder, sizeof(folder), "%s/", name);
	for (i = 0; pattern[i] && i + 1 < sizeof(start); i++) {
		start[i] = pattern[i];
		start[i + 1] = '\0';
		if ((pattern[i] == '/' || pattern[i] == '*') && match_glob(start, folder))
			return true;
	}
	return false;
}

/* The session that is meant, or one whose files only are sessions; NULL: there is none. */
static const struct session_config *find_session(const struct config *config, const char *pattern)
{
	const struct session_config *found = NULL;
	size_t i;

	for (i = 0; i < config->session_count; i++) {
		const struct session_config *session = &config->sessions[i];

		if (session->per_file && may_match_file(pattern, session->name))
			return session;
		if (!match_glob(pattern, session->name))
			continue;
		found = session;
		if (!session->per_file)
			break;
	}
	return found;
}

static void check_session(const struct config *config, const struct scalar_config *pattern,
			  const struct report *report)
{
	const struct session_config *session = find_session(config, pattern->text);
	struct quoted quoted;

	quote(&quoted, pattern->text);
	if (!session)
		report_warning(report, pattern->place, "no session is called %s", quoted.text);
	else if (session->per_file && !may_match_file(pattern->text, session->name))
		report_warning(report, pattern->place,
			       "with per_file the sessions of %s are called %s/FILE; all of them "
			       "are \"%s/*\"",
			       quoted.text, session->name, session->name);
}

/* A rule for sessions that there are not counts nothing. */
static void check_sessions(const struct config *config, const struct rule_config *rule,
			   struct problems *problems)
{
	const struct report report = {rule->file, problems};
	size_t i;

	for (i = 0; i < rule->sessions.count; i++)
		check_session(config, &rule->sessions.list[i], &report);
}

void rule_set_check(const struct config *config, struct problems *problems)
{
	bool sessions_are_known = config->session_count && !problems->errors;
	size_t i;

	for (i = 0; i < config->rule_count; i++) {
		if (sessions_are_known)
			check_sessions(config, &config->rules[i], problems);
		rule_free(rule_new(&config->rules[i], problems));
	}
}
