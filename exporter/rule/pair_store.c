#include "exporter/rule/pair_store.h"

#include <stdlib.h>
#include <string.h>

/* Where to go on in the data of an entry. */
struct place {
	uint8_t *at;
	size_t left; /* in this block */
	uint32_t next;
};

void pair_store_init(struct pair_store *store)
{
	*store = (struct pair_store){0};
	slab_init(&store->blocks, sizeof(union pair_block));
}

void pair_store_done(struct pair_store *store)
{
	slab_done(&store->blocks);
	free(store->note);
}

static union pair_block *block_of(const struct pair_store *store, uint32_t number)
{
	return SLAB_AT(&store->blocks, union pair_block, number);
}

void pair_store_remove_long(struct pair_store *store, uint32_t number)
{
	uint32_t next;

	for (; number != PAIR_NONE; number = next) {
		next = block_of(store, number)->rest.next;
		slab_give_back(&store->blocks, number);
	}
}

static size_t rests_for(size_t bytes)
{
	const size_t first = sizeof(((struct pair_entry *)NULL)->data);
	const size_t rest = sizeof(((struct pair_rest *)NULL)->data);

	return bytes > first ? (bytes - first + rest - 1) / rest : 0;
}

/* A chain of as many as the data needs, built from its end. */
static uint32_t take_blocks(struct pair_store *store, size_t bytes)
{
	uint32_t first = PAIR_NONE;
	size_t missing;

	for (missing = 1 + rests_for(bytes); missing; missing--) {
		uint32_t number = slab_take(&store->blocks);

		if (number == PAIR_NONE) {
			pair_store_remove_long(store, first);
			return PAIR_NONE;
		}
		block_of(store, number)->entry.next = first;
		first = number;
	}
	return first;
}

static struct place place_of(const struct pair_entry *entry)
{
	uint8_t *data = (uint8_t *)(uintptr_t)entry->data;

	return (struct place){data, sizeof(entry->data), entry->next};
}

/* Room, or data, of up to `count` bytes in one block; how much it is. */
static size_t place_bytes(const struct pair_store *store, struct place *place, size_t count)
{
	struct pair_rest *rest;

	if (!place->left) {
		rest = &block_of(store, place->next)->rest;
		*place = (struct place){rest->data, sizeof(rest->data), rest->next};
	}
	return count < place->left ? count : place->left;
}

static void place_pass(struct place *place, size_t count)
{
	place->at += count;
	place->left -= count;
}

static void write_bytes(const struct pair_store *store, struct place *place, const uint8_t *bytes,
			size_t count)
{
	size_t part;

	for (; count; bytes += part, count -= part) {
		part = place_bytes(store, place, count);
		memcpy(place->at, bytes, part);
		place_pass(place, part);
	}
}

/* A note that takes several blocks is put together in one that is large enough from the start. */
static bool reserve_note(struct pair_store *store, size_t bytes)
{
	uint8_t *note;

	if (bytes <= store->note_capacity)
		return true;
	note = realloc(store->note, bytes);
	if (!note)
		return false;
	store->note = note;
	store->note_capacity = bytes;
	return true;
}

uint32_t pair_store_add_long(struct pair_store *store, const uint8_t *key, uint16_t key_bytes,
			     const uint8_t *note, uint16_t note_bytes)
{
	struct pair_entry *entry;
	struct place place;
	uint32_t number;

	if (!reserve_note(store, note_bytes))
		return PAIR_NONE;
	number = take_blocks(store, (size_t)key_bytes + note_bytes);
	if (number == PAIR_NONE)
		return PAIR_NONE;
	entry = pair_store_entry(store, number);
	entry->key_bytes = key_bytes;
	entry->note_bytes = note_bytes;
	place = place_of(entry);
	write_bytes(store, &place, key, key_bytes);
	write_bytes(store, &place, note, note_bytes);
	return number;
}

bool pair_store_has_long_key(const struct pair_store *store, const struct pair_entry *entry,
			     const uint8_t *key)
{
	struct place place = place_of(entry);
	size_t count = entry->key_bytes, part;

	for (; count; key += part, count -= part) {
		part = place_bytes(store, &place, count);
		if (memcmp(place.at, key, part) != 0)
			return false;
		place_pass(&place, part);
	}
	return true;
}

const uint8_t *pair_store_long_note(struct pair_store *store, const struct pair_entry *entry)
{
	struct place place = place_of(entry);
	size_t skip = entry->key_bytes, count = entry->note_bytes, part;

	for (; skip; skip -= part) {
		part = place_bytes(store, &place, skip);
		place_pass(&place, part);
	}
	for (; count; count -= part) {
		part = place_bytes(store, &place, count);
		memcpy(store->note + entry->note_bytes - count, place.at, part);
		place_pass(&place, part);
	}
	return store->note;
}
