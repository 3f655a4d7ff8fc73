/*
 * Live trace sessions of Linux: an instance of tracefs, whose per-CPU ring buffers are read by one
 * thread.
 *
 * The kernel wakes the thread when buffers are as full as buffer_percent says; it empties them all
 * then, and once a second in any case. Where the queue is full it waits, and the kernel's buffers
 * take what comes in the meantime: what they lose the kernel counts.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "exporter/aggregator/recording.h"
#include "exporter/source/source.h"
#include "exporter/source/module_watch_linux.h"
#include "exporter/source/ring_clock_linux.h"
#include "exporter/source/ring_reader_linux.h"
#include "exporter/tracefs/trace_file_linux.h"
#include "exporter/tracefs/trace_instance_linux.h"

/*
 * A writer that was interrupted commits an event behind its time. What is later still is counted as
 * unordered.
 */
#define COMMIT_DELAY_NS 10000000

/* What the kernel counted of one CPU so far. */
struct lost {
	uint64_t numbers[RING_LOSS_COUNT];
	uint64_t read_events;
};

struct tracefs {
	struct source_context context;
	struct trace_instance *instance;
	struct recording *recording;
	struct ring_clock clock;
	struct module_watch modules;
	struct ring_reader *readers;
	struct lost *lost; /* by reader */
	size_t reader_count;
	int epoll, timer;
	struct trace_buffer *buffer; /* taken and not yet handed on; NULL: none */
	bool handed_on;		     /* the aggregator has the recording */
	uint64_t complete_until;     /* of the round before */
};

static void *tracefs_open(const struct source_context *context, struct error *error)
{
	struct tracefs *tracefs = calloc(1, sizeof(*tracefs));

	if (!tracefs) {
		error_set(error, "out of memory");
		return NULL;
	}
	tracefs->context = *context;
	tracefs->epoll = -1;
	tracefs->timer = -1;
	return tracefs;
}

static void tracefs_close(void *source)
{
	free(source);
}

/* A tick a second, also when nothing is traced: numbers are to be fresh. */
static int start_timer(struct tracefs *tracefs, struct error *error)
{
	const struct itimerspec second = {{1, 0}, {1, 0}};
	struct epoll_event event = {.events = EPOLLIN};

	tracefs->epoll = epoll_create1(EPOLL_CLOEXEC);
	tracefs->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (tracefs->epoll < 0 || tracefs->timer < 0 ||
	    timerfd_settime(tracefs->timer, 0, &second, NULL) ||
	    epoll_ctl(tracefs->epoll, EPOLL_CTL_ADD, tracefs->timer, &event))
		return error_set(error, "cannot wait for trace buffers: %s", strerror(errno));
	return 0;
}

/* Of the CPUs whose ring buffers were not there before. */
static int wait_for_readers(struct tracefs *tracefs, struct error *error)
{
	const char *path = trace_instance_path(tracefs->instance);
	struct epoll_event event = {.events = EPOLLIN};
	size_t i;

	for (i = 0; i < tracefs->reader_count; i++) {
		struct ring_reader *reader = &tracefs->readers[i];

		if (ring_reader_appears(reader, path) &&
		    epoll_ctl(tracefs->epoll, EPOLL_CTL_ADD, reader->fd, &event))
			return error_set(error, "cannot wait for trace buffers: %s",
					 strerror(errno));
	}
	return 0;
}

static int open_readers(struct tracefs *tracefs, struct error *error)
{
	uint16_t version = trace_instance_events_version(tracefs->instance);
	size_t count = trace_instance_cpu_count(tracefs->instance), i;

	tracefs->readers = calloc(count + 1, sizeof(*tracefs->readers));
	tracefs->lost = calloc(count + 1, sizeof(*tracefs->lost));
	if (!tracefs->readers || !tracefs->lost)
		return error_set(error, "out of memory");
	for (i = 0; i < count; i++) {
		struct ring_reader *reader = &tracefs->readers[i];

		if (ring_reader_open(reader, trace_instance_path(tracefs->instance),
				     trace_instance_cpu(tracefs->instance, i),
				     tracefs->context.config->tracefs.buffers.mapped, error))
			return -1;
		reader->version = version;
		tracefs->reader_count++;
	}
	return wait_for_readers(tracefs, error);
}

/* access() would not look at capabilities. */
static bool has_formats(const char *events)
{
	char path[PATH_MAX], text[16];

	return (size_t)snprintf(path, sizeof(path), "%s/header_page", events) < sizeof(path) &&
	       trace_file_read(AT_FDCWD, path, text, sizeof(text)) > 0;
}

/*
 * Where the schemas are. They are looked for after the instance has gone, too, so tracefs' own
 * folder is better than the instance's; but who runs by the rights of a group may read the latter
 * alone.
 */
static char *find_events(const struct trace_instance *instance)
{
	char *path;

	if (asprintf(&path, "%s/events", trace_instance_tracefs(instance)) < 0)
		return NULL;
	if (has_formats(path))
		return path;
	free(path);
	return asprintf(&path, "%s/events", trace_instance_path(instance)) < 0 ? NULL : path;
}

/* The trace's schemas are those of this kernel, its clock the instance's. */
static int make_recording(struct tracefs *tracefs, struct error *error)
{
	const struct session_config *config = tracefs->context.config;
	struct trace_clock *clock;
	uint64_t now;

	tracefs->recording = recording_new();
	if (tracefs->recording)
		tracefs->recording->events_path = find_events(tracefs->instance);
	if (!tracefs->recording || !tracefs->recording->events_path)
		return error_set(error, "out of memory");
	ring_clock_init(&tracefs->clock, config->tracefs.clock, tracefs->instance);
	tracefs->complete_until = 0;
	clock = &tracefs->recording->header.clock;
	if (!ring_clock_now(&tracefs->clock, &now, &clock->origin_unix_ns))
		return 0;
	clock->type = CLOCK_NANOSECONDS;
	clock->frequency_hz = TRACE_CLOCK_1_NS;
	return 0;
}

/* The buffer at hand, with room for one sub-buffer more; NULL: out of memory. */
static struct trace_buffer *buffer_for(struct tracefs *tracefs, size_t bytes)
{
	struct trace_queue *queue = tracefs->context.queue;
	struct trace_buffer *buffer = tracefs->buffer;

	if (buffer && buffer->capacity - buffer->length >= bytes)
		return buffer;
	if (buffer)
		trace_queue_put(queue, buffer);
	tracefs->buffer = trace_queue_take(queue, bytes);
	if (!tracefs->buffer)
		return NULL;
	tracefs->buffer->recording = tracefs->recording;
	tracefs->buffer->complete_until = tracefs->complete_until;
	tracefs->handed_on = true;
	return tracefs->buffer;
}

/* All that a CPU has for now. */
static int read_cpu(struct tracefs *tracefs, struct ring_reader *reader, struct error *error)
{
	size_t room = ftrace_frame_size(reader->page_bytes), bytes;
	enum ring_read read = RING_PAGE;

	while (read == RING_PAGE) {
		struct trace_buffer *buffer = buffer_for(tracefs, room);

		if (!buffer)
			return error_set(error, "out of memory");
		bytes = 0;
		read = ring_reader_take(reader, buffer->bytes + buffer->length, &bytes);
		if (read == RING_FAILED)
			return error_set(error, "cannot read the trace buffer of CPU %u: %s",
					 reader->cpu, strerror(errno));
		buffer->length += bytes;
		health_add(&tracefs->context.health->bytes, bytes);
	}
	return 0;
}

/* What waited for its turn goes on at once where order is not wanted any more. */
static void set_complete_until(struct tracefs *tracefs, bool has_time, uint64_t now)
{
	uint64_t until = now > COMMIT_DELAY_NS ? now - COMMIT_DELAY_NS : 1;

	if (!atomic_load(&tracefs->context.wants->order))
		tracefs->complete_until = tracefs->complete_until ? UINT64_MAX : 0;
	else if (has_time)
		tracefs->complete_until = until;
}

/*
 * Where order is wanted now, what is read first waits, too. Where the clock does not tell the time
 * nobody knows what is complete, and events do not wait.
 */
static void begin_round(struct tracefs *tracefs)
{
	bool waits = tracefs->complete_until && tracefs->complete_until != UINT64_MAX;

	if (!waits && atomic_load(&tracefs->context.wants->order))
		tracefs->complete_until = tracefs->clock.is_nanoseconds;
}

/* Hands on what was read, with what is known of its time. */
static void end_round(struct tracefs *tracefs, bool has_time, uint64_t now, int64_t origin_unix_ns)
{
	struct trace_buffer *buffer = tracefs->buffer;

	set_complete_until(tracefs, has_time, now);
	if (!buffer)
		return;
	tracefs->buffer = NULL;
	buffer->complete_until = tracefs->complete_until;
	buffer->clock_origin_ns = origin_unix_ns;
	buffer->flags |= has_time ? TRACE_BUFFER_CLOCK : 0;
	trace_queue_put(tracefs->context.queue, buffer);
}

static int read_round(struct tracefs *tracefs, struct error *error)
{
	int64_t origin_unix_ns = 0;
	uint64_t now = 0;
	bool has_time = ring_clock_now(&tracefs->clock, &now, &origin_unix_ns);
	int result = 0;
	size_t i;

	begin_round(tracefs);
	for (i = 0; i < tracefs->reader_count && !result; i++) {
		ring_reader_begin(&tracefs->readers[i], has_time ? now : 0);
		result = read_cpu(tracefs, &tracefs->readers[i], error);
	}
	end_round(tracefs, has_time, now, origin_unix_ns);
	return result;
}

/*
 * The kernel's counters begin again with each instance, and where somebody empties its buffers,
 * which is seen by any of them that has fallen.
 */
static void note_lost(struct session_health *health, struct lost *lost,
		      const struct cpu_stats *stats)
{
	const struct lost now = {
		.numbers =
			{
				[RING_LOSS_OVERRUN] = stats->overrun,
				[RING_LOSS_COMMIT_OVERRUN] = stats->commit_overrun,
				[RING_LOSS_DROPPED] = stats->dropped_events,
			},
		.read_events = stats->read_events,
	};
	bool emptied = now.read_events < lost->read_events;
	size_t i;

	for (i = 0; i < RING_LOSS_COUNT; i++)
		emptied = emptied || now.numbers[i] < lost->numbers[i];
	for (i = 0; i < RING_LOSS_COUNT; i++) {
		uint64_t more = now.numbers[i] - (emptied ? 0 : lost->numbers[i]);

		health_add(&health->ring_lost[i], more);
		health_add(&health->events_lost, more);
	}
	*lost = now;
}

static void note_stats(struct tracefs *tracefs)
{
	struct session_health *health = tracefs->context.health;
	uint64_t waiting = 0, room = 0;
	size_t i;

	for (i = 0; i < tracefs->reader_count; i++) {
		const struct ring_reader *reader = &tracefs->readers[i];
		struct cpu_stats stats;

		if (!reader->has_ring ||
		    !trace_instance_cpu_stats(tracefs->instance, reader->cpu, &stats))
			continue;
		note_lost(health, &tracefs->lost[i], &stats);
		waiting += stats.entries;
		room += reader->ring_bytes;
	}
	atomic_store(&health->events_waiting, waiting);
	atomic_store(&health->ring_bytes, room);
}

/* Events of new modules are enabled, too; and what is an ID's event by now is to be looked up. */
static void look_at_modules(struct tracefs *tracefs)
{
	uint16_t version;
	size_t i;

	if (!module_watch_changed(&tracefs->modules))
		return;
	trace_instance_enable_again(tracefs->instance);
	version = trace_instance_events_version(tracefs->instance);
	for (i = 0; i < tracefs->reader_count; i++)
		tracefs->readers[i].version = version;
}

static bool is_tick(struct tracefs *tracefs)
{
	uint64_t ticks;

	return read(tracefs->timer, &ticks, sizeof(ticks)) == sizeof(ticks);
}

/* Until the stop (0), or somebody takes the instance away (-1). */
static int read_rounds(struct tracefs *tracefs, struct error *error)
{
	while (!stop_wait_readable(tracefs->context.stop, tracefs->epoll)) {
		bool tick = is_tick(tracefs);

		if (read_round(tracefs, error))
			return -1;
		if (!tick)
			continue;
		note_stats(tracefs);
		look_at_modules(tracefs);
		if (wait_for_readers(tracefs, error))
			return -1;
		if (!trace_instance_is_alive(tracefs->instance))
			return error_set(error,
					 "somebody has removed or stopped the trace instance %s",
					 trace_instance_path(tracefs->instance));
	}
	return 0;
}

static void end_recording(struct tracefs *tracefs)
{
	if (tracefs->handed_on)
		trace_queue_end_recording(tracefs->context.queue, tracefs->recording);
	else
		recording_free(tracefs->recording);
	tracefs->recording = NULL;
	tracefs->handed_on = false;
}

static void end(struct tracefs *tracefs)
{
	size_t i;

	for (i = 0; i < tracefs->reader_count; i++)
		ring_reader_close(&tracefs->readers[i]);
	free(tracefs->readers);
	free(tracefs->lost);
	if (tracefs->epoll >= 0)
		close(tracefs->epoll);
	if (tracefs->timer >= 0)
		close(tracefs->timer);
	end_recording(tracefs);
	/* The formats of probes go with them: who reads events of theirs has to have done so. */
	trace_queue_drain(tracefs->context.queue);
	trace_instance_close(tracefs->instance);
	atomic_store(&tracefs->context.health->events_waiting, 0);
	atomic_store(&tracefs->context.health->ring_bytes, 0);
	tracefs->readers = NULL;
	tracefs->lost = NULL;
	tracefs->reader_count = 0;
	tracefs->epoll = tracefs->timer = -1;
	tracefs->instance = NULL;
}

static int begin(struct tracefs *tracefs, struct error *error)
{
	module_watch_init(&tracefs->modules);
	tracefs->instance = trace_instance_open(tracefs->context.config, tracefs->context.log,
						tracefs->context.stop, error);
	return tracefs->instance && !start_timer(tracefs, error) && !open_readers(tracefs, error)
		       ? make_recording(tracefs, error)
		       : -1;
}

static int tracefs_run(void *source, struct error *error)
{
	struct tracefs *tracefs = source;
	struct error ignored;
	int result = begin(tracefs, error);

	if (!result) {
		atomic_store(&tracefs->context.health->state, (int)SESSION_RUNNING);
		result = read_rounds(tracefs, error);
		/* What was traced up to now is counted, too. */
		trace_instance_end_tracing(tracefs->instance);
		read_round(tracefs, &ignored);
		note_stats(tracefs);
	}
	end(tracefs);
	return result;
}

const struct source_type tracefs_source = {
	.name = "tracefs",
	.is_live = true,
	.open = tracefs_open,
	.run = tracefs_run,
	.close = tracefs_close,
};
