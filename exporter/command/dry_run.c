#include "exporter/command/dry_run.h"

#include <stdlib.h>
#include <string.h>

#include "config/paths.h"
#include "exporter/system/clock_ns.h"
#include "exporter/command/operand.h"
#include "exporter/session/session.h"

#define QUEUE_BYTES ((uint64_t)8 << 20)
/* What fewer events cost cannot be told from noise. */
#define COST_EVENTS_MIN 1000
#define COST_ROUNDS	3
#define COST_ROUNDS_MAX 20
#define COST_RULE_NS	((uint64_t)300000000)
/* After that, no rule is begun with: large recordings take long. */
#define COST_BUDGET_NS ((uint64_t)10 * 1000000000)

/* One reading of all files with some of the rules. */
struct reading {
	const struct dry_run *run;
	struct config config; /* with those rules */
	struct registry *registry;
	struct event_families families;
	struct rule_set *set;
	struct dry_rule *rules; /* NULL: only the time is wanted */
	uint64_t cpu_ns, events;
	size_t failed;
};

static int reading_open(struct reading *reading)
{
	const struct registry_limits limits = {
		.series = reading->config.limits.series,
		.label_bytes = reading->config.limits.label_bytes,
	};

	reading->registry = registry_new(&limits);
	if (!reading->registry || event_families_add(&reading->families, reading->registry))
		return -1;
	reading->set = rule_set_new(&reading->config, reading->registry);
	return reading->set ? 0 : -1;
}

static void reading_close(struct reading *reading)
{
	registry_free(reading->registry);
	rule_set_free(reading->set);
}

static void add_health(struct dry_rule *to, const struct rule_health *health)
{
	size_t i;

	to->matched += health_get(&health->matched);
	for (i = 0; i < RULE_ERROR_COUNT; i++)
		to->errors[i] += health_get(&health->errors[i]);
	to->pairs_matched += health_get(&health->pairs.matched);
	to->pairs_expired += health_get(&health->pairs.expired);
	for (i = 0; i < PAIR_SIDE_COUNT; i++)
		to->pairs_unmatched[i] += health_get(&health->pairs.unmatched[i]);
}

static void take_results(struct reading *reading, const struct session *session)
{
	const struct rules *rules = session_rules(session);
	size_t i;

	reading->events += health_get(&session_health(session)->events);
	for (i = 0; reading->rules && rules && i < rules_rule_count(rules); i++)
		add_health(&reading->rules[i], &rules_rule(rules, i)->health);
}

/* What a session takes for a pattern or a directory is one file here, or an error. */
static int check_file(const char *path, struct error *error)
{
	if (path_is_stdin(path))
		return error_set(error, "cannot check against standard input: it can be read only "
					"once; write it to a file");
	return operand_check_file(path, "check against", error);
}

static int run_session(struct reading *reading, struct session *session, struct error *error)
{
	uint64_t begin = clock_ns(CLOCK_PROCESS_CPUTIME_ID);

	if (session_start(session, error))
		return -1;
	session_join(session, NULL);
	reading->cpu_ns += clock_ns(CLOCK_PROCESS_CPUTIME_ID) - begin;
	if (session_state(session) != SESSION_FINISHED)
		return error_set(error, "%s", session_failure(session)->text);
	take_results(reading, session);
	return 0;
}

static int read_file(struct reading *reading, char *path, struct error *error)
{
	static char name[] = "check", source[] = "etl";
	const struct session_config config = {.name = name,
					      .source = source,
					      .paths = &path,
					      .path_count = 1,
					      .queue_bytes = QUEUE_BYTES};
	const struct limits_config limits = {
		.event_types = reading->config.limits.event_types,
		.files = 1,
	};
	const struct session_context context = {
		.registry = reading->registry,
		.families = &reading->families,
		.rules = reading->set,
		.manifests = reading->run->manifests,
		.limits = &limits,
	};
	struct session *session;
	int result;

	if (check_file(path, error))
		return -1;
	session = session_new(&config, &context, error);
	if (!session)
		return -1;
	result = run_session(reading, session, error);
	session_free(session);
	return result;
}

static void take_series(struct reading *reading)
{
	size_t i;

	for (i = 0; reading->rules && i < reading->set->count; i++) {
		const struct family *family = reading->set->rules[i].family;

		/* The one series of a rule without labels is not counted to any limit. */
		reading->rules[i].series = reading->set->rules[i].info.label_count
						   ? family_series(family)
						   : reading->rules[i].matched > 0;
		reading->rules[i].overflow = family_overflow_count(reading->registry, family);
	}
}

/* -1: no memory. */
static int read_all(struct reading *reading, bool tell)
{
	struct error error;
	size_t i;

	if (reading_open(reading)) {
		reading_close(reading);
		return -1;
	}
	for (i = 0; i < reading->run->file_count; i++) {
		if (!read_file(reading, reading->run->files[i], &error))
			continue;
		reading->failed++;
		if (tell)
			reading->run->failed(&error);
	}
	take_series(reading);
	reading_close(reading);
	return 0;
}

/* Lowers *least to the CPU time of a reading with one rule. False: no memory. */
static bool time_rule(const struct dry_run *run, struct rule_config *rule, uint64_t *least)
{
	struct reading reading = {.run = run, .config = *run->config};

	reading.config.rules = rule;
	reading.config.rule_count = 1;
	if (read_all(&reading, false))
		return false;
	if (reading.cpu_ns < *least)
		*least = reading.cpu_ns;
	return true;
}

/* The same matches, but for a name that no event has. NULL: no memory. */
static struct match_config *never(const struct match_config *matches, size_t count)
{
	static char text[] = "\x01";
	static struct scalar_config name = {.text = text};
	struct match_config *copies = calloc(count + 1, sizeof(*copies));
	size_t i;

	for (i = 0; copies && i < count; i++) {
		copies[i] = matches[i];
		copies[i].names = (struct scalar_list){&name, 1};
	}
	return copies;
}

/*
 * Of a rule and one like it that takes nothing, in turn: what they ask of the trace, which is
 * learnt for all rules together, is not to be charged to one. The least of many is the least
 * disturbed.
 */
static void measure_rule(const struct dry_run *run, struct rule_config *rule,
			 struct dry_rule *result)
{
	struct rule_config idle = *rule;
	uint64_t begin = clock_ns(CLOCK_MONOTONIC), idle_ns = UINT64_MAX, busy_ns = UINT64_MAX;
	bool good;
	int i;

	idle.matches = never(rule->matches, rule->match_count);
	idle.pair.starts = never(rule->pair.starts, rule->pair.start_count);
	good = idle.matches && idle.pair.starts;
	for (i = 0; good && i < COST_ROUNDS_MAX; i++) {
		if (i >= COST_ROUNDS && clock_ns(CLOCK_MONOTONIC) - begin > COST_RULE_NS)
			break;
		good = time_rule(run, &idle, &idle_ns) && time_rule(run, rule, &busy_ns);
	}
	free(idle.matches);
	free(idle.pair.starts);
	if (good && busy_ns > idle_ns)
		result->cost_ns = (double)(busy_ns - idle_ns) / (double)result->matched;
}

/* From `begin` on, as long as the budget lasts. */
static void measure(const struct dry_run *run, struct rule_config *rules, struct dry_result *result,
		    uint64_t begin)
{
	size_t i;

	for (i = 0; i < run->config->rule_count; i++)
		if (result->rules[i].matched >= COST_EVENTS_MIN &&
		    clock_ns(CLOCK_MONOTONIC) - begin < COST_BUDGET_NS)
			measure_rule(run, &rules[i], &result->rules[i]);
}

/* The rules, for whatever session they are. */
static struct rule_config *rules_of_any(const struct config *config)
{
	struct rule_config *rules = calloc(config->rule_count + 1, sizeof(*rules));
	size_t i;

	for (i = 0; rules && i < config->rule_count; i++) {
		rules[i] = config->rules[i];
		rules[i].sessions.count = 0;
	}
	return rules;
}

int dry_run(const struct dry_run *run, struct dry_result *result, struct error *error)
{
	struct rule_config *rules = rules_of_any(run->config);
	struct reading reading = {.run = run, .config = *run->config};
	uint64_t begin = clock_ns(CLOCK_MONOTONIC);
	size_t i;

	*result = (struct dry_result){
		.rules = calloc(run->config->rule_count + 1, sizeof(*result->rules)),
	};
	for (i = 0; result->rules && i < run->config->rule_count; i++)
		result->rules[i].cost_ns = -1;
	reading.config.rules = rules;
	reading.rules = result->rules;
	if (!rules || !result->rules || read_all(&reading, true)) {
		free(rules);
		return error_set(error, "cannot try the rules: out of memory");
	}
	result->events = reading.events;
	result->failed = reading.failed;
	if (result->failed < run->file_count)
		measure(run, rules, result, begin);
	free(rules);
	return 0;
}
