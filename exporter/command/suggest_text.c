#include "exporter/command/suggest_text.h"

#include <string.h>

#include "metrics/utf8.h"

#define TEXT_LIMIT ((size_t)1 << 16)

/* Of the code point at `at`, which is well-formed and of `length` bytes. */
static bool is_odd(const char *at, size_t length)
{
	/* Line and paragraph separator, byte order mark, no characters: YAML 1.1, section 5.1. */
	static const char *const odd[] = {"\xe2\x80\xa8", "\xe2\x80\xa9", "\xef\xbb\xbf",
					  "\xef\xbf\xbe", "\xef\xbf\xbf"};
	unsigned char first = (unsigned char)at[0], second;
	size_t i;

	if (length == 1)
		return first < 0x20 || first == 0x7f;
	second = (unsigned char)at[1];
	for (i = 0; length == 3 && i < sizeof(odd) / sizeof(odd[0]); i++)
		if (memcmp(at, odd[i], 3) == 0)
			return true;
	return first == 0xc2 && second < 0xa0;
}

/* The bytes of the next code point, or of what is none; *plain: whether it can stand. */
static size_t next(const char *at, bool *plain)
{
	size_t length = utf8_sequence(at);

	*plain = length && !is_odd(at, length);
	return length ? length : 1;
}

bool suggest_is_plain(const char *text)
{
	bool plain = true;

	while (*text && plain)
		text += next(text, &plain);
	return plain;
}

void suggest_plain(const char *text, struct text *to)
{
	size_t length, i;
	bool plain;

	for (; *text; text += length) {
		length = next(text, &plain);
		for (i = 0; i < length; i++)
			text_char(to, plain ? text[i] : '?');
	}
}

void suggest_quoted(const char *text, struct text *to)
{
	struct text plain;

	text_init(&plain, TEXT_LIMIT);
	suggest_plain(text, &plain);
	text_json_bytes(to, plain.bytes ? plain.bytes : "", plain.length);
	text_done(&plain);
}

void suggest_glob(const char *name, struct text *to)
{
	struct text glob, plain;
	size_t i;

	text_init(&plain, TEXT_LIMIT);
	text_init(&glob, TEXT_LIMIT);
	suggest_plain(name, &plain);
	for (i = 0; i < plain.length; i++) {
		if (name[i] == plain.bytes[i] && strchr("*?[", name[i]))
			text_printf(&glob, "[%c]", name[i]);
		else
			text_char(&glob, plain.bytes[i]);
	}
	text_json_bytes(to, glob.bytes ? glob.bytes : "", glob.length);
	text_done(&plain);
	text_done(&glob);
}
