/*
 * tracefs_place: a tracefs for tests, and what is in it. One thread.
 */
#ifndef TESTS_SUPPORT_TRACEFS_PLACE_H
#define TESTS_SUPPORT_TRACEFS_PLACE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Skips the test where there is none that can be written, and says why, as tests/run shows it.
 * Where none is mounted it is mounted for this process and its children alone.
 */
void tracefs_or_skip(void);

/* The text of a file, without the line end; valid until the next call. What cannot be read fails
 * the test. */
const char *tracefs_text(const char *directory, const char *name);

/* Whether a line of the file begins with this. */
bool tracefs_has_line(const char *directory, const char *name, const char *beginning);

#endif
