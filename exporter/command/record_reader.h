/*
 * record_reader: reads a recording, to its end or until it is enough, and hands its records out,
 * one after the other.
 *
 * Reads in a thread of its own; the records come on the caller's.
 */
#ifndef EXPORTER_COMMAND_RECORD_READER_H
#define EXPORTER_COMMAND_RECORD_READER_H

#include <stdbool.h>

#include "exporter/base/error.h"
#include "exporter/record/event_record.h"
#include "exporter/aggregator/recording.h"

/* Everything is borrowed for the call. False: it is enough, and no more is read of the file. */
typedef bool record_reader_take(void *context, const struct recording *recording,
				const struct event_record *record);

/*
 * One file. With `learn` all records come twice, where it can be read twice: at first with
 * recording->is_learning. -1: see error; what came before that has been handed out.
 */
int record_reader_run(char *path, bool learn, record_reader_take *take, void *context,
		      struct error *error);

#endif
