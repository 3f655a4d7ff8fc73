/*
 * etl_index: where the buffers of a recording are, and in what order their events happened.
 *
 * A recording holds the buffers of all processors as they were flushed: one that fills slowly comes
 * seconds after what happened at the same time elsewhere. Made while a recording is read for the
 * first time, used to read it in order. Used by one thread.
 */
#ifndef EXPORTER_SOURCE_ETL_INDEX_H
#define EXPORTER_SOURCE_ETL_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 96 MiB; some 256 GiB of recording with buffers of 64 KiB. */
#define ETL_INDEX_ENTRIES_MAX ((size_t)4 << 20)

struct etl_index_entry {
	uint64_t at;	/* offset in the file */
	uint64_t first; /* time of the first event, in the session's clock */
	uint32_t bytes;
	uint32_t segment; /* recordings may stand one behind the other in a file */
};

struct etl_index {
	struct etl_index_entry *entries;
	size_t count, capacity;
	uint32_t segments;
	uint64_t *newest;   /* first time in the newest buffer, by CPU */
	uint8_t *scratch;   /* for the beginning of a compressed buffer */
	bool is_incomplete; /* too many buffers, or no memory: it is of no use */
	bool sorts_all;	    /* set by the caller: also what is of one CPU */
	bool has_cpu;	    /* that of the first buffer */
	bool has_cpus;	    /* there is another one */
	uint16_t cpu;
};

void etl_index_init(struct etl_index *index);
void etl_index_done(struct etl_index *index);

/* Notes a whole buffer, of at least ETL_BUFFER_HEADER_BYTES, that stands at this offset. */
void etl_index_add(struct etl_index *index, uint64_t at, const uint8_t *buffer, size_t bytes);

/*
 * Brings the entries into the order in which they are to be read. False: it is incomplete, or all
 * buffers are of one CPU and in order as they are, where that is enough.
 */
bool etl_index_sort(struct etl_index *index);

/* Before which time entries behind this one have no events; UINT64_MAX: none follows. */
uint64_t etl_index_complete_until(const struct etl_index *index, size_t entry);

#endif
