/*
 * utf8: tells well-formed UTF-8 from other bytes (Unicode 15, table 3-7). No state; any thread.
 */
#ifndef METRICS_UTF8_H
#define METRICS_UTF8_H

#include <stddef.h>

/*
 * The length, 1 to 4, of the code point that a terminated string begins with; 0 where the bytes are
 * not well-formed (overlong, a surrogate, past U+10FFFF, cut short). The terminator itself counts
 * as 1.
 */
size_t utf8_sequence(const char *string);

/* The same within `left` bytes, which need not be terminated; 0, too, where there are none. */
size_t utf8_sequence_in(const char *bytes, size_t left);

/* How many of the first `length` bytes remain when a code point that does not fit is left out. */
size_t utf8_cut(const char *bytes, size_t length);

#endif
