/*
 * trace_state: what a trace says of processes, threads, images and files, for labels.
 *
 * Learns from the kernel's own events (Process, Thread, Image, FileIo names, rundown included) and
 * from Microsoft-Windows-Kernel-Process; of Linux from the events of the scheduler and of tasks,
 * and in a live session from /proc and /sys, where the trace has not said anything yet. Times are
 * Unix nanoseconds; buffers of different CPUs come out of order, so a process has a span of time,
 * and a PID means the process whose span the time falls into: a PID or TID that is used again does
 * not mix two. Bounded; what the bounds refuse or push out is counted. Owned and used by one
 * aggregator thread.
 */
#ifndef EXPORTER_TRACE_STATE_H
#define EXPORTER_TRACE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exporter/record/event_record.h"
#include "exporter/schema/schema.h"

/* A name that does not change; ids are small, dense and never used again. */
struct state_name {
	uint32_t id;
	uint32_t length;
	const char *text; /* valid UTF-8, terminated; borrowed, as long as the state lives */
};

struct log;
struct trace_state;

struct trace_state_limits {
	size_t processes;
	size_t threads;
	size_t images;
	size_t files;
	size_t name_bytes; /* of all names */
	size_t lookups;	   /* of what this machine was asked for */
};

/*
 * `limits` NULL: 65536 processes, 1048576 threads, 262144 images, 1048576 files, 64 MiB of names,
 * 65536 lookups.
 */
struct trace_state *trace_state_new(const struct trace_state_limits *limits);
void trace_state_free(struct trace_state *state);

/*
 * From now on this machine is asked for what the trace does not say: it is a live session of the
 * machine's own kernel. `symbols`: functions of the kernel will be asked for. What cannot be known
 * is logged.
 */
void trace_state_look_at_machine(struct trace_state *state, bool symbols, struct log *log,
				 const char *session);

/*
 * What a kind of event says; 0: nothing that is of use here. `schema` is the record's, NULL where
 * none is known. Once for each event type, and schema of it.
 */
unsigned int trace_state_kind(const struct event_record *record, const struct schema *schema);

/*
 * Takes what a record says. `kind` is what trace_state_kind() said, `schema` the record's (NULL:
 * none is known, and nothing is learnt), `time_ns` its time.
 */
void trace_state_learn(struct trace_state *state, unsigned int kind,
		       const struct event_record *record, const struct schema *schema,
		       int64_t time_ns);

/*
 * Names by what events hold. Never NULL: what is not known is the name "unknown" (id 0). A
 * process is called as its image is, without folder ("svchost.exe"); PID 0 is "Idle", 4 "System",
 * where the trace does not say otherwise.
 */
const struct state_name *trace_state_process(struct trace_state *state, uint32_t pid,
					     int64_t time_ns);
const struct state_name *trace_state_thread_process(struct trace_state *state, uint32_t tid,
						    int64_t time_ns);
/* The PID of a thread's process; UINT32_MAX: not known. */
uint32_t trace_state_thread_pid(struct trace_state *state, uint32_t tid, int64_t time_ns);
/* The path of the image that is loaded there: of the kernel, or of the process. */
const struct state_name *trace_state_image(struct trace_state *state, uint32_t pid,
					   uint64_t address, int64_t time_ns);
const struct state_name *trace_state_file(struct trace_state *state, uint64_t object,
					  int64_t time_ns);

/*
 * The same of a Linux kernel. A task is called as it is itself (its comm, of at most 15 bytes), its
 * process as the leader of its thread group is, or as itself where that is not known. TID 0 is
 * "swapper".
 */
const struct state_name *trace_state_task(struct trace_state *state, uint32_t tid, int64_t time_ns);
const struct state_name *trace_state_task_process(struct trace_state *state, uint32_t tid,
						  int64_t time_ns);

/*
 * What this machine calls a function of the kernel ("vfs_read"), a block device ("sda1"), the
 * handlers of an interrupt ("ahci[0000:00:1f.2]"); the number where it knows none, or is not to be
 * asked: "0xffffffff81000000", "8:1", "24".
 */
const struct state_name *trace_state_symbol(struct trace_state *state, uint64_t address,
					    int64_t time_ns);
const struct state_name *trace_state_device(struct trace_state *state, uint64_t dev,
					    int64_t time_ns);
const struct state_name *trace_state_irq(struct trace_state *state, uint64_t irq, int64_t time_ns);

/*
 * Whether a process of this name lives; where none does (any more), `*since` is when the last one
 * ended, by the newest time that events had. A name that never was a process's lives, as do
 * "unknown" and "other", which stand for many.
 */
bool trace_state_name_lives(const struct trace_state *state, uint32_t name_id, int64_t *since);

enum state_table {
	STATE_PROCESSES,
	STATE_THREADS,
	STATE_IMAGES,
	STATE_FILES,
	STATE_NAMES,
	STATE_TASKS,
	STATE_LOOKUPS,
	STATE_TABLE_COUNT
};

/* "processes", ... */
const char *state_table_name(enum state_table table);

/* Any thread may read these while the owner goes on. */
size_t trace_state_entries(const struct trace_state *state, enum state_table table);
/* Entries that were pushed out, or not taken, because the table was full. */
uint64_t trace_state_refused(const struct trace_state *state, enum state_table table);

#endif
