/*
 * aligned: memory that begins at a multiple of a power of two. Any thread.
 */
#ifndef EXPORTER_ALIGNED_H
#define EXPORTER_ALIGNED_H

#include <stddef.h>

/* `bytes` is a multiple of `alignment`. The caller's; NULL: no memory. */
void *aligned_new(size_t alignment, size_t bytes);
void aligned_free(void *memory);

#endif
