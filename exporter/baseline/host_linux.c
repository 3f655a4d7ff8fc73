#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "exporter/baseline/host.h"

void host_look(struct baseline_host *host)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN), pages = sysconf(_SC_PHYS_PAGES);
	long page_bytes = sysconf(_SC_PAGESIZE);
	struct utsname names;

	*host = (struct baseline_host){0};
	host->cpus = cpus > 0 ? (uint32_t)cpus : 0;
	if (pages > 0 && page_bytes > 0)
		host->memory_bytes = (uint64_t)pages * (uint64_t)page_bytes;
	if (uname(&names))
		return;
	host->name = strdup(names.nodename);
	host->system = strdup(names.sysname);
	host->release = strdup(names.release);
}
