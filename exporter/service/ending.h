/*
 * ending: how the system asks the program to end, or to reload its configuration: signals, a
 * console's Ctrl-C and Ctrl-Break, or a service's manager.
 *
 * Of the thread that serves: main()'s, or a service's own.
 */
#ifndef EXPORTER_ENDING_H
#define EXPORTER_ENDING_H

#include <stdbool.h>

/* From now on the program does not end by itself when it is asked to. Before other threads start.
 */
void ending_prepare(void);

/*
 * Waits for at most so many seconds. What asked it to end, as it is called; NULL: nothing yet.
 * *reload: it was asked to reload.
 */
const char *ending_wait(unsigned int seconds, bool *reload);

/* After ending_prepare(), any thread: the same as if the system had asked. */
void ending_ask_reload(void);

#endif
