#include "exporter/etw/etw_properties_windows.h"

#include <string.h>

#include "exporter/record/log_file_mode.h"
#include "exporter/value/utf16.h"

#define NS_PER_MS     1000000u
#define NS_PER_SECOND 1000000000u

/* Buffers of a session for each CPU, unless the configuration says how many. */
#define MIN_PER_CPU 4
#define MAX_PER_CPU 32

/* SystemTraceControlGuid of evntrace.h: what makes a session "NT Kernel Logger". */
static const GUID system_trace_guid = {
	0x9e814aad, 0x3204, 0x11d2, {0x9a, 0x82, 0x00, 0x60, 0x08, 0xa8, 0x69, 0x39}};

void etw_properties_init(struct etw_properties *properties)
{
	memset(properties, 0, sizeof(*properties));
	etw_properties_again(properties);
}

void etw_properties_again(struct etw_properties *properties)
{
	memset(&properties->properties, 0, sizeof(properties->properties));
	properties->session_name[0] = 0;
	properties->file_name[0] = 0;
	properties->properties.Wnode.BufferSize = sizeof(*properties);
	properties->properties.LoggerNameOffset = offsetof(struct etw_properties, session_name);
	properties->properties.LogFileNameOffset = offsetof(struct etw_properties, file_name);
}

/*
 * Independent of other sessions: without it one that is slow makes events vanish for all, and
 * nobody counts them. Windows grants it together with a word on what becomes of the session when
 * the machine hibernates.
 */
static ULONG choose_mode(const struct etw_config *config)
{
	ULONG mode = LOG_FILE_MODE_REAL_TIME | LOG_FILE_MODE_INDEPENDENT |
		     LOG_FILE_MODE_PERSIST_ON_HYBRID_SHUTDOWN;

	if (config->kind == ETW_SYSTEM)
		mode |= LOG_FILE_MODE_SYSTEM_LOGGER;
	if (config->flush_ns % NS_PER_SECOND)
		mode |= LOG_FILE_MODE_FLUSH_IN_MS;
	return mode;
}

void etw_properties_fill(struct etw_properties *properties, const struct etw_config *config,
			 unsigned int cpus)
{
	EVENT_TRACE_PROPERTIES *to = &properties->properties;
	const struct etw_buffers_config *buffers = &config->buffers;

	etw_properties_init(properties);
	to->LogFileNameOffset = 0;
	to->Wnode.Flags = WNODE_FLAG_TRACED_GUID;
	to->Wnode.ClientContext = config->clock == ETW_CLOCK_SYSTEM ? 2 : 1;
	if (config->kind == ETW_KERNEL)
		to->Wnode.Guid = system_trace_guid;
	to->BufferSize = (ULONG)(buffers->size_bytes >> 10);
	to->MinimumBuffers = (ULONG)(buffers->min ? buffers->min : MIN_PER_CPU * (uint64_t)cpus);
	to->MaximumBuffers = (ULONG)(buffers->max ? buffers->max : MAX_PER_CPU * (uint64_t)cpus);
	if (to->MaximumBuffers < to->MinimumBuffers && buffers->max)
		to->MinimumBuffers = to->MaximumBuffers;
	else if (to->MaximumBuffers < to->MinimumBuffers)
		to->MaximumBuffers = to->MinimumBuffers;
	to->LogFileMode = choose_mode(config);
	to->FlushTimer = (ULONG)(to->LogFileMode & LOG_FILE_MODE_FLUSH_IN_MS
					 ? config->flush_ns / NS_PER_MS
					 : config->flush_ns / NS_PER_SECOND);
	to->EnableFlags = config->flags;
}

const char *etw_properties_clock(const EVENT_TRACE_PROPERTIES *properties)
{
	static const char *const names[] = {"qpc", "qpc", "system", "cpu"};
	ULONG clock = properties->Wnode.ClientContext;

	return clock < sizeof(names) / sizeof(names[0]) ? names[clock] : "unknown";
}

bool etw_properties_is_system(const EVENT_TRACE_PROPERTIES *properties)
{
	return properties->LogFileMode & LOG_FILE_MODE_SYSTEM_LOGGER ||
	       memcmp(&properties->Wnode.Guid, &system_trace_guid, sizeof(GUID)) == 0;
}

void etw_properties_numbers(const EVENT_TRACE_PROPERTIES *properties, struct etw_numbers *numbers)
{
	*numbers = (struct etw_numbers){
		.counters =
			{
				[ETW_EVENTS_LOST] = properties->EventsLost,
				[ETW_LOG_BUFFERS_LOST] = properties->LogBuffersLost,
				[ETW_REAL_TIME_BUFFERS_LOST] = properties->RealTimeBuffersLost,
				[ETW_BUFFERS_WRITTEN] = properties->BuffersWritten,
			},
		.buffers = properties->NumberOfBuffers,
		.buffers_free = properties->FreeBuffers,
		.buffer_bytes = (uint64_t)properties->BufferSize << 10,
		.mode = properties->LogFileMode,
	};
}

static void take(const WCHAR from[ETW_SESSION_NAME_SIZE], char *to, size_t size)
{
	struct bytes units = {(const uint8_t *)from, ETW_SESSION_NAME_SIZE * sizeof(*from)};

	utf16_take_string(&units, to, size);
}

void etw_properties_name(const struct etw_properties *properties, char *name, size_t size)
{
	take(properties->session_name, name, size);
}

void etw_properties_file(const struct etw_properties *properties, char *file, size_t size)
{
	take(properties->file_name, file, size);
}
