#include "exporter/command/dump.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "exporter/base/guid.h"
#include "exporter/value/time_text.h"
#include "exporter/value/value_text.h"

#define VALUE_LIMIT ((size_t)1 << 20) /* a payload has 64 KiB */
/* An array and its struct, for each level of structs, and the top. */
#define LEVELS_MAX  (2 * SCHEMA_DEPTH_MAX + 2)
#define EXACT_LIMIT ((uint64_t)1 << 53)

struct level {
	bool is_array;
	bool is_empty;			 /* so far */
	const struct field *first_field; /* of a struct */
};

/* Prints a payload as it is visited. */
struct printer {
	const struct dump_options *options;
	bool classic;
	struct text *to;
	struct text value; /* scratch */
	struct level levels[LEVELS_MAX];
	size_t depth; /* of the innermost level */
};

/* How many fields before this one, in its struct, are called the same. */
static unsigned int count_namesakes(const struct level *level, const struct field *field)
{
	const struct field *other;
	unsigned int count = 0;

	for (other = level->first_field; other < field; other++)
		count += strcmp(other->name, field->name) == 0;
	return count;
}

/* What is in `value`, which is a name out of the recording. */
static void add_printable(struct printer *printer)
{
	text_char(&printer->value, '\0');
	if (!printer->value.failed)
		text_printable(printer->to, printer->value.bytes);
}

static void add_name(struct printer *printer, const struct level *level, const struct field *field,
		     bool quoted)
{
	unsigned int namesakes = count_namesakes(level, field);

	text_clear(&printer->value);
	text_string(&printer->value, field->name);
	if (namesakes)
		text_printf(&printer->value, "#%u", namesakes + 1);
	if (quoted)
		text_json_bytes(printer->to, printer->value.bytes, printer->value.length);
	else
		add_printable(printer);
}

/* What stands before a value: a comma, its name. In lines of text the top level is NAME=VALUE. */
static void begin_item(struct printer *printer, const struct field *field)
{
	struct level *level = &printer->levels[printer->depth];
	bool plain = printer->depth == 0 && !printer->options->json;

	if (plain)
		text_string(printer->to, "  ");
	else if (!level->is_empty)
		text_char(printer->to, ',');
	level->is_empty = false;
	if (level->is_array)
		return;
	add_name(printer, level, field, !plain);
	text_char(printer->to, plain ? '=' : ':');
}

static void push(struct printer *printer, bool is_array, const struct field *first_field)
{
	printer->levels[++printer->depth] = (struct level){is_array, true, first_field};
}

static void print_value(void *context, const struct value *value)
{
	struct printer *printer = context;
	enum value_form form;

	begin_item(printer, value->field);
	text_clear(&printer->value);
	form = value_text(value, printer->options->raw ? VALUE_RAW : VALUE_COOKED, printer->classic,
			  &printer->value);
	if (form == VALUE_FORM_NONE)
		text_string(printer->to, "null");
	else if (form == VALUE_FORM_TEXT)
		text_json_bytes(printer->to, printer->value.bytes, printer->value.length);
	else
		text_add(printer->to, printer->value.bytes, printer->value.length);
}

static void begin_struct(void *context, const struct field *field)
{
	struct printer *printer = context;

	begin_item(printer, field);
	text_char(printer->to, '{');
	push(printer, false, printer->levels[0].first_field + field->first_member);
}

static void end_struct(void *context)
{
	struct printer *printer = context;

	printer->depth--;
	text_char(printer->to, '}');
}

static void begin_array(void *context, const struct field *field)
{
	struct printer *printer = context;

	begin_item(printer, field);
	text_char(printer->to, '[');
	push(printer, true, NULL);
}

static void end_array(void *context)
{
	struct printer *printer = context;

	printer->depth--;
	text_char(printer->to, ']');
}

/* Returns how many bytes of the payload no field has taken. */
static size_t print_fields(const struct dump_event *event, const struct dump_options *options,
			   struct text *to)
{
	const struct event_record *record = event->record;
	struct printer printer = {.options = options, .to = to};
	const struct payload_visitor visitor = {.value = print_value,
						.begin_struct = begin_struct,
						.end_struct = end_struct,
						.begin_array = begin_array,
						.end_array = end_array,
						.context = &printer};
	size_t consumed;

	if (!event->schema)
		return record->payload_bytes;
	printer.classic = event->schema->has_variants;
	printer.levels[0] = (struct level){false, true, event->schema->fields};
	text_init(&printer.value, VALUE_LIMIT);
	payload_visit(event->schema, record->payload, record->payload_bytes, record->pointer_bytes,
		      &visitor, &consumed);
	text_done(&printer.value);
	return record->payload_bytes - consumed;
}

static void add_key(struct text *to, const char *key)
{
	text_printf(to, ",\"%s\":", key);
}

static void add_number(struct text *to, const char *key, bool has, uint64_t number)
{
	const char *quote = number > EXACT_LIMIT ? "\"" : "";

	add_key(to, key);
	if (has)
		text_printf(to, "%s%" PRIu64 "%s", quote, number, quote);
	else
		text_string(to, "null");
}

static void add_string(struct text *to, const char *key, const char *string)
{
	add_key(to, key);
	if (string && string[0])
		text_json(to, string);
	else
		text_string(to, "null");
}

static void add_guid(struct text *to, const char *key, const uint8_t *bytes)
{
	char text[GUID_TEXT_SIZE] = "";
	struct guid guid;

	if (bytes) {
		memcpy(guid.bytes, bytes, sizeof(guid.bytes));
		guid_format(&guid, text);
	}
	add_string(to, key, text);
}

/* Empty where the record has no time or the clock is not known. */
static const char *find_time(const struct dump_event *event, char text[TIME_TEXT_SIZE])
{
	int64_t unix_ns;

	text[0] = '\0';
	if (event->record->has_time && trace_clock_unix_ns(&event->recording->header.clock,
							   event->record->timestamp, &unix_ns))
		time_text(unix_ns, text);
	return text;
}

static bool has_process(const struct event_record *record)
{
	return record->kind != RECORD_PERFINFO &&
	       (record->kind != RECORD_MESSAGE || record->pid != UINT32_MAX ||
		record->tid != UINT32_MAX);
}

/* Classic events have a type in its place. */
static bool has_id(const struct event_record *record)
{
	return record->kind == RECORD_EVENT || record->kind == RECORD_ERROR ||
	       record->kind == RECORD_MESSAGE;
}

uint16_t dump_event_id(const struct event_record *record)
{
	return has_id(record) ? record->id : record->opcode;
}

static void add_header(const struct dump_event *event, struct text *to)
{
	const struct event_record *record = event->record;
	bool is_event = record->kind == RECORD_EVENT || record->kind == RECORD_ERROR;
	bool has_level = is_event || record->kind == RECORD_FULL || record->kind == RECORD_INSTANCE;
	char time[TIME_TEXT_SIZE];

	text_string(to, "{\"time\":");
	if (find_time(event, time)[0])
		text_json(to, time);
	else
		text_string(to, "null");
	add_string(to, "provider", event->names.provider);
	add_guid(to, "provider_guid", record->guid);
	add_string(to, "event", event->names.event);
	add_number(to, "id", has_id(record), record->id);
	add_number(to, "version", true, record->version);
	add_number(to, "opcode", true, record->opcode);
	add_number(to, "level", has_level, record->level);
	add_number(to, "task", is_event, record->task);
	add_number(to, "keyword", is_event, record->keyword);
	add_number(to, "pid", has_process(record), record->pid);
	add_number(to, "tid", has_process(record), record->tid);
	add_number(to, "cpu", true, record->cpu);
	add_guid(to, "activity_id", event_record_activity_id(record));
	add_string(to, "schema", event->schema ? event->schema->source : NULL);
}

static void dump_json(const struct dump_event *event, const struct dump_options *options,
		      struct text *to)
{
	size_t undecoded;

	add_header(event, to);
	text_string(to, ",\"fields\":{");
	undecoded = print_fields(event, options, to);
	text_char(to, '}');
	if (undecoded)
		add_number(to, "undecoded", true, undecoded);
	text_string(to, "}\n");
}

static void dump_text(const struct dump_event *event, const struct dump_options *options,
		      struct text *to)
{
	const struct event_record *record = event->record;
	char time[TIME_TEXT_SIZE];
	size_t undecoded;

	text_printf(to, "%s  ", find_time(event, time)[0] ? time : "-");
	text_printable(to, event->names.provider);
	text_char(to, '/');
	text_printable(to, event->names.event);
	text_printf(to, "(%u)", dump_event_id(record));
	if (has_process(record))
		text_printf(to, "  pid=%" PRIu32 " tid=%" PRIu32, record->pid, record->tid);
	text_printf(to, " cpu=%u", record->cpu);
	undecoded = print_fields(event, options, to);
	if (undecoded)
		text_printf(to, "  (%zu bytes not decoded)", undecoded);
	text_char(to, '\n');
}

void dump_event(const struct dump_event *event, const struct dump_options *options, struct text *to)
{
	if (options->json)
		dump_json(event, options, to);
	else
		dump_text(event, options, to);
}
