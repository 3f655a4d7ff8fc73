/*
 * exporter_metrics: what the exporter tells about itself: build, configuration, process.
 */
#ifndef EXPORTER_EXPORTER_METRICS_H
#define EXPORTER_EXPORTER_METRICS_H

#include <stdbool.h>
#include <stdint.h>

#include "exporter/log.h"
#include "metrics/exposition.h"

/* Written before the first page is rendered. */
struct exporter_facts {
	uint64_t config_hash;
	bool config_loaded;
	double config_loaded_time; /* Unix seconds */
	struct log *log;
};

/* A collector; `facts` is a struct exporter_facts. */
void exporter_metrics_collect(struct exposition *exposition, void *facts);

/* exporter/process.c: a collector of the process_* metrics; no context. */
void process_metrics_collect(struct exposition *exposition, void *context);

/* "0.1.0", and the commit it was built from. */
const char *exporter_version(void);
const char *exporter_revision(void);

#endif
