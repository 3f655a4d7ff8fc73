#include "exporter/etw/etw_reuse_windows.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "exporter/etw/etw_properties_windows.h"
#include "exporter/record/log_file_mode.h"

#define NS_PER_MS     1000000u
#define NS_PER_SECOND 1000000000u

/* In the unit that the session has; at least one, as 0 changes nothing. */
static ULONG flush_timer(const struct etw_session *session, const EVENT_TRACE_PROPERTIES *running)
{
	uint64_t unit =
		running->LogFileMode & LOG_FILE_MODE_FLUSH_IN_MS ? NS_PER_MS : NS_PER_SECOND;

	return (ULONG)((session->config->etw.flush_ns + unit - 1) / unit);
}

static void fill(const struct etw_session *session, const EVENT_TRACE_PROPERTIES *running,
		 const EVENT_TRACE_PROPERTIES *wanted, EVENT_TRACE_PROPERTIES *to)
{
	bool is_shared = session->config->etw.kind == ETW_KERNEL;

	to->Wnode.Flags = WNODE_FLAG_TRACED_GUID;
	to->Wnode.Guid = running->Wnode.Guid;
	to->LogFileNameOffset = 0; /* any other would be a new file */
	to->LogFileMode = LOG_FILE_MODE_REAL_TIME;
	if (etw_properties_is_system(running))
		to->EnableFlags = wanted->EnableFlags | (is_shared ? running->EnableFlags : 0);
	to->FlushTimer = flush_timer(session, running);
	if (is_shared && running->FlushTimer && running->FlushTimer < to->FlushTimer)
		to->FlushTimer = running->FlushTimer;
	to->MaximumBuffers = wanted->MaximumBuffers;
	if (is_shared && to->MaximumBuffers < running->MaximumBuffers)
		to->MaximumBuffers = running->MaximumBuffers;
	if (to->MaximumBuffers < running->MinimumBuffers)
		to->MaximumBuffers = running->MinimumBuffers;
}

struct difference {
	char text[300];
	size_t used;
};

static void __attribute__((format(__printf__, 2, 3)))
differ(struct difference *difference, const char *format, ...)
{
	size_t room = sizeof(difference->text) - difference->used;
	char *to = difference->text + difference->used;
	va_list arguments;
	int length = 0;

	if (difference->used)
		length = snprintf(to, room, ", ");
	va_start(arguments, format);
	length += vsnprintf(to + length, room - (size_t)length, format, arguments);
	va_end(arguments);
	difference->used += (size_t)length < room ? (size_t)length : room - 1;
}

static void compare_modes(const EVENT_TRACE_PROPERTIES *is, const EVENT_TRACE_PROPERTIES *wanted,
			  struct difference *to)
{
	const uint32_t compared =
		LOG_FILE_MODE_SYSTEM_LOGGER | LOG_FILE_MODE_INDEPENDENT | LOG_FILE_MODE_FLUSH_IN_MS;
	uint32_t others = (is->LogFileMode ^ wanted->LogFileMode) & compared;
	const struct log_file_mode *mode;

	for (mode = log_file_modes; mode->name; mode++)
		if (others & mode->bit)
			differ(to, "mode %s%s", is->LogFileMode & mode->bit ? "" : "not ",
			       mode->name);
}

static void compare(const EVENT_TRACE_PROPERTIES *is, const EVENT_TRACE_PROPERTIES *wanted,
		    struct difference *to)
{
	const char *clock = etw_properties_clock(is);
	const char *wanted_clock = etw_properties_clock(wanted);

	if (is->BufferSize != wanted->BufferSize)
		differ(to, "buffers of %u KiB (not %u)", (unsigned int)is->BufferSize,
		       (unsigned int)wanted->BufferSize);
	if (is->MinimumBuffers != wanted->MinimumBuffers)
		differ(to, "at least %u of them (not %u)", (unsigned int)is->MinimumBuffers,
		       (unsigned int)wanted->MinimumBuffers);
	if (is->MaximumBuffers != wanted->MaximumBuffers)
		differ(to, "at most %u of them (not %u)", (unsigned int)is->MaximumBuffers,
		       (unsigned int)wanted->MaximumBuffers);
	if (strcmp(clock, wanted_clock) != 0)
		differ(to, "clock %s (not %s)", clock, wanted_clock);
	if (is->EnableFlags != wanted->EnableFlags)
		differ(to, "flags 0x%x (not 0x%x)", (unsigned int)is->EnableFlags,
		       (unsigned int)wanted->EnableFlags);
	compare_modes(is, wanted, to);
}

ULONG etw_reuse(struct etw_session *session, const EVENT_TRACE_PROPERTIES *running,
		const EVENT_TRACE_PROPERTIES *wanted)
{
	struct difference difference = {.used = 0};
	struct etw_properties properties;
	ULONG code;

	etw_properties_init(&properties);
	fill(session, running, wanted, &properties.properties);
	code = session->functions->ControlTraceW(0, session->name, &properties.properties,
						 EVENT_TRACE_CONTROL_UPDATE);
	if (code != ERROR_SUCCESS && code != ERROR_MORE_DATA)
		return code;
	compare(&properties.properties, wanted, &difference);
	if (difference.used)
		log_line(session->log, LOG_WARN,
			 "a trace session that was there already goes on with what cannot be "
			 "changed",
			 "session", session->config->name, "name", session->name_text, "has",
			 difference.text, NULL);
	return ERROR_SUCCESS;
}
