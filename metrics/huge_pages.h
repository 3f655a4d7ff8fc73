/*
 * huge_pages: for memory that is filled once, from its beginning to its end. The system gives it by
 * pages of 4 KiB, at the first touch of each: of a metrics page of 26 MB 6,300 times. Pages of 2
 * MiB are 512 times as large. No state; any thread.
 */
#ifndef METRICS_HUGE_PAGES_H
#define METRICS_HUGE_PAGES_H

#include <stddef.h>

/*
 * Asks for such pages for what of this memory has not been touched yet. Does nothing where it is
 * small, or the system has none.
 */
void huge_pages_ask(void *memory, size_t bytes);

#endif
