/*
 * label_regex: a regular expression of Perl's kind (PCRE2) on UTF-8, and what to make of a match.
 *
 * Compiled once and read-only then, any thread; what a match needs in memory is in a room, which
 * belongs to one thread at a time. Text of traces is hostile: how long it may be and how often an
 * expression may try are limited.
 */
#ifndef EXPORTER_LABEL_REGEX_H
#define EXPORTER_LABEL_REGEX_H

#include <stddef.h>

#include "config/report.h"
#include "exporter/label/label.h"
#include "metrics/text.h"

/* Longer text is LABEL_UNFIT. */
#define LABEL_REGEX_TEXT_MAX 4096

struct label_regex;
struct label_regex_room;

/*
 * `replace` NULL: the first group is kept, or without groups the whole match; else the first match
 * is replaced within the text, $1, ${1} and ${name} being groups and $$ a dollar. NULL: something
 * is wrong, and that is said to `report`, or memory is out, which is said, too.
 */
struct label_regex *label_regex_new(const char *match, const char *replace, struct place place,
				    const struct report *report);
void label_regex_free(struct label_regex *regex);

/* NULL: out of memory. For any expression. */
struct label_regex_room *label_regex_room_new(void);
void label_regex_room_free(struct label_regex_room *room);

/*
 * Appends to `to`. LABEL_NONE: no match; LABEL_UNFIT: `text` (valid UTF-8) is too long, or matching
 * it too costly.
 */
enum label_result label_regex_apply(const struct label_regex *regex, struct label_regex_room *room,
				    const char *text, size_t length, struct text *to);

#endif
