/*
 * etl: walks the records of one trace buffer in the layout that .etl files hold.
 *
 * Source: WMI_TRACE_* headers (ntwmi.h), EVENT_HEADER (evntcons.h), checked against recordings of
 * Windows Vista to 11. The bytes are hostile: a record is delivered only after its size was found
 * to fit the buffer and its kind.
 */
#ifndef EXPORTER_RECORD_ETL_H
#define EXPORTER_RECORD_ETL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exporter/record/event_record.h"

#define ETL_BUFFER_HEADER_BYTES 0x48
#define ETL_BUFFER_MAX_BYTES	(16u << 20) /* the largest buffer that Windows lets a session have */

#define ETL_SMALLEST_RECORD_BYTES 8

#define ETL_BUFFER_CPU_AT      0x28
#define ETL_BUFFER_DATA_END_AT 0x30
#define ETL_BUFFER_FLAGS_AT    0x34
#define ETL_BUFFER_TYPE_AT     0x36

#define ETL_BUFFER_EVENTS_LOST	   0x02
#define ETL_BUFFER_BUFFER_LOST	   0x04
#define ETL_BUFFER_PROCESSOR_INDEX 0x20
#define ETL_BUFFER_COMPRESSED	   0x40

#define ETL_BUFFER_TYPE_HEADER 4

/* The WMI_BUFFER_HEADER fields that are reliable in files. */
struct etl_buffer {
	uint32_t bytes;	    /* on disk, header included */
	uint32_t data_end;  /* end of valid data from the buffer's start, after decompression */
	uint64_t timestamp; /* of the flush, in the session's clock; 0 in the header buffer */
	uint64_t sequence;
	uint16_t cpu;
	uint16_t flags;
	uint16_t type;
};

/* `at` has at least ETL_BUFFER_HEADER_BYTES. Nothing is checked. */
void etl_buffer_read(const uint8_t *at, struct etl_buffer *buffer);

struct etl_cursor {
	const uint8_t *at; /* of the next record */
	const uint8_t *end;
	uint16_t cpu;
	bool is_live; /* set by the caller, if so: see etl_layout.h */
};

enum etl_next {
	ETL_RECORD,		  /* the record is filled */
	ETL_RECORD_DAMAGED_ITEMS, /* likewise, but its payload could not be found and is empty */
	ETL_UNKNOWN_KIND, /* skipped; record->kind holds the number of the kind, nothing else is set
			   */
	ETL_END,	  /* of the data */
	ETL_BAD_MARKER,	  /* the walk ends here */
	ETL_BAD_SIZE,	  /* the walk ends here */
};

/* Walks the (decompressed) records that stand in [records, records + bytes). */
void etl_walk(struct etl_cursor *cursor, const uint8_t *records, size_t bytes, uint16_t cpu);

enum etl_next etl_next(struct etl_cursor *cursor, struct event_record *record);

/*
 * After ETL_UNKNOWN_KIND: takes the mark that says which processor's records follow in a live
 * session. False: the record was none.
 */
bool etl_take_cpu(struct etl_cursor *cursor);

/* The label for a kind that is counted but not understood: "timed", "0x2a". */
const char *etl_kind_name(uint8_t kind, char buffer[8]);

#endif
