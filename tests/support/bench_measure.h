/*
 * bench_measure: what benchmarks have in common: times, medians, counted allocations, and the bare
 * walk over a recording, which is the limit that everything is compared with.
 */
#ifndef TESTS_SUPPORT_BENCH_MEASURE_H
#define TESTS_SUPPORT_BENCH_MEASURE_H

#include <stddef.h>
#include <stdint.h>

#include "exporter/session/session.h"
#include "tests/support/etl_writer.h"

#define BENCH_BLOCK_BYTES ((size_t)256 << 10) /* whole buffers of 64 KiB */

/* Prints what failed, and why by errno, and ends the program. */
void bench_die(const char *what) __attribute__((noreturn));

/* Seconds of the clock on the wall, and of CPU time of this thread. */
double bench_now(void);
double bench_thread_seconds(void);
double bench_thread_ms(void);

/* Sorts, so the ends are the extremes. */
double bench_median(double *values, size_t count);

/* Bytes that are allocated. */
size_t bench_memory_in_use(void);

/* Of all threads so far. Links with the linker's --wrap for malloc, calloc and realloc. */
uint64_t bench_allocations(void);

/* What fills a recording that `make` began. */
struct bench_filling {
	struct etl_writer *(*make)(const void *context);
	void (*fill)(struct etl_writer *writer, const void *context);
	const void *context;
};

/*
 * Runs a session to its end: how long that took, and in *after the allocations after `warm` events.
 */
double bench_session(struct session *session, uint64_t warm, uint64_t *after);

/* In a process of its own, so that this one's memory is that of what is measured. */
void bench_write(const char *path, const struct bench_filling *filling);

/* Reads a recording and steps from record to record: the least that any reader has to do. */
uint64_t bench_walk(const char *path);

#endif
