/*
 * etw_error: why Windows refused something about a trace session, in a sentence that says what to
 * do about it. Any thread, cold paths.
 */
#ifndef EXPORTER_ETW_ETW_ERROR_WINDOWS_H
#define EXPORTER_ETW_ETW_ERROR_WINDOWS_H

#include "config/etw_config.h"
#include "exporter/base/error.h"
#include "exporter/etw/etw_functions_windows.h"

/* `what` was tried on `name`, "cannot WHAT NAME: ..."; Windows answered `code`. Returns -1. */
int etw_error_set(struct error *error, ULONG code, const char *what, const char *name);

/* Likewise of what takes the rights to trace, which the sentence names where they are missing. */
int etw_error_trace(struct error *error, ULONG code, const char *what, const char *name);

/* Likewise of a session that could not be started: also who holds those that there can be. */
int etw_error_start(struct error *error, const struct etw_functions *functions, ULONG code,
		    enum etw_kind kind, const char *name);

#endif
