#include "exporter/exporter.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "exporter/etw/system_sessions.h"
#include "exporter/exporter_metrics.h"
#include "exporter/manifest_files.h"
#include "exporter/rule_metrics.h"
#include "exporter/session_metrics.h"

struct exporter {
	struct registry *registry;
	struct event_families families;
	struct rule_set *rules;
	struct manifests *manifests; /* NULL: none are configured */
	struct exporter_facts facts;
	struct sessions *sessions;
	struct system_sessions *system; /* NULL: the system has none that we know of */
	struct rule_numbers rule_numbers;
	struct metrics_page *page;
	struct status *status;
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

void exporter_free(struct exporter *exporter)
{
	if (!exporter)
		return;
	status_free(exporter->status);
	metrics_page_free(exporter->page);
	system_sessions_free(exporter->system);
	sessions_free(exporter->sessions);
	registry_free(exporter->registry);
	rule_set_free(exporter->rules);
	manifests_free(exporter->manifests);
	free(exporter);
}

static int make_registry(struct exporter *exporter, const struct config *config)
{
	const struct registry_limits limits = {
		.series = config->limits.series,
		.label_bytes = config->limits.label_bytes,
	};

	exporter->registry = registry_new(&limits);
	if (!exporter->registry || event_families_add(&exporter->families, exporter->registry))
		return -1;
	exporter->rules = rule_set_new(config, exporter->registry);
	return exporter->rules ? 0 : -1;
}

static int load_manifests(struct exporter *exporter, const struct config *config,
			  struct error *error)
{
	if (!config->manifest_count)
		return 0;
	exporter->manifests = manifest_files_load((const char *const *)config->manifests,
						  config->manifest_count, error);
	return exporter->manifests ? 0 : -1;
}

static int make_page(struct exporter *exporter)
{
	const struct collector collectors[] = {
		{session_metrics_collect, exporter->sessions},
		{system_sessions_collect, exporter->system},
		{rule_metrics_collect, &exporter->rule_numbers},
		{exporter_metrics_collect, &exporter->facts},
	};
	size_t i;

	exporter->rule_numbers = (struct rule_numbers){exporter->rules, exporter->sessions};
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
		.rules = exporter->rules,
		.registry = exporter->registry,
		.events = exporter->families.events,
		.facts = &exporter->facts,
		.log = exporter->facts.log,
	};

	exporter->status = status_new(&config);
	return exporter->status ? 0 : -1;
}

static void set_facts(struct exporter_facts *facts, const struct config *config)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	facts->config_hash = config->hash;
	facts->config_loaded = true;
	facts->config_loaded_time = (double)now.tv_sec;
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

static int make(struct exporter *exporter, const struct config *config, struct log *log)
{
	struct session_context context;

	if (make_registry(exporter, config))
		return -1;
	set_facts(&exporter->facts, config);
	exporter->facts.log = log;
	context = (struct session_context){
		.registry = exporter->registry,
		.families = &exporter->families,
		.rules = exporter->rules,
		.manifests = exporter->manifests,
		.limits = &config->limits,
		.log = log,
	};
	exporter->sessions = sessions_new(config, &context);
	if (has_live_session(config))
		exporter->system = system_sessions_new();
	if (!exporter->sessions || make_page(exporter))
		return -1;
	return make_status(exporter);
}

struct exporter *exporter_new(const struct config *config, struct log *log, struct error *error)
{
	struct exporter *exporter = calloc(1, sizeof(*exporter));

	if (exporter && load_manifests(exporter, config, error)) {
		exporter_free(exporter);
		return NULL;
	}
	if (exporter && !make(exporter, config, log))
		return exporter;
	error_set(error, "out of memory");
	exporter_free(exporter);
	return NULL;
}
