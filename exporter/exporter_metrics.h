/*
 * exporter_metrics: what the exporter tells about itself: build, configuration, process.
 */
#ifndef EXPORTER_EXPORTER_METRICS_H
#define EXPORTER_EXPORTER_METRICS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "exporter/log/log.h"
#include "metrics/exposition.h"

/* Written by the main thread, read by any. */
struct exporter_facts {
	_Atomic uint64_t config_hash;
	_Atomic uint64_t rules_hash;	    /* config_rules_hash() */
	atomic_bool config_loaded;	    /* the last attempt */
	_Atomic int64_t config_loaded_time; /* Unix seconds; of the last success */
	_Atomic uint64_t manifests_flawed;
	struct log *log;
};

/* A collector; `facts` is a struct exporter_facts. */
void exporter_metrics_collect(struct exposition *exposition, void *facts);

/* exporter/system/process.c: a collector of the process_* metrics; no context. */
void process_metrics_collect(struct exposition *exposition, void *context);

/* "0.1.0", the commit it was built from, and the day of that, as 2026-01-31. */
const char *exporter_version(void);
const char *exporter_revision(void);
const char *exporter_date(void);

#endif
