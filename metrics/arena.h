/*
 * arena: memory that is handed out in small pieces and freed all at once.
 *
 * Used by one thread at a time. Its pieces share no cache line with memory from elsewhere, so that
 * arenas of different threads do not slow each other down.
 */
#ifndef METRICS_ARENA_H
#define METRICS_ARENA_H

#include <stddef.h>

struct arena_chunk;

struct arena {
	struct arena_chunk *chunks; /* the one in use first */
	size_t used, size;	    /* of that one */
};

void arena_init(struct arena *arena);
void arena_done(struct arena *arena);

/* A piece aligned for any object of 8 bytes, not cleared. NULL: out of memory. */
void *arena_alloc(struct arena *arena, size_t size);

#endif
