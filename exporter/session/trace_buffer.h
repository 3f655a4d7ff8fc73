/*
 * trace_buffer: raw trace bytes on their way from a session's thread to its aggregator thread.
 *
 * A queue is bounded in bytes and has exactly one producer and one consumer, which never wait for a
 * lock of each other's: buffers travel through a ring and come back through another. The producer
 * allocates buffers when none has come back and the bound allows it, so a consumer that keeps up
 * sees the same few buffers, warm in its cache, again and again.
 */
#ifndef EXPORTER_TRACE_BUFFER_H
#define EXPORTER_TRACE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct recording;

enum trace_buffer_flags {
	TRACE_BUFFER_RECORDING_END = 1, /* the last of its recording: the consumer frees that */
	TRACE_BUFFER_HEADER_ONLY =
		2,		/* the recording's header buffer again, for what it says now */
	TRACE_BUFFER_STOP = 4,	/* the last of all; without content */
	TRACE_BUFFER_CLOCK = 8, /* the recording's clock shows `clock_origin` at `clock_origin_ns`
				   of Unix time */
};

struct trace_buffer {
	uint8_t *bytes;
	size_t capacity;
	size_t length; /* of the content: whole ETW buffers, or frames, one behind the other */
	struct recording *recording; /* what they belong to; NULL with TRACE_BUFFER_STOP */
	int64_t shift_ns; /* a replay at recorded speed: from the events' times to when they are due
			   */
	/* No record from before this time comes in a later buffer; 0: not known, or of no use. */
	uint64_t complete_until;
	uint64_t clock_origin;
	int64_t clock_origin_ns;
	unsigned int flags;
	struct trace_buffer *next; /* the queue's */
};

/* What a buffer has room for where no more is asked for. */
#define TRACE_BUFFER_BYTES ((size_t)256 << 10)
/*
 * And where it is handed on as it is, because what is in it must not wait: little room stays unused
 * then. The largest record of ETW fits.
 */
#define TRACE_BUFFER_LIVE_BYTES ((size_t)80 << 10)

struct trace_queue;

/* `capacity` bounds the bytes of all its buffers together, but one buffer always fits. NULL: no
 * memory. */
struct trace_queue *trace_queue_new(size_t capacity);
/* After both threads are done with it. */
void trace_queue_free(struct trace_queue *queue);

/*
 * Producer: an empty buffer for at least `bytes` bytes (and never less than TRACE_BUFFER_BYTES).
 * Waits until the consumer has given enough back. NULL: no memory.
 */
struct trace_buffer *trace_queue_take(struct trace_queue *queue, size_t bytes);

/*
 * Producer: likewise one for at least TRACE_BUFFER_LIVE_BYTES, for those who must not wait. NULL:
 * the consumer has not given enough back, or no memory. After trace_queue_prepare() it allocates
 * nothing.
 */
struct trace_buffer *trace_queue_try_take(struct trace_queue *queue);

/* Producer: allocates all buffers for trace_queue_try_take() that the bound allows. -1: no memory.
 */
int trace_queue_prepare(struct trace_queue *queue);

/* Producer: hands a taken buffer on. Never waits. */
void trace_queue_put(struct trace_queue *queue, struct trace_buffer *buffer);

/* Producer: gives a taken buffer back unused; the next trace_queue_take() gives it again. */
void trace_queue_untake(struct trace_queue *queue, struct trace_buffer *buffer);

/*
 * Producer: hands on an empty buffer with TRACE_BUFFER_RECORDING_END, the recording's last. May
 * wait, as trace_queue_take(). Without memory the consumer does not get to know.
 */
void trace_queue_end_recording(struct trace_queue *queue, struct recording *recording);

/*
 * Producer: waits until the consumer has given back all buffers, which are freed. None is taken,
 * and the last that was handed on has ended its recording.
 */
void trace_queue_drain(struct trace_queue *queue);

/* Producer: hands on a buffer with TRACE_BUFFER_STOP, the last for its consumer. Never waits or
 * fails.
 */
void trace_queue_stop(struct trace_queue *queue);

/* Any thread: the consumer is given NULL once, soon, also where no buffer comes. */
void trace_queue_wake(struct trace_queue *queue);

/* Consumer: the next buffer; waits for it. NULL: trace_queue_wake() was called. */
struct trace_buffer *trace_queue_get(struct trace_queue *queue);

/* Consumer: gives a buffer back, but not the one with TRACE_BUFFER_STOP. Never waits. */
void trace_queue_recycle(struct trace_queue *queue, struct trace_buffer *buffer);

/* Any thread: bytes handed on and not yet given back, the most that ever were, and the bound. */
size_t trace_queue_depth(const struct trace_queue *queue);
size_t trace_queue_peak(const struct trace_queue *queue);
size_t trace_queue_capacity(const struct trace_queue *queue);

#endif
