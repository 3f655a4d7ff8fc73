/*
 * encoding: a configuration file's bytes before they are YAML. Any thread; nothing is kept.
 */
#ifndef CONFIG_ENCODING_H
#define CONFIG_ENCODING_H

#include <stdbool.h>
#include <stddef.h>

#include "config/report.h"

/* Moves `*text` behind a byte order mark. False where the text is not UTF-8: `report` says where.
 */
bool encoding_check(const char **text, size_t *length, const struct report *report);

/* Line and column of a byte. */
struct place encoding_place(const char *text, size_t length, size_t offset);

/* The byte at a place; 0 where there is none. */
char encoding_byte_at(const char *text, size_t length, struct place place);

#endif
