/*
 * task_events: events of a Linux kernel's tasks, as records of its ring buffer, with their schemas
 * as the `format` files of Linux 6.18 have them. For tests.
 *
 * Texts of changing length stand at the end, where the kernel puts them, too.
 */
#ifndef TESTS_SUPPORT_TASK_EVENTS_H
#define TESTS_SUPPORT_TASK_EVENTS_H

#include "exporter/record/event_record.h"
#include "exporter/schema/schema.h"
#include "tests/support/payload.h"

enum task_event_type {
	SCHED_SWITCH,
	SCHED_WAKING,
	SCHED_PROCESS_FORK,
	SCHED_PROCESS_EXEC,
	SCHED_PROCESS_EXIT,
	SCHED_PROCESS_EXIT_OLD, /* of kernels that do not say whether it was the group's last */
	TASK_NEWTASK,
	TASK_RENAME,
	TASK_RENAME_NEW, /* of kernels that do not say whom */
	TASK_EVENT_TYPES
};

struct task_event_rig {
	struct schema *schemas[TASK_EVENT_TYPES];
	struct payload payload;
	struct event_record record; /* the last that was made; its payload is that above */
	const struct schema *schema;
};

void task_event_rig_init(struct task_event_rig *rig);
void task_event_rig_done(struct task_event_rig *rig);

/* Each makes the rig's record, of a task that is at work. */
void task_event_switch(struct task_event_rig *rig, uint32_t prev, const char *prev_comm,
		       uint32_t next, const char *next_comm);
void task_event_waking(struct task_event_rig *rig, uint32_t at_work, uint32_t tid,
		       const char *comm);
void task_event_fork(struct task_event_rig *rig, uint32_t at_work, uint32_t child,
		     const char *child_comm);
void task_event_newtask(struct task_event_rig *rig, uint32_t at_work, uint32_t tid,
			const char *comm, uint64_t clone_flags);
void task_event_exec(struct task_event_rig *rig, uint32_t tid, uint32_t old_tid, const char *path);
void task_event_exit(struct task_event_rig *rig, uint32_t tid, const char *comm, bool group_dead);
void task_event_exit_old(struct task_event_rig *rig, uint32_t tid, const char *comm);
void task_event_rename(struct task_event_rig *rig, uint32_t at_work, uint32_t tid,
		       const char *comm);
void task_event_rename_new(struct task_event_rig *rig, uint32_t at_work, const char *comm);

#endif
