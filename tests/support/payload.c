#include "tests/support/payload.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/little_endian.h"
#include "tests/support/utf16_writer.h"

static uint8_t *extend(struct payload *payload, size_t bytes)
{
	uint8_t *at = payload->bytes + payload->length;

	if (bytes > sizeof(payload->bytes) - payload->length)
		abort();
	payload->length += bytes;
	return at;
}

void payload_u8(struct payload *payload, uint8_t value)
{
	*extend(payload, 1) = value;
}

void payload_u16(struct payload *payload, uint16_t value)
{
	put_le16(extend(payload, 2), value);
}

void payload_u32(struct payload *payload, uint32_t value)
{
	put_le32(extend(payload, 4), value);
}

void payload_u64(struct payload *payload, uint64_t value)
{
	put_le64(extend(payload, 8), value);
}

void payload_f64(struct payload *payload, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	payload_u64(payload, bits);
}

void payload_bytes(struct payload *payload, const void *bytes, size_t length)
{
	uint8_t *to = extend(payload, length);

	if (length)
		memcpy(to, bytes, length);
}

void payload_port(struct payload *payload, uint16_t value)
{
	payload_u8(payload, (uint8_t)(value >> 8));
	payload_u8(payload, (uint8_t)value);
}

void payload_string(struct payload *payload, const char *text)
{
	payload_bytes(payload, text, strlen(text) + 1);
}

void payload_utf16(struct payload *payload, const char *text)
{
	utf16_put(extend(payload, utf16_bytes(text)), text);
	payload_u16(payload, 0);
}
