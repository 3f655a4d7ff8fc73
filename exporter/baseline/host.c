#include "exporter/baseline/host.h"

#include <stdlib.h>

void host_done(struct baseline_host *host)
{
	free(host->name);
	free(host->system);
	free(host->release);
}
