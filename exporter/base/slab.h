/*
 * slab: elements of one size that are called by numbers, and that stay where they are.
 *
 * Memory is taken in pieces of 512 elements, as many as are in use at most, and used again; the
 * element freed last first, which is still in the cache. An element begins with a uint32_t, which
 * is the owner's while it is in use and the slab's while it is free. Owned and used by one thread.
 */
#ifndef EXPORTER_SLAB_H
#define EXPORTER_SLAB_H

#include <stddef.h>
#include <stdint.h>

#define SLAB_PIECE_ELEMENTS 512
#define SLAB_NONE	    0 /* the number of no element */

struct slab {
	void **pieces;
	uint32_t piece_count;
	uint32_t free;	 /* the first of the free elements */
	uint32_t unused; /* the first that was never used */
	size_t element_bytes;
};

/* A multiple of 64 keeps elements from straddling cache lines more than they have to. */
void slab_init(struct slab *slab, size_t element_bytes);
void slab_done(struct slab *slab);

/* The caller gives the size, which the compiler then knows. */
static inline void *slab_element(const struct slab *slab, uint32_t number, size_t element_bytes)
{
	return (char *)slab->pieces[number / SLAB_PIECE_ELEMENTS] +
	       number % SLAB_PIECE_ELEMENTS * element_bytes;
}

#define SLAB_AT(slab, type, number) ((type *)slab_element(slab, number, sizeof(type)))

/* One that was never used. SLAB_NONE: no memory. */
uint32_t slab_take_unused(struct slab *slab);

static inline uint32_t *slab_next_free(const struct slab *slab, uint32_t number)
{
	return slab_element(slab, number, slab->element_bytes);
}

/* An element with undefined content. SLAB_NONE: no memory. */
static inline uint32_t slab_take(struct slab *slab)
{
	uint32_t number = slab->free;

	if (number == SLAB_NONE)
		return slab_take_unused(slab);
	slab->free = *slab_next_free(slab, number);
	return number;
}

/* What it held can still be read until the next slab_take(), but for its first 4 bytes. */
static inline void slab_give_back(struct slab *slab, uint32_t number)
{
	*slab_next_free(slab, number) = slab->free;
	slab->free = number;
}

#endif
