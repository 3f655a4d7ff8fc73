/*
 * processes: which process a PID meant from when to when, and whether processes of a name live.
 *
 * Owned and used by one thread.
 */
#ifndef EXPORTER_STATE_PROCESSES_H
#define EXPORTER_STATE_PROCESSES_H

#include "exporter/state/names.h"
#include "exporter/state/spans.h"

/* Of the processes of one name. */
struct life {
	uint32_t living;
	bool was_process; /* else the name is of something else */
	int64_t ended_ns; /* the last that ended; INT64_MIN: none */
};

struct processes {
	struct spans spans; /* of PIDs, their values are ids of names */
	const struct names *names;
	struct life *lives; /* by id of name */
	size_t life_count;
	const struct span_key *changing; /* its spans are not in `lives` just now */
	int64_t newest_ns;
};

/* It must not move after that. -1: no memory. */
int processes_init(struct processes *processes, size_t limit, const struct names *names,
		   struct table_counts *counts);
void processes_done(struct processes *processes);

void processes_learn(struct processes *processes, enum span_news news, uint32_t pid,
		     int64_t time_ns, uint32_t name_id);

/* The id of the process's name; NAME_UNKNOWN. */
static inline uint32_t processes_name(const struct processes *processes, uint32_t pid,
				      int64_t time_ns)
{
	const struct span *span =
		spans_find(&processes->spans, (struct span_key){.id = pid}, time_ns);

	return span ? span->value : NAME_UNKNOWN;
}

/* A name that never was a process's lives: nothing says that it does not. */
bool processes_name_lives(const struct processes *processes, uint32_t name_id, int64_t *since);

#endif
