#include "exporter/etw/etw_session_windows.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "exporter/etw/etw_error_windows.h"
#include "exporter/etw/etw_properties_windows.h"
#include "exporter/etw/etw_reuse_windows.h"
#include "exporter/value/utf16.h"

#define KERNEL_SESSION "NT Kernel Logger"
/* How long a session that was stopped may still have its name, and how often that is looked at. */
#define LINGER_MS 2000
#define LOOK_MS	  50

static void choose_name(struct etw_session *session)
{
	const struct session_config *config = session->config;
	bool ours = config->etw.kind == ETW_USER || config->etw.kind == ETW_SYSTEM;

	snprintf(session->name_text, sizeof(session->name_text), "%s%s",
		 ours ? ETW_NAME_PREFIX : "",
		 config->etw.kind == ETW_KERNEL ? KERNEL_SESSION : config->name);
	utf16_from_utf8(session->name_text, session->name, ETW_NAME_CHARS_MAX + 1);
}

static unsigned int count_cpus(const struct etw_functions *functions)
{
	DWORD count = functions->GetActiveProcessorCount
			      ? functions->GetActiveProcessorCount(ALL_PROCESSOR_GROUPS)
			      : 1;

	return count ? count : 1;
}

static ULONG start(struct etw_session *session)
{
	struct etw_properties properties;

	etw_properties_fill(&properties, &session->config->etw, count_cpus(session->functions));
	return session->functions->StartTraceW(&session->handle, session->name,
					       &properties.properties);
}

/* By its name: a number may be another session's by now. */
static ULONG control(const struct etw_session *session, struct etw_properties *properties,
		     ULONG what)
{
	etw_properties_init(properties);
	return session->functions->ControlTraceW(0, session->name, &properties->properties, what);
}

/* With the names cut the numbers are there all the same. */
static bool is_answer(ULONG code)
{
	return code == ERROR_SUCCESS || code == ERROR_MORE_DATA;
}

/* What it has counted up to now was not for us to see. */
static ULONG take(struct etw_session *session, struct etw_properties *properties)
{
	ULONG code = control(session, properties, EVENT_TRACE_CONTROL_QUERY);

	if (!is_answer(code))
		return code;
	session->handle = properties->properties.Wnode.HistoricalContext;
	session->losses.is_counting = false;
	return ERROR_SUCCESS;
}

static ULONG attach(struct etw_session *session)
{
	struct etw_properties properties;

	session->is_others = true;
	return take(session, &properties);
}

/* The one that all share is not ours to end, as we have not begun it. */
static ULONG reuse(struct etw_session *session)
{
	struct etw_properties properties, wanted;
	ULONG code = take(session, &properties);

	if (code != ERROR_SUCCESS)
		return code;
	session->is_others = session->config->etw.kind == ETW_KERNEL;
	etw_properties_fill(&wanted, &session->config->etw, count_cpus(session->functions));
	return etw_reuse(session, &properties.properties, &wanted.properties);
}

/* One that was stopped is not always gone yet. */
static ULONG start_after(struct etw_session *session)
{
	const struct timespec look = {0, LOOK_MS * 1000000};
	ULONG code = start(session);
	unsigned int waited;

	for (waited = 0; code == ERROR_ALREADY_EXISTS && waited < LINGER_MS; waited += LOOK_MS) {
		nanosleep(&look, NULL);
		code = start(session);
	}
	return code;
}

static ULONG replace(struct etw_session *session)
{
	struct etw_properties properties;
	ULONG code = control(session, &properties, EVENT_TRACE_CONTROL_STOP);
	bool was_there = is_answer(code);

	if (!was_there && code != ERROR_WMI_INSTANCE_NOT_FOUND)
		return code;
	code = start_after(session);
	if (was_there)
		log_line(session->log, LOG_WARN,
			 code == ERROR_SUCCESS
				 ? "replaced a trace session that was there already"
				 : "stopped a trace session that was there already, and cannot "
				   "start one in its place",
			 "session", session->config->name, "name", session->name_text, NULL);
	return code;
}

static ULONG start_or_take(struct etw_session *session)
{
	ULONG code = start(session);

	if (code != ERROR_ALREADY_EXISTS)
		return code;
	session->handle = 0;
	switch (session->config->etw.on_exists) {
	case ON_EXISTS_REPLACE:
		return replace(session);
	case ON_EXISTS_REUSE:
		return reuse(session);
	default:
		return code;
	}
}

int etw_session_open(struct etw_session *session, struct error *error)
{
	enum etw_kind kind = session->config->etw.kind;
	ULONG code;

	choose_name(session);
	session->handle = 0;
	session->clock = 0;
	session->is_others = false;
	etw_losses_begin(&session->losses);
	code = kind == ETW_ATTACH ? attach(session) : start_or_take(session);
	if (code == ERROR_SUCCESS) {
		etw_session_query(session);
		return 0;
	}
	session->handle = 0;
	return etw_error_start(error, session->functions, code, kind, session->name_text);
}

static void note(struct etw_session *session, const EVENT_TRACE_PROPERTIES *properties)
{
	struct etw_numbers numbers;

	etw_properties_numbers(properties, &numbers);
	etw_losses_note(&session->losses, &numbers, session->health);
}

bool etw_session_query(struct etw_session *session)
{
	struct etw_properties properties;
	ULONG code = control(session, &properties, EVENT_TRACE_CONTROL_QUERY);

	if (!is_answer(code))
		return code != ERROR_WMI_INSTANCE_NOT_FOUND;
	/* Somebody has stopped it, and started one of the same name. */
	if (properties.properties.Wnode.HistoricalContext != session->handle)
		return false;
	session->clock = properties.properties.Wnode.ClientContext;
	note(session, &properties.properties);
	return true;
}

void etw_session_flush(struct etw_session *session)
{
	struct etw_properties properties;

	control(session, &properties, EVENT_TRACE_CONTROL_FLUSH);
}

void etw_session_close(struct etw_session *session)
{
	struct etw_properties properties;

	if (session->handle && etw_session_query(session) && !session->is_others &&
	    is_answer(control(session, &properties, EVENT_TRACE_CONTROL_STOP)))
		note(session, &properties.properties);
	session->handle = 0;
}
