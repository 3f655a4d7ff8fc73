#include "exporter/rule/rule_metrics.h"

#include "exporter/rule/rules.h"

static const char *const rule_labels[] = {"session", "rule"};
static const char *const error_labels[] = {"session", "rule", "reason"};
static const char *const side_labels[] = {"session", "rule", "side"};
static const char *const name_labels[] = {"rule"};
static const char *const table_labels[] = {"session", "table"};

#define FAMILY(name_, help_, type_, labels_)                                            \
	{                                                                               \
		.name = (name_), .help = (help_), .type = (type_), .labels = (labels_), \
		.label_count = sizeof(labels_) / sizeof((labels_)[0]),                  \
	}

/* The number of one rule in one session. */
struct row {
	struct family_info info;
	bool pairs; /* only of rules that have them */
	uint64_t (*number)(const struct rule_health *health);
};

static uint64_t matched(const struct rule_health *health)
{
	return health_get(&health->matched);
}

static uint64_t pairs_matched(const struct rule_health *health)
{
	return health_get(&health->pairs.matched);
}

static uint64_t pairs_open(const struct rule_health *health)
{
	return health_get(&health->pairs.open);
}

static uint64_t pairs_expired(const struct rule_health *health)
{
	return health_get(&health->pairs.expired);
}

static const struct row rows[] = {
	{FAMILY("etw_rule_events_matched_total", "Events that a rule's match and where took.",
		METRIC_COUNTER, rule_labels),
	 false, matched},
	{FAMILY("etw_rule_pairs_matched_total", "Starts that found their ends.", METRIC_COUNTER,
		rule_labels),
	 true, pairs_matched},
	{FAMILY("etw_rule_pairs_open", "Starts that wait for their ends.", METRIC_GAUGE,
		rule_labels),
	 true, pairs_open},
	{FAMILY("etw_rule_pairs_expired_total", "Starts given up after the rule's timeout.",
		METRIC_COUNTER, rule_labels),
	 true, pairs_expired},
};

static const struct family_info errors_info =
	FAMILY("etw_rule_errors_total",
	       "Events, or labels of them, that a rule could not read, by what was wrong.",
	       METRIC_COUNTER, error_labels);

static const struct family_info unmatched_info =
	FAMILY("etw_rule_pairs_unmatched_total",
	       "Starts, and ends, that were given up without the other side.", METRIC_COUNTER,
	       side_labels);

/* Calls `sample` for every rule of every session. */
static void for_each(const struct sessions *sessions,
		     void (*sample)(struct exposition *exposition, const char *session,
				    const struct rule *rule, const struct row *row),
		     struct exposition *exposition, const struct row *row)
{
	size_t i, j;

	for (i = 0; i < sessions_count(sessions); i++) {
		const struct session *session = sessions_get(sessions, i);
		const struct rules *rules = session_rules(session);

		for (j = 0; rules && j < rules_rule_count(rules); j++)
			sample(exposition, session_config(session)->name, rules_rule(rules, j),
			       row);
	}
}

static void sample_row(struct exposition *exposition, const char *session, const struct rule *rule,
		       const struct row *row)
{
	const char *values[] = {session, rule->config->name};

	if (!row->pairs || rule->pairs)
		exposition_u64(exposition, values, row->number(&rule->health));
}

static void sample_errors(struct exposition *exposition, const char *session,
			  const struct rule *rule, const struct row *row)
{
	size_t i;

	(void)row;
	for (i = 0; i < RULE_ERROR_COUNT; i++) {
		const char *values[] = {session, rule->config->name,
					rule_error_name((enum rule_error)i)};

		exposition_u64(exposition, values, health_get(&rule->health.errors[i]));
	}
}

static void sample_unmatched(struct exposition *exposition, const char *session,
			     const struct rule *rule, const struct row *row)
{
	static const char *const sides[] = {[PAIR_START] = "start", [PAIR_END] = "end"};
	size_t i;

	(void)row;
	for (i = 0; rule->pairs && i < PAIR_SIDE_COUNT; i++) {
		const char *values[] = {session, rule->config->name, sides[i]};

		exposition_u64(exposition, values, health_get(&rule->health.pairs.unmatched[i]));
	}
}

static void collect_series(struct exposition *exposition, const struct rule_set *set)
{
	static const struct family_info series = FAMILY(
		"etw_rule_series", "Series that a rule has made.", METRIC_GAUGE, name_labels);
	static const struct family_info limit =
		FAMILY("etw_rule_series_limit", "Limit of the number of a rule's series (limit).",
		       METRIC_GAUGE, name_labels);
	size_t i;

	exposition_family(exposition, &series);
	for (i = 0; i < set->count; i++)
		exposition_u64(exposition, &set->rules[i].info.name,
			       family_series(set->rules[i].family));
	exposition_family(exposition, &limit);
	for (i = 0; i < set->count; i++)
		if (set->rules[i].info.series_limit)
			exposition_u64(exposition, &set->rules[i].info.name,
				       set->rules[i].info.series_limit);
}

static void sample_state(struct exposition *exposition, const struct session *session, bool refused)
{
	const struct rules *rules = session_rules(session);
	const struct trace_state *state = rules ? rules_known_state(rules) : NULL;
	int i;

	for (i = 0; state && i < STATE_TABLE_COUNT; i++) {
		const enum state_table table = (enum state_table)i;
		const char *values[] = {session_config(session)->name, state_table_name(table)};

		exposition_u64(exposition, values,
			       refused ? trace_state_refused(state, table)
				       : trace_state_entries(state, table));
	}
}

static void collect_state(struct exposition *exposition, const struct sessions *sessions)
{
	static const struct family_info entries =
		FAMILY("etw_session_state_entries",
		       "What is known of the trace's processes, threads, images and files.",
		       METRIC_GAUGE, table_labels);
	static const struct family_info refused =
		FAMILY("etw_session_state_refused_total",
		       "What was pushed out of these tables, or not taken, because they were full.",
		       METRIC_COUNTER, table_labels);
	size_t i;

	exposition_family(exposition, &entries);
	for (i = 0; i < sessions_count(sessions); i++)
		sample_state(exposition, sessions_get(sessions, i), false);
	exposition_family(exposition, &refused);
	for (i = 0; i < sessions_count(sessions); i++)
		sample_state(exposition, sessions_get(sessions, i), true);
}

void rule_metrics_collect(struct exposition *exposition, void *context)
{
	const struct sessions *sessions = context;
	size_t i;

	sessions_look(sessions);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		exposition_family(exposition, &rows[i].info);
		for_each(sessions, sample_row, exposition, &rows[i]);
	}
	exposition_family(exposition, &errors_info);
	for_each(sessions, sample_errors, exposition, NULL);
	exposition_family(exposition, &unmatched_info);
	for_each(sessions, sample_unmatched, exposition, NULL);
	collect_series(exposition, sessions_rules(sessions));
	collect_state(exposition, sessions);
	sessions_looked(sessions);
}
