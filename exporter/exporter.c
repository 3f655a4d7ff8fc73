#include "exporter/exporter.h"

#include <stdlib.h>
#include <time.h>

#include "exporter/exporter_metrics.h"
#include "exporter/session_metrics.h"

struct exporter {
	struct registry *registry;
	struct event_families families;
	struct exporter_facts facts;
	struct sessions *sessions;
	struct metrics_page *page;
};

struct sessions *exporter_sessions(struct exporter *exporter)
{
	return exporter->sessions;
}

struct metrics_page *exporter_page(struct exporter *exporter)
{
	return exporter->page;
}

void exporter_free(struct exporter *exporter)
{
	if (!exporter)
		return;
	metrics_page_free(exporter->page);
	sessions_free(exporter->sessions);
	registry_free(exporter->registry);
	free(exporter);
}

static int make_registry(struct exporter *exporter, const struct config *config)
{
	const struct registry_limits limits = {
		.series = config->limits.series,
		.label_bytes = config->limits.label_bytes,
	};

	exporter->registry = registry_new(&limits);
	return exporter->registry ? event_families_add(&exporter->families, exporter->registry)
				  : -1;
}

static int make_page(struct exporter *exporter)
{
	const struct collector collectors[] = {
		{session_metrics_collect, exporter->sessions},
		{exporter_metrics_collect, &exporter->facts},
		{process_metrics_collect, NULL},
	};
	size_t i;

	exporter->page = metrics_page_new(exporter->registry);
	for (i = 0; exporter->page && i < sizeof(collectors) / sizeof(collectors[0]); i++)
		if (metrics_page_add(exporter->page, collectors[i]))
			return -1;
	return exporter->page ? 0 : -1;
}

static void set_facts(struct exporter_facts *facts, const struct config *config)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	facts->config_hash = config->hash;
	facts->config_loaded = true;
	facts->config_loaded_time = (double)now.tv_sec;
}

struct exporter *exporter_new(const struct config *config, struct log *log, struct error *error)
{
	struct exporter *exporter = calloc(1, sizeof(*exporter));
	struct session_context context;

	if (exporter && !make_registry(exporter, config)) {
		set_facts(&exporter->facts, config);
		context = (struct session_context){exporter->registry, &exporter->families,
						   &config->limits, log};
		exporter->sessions = sessions_new(config, &context);
		if (exporter->sessions && !make_page(exporter))
			return exporter;
	}
	error_set(error, "out of memory");
	exporter_free(exporter);
	return NULL;
}
