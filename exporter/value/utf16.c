#include "exporter/value/utf16.h"

#include "config/utf8.h"

#define REPLACEMENT 0xfffdu

size_t utf8_encode(uint32_t c, char text[UTF8_BYTES_MAX])
{
	unsigned char *to = (unsigned char *)text;

	if (c < 0x80) {
		to[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (uint8_t)(0xc0 | c >> 6);
		to[1] = (uint8_t)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (uint8_t)(0xe0 | c >> 12);
		to[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		to[2] = (uint8_t)(0x80 | (c & 0x3f));
		return 3;
	}
	to[0] = (uint8_t)(0xf0 | c >> 18);
	to[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
	to[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
	to[3] = (uint8_t)(0x80 | (c & 0x3f));
	return 4;
}

/* The code point that begins with `unit`; the low half of a pair is taken too. */
static uint32_t join(uint32_t unit, struct bytes *bytes)
{
	uint32_t low;

	if (unit < 0xd800 || unit > 0xdfff)
		return unit;
	if (unit > 0xdbff || bytes->left < 2)
		return REPLACEMENT;
	low = le16(bytes->at);
	if (low < 0xdc00 || low > 0xdfff)
		return REPLACEMENT;
	bytes_take(bytes, 2);
	return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
}

uint32_t utf16_take(struct bytes *bytes)
{
	return join(le16(bytes_take(bytes, 2)), bytes);
}

size_t utf16_take_string(struct bytes *bytes, char *to, size_t size)
{
	size_t used = 0;
	bool room = true;

	while (bytes->left >= 2) {
		uint32_t unit = le16(bytes_take(bytes, 2));
		char encoded[UTF8_BYTES_MAX];
		size_t length;

		if (unit == 0)
			break;
		length = utf8_encode(join(unit, bytes), encoded);
		room = room && length < size - used;
		if (room) {
			memcpy(to + used, encoded, length);
			used += length;
		}
	}
	to[used] = '\0';
	return used;
}

size_t utf16_from_utf8(const char *text, uint16_t *to, size_t size)
{
	size_t left = strlen(text), used = 0, bytes;
	uint32_t code;

	for (; left && (bytes = utf8_next(text, left, &code)); text += bytes, left -= bytes) {
		if (used + (code > 0xffff ? 2 : 1) >= size)
			break;
		if (code > 0xffff) {
			to[used++] = (uint16_t)(0xd800 + ((code - 0x10000) >> 10));
			code = 0xdc00 + ((code - 0x10000) & 0x3ff);
		}
		to[used++] = (uint16_t)code;
	}
	to[used] = 0;
	return used;
}
