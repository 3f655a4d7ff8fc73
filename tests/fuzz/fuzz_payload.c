/*
 * Any bytes as a schema and a payload of it: no crash, nothing beyond the payload, and text that is
 * UTF-8.
 *
 * The first byte chooses where the schema comes from (TraceLogging metadata, a TRACE_EVENT_INFO or
 * the class of a kernel event), the pointer size and whether the payload is missing; two bytes of
 * length and the schema follow; what is left is the payload.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/base/bytes.h"
#include "exporter/decoder/event_metadata.h"
#include "exporter/decoder/mof.h"
#include "exporter/decoder/tracelogging.h"
#include "exporter/decoder/kernel_classes.h"
#include "exporter/schema/payload_size.h"
#include "exporter/value/value_text.h"
#include "metrics/utf8.h"

#define VALUE_LIMIT ((size_t)1 << 20)

enum {
	CHOICE_SOURCE = 3,
	CHOICE_POINTER_4 = 4,
	CHOICE_CLASSIC = 8,

	INFO_BYTES = 112, /* TRACE_EVENT_INFO, and where ID and version stand in it */
	INFO_ID = 32,
	INFO_VERSION = 34,
};

/* What the visitor checks against. */
struct seen {
	const uint8_t *payload;
	size_t payload_bytes, taken, values;
	int depth;
	bool classic;
	struct text text;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_utf8(const struct text *text)
{
	size_t at = 0, length;

	for (; at < text->length; at += length) {
		length = utf8_sequence_in(text->bytes + at, text->length - at);
		require(length > 0);
	}
}

static void check_value(void *context, const struct value *value)
{
	struct seen *seen = context;
	size_t at;
	int style;

	seen->values++;
	require(value->type < VALUE_TYPE_COUNT && value->type != VALUE_STRUCT);
	require(value->field->type == value->type);
	require(value->bytes != NULL);
	if (value->length) {
		at = (size_t)(value->bytes - seen->payload);
		require(at >= seen->taken && at <= seen->payload_bytes &&
			value->length <= seen->payload_bytes - at);
		seen->taken = at + value->length;
	}
	for (style = VALUE_RAW; style <= VALUE_COOKED; style++) {
		text_clear(&seen->text);
		value_text(value, (enum value_style)style, seen->classic, &seen->text);
		if (!seen->text.failed)
			check_utf8(&seen->text);
	}
}

static void check_begin(void *context, const struct field *field)
{
	struct seen *seen = context;

	require(field->type == VALUE_STRUCT || field->count_kind != COUNT_ONE);
	seen->depth++;
}

static void check_end(void *context)
{
	struct seen *seen = context;

	require(--seen->depth >= 0);
}

static void visit(const struct schema *schema, struct bytes payload, uint8_t choice)
{
	size_t pointer_bytes = choice & CHOICE_POINTER_4 ? 4 : 8, consumed, again;
	struct seen seen = {.payload = payload.at,
			    .payload_bytes = payload.left,
			    .classic = choice & CHOICE_CLASSIC};
	const struct payload_visitor visitor = {.value = check_value,
						.begin_struct = check_begin,
						.end_struct = check_end,
						.begin_array = check_begin,
						.end_array = check_end,
						.context = &seen};
	enum payload_result result, silent;
	struct payload_size size;

	text_init(&seen.text, VALUE_LIMIT);
	result =
		payload_visit(schema, payload.at, payload.left, pointer_bytes, &visitor, &consumed);
	silent = payload_visit(schema, payload.at, payload.left, pointer_bytes, NULL, &again);
	require(result == silent && consumed == again);
	require(seen.depth == 0 && seen.taken <= consumed && consumed <= payload.left);
	require(seen.values <= PAYLOAD_FIELDS_MAX + PAYLOAD_ELEMENTS_MAX);
	require((consumed == payload.left) || result != PAYLOAD_OK);
	size = payload_size_of(schema, pointer_bytes);
	require(result != PAYLOAD_OK || payload_size_fits(&size, (uint32_t)payload.left));
	text_done(&seen.text);
}

static void with_tracelogging(struct bytes metadata, struct bytes payload, uint8_t choice)
{
	static const uint8_t guid[16];
	const struct event_record record = {.guid = guid,
					    .kind = RECORD_EVENT,
					    .schema = metadata.at,
					    .schema_bytes = (uint16_t)metadata.left};
	struct schema *schema = tracelogging_schema_new(&record);

	if (schema)
		visit(schema, payload, choice);
	schema_free(schema);
}

/* The schema, and maps before it where it begins with their length. */
static void with_event_info(struct bytes info, struct bytes payload, uint8_t choice)
{
	static const uint8_t class_guid[16] = {0xc1, 0xf6, 0xcc, 0xbb, 0xd1, 0x6c, 0xc4, 0x48,
					       0x80, 0xff, 0x83, 0x94, 0x82, 0xe3, 0x76, 0x71};
	struct event_metadata *metadata = event_metadata_new();
	struct event_record record = {.guid = class_guid, .kind = RECORD_FULL};
	const uint8_t *head = bytes_take(&info, 2);
	const struct schema *schema = NULL;
	size_t map_bytes = head ? le16(head) : 0;

	require(metadata != NULL);
	record.payload = bytes_take(&info, map_bytes);
	record.payload_bytes = (uint32_t)map_bytes;
	record.opcode = 33;
	if (record.payload)
		event_metadata_learn(metadata, &record);
	record.payload = info.at;
	record.payload_bytes = (uint32_t)info.left;
	record.opcode = 32;
	require(event_metadata_learn(metadata, &record) == (info.left >= INFO_BYTES));
	if (info.left >= INFO_BYTES) {
		record.kind = RECORD_EVENT;
		record.guid = info.at;
		record.id = le16(info.at + INFO_ID);
		record.version = info.at[INFO_VERSION];
		schema = event_metadata_find(metadata, &record);
	}
	if (schema)
		visit(schema, payload, choice);
	event_metadata_free(metadata);
}

static void with_class(struct bytes chosen, struct bytes payload, uint8_t choice)
{
	const struct kernel_class *class = NULL;
	struct schema *schema = NULL;

	if (chosen.left >= 3)
		class = kernel_class_of_hook(chosen.at[0], chosen.at[1]);
	if (class)
		schema = mof_schema_new(&class->guid, chosen.at[2], chosen.at[1]);
	if (schema)
		visit(schema, payload, choice);
	schema_free(schema);
}

/* At the end of memory of its own, so that a byte beyond is noticed. */
static struct bytes copy(const uint8_t *bytes, size_t length)
{
	uint8_t *to = malloc(length ? length : 1);

	require(to != NULL);
	memcpy(to, bytes, length);
	return (struct bytes){to, length};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const sources[])(struct bytes, struct bytes, uint8_t) = {
		with_tracelogging, with_event_info, with_class, with_tracelogging};
	struct bytes rest = {data, size}, schema, payload;
	const uint8_t *head = bytes_take(&rest, 3), *taken;
	size_t length;

	if (!head)
		return 0;
	length = le16(head + 1) < rest.left ? le16(head + 1) : rest.left;
	taken = bytes_take(&rest, length);
	schema = copy(taken, length);
	payload = rest.left ? copy(rest.at, rest.left) : (struct bytes){0};
	sources[head[0] & CHOICE_SOURCE](schema, payload, head[0]);
	free((void *)(uintptr_t)schema.at);
	free((void *)(uintptr_t)payload.at);
	return 0;
}
