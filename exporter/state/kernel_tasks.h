/*
 * kernel_tasks: the tasks of a Linux kernel, by what its trace says of them, and of a live session
 * by what /proc says at first sight.
 *
 * A task has a TID and a name of its own, its comm; it is of a thread group, whose number (what is
 * called PID outside the kernel) is the TID of the group's leader. A process is called as its
 * leader is. Uses the tables that processes and threads of other systems are in, in which a name
 * has a span of time: numbers are used again. Owned and used by one thread.
 */
#ifndef EXPORTER_STATE_KERNEL_TASKS_H
#define EXPORTER_STATE_KERNEL_TASKS_H

#include "exporter/state/kept_names.h"
#include "exporter/state/lookups.h"
#include "exporter/state/processes.h"
#include "exporter/state/task_events.h"
#include "metrics/text.h"

struct kernel_tasks {
	struct names *names;	     /* this and the next four are the trace_state's */
	struct processes *processes; /* by TGID */
	struct spans *threads;	     /* by TID, their values are TGIDs */
	struct spans *comms;	     /* by TID, their values are ids of names */
	struct lookups *lookups;
	struct text *text; /* the name at hand; likewise */
	struct task_events events;
	struct kept_names kept_comms, kept_processes;
	uint32_t idle_id; /* of the name of idle tasks; NAME_UNKNOWN: not yet */
	bool looks;	  /* into /proc */
};

void kernel_tasks_done(struct kernel_tasks *tasks);

void kernel_tasks_learn(struct kernel_tasks *tasks, unsigned int kind,
			const struct event_record *record, const struct schema *schema,
			int64_t time_ns);

/* Ids of names: of a task, and of the process that a task is of. NAME_UNKNOWN: not known. */
uint32_t kernel_tasks_comm(struct kernel_tasks *tasks, uint32_t tid, int64_t time_ns);
uint32_t kernel_tasks_process(struct kernel_tasks *tasks, uint32_t tid, int64_t time_ns);

#endif
