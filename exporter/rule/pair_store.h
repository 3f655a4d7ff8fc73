/*
 * pair_store: the memory of waiting pairs: entries with their keys and notes, in blocks.
 *
 * A block is two cache lines. Most keys and notes fit the block of their entry; the rest of longer
 * ones is in further blocks behind it. Owned by a struct pairs.
 */
#ifndef EXPORTER_PAIR_STORE_H
#define EXPORTER_PAIR_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "exporter/base/slab.h"

#define PAIR_NONE		SLAB_NONE /* the number of no block */
#define PAIR_BLOCK_BYTES	128
#define PAIR_ENTRY_HEADER_BYTES 53

struct pair_entry {
	uint32_t next; /* block with the rest of key and note */
	uint32_t hash;
	uint32_t older, newer; /* that wait on the same side */
	int64_t time_ns;
	int64_t since_ns; /* the newest time that was known when it began to wait */
	int64_t bound_ns; /* how far off its other side may be: the next that is known of the key */
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
	struct slab blocks;
	uint8_t *note; /* where notes that take several blocks are put together */
	size_t note_capacity;
};

void pair_store_init(struct pair_store *store);
void pair_store_done(struct pair_store *store);

static inline struct pair_entry *pair_store_entry(const struct pair_store *store, uint32_t number)
{
	return &SLAB_AT(&store->blocks, union pair_block, number)->entry;
}

/* Keys and notes are few words, mostly: less than a call of memcpy() or memcmp() takes. */
static inline void pair_store_copy_words(uint8_t *to, const uint8_t *from, size_t count)
{
	for (; count >= 8; to += 8, from += 8, count -= 8)
		memcpy(to, from, 8);
	for (; count; count--)
		*to++ = *from++;
}

/* As pair_store_add() and pair_store_remove(), of entries that take several blocks. */
uint32_t pair_store_add_long(struct pair_store *store, const uint8_t *key, uint16_t key_bytes,
			     const uint8_t *note, uint16_t note_bytes);
void pair_store_remove_long(struct pair_store *store, uint32_t number);

/* A new entry with a copy of key and note, of which nothing else is set. PAIR_NONE: no memory. */
static inline uint32_t pair_store_add(struct pair_store *store, const uint8_t *key,
				      uint16_t key_bytes, const uint8_t *note, uint16_t note_bytes)
{
	struct pair_entry *entry;
	uint32_t number;

	if ((size_t)key_bytes + note_bytes > sizeof(entry->data))
		return pair_store_add_long(store, key, key_bytes, note, note_bytes);
	number = slab_take(&store->blocks);
	if (number == PAIR_NONE)
		return PAIR_NONE;
	entry = pair_store_entry(store, number);
	entry->next = PAIR_NONE;
	entry->key_bytes = key_bytes;
	entry->note_bytes = note_bytes;
	pair_store_copy_words(entry->data, key, key_bytes);
	pair_store_copy_words(entry->data + key_bytes, note, note_bytes);
	return number;
}

static inline void pair_store_remove(struct pair_store *store, uint32_t number)
{
	if (pair_store_entry(store, number)->next == PAIR_NONE)
		slab_give_back(&store->blocks, number);
	else
		pair_store_remove_long(store, number);
}

/* Of a key that goes on in further blocks, of the entry's length. */
bool pair_store_has_long_key(const struct pair_store *store, const struct pair_entry *entry,
			     const uint8_t *key);
const uint8_t *pair_store_long_note(struct pair_store *store, const struct pair_entry *entry);

static inline bool pair_store_same_words(const uint8_t *a, const uint8_t *b, size_t count)
{
	for (; count >= 8; a += 8, b += 8, count -= 8)
		if (memcmp(a, b, 8) != 0)
			return false;
	for (; count; count--)
		if (*a++ != *b++)
			return false;
	return true;
}

static inline bool pair_store_has_key(const struct pair_store *store,
				      const struct pair_entry *entry, const uint8_t *key,
				      size_t key_bytes)
{
	if (entry->key_bytes != key_bytes)
		return false;
	if (key_bytes <= sizeof(entry->data))
		return pair_store_same_words(entry->data, key, key_bytes);
	return pair_store_has_long_key(store, entry, key);
}

/*
 * In one piece; valid until the next pair_store_add() or pair_store_note(), even where the entry is
 * removed.
 */
static inline const uint8_t *pair_store_note(struct pair_store *store,
					     const struct pair_entry *entry)
{
	if ((size_t)entry->key_bytes + entry->note_bytes <= sizeof(entry->data))
		return entry->data + entry->key_bytes;
	return pair_store_long_note(store, entry);
}

#endif
