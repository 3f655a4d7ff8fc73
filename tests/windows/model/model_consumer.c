/* The consumer: what the script says happens, delivered to a callback. */
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "exporter/base/bytes.h"
#include "exporter/etw/etw_stop_event_windows.h"
#include "tests/windows/model/model.h"

#define CONSUMERS_MAX	16
#define FIRST_HANDLE	0x100000000ull
#define EVENTS_A_LOOK	64 /* after so many it is looked whether the session is still there */
#define PAYLOAD_MAX	65000
#define TICKS_A_SECOND	10000000
#define EVENT_OVERHEAD	80 /* of an event in a buffer, beside its payload */
#define PROCESSOR_COUNT 2

struct model_consumer {
	EVENT_TRACE_LOGFILEW logfile;
	struct model_recording *recording;
	ULONG id; /* of the session */
	ULONG filled;
	WCHAR name[ETW_SESSION_NAME_SIZE];
	_Atomic bool used, is_closing, is_running;
	bool is_deaf; /* it is not told that its session is gone. Unsettled: whether that happens */
};

static struct model_consumer consumers[CONSUMERS_MAX];

static struct model_consumer *find(TRACEHANDLE handle)
{
	TRACEHANDLE at = handle - FIRST_HANDLE;

	return at < CONSUMERS_MAX && atomic_load(&consumers[at].used) ? &consumers[at] : NULL;
}

/* Not of the machine's clock, which stands still while a recording is replayed. */
static unsigned long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned long long)now.tv_sec * 1000 + (unsigned long long)now.tv_nsec / 1000000;
}

static void rest_ms(unsigned long ms)
{
	const struct timespec time = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};

	nanosleep(&time, NULL);
}

static const struct model_step *next_step(void)
{
	const struct model_script *script = model_script();
	ULONG step = model_lock()->step;

	model_unlock();
	return step < script->step_count ? &script->steps[step] : NULL;
}

static bool is_alive(const struct model_consumer *consumer)
{
	struct model_state *state;
	bool there;

	if (atomic_load(&consumer->is_closing))
		return false;
	state = model_lock();
	there = model_session_by_id(state, consumer->id) != NULL;
	model_unlock();
	return there || consumer->is_deaf;
}

static void fill_header(TRACE_LOGFILE_HEADER *header)
{
	FILETIME now;

	memset(header, 0, sizeof(*header));
	model_GetSystemTimeAsFileTime(&now);
	header->PerfFreq.QuadPart = model_clock_frequency();
	header->NumberOfProcessors = PROCESSOR_COUNT;
	header->PointerSize = 8;
	header->StartTime.LowPart = now.dwLowDateTime;
	header->StartTime.HighPart = (LONG)now.dwHighDateTime;
}

/* By the session; a recording says it itself. */
static ULONG clock_of(const struct model_consumer *consumer)
{
	struct model_state *state = model_lock();
	struct model_session *session = model_session_find(state, consumer->name);
	ULONG type = session ? session->properties.Wnode.ClientContext : 0;

	model_unlock();
	return type ? type : 1;
}

static void note_consumer(const struct model_consumer *consumer)
{
	struct model_state *state = model_lock();
	struct model_session *session = model_session_find(state, consumer->name);

	if (session)
		session->consumers++;
	model_unlock();
}

static void prepare(struct model_consumer *consumer, EVENT_TRACE_LOGFILEW *logfile)
{
	TRACE_LOGFILE_HEADER *header = &logfile->LogfileHeader;
	const struct model_step *step = next_step();
	LONGLONG timestamp;

	fill_header(header);
	header->ReservedFlags = clock_of(consumer);
	if (step && step->kind == STEP_ETL) {
		consumer->recording = model_recording_open(step->text, step->as_stored);
		model_recording_header(consumer->recording, header, &timestamp);
		model_clock_set(timestamp, header->PerfFreq.QuadPart, header->StartTime.QuadPart);
	}
	consumer->logfile = *logfile;
	if (model_script()->is_header_bare)
		memset(header, 0, sizeof(*header));
}

/* In real time, and with a callback for events as they are since Windows Vista. */
static bool is_valid(const EVENT_TRACE_LOGFILEW *logfile)
{
	const ULONG needed = PROCESS_TRACE_MODE_REAL_TIME | PROCESS_TRACE_MODE_EVENT_RECORD;
	const ULONG known = needed | PROCESS_TRACE_MODE_RAW_TIMESTAMP;

	return (logfile->ProcessTraceMode & needed) == needed &&
	       !(logfile->ProcessTraceMode & ~known) && logfile->LoggerName &&
	       !logfile->LogFileName && logfile->EventRecordCallback;
}

/* Unsettled: whether the session has to be there by now. */
MODEL_FUNCTION(TRACEHANDLE, OpenTraceW, PEVENT_TRACE_LOGFILEW logfile)
{
	size_t i, length = 0;

	if (!is_valid(logfile) || model_script()->denies[MODEL_DENIED_OPEN]) {
		SetLastError(is_valid(logfile) ? ERROR_ACCESS_DENIED : ERROR_INVALID_PARAMETER);
		return INVALID_PROCESSTRACE_HANDLE;
	}
	for (i = 0; i < CONSUMERS_MAX; i++) {
		struct model_consumer *consumer = &consumers[i];

		if (atomic_exchange(&consumer->used, true))
			continue;
		atomic_store(&consumer->is_closing, false);
		consumer->is_deaf = false;
		consumer->recording = NULL;
		consumer->filled = 0;
		while (logfile->LoggerName[length])
			length++;
		memcpy(consumer->name, logfile->LoggerName, (length + 1) * sizeof(WCHAR));
		note_consumer(consumer);
		prepare(consumer, logfile);
		return FIRST_HANDLE + i;
	}
	SetLastError(ERROR_NO_SYSTEM_RESOURCES);
	return INVALID_PROCESSTRACE_HANDLE;
}

static void release(struct model_consumer *consumer)
{
	model_recording_free(consumer->recording);
	consumer->recording = NULL;
	model_clock_unset();
	atomic_store(&consumer->used, false);
}

MODEL_FUNCTION(ULONG, CloseTrace, TRACEHANDLE handle)
{
	struct model_consumer *consumer = find(handle);

	if (!consumer)
		return ERROR_INVALID_HANDLE;
	atomic_store(&consumer->is_closing, true);
	if (atomic_load(&consumer->is_running))
		return ERROR_CTX_CLOSE_PENDING;
	release(consumer);
	return ERROR_SUCCESS;
}

bool model_end_buffer(struct model_consumer *consumer, ULONG filled)
{
	struct model_state *state = model_lock();
	struct model_session *session = model_session_by_id(state, consumer->id);

	if (session)
		session->properties.BuffersWritten++;
	model_unlock();
	consumer->filled = 0;
	consumer->logfile.BuffersRead++;
	consumer->logfile.Filled = filled;
	return !consumer->logfile.BufferCallback ||
	       consumer->logfile.BufferCallback(&consumer->logfile);
}

void model_deliver(struct model_consumer *consumer, EVENT_RECORD *event)
{
	event->UserContext = consumer->logfile.Context;
	consumer->logfile.EventRecordCallback(event);
}

/* What a step emits, the same event again and again. */
struct emitted {
	EVENT_RECORD record;
	EVENT_HEADER_EXTENDED_DATA_ITEM schema;
	uint8_t schema_bytes[MODEL_NAME_SIZE + 8];
	uint8_t payload[PAYLOAD_MAX];
};

/* TraceLogging: a size, no tags, the name, no fields. */
static void add_schema(struct emitted *emitted, const char *name)
{
	size_t size = 2 + 1 + strlen(name) + 1;

	emitted->schema_bytes[0] = (uint8_t)size;
	strcpy((char *)emitted->schema_bytes + 3, name);
	emitted->schema = (EVENT_HEADER_EXTENDED_DATA_ITEM){
		.ExtType = 11,
		.DataSize = (USHORT)size,
		.DataPtr = (ULONGLONG)(uintptr_t)emitted->schema_bytes,
	};
	emitted->record.ExtendedData = &emitted->schema;
	emitted->record.ExtendedDataCount = 1;
}

static struct emitted *make_emitted(const struct model_step *step)
{
	struct emitted *emitted = calloc(1, sizeof(*emitted));
	EVENT_HEADER *header = &emitted->record.EventHeader;

	header->Flags = EVENT_HEADER_FLAG_64_BIT_HEADER | EVENT_HEADER_FLAG_PROCESSOR_INDEX;
	header->ThreadId = (ULONG)step->tid;
	header->ProcessId = (ULONG)step->pid;
	header->ProviderId = step->event->provider;
	header->EventDescriptor = step->event->descriptor;
	emitted->record.UserData = emitted->payload;
	emitted->record.UserDataLength =
		(USHORT)(step->data_bytes ? step->data_bytes : step->bytes);
	memcpy(emitted->payload, step->data, step->data_bytes);
	if (step->event->is_classic)
		header->Flags |= EVENT_HEADER_FLAG_CLASSIC_HEADER;
	if (step->event->is_tracelogging)
		add_schema(emitted, step->event->name);
	return emitted;
}

static LONGLONG counter_now(void)
{
	LARGE_INTEGER now;

	model_QueryPerformanceCounter(&now);
	return now.QuadPart;
}

/* Unless they are asked for raw, time stamps are the time of day. */
static LONGLONG stamp(const struct model_consumer *consumer)
{
	FILETIME now;

	if (consumer->logfile.ProcessTraceMode & PROCESS_TRACE_MODE_RAW_TIMESTAMP &&
	    consumer->logfile.LogfileHeader.ReservedFlags == 1)
		return counter_now();
	model_GetSystemTimeAsFileTime(&now);
	return (LONGLONG)((ULONGLONG)now.dwHighDateTime << 32 | now.dwLowDateTime);
}

static bool wants(const struct model_consumer *consumer, const struct model_step *step)
{
	struct model_state *state = model_lock();
	const struct model_session *session = model_session_by_id(state, consumer->id);
	bool wanted =
		session && model_session_wants(session, step->event, (ULONG)step->pid, step->text);

	model_unlock();
	return wanted;
}

/* Until `count` events are due. */
static void pace(const struct model_step *step, LONGLONG start, unsigned long count)
{
	while (step->rate && (double)(counter_now() - start) * (double)step->rate <
				     (double)count * TICKS_A_SECOND)
		;
}

static ULONG buffer_bytes(const struct model_consumer *consumer)
{
	struct model_state *state = model_lock();
	const struct model_session *session = model_session_by_id(state, consumer->id);
	ULONG kib = session ? session->properties.BufferSize : 64;

	model_unlock();
	return kib << 10;
}

static bool emit(struct model_consumer *consumer, const struct model_step *step)
{
	ULONG room = buffer_bytes(consumer);
	struct emitted *emitted = make_emitted(step);
	LONGLONG start = counter_now();
	bool goes_on = true;
	unsigned long i;

	for (i = 0; i < step->count && goes_on; i++) {
		uint32_t number = (uint32_t)i;

		if (i % EVENTS_A_LOOK == 0) {
			if (!is_alive(consumer) || !wants(consumer, step))
				break;
			pace(step, start, i);
			emitted->record.EventHeader.TimeStamp.QuadPart = stamp(consumer);
		}
		emitted->record.BufferContext.ProcessorIndex = (USHORT)(i % step->cpus);
		if (!step->data_bytes)
			memcpy(emitted->payload, &number, sizeof(number));
		model_deliver(consumer, &emitted->record);
		consumer->filled += EVENT_OVERHEAD + (ULONG)step->bytes;
		if (consumer->filled > room)
			goes_on = model_end_buffer(consumer, consumer->filled);
	}
	if (goes_on && consumer->filled)
		goes_on = model_end_buffer(consumer, consumer->filled);
	free(emitted);
	return goes_on;
}

static void change_counters(struct model_consumer *consumer, const struct model_step *step)
{
	struct model_state *state = model_lock();
	struct model_session *session = model_session_by_id(state, consumer->id);
	ULONG keep = step->kind == STEP_LOST;

	if (session) {
		EVENT_TRACE_PROPERTIES *counters = &session->properties;

		counters->EventsLost = keep * counters->EventsLost + (ULONG)step->events;
		counters->LogBuffersLost =
			keep * counters->LogBuffersLost + (ULONG)step->log_buffers;
		counters->RealTimeBuffersLost =
			keep * counters->RealTimeBuffersLost + (ULONG)step->real_time_buffers;
		counters->BuffersWritten = keep * counters->BuffersWritten + (ULONG)step->buffers;
	}
	model_unlock();
}

/* As event 11 of version 2 has them: the file's name, six numbers of buffers, what was lost. */
static size_t write_stop(const struct model_consumer *consumer, uint8_t *payload)
{
	struct model_state *state = model_lock();
	struct model_session *session = model_session_by_id(state, consumer->id);
	size_t length = 0, at = 20;

	while (consumer->name[length])
		length++;
	memcpy(payload + at, consumer->name, (length + 1) * sizeof(WCHAR));
	at += (length + 1) * sizeof(WCHAR) + sizeof(WCHAR) + 24;
	if (session) {
		put_le32(payload + at, session->properties.EventsLost);
		put_le32(payload + at + 4, session->properties.LogBuffersLost);
		put_le32(payload + at + 8, session->properties.RealTimeBuffersLost);
	}
	model_unlock();
	return at + 16;
}

/* Unsettled: whether a session that has the provider enabled sees its own end. */
static void tell_stopper(struct model_consumer *consumer, ULONG pid)
{
	const struct model_event event = {
		.provider = etw_stop_event_provider,
		.descriptor = {.Id = ETW_STOP_EVENT_ID,
			       .Version = 2,
			       .Level = ETW_STOP_EVENT_LEVEL,
			       .Keyword = ETW_STOP_EVENT_KEYWORD},
	};
	const struct model_step step = {.event = &event, .pid = pid};
	struct emitted *emitted = make_emitted(&step);

	emitted->record.UserDataLength = (USHORT)write_stop(consumer, emitted->payload);
	emitted->record.EventHeader.TimeStamp.QuadPart = stamp(consumer);
	if (wants(consumer, &step))
		model_deliver(consumer, &emitted->record);
	free(emitted);
}

static void end_session(struct model_consumer *consumer, const struct model_step *step)
{
	struct model_state *state;
	struct model_session *session;

	if (step->kind == STEP_STOP)
		tell_stopper(consumer, (ULONG)step->pid);
	state = model_lock();
	session = model_session_by_id(state, consumer->id);
	if (session)
		session->used = false;
	consumer->is_deaf = step->kind == STEP_VANISH;
	model_unlock();
}

/* ProcessTrace() delivers what is there before it returns, unless it is closed. */
static bool deliver_backlog(struct model_consumer *consumer, const struct model_step *step)
{
	struct emitted *emitted = make_emitted(step);
	bool goes_on = wants(consumer, step);
	unsigned long i;

	end_session(consumer, step);
	emitted->record.EventHeader.TimeStamp.QuadPart = stamp(consumer);
	for (i = 0; i < step->count && goes_on && !atomic_load(&consumer->is_closing); i++) {
		rest_ms(step->ms);
		model_deliver(consumer, &emitted->record);
		goes_on = model_end_buffer(consumer, 1);
	}
	free(emitted);
	return goes_on;
}

static bool was_asked_for_state(const struct model_consumer *consumer)
{
	struct model_state *state = model_lock();
	const struct model_session *session = model_session_by_id(state, consumer->id);
	bool asked = false;
	ULONG i;

	for (i = 0; session && i < session->enabled_count; i++)
		asked |= session->enabled[i].rundowns > 0;
	model_unlock();
	return asked;
}

static unsigned int count_queries(const struct model_consumer *consumer)
{
	struct model_state *state = model_lock();
	const struct model_session *session = model_session_by_id(state, consumer->id);
	unsigned int queries = session ? session->queries : 0;

	model_unlock();
	return queries;
}

static ULONG count_calls(void)
{
	ULONG calls = model_lock()->tdh_calls;

	model_unlock();
	return calls;
}

static bool look(struct model_consumer *consumer, const struct model_step *step)
{
	ULONG before = count_calls();
	bool goes_on = true;

	while (goes_on && is_alive(consumer) && count_calls() == before) {
		goes_on = emit(consumer, step);
		rest_ms(20);
	}
	return goes_on;
}

static void wait_for_query(struct model_consumer *consumer)
{
	unsigned int before = count_queries(consumer);

	while (is_alive(consumer) && count_queries(consumer) == before)
		rest_ms(1);
}

/* False: nobody has asked for what is not there yet. */
static bool install(void)
{
	struct model_state *state = model_lock();

	state->has_installed = state->tdh_calls > 0;
	model_unlock();
	return state->has_installed;
}

/* False: the callback wants no more. */
static bool take_step(struct model_consumer *consumer, const struct model_step *step)
{
	unsigned long long begun;

	switch (step->kind) {
	case STEP_EMIT:
		return emit(consumer, step);
	case STEP_LOST:
	case STEP_COUNTERS:
		change_counters(consumer, step);
		return true;
	case STEP_SLEEP:
		for (begun = now_ms(); now_ms() - begun < step->ms && is_alive(consumer);)
			rest_ms(1);
		return true;
	case STEP_ASKED:
		wait_for_query(consumer);
		return true;
	case STEP_LOOK:
		return look(consumer, step);
	case STEP_STATE:
		while (is_alive(consumer) && !was_asked_for_state(consumer))
			rest_ms(1);
		return true;
	case STEP_INSTALL:
		while (is_alive(consumer) && !install())
			rest_ms(1);
		return true;
	case STEP_BACKLOG:
		return deliver_backlog(consumer, step);
	case STEP_ETL:
		if (consumer->recording)
			model_recording_deliver(consumer->recording, consumer);
		return model_end_buffer(consumer, consumer->filled);
	default:
		end_session(consumer, step);
		return true;
	}
}

static ULONG process(struct model_consumer *consumer)
{
	const struct model_step *step;

	while (!consumer->is_deaf && is_alive(consumer) && (step = next_step())) {
		/* Before it is taken: it may end the session. */
		model_lock()->step++;
		model_unlock();
		if (!take_step(consumer, step))
			return ERROR_CANCELLED;
	}
	/* A quiet session. */
	while (is_alive(consumer))
		rest_ms(2);
	return ERROR_SUCCESS;
}

MODEL_FUNCTION(ULONG, ProcessTrace, PTRACEHANDLE handles, ULONG count, LPFILETIME from,
	       LPFILETIME to)
{
	struct model_consumer *consumer = count == 1 ? find(handles[0]) : NULL;
	struct model_state *state;
	struct model_session *session;
	ULONG code;

	(void)from;
	(void)to;
	if (!consumer)
		return ERROR_INVALID_HANDLE;
	state = model_lock();
	session = model_session_find(state, consumer->name);
	consumer->id = session ? session->id : 0;
	model_unlock();
	if (!session)
		return ERROR_WMI_INSTANCE_NOT_FOUND;
	atomic_store(&consumer->is_running, true);
	code = process(consumer);
	atomic_store(&consumer->is_running, false);
	if (atomic_load(&consumer->is_closing))
		release(consumer);
	return code;
}
