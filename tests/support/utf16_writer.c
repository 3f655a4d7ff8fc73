#include "tests/support/utf16_writer.h"

#include "tests/support/little_endian.h"

static uint32_t take_code_point(const uint8_t **at)
{
	uint32_t first = *(*at)++;
	int rest = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
	uint32_t value = rest ? first & (0x3fu >> rest) : first;

	for (; rest && **at; rest--)
		value = value << 6 | (*(*at)++ & 0x3fu);
	return value;
}

size_t utf16_bytes(const char *text)
{
	const uint8_t *at = (const uint8_t *)text;
	size_t bytes = 0;

	while (*at)
		bytes += take_code_point(&at) >= 0x10000 ? 4 : 2;
	return bytes;
}

size_t utf16_put(uint8_t *to, const char *text)
{
	const uint8_t *at = (const uint8_t *)text;
	uint8_t *begin = to;

	while (*at) {
		uint32_t value = take_code_point(&at);

		if (value >= 0x10000) {
			put_le16(to, (uint16_t)(0xd800 + ((value - 0x10000) >> 10)));
			to += 2;
			value = 0xdc00 + (value & 0x3ff);
		}
		put_le16(to, (uint16_t)value);
		to += 2;
	}
	return (size_t)(to - begin);
}
