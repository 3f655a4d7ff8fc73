/*
 * utf16_writer: UTF-8 text to the UTF-16LE of traces, for tests. The text is trusted to be well
 * formed.
 */
#ifndef TESTS_SUPPORT_UTF16_WRITER_H
#define TESTS_SUPPORT_UTF16_WRITER_H

#include <stddef.h>
#include <stdint.h>

/* How many bytes utf16_put() writes. */
size_t utf16_bytes(const char *text);

/* Without a terminator; gives the bytes written. */
size_t utf16_put(uint8_t *to, const char *text);

#endif
