#include "config/encoding.h"

#include <stdint.h>
#include <string.h>

#include "config/utf8.h"

/* Moves on by one character; bytes that are not UTF-8 are one each. */
static size_t step(const char *text, size_t length, size_t at, struct place *place)
{
	uint32_t code = 0;
	size_t bytes = utf8_next(text + at, length - at, &code);
	bool crlf = bytes && code == '\r' && at + 1 < length && text[at + 1] == '\n';

	if (bytes && (code == '\n' || (code == '\r' && !crlf))) {
		place->line++;
		place->column = 1;
	} else {
		place->column++;
	}
	return bytes ? bytes : 1;
}

struct place encoding_place(const char *text, size_t length, size_t offset)
{
	struct place place = {1, 1};
	size_t at = 0;

	while (at < offset && at < length)
		at += step(text, length, at, &place);
	return place;
}

char encoding_byte_at(const char *text, size_t length, struct place place)
{
	struct place here = {1, 1};
	size_t at = 0;

	while (at < length &&
	       (here.line < place.line || (here.line == place.line && here.column < place.column)))
		at += step(text, length, at, &here);
	if (at >= length)
		return '\0';
	return text[at];
}

/* Windows' own tools like to write UTF-16. */
static bool is_utf16(const char *text, size_t length)
{
	return length >= 2 &&
	       (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0);
}

bool encoding_check(const char **text, size_t *length, const struct report *report)
{
	size_t at = 0, bytes;
	uint32_t code;

	if (is_utf16(*text, *length)) {
		report_error(report, (struct place){1, 1}, "the file is UTF-16; save it as UTF-8");
		return false;
	}
	if (*length >= 3 && memcmp(*text, "\xef\xbb\xbf", 3) == 0) {
		*text += 3;
		*length -= 3;
	}
	for (; at < *length; at += bytes) {
		bytes = utf8_next(*text + at, *length - at, &code);
		if (!bytes) {
			report_error(report, encoding_place(*text, *length, at),
				     "the byte 0x%02x is not UTF-8; save the file as UTF-8",
				     (unsigned int)(unsigned char)(*text)[at]);
			return false;
		}
	}
	return true;
}
