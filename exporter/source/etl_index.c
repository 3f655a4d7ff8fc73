#include "exporter/source/etl_index.h"

#include <stdlib.h>
#include <string.h>

#include "exporter/record/etl.h"
#include "exporter/record/xpress.h"

#define CPUS 65536 /* a buffer's CPU has 16 bits */

/* The first record of a buffer is mostly within this; else all of the buffer is decompressed. */
#define BEGINNING_BYTES 1024

void etl_index_init(struct etl_index *index)
{
	memset(index, 0, sizeof(*index));
	index->newest = calloc(CPUS, sizeof(*index->newest));
	index->is_incomplete = !index->newest;
}

void etl_index_done(struct etl_index *index)
{
	free(index->entries);
	free(index->newest);
	free(index->scratch);
}

/* Of the first record that has one; false: none has. */
static bool find_time(const uint8_t *records, size_t bytes, uint16_t cpu, uint64_t *time)
{
	struct etl_cursor cursor;
	struct event_record record;
	enum etl_next next;

	etl_walk(&cursor, records, bytes, cpu);
	do
		next = etl_next(&cursor, &record);
	while (next == ETL_UNKNOWN_KIND || (next <= ETL_RECORD_DAMAGED_ITEMS && !record.has_time));
	*time = record.timestamp;
	return next <= ETL_RECORD_DAMAGED_ITEMS;
}

static bool find_compressed_time(struct etl_index *index, const uint8_t *bytes,
				 const struct etl_buffer *buffer, uint64_t *time)
{
	size_t all = buffer->data_end - ETL_BUFFER_HEADER_BYTES;
	size_t wanted = all < BEGINNING_BYTES ? all : BEGINNING_BYTES;

	if (!index->scratch)
		index->scratch = malloc(ETL_BUFFER_MAX_BYTES);
	if (!index->scratch)
		return false;
	for (;; wanted = all) {
		size_t count =
			xpress_decompress(index->scratch, wanted, bytes + ETL_BUFFER_HEADER_BYTES,
					  buffer->bytes - ETL_BUFFER_HEADER_BYTES);

		if (find_time(index->scratch, count, buffer->cpu, time))
			return true;
		if (wanted == all)
			return false;
	}
}

/* Where nothing tells the time it is that of the CPU's buffer before. */
static uint64_t first_time(struct etl_index *index, const uint8_t *bytes,
			   const struct etl_buffer *buffer)
{
	uint64_t *newest = &index->newest[buffer->cpu], time = 0;
	size_t end = buffer->data_end;
	bool found = false;

	if (end >= ETL_BUFFER_HEADER_BYTES && end <= ETL_BUFFER_MAX_BYTES) {
		if (buffer->flags & ETL_BUFFER_COMPRESSED)
			found = find_compressed_time(index, bytes, buffer, &time);
		else
			found = find_time(bytes + ETL_BUFFER_HEADER_BYTES,
					  (end < buffer->bytes ? end : buffer->bytes) -
						  ETL_BUFFER_HEADER_BYTES,
					  buffer->cpu, &time);
	}
	if (found && time > *newest)
		*newest = time;
	return *newest;
}

static bool make_room(struct etl_index *index)
{
	size_t capacity = index->capacity ? 2 * index->capacity : 1024;
	struct etl_index_entry *grown;

	if (index->count < index->capacity)
		return true;
	if (index->count >= ETL_INDEX_ENTRIES_MAX)
		return false;
	grown = realloc(index->entries, capacity * sizeof(*grown));
	if (!grown)
		return false;
	index->entries = grown;
	index->capacity = capacity;
	return true;
}

static void note_cpu(struct etl_index *index, const struct etl_buffer *buffer)
{
	if (buffer->type == ETL_BUFFER_TYPE_HEADER)
		return;
	if (!index->has_cpu)
		index->cpu = buffer->cpu;
	index->has_cpu = true;
	index->has_cpus = index->has_cpus || buffer->cpu != index->cpu;
}

void etl_index_add(struct etl_index *index, uint64_t at, const uint8_t *bytes, size_t count)
{
	struct etl_index_entry *entry;
	struct etl_buffer buffer;

	if (index->is_incomplete)
		return;
	if (!make_room(index)) {
		index->is_incomplete = true;
		return;
	}
	etl_buffer_read(bytes, &buffer);
	if (buffer.type == ETL_BUFFER_TYPE_HEADER && index->count) {
		index->segments++;
		memset(index->newest, 0, CPUS * sizeof(*index->newest));
	}
	note_cpu(index, &buffer);
	entry = &index->entries[index->count++];
	entry->at = at;
	entry->bytes = (uint32_t)count;
	entry->segment = index->segments;
	entry->first =
		buffer.type == ETL_BUFFER_TYPE_HEADER ? 0 : first_time(index, bytes, &buffer);
}

static int by_time(const void *a, const void *b)
{
	const struct etl_index_entry *first = a, *second = b;

	if (first->segment != second->segment)
		return first->segment < second->segment ? -1 : 1;
	if (first->first != second->first)
		return first->first < second->first ? -1 : 1;
	return first->at < second->at ? -1 : first->at > second->at;
}

bool etl_index_sort(struct etl_index *index)
{
	if (index->is_incomplete || !(index->has_cpus || index->sorts_all))
		return false;
	qsort(index->entries, index->count, sizeof(*index->entries), by_time);
	return true;
}

uint64_t etl_index_complete_until(const struct etl_index *index, size_t entry)
{
	const struct etl_index_entry *next = &index->entries[entry + 1];

	if (entry + 1 >= index->count || next->segment != next[-1].segment)
		return UINT64_MAX;
	return next->first ? next->first : 1;
}
