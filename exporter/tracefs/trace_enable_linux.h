/*
 * trace_enable: has an instance trace the events of a provider, with its filter.
 */
#ifndef EXPORTER_TRACEFS_TRACE_ENABLE_LINUX_H
#define EXPORTER_TRACEFS_TRACE_ENABLE_LINUX_H

#include "config/tracefs_config.h"
#include "exporter/base/error.h"
#include "exporter/log/log.h"
#include "exporter/system/stop.h"

struct trace_enabling {
	int directory;		  /* of the instance */
	const char *session;	  /* for the log */
	const char *probe_system; /* of the session's probes, which are there */
	struct log *log;
	const struct stop *stop; /* NULL: nothing ends it */
};

/*
 * Filters first, so that no event comes by without. A filter is set on each event that has its
 * fields, as the kernel does where one is written to a system: the other events are not filtered,
 * and a warning says so; one that fits no event is an error. 0; -1: see error.
 */
int trace_enable(const struct trace_enabling *enabling,
		 const struct trace_provider_config *provider, struct error *error);

#endif
