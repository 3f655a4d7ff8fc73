/*
 * info_builder: TRACE_EVENT_INFO and EVENT_MAP_INFO (tdh.h) from tables, with all that they can
 * say. For tests.
 */
#ifndef TESTS_SUPPORT_INFO_BUILDER_H
#define TESTS_SUPPORT_INFO_BUILDER_H

#include "tests/support/little_endian.h"
#include "tests/support/payload.h"

enum {
	EVENT_INFO = 32,
	MAP_INFO = 33,

	STRUCT = 1,
	LENGTH_BY = 2,
	COUNT_BY = 4,
	FIXED_COUNT = 0x20,
	CUSTOM_SCHEMA = 0x80,

	PROPERTIES_AT = 112,
	PROPERTY_BYTES = 24,
};

/* Whose events and maps they are. */
static const uint8_t provider[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

/* Of a struct, `in` is the first member and `out` how many there are. */
struct property {
	const char *name;
	uint32_t flags;
	uint16_t in, out, count, length;
	const char *map;
};

static inline void put_text(struct payload *payload, size_t at, const char *text)
{
	if (!text)
		return;
	put_le32(payload->bytes + at, (uint32_t)payload->length);
	payload_utf16(payload, text);
}

static inline void put_property(struct payload *payload, const struct property *property)
{
	payload_u32(payload, property->flags);
	payload_u32(payload, 0);
	payload_u16(payload, property->in);
	payload_u16(payload, property->out);
	payload_u32(payload, 0);
	payload_u16(payload, property->count);
	payload_u16(payload, property->length);
	payload_u32(payload, 0);
}

/* A TRACE_EVENT_INFO of the first `top` properties, and members of structs behind them. */
static inline void put_info(struct payload *payload, uint16_t id, const struct property *properties,
			    uint32_t top)
{
	static const uint8_t zeros[64];
	uint32_t count = 0, i;

	while (properties[count].name)
		count++;
	payload->length = 0;
	payload_bytes(payload, provider, 16);
	payload_bytes(payload, zeros, 16);
	payload_u16(payload, id);
	payload_bytes(payload, "\2\0\0\0\0\0", 6);
	payload_bytes(payload, zeros, 60);
	payload_u32(payload, count);
	payload_u32(payload, top);
	payload_u32(payload, 0);
	for (i = 0; i < count; i++)
		put_property(payload, &properties[i]);
	for (i = 0; i < count; i++) {
		size_t at = PROPERTIES_AT + (size_t)i * PROPERTY_BYTES;

		put_text(payload, at + 4, properties[i].name);
		if (!(properties[i].flags & STRUCT))
			put_text(payload, at + 12, properties[i].map);
	}
}

/* An EVENT_MAP_INFO behind its provider. */
static inline void put_map(struct payload *payload, const char *name, uint32_t flag, size_t count,
			   const uint32_t *values, const char *const *names)
{
	size_t i;

	payload->length = 0;
	payload_bytes(payload, provider, 16);
	payload_u32(payload, 0);
	payload_u32(payload, flag);
	payload_u32(payload, (uint32_t)count);
	payload_u32(payload, 0);
	for (i = 0; i < count; i++) {
		payload_u32(payload, 0);
		payload_u32(payload, values[i]);
	}
	put_le32(payload->bytes + 16, (uint32_t)payload->length - 16);
	payload_utf16(payload, name);
	for (i = 0; i < count; i++) {
		put_le32(payload->bytes + 32 + 8 * i, (uint32_t)payload->length - 16);
		payload_utf16(payload, names[i]);
	}
}

#endif
