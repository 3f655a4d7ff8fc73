/*
 * clock_ns: the system's clocks. Any thread.
 */
#ifndef EXPORTER_CLOCK_NS_H
#define EXPORTER_CLOCK_NS_H

#include <stdint.h>
#include <time.h>

/* The time by a clock, CLOCK_MONOTONIC or another, in nanoseconds. */
int64_t clock_ns(clockid_t clock);

#endif
