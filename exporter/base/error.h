/*
 * error: one sentence that says what was tried, on what, and why it failed.
 *
 * Functions that can fail on a cold path return 0 or -1 (or NULL) and fill it; only main.c and the
 * log print it.
 */
#ifndef EXPORTER_ERROR_H
#define EXPORTER_ERROR_H

struct error {
	char text[512]; /* terminated, one line, no full stop */
};

/*
 * Always returns -1, so that `return error_set(...)` reads well, and leaves errno as it is. Longer
 * texts are cut.
 */
int error_set(struct error *error, const char *format, ...)
	__attribute__((format(__printf__, 2, 3)));

#endif
