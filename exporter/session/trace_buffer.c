#include "exporter/session/trace_buffer.h"

#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* A ring of buffers with one thread at each end. `filled` counts what is in it. */
struct ring {
	struct trace_buffer **slots;
	size_t size;
	size_t put_at; /* of the thread that puts */
	size_t get_at; /* of the thread that gets */
	sem_t filled;
};

struct trace_queue {
	struct ring full;  /* producer to consumer */
	struct ring empty; /* consumer to producer */
	size_t capacity;
	size_t allocated;	    /* producer's: bytes of all buffers */
	struct trace_buffer *spare; /* producer's: a list of those that are not used */
	struct trace_buffer stop;
	_Atomic size_t depth;
	_Atomic size_t peak;
	_Atomic unsigned int wakes; /* that were counted as filled, too */
};

static int ring_init(struct ring *ring, size_t size)
{
	ring->slots = calloc(size, sizeof(*ring->slots));
	ring->size = size;
	return sem_init(&ring->filled, 0, 0);
}

static void ring_put(struct ring *ring, struct trace_buffer *buffer)
{
	ring->slots[ring->put_at] = buffer;
	ring->put_at = (ring->put_at + 1) % ring->size;
	sem_post(&ring->filled);
}

static struct trace_buffer *ring_take(struct ring *ring)
{
	struct trace_buffer *buffer = ring->slots[ring->get_at];

	ring->get_at = (ring->get_at + 1) % ring->size;
	return buffer;
}

static void ring_wait(struct ring *ring)
{
	while (sem_wait(&ring->filled) && errno == EINTR)
		;
}

static struct trace_buffer *ring_get(struct ring *ring)
{
	ring_wait(ring);
	return ring_take(ring);
}

static struct trace_buffer *ring_try_get(struct ring *ring)
{
	int failed;

	do {
		failed = sem_trywait(&ring->filled);
	} while (failed && errno == EINTR);
	return failed ? NULL : ring_take(ring);
}

static void buffer_free(struct trace_buffer *buffer)
{
	if (buffer)
		free(buffer->bytes);
	free(buffer);
}

static void ring_done(struct ring *ring)
{
	struct trace_buffer *buffer;

	if (!ring->slots)
		return;
	while ((buffer = ring_try_get(ring)))
		if (!(buffer->flags & TRACE_BUFFER_STOP))
			buffer_free(buffer);
	sem_destroy(&ring->filled);
	free(ring->slots);
}

struct trace_queue *trace_queue_new(size_t capacity)
{
	struct trace_queue *queue = calloc(1, sizeof(*queue));
	/* No buffer but the stop is smaller: there are never more than this. */
	size_t slots = capacity / TRACE_BUFFER_LIVE_BYTES + 3;

	if (!queue)
		return NULL;
	queue->capacity = capacity;
	if (ring_init(&queue->full, slots) || ring_init(&queue->empty, slots) ||
	    !queue->full.slots || !queue->empty.slots) {
		trace_queue_free(queue);
		return NULL;
	}
	return queue;
}

/* The consumer's. */
static bool take_wake(struct trace_queue *queue)
{
	if (!atomic_load(&queue->wakes))
		return false;
	atomic_fetch_sub(&queue->wakes, 1);
	return true;
}

void trace_queue_wake(struct trace_queue *queue)
{
	atomic_fetch_add(&queue->wakes, 1);
	sem_post(&queue->full.filled);
}

void trace_queue_free(struct trace_queue *queue)
{
	struct trace_buffer *next;

	if (!queue)
		return;
	while (take_wake(queue))
		sem_trywait(&queue->full.filled);
	ring_done(&queue->full);
	ring_done(&queue->empty);
	for (; queue->spare; queue->spare = next) {
		next = queue->spare->next;
		buffer_free(queue->spare);
	}
	free(queue);
}

static void discard(struct trace_queue *queue, struct trace_buffer *buffer)
{
	queue->allocated -= buffer->capacity;
	buffer_free(buffer);
}

static struct trace_buffer *allocate(struct trace_queue *queue, size_t bytes)
{
	struct trace_buffer *buffer = calloc(1, sizeof(*buffer));

	if (!buffer)
		return NULL;
	buffer->bytes = malloc(bytes);
	if (!buffer->bytes) {
		free(buffer);
		return NULL;
	}
	buffer->capacity = bytes;
	queue->allocated += bytes;
	return buffer;
}

static struct trace_buffer *take_spare(struct trace_queue *queue)
{
	struct trace_buffer *buffer = queue->spare;

	if (!buffer)
		return ring_try_get(&queue->empty);
	queue->spare = buffer->next;
	return buffer;
}

/* As a producer gets it. NULL stays NULL. */
static struct trace_buffer *clean(struct trace_buffer *buffer)
{
	if (!buffer)
		return NULL;
	buffer->length = 0;
	buffer->recording = NULL;
	buffer->shift_ns = 0;
	buffer->complete_until = 0;
	buffer->clock_origin = 0;
	buffer->flags = 0;
	return buffer;
}

static bool has_room(const struct trace_queue *queue, size_t bytes)
{
	return queue->allocated == 0 || queue->allocated + bytes <= queue->capacity;
}

/* Smaller buffers that came back make room for a larger one. */
static struct trace_buffer *take(struct trace_queue *queue, size_t bytes)
{
	struct trace_buffer *buffer;

	for (;;) {
		buffer = take_spare(queue);
		if (!buffer && has_room(queue, bytes))
			buffer = allocate(queue, bytes);
		/* Without memory for another, those that there are must do. */
		if (!buffer && queue->allocated)
			buffer = ring_get(&queue->empty);
		if (!buffer || buffer->capacity >= bytes)
			return clean(buffer);
		discard(queue, buffer);
	}
}

struct trace_buffer *trace_queue_take(struct trace_queue *queue, size_t bytes)
{
	return take(queue, bytes < TRACE_BUFFER_BYTES ? TRACE_BUFFER_BYTES : bytes);
}

struct trace_buffer *trace_queue_try_take(struct trace_queue *queue)
{
	struct trace_buffer *buffer = take_spare(queue);

	if (!buffer && has_room(queue, TRACE_BUFFER_LIVE_BYTES))
		buffer = allocate(queue, TRACE_BUFFER_LIVE_BYTES);
	return clean(buffer);
}

/* Memory that was written once is there when it is needed. */
int trace_queue_prepare(struct trace_queue *queue)
{
	while (has_room(queue, TRACE_BUFFER_LIVE_BYTES)) {
		struct trace_buffer *buffer = allocate(queue, TRACE_BUFFER_LIVE_BYTES);

		if (!buffer)
			return -1;
		memset(buffer->bytes, 0, buffer->capacity);
		trace_queue_untake(queue, buffer);
	}
	return 0;
}

void trace_queue_untake(struct trace_queue *queue, struct trace_buffer *buffer)
{
	buffer->next = queue->spare;
	queue->spare = buffer;
}

void trace_queue_put(struct trace_queue *queue, struct trace_buffer *buffer)
{
	size_t depth =
		atomic_fetch_add_explicit(&queue->depth, buffer->length, memory_order_relaxed) +
		buffer->length;

	if (depth > atomic_load_explicit(&queue->peak, memory_order_relaxed))
		atomic_store_explicit(&queue->peak, depth, memory_order_relaxed);
	ring_put(&queue->full, buffer);
}

void trace_queue_end_recording(struct trace_queue *queue, struct recording *recording)
{
	struct trace_buffer *buffer = take(queue, TRACE_BUFFER_LIVE_BYTES);

	if (!buffer)
		return;
	buffer->recording = recording;
	buffer->flags = TRACE_BUFFER_RECORDING_END;
	trace_queue_put(queue, buffer);
}

void trace_queue_stop(struct trace_queue *queue)
{
	queue->stop.flags = TRACE_BUFFER_STOP;
	trace_queue_put(queue, &queue->stop);
}

void trace_queue_drain(struct trace_queue *queue)
{
	struct trace_buffer *buffer;

	while (queue->allocated) {
		buffer = take_spare(queue);
		discard(queue, buffer ? buffer : ring_get(&queue->empty));
	}
}

struct trace_buffer *trace_queue_get(struct trace_queue *queue)
{
	ring_wait(&queue->full);
	return take_wake(queue) ? NULL : ring_take(&queue->full);
}

void trace_queue_recycle(struct trace_queue *queue, struct trace_buffer *buffer)
{
	atomic_fetch_sub_explicit(&queue->depth, buffer->length, memory_order_relaxed);
	ring_put(&queue->empty, buffer);
}

size_t trace_queue_depth(const struct trace_queue *queue)
{
	return atomic_load_explicit(&queue->depth, memory_order_relaxed);
}

size_t trace_queue_peak(const struct trace_queue *queue)
{
	return atomic_load_explicit(&queue->peak, memory_order_relaxed);
}

size_t trace_queue_capacity(const struct trace_queue *queue)
{
	return queue->capacity;
}
