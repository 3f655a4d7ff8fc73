/* The providers of Windows, their keywords, levels, events and fields. */
#include "exporter/command/providers.h"

#include <inttypes.h>

#include "config/glob.h"
#include "exporter/command/json.h"
#include "exporter/command/schema_fields.h"
#include "exporter/etw/etw_provider_list_windows.h"
#include "exporter/etw/etw_schemas_windows.h"

const char providers_glob_form[] = "a name, or a GUID";

struct listing {
	const struct etw_functions *functions;
	struct etw_schemas schemas;
	struct etw_answer answer; /* a list that is gone through */
	bool json;
	bool is_whole; /* not the names alone */
	bool knows_running;
	struct text *out;
};

bool providers_glob_is_valid(const char *glob)
{
	return *glob;
}

static bool is_meant(const struct etw_provider_entry *provider, const char *glob)
{
	char text[GUID_TEXT_SIZE];
	struct guid guid;

	if (!glob)
		return true;
	if (guid_parse(glob, &guid))
		return guid_equal(&guid, &provider->guid);
	guid_format(&provider->guid, text);
	return glob_match_any_case(glob, provider->name[0] ? provider->name : text);
}

static const GUID *guid_of(const struct etw_provider_entry *provider, GUID *guid)
{
	memcpy(guid, &provider->guid, sizeof(*guid));
	return guid;
}

/* Keywords have 64 bits, and numbers of JSON fewer. */
static void add_value(const struct listing *listing, EVENT_FIELD_TYPE what, const char *name,
		      uint64_t value)
{
	bool is_mask = what == EventKeywordInformation;
	struct text *to = listing->out;

	if (listing->json) {
		json_next(to);
		text_char(to, '{');
		json_string(to, "name", name);
		json_key(to, "value");
		text_printf(to, is_mask ? "\"0x%" PRIx64 "\"}" : "%" PRIu64 "}", value);
		return;
	}
	text_printf(to, is_mask ? "  keyword 0x%" PRIx64 " " : "  level %" PRIu64 " ", value);
	text_printable(to, name);
	text_char(to, '\n');
}

/* Its keywords or levels. */
static void add_values(struct listing *listing, const struct etw_provider_entry *provider,
		       EVENT_FIELD_TYPE what)
{
	struct etw_answer *answer = &listing->answer;
	const PROVIDER_FIELD_INFOARRAY *info;
	char name[TDH_NAME_SIZE];
	ULONG count, i;
	GUID guid;

	if (etw_tdh_fields(listing->functions, guid_of(provider, &guid), what, answer) !=
	    ERROR_SUCCESS)
		return;
	info = (const void *)answer->bytes;
	count = etw_answer_elements(answer, info->NumberOfElements,
				    offsetof(PROVIDER_FIELD_INFOARRAY, FieldInfoArray),
				    sizeof(PROVIDER_FIELD_INFO));
	for (i = 0; i < count; i++) {
		etw_answer_text(answer, info->FieldInfoArray[i].NameOffset, name);
		add_value(listing, what, name, info->FieldInfoArray[i].Value);
	}
}

static void add_event_json(const EVENT_DESCRIPTOR *event, const struct schema *schema,
			   struct text *to)
{
	json_next(to);
	text_char(to, '{');
	json_u64(to, "id", event->Id);
	json_u64(to, "version", event->Version);
	json_u64(to, "level", event->Level);
	json_u64(to, "opcode", event->Opcode);
	json_u64(to, "task", event->Task);
	json_key(to, "keyword");
	text_printf(to, "\"0x%" PRIx64 "\"", (uint64_t)event->Keyword);
	if (schema) {
		json_string(to, "event", schema->event);
		schema_fields_json(schema, to);
	}
	text_char(to, '}');
}

static void add_event_text(const EVENT_DESCRIPTOR *event, const struct schema *schema,
			   struct text *to)
{
	text_printf(to, "  event %u version %u level %u opcode %u keyword 0x%" PRIx64, event->Id,
		    event->Version, event->Level, event->Opcode, (uint64_t)event->Keyword);
	if (schema) {
		text_char(to, ' ');
		text_printable(to, schema->event);
	}
	text_char(to, '\n');
	if (schema)
		schema_fields_text(schema, "    ", to);
}

static void add_event(struct listing *listing, const GUID *guid, const EVENT_DESCRIPTOR *event)
{
	ULONG code;
	struct schema *schema = etw_schema_of_event(&listing->schemas, guid, event, &code);

	if (listing->json)
		add_event_json(event, schema, listing->out);
	else
		add_event_text(event, schema, listing->out);
	schema_free(schema);
}

static void add_events(struct listing *listing, const struct etw_provider_entry *provider)
{
	struct etw_answer *answer = &listing->answer;
	const struct etw_provider_events *events;
	ULONG count, i;
	GUID guid;

	if (etw_tdh_events(listing->functions, guid_of(provider, &guid), answer) != ERROR_SUCCESS)
		return;
	events = (const void *)answer->bytes;
	count = etw_answer_elements(answer, events->count,
				    offsetof(struct etw_provider_events, events),
				    sizeof(EVENT_DESCRIPTOR));
	for (i = 0; i < count; i++)
		add_event(listing, &guid, &events->events[i]);
}

static const char *schemas_name(const struct etw_provider_entry *provider)
{
	static const char *const names[] = {
		[ETW_SCHEMAS_MANIFEST] = "manifest",
		[ETW_SCHEMAS_CLASS] = "class",
		[ETW_SCHEMAS_NONE] = "none",
	};

	return names[provider->schemas];
}

static void add_parts_json(struct listing *listing, const struct etw_provider_entry *provider)
{
	struct text *to = listing->out;

	json_key(to, "keywords");
	text_char(to, '[');
	add_values(listing, provider, EventKeywordInformation);
	text_char(to, ']');
	json_key(to, "levels");
	text_char(to, '[');
	add_values(listing, provider, EventLevelInformation);
	text_char(to, ']');
	json_key(to, "events");
	text_char(to, '[');
	add_events(listing, provider);
	text_char(to, ']');
}

static void add_json(struct listing *listing, const struct etw_provider_entry *provider,
		     const char *guid)
{
	struct text *to = listing->out;

	text_char(to, '{');
	json_string_or_null(to, "provider", provider->name);
	json_string(to, "guid", guid);
	json_string(to, "schemas", schemas_name(provider));
	if (listing->knows_running)
		json_bool(to, "running", provider->is_running);
	if (listing->is_whole)
		add_parts_json(listing, provider);
	text_string(to, "}\n");
}

static void add_text(struct listing *listing, const struct etw_provider_entry *provider,
		     const char *guid)
{
	struct text *to = listing->out;

	if (provider->name[0]) {
		text_printable(to, provider->name);
		text_char(to, ' ');
	}
	text_printf(to, "{%s}, schemas: %s%s\n", guid, schemas_name(provider),
		    provider->is_running ? ", running" : "");
	if (!listing->is_whole)
		return;
	add_values(listing, provider, EventKeywordInformation);
	add_values(listing, provider, EventLevelInformation);
	add_events(listing, provider);
}

static int list(struct listing *listing, const struct etw_provider_list *providers,
		const char *glob, struct error *error)
{
	size_t i, found = 0;

	for (i = 0; i < providers->count; i++) {
		const struct etw_provider_entry *provider = &providers->entries[i];
		char guid[GUID_TEXT_SIZE];

		if (!is_meant(provider, glob))
			continue;
		found++;
		guid_format(&provider->guid, guid);
		if (listing->json)
			add_json(listing, provider, guid);
		else
			add_text(listing, provider, guid);
	}
	if (!found && glob)
		return error_set(error, "no provider is called %s", glob);
	return 0;
}

int providers_list(const char *glob, bool json, struct text *to, struct error *error)
{
	struct listing listing = {.json = json, .is_whole = glob, .out = to};
	struct etw_provider_list providers;
	int result;

	listing.functions = etw_functions_get(error);
	if (!listing.functions || etw_provider_list_read(&providers, listing.functions, error))
		return -1;
	listing.knows_running = providers.knows_running;
	etw_schemas_init(&listing.schemas, listing.functions);
	result = list(&listing, &providers, glob, error);
	etw_schemas_done(&listing.schemas);
	etw_answer_done(&listing.answer);
	etw_provider_list_done(&providers);
	return result;
}
