/*
 * ending_windows: how the service control manager's request comes to ending_wait(): see ending.h.
 */
#ifndef EXPORTER_ENDING_WINDOWS_H
#define EXPORTER_ENDING_WINDOWS_H

/* After ending_prepare(), any thread. `by`: what asks, as it is called; lives as long as the
 * program. */
void ending_ask(const char *by);

#endif
