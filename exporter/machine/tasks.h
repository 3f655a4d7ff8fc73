/*
 * tasks: what this machine says of a task that lives now.
 *
 * Pure functions that read /proc, any thread.
 */
#ifndef EXPORTER_MACHINE_TASKS_H
#define EXPORTER_MACHINE_TASKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The kernel's TASK_COMM_LEN, with the zero. */
#define TASK_COMM_BYTES 16

struct task {
	uint32_t tgid; /* the PID of its process: the TID of the thread group's leader */
	char comm[TASK_COMM_BYTES]; /* its own name, as traces have it; any bytes; terminated */
};

/* False: there is no such task (any more), or it may not be looked at. */
bool task_read(uint32_t tid, struct task *task);

/*
 * Whether TIDs mean the same tasks in /proc as in the kernel's traces: they do not in a PID
 * namespace of one's own.
 */
bool tasks_are_of_the_kernel(void);

/*
 * Cuts what /proc/TID/comm has to what the trace has: kernel threads show more of their names, and
 * workers what they work at (the kernel's proc_task_name(), wq_worker_comm()).
 */
void task_comm_cut(char *comm);

#endif
