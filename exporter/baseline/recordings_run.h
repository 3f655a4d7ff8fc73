/*
 * recordings_run: a baseline's run of recordings: as they happened, whenever and wherever they are
 * read.
 *
 * Recordings of one machine, one after the other. Intervals are of the events' times, from the
 * first event on; where nothing was recorded for an interval or longer they begin anew behind that.
 * The same recordings give the same run on every machine. Of the main thread.
 */
#ifndef EXPORTER_BASELINE_RECORDINGS_RUN_H
#define EXPORTER_BASELINE_RECORDINGS_RUN_H

#include "config/config.h"
#include "exporter/baseline/baseline.h"
#include "exporter/log/log.h"

struct recordings_run {
	struct config *config; /* its sessions are not run; series are not forgotten any more */
	const char *session;   /* what the recordings' session is called */
	char **files;	       /* are sorted by time */
	size_t file_count;
	uint64_t interval_ns, queue_bytes;
	struct baseline_label *labels;
	size_t label_count;
	struct log *log;
};

/* Everything is borrowed. NULL: see error. */
struct baseline *recordings_run(const struct recordings_run *run, struct error *error);

#endif
