/*
 * What a live session of Windows costs, against the model: the callback alone, for events of 40
 * bytes of payload, and 10 million events through the whole path at 3 million a second. Where
 * some of these are dropped it fails: it has measured something else then.
 *
 * `bench_etw callback COUNT` only writes so many, for callgrind with
 * --toggle-collect=event_writer_write.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/etw/event_writer_windows.h"
#include "tests/support/bench_measure.h"
#include "tests/windows/etw_rig.h"

#define PAYLOAD_BYTES 40
#define CALLS	      10000000
#define ROUNDS	      7
#define QUEUE_BYTES   ((size_t)8 << 20)
#define PATH_EVENTS   10000000

struct callback {
	const struct etw_functions *functions;
	struct etw_clock clock;
	struct session_health health;
	struct trace_queue *queue;
	struct event_writer writer;
	pthread_t consumer;
};

/* Gives back what it gets. */
static void *consume(void *queue)
{
	struct trace_buffer *buffer;

	while (!((buffer = trace_queue_get(queue))->flags & TRACE_BUFFER_STOP))
		trace_queue_recycle(queue, buffer);
	return NULL;
}

static void begin(struct callback *callback)
{
	const TRACE_LOGFILE_HEADER header = {.PerfFreq.QuadPart = 10000000, .ReservedFlags = 1};
	struct error error;

	unsetenv("ETWMODEL_SCRIPT");
	callback->functions = etw_functions_get(&error);
	if (!callback->functions)
		bench_die(error.text);
	etw_clock_init(&callback->clock, callback->functions, &header, 0);
	session_health_init(&callback->health);
	callback->queue = trace_queue_new(QUEUE_BYTES);
	if (!callback->queue || trace_queue_prepare(callback->queue))
		bench_die("a queue");
	event_writer_init(&callback->writer, callback->queue, &callback->health, &callback->clock,
			  recording_new());
	pthread_create(&callback->consumer, NULL, consume, callback->queue);
}

static void end(struct callback *callback)
{
	struct recording *recording = callback->writer.recording;

	event_writer_flush(&callback->writer);
	trace_queue_stop(callback->queue);
	pthread_join(callback->consumer, NULL);
	trace_queue_free(callback->queue);
	recording_free(recording);
}

/* CPU time of the thread that is called back, of one event. Processors take turns after `run`. */
static double write_events(size_t count, size_t run)
{
	static uint8_t payload[PAYLOAD_BYTES];
	EVENT_RECORD event = {
		.EventHeader.Flags =
			EVENT_HEADER_FLAG_64_BIT_HEADER | EVENT_HEADER_FLAG_PROCESSOR_INDEX,
		.EventHeader.EventDescriptor.Id = 1,
		.UserData = payload,
		.UserDataLength = sizeof(payload),
	};
	struct callback callback;
	double start, spent;
	size_t i;

	begin(&callback);
	start = bench_thread_seconds();
	for (i = 0; i < count; i++) {
		event.BufferContext.ProcessorIndex = (USHORT)(i / run % 4);
		event.EventHeader.TimeStamp.QuadPart++;
		event_writer_write(&callback.writer, &event);
	}
	spent = bench_thread_seconds() - start;
	end(&callback);
	return spent / (double)count * 1e9;
}

static void bench_callback(const char *name, size_t run)
{
	double ns[ROUNDS], median;
	size_t i;

	for (i = 0; i < ROUNDS; i++)
		ns[i] = write_events(CALLS, run);
	median = bench_median(ns, ROUNDS);
	printf("%-44s %6.1f ns (%.1f to %.1f)\n", name, median, ns[0], ns[ROUNDS - 1]);
}

/* False: events were dropped, so that it measured something else. */
static bool bench_path(void)
{
	const struct session_health *health;
	uint64_t allocations, events = 0;
	struct etw_rig rig;
	char script[512];
	double start;

	snprintf(
		script, sizeof(script),
		"provider {11111111-2222-3333-4444-555555555555} Shop\nevent Ordered id=1 level=4\n"
		"emit Ordered count=1000\nemit Ordered count=%d rate=3000000 bytes=%d cpus=4\n",
		PATH_EVENTS, PAYLOAD_BYTES);
	etw_rig_begin(&rig, script, "  queue: 64MiB\n  providers: [{name: Shop}]\n");
	health = etw_rig_health(&rig);
	while (health_get(&health->events) < 1000)
		etw_rig_yield();
	allocations = bench_allocations();
	start = bench_now();
	while (events + health_get(&health->events_dropped) < PATH_EVENTS + 1000) {
		etw_rig_yield();
		events = health_get(&health->events);
	}
	printf("%-44s %6.2f million/s, %llu counted, %llu dropped, %llu allocations\n",
	       "10 million events, callback to counter", PATH_EVENTS / (bench_now() - start) / 1e6,
	       (unsigned long long)events - 1000,
	       (unsigned long long)health_get(&health->events_dropped),
	       (unsigned long long)(bench_allocations() - allocations));
	printf("%-44s %6zu KiB of %zu\n", "the most that waited in the queue",
	       trace_queue_peak(session_queue(rig.session)) >> 10,
	       trace_queue_capacity(session_queue(rig.session)) >> 10);
	etw_rig_end(&rig);
	return events == PATH_EVENTS + 1000;
}

int main(int count, char **words)
{
	if (count == 3 && strcmp(words[1], "callback") == 0) {
		write_events(strtoul(words[2], NULL, 10), 64);
		return 0;
	}
	bench_callback("the callback, 40 bytes of payload", 64);
	bench_callback("likewise, each of another processor", 1);
	return bench_path() ? 0 : 1;
}
