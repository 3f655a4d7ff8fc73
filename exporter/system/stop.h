/*
 * stop: tells threads that wait to stop waiting.
 *
 * Set once by anybody, seen by all who wait on it, for good. May be waited on together with a file.
 */
#ifndef EXPORTER_STOP_H
#define EXPORTER_STOP_H

#include <stdbool.h>
#include <stdint.h>

struct stop;

/* NULL: out of memory or file descriptors. */
struct stop *stop_new(void);
void stop_free(struct stop *stop);

void stop_set(struct stop *stop);
bool stop_is_set(const struct stop *stop);

/* Waits for at most `ns` nanoseconds; true as soon as it is set. */
bool stop_wait(struct stop *stop, uint64_t ns);

/* Waits until `fd` can be read (or is at its end); true as soon as the stop is set instead. */
bool stop_wait_readable(struct stop *stop, int fd);

#endif
