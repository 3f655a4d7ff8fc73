/*
 * providers: what live sessions can trace on this machine; each system has its own:
 * providers_linux.c and so on.
 */
#ifndef EXPORTER_COMMAND_PROVIDERS_H
#define EXPORTER_COMMAND_PROVIDERS_H

#include <stdbool.h>

#include "exporter/base/error.h"
#include "metrics/text.h"

/* What the glob may be, for the help and for messages. */
extern const char providers_glob_form[];

/* Whether the glob is of that form. */
bool providers_glob_is_valid(const char *glob);

/* Appends what there is, NULL: of all providers, as text or in lines of JSON. -1: see error. */
int providers_list(const char *glob, bool json, struct text *to, struct error *error);

#endif
