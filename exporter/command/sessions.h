/*
 * sessions: the live trace sessions of this machine, ours and others'; each system has its own:
 * sessions_linux.c and so on.
 */
#ifndef EXPORTER_COMMAND_SESSIONS_H
#define EXPORTER_COMMAND_SESSIONS_H

#include <stdbool.h>

#include "exporter/base/error.h"
#include "metrics/text.h"

/* Appends a paragraph for each, or a line of JSON. -1: see error. */
int sessions_list(bool json, struct text *to, struct error *error);

/* Removes one of ours, also one that a killed run left. -1: see error. */
int sessions_remove(const char *name, struct error *error);

#endif
