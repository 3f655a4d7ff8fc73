/* /api/v1/status: times are Unix seconds, null is what is not known. */
#include <time.h>

#include "exporter/command/json.h"
#include "exporter/rule/rules.h"
#include "exporter/status/status_private.h"
#include "metrics/labels_read.h"

#define NS_PER_SECOND 1e9
#define TOP_EVENTS    20
#define LABEL_BYTES   (64 << 10)

static void add_rate(struct text *json, const char *key, double rate)
{
	json_key(json, key);
	rate_json(rate, json);
}

static void add_seconds(struct text *json, const char *key, const _Atomic int64_t *ns)
{
	int64_t value = atomic_load(ns);

	add_rate(json, key, value == NO_TIME ? NAN : (double)value / NS_PER_SECOND);
}

static void add_history(struct text *json, const struct rate_history *history, uint64_t steps)
{
	add_rate(json, "rate", rate_history_last(history, steps));
	json_key(json, "rates");
	rate_history_json(history, steps, json);
}

static uint64_t sum(const _Atomic uint64_t *numbers, size_t count)
{
	uint64_t all = 0;
	size_t i;

	for (i = 0; i < count; i++)
		all += health_get(&numbers[i]);
	return all;
}

static void add_queue(struct text *json, const struct trace_queue *queue)
{
	json_u64(json, "queue_bytes", trace_queue_depth(queue));
	json_u64(json, "queue_peak_bytes", trace_queue_peak(queue));
	json_u64(json, "queue_capacity_bytes", trace_queue_capacity(queue));
}

static void add_losses(struct text *json, const struct session_health *health)
{
	json_u64(json, "events_lost", health_get(&health->events_lost));
	json_u64(json, "buffers_lost", health_get(&health->buffers_lost));
	json_u64(json, "events_dropped", health_get(&health->events_dropped));
	json_u64(json, "loss_signs", sum(health->loss_signs, LOSS_SIGN_COUNT));
	json_u64(json, "malformed", sum(health->malformed, MALFORMED_COUNT));
}

static void add_session(struct text *json, const struct status *status, size_t index)
{
	const struct session *session = sessions_get(status->config.sessions, index);
	const struct session_health *health = session_health(session);

	json_next(json);
	text_char(json, '{');
	json_string(json, "name", session_config(session)->name);
	json_string(json, "source", session_config(session)->source);
	json_string(json, "state", session_state_name(session_state(session)));
	json_string(json, "verdict", verdict_name(status_session_verdict(status, index)));
	json_u64(json, "events", health_get(&health->events));
	if (index < status->session_count && status->sessions[index].session == session)
		add_history(json, &status->sessions[index].rates, status->steps);
	add_seconds(json, "start_time", &health->start_time);
	add_seconds(json, "last_event_time", &health->last_event_time);
	add_seconds(json, "lag_seconds", &health->lag_ns);
	add_queue(json, session_queue(session));
	add_losses(json, health);
	json_bool(json, "losing", status_session_is_losing(status, index));
	json_u64(json, "restarts", health_get(&health->restarts));
	text_char(json, '}');
}

static void add_sessions(struct text *json, const struct status *status)
{
	size_t count = sessions_count(status->config.sessions), i;

	json_key(json, "sessions");
	text_char(json, '[');
	for (i = 0; i < count; i++)
		add_session(json, status, i);
	text_char(json, ']');
}

/* The labels of a series as members. */
static void add_labels(struct text *json, const char *labels, size_t length)
{
	const char *end = labels + length;
	struct label_text label;
	struct text value;

	text_init(&value, LABEL_BYTES);
	while (labels_next(&labels, end, &label)) {
		if (json->length && json->bytes[json->length - 1] != '{')
			text_char(json, ',');
		text_json_bytes(json, label.name, label.name_length);
		text_char(json, ':');
		text_clear(&value);
		labels_value(&value, &label);
		text_json_bytes(json, value.bytes ? value.bytes : "", value.length);
	}
	text_done(&value);
}

static void add_event(struct text *json, const struct event_row *row, uint64_t steps)
{
	json_next(json);
	text_char(json, '{');
	add_labels(json, row->labels, row->length);
	json_u64(json, "count", row->count);
	add_history(json, &row->history, steps);
	text_char(json, '}');
}

static void add_events(struct text *json, const struct status *status)
{
	const struct event_row *rows[TOP_EVENTS];
	size_t count = event_history_top(status->events, rows, TOP_EVENTS), i;

	json_u64(json, "event_types", event_history_types(status->events));
	json_u64(json, "event_types_left_out", event_history_types_left_out(status->events));
	json_key(json, "busiest_events");
	text_char(json, '[');
	for (i = 0; i < count; i++)
		add_event(json, rows[i], status->steps);
	text_char(json, ']');
}

/* What a rule has done in all sessions that it is for. */
struct rule_sums {
	uint64_t events; /* of these sessions */
	uint64_t matched, errors;
	bool pairs;
	uint64_t open, paired, alone;
};

static void add_up(struct rule_sums *sums, const struct session *session, const struct rule *rule)
{
	const struct rule_health *health = &rule->health;

	sums->events += health_get(&session_health(session)->events);
	sums->matched += health_get(&health->matched);
	sums->errors += sum(health->errors, RULE_ERROR_COUNT);
	sums->pairs |= rule->pairs != NULL;
	sums->open += health_get(&health->pairs.open);
	sums->paired += health_get(&health->pairs.matched);
	sums->alone +=
		health_get(&health->pairs.expired) + sum(health->pairs.unmatched, PAIR_SIDE_COUNT);
}

static struct rule_sums sum_up(const struct sessions *sessions, const struct rule_config *config)
{
	struct rule_sums sums = {0};
	size_t i, j;

	for (i = 0; i < sessions_count(sessions); i++) {
		const struct session *session = sessions_get(sessions, i);
		const struct rules *rules = session_rules(session);

		for (j = 0; rules && j < rules_rule_count(rules); j++)
			if (strcmp(rules_rule(rules, j)->config->name, config->name) == 0)
				add_up(&sums, session, rules_rule(rules, j));
	}
	return sums;
}

static void add_rule(struct text *json, const struct status *status, const struct rule_family *rule)
{
	const struct rule_sums sums = sum_up(status->config.sessions, rule->config);

	json_next(json);
	text_char(json, '{');
	json_string(json, "name", rule->info.name);
	json_string(json, "help", rule->info.help);
	json_u64(json, "events_matched", sums.matched);
	add_rate(json, "share", sums.events ? (double)sums.matched / (double)sums.events : NAN);
	json_u64(json, "errors", sums.errors);
	/* The only series of a family without labels is not counted as one. */
	json_u64(json, "series", rule->info.label_count ? family_series(rule->family) : 1);
	if (rule->info.series_limit)
		json_u64(json, "series_limit", rule->info.series_limit);
	json_u64(json, "overflow", family_overflow_count(status->config.registry, rule->family));
	if (sums.pairs) {
		json_u64(json, "pairs_open", sums.open);
		json_u64(json, "pairs_matched", sums.paired);
		json_u64(json, "pairs_given_up", sums.alone);
	}
	text_char(json, '}');
}

static void add_rules(struct text *json, const struct status *status)
{
	const struct rule_set *set = sessions_rules(status->config.sessions);
	size_t i;

	json_key(json, "rules");
	text_char(json, '[');
	for (i = 0; i < set->count; i++)
		add_rule(json, status, &set->rules[i]);
	text_char(json, ']');
}

static void add_exporter(struct text *json, const struct status *status)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	json_string(json, "version", exporter_version());
	json_string(json, "revision", exporter_revision());
	json_key(json, "time");
	text_double(json, (double)now.tv_sec + (double)now.tv_nsec / NS_PER_SECOND);
	json_key(json, "start_time");
	text_double(json, (double)status->start_time);
	json_u64(json, "series", registry_series(status->config.registry));
	json_u64(json, "series_limit", registry_series_limit(status->config.registry));
	json_u64(json, "step_seconds", RATE_STEP_SECONDS);
	json_u64(json, "steps", RATE_STEPS);
}

static void add_verdict(struct text *json, const struct status *status)
{
	struct text why;
	enum verdict verdict;

	text_init(&why, 256);
	verdict = status_verdict(status, &why);
	json_string(json, "verdict", verdict_name(verdict));
	json_key(json, "summary");
	text_json_bytes(json, why.bytes ? why.bytes : "", why.length);
	text_done(&why);
}

void status_json(void *context, struct text *json)
{
	struct status *status = context;

	text_char(json, '{');
	add_exporter(json, status);
	pthread_mutex_lock(&status->lock);
	sessions_look(status->config.sessions);
	add_verdict(json, status);
	add_sessions(json, status);
	add_events(json, status);
	add_rules(json, status);
	sessions_looked(status->config.sessions);
	pthread_mutex_unlock(&status->lock);
	json_u64(json, "warnings_total", log_warnings(status->config.log));
	json_key(json, "warnings");
	log_recent_warnings(status->config.log, json);
	text_string(json, "}\n");
}
