#include "metrics/utf8.h"

#include <stdbool.h>
#include <string.h>

/* The second byte's range depends on the first, which is what rules out overlong forms and
 * surrogates. */
static bool second_fits(unsigned char first, unsigned char second)
{
	switch (first) {
	case 0xe0:
		return second >= 0xa0 && second <= 0xbf;
	case 0xed:
		return second >= 0x80 && second <= 0x9f;
	case 0xf0:
		return second >= 0x90 && second <= 0xbf;
	case 0xf4:
		return second >= 0x80 && second <= 0x8f;
	default:
		return second >= 0x80 && second <= 0xbf;
	}
}

static size_t length_by_first(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if (first >= 0xe0 && first <= 0xef)
		return 3;
	if (first >= 0xf0 && first <= 0xf4)
		return 4;
	return 0;
}

size_t utf8_sequence_in(const char *bytes, size_t left)
{
	const unsigned char *s = (const unsigned char *)bytes;
	size_t length = left ? length_by_first(s[0]) : 0;
	size_t i;

	if (length < 2)
		return length;
	if (length > left || !second_fits(s[0], s[1]))
		return 0;
	for (i = 2; i < length; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return length;
}

/* A terminator is no continuation byte: what is before it is all that may be looked at. */
size_t utf8_sequence(const char *string)
{
	return string[0] ? utf8_sequence_in(string, strnlen(string, 4)) : 1;
}

size_t utf8_cut(const char *bytes, size_t length)
{
	size_t at = length;
	size_t needed;

	while (at > 0 && length - at < 3 && ((unsigned char)bytes[at - 1] & 0xc0) == 0x80)
		at--;
	if (at == 0)
		return length;
	needed = length_by_first((unsigned char)bytes[at - 1]);
	return needed > length - at + 1 ? at - 1 : length;
}
