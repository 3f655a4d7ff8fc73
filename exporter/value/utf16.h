/*
 * utf16: UTF-16LE text of traces made UTF-8, and texts of ours UTF-16 for Windows.
 */
#ifndef EXPORTER_UTF16_H
#define EXPORTER_UTF16_H

#include <stddef.h>

#include "exporter/base/bytes.h"

#define UTF8_BYTES_MAX 4

/* A code point as UTF-8, without terminator; returns its length. */
size_t utf8_encode(uint32_t c, char text[UTF8_BYTES_MAX]);

/*
 * The next code point; at least one unit (2 bytes) must be left. An unpaired surrogate is U+FFFD, a
 * zero is a zero.
 */
uint32_t utf16_take(struct bytes *bytes);

/*
 * Takes units up to and over a zero unit, or to the end where there is none, and writes them as
 * valid UTF-8 with a terminator: unpaired surrogates become U+FFFD, and what does not fit `size`
 * (at least 1) is cut at a code point. Returns the bytes written, without the terminator.
 */
size_t utf16_take_string(struct bytes *bytes, char *to, size_t size);

/*
 * Writes valid UTF-8 as UTF-16 units of this machine with a terminating zero. What does not fit
 * `size` units (at least 1) is cut at a code point. Returns the units written, without the zero.
 */
size_t utf16_from_utf8(const char *text, uint16_t *to, size_t size);

#endif
