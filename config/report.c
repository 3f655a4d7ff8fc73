#include "config/report.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "config/utf8.h"

#define SENTENCE_BYTES 2048

void report_error(const struct report *report, struct place place, const char *format, ...)
{
	char text[SENTENCE_BYTES];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	problems_add(report->problems, report->file, place, false, text);
}

void report_warning(const struct report *report, struct place place, const char *format, ...)
{
	char text[SENTENCE_BYTES];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	problems_add(report->problems, report->file, place, true, text);
}

void report_out_of_memory(const struct report *report)
{
	report_error(report, (struct place){0}, "out of memory");
}

const char *quote(struct quoted *quoted, const char *text)
{
	return quote_bytes(quoted, text, strlen(text));
}

/* One character as it can be shown; `to` has room for 5 bytes. Returns the bytes used of `text`. */
static size_t show(char *to, const char *text, size_t length)
{
	uint32_t code;
	size_t bytes = utf8_next(text, length, &code);

	if (bytes && !utf8_is_control(code)) {
		memcpy(to, text, bytes);
		to[bytes] = '\0';
		return bytes;
	}
	snprintf(to, 5, "\\x%02x", (unsigned int)(unsigned char)text[0]);
	return 1;
}

const char *quote_bytes(struct quoted *quoted, const char *text, size_t length)
{
	static const char cut[] = "...\"";
	size_t at = 0, used = 1;
	char shown[5];

	quoted->text[0] = '"';
	while (at < length) {
		at += show(shown, text + at, length - at);
		if (used + strlen(shown) + sizeof(cut) > sizeof(quoted->text)) {
			memcpy(quoted->text + used, cut, sizeof(cut));
			return quoted->text;
		}
		memcpy(quoted->text + used, shown, strlen(shown));
		used += strlen(shown);
	}
	memcpy(quoted->text + used, "\"", 2);
	return quoted->text;
}
