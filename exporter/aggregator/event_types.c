#include "exporter/aggregator/event_types.h"

#include <stdio.h>
#include <stdlib.h>

#include "exporter/system/aligned.h"
#include "exporter/decoder/event_names.h"
#include "exporter/decoder/kernel_classes.h"
#include "metrics/random.h"

#define FIRST_SLOTS 256
/* Of TraceLogging metadata; an event type has 100 to 300 bytes of it. */
#define SCHEMA_BYTES_MAX ((size_t)32 << 20)

static const struct guid lost_event_class = GUID(6a399ae0, 4bc6, 4de9, 870b, 3657f8947e7e);

static const char *const label_names[] = {"session", "provider", "event_id", "event"};

#define LABEL_COUNT (sizeof(label_names) / sizeof(label_names[0]))

static const struct family_info events_info = {
	.name = "etw_events_total",
	.help = "Events seen, by provider and event ID (of classic events the event type).",
	.type = METRIC_COUNTER,
	.labels = label_names,
	.label_count = LABEL_COUNT,
};

static const struct family_info bytes_info = {
	.name = "etw_event_bytes_total",
	.help = "Payload bytes of the events seen, without their headers.",
	.type = METRIC_COUNTER,
	.labels = label_names,
	.label_count = LABEL_COUNT,
};

static const char *const error_labels[] = {"session", "provider", "event_id", "event", "reason"};

static const struct family_info errors_info = {
	.name = "etw_decode_errors_total",
	.help = "Events whose payload is not as their schema says; they are counted all the same.",
	.type = METRIC_COUNTER,
	.labels = error_labels,
	.label_count = sizeof(error_labels) / sizeof(error_labels[0]),
};

const char *encoding_name(enum encoding encoding)
{
	static const char *const names[] = {
		[ENCODING_MANIFEST] = "manifest", [ENCODING_TRACELOGGING] = "tracelogging",
		[ENCODING_CLASSIC] = "classic",	  [ENCODING_KERNEL] = "kernel",
		[ENCODING_WPP] = "wpp",		  [ENCODING_ERROR] = "error",
		[ENCODING_FTRACE] = "ftrace",
	};

	return names[encoding];
}

int event_families_add(struct event_families *families, struct registry *registry)
{
	families->events = registry_family(registry, &events_info);
	families->bytes = registry_family(registry, &bytes_info);
	families->decode_errors = registry_family(registry, &errors_info);
	return families->events && families->bytes && families->decode_errors ? 0 : -1;
}

/* An unpredictable seed keeps a made-up trace from filling one chain of the table. */
static void choose_seed(uint64_t seed[4])
{
	size_t i;

	if (!random_fill(seed, 4 * sizeof(*seed)))
		for (i = 0; i < 4; i++)
			seed[i] = (uint64_t)(uintptr_t)seed * 0x9e3779b97f4a7c15 + i;
	seed[2] |= 1;
	seed[3] |= 1;
}

static void set_schema(struct event_type *type, const struct schema *schema)
{
	type->schema = schema;
	type->size = payload_size_of(schema, 8);
	type->narrow = payload_size_of(schema, 4);
}

int event_types_init(struct event_types *types, const char *session, size_t limit,
		     struct shard *shard, const struct event_families *families,
		     struct decoding *decoding)
{
	memset(types, 0, sizeof(*types));
	types->slots = calloc(FIRST_SLOTS, sizeof(*types->slots));
	if (!types->slots)
		return -1;
	types->mask = FIRST_SLOTS - 1;
	types->limit = limit;
	types->session = session;
	types->shard = shard;
	types->families = families;
	types->decoding = decoding;
	types->overflow.events = shard_overflow(shard, families->events);
	types->overflow.bytes = shard_overflow(shard, families->bytes);
	types->overflow.provider = strdup("other");
	types->overflow.event = strdup("other");
	types->overflow.events_overflow = true;
	types->overflow.bytes_overflow = true;
	types->overflow.rare = true;
	types->overflow.special = true;
	types->overflow.loss_sign = LOSS_SIGN_COUNT;
	set_schema(&types->overflow, NULL);
	choose_seed(types->seed);
	return types->overflow.provider && types->overflow.event ? 0 : -1;
}

static void type_free(struct event_type *type)
{
	if (!type)
		return;
	free(type->metadata);
	free(type->provider);
	free(type->event);
	aligned_free(type);
}

void event_types_done(struct event_types *types)
{
	size_t i;

	for (i = 0; types->slots && i <= types->mask; i++)
		type_free(types->slots[i].type);
	free(types->slots);
	free(types->by_id);
	free(types->overflow.provider);
	free(types->overflow.event);
}

uint64_t event_schema_hash(const struct event_types *types, const uint8_t *schema, uint16_t bytes)
{
	uint64_t hash = types->seed[0] ^ bytes, tail = 0;

	for (; bytes >= 8; schema += 8, bytes -= 8)
		hash = event_mix(hash ^ le64(schema), types->seed[3]);
	memcpy(&tail, schema, bytes);
	return event_mix(hash ^ tail, types->seed[3]);
}

static size_t free_slot(const struct event_types *types, const struct event_slot *slot)
{
	size_t at = event_hash(types, slot->guid_low, slot->guid_high, slot->identity);

	for (at &= types->mask; types->slots[at].type; at = (at + 1) & types->mask)
		;
	return at;
}

/* Keeps the table at most half full, so that chains stay short. */
static bool make_room(struct event_types *types)
{
	struct event_slot *old = types->slots;
	size_t old_mask = types->mask, i;

	if (2 * (types->count + 1) <= old_mask)
		return true;
	types->slots = calloc(2 * (old_mask + 1), sizeof(*old));
	if (!types->slots) {
		types->slots = old;
		return types->count < old_mask;
	}
	types->mask = 2 * old_mask + 1;
	for (i = 0; i <= old_mask; i++)
		if (old[i].type)
			types->slots[free_slot(types, &old[i])] = old[i];
	free(old);
	return true;
}

enum loss_sign event_loss_sign(const struct event_record *record)
{
	if (record->kind == RECORD_MESSAGE ||
	    memcmp(record->guid, lost_event_class.bytes, sizeof(lost_event_class.bytes)) != 0)
		return LOSS_SIGN_COUNT;
	switch (record->opcode) {
	case 32:
		return LOSS_SIGN_LOST_EVENT;
	case 33:
		return LOSS_SIGN_LOST_BUFFER;
	case 34:
		return LOSS_SIGN_LOST_FILE;
	default:
		return LOSS_SIGN_COUNT;
	}
}

static struct event_type *type_new(struct event_types *types, const struct event_record *record)
{
	struct event_type *type = aligned_zeros(sizeof(*type));
	struct event_names names;

	if (!type)
		return NULL;
	memcpy(type->guid.bytes, record->guid, sizeof(type->guid.bytes));
	type->component_id = record->component_id;
	type->encoding = record_encoding(record);
	type->id = record->id;
	type->version = record->version;
	type->task = record->task;
	type->flags = record->flags;
	type->opcode = record->opcode;
	type->group = record->group;
	type->level = record->level;
	type->loss_sign = event_loss_sign(record);
	type->kind = (enum record_kind)record->kind;
	type->is_metadata = decoding_is_metadata(record);
	set_schema(type, decoding_find(types->decoding, record));
	type->is_new = types->has_rules;
	event_names_find(types->decoding, type->schema, record, &names);
	type->provider = strdup(names.provider);
	type->event = strdup(names.event);
	if (record->schema) {
		type->metadata_bytes = record->schema_bytes;
		type->metadata = malloc(record->schema_bytes + 1u);
		if (type->metadata)
			memcpy(type->metadata, record->schema, record->schema_bytes);
	}
	if (!type->provider || !type->event || (record->schema && !type->metadata)) {
		type_free(type);
		return NULL;
	}
	return type;
}

uint16_t event_type_id(const struct event_type *type)
{
	bool classic = type->encoding == ENCODING_KERNEL || type->encoding == ENCODING_CLASSIC;

	return classic ? type->opcode : type->id;
}

void event_type_set_special(struct event_type *type)
{
	type->rare = type->events_overflow || type->bytes_overflow || type->is_metadata ||
		     type->is_new || type->is_behind || type->rename || type->state_kind ||
		     type->loss_sign != LOSS_SIGN_COUNT;
	type->special = type->rare || type->rules;
}

static void find_cells(struct event_types *types, struct event_type *type)
{
	char id[8];
	const char *values[LABEL_COUNT] = {types->session, type->provider, id, type->event};

	snprintf(id, sizeof(id), "%u", event_type_id(type));
	type->events =
		shard_cell(types->shard, types->families->events, values, &type->events_overflow);
	type->bytes =
		shard_cell(types->shard, types->families->bytes, values, &type->bytes_overflow);
}

struct event_type *event_types_add(struct event_types *types, const struct event_record *record)
{
	struct event_slot slot = {
		.guid_low = le64(record->guid) ^ record->component_id,
		.guid_high = le64(record->guid + 8),
		.identity = record_identity(record),
	};

	if (types->count >= types->limit ||
	    types->schema_bytes + record->schema_bytes > SCHEMA_BYTES_MAX || !make_room(types))
		return &types->overflow;
	slot.type = type_new(types, record);
	if (!slot.type)
		return &types->overflow;
	if (record->schema)
		slot.identity ^= event_schema_hash(types, record->schema, record->schema_bytes);
	find_cells(types, slot.type);
	event_type_set_special(slot.type);
	types->slots[free_slot(types, &slot)] = slot;
	types->count++;
	types->schema_bytes += record->schema_bytes;
	return slot.type;
}

uint64_t event_type_events(const struct event_type *type)
{
	return type->earlier_events + cell_value(type->events);
}

uint64_t event_type_bytes(const struct event_type *type)
{
	return type->earlier_bytes + cell_value(type->bytes);
}

void event_types_rename(struct event_types *types)
{
	size_t i;

	for (i = 0; i <= types->mask; i++) {
		struct event_type *type = types->slots[i].type;

		if (type && (!type->event[0] || !type->schema)) {
			type->rename = true;
			event_type_set_special(type);
		}
	}
}

void event_types_set_behind(struct event_types *types)
{
	size_t i;

	for (i = 0; i <= types->mask; i++) {
		struct event_type *type = types->slots[i].type;

		if (type) {
			type->is_behind = true;
			event_type_set_special(type);
		}
	}
}

static bool set_names(struct event_type *type, const struct event_names *names)
{
	char *provider = strdup(names->provider), *event = strdup(names->event);

	if (!provider || !event) {
		free(provider);
		free(event);
		return false;
	}
	free(type->provider);
	free(type->event);
	type->provider = provider;
	type->event = event;
	return true;
}

/* A GUID is none: it would take back what the traits of an earlier record said. */
static bool is_news(const struct event_type *type, const struct event_names *names)
{
	if (strcmp(names->event, type->event) != 0)
		return true;
	return names->provider[0] != '{' && strcmp(names->provider, type->provider) != 0;
}

static void recount(struct event_types *types, struct event_type *type)
{
	if (!type->events_overflow)
		type->earlier_events += cell_value(type->events);
	if (!type->bytes_overflow)
		type->earlier_bytes += cell_value(type->bytes);
	memset(type->errors, 0, sizeof(type->errors));
	find_cells(types, type);
}

void event_type_rename(struct event_types *types, struct event_type *type,
		       const struct event_record *record)
{
	const struct schema *schema = decoding_find(types->decoding, record);
	struct event_names names;

	type->rename = false;
	type->is_new = type->is_new || (types->has_rules && schema != type->schema);
	set_schema(type, schema);
	event_names_find(types->decoding, schema, record, &names);
	if (is_news(type, &names) && set_names(type, &names)) {
		type->is_new = types->has_rules;
		recount(types, type);
	}
	event_type_set_special(type);
}

static void find_error_cell(struct event_types *types, const struct event_type *type,
			    enum payload_result result, struct decode_errors *errors)
{
	char id[8];
	const char *values[] = {types->session, type->provider, id, type->event,
				payload_result_name(result)};

	snprintf(id, sizeof(id), "%u", event_type_id(type));
	errors->cell = shard_series_cell(types->shard, types->families->decode_errors, values,
					 &errors->overflow);
}

void event_type_count_error(struct event_types *types, struct event_type *type,
			    enum payload_result result)
{
	struct decode_errors *errors = &type->errors[result];

	if (!errors->cell)
		find_error_cell(types, type, result, errors);
	if (errors->overflow)
		shard_count_overflow(types->shard, types->families->decode_errors);
	cell_add(errors->cell, 1);
}

struct event_type *event_types_find_by_id(struct event_types *types,
					  const struct event_record *record)
{
	struct event_type *type = event_types_look_up(types, record);

	if (!types->by_id)
		types->by_id = calloc(UINT16_MAX + 1, sizeof(struct event_type *));
	if (types->by_id && type != &types->overflow)
		types->by_id[record->id] = type;
	return type;
}

void event_type_record(const struct event_type *type, struct event_record *record)
{
	*record = (struct event_record){
		.guid = type->guid.bytes,
		.schema = type->metadata,
		.schema_bytes = type->metadata_bytes,
		.component_id = type->component_id,
		.id = type->id,
		.version = type->version,
		.task = type->task,
		.flags = type->flags,
		.opcode = type->opcode,
		.group = type->group,
		.level = type->level,
		.kind = (uint8_t)type->kind,
	};
}
