#include "metrics/text.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "metrics/huge_pages.h"
#include "metrics/utf8.h"

#define FIRST_CAPACITY 256
#define REPLACEMENT    "\xef\xbf\xbd" /* U+FFFD */

void text_init(struct text *text, size_t limit)
{
	*text = (struct text){.limit = limit};
}

void text_done(struct text *text)
{
	free(text->bytes);
	text_init(text, text->limit);
}

void text_clear(struct text *text)
{
	text->length = 0;
	text->failed = false;
}

static bool grow(struct text *text, size_t length)
{
	size_t needed, capacity;
	char *bytes;

	if (length > text->limit - text->length)
		return false;
	needed = text->length + length;
	capacity = text->capacity < FIRST_CAPACITY / 2 ? FIRST_CAPACITY / 2 : text->capacity;
	capacity = capacity > text->limit / 2 ? text->limit : capacity * 2;
	if (capacity < needed)
		capacity = needed;
	bytes = realloc(text->bytes, capacity);
	if (!bytes)
		return false;
	huge_pages_ask(bytes, capacity);
	text->bytes = bytes;
	text->capacity = capacity;
	return true;
}

void text_expect(struct text *text, size_t length)
{
	if (!text->failed && length > text->capacity - text->length)
		grow(text, length);
}

char *text_reserve(struct text *text, size_t length)
{
	if (text->failed)
		return NULL;
	if (length > text->capacity - text->length && !grow(text, length)) {
		text->failed = true;
		return NULL;
	}
	return text->bytes + text->length;
}

void text_add(struct text *text, const void *bytes, size_t length)
{
	char *to;

	if (!length)
		return;
	to = text_reserve(text, length);
	if (!to)
		return;
	memcpy(to, bytes, length);
	text->length += length;
}

void text_string(struct text *text, const char *string)
{
	text_add(text, string, strlen(string));
}

void text_char(struct text *text, char c)
{
	text_add(text, &c, 1);
}

char *text_put_u64(char *to, uint64_t value)
{
	static const char pairs[] = "00010203040506070809101112131415161718192021222324"
				    "25262728293031323334353637383940414243444546474849"
				    "50515253545556575859606162636465666768697071727374"
				    "75767778798081828384858687888990919293949596979899";
	char digits[TEXT_U64_MAX];
	char *at = digits + sizeof(digits);
	size_t length;

	while (value >= 100) {
		at -= 2;
		memcpy(at, pairs + 2 * (value % 100), 2);
		value /= 100;
	}
	if (value >= 10) {
		at -= 2;
		memcpy(at, pairs + 2 * value, 2);
	} else {
		*--at = (char)('0' + value);
	}
	length = (size_t)(digits + sizeof(digits) - at);
	memcpy(to, at, length);
	return to + length;
}

void text_u64(struct text *text, uint64_t value)
{
	char digits[TEXT_U64_MAX];

	text_add(text, digits, (size_t)(text_put_u64(digits, value) - digits));
}

__attribute__((format(__printf__, 3, 0))) static void
add_formatted(struct text *text, size_t length, const char *format, va_list arguments)
{
	char *bytes = malloc(length + 1);

	if (!bytes) {
		text->failed = true;
		return;
	}
	vsnprintf(bytes, length + 1, format, arguments);
	text_add(text, bytes, length);
	free(bytes);
}

void text_printf(struct text *text, const char *format, ...)
{
	char bytes[512];
	va_list arguments, again;
	int length;

	va_start(arguments, format);
	va_copy(again, arguments);
	length = vsnprintf(bytes, sizeof(bytes), format, arguments);
	if (length < 0 || (size_t)length > text->limit - text->length)
		text->failed = true;
	else if ((size_t)length < sizeof(bytes))
		text_add(text, bytes, (size_t)length);
	else if (!text->failed)
		add_formatted(text, (size_t)length, format, again);
	va_end(again);
	va_end(arguments);
}

void text_double(struct text *text, double value)
{
	char digits[32];
	int precision;

	if (isnan(value)) {
		text_string(text, "NaN");
		return;
	}
	if (isinf(value)) {
		text_string(text, value > 0 ? "+Inf" : "-Inf");
		return;
	}
	/* Whole numbers are written out, not as 1e+05. */
	if (value >= 0 && value < 1e15 && !signbit(value) && value == (double)(uint64_t)value) {
		text_u64(text, (uint64_t)value);
		return;
	}
	/* Where 15 digits are enough they are the shortest, but for what has not that many. */
	for (precision = fabs(value) < DBL_MIN ? 1 : 15; precision <= 17; precision++) {
		snprintf(digits, sizeof(digits), "%.*g", precision, value);
		if (strtod(digits, NULL) == value)
			break;
	}
	text_string(text, digits);
}

/* What stands for an ASCII byte, or NULL where it stands for itself. */
typedef const char *escape_function(char c);

/*
 * Adds up to `limit` bytes of a string, escaped, with U+FFFD for each byte that is not UTF-8.
 * Returns whether the string went on.
 */
static bool add_escaped(struct text *text, const char *string, size_t limit,
			escape_function *escape)
{
	const char *replacement;
	size_t at = 0, plain = 0, length;

	while (string[at]) {
		length = utf8_sequence(string + at);
		replacement = length == 1 ? escape(string[at]) : length ? NULL : REPLACEMENT;
		length += !length;
		if (length > limit - at)
			break;
		at += length;
		if (!replacement)
			continue;
		text_add(text, string + plain, at - length - plain);
		text_string(text, replacement);
		plain = at;
	}
	text_add(text, string + plain, at - plain);
	return string[at];
}

static const char *escape_help(char c)
{
	return c == '\\' ? "\\\\" : c == '\n' ? "\\n" : NULL;
}

static const char *escape_quoted(char c)
{
	return c == '"' ? "\\\"" : escape_help(c);
}

static const char *escape_html(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static const char *escape_json(char c)
{
	static const char control[0x20][7] = {
		"\\u0000", "\\u0001", "\\u0002", "\\u0003", "\\u0004", "\\u0005", "\\u0006",
		"\\u0007", "\\b",     "\\t",	 "\\n",	    "\\u000b", "\\f",	  "\\r",
		"\\u000e", "\\u000f", "\\u0010", "\\u0011", "\\u0012", "\\u0013", "\\u0014",
		"\\u0015", "\\u0016", "\\u0017", "\\u0018", "\\u0019", "\\u001a", "\\u001b",
		"\\u001c", "\\u001d", "\\u001e", "\\u001f"};

	return (unsigned char)c < 0x20 ? control[(unsigned char)c] : escape_quoted(c);
}

bool text_label_value(struct text *text, const char *value, size_t limit)
{
	return add_escaped(text, value, limit, escape_quoted);
}

void text_help(struct text *text, const char *help, bool quotes)
{
	add_escaped(text, help, SIZE_MAX, quotes ? escape_quoted : escape_help);
}

static const char *escape_nothing(char c)
{
	(void)c;
	return NULL;
}

void text_utf8(struct text *text, const char *string)
{
	add_escaped(text, string, SIZE_MAX, escape_nothing);
}

void text_html(struct text *text, const char *string)
{
	add_escaped(text, string, SIZE_MAX, escape_html);
}

void text_json(struct text *text, const char *string)
{
	text_char(text, '"');
	add_escaped(text, string, SIZE_MAX, escape_json);
	text_char(text, '"');
}

/* Of a whole sequence: control characters from U+0080 to U+009F, which have two bytes. */
static bool is_c1(const unsigned char *c)
{
	return c[0] == 0xc2 && c[1] < 0xa0;
}

void text_json_bytes(struct text *text, const char *bytes, size_t length)
{
	size_t at = 0, sequence;

	text_char(text, '"');
	for (; at < length; at += sequence) {
		unsigned char c = (unsigned char)bytes[at];

		sequence = utf8_sequence_in(bytes + at, length - at);
		if (c == '"' || c == '\\')
			text_printf(text, "\\%c", c);
		else if (c < ' ' || c == 0x7f)
			text_printf(text, "\\u%04x", c);
		else if (sequence && is_c1((const unsigned char *)bytes + at))
			text_printf(text, "\\u%04x", (unsigned char)bytes[at + 1]);
		else if (sequence)
			text_add(text, bytes + at, sequence);
		else
			text_string(text, "\xef\xbf\xbd");
		sequence += !sequence;
	}
	text_char(text, '"');
}

void text_printable(struct text *text, const char *string)
{
	size_t length;

	for (; *string; string += length) {
		const unsigned char *c = (const unsigned char *)string;

		length = utf8_sequence(string);
		if (*c < ' ' || *c == 0x7f || (length && is_c1(c)))
			text_char(text, '?');
		else if (length)
			text_add(text, string, length);
		else
			text_string(text, "\xef\xbf\xbd");
		length += !length;
	}
}
