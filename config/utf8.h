/*
 * utf8: code points of text whose bytes may be anything. Any thread.
 */
#ifndef CONFIG_UTF8_H
#define CONFIG_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the code point that `text` begins with; 0 where there is none (RFC 3629). */
size_t utf8_next(const char *text, size_t length, uint32_t *code);

/* C0, DEL or C1: nothing that is shown. */
bool utf8_is_control(uint32_t code);

#endif
