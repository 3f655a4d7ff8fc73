#include "exporter/decoder/decoder.h"

#include "exporter/decoder/mof.h"
#include "exporter/decoder/tracelogging.h"

static const struct schema *find_tracelogging(const struct decoder_state *state,
					      const struct event_record *record,
					      struct schema **owned)
{
	(void)state;
	*owned = record->schema ? tracelogging_schema_new(record) : NULL;
	return *owned;
}

static const struct schema *find_eventsource(const struct decoder_state *state,
					     const struct event_record *record,
					     struct schema **owned)
{
	(void)owned;
	return manifests_find(state->eventsources, record);
}

static bool learn_eventsource(struct decoder_state *state, const struct event_record *record)
{
	return eventsource_learn(state->chunks, record, state->eventsources);
}

static const struct schema *find_metadata(const struct decoder_state *state,
					  const struct event_record *record, struct schema **owned)
{
	(void)owned;
	return event_metadata_find(state->metadata, record);
}

static bool learn_metadata(struct decoder_state *state, const struct event_record *record)
{
	return event_metadata_learn(state->metadata, record);
}

static const struct schema *find_manifest(const struct decoder_state *state,
					  const struct event_record *record, struct schema **owned)
{
	(void)owned;
	return state->files ? manifests_find(state->files, record) : NULL;
}

static const struct schema *find_kernel(const struct decoder_state *state,
					const struct event_record *record, struct schema **owned)
{
	struct guid guid;

	(void)state;
	if (record->kind == RECORD_EVENT || record->kind == RECORD_MESSAGE ||
	    record->kind == RECORD_ERROR || record->kind == RECORD_FTRACE)
		return NULL;
	memcpy(guid.bytes, record->guid, sizeof(guid.bytes));
	*owned = mof_schema_new(&guid, record->version, record->opcode);
	return *owned;
}

/* EventWriteString: the payload is one string and nothing else. */
static const struct schema *find_string(const struct decoder_state *state,
					const struct event_record *record, struct schema **owned)
{
	static const struct field text = {.type = VALUE_UTF16};
	static const char name[] = "EventString";
	struct schema_builder *builder;

	(void)state;
	if (record->kind != RECORD_EVENT || !(record->flags & EVENT_FLAG_STRING_ONLY))
		return NULL;
	builder = schema_builder_new("string");
	if (!builder)
		return NULL;
	schema_builder_add(builder, SCHEMA_TOP, &text, name, sizeof(name) - 1);
	*owned = schema_builder_end(builder);
	return *owned;
}

static const struct schema *find_format(const struct decoder_state *state,
					const struct event_record *record, struct schema **owned)
{
	if (record->kind != RECORD_FTRACE || !state->formats)
		return NULL;
	*owned = ftrace_schema_new(state->formats, record->id, record->version);
	return *owned;
}

static const struct schema *find_registered(const struct decoder_state *state,
					    const struct event_record *record,
					    struct schema **owned)
{
	*owned = state->tdh ? tdh_schema_new(state->tdh, state->asked, record) : NULL;
	return *owned;
}

static const struct decoder decoders[] = {
	{"tracelogging", find_tracelogging, NULL, NULL},
	{"eventsource", find_eventsource, eventsource_is, learn_eventsource},
	{"eventinfo", find_metadata, event_metadata_is, learn_metadata},
	{"manifest", find_manifest, NULL, NULL},
	{"kernel", find_kernel, NULL, NULL},
	{"string", find_string, NULL, NULL},
	{"format", find_format, NULL, NULL},
	{"tdh", find_registered, NULL, NULL},
};

const struct decoder *decoder_at(size_t index)
{
	return index < sizeof(decoders) / sizeof(decoders[0]) ? &decoders[index] : NULL;
}
