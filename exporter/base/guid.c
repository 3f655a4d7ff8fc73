#include "exporter/base/guid.h"

#include <stddef.h>

#include "exporter/base/hex.h"

/* Which byte stands where in the text form. */
static const uint8_t text_order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

static bool dash_before(size_t i)
{
	return i == 4 || i == 6 || i == 8 || i == 10;
}

void guid_format(const struct guid *guid, char text[GUID_TEXT_SIZE])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < 16; i++) {
		uint8_t byte = guid->bytes[text_order[i]];

		if (dash_before(i))
			*text++ = '-';
		*text++ = digits[byte >> 4];
		*text++ = digits[byte & 0xf];
	}
	*text = '\0';
}

bool guid_parse(const char *text, struct guid *guid)
{
	bool braces = *text == '{';
	struct guid parsed;

	text += braces;
	for (size_t i = 0; i < 16; i++) {
		int high, low;

		if (dash_before(i) && *text++ != '-')
			return false;
		high = hex_digit(text[0]);
		if (high < 0)
			return false;
		low = hex_digit(text[1]);
		if (low < 0)
			return false;
		parsed.bytes[text_order[i]] = (uint8_t)(high << 4 | low);
		text += 2;
	}
	if (braces && *text++ != '}')
		return false;
	if (*text)
		return false;
	*guid = parsed;
	return true;
}

int guid_compare(const struct guid *a, const struct guid *b)
{
	for (size_t i = 0; i < 16; i++) {
		int order = a->bytes[text_order[i]] - b->bytes[text_order[i]];

		if (order)
			return order;
	}
	return 0;
}
