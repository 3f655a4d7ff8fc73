/* TDH: which providers are registered, and what they have. */
#include <string.h>

#include "exporter/value/utf16.h"
#include "tests/windows/model/model.h"

/* An answer of TDH: rows, then texts; written as far as there is room, and measured in any case. */
struct answer {
	uint8_t *bytes;
	size_t room, used;
};

static ULONG add_text(struct answer *answer, const char *text)
{
	uint16_t units[MODEL_NAME_SIZE];
	size_t bytes = (utf16_from_utf8(text, units, MODEL_NAME_SIZE) + 1) * sizeof(units[0]);
	size_t at = answer->used;

	answer->used += bytes;
	if (answer->bytes && answer->used <= answer->room)
		memcpy(answer->bytes + at, units, bytes);
	return (ULONG)at;
}

static ULONG finish(const struct answer *answer, ULONG *size)
{
	*size = (ULONG)answer->used;
	return answer->used <= answer->room ? ERROR_SUCCESS : ERROR_INSUFFICIENT_BUFFER;
}

/* Begins with `fixed` bytes of rows. Whether they fit. */
static bool begin(struct answer *answer, void *to, const ULONG *size, size_t fixed)
{
	*answer = (struct answer){to, to ? *size : 0, fixed};
	if (!to || answer->room < fixed)
		return false;
	memset(to, 0, fixed);
	return true;
}

static bool is_known(const struct model_provider *provider)
{
	bool installed = model_lock()->has_installed;

	model_unlock();
	return provider->registration <= MODEL_CLASS ||
	       (provider->registration == MODEL_LATE && installed);
}

MODEL_FUNCTION(ULONG, TdhEnumerateProviders, PPROVIDER_ENUMERATION_INFO info, ULONG *size)
{
	const struct model_script *script = model_script();
	struct answer answer;
	ULONG count = 0, i;
	bool fits;

	for (i = 0; i < script->provider_count; i++)
		count += is_known(&script->providers[i]);
	fits = begin(&answer, info, size,
		     offsetof(PROVIDER_ENUMERATION_INFO, TraceProviderInfoArray) +
			     count * sizeof(TRACE_PROVIDER_INFO));
	for (i = count = 0; i < script->provider_count; i++) {
		ULONG at;

		if (!is_known(&script->providers[i]))
			continue;
		at = add_text(&answer, script->providers[i].name);
		if (!fits)
			continue;
		info->TraceProviderInfoArray[count].ProviderGuid = script->providers[i].guid;
		info->TraceProviderInfoArray[count].ProviderNameOffset = at;
		info->TraceProviderInfoArray[count].SchemaSource =
			script->providers[i].registration == MODEL_CLASS;
		info->NumberOfProviders = ++count;
	}
	return finish(&answer, size);
}

static const struct model_provider *find(const GUID *guid)
{
	const struct model_script *script = model_script();
	unsigned int i;

	for (i = 0; i < script->provider_count; i++)
		if (memcmp(&script->providers[i].guid, guid, sizeof(*guid)) == 0 &&
		    is_known(&script->providers[i]))
			return &script->providers[i];
	return NULL;
}

MODEL_FUNCTION(ULONG, TdhEnumerateProviderFieldInformation, LPGUID guid, EVENT_FIELD_TYPE what,
	       PPROVIDER_FIELD_INFOARRAY info, ULONG *size)
{
	const struct model_provider *provider = find(guid);
	const struct model_value *values;
	unsigned int count, i;
	struct answer answer;
	bool fits;

	if (!provider || what > EventLevelInformation)
		return ERROR_NOT_FOUND;
	values = what == EventKeywordInformation ? provider->keywords : provider->levels;
	count = what == EventKeywordInformation ? provider->keyword_count : provider->level_count;
	if (!count)
		return ERROR_NOT_FOUND;
	fits = begin(&answer, info, size,
		     offsetof(PROVIDER_FIELD_INFOARRAY, FieldInfoArray) +
			     count * sizeof(PROVIDER_FIELD_INFO));
	if (fits)
		info->NumberOfElements = count;
	for (i = 0; i < count; i++) {
		ULONG at = add_text(&answer, values[i].name);

		if (!fits)
			continue;
		info->FieldInfoArray[i].NameOffset = at;
		info->FieldInfoArray[i].Value = values[i].value;
	}
	return finish(&answer, size);
}

static bool is_of(const struct model_event *event, const GUID *guid)
{
	return !event->is_tracelogging && memcmp(&event->provider, guid, sizeof(*guid)) == 0;
}

MODEL_FUNCTION(ULONG, TdhEnumerateManifestProviderEvents, LPGUID guid,
	       struct etw_provider_events *events, ULONG *size)
{
	const struct model_script *script = model_script();
	struct answer answer;
	ULONG count = 0, i;
	bool fits;

	if (!find(guid))
		return ERROR_NOT_FOUND;
	for (i = 0; i < script->event_count; i++)
		count += is_of(&script->events[i], guid);
	fits = begin(&answer, events, size,
		     offsetof(struct etw_provider_events, events) +
			     count * sizeof(EVENT_DESCRIPTOR));
	for (i = 0; fits && i < script->event_count; i++)
		if (is_of(&script->events[i], guid))
			(&events->events[0])[events->count++] = script->events[i].descriptor;
	return finish(&answer, size);
}

static void describe_field(struct answer *answer, EVENT_PROPERTY_INFO *to,
			   const struct model_field *field)
{
	ULONG name = add_text(answer, field->name);
	ULONG map = field->map[0] ? add_text(answer, field->map) : 0;

	if (!to)
		return;
	to->Flags = field->flags;
	to->NameOffset = name;
	to->nonStructType.InType = field->in;
	to->nonStructType.OutType = field->out;
	to->nonStructType.MapNameOffset = map;
	to->count = field->count;
	to->length = field->length;
}

/* Unsettled: which of the names stand where nothing names the event itself. */
static ULONG describe(const struct model_provider *provider, const struct model_event *event,
		      TRACE_EVENT_INFO *info, ULONG *size)
{
	struct answer answer;
	bool fits = begin(&answer, info, size,
			  offsetof(TRACE_EVENT_INFO, EventPropertyInfoArray) +
				  event->field_count * sizeof(EVENT_PROPERTY_INFO));
	ULONG name = add_text(&answer, provider->name), task = add_text(&answer, event->name), i;

	if (fits) {
		info->ProviderGuid = provider->guid;
		info->EventDescriptor = event->descriptor;
		info->ProviderNameOffset = name;
		info->TaskNameOffset = task;
		info->PropertyCount = event->field_count;
		info->TopLevelPropertyCount = event->field_count;
	}
	for (i = 0; i < event->field_count; i++)
		describe_field(&answer, fits ? &info->EventPropertyInfoArray[i] : NULL,
			       &event->fields[i]);
	return finish(&answer, size);
}

static void count_call(void)
{
	model_lock()->tdh_calls++;
	model_unlock();
}

/* A class has no IDs: its events are of a type. */
static const struct model_event *find_event(const GUID *guid, const EVENT_DESCRIPTOR *like,
					    bool is_classic)
{
	const struct model_script *script = model_script();
	unsigned int i;

	for (i = 0; i < script->event_count; i++) {
		const struct model_event *event = &script->events[i];
		const EVENT_DESCRIPTOR *own = &event->descriptor;

		if (is_of(event, guid) && event->is_classic == is_classic &&
		    own->Version == like->Version &&
		    (is_classic ? own->Opcode == like->Opcode : own->Id == like->Id))
			return event;
	}
	return NULL;
}

MODEL_FUNCTION(ULONG, TdhGetManifestEventInformation, LPGUID guid, EVENT_DESCRIPTOR *descriptor,
	       PTRACE_EVENT_INFO info, ULONG *size)
{
	const struct model_provider *provider = find(guid);
	const struct model_event *event = provider ? find_event(guid, descriptor, false) : NULL;

	count_call();
	return event ? describe(provider, event, info, size) : ERROR_NOT_FOUND;
}

MODEL_FUNCTION(ULONG, TdhGetEventInformation, PEVENT_RECORD record, ULONG context_count,
	       PTDH_CONTEXT context, PTRACE_EVENT_INFO info, ULONG *size)
{
	const GUID *guid = &record->EventHeader.ProviderId;
	const struct model_provider *provider = find(guid);
	const struct model_event *event =
		find_event(guid, &record->EventHeader.EventDescriptor,
			   record->EventHeader.Flags & EVENT_HEADER_FLAG_CLASSIC_HEADER);

	(void)context_count;
	(void)context;
	count_call();
	return provider && event ? describe(provider, event, info, size) : ERROR_NOT_FOUND;
}

static const struct model_map *find_map(const struct model_provider *provider, const WCHAR *name)
{
	WCHAR own[MODEL_NAME_SIZE];
	unsigned int i;

	for (i = 0; i < provider->map_count; i++) {
		size_t units = utf16_from_utf8(provider->maps[i].name, own, MODEL_NAME_SIZE);

		if (memcmp(own, name, (units + 1) * sizeof(*own)) == 0)
			return &provider->maps[i];
	}
	return NULL;
}

MODEL_FUNCTION(ULONG, TdhGetEventMapInformation, PEVENT_RECORD record, LPWSTR name,
	       PEVENT_MAP_INFO info, ULONG *size)
{
	const struct model_provider *provider = find(&record->EventHeader.ProviderId);
	const struct model_map *map = provider ? find_map(provider, name) : NULL;
	struct answer answer;
	unsigned int i;
	ULONG at;
	bool fits;

	count_call();
	if (!map)
		return ERROR_NOT_FOUND;
	fits = begin(&answer, info, size,
		     offsetof(EVENT_MAP_INFO, MapEntryArray) +
			     map->entry_count * sizeof(EVENT_MAP_ENTRY));
	at = add_text(&answer, map->name);
	if (fits) {
		info->NameOffset = at;
		info->Flag = map->flags;
		info->EntryCount = map->entry_count;
	}
	for (i = 0; i < map->entry_count; i++) {
		at = add_text(&answer, map->entries[i].name);
		if (!fits)
			continue;
		info->MapEntryArray[i].OutputOffset = at;
		info->MapEntryArray[i].Value = (ULONG)map->entries[i].value;
	}
	return finish(&answer, size);
}

/* Those of processes that run, whether TDH knows them or not. */
MODEL_FUNCTION(ULONG, EnumerateTraceGuidsEx, TRACE_QUERY_INFO_CLASS what, PVOID in, ULONG in_size,
	       PVOID out, ULONG out_size, PULONG size)
{
	const struct model_script *script = model_script();
	GUID *guids = out;
	unsigned int i;

	(void)in;
	(void)in_size;
	if (what != TraceGuidQueryList)
		return ERROR_INVALID_PARAMETER;
	*size = script->provider_count * (ULONG)sizeof(*guids);
	if (out_size < *size)
		return ERROR_INSUFFICIENT_BUFFER;
	for (i = 0; i < script->provider_count; i++)
		guids[i] = script->providers[i].guid;
	return ERROR_SUCCESS;
}
