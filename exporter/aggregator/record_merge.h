/*
 * record_merge: brings the records of several processors' buffers into the order of their times.
 *
 * Buffers come as the source has them, each for one processor and ordered in itself; a source that
 * can tell says up to which time nothing more will come. What is not yet due when a trace buffer
 * ends is kept, and copied for that. Used by one thread; nothing is allocated once the runs that
 * are kept at a time have found their size.
 */
#ifndef EXPORTER_RECORD_MERGE_H
#define EXPORTER_RECORD_MERGE_H

#include "exporter/aggregator/buffer_walk.h"

/* The records of one ETW buffer or frame, as far as they were not handed out. */
struct record_run {
	struct record_cursor cursor;
	struct event_record record; /* the next */
	uint64_t key;		    /* its time, or that of the last before it with a later one */
	uint64_t number;	    /* of runs with the same time the first comes first */
	const uint8_t *begin;	    /* where the next record, or what stands before it, begins */
	uint8_t *kept;		    /* room for what is left of a trace buffer that goes */
	size_t kept_capacity;
	size_t kept_bytes; /* in it; 0: the cursor walks the trace buffer */
	struct record_run *next_spare;
};

struct record_merge {
	struct buffer_walk *walk; /* borrowed */
	struct record_run **runs; /* a heap by key and number */
	size_t count, capacity;
	struct record_run *spare;
	uint64_t runs_so_far;
	size_t kept_bytes;  /* of all runs together, with what they themselves take */
	uint64_t newest;    /* time handed out */
	bool is_handed_out; /* the first run's record: the run is to be moved on */
};

void record_merge_init(struct record_merge *merge, struct buffer_walk *walk);
void record_merge_done(struct record_merge *merge);

/*
 * Takes the records of a cursor, whose bytes may go after record_merge_keep(), or with `is_passing`
 * at once. -1: no memory, or more than RECORD_MERGE_BYTES_MAX would be kept; the records are the
 * caller's to deal with, or to be added again once what is there was taken.
 */
int record_merge_add(struct record_merge *merge, const struct record_cursor *cursor,
		     bool is_passing);

/* The next record from before `until`, valid until the next call; NULL: there is none. */
const struct event_record *record_merge_next(struct record_merge *merge, uint64_t until);

/*
 * What record_merge_next() would hand out, and the time that it is ordered by; after that has said
 * that there is none. False: it has nothing.
 */
bool record_merge_peek(const struct record_merge *merge, const struct event_record **record,
		       uint64_t *time);

/*
 * Copies what is left. False: no memory, or more than RECORD_MERGE_BYTES_MAX is kept: all is to be
 * taken now, by record_merge_next(merge, UINT64_MAX).
 */
bool record_merge_keep(struct record_merge *merge);

/* Another recording begins: its times are no matter of those before. */
void record_merge_restart(struct record_merge *merge);

#define RECORD_MERGE_BYTES_MAX ((size_t)64 << 20)

#endif
