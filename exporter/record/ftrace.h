/*
 * ftrace: walks the events of one sub-buffer of a Linux ring buffer, as trace_pipe_raw gives it.
 *
 * Source: struct buffer_data_page and struct ring_buffer_event (kernel/trace/ring_buffer.c,
 * include/linux/ring_buffer.h), events/header_page and header_event of tracefs. The bytes may come
 * from a file and are hostile: an event is delivered only after its size was found to fit.
 *
 * In a trace buffer each sub-buffer stands in a frame, which says what the sub-buffer does not.
 */
#ifndef EXPORTER_RECORD_FTRACE_H
#define EXPORTER_RECORD_FTRACE_H

#include "exporter/base/bytes.h"
#include "exporter/record/event_record.h"

/* Frames, and the sub-buffers in them, begin at multiples of this. */
#define FTRACE_ALIGN	   8
#define FTRACE_FRAME_BYTES 16
/* The kernel's largest sub-buffer has 128 pages of at most 64 KiB. */
#define FTRACE_PAGE_MAX_BYTES (8u << 20)

/*
 * Behind the sub-buffer's time: how many bytes of events it has, and whether some are missing
 * before them, of which the number may be stored behind them.
 */
#define FTRACE_COMMIT_AT      8
#define FTRACE_COMMIT_BYTES   0x07ffffffu
#define FTRACE_COMMIT_STORED  0x40000000u
#define FTRACE_COMMIT_MISSING 0x80000000u

struct ftrace_frame {
	uint32_t page_bytes; /* of the sub-buffer, header included, as far as it is here */
	uint32_t from;	     /* events before this offset in the sub-buffer were delivered before */
	uint16_t cpu;
	uint16_t data_at; /* where its events begin: behind time and commit, 12 or 16 */
	uint16_t version; /* of what events IDs mean: when modules come and go that changes */
};

/* What a frame takes in a trace buffer, with its sub-buffer. */
static inline size_t ftrace_frame_size(size_t page_bytes)
{
	return FTRACE_FRAME_BYTES + (page_bytes + FTRACE_ALIGN - 1) / FTRACE_ALIGN * FTRACE_ALIGN;
}

/* Writes a frame's header; the sub-buffer follows at once. */
void ftrace_frame_write(uint8_t *at, const struct ftrace_frame *frame);

/* The next frame's sub-buffer; NULL: there is none, or it does not fit. */
const uint8_t *ftrace_frame_take(struct bytes *rest, struct ftrace_frame *frame);

struct ftrace_cursor {
	struct bytes rest;
	uint64_t time;	 /* of the event before */
	uint64_t missed; /* events that were lost before this sub-buffer, as far as it says */
	bool is_missing; /* some were lost */
	struct event_record record; /* what all events of the sub-buffer have */
};

enum ftrace_next {
	FTRACE_RECORD, /* the record is filled */
	FTRACE_END,    /* of the events */
	FTRACE_BAD,    /* an event does not fit; the walk ends here */
};

/*
 * Begins with the events of a sub-buffer, behind those that were delivered before. False: its
 * header, or what was delivered before, does not fit, and there are none then.
 */
bool ftrace_walk(struct ftrace_cursor *cursor, const struct ftrace_frame *frame,
		 const uint8_t *page);

/* The payload is the whole record as `format` files describe it, common fields included. */
enum ftrace_next ftrace_next(struct ftrace_cursor *cursor, struct event_record *record);

#endif
