#include "tests/support/event_info.h"

#include <string.h>

#include "tests/support/little_endian.h"
#include "tests/support/payload.h"

/* Offsets in TRACE_EVENT_INFO. */
enum {
	PROVIDER_NAME_AT = 52,
	LEVEL_NAME_AT = 56,
	CHANNEL_NAME_AT = 60,
	TASK_NAME_AT = 68,
	OPCODE_NAME_AT = 72,
	PROPERTIES_AT = 112,
	PROPERTY_BYTES = 24,

	TYPE_EVENT_INFO = 32,
};

static size_t count_fields(const struct event_info *info)
{
	size_t count = 0;

	while (count < EVENT_INFO_FIELDS_MAX && info->fields[count].name)
		count++;
	return count;
}

static void put_descriptor(struct payload *payload, const struct event_info *info)
{
	payload_u16(payload, info->id);
	payload_u8(payload, info->version);
	payload_u8(payload, info->channel);
	payload_u8(payload, info->level);
	payload_u8(payload, info->opcode);
	payload_u16(payload, info->task);
	payload_u64(payload, info->keyword);
}

/* A type's usual out-type has the same number, but for these. */
static uint16_t out_type(enum event_info_type type)
{
	enum {
		OUT_STRING = 1,
		OUT_HEX64 = 19
	};

	if (type == EVENT_INFO_ANSI)
		return OUT_STRING;
	return type == EVENT_INFO_POINTER ? OUT_HEX64 : (uint16_t)type;
}

static uint16_t length(enum event_info_type type)
{
	switch (type) {
	case EVENT_INFO_UTF16:
	case EVENT_INFO_ANSI:
		return 0;
	case EVENT_INFO_U8:
		return 1;
	case EVENT_INFO_U16:
		return 2;
	case EVENT_INFO_U32:
		return 4;
	default:
		return 8;
	}
}

/* The offset of the text is filled in by put_text(). */
static void put_property(struct payload *payload, const struct event_info_field *field)
{
	payload_u32(payload, 0);
	payload_u32(payload, 0);
	payload_u16(payload, (uint16_t)field->type);
	payload_u16(payload, out_type(field->type));
	payload_u32(payload, 0);
	payload_u16(payload, 1);
	payload_u16(payload, length(field->type));
	payload_u32(payload, 0);
}

static void put_text(struct payload *payload, size_t offset_at, const char *text)
{
	if (!text)
		return;
	put_le32(payload->bytes + offset_at, (uint32_t)payload->length);
	payload_utf16(payload, text);
}

static void put_info(struct payload *payload, const struct event_info *info)
{
	size_t count = count_fields(info);

	payload_bytes(payload, info->guid, 16);
	payload_bytes(payload, (const uint8_t[16]){0}, 16);
	put_descriptor(payload, info);
	/* The decoding source is 0, a manifest; no text stands anywhere yet. */
	payload_bytes(payload, (const uint8_t[100 - 48]){0}, 100 - 48);
	payload_u32(payload, (uint32_t)count);
	payload_u32(payload, (uint32_t)count);
	payload_u32(payload, 1);
	for (size_t i = 0; i < count; i++)
		put_property(payload, &info->fields[i]);
	for (size_t i = 0; i < count; i++)
		put_text(payload, PROPERTIES_AT + i * PROPERTY_BYTES + 4, info->fields[i].name);
	put_text(payload, PROVIDER_NAME_AT, info->provider);
	put_text(payload, LEVEL_NAME_AT, info->level_name);
	put_text(payload, CHANNEL_NAME_AT, info->channel_name);
	put_text(payload, TASK_NAME_AT, info->task_name);
	put_text(payload, OPCODE_NAME_AT, info->opcode_name);
}

void etl_write_event_info(struct etl_writer *writer, uint64_t time, uint32_t processor,
			  const struct event_info *info)
{
	static const uint8_t class_guid[16] = {0xc1, 0xf6, 0xcc, 0xbb, 0xd1, 0x6c, 0xc4, 0x48,
					       0x80, 0xff, 0x83, 0x94, 0x82, 0xe3, 0x76, 0x71};
	struct payload payload = {.length = 0};
	struct etl_classic record = {
		.time = time,
		.processor = processor,
		.pid = 4,
		.tid = 8,
		.type = TYPE_EVENT_INFO,
	};

	memcpy(record.guid, class_guid, 16);
	put_info(&payload, info);
	record.payload = payload.bytes;
	record.payload_bytes = payload.length;
	etl_write_full(writer, &record, 8);
}
