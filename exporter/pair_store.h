/*
 * pair_store: the memory of waiting pairs: entries with their keys and notes, in blocks.
 *
 * A block is two cache lines. Most keys and notes fit the block of their entry; the rest of longer
 * ones is in further blocks behind it. Blocks are made in pieces, as many as are in use at most,
 * and used again; the one freed last first, which is still in the cache. Owned by a struct pairs.
 */
#ifndef EXPORTER_PAIR_STORE_H
#define EXPORTER_PAIR_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAIR_BLOCK_BYTES  128
#define PAIR_PIECE_BLOCKS 512
#define PAIR_NONE	  0 /* the number of no block */

#define PAIR_ENTRY_HEADER_BYTES 45

struct pair_entry {
	uint32_t next; /* block with the rest of key and note; of a free block the next free one */
	uint32_t hash;
	uint32_t older, newer; /* that wait on the same side */
	int64_t time_ns;
	int64_t since_ns; /* the newest time that was known when it began to wait */
	const void *owner;
	uint16_t key_bytes, note_bytes;
	uint8_t side;
	uint8_t data[PAIR_BLOCK_BYTES - PAIR_ENTRY_HEADER_BYTES];
};

struct pair_rest {
	uint32_t next;
	uint8_t data[PAIR_BLOCK_BYTES - sizeof(uint32_t)];
};

union pair_block {
	struct pair_entry entry;
	struct pair_rest rest;
};

_Static_assert(sizeof(union pair_block) == PAIR_BLOCK_BYTES, "an entry is a block");

struct pair_store {
	union pair_block **pieces;
	uint32_t piece_count;
	uint32_t free;	 /* the first of the free blocks */
	uint32_t unused; /* the first block that was never used */
	uint8_t *note;	 /* where notes that take several blocks are put together */
	size_t note_capacity;
};

void pair_store_init(struct pair_store *store);
void pair_store_done(struct pair_store *store);

static inline struct pair_entry *pair_store_entry(const struct pair_store *store, uint32_t number)
{
	return &store->pieces[number / PAIR_PIECE_BLOCKS][number % PAIR_PIECE_BLOCKS].entry;
}

/* A new entry with a copy of key and note, of which nothing else is set. PAIR_NONE: no memory. */
uint32_t pair_store_add(struct pair_store *store, const uint8_t *key, uint16_t key_bytes,
			const uint8_t *note, uint16_t note_bytes);

/* What the entry held can still be read until the next pair_store_add(). */
void pair_store_remove(struct pair_store *store, uint32_t number);

bool pair_store_has_key(const struct pair_store *store, const struct pair_entry *entry,
			const uint8_t *key, size_t key_bytes);

/* In one piece; valid until the next pair_store_add() or pair_store_note(). */
const uint8_t *pair_store_note(struct pair_store *store, const struct pair_entry *entry);

#endif
