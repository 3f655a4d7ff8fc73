/*
 * Live trace sessions of Windows (ETW): started, opened, and processed by the session's thread,
 * which Windows calls back with each event.
 *
 * That thread belongs to Windows until the session ends; a second one watches over the session:
 * once a second it asks what was lost, and it stops the session, when that is wanted. What Windows
 * delivers while the queue is full is dropped and counted: a callback that waited would make
 * Windows lose events where nobody sees it.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/etw/etw_enable_windows.h"
#include "exporter/etw/etw_error_windows.h"
#include "exporter/etw/etw_session_windows.h"
#include "exporter/etw/etw_stop_event_windows.h"
#include "exporter/etw/event_writer_windows.h"
#include "exporter/source/source.h"

#define SECOND_NS ((uint64_t)1000000000)
/* How long events that wait in a session that was stopped may take to be delivered. */
#define DRAIN_NS (3 * SECOND_NS)
/* How often it is looked whether they still come. */
#define LOOK_NS (SECOND_NS / 10)

struct etw {
	struct source_context context;
	const struct etw_functions *functions; /* the program's */
	struct etw_session session;
	struct etw_clock clock;
	struct event_writer writer;
	TRACEHANDLE consumer; /* of the events */
	pthread_t watcher;
	struct stop *ended;	      /* set once no more events are delivered */
	_Atomic uint64_t delivered;   /* buffers of Windows */
	_Atomic bool is_stopping;     /* by us */
	_Atomic bool consumer_closed; /* or is just being closed */
	struct etw_stop_event stop;   /* of the session, by another process */
	bool was_stopped;	      /* so */
};

static void *etw_open(const struct source_context *context, struct error *error)
{
	struct etw *etw = calloc(1, sizeof(*etw));

	if (!etw) {
		error_set(error, "out of memory");
		return NULL;
	}
	etw->context = *context;
	etw->functions = etw_functions_get(error);
	if (!etw->functions) {
		free(etw);
		return NULL;
	}
	if (trace_queue_prepare(context->queue)) {
		error_set(error, "out of memory for the queue of %llu bytes",
			  (unsigned long long)context->config->queue_bytes);
		free(etw);
		return NULL;
	}
	return etw;
}

static void etw_close(void *source)
{
	free(source);
}

static void note_stopper(struct etw *etw, const EVENT_RECORD *event)
{
	if (etw_stop_event_read(event, etw->session.name, &etw->stop))
		etw->was_stopped = true;
}

static void WINAPI take_event(PEVENT_RECORD event)
{
	struct etw *etw = event->UserContext;

	if (etw_stop_event_may_be(event)) {
		note_stopper(etw, event);
		if (!etw_enable_wants(&etw->session, event))
			return;
	}
	event_writer_write(&etw->writer, event);
}

/* After each of Windows' buffers: what is in ours is not to wait for more. */
static ULONG WINAPI end_buffer(PEVENT_TRACE_LOGFILEW logfile)
{
	struct etw *etw = logfile->Context;

	event_writer_flush(&etw->writer);
	atomic_fetch_add(&etw->delivered, 1);
	return TRUE;
}

static int open_consumer(struct etw *etw, struct error *error)
{
	EVENT_TRACE_LOGFILEW logfile = {
		.LoggerName = etw->session.name,
		.ProcessTraceMode = PROCESS_TRACE_MODE_REAL_TIME | PROCESS_TRACE_MODE_EVENT_RECORD |
				    PROCESS_TRACE_MODE_RAW_TIMESTAMP,
		.BufferCallback = end_buffer,
		.EventRecordCallback = take_event,
		.Context = etw,
	};

	etw->consumer = etw->functions->OpenTraceW(&logfile);
	if (etw->consumer == INVALID_PROCESSTRACE_HANDLE)
		return etw_error_trace(error, GetLastError(), "receive the events of",
				       etw->session.name_text);
	atomic_store(&etw->consumer_closed, false);
	etw_clock_init(&etw->clock, etw->functions, &logfile.LogfileHeader, etw->session.clock);
	return 0;
}

/* As of a file: what is known of the trace and its clock. */
static int make_recording(struct etw *etw, struct error *error)
{
	struct recording *recording = recording_new();

	if (!recording)
		return error_set(error, "out of memory");
	recording->is_live = true;
	recording->has_header = true;
	recording->header.clock = etw->clock.facts;
	event_writer_init(&etw->writer, etw->context.queue, etw->context.health, &etw->clock,
			  recording);
	return 0;
}

/* Once; while events are delivered Windows says that it is pending. */
static void close_consumer(struct etw *etw)
{
	if (!atomic_exchange(&etw->consumer_closed, true))
		etw->functions->CloseTrace(etw->consumer);
}

static void note_undelivered(struct etw *etw)
{
	health_add(&etw->context.health->loss_signs[LOSS_SIGN_UNDELIVERED], 1);
	log_line(etw->context.log, LOG_WARN,
		 "events that waited in a trace session that was stopped came for too long, and "
		 "the rest is not counted",
		 "session", etw->context.config->name, "name", etw->session.name_text, NULL);
}

/*
 * The session is gone, and the events that wait in it are delivered still: gives them time, but no
 * more than `idle_ns` without any.
 */
static void drain(struct etw *etw, uint64_t idle_ns)
{
	uint64_t before = atomic_load(&etw->delivered), waited, idle = 0;

	for (waited = 0; waited < DRAIN_NS && idle < idle_ns; waited += LOOK_NS) {
		uint64_t delivered;

		if (stop_wait(etw->ended, LOOK_NS))
			return;
		delivered = atomic_load(&etw->delivered);
		idle = delivered == before ? idle + LOOK_NS : 0;
		before = delivered;
	}
	if (idle < SECOND_NS)
		note_undelivered(etw);
}

/* The events that wait are delivered still; then ProcessTrace() returns by itself, or is made to.
 */
static void stop_session(struct etw *etw)
{
	atomic_store(&etw->is_stopping, true);
	if (!etw->session.is_others) {
		etw_disable_providers(&etw->session);
		etw_session_flush(&etw->session);
		etw_session_close(&etw->session);
		drain(etw, DRAIN_NS);
	}
	close_consumer(etw);
}

static void *watch(void *argument)
{
	struct etw *etw = argument;

	while (!stop_wait(etw->context.stop, SECOND_NS)) {
		if (stop_is_set(etw->ended))
			return NULL;
		if (etw_session_query(&etw->session))
			continue;
		/* Where the session is gone, its consumer is not always told. */
		drain(etw, SECOND_NS);
		close_consumer(etw);
		return NULL;
	}
	stop_session(etw);
	return NULL;
}

static int begin(struct etw *etw, struct error *error)
{
	etw->session = (struct etw_session){
		.functions = etw->functions,
		.config = etw->context.config,
		.health = etw->context.health,
		.log = etw->context.log,
	};
	etw->consumer = INVALID_PROCESSTRACE_HANDLE;
	etw->was_stopped = false;
	atomic_store(&etw->consumer_closed, true);
	atomic_store(&etw->is_stopping, false);
	etw->ended = stop_new();
	if (!etw->ended)
		return error_set(error, "out of memory");
	/* Who receives is there before there is something to receive. */
	if (etw_session_open(&etw->session, error) || open_consumer(etw, error) ||
	    make_recording(etw, error) || etw_enable_providers(&etw->session, error))
		return -1;
	if (pthread_create(&etw->watcher, NULL, watch, etw))
		return error_set(error, "cannot start a thread for %s", etw->session.name_text);
	return 0;
}

/* The session is gone, and with it its numbers, but for those that Windows said at its end. */
static void note_stop(struct etw *etw)
{
	const struct etw_stop_event *stop = &etw->stop;
	const uint32_t counters[ETW_COUNTER_COUNT] = {
		[ETW_EVENTS_LOST] = stop->events_lost,
		[ETW_LOG_BUFFERS_LOST] = stop->log_buffers_lost,
		[ETW_REAL_TIME_BUFFERS_LOST] = stop->real_time_buffers_lost,
	};

	session_health_stopped(etw->context.health, etw->was_stopped ? stop->stopper : 0);
	if (etw->was_stopped && stop->has_lost)
		etw_losses_note_lost(&etw->session.losses, counters, etw->context.health);
}

/* Windows has ended the trace, though it was not to end. */
static int set_ended(struct etw *etw, ULONG code, struct error *error)
{
	const char *name = etw->session.name_text;

	if (code != ERROR_SUCCESS && code != ERROR_CANCELLED)
		return etw_error_trace(error, code, "receive the events of", name);
	note_stop(etw);
	if (etw->was_stopped)
		return error_set(error, "process %lu has stopped the trace session %s",
				 (unsigned long)etw->stop.stopper, name);
	return error_set(error, "somebody has stopped the trace session %s", name);
}

static int process(struct etw *etw, struct error *error)
{
	ULONG code;

	atomic_store(&etw->context.health->state, (int)SESSION_RUNNING);
	code = etw->functions->ProcessTrace(&etw->consumer, 1, NULL, NULL);
	stop_set(etw->ended);
	pthread_join(etw->watcher, NULL);
	return atomic_load(&etw->is_stopping) ? 0 : set_ended(etw, code, error);
}

static void end(struct etw *etw)
{
	close_consumer(etw);
	etw_session_close(&etw->session);
	if (etw->writer.recording)
		event_writer_done(&etw->writer);
	etw_losses_end(etw->context.health);
	etw_enable_done(&etw->session);
	stop_free(etw->ended);
	etw->ended = NULL;
}

static int etw_run(void *source, struct error *error)
{
	struct etw *etw = source;
	int result = begin(etw, error);

	if (!result)
		result = process(etw, error);
	end(etw);
	return result;
}

const struct source_type etw_source = {
	.name = "etw",
	.is_live = true,
	.open = etw_open,
	.run = etw_run,
	.close = etw_close,
};
