/*
 * buffer_walk: takes trace buffers apart into ETW buffers, or frames of a Linux ring buffer, and
 * these into records.
 *
 * Decompresses, bounds the walk by what is there, counts damage, and keeps the recordings' headers.
 * Used by the thread that consumes a queue.
 */
#ifndef EXPORTER_BUFFER_WALK_H
#define EXPORTER_BUFFER_WALK_H

#include "exporter/record/etl.h"
#include "exporter/record/ftrace.h"
#include "exporter/aggregator/recording.h"
#include "exporter/session/session_health.h"
#include "exporter/session/trace_buffer.h"

/* The records of one ETW buffer or frame. */
struct record_cursor {
	bool is_ftrace;
	union {
		struct etl_cursor etl;
		struct ftrace_cursor ftrace;
	};
};

struct buffer_walk {
	struct session_health *health; /* borrowed */
	struct etl_header header;      /* the first that was seen */
	bool has_header;
	uint8_t *decompressed;
	size_t decompressed_capacity;
	/* Called for the records of each, which it walks itself with buffer_walk_next(). */
	void (*records)(void *context, const struct recording *recording,
			struct record_cursor *cursor, int64_t shift_ns);
	void *context;
};

void buffer_walk_done(struct buffer_walk *walk);

/* The buffer, and its recording, stay the caller's. */
void buffer_walk_feed(struct buffer_walk *walk, const struct trace_buffer *buffer);

/* What buffer_walk_next() does where the next thing is not just a record. */
bool buffer_walk_pass_over(struct buffer_walk *walk, struct etl_cursor *cursor,
			   struct event_record *record, enum etl_next next);
bool buffer_walk_end_frame(struct buffer_walk *walk, enum ftrace_next next);

/*
 * etl_next(), with what is not a record counted and passed over. False: the buffer's records have
 * ended.
 */
static inline bool buffer_walk_next(struct buffer_walk *walk, struct record_cursor *cursor,
				    struct event_record *record)
{
	if (cursor->is_ftrace) {
		enum ftrace_next next = ftrace_next(&cursor->ftrace, record);

		return next == FTRACE_RECORD || buffer_walk_end_frame(walk, next);
	} else {
		enum etl_next next = etl_next(&cursor->etl, record);

		return next == ETL_RECORD ||
		       buffer_walk_pass_over(walk, &cursor->etl, record, next);
	}
}

#endif
