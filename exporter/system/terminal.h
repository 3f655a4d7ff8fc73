/*
 * terminal: whether who reads standard output sees more than plain text. Any thread, while nobody
 * changes the environment.
 */
#ifndef EXPORTER_SYSTEM_TERMINAL_H
#define EXPORTER_SYSTEM_TERMINAL_H

#include <stdbool.h>

/* A terminal, and not one that shows nothing but text: TERM=dumb. */
bool terminal_is_standard_output(void);

/* Such a one, whose user has not asked for none: no-color.org. */
bool terminal_has_colours(void);

#endif
