#include "metrics/arena.h"

#include <stdint.h>
#include <stdlib.h>

#define CACHE_LINE  64
#define ALIGNMENT   8
#define FIRST_CHUNK 512
#define CHUNK_LIMIT (64 << 10)

/* The bytes are kept a cache line away from what malloc placed before and after the chunk. */
struct arena_chunk {
	struct arena_chunk *next;
	char before[CACHE_LINE - sizeof(void *)];
	_Alignas(ALIGNMENT) char bytes[];
};

void arena_init(struct arena *arena)
{
	*arena = (struct arena){0};
}

void arena_done(struct arena *arena)
{
	struct arena_chunk *chunk = arena->chunks;
	struct arena_chunk *next;

	for (; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	arena_init(arena);
}

static struct arena_chunk *new_chunk(size_t size)
{
	if (size > SIZE_MAX - sizeof(struct arena_chunk) - CACHE_LINE)
		return NULL;
	return malloc(sizeof(struct arena_chunk) + size + CACHE_LINE);
}

/* A piece that would waste much of a chunk gets one of its own, behind the one in use. */
static void *alloc_alone(struct arena *arena, size_t size)
{
	struct arena_chunk *chunk = new_chunk(size);

	if (!chunk)
		return NULL;
	if (arena->chunks) {
		chunk->next = arena->chunks->next;
		arena->chunks->next = chunk;
	} else {
		chunk->next = NULL;
		arena->chunks = chunk;
		arena->used = arena->size = size;
	}
	return chunk->bytes;
}

static int add_chunk(struct arena *arena)
{
	size_t size = arena->size ? arena->size * 2 : FIRST_CHUNK;
	struct arena_chunk *chunk;

	if (size > CHUNK_LIMIT || size < FIRST_CHUNK)
		size = CHUNK_LIMIT;
	chunk = new_chunk(size);
	if (!chunk)
		return -1;
	chunk->next = arena->chunks;
	arena->chunks = chunk;
	arena->used = 0;
	arena->size = size;
	return 0;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	void *piece;

	if (size > SIZE_MAX - ALIGNMENT)
		return NULL;
	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (size > arena->size - arena->used) {
		if (size > FIRST_CHUNK)
			return alloc_alone(arena, size);
		if (add_chunk(arena) != 0)
			return NULL;
	}
	piece = arena->chunks->bytes + arena->used;
	arena->used += size;
	return piece;
}
