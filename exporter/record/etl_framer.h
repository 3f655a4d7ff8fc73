/*
 * etl_framer: finds where the buffers of a recording begin and end, and again after damage.
 *
 * A framer looks at a recording's bytes in order, in pieces of the caller's choice, and says what
 * they are. In an uncompressed recording all buffers have the size that its log file header says;
 * in a compressed one each buffer has its own. A header buffer may come anywhere: recordings may
 * stand one behind the other, as on standard input. Used by one thread.
 */
#ifndef EXPORTER_RECORD_ETL_FRAMER_H
#define EXPORTER_RECORD_ETL_FRAMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exporter/aggregator/malformed.h"
#include "exporter/record/etl.h"
#include "exporter/record/etl_header.h"

struct etl_framer {
	struct etl_header header; /* the newest that was seen; zeros before the first */
	bool has_header;
	uint32_t stride; /* size of every buffer; 0: each says its own */
	bool growing; /* set by the caller: the file is being written, zeros are not written yet */
	bool searching; /* skipping bytes whose damage was counted already */
	bool zeros;	/* skipping zeros, of which it is open whether they are damage */
	uint64_t looks; /* places and records looked at so far: what the search for buffers costs */
};

enum etl_frame {
	ETL_FRAME_BUFFER, /* the first `bytes` bytes are a buffer */
	ETL_FRAME_SKIP,	  /* the first `bytes` bytes are of no buffer */
	ETL_FRAME_MORE,	  /* at least `bytes` bytes are needed to tell */
	ETL_FRAME_WAIT,	  /* zeros in a growing file: look again later */
};

struct etl_framed {
	enum etl_frame frame;
	size_t bytes;
	enum malformed malformed; /* what is wrong with them; MALFORMED_COUNT: nothing */
};

/* For the log file header of another recording, with both names of 1,024 characters. */
#define ETL_HEADER_ROOM_BYTES 8192

/* The most that ETL_FRAME_MORE asks for. */
#define ETL_FRAME_MAX_BYTES (ETL_BUFFER_MAX_BYTES + ETL_HEADER_ROOM_BYTES)

void etl_framer_init(struct etl_framer *framer);

/*
 * Looks at `count` > 0 bytes, which follow on what was framed or skipped before; `last` says that
 * no more will come, and then the answer is never ETL_FRAME_MORE. The size field of a framed buffer
 * is overwritten with its size here where they differ, so that the buffer can be read on its own.
 */
struct etl_framed etl_frame(struct etl_framer *framer, uint8_t *bytes, size_t count, bool last);

/*
 * At the end of the recording: damage that only shows there. Zeros to the end are damage unless the
 * file was preallocated.
 */
enum malformed etl_framer_end(const struct etl_framer *framer);

/* Whether the record is the log file header in a header buffer of `count` bytes; then it is filled.
 */
bool etl_find_header(const uint8_t *buffer, size_t count, struct event_record *record);

#endif
