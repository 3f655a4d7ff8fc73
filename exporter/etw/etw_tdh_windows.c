#include "exporter/etw/etw_tdh_windows.h"

#include "exporter/value/utf16.h"

/* What is asked for; TDH takes pointers to what it does not change. */
struct question {
	const struct etw_functions *functions;
	GUID guid;
	EVENT_FIELD_TYPE what;
	EVENT_DESCRIPTOR event;
	EVENT_RECORD record;
	WCHAR name[TDH_NAME_SIZE];
};

static ULONG ask_providers(void *context, void *to, ULONG *size)
{
	const struct question *question = context;

	return question->functions->TdhEnumerateProviders(to, size);
}

ULONG etw_tdh_providers(const struct etw_functions *functions, struct etw_answer *answer)
{
	struct question question = {.functions = functions};

	if (!functions->TdhEnumerateProviders)
		return ERROR_CALL_NOT_IMPLEMENTED;
	return etw_answer_get(answer, offsetof(PROVIDER_ENUMERATION_INFO, TraceProviderInfoArray),
			      ask_providers, &question);
}

static ULONG ask_fields(void *context, void *to, ULONG *size)
{
	struct question *question = context;

	return question->functions->TdhEnumerateProviderFieldInformation(&question->guid,
									 question->what, to, size);
}

ULONG etw_tdh_fields(const struct etw_functions *functions, const GUID *guid, EVENT_FIELD_TYPE what,
		     struct etw_answer *answer)
{
	struct question question = {.functions = functions, .guid = *guid, .what = what};

	if (!functions->TdhEnumerateProviderFieldInformation)
		return ERROR_CALL_NOT_IMPLEMENTED;
	return etw_answer_get(answer, offsetof(PROVIDER_FIELD_INFOARRAY, FieldInfoArray),
			      ask_fields, &question);
}

static ULONG ask_events(void *context, void *to, ULONG *size)
{
	struct question *question = context;

	return question->functions->TdhEnumerateManifestProviderEvents(&question->guid, to, size);
}

ULONG etw_tdh_events(const struct etw_functions *functions, const GUID *guid,
		     struct etw_answer *answer)
{
	struct question question = {.functions = functions, .guid = *guid};

	if (!functions->TdhEnumerateManifestProviderEvents)
		return ERROR_CALL_NOT_IMPLEMENTED;
	return etw_answer_get(answer, offsetof(struct etw_provider_events, events), ask_events,
			      &question);
}

static ULONG ask_event(void *context, void *to, ULONG *size)
{
	struct question *question = context;

	return question->functions->TdhGetManifestEventInformation(&question->guid,
								   &question->event, to, size);
}

ULONG etw_tdh_event(const struct etw_functions *functions, const GUID *guid,
		    const EVENT_DESCRIPTOR *event, struct etw_answer *answer)
{
	struct question question = {.functions = functions, .guid = *guid, .event = *event};

	if (!functions->TdhGetManifestEventInformation)
		return ERROR_CALL_NOT_IMPLEMENTED;
	return etw_answer_get(answer, TDH_INFO_BYTES, ask_event, &question);
}

static ULONG ask_record(void *context, void *to, ULONG *size)
{
	struct question *question = context;

	return question->functions->TdhGetEventInformation(&question->record, 0, NULL, to, size);
}

ULONG etw_tdh_record(const struct etw_functions *functions, const EVENT_RECORD *record,
		     struct etw_answer *answer)
{
	struct question question = {.functions = functions, .record = *record};

	if (!functions->TdhGetEventInformation)
		return ERROR_CALL_NOT_IMPLEMENTED;
	return etw_answer_get(answer, TDH_INFO_BYTES, ask_record, &question);
}

static ULONG ask_map(void *context, void *to, ULONG *size)
{
	struct question *question = context;

	return question->functions->TdhGetEventMapInformation(&question->record, question->name, to,
							      size);
}

ULONG etw_tdh_map(const struct etw_functions *functions, const EVENT_RECORD *record,
		  const char *name, struct etw_answer *answer)
{
	struct question question = {.functions = functions, .record = *record};

	if (!functions->TdhGetEventMapInformation)
		return ERROR_CALL_NOT_IMPLEMENTED;
	utf16_from_utf8(name, question.name, TDH_NAME_SIZE);
	return etw_answer_get(answer, TDH_MAP_BYTES, ask_map, &question);
}
