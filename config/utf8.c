#include "config/utf8.h"

/* Length of a sequence by its first byte, and the least code point it may stand for. */
static size_t sequence(unsigned char first, uint32_t *bits, uint32_t *least)
{
	if (first < 0x80) {
		*bits = first;
		*least = 0;
		return 1;
	}
	if (first >= 0xc0 && first < 0xe0) {
		*bits = first & 0x1f;
		*least = 0x80;
		return 2;
	}
	if (first >= 0xe0 && first < 0xf0) {
		*bits = first & 0x0f;
		*least = 0x800;
		return 3;
	}
	if (first >= 0xf0 && first < 0xf8) {
		*bits = first & 0x07;
		*least = 0x10000;
		return 4;
	}
	return 0;
}

size_t utf8_next(const char *text, size_t length, uint32_t *code)
{
	uint32_t value, least;
	size_t i, count;

	if (!length)
		return 0;
	count = sequence((unsigned char)text[0], &value, &least);
	if (!count || count > length)
		return 0;
	for (i = 1; i < count; i++) {
		unsigned char byte = (unsigned char)text[i];

		if ((byte & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (byte & 0x3f);
	}
	if (value < least || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		return 0;
	*code = value;
	return count;
}

bool utf8_is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0);
}
