/*
 * utf16: UTF-16LE text of traces made UTF-8.
 */
#ifndef EXPORTER_UTF16_H
#define EXPORTER_UTF16_H

#include <stddef.h>

#include "exporter/bytes.h"

/*
 * Takes units up to and over a zero unit, or to the end where there is none, and writes them as
 * valid UTF-8 with a terminator: unpaired surrogates become U+FFFD, and what does not fit `size`
 * (at least 1) is cut at a code point. Returns the bytes written, without the terminator.
 */
size_t utf16_take_string(struct bytes *bytes, char *to, size_t size);

#endif
