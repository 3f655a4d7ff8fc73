#include "config/tracefs_config.h"

#include <stdlib.h>

#include "config/scalar_reader.h"

static void provider_done(struct trace_provider_config *provider)
{
	free(provider->name);
	scalar_list_done(&provider->events);
	free(provider->filter);
	scalar_list_done(&provider->pids);
	free(provider->probe.name);
	free(provider->probe.binary);
	free(provider->probe.symbol);
	free(provider->probe.arguments);
}

void tracefs_config_done(struct tracefs_config *config)
{
	size_t i;

	for (i = 0; i < config->provider_count; i++)
		provider_done(&config->providers[i]);
	free(config->providers);
	free(config->clock);
	free(config->cpus.words);
	scalar_list_done(&config->pids);
}
