/*
 * suggest_text: texts of a trace as they can stand in a YAML file. Pure functions, any thread.
 *
 * Names in traces are any bytes. What YAML does not take, or takes for the end of a line, becomes
 * `?`, which as a glob means just that byte.
 */
#ifndef EXPORTER_COMMAND_SUGGEST_TEXT_H
#define EXPORTER_COMMAND_SUGGEST_TEXT_H

#include <stdbool.h>

#include "metrics/text.h"

/* Whether all of it can stand there. */
bool suggest_is_plain(const char *text);

/* For comments, and as a part of other texts. */
void suggest_plain(const char *text, struct text *to);

/* In quotes. */
void suggest_quoted(const char *text, struct text *to);

/* In quotes, a glob that means just this name. */
void suggest_glob(const char *name, struct text *to);

#endif
