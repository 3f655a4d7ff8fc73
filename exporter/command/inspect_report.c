#include "exporter/command/inspect.h"

#include <inttypes.h>

#include "exporter/command/json.h"
#include "exporter/command/schema_fields.h"
#include "exporter/record/etl.h"
#include "exporter/value/time_text.h"

/* 0 is no time. */
static void add_time(struct text *to, const char *key, int64_t unix_ns)
{
	char text[TIME_TEXT_SIZE];

	json_string_or_null(to, key, unix_ns ? time_text(unix_ns, text) : NULL);
}

static void json_session(const struct etl_header *header, struct text *to)
{
	json_key(to, "session");
	if (!header) {
		text_string(to, "null");
		return;
	}
	text_char(to, '{');
	json_string(to, "name", header->session_name);
	json_string(to, "log_file_name", header->log_file_name);
	json_u64(to, "os_build", header->os_build);
	json_u64(to, "processors", header->processors);
	json_u64(to, "pointer_bytes", header->pointer_bytes);
	json_u64(to, "buffer_bytes", header->buffer_bytes);
	json_string(to, "clock", clock_type_name(header->clock.type));
	json_u64(to, "perf_frequency_hz", header->perf_frequency_hz);
	add_time(to, "start_time", header->start_unix_ns);
	add_time(to, "end_time", header->end_unix_ns);
	add_time(to, "boot_time", header->boot_unix_ns);
	json_u64(to, "log_file_mode", header->log_file_mode);
	text_char(to, '}');
}

static void json_health(const struct session_health *health, struct text *to)
{
	char name[8];
	size_t i;

	json_key(to, "buffers");
	text_printf(to, "{\"count\":%" PRIu64 ",\"compressed\":%" PRIu64 "}",
		    health_get(&health->buffers), health_get(&health->buffers_compressed));
	json_u64(to, "events_total", health_get(&health->events));
	json_u64(to, "events_lost", health_get(&health->events_lost));
	json_u64(to, "buffers_lost", health_get(&health->buffers_lost));
	json_key(to, "loss_signs");
	text_char(to, '{');
	for (i = 0; i < LOSS_SIGN_COUNT; i++)
		if (health_get(&health->loss_signs[i]))
			json_u64(to, loss_sign_name((enum loss_sign)i),
				 health_get(&health->loss_signs[i]));
	text_char(to, '}');
	json_key(to, "malformed");
	text_char(to, '{');
	for (i = 0; i < MALFORMED_COUNT; i++)
		if (health_get(&health->malformed[i]))
			json_u64(to, malformed_name((enum malformed)i),
				 health_get(&health->malformed[i]));
	text_char(to, '}');
	json_key(to, "unknown_records");
	text_char(to, '{');
	for (i = 0; i < 256; i++)
		if (health_get(&health->unknown_kinds[i]))
			json_u64(to, etl_kind_name((uint8_t)i, name),
				 health_get(&health->unknown_kinds[i]));
	text_char(to, '}');
}

/* Only symbols (PDB or TMF files) say what the payload of a WPP message is. */
static bool needs_symbols(const struct event_type *type)
{
	return type->encoding == ENCODING_WPP;
}

static void json_schema(const struct schema *schema, struct text *to)
{
	json_key(to, "schema");
	if (!schema) {
		text_string(to, "null");
		return;
	}
	text_json(to, schema->source);
	schema_fields_json(schema, to);
}

static void json_type(const struct event_type *type, const struct schema *schema, struct text *to)
{
	char guid[GUID_TEXT_SIZE];

	guid_format(&type->guid, guid);
	text_char(to, '{');
	json_string(to, "provider_guid", guid);
	json_string(to, "provider", type->provider);
	json_string(to, "encoding", encoding_name(type->encoding));
	json_u64(to, "event_id", type->id);
	json_u64(to, "version", type->version);
	json_u64(to, "opcode", type->opcode);
	json_u64(to, "task", type->task);
	json_u64(to, "level", type->level);
	json_string(to, "event", type->event);
	json_u64(to, "count", event_type_events(type));
	json_u64(to, "bytes", event_type_bytes(type));
	json_bool(to, "needs_symbols", needs_symbols(type));
	json_schema(schema, to);
	text_char(to, '}');
}

/* The overflow stands for many event types. */
static const struct schema *schema_of(const struct inspection *inspection, size_t index)
{
	const struct event_type *type = inspection->types[index];

	if (type == &aggregator_event_types(inspection->aggregator)->overflow)
		return NULL;
	return aggregator_schema(inspection->aggregator, type);
}

void inspect_json(const struct inspection *inspection, struct text *to)
{
	size_t i;

	text_char(to, '{');
	json_string(to, "path", inspection->path);
	json_session(inspection->header, to);
	json_health(inspection->health, to);
	json_key(to, "event_types");
	text_char(to, '[');
	for (i = 0; i < inspection->type_count; i++) {
		if (i)
			text_char(to, ',');
		json_type(inspection->types[i], schema_of(inspection, i), to);
	}
	text_string(to, "]}\n");
}

static void text_name(struct text *to, const char *key, const char *name)
{
	text_printf(to, "  %-14s ", key);
	text_printable(to, name);
	text_char(to, '\n');
}

static void text_time(struct text *to, const char *name, int64_t unix_ns, const char *none)
{
	char text[TIME_TEXT_SIZE];

	text_printf(to, "  %-14s %s\n", name, unix_ns ? time_text(unix_ns, text) : none);
}

static void text_session(const struct etl_header *header, struct text *to)
{
	if (!header) {
		text_string(to, "  no log file header could be read\n");
		return;
	}
	text_name(to, "session", header->session_name);
	text_name(to, "log file", header->log_file_name);
	text_printf(to,
		    "  %-14s Windows %u.%u build %u, %u processors, %u-byte pointers, %s clock at "
		    "%" PRIu64 " Hz\n",
		    "system", header->os_major, header->os_minor, header->os_build,
		    header->processors, header->pointer_bytes, clock_type_name(header->clock.type),
		    header->perf_frequency_hz);
	text_time(to, "boot", header->boot_unix_ns, "not said");
	text_time(to, "start", header->start_unix_ns, "not said");
	text_time(to, "end", header->end_unix_ns, "not said: the recording was never finalised");
	text_printf(to, "  %-14s 0x%08x, buffers of %u bytes\n", "mode", header->log_file_mode,
		    header->buffer_bytes);
}

static void text_health(const struct session_health *health, struct text *to)
{
	char name[8];
	size_t i;

	text_printf(to, "  %-14s %" PRIu64 ", of them compressed %" PRIu64 "\n", "buffers",
		    health_get(&health->buffers), health_get(&health->buffers_compressed));
	text_printf(to, "  %-14s %" PRIu64 "\n", "events", health_get(&health->events));
	text_printf(to, "  %-14s %" PRIu64 " events, %" PRIu64 " buffers\n", "lost",
		    health_get(&health->events_lost), health_get(&health->buffers_lost));
	for (i = 0; i < LOSS_SIGN_COUNT; i++)
		if (health_get(&health->loss_signs[i]))
			text_printf(to, "  %-14s %s %" PRIu64 "\n", "sign of loss",
				    loss_sign_name((enum loss_sign)i),
				    health_get(&health->loss_signs[i]));
	for (i = 0; i < MALFORMED_COUNT; i++)
		if (health_get(&health->malformed[i]))
			text_printf(to, "  %-14s %s %" PRIu64 "\n", "malformed",
				    malformed_name((enum malformed)i),
				    health_get(&health->malformed[i]));
	for (i = 0; i < 256; i++)
		if (health_get(&health->unknown_kinds[i]))
			text_printf(to, "  %-14s %s %" PRIu64 "\n", "unknown kind",
				    etl_kind_name((uint8_t)i, name),
				    health_get(&health->unknown_kinds[i]));
}

static void text_symbols(const struct inspection *inspection, struct text *to)
{
	uint64_t messages = 0;
	size_t i;

	for (i = 0; i < inspection->type_count; i++)
		if (needs_symbols(inspection->types[i]))
			messages += event_type_events(inspection->types[i]);
	if (messages)
		text_printf(to,
			    "  %-14s %" PRIu64 " messages, which have no schema without symbols: "
			    "told by GUID and number\n",
			    "wpp", messages);
}

static void text_type(const struct event_type *type, struct text *to)
{
	text_printf(to, "  %12" PRIu64 " %14" PRIu64 " %6u %7u %6u %5u  %-12s  ",
		    event_type_events(type), event_type_bytes(type), type->id, type->version,
		    type->opcode, type->level, encoding_name(type->encoding));
	text_printable(to, type->provider);
	text_string(to, "  ");
	text_printable(to, type->event);
	text_char(to, '\n');
}

static void text_fields(const struct schema *schema, struct text *to)
{
	if (!schema)
		return;
	text_printf(to, "               fields (%s):\n", schema->source);
	schema_fields_text(schema, "               ", to);
}

void inspect_text(const struct inspection *inspection, struct text *to)
{
	size_t i;

	text_printf(to, "%s\n", inspection->path);
	text_session(inspection->header, to);
	text_health(inspection->health, to);
	text_symbols(inspection, to);
	text_printf(to, "\n  %12s %14s %6s %7s %6s %5s  %-12s  %s\n", "count", "payload bytes",
		    "id", "version", "opcode", "level", "encoding", "provider  event");
	for (i = 0; i < inspection->type_count; i++) {
		text_type(inspection->types[i], to);
		if (inspection->with_fields)
			text_fields(schema_of(inspection, i), to);
	}
	text_char(to, '\n');
}
