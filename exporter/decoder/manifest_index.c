#include "exporter/decoder/manifest_index.h"

#include <stdlib.h>
#include <string.h>

bool manifest_index_add(struct manifest_index *index, const char *name, unsigned int rank,
			const void *item)
{
	size_t capacity = index->capacity ? 2 * index->capacity : 16;
	struct manifest_index_entry *grown;

	if (index->count == index->capacity) {
		grown = realloc(index->entries, capacity * sizeof(*grown));
		if (!grown)
			return false;
		index->entries = grown;
		index->capacity = capacity;
	}
	index->entries[index->count] =
		(struct manifest_index_entry){name, rank, index->count, item};
	index->count++;
	return true;
}

static int compare(const void *a, const void *b)
{
	const struct manifest_index_entry *one = a, *other = b;
	int order = strcmp(one->name, other->name);

	if (order)
		return order;
	if (one->rank != other->rank)
		return one->rank < other->rank ? -1 : 1;
	return (one->order > other->order) - (one->order < other->order);
}

void manifest_index_sort(struct manifest_index *index)
{
	if (index->count)
		qsort(index->entries, index->count, sizeof(*index->entries), compare);
}

static int compare_part(const char *entry, const char *name, size_t length)
{
	int order = strncmp(entry, name, length);

	return order ? order : entry[length] != '\0';
}

const void *manifest_index_find(const struct manifest_index *index, const char *name, size_t length)
{
	size_t low = 0, high = index->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_part(index->entries[middle].name, name, length) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < index->count && compare_part(index->entries[low].name, name, length) == 0)
		return index->entries[low].item;
	return NULL;
}

void manifest_index_done(struct manifest_index *index)
{
	free(index->entries);
	*index = (struct manifest_index){0};
}
