/*
 * aligned: memory that begins at a multiple of a power of two. Any thread.
 */
#ifndef EXPORTER_ALIGNED_H
#define EXPORTER_ALIGNED_H

#include <stddef.h>
#include <string.h>

#define CACHE_LINE 64

/* `bytes` is a multiple of `alignment`. The caller's; NULL: no memory. */
void *aligned_new(size_t alignment, size_t bytes);
void aligned_free(void *memory);

/* Zeros that begin with a cache line. The caller's, for aligned_free(); NULL: no memory. */
static inline void *aligned_zeros(size_t bytes)
{
	size_t whole = (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
	void *memory = aligned_new(CACHE_LINE, whole);

	return memory ? memset(memory, 0, whole) : NULL;
}

#endif
