#include "tests/support/tl_writer.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/little_endian.h"

/* TraceLoggingProvider.h */
enum {
	ITEM_SCHEMA_TL = 11,
	ITEM_PROVIDER_TRAITS = 12,
	CHANNEL_TRACE_LOGGING = 11,
};

enum tl_type {
	TL_UTF16 = 1,
	TL_ANSI = 2,
	TL_U8 = 4,
	TL_U16 = 6,
	TL_I32 = 7,
	TL_U32 = 8,
	TL_I64 = 9,
	TL_U64 = 10,
	TL_F64 = 12,
	TL_GUID = 15,
	TL_POINTER = 16,
};

void tl_begin(struct tl_event *event, uint8_t provider, const char *name)
{
	char provider_name[16];

	memset(event, 0, sizeof(*event));
	snprintf(provider_name, sizeof(provider_name), "Test-%u", provider);
	payload_u16(&event->traits, 0);
	payload_string(&event->traits, provider_name);
	payload_u16(&event->schema, 0);
	payload_u8(&event->schema, 0);
	payload_string(&event->schema, name);
	event->event.guid[0] = provider;
	event->event.channel = CHANNEL_TRACE_LOGGING;
	event->event.level = 4;
}

static void add_field(struct tl_event *event, const char *name, enum tl_type type)
{
	payload_string(&event->schema, name);
	payload_u8(&event->schema, (uint8_t)type);
}

void tl_u8(struct tl_event *event, const char *name, uint8_t value)
{
	add_field(event, name, TL_U8);
	payload_u8(&event->payload, value);
}

void tl_u16(struct tl_event *event, const char *name, uint16_t value)
{
	add_field(event, name, TL_U16);
	payload_u16(&event->payload, value);
}

void tl_u32(struct tl_event *event, const char *name, uint32_t value)
{
	add_field(event, name, TL_U32);
	payload_u32(&event->payload, value);
}

void tl_i32(struct tl_event *event, const char *name, int32_t value)
{
	add_field(event, name, TL_I32);
	payload_u32(&event->payload, (uint32_t)value);
}

void tl_u64(struct tl_event *event, const char *name, uint64_t value)
{
	add_field(event, name, TL_U64);
	payload_u64(&event->payload, value);
}

void tl_i64(struct tl_event *event, const char *name, int64_t value)
{
	add_field(event, name, TL_I64);
	payload_u64(&event->payload, (uint64_t)value);
}

void tl_f64(struct tl_event *event, const char *name, double value)
{
	add_field(event, name, TL_F64);
	payload_f64(&event->payload, value);
}

void tl_text(struct tl_event *event, const char *name, const char *value)
{
	add_field(event, name, TL_ANSI);
	payload_string(&event->payload, value);
}

void tl_utf16(struct tl_event *event, const char *name, const char *value)
{
	add_field(event, name, TL_UTF16);
	payload_utf16(&event->payload, value);
}

void tl_guid(struct tl_event *event, const char *name, const uint8_t value[16])
{
	add_field(event, name, TL_GUID);
	payload_bytes(&event->payload, value, 16);
}

void tl_pointer(struct tl_event *event, const char *name, uint64_t value, int pointer_bytes)
{
	add_field(event, name, TL_POINTER);
	if (pointer_bytes == 4)
		payload_u32(&event->payload, (uint32_t)value);
	else
		payload_u64(&event->payload, value);
}

void tl_write(struct etl_writer *writer, struct tl_event *event)
{
	tl_write_pointers(writer, event, 8);
}

void tl_write_pointers(struct etl_writer *writer, struct tl_event *event, int pointer_bytes)
{
	const struct etl_item items[] = {
		{ITEM_SCHEMA_TL, event->schema.bytes, event->schema.length},
		{ITEM_PROVIDER_TRAITS, event->traits.bytes, event->traits.length},
	};

	put_le16(event->schema.bytes, (uint16_t)event->schema.length);
	put_le16(event->traits.bytes, (uint16_t)event->traits.length);
	event->event.items = items;
	event->event.item_count = 2;
	event->event.payload = event->payload.bytes;
	event->event.payload_bytes = event->payload.length;
	etl_write_event(writer, &event->event, pointer_bytes);
	event->event.items = NULL;
}
