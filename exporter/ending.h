/*
 * ending: how the system asks the program to end: signals, a console's Ctrl-C and Ctrl-Break, or a
 * service's manager.
 *
 * Of the thread that serves: main()'s, or a service's own.
 */
#ifndef EXPORTER_ENDING_H
#define EXPORTER_ENDING_H

#include <stdbool.h>

/* From now on the program does not end by itself when it is asked to. Before other threads start.
 */
void ending_prepare(void);

/* Waits for at most so many seconds. What asked it to end, as it is called; NULL: nothing yet. */
const char *ending_wait(unsigned int seconds);

#endif
