/*
 * text: bytes that grow up to a limit, and how metric pages write numbers and label values.
 *
 * A text is owned by one thread. Appending past the limit or out of memory sets `failed`, drops the
 * appended bytes and all that follow: callers append freely and look at `failed` once, at the end.
 */
#ifndef METRICS_TEXT_H
#define METRICS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char *bytes; /* not terminated; NULL while nothing was appended */
	size_t length;
	size_t capacity;
	size_t limit;
	bool failed;
};

void text_init(struct text *text, size_t limit);
void text_done(struct text *text);
/* Forgets the content and `failed`, keeps the memory. */
void text_clear(struct text *text);

/*
 * Room for `length` more bytes at the end, for a caller that writes them itself and then adds what
 * it wrote to text->length; valid until the next call. NULL: `failed` is set.
 */
char *text_reserve(struct text *text, size_t length);

/*
 * So many bytes are to come: makes room for them at once, which spares copying them time and again.
 * Does nothing where they are not to be had: they may not come.
 */
void text_expect(struct text *text, size_t length);

void text_add(struct text *text, const void *bytes, size_t length);
void text_string(struct text *text, const char *string);
void text_char(struct text *text, char c);
void text_u64(struct text *text, uint64_t value);
void text_printf(struct text *text, const char *format, ...)
	__attribute__((format(__printf__, 2, 3)));

#define TEXT_U64_MAX 20

/* Writes up to TEXT_U64_MAX digits without a terminator; returns where they end. */
char *text_put_u64(char *to, uint64_t value);

/* The shortest decimal that reads back as the same double; NaN, +Inf, -Inf as Prometheus spells
 * them. */
void text_double(struct text *text, double value);

/*
 * A label value as the text formats want it between the quotes: `\`, `"` and newline escaped, bytes
 * that are not UTF-8 replaced by U+FFFD, other control characters kept. At most `limit` bytes of
 * the value are used, cut at a code point. Returns whether it was cut.
 */
bool text_label_value(struct text *text, const char *value, size_t limit);

/* For HELP lines: `\` and newline escaped, and `"` too where `quotes` (OpenMetrics wants that). */
void text_help(struct text *text, const char *help, bool quotes);

/* As it is, but for U+FFFD in place of bytes that are not UTF-8. */
void text_utf8(struct text *text, const char *string);

/* Escaped for use in HTML text and attribute values. */
void text_html(struct text *text, const char *string);

/*
 * For terminals: control characters become `?`, so that none is taken for a command, and what is
 * not UTF-8 U+FFFD.
 */
void text_printable(struct text *text, const char *string);

/* A JSON string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void text_json(struct text *text, const char *string);
/* The same of `length` bytes of UTF-8, which may hold zeros. */
void text_json_bytes(struct text *text, const char *bytes, size_t length);

#endif
