#include "exporter/command/inspect.h"

#include <inttypes.h>

#include "exporter/record/etl.h"
#include "exporter/time_text.h"

/* Names of fields with those of their structs before them. */
#define NAME_LIMIT ((size_t)64 << 10)

static void add_key(struct text *to, const char *key)
{
	if (to->length && to->bytes[to->length - 1] != '{')
		text_char(to, ',');
	text_json(to, key);
	text_char(to, ':');
}

static void add_u64(struct text *to, const char *key, uint64_t value)
{
	add_key(to, key);
	text_u64(to, value);
}

static void add_string(struct text *to, const char *key, const char *value)
{
	add_key(to, key);
	text_json(to, value);
}

/* 0 is no time. */
static void add_time(struct text *to, const char *key, int64_t unix_ns)
{
	char text[TIME_TEXT_SIZE];

	add_key(to, key);
	if (unix_ns)
		text_json(to, time_text(unix_ns, text));
	else
		text_string(to, "null");
}

static void json_session(const struct etl_header *header, struct text *to)
{
	add_key(to, "session");
	if (!header) {
		text_string(to, "null");
		return;
	}
	text_char(to, '{');
	add_string(to, "name", header->session_name);
	add_string(to, "log_file_name", header->log_file_name);
	add_u64(to, "os_build", header->os_build);
	add_u64(to, "processors", header->processors);
	add_u64(to, "pointer_bytes", header->pointer_bytes);
	add_u64(to, "buffer_bytes", header->buffer_bytes);
	add_string(to, "clock", clock_type_name(header->clock.type));
	add_u64(to, "perf_frequency_hz", header->perf_frequency_hz);
	add_time(to, "start_time", header->start_unix_ns);
	add_time(to, "end_time", header->end_unix_ns);
	add_time(to, "boot_time", header->boot_unix_ns);
	add_u64(to, "log_file_mode", header->log_file_mode);
	text_char(to, '}');
}

static void json_health(const struct session_health *health, struct text *to)
{
	char name[8];
	size_t i;

	add_key(to, "buffers");
	text_printf(to, "{\"count\":%" PRIu64 ",\"compressed\":%" PRIu64 "}",
		    health_get(&health->buffers), health_get(&health->buffers_compressed));
	add_u64(to, "events_total", health_get(&health->events));
	add_u64(to, "events_lost", health_get(&health->events_lost));
	add_u64(to, "buffers_lost", health_get(&health->buffers_lost));
	add_key(to, "loss_signs");
	text_char(to, '{');
	for (i = 0; i < LOSS_SIGN_COUNT; i++)
		if (health_get(&health->loss_signs[i]))
			add_u64(to, loss_sign_name((enum loss_sign)i),
				health_get(&health->loss_signs[i]));
	text_char(to, '}');
	add_key(to, "malformed");
	text_char(to, '{');
	for (i = 0; i < MALFORMED_COUNT; i++)
		if (health_get(&health->malformed[i]))
			add_u64(to, malformed_name((enum malformed)i),
				health_get(&health->malformed[i]));
	text_char(to, '}');
	add_key(to, "unknown_records");
	text_char(to, '{');
	for (i = 0; i < 256; i++)
		if (health_get(&health->unknown_kinds[i]))
			add_u64(to, etl_kind_name((uint8_t)i, name),
				health_get(&health->unknown_kinds[i]));
	text_char(to, '}');
}

/* A field's name behind those of the structs that it is in. */
struct path {
	const struct path *above;
	const char *name;
};

static void add_path(const struct path *path, struct text *to)
{
	if (path->above) {
		add_path(path->above, to);
		text_char(to, '.');
	}
	text_string(to, path->name);
}

static void each_field(const struct schema *schema, uint16_t first, uint16_t count,
		       const struct path *above,
		       void (*print)(const struct path *, const struct field *, struct text *),
		       struct text *to)
{
	uint16_t i;

	for (i = first; i < first + count; i++) {
		const struct field *field = &schema->fields[i];
		const struct path path = {above, field->name};

		print(&path, field, to);
		if (field->type == VALUE_STRUCT)
			each_field(schema, field->first_member, field->member_count, &path, print,
				   to);
	}
}

static void json_field(const struct path *path, const struct field *field, struct text *to)
{
	struct text name;

	text_init(&name, NAME_LIMIT);
	add_path(path, &name);
	text_string(to, to->bytes[to->length - 1] == '[' ? "{\"name\":" : ",{\"name\":");
	text_json_bytes(to, name.bytes, name.length);
	add_string(to, "type", value_type_name((enum value_type)field->type));
	text_printf(to, ",\"array\":%s}", field->count_kind == COUNT_ONE ? "false" : "true");
	text_done(&name);
}

/* Only symbols (PDB or TMF files) say what the payload of a WPP message is. */
static bool needs_symbols(const struct event_type *type)
{
	return type->encoding == ENCODING_WPP;
}

static void json_schema(const struct schema *schema, struct text *to)
{
	add_key(to, "schema");
	if (!schema) {
		text_string(to, "null");
		return;
	}
	text_json(to, schema->source);
	add_key(to, "fields");
	text_char(to, '[');
	each_field(schema, 0, schema->top_count, NULL, json_field, to);
	text_char(to, ']');
}

static void json_type(const struct event_type *type, const struct schema *schema, struct text *to)
{
	char guid[GUID_TEXT_SIZE];

	guid_format(&type->guid, guid);
	text_char(to, '{');
	add_string(to, "provider_guid", guid);
	add_string(to, "provider", type->provider);
	add_string(to, "encoding", encoding_name(type->encoding));
	add_u64(to, "event_id", type->id);
	add_u64(to, "version", type->version);
	add_u64(to, "opcode", type->opcode);
	add_u64(to, "task", type->task);
	add_u64(to, "level", type->level);
	add_string(to, "event", type->event);
	add_u64(to, "count", event_type_events(type));
	add_u64(to, "bytes", event_type_bytes(type));
	add_key(to, "needs_symbols");
	text_string(to, needs_symbols(type) ? "true" : "false");
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
	add_string(to, "path", inspection->path);
	json_session(inspection->header, to);
	json_health(inspection->health, to);
	add_key(to, "event_types");
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

static void text_field(const struct path *path, const struct field *field, struct text *to)
{
	struct text name;

	text_init(&name, NAME_LIMIT);
	add_path(path, &name);
	text_char(&name, '\0');
	text_string(to, "               ");
	text_printable(to, name.failed ? "?" : name.bytes);
	text_printf(to, "  %s%s\n", value_type_name((enum value_type)field->type),
		    field->count_kind == COUNT_ONE ? "" : "[]");
	text_done(&name);
}

static void text_fields(const struct schema *schema, struct text *to)
{
	if (!schema)
		return;
	text_printf(to, "               fields (%s):\n", schema->source);
	each_field(schema, 0, schema->top_count, NULL, text_field, to);
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
