/*
 * source: where a session's events come from.
 *
 * A source type is one row of the table in sources.c. A source is used by its session's thread
 * alone: open, run (again where it failed and the session is to be kept alive), close. It takes
 * buffers from the queue, fills them and puts them back; it decodes nothing.
 */
#ifndef EXPORTER_SOURCE_H
#define EXPORTER_SOURCE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "config/config.h"
#include "exporter/base/error.h"
#include "exporter/log/log.h"
#include "exporter/session/session_health.h"
#include "exporter/system/stop.h"
#include "exporter/session/trace_buffer.h"

/* What the session's rules want of it, which may change while it runs. Set by any thread. */
struct source_wants {
	atomic_bool learn; /* what can be read twice is to be, first for what it says of itself */
	atomic_bool order; /* events of all processors in order: see trace_buffer.h */
	atomic_bool sort;  /* likewise, also of what seems to be in order as it is */
};

/* What a source works with; all borrowed. */
struct source_context {
	const struct session_config *config;
	const struct limits_config *limits;
	struct trace_queue *queue;
	struct session_health *health;
	struct stop *stop;
	struct log *log;
	const struct source_wants *wants; /* looked at for each recording or round of reading */
};

struct source_type {
	const char *name; /* as in the configuration */
	/*
	 * It does not end by itself; where it fails it is tried again. What it traces has to be
	 * made first: run() sets health->state to SESSION_RUNNING once it is there.
	 */
	bool is_live;
	/* NULL: see error. */
	void *(*open)(const struct source_context *context, struct error *error);
	/* Until the end, the stop (both 0) or a failure (-1). */
	int (*run)(void *source, struct error *error);
	void (*close)(void *source);
};

/* A row for each type that this system has, NULL behind the last: sources_linux.c and so on. */
extern const struct source_type *const source_types[];

/* NULL: this system has no such type. */
const struct source_type *source_type_find(const char *name);

/* Says why there is none of that name, and which system it takes. -1. */
int source_type_missing(const char *name, struct error *error);

/* source/etl.c: recordings that are read to their end; source/etl_follow.c: ones still written. */
extern const struct source_type etl_source;
/* source/tracefs_linux.c */
extern const struct source_type tracefs_source;
/* source/etw_windows.c */
extern const struct source_type etw_source;

#endif
