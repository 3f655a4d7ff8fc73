/*
 * page_headers: header fields that are sent along when a page is fetched, from a file: they need
 * not stand on the command line then. Any thread; nothing is kept.
 */
#ifndef EXPORTER_BASELINE_PAGE_HEADERS_H
#define EXPORTER_BASELINE_PAGE_HEADERS_H

#include "exporter/base/error.h"

/*
 * Calls `add` for each line of the file, NAME: VALUE without its end; empty ones are passed over.
 * -1: see error, or no memory, as `add` says with -1.
 */
int page_headers_read(const char *file, int (*add)(void *context, const char *line), void *context,
		      struct error *error);

#endif
