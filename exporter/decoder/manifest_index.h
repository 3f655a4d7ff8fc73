/*
 * manifest_index: finds elements of a manifest by name.
 *
 * Filled first, then sorted once, then asked. Borrows the elements and their names. Sorted rather
 * than hashed: names made to collide cost nothing. Owned and used by one thread.
 */
#ifndef EXPORTER_DECODER_MANIFEST_INDEX_H
#define EXPORTER_DECODER_MANIFEST_INDEX_H

#include <stdbool.h>
#include <stddef.h>

/* All zeros: empty. */
struct manifest_index {
	struct manifest_index_entry {
		const char *name;
		unsigned int rank;
		size_t order;
		const void *item;
	} * entries;
	size_t count, capacity;
};

/* Of items with the same name, the lowest rank is found, and of these the first. False: no memory.
 */
bool manifest_index_add(struct manifest_index *index, const char *name, unsigned int rank,
			const void *item);
void manifest_index_sort(struct manifest_index *index);

/* By the first `length` bytes at `name`. NULL: there is none of the name. */
const void *manifest_index_find(const struct manifest_index *index, const char *name,
				size_t length);

void manifest_index_done(struct manifest_index *index);

#endif
