#include "exporter/exporter.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "exporter/baseline/baseline_file.h"
#include "exporter/baseline/online.h"
#include "exporter/etw/system_sessions.h"
#include "exporter/exporter_metrics.h"
#include "exporter/decoder/manifest_files.h"
#include "exporter/rule/rule_metrics.h"
#include "exporter/session/session_metrics.h"

/*
 * A configuration and what was made of it. What goes on by an older one than the current keeps that
 * alive.
 */
struct generation {
	const struct config *config;
	struct config *owned; /* the same; NULL: it is borrowed */
	struct rule_set *rules;
	struct manifests *manifests; /* NULL: none are configured; others may have the same */
	uint64_t manifests_hash;
	struct generation *older;
};

struct exporter {
	struct registry *registry;
	struct event_families families;
	struct generation *current;
	struct exporter_facts facts;
	struct sessions *sessions;
	/* NULL: nobody asks for them, or the system has none that we know of. */
	_Atomic(struct system_sessions *) system;
	struct metrics_page *page;
	struct status *status;
	struct baseline_online *online; /* NULL: nobody asks for it */
	bool online_fails;		/* and that is logged */
};

struct sessions *exporter_sessions(struct exporter *exporter)
{
	return exporter->sessions;
}

struct metrics_page *exporter_page(struct exporter *exporter)
{
	return exporter->page;
}

struct status *exporter_status(struct exporter *exporter)
{
	return exporter->status;
}

int exporter_show_process(struct exporter *exporter)
{
	return metrics_page_add(exporter->page, (struct collector){process_metrics_collect, NULL});
}

static bool has_manifests(const struct generation *generation, const struct manifests *manifests)
{
	for (; generation; generation = generation->older)
		if (generation->manifests == manifests)
			return true;
	return false;
}

/* Takes it out of the list that begins with *first. */
static void generation_free(struct generation **first, struct generation *generation)
{
	struct generation **at = first;

	while (*at != generation)
		at = &(*at)->older;
	*at = generation->older;
	rule_set_free(generation->rules);
	if (!has_manifests(*first, generation->manifests))
		manifests_free(generation->manifests);
	config_free(generation->owned);
	free(generation);
}

void exporter_free(struct exporter *exporter)
{
	if (!exporter)
		return;
	status_free(exporter->status);
	metrics_page_free(exporter->page);
	baseline_online_free(exporter->online);
	system_sessions_free(exporter->system);
	sessions_free(exporter->sessions);
	registry_free(exporter->registry);
	while (exporter->current)
		generation_free(&exporter->current, exporter->current);
	free(exporter);
}

static struct registry_limits registry_limits_of(const struct config *config)
{
	return (struct registry_limits){
		.series = config->limits.series,
		.label_bytes = config->limits.label_bytes,
	};
}

static int make_registry(struct exporter *exporter, const struct config *config)
{
	const struct registry_limits limits = registry_limits_of(config);

	exporter->registry = registry_new(&limits);
	return exporter->registry ? event_families_add(&exporter->families, exporter->registry)
				  : -1;
}

/* A line for each manifest: the first of its problems. */
static void log_notes(struct log *log, const struct problems *notes)
{
	const char *file = NULL;
	char place[48];
	size_t i;

	for (i = 0; i < notes->count; i++) {
		const struct problem *note = &notes->list[i];

		if (file && strcmp(note->file, file) == 0)
			continue;
		file = note->file;
		snprintf(place, sizeof(place), "%zu:%zu", note->line, note->column);
		log_line(log, LOG_WARN,
			 "a manifest has problems, the first of which is this: what is wrong in it "
			 "is left out",
			 "file", file, "at", place, "problem", note->text, NULL);
	}
}

/* Files that say the same as before need not be read by all again. */
static int load_manifests(struct generation *generation, struct log *log, struct error *error)
{
	const struct config *config = generation->config;
	const struct generation *older = generation->older;
	struct problems notes;

	if (!config->manifest_count)
		return 0;
	problems_init(&notes);
	generation->manifests = manifest_files_load_hash(
		(const char *const *)config->manifests, config->manifest_count,
		&generation->manifests_hash, &notes, error);
	if (generation->manifests)
		log_notes(log, &notes);
	problems_done(&notes);
	if (!generation->manifests)
		return -1;
	if (older && older->manifests && older->manifests_hash == generation->manifests_hash) {
		manifests_free(generation->manifests);
		generation->manifests = older->manifests;
	}
	return 0;
}

/* It is the current one then. -1: see error, and nothing has changed. */
static int add_generation(struct exporter *exporter, const struct config *config,
			  struct error *error)
{
	struct generation *generation = calloc(1, sizeof(*generation));

	if (!generation)
		return error_set(error, "out of memory");
	generation->config = config;
	generation->older = exporter->current;
	exporter->current = generation;
	if (!load_manifests(generation, exporter->facts.log, error)) {
		generation->rules = rule_set_new(config, exporter->registry);
		if (generation->rules)
			return 0;
		error_set(error,
			  "out of memory, or there are more than %d metrics, with those "
			  "that were configured before",
			  REGISTRY_FAMILIES_MAX);
	}
	generation_free(&exporter->current, generation);
	return -1;
}

static void collect_system_sessions(struct exposition *exposition, void *context)
{
	struct exporter *exporter = context;

	system_sessions_collect(exposition, atomic_load(&exporter->system));
}

static int make_page(struct exporter *exporter)
{
	const struct collector collectors[] = {
		{session_metrics_collect, exporter->sessions},
		{collect_system_sessions, exporter},
		{rule_metrics_collect, exporter->sessions},
		{exporter_metrics_collect, &exporter->facts},
	};
	size_t i;

	exporter->page = metrics_page_new(exporter->registry);
	for (i = 0; exporter->page && i < sizeof(collectors) / sizeof(collectors[0]); i++)
		if (metrics_page_add(exporter->page, collectors[i]))
			return -1;
	return exporter->page ? 0 : -1;
}

static int make_status(struct exporter *exporter)
{
	const struct status_config config = {
		.sessions = exporter->sessions,
		.registry = exporter->registry,
		.events = exporter->families.events,
		.log = exporter->facts.log,
	};

	exporter->status = status_new(&config);
	return exporter->status ? 0 : -1;
}

static void set_facts(struct exporter *exporter, const struct config *config)
{
	const struct manifests *manifests = exporter->current->manifests;
	struct exporter_facts *facts = &exporter->facts;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	facts->config_hash = config->hash;
	facts->rules_hash = config_rules_hash(config);
	facts->manifests_flawed = manifests ? manifests_flawed(manifests) : 0;
	facts->config_loaded = true;
	facts->config_loaded_time = now.tv_sec;
}

/* Who only reads recordings does not ask the system about its sessions. */
static bool has_live_session(const struct config *config)
{
	size_t i;

	for (i = 0; i < config->session_count; i++)
		if (strcmp(config->sessions[i].source, "etw") == 0)
			return true;
	return false;
}

static void look_at_system(struct exporter *exporter, const struct config *config)
{
	if (!exporter->system && has_live_session(config))
		atomic_store(&exporter->system, system_sessions_new());
}

static struct session_context context_of(const struct exporter *exporter)
{
	const struct generation *generation = exporter->current;

	return (struct session_context){
		.registry = exporter->registry,
		.families = &exporter->families,
		.rules = generation->rules,
		.manifests = generation->manifests,
		.limits = &generation->config->limits,
		.log = exporter->facts.log,
	};
}

static int make(struct exporter *exporter, const struct config *config)
{
	struct session_context context = context_of(exporter);

	set_facts(exporter, config);
	exporter->sessions = sessions_new(config, &context);
	look_at_system(exporter, config);
	if (!exporter->sessions || make_page(exporter))
		return -1;
	return make_status(exporter);
}

static int fill(struct exporter *exporter, const struct config *config, struct error *error)
{
	if (make_registry(exporter, config))
		return error_set(error, "out of memory");
	if (add_generation(exporter, config, error))
		return -1;
	return make(exporter, config) ? error_set(error, "out of memory") : 0;
}

struct exporter *exporter_new(const struct config *config, struct log *log, struct error *error)
{
	struct exporter *exporter = calloc(1, sizeof(*exporter));

	if (!exporter) {
		error_set(error, "out of memory");
		return NULL;
	}
	exporter->facts.log = log;
	if (!fill(exporter, config, error))
		return exporter;
	exporter_free(exporter);
	return NULL;
}

/* Of a configuration; *baseline is NULL where it has none. -1: see error. */
static int read_baseline(const struct exporter *exporter, const struct config *config,
			 struct baseline **baseline, struct error *error)
{
	*baseline = NULL;
	if (!exporter->online || !config->baseline_file)
		return 0;
	*baseline = baseline_file_read(config->baseline_file, error);
	return *baseline ? 0 : -1;
}

/* Takes it, and frees it. -1: see error. */
static int use_baseline(struct exporter *exporter, struct baseline *baseline, struct error *error)
{
	char hash[17];
	int result = 0;

	snprintf(hash, sizeof(hash), "%016llx", (unsigned long long)exporter->facts.rules_hash);
	if (baseline && baseline->runs[0].configuration &&
	    strcmp(baseline->runs[0].configuration, hash) != 0)
		log_line(exporter->facts.log, LOG_WARN,
			 "the baseline was counted by other rules or limits: its series need not "
			 "mean the same",
			 "file", exporter->current->config->baseline_file, NULL);
	if (exporter->online)
		result = baseline_online_set(exporter->online, baseline, error);
	baseline_free(baseline);
	return result;
}

int exporter_show_baseline(struct exporter *exporter, struct error *error)
{
	struct baseline *baseline;

	exporter->online = baseline_online_new();
	if (!exporter->online ||
	    metrics_page_add(exporter->page,
			     (struct collector){baseline_online_collect, exporter->online}))
		return error_set(error, "out of memory");
	if (read_baseline(exporter, exporter->current->config, &baseline, error))
		return -1;
	return use_baseline(exporter, baseline, error);
}

void exporter_sample(struct exporter *exporter, int64_t now_ns)
{
	struct error error;
	bool fails;

	status_sample(exporter->status, now_ns);
	if (!exporter->online)
		return;
	fails = baseline_online_sample(exporter->online, exporter->page, now_ns, &error) != 0;
	if (fails && !exporter->online_fails)
		log_line(exporter->facts.log, LOG_ERROR, "cannot compare with the baseline",
			 "error", error.text, NULL);
	exporter->online_fails = fails;
}

void exporter_reload_failed(struct exporter *exporter, const struct error *error)
{
	atomic_store(&exporter->facts.config_loaded, false);
	log_line(exporter->facts.log, LOG_ERROR,
		 "the configuration is not reloaded, what runs goes on as it is", "error",
		 error->text, NULL);
}

static void log_news(struct log *log, const struct sessions_news *news, const struct config *config)
{
	char added[24], changed[24], removed[24], kept[24], rules[24];

	snprintf(added, sizeof(added), "%zu", news->added);
	snprintf(changed, sizeof(changed), "%zu", news->changed);
	snprintf(removed, sizeof(removed), "%zu", news->removed);
	snprintf(kept, sizeof(kept), "%zu", news->kept);
	snprintf(rules, sizeof(rules), "%zu", config->rule_count);
	log_line(log, LOG_INFO, "configuration reloaded", "sessions_added", added,
		 "sessions_changed", changed, "sessions_removed", removed, "sessions_kept", kept,
		 "rules", rules, NULL);
}

static void free_unused(struct exporter *exporter)
{
	struct generation *generation, *older;

	for (generation = exporter->current->older; generation; generation = older) {
		older = generation->older;
		if (!sessions_use(exporter->sessions, generation->config, generation->rules))
			generation_free(&exporter->current, generation);
	}
}

/* Sessions go by the new configuration, or (false) all go by the old one. */
static int go_over(struct exporter *exporter, struct sessions_news *news, struct error *error)
{
	struct session_context context = context_of(exporter);

	return sessions_reload(exporter->sessions, exporter->current->config, &context, news,
			       error);
}

static bool is_current(const struct exporter *exporter)
{
	return sessions_rules(exporter->sessions) == exporter->current->rules;
}

int exporter_reload(struct exporter *exporter, struct config *config, struct error *error)
{
	struct generation *before = exporter->current;
	struct sessions_news news;
	struct registry_limits limits;
	struct baseline *baseline;
	int result;

	if (read_baseline(exporter, config, &baseline, error) ||
	    add_generation(exporter, config, error)) {
		baseline_free(baseline);
		config_free(config);
		return -1;
	}
	exporter->current->owned = config;
	limits = registry_limits_of(config);
	registry_set_limits(exporter->registry, &limits);
	result = go_over(exporter, &news, error);
	if (!is_current(exporter)) {
		limits = registry_limits_of(before->config);
		registry_set_limits(exporter->registry, &limits);
		rule_set_release(exporter->current->rules);
		generation_free(&exporter->current, exporter->current);
		baseline_free(baseline);
		return -1;
	}
	look_at_system(exporter, config);
	rule_set_describe(exporter->current->rules);
	rule_set_release(before->rules);
	free_unused(exporter);
	if (result) {
		baseline_free(baseline);
		return -1;
	}
	set_facts(exporter, config);
	if (use_baseline(exporter, baseline, error))
		return -1;
	log_news(exporter->facts.log, &news, config);
	return 0;
}
