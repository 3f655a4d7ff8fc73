/*
 * task_events: the events of Linux that say something of tasks, and what they say.
 *
 * Source: the kernel's include/trace/events/sched.h and task.h; fields are found by their names,
 * once for each event type. Owned and used by one thread.
 */
#ifndef EXPORTER_STATE_TASK_EVENTS_H
#define EXPORTER_STATE_TASK_EVENTS_H

#include "exporter/record/event_record.h"
#include "exporter/rule/extraction.h"

enum task_news {
	TASK_SEEN,    /* one or two tasks are there, and have these names */
	TASK_CREATED, /* a thread or a process: which is in the flags, or not known */
	TASK_EXECUTED,
	TASK_RENAMED,
	TASK_ENDED,
};

enum task_field {
	TASK_TID,
	TASK_COMM,
	TASK_OTHER_TID, /* of two that are seen; which the one that executed had before */
	TASK_OTHER_COMM,
	TASK_FLAGS, /* of clone(); or whether its process has ended */
	TASK_FIELD_COUNT
};

struct task_said {
	enum task_news news;
	bool has[TASK_FIELD_COUNT];
	uint64_t numbers[TASK_FIELD_COUNT];
	const struct value *texts[TASK_FIELD_COUNT]; /* NULL: none; valid until the next read */
};

#define TASK_EVENTS_MAX 9
#define TASK_SEEN_MAX	2

struct task_seen {
	uint32_t tid;
	const uint8_t *comm; /* TASK_COMM_BYTES; ends with a zero, or there */
};

struct task_events {
	struct task_layout {
		const struct schema *schema; /* that it is of; NULL: none so far */
		struct extraction *extraction;
		int slots[TASK_FIELD_COUNT]; /* negative: it has no such field */
		unsigned int seen_count;     /* 0: what is seen stands at no fixed place */
		uint32_t seen_bytes;	     /* that a payload has at least, to hold it */
		uint32_t tid_at[TASK_SEEN_MAX], comm_at[TASK_SEEN_MAX];
	} layouts[TASK_EVENTS_MAX];
};

/* All zeros is an empty one. */
void task_events_done(struct task_events *events);

/* From 1 on; 0: such an event says nothing. */
unsigned int task_event_find(const struct schema *schema);

/* False: there is no memory, or nothing that can be read. */
bool task_event_read(struct task_events *events, unsigned int number,
		     const struct event_record *record, const struct schema *schema,
		     struct task_said *said);

/*
 * The same of a TASK_SEEN whose fields stand at fixed places, which costs a fraction: there is one
 * with each switch. 0: it is no such event; task_event_read() may read it.
 */
unsigned int task_event_seen(struct task_events *events, unsigned int number,
			     const struct event_record *record, const struct schema *schema,
			     struct task_seen seen[TASK_SEEN_MAX]);

#endif
