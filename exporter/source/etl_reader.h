/*
 * etl_reader: reads one recording and hands its buffers on.
 *
 * Reads straight into trace buffers, finds the buffers' ends, and puts them into the queue. Used by
 * the session's thread.
 */
#ifndef EXPORTER_SOURCE_ETL_READER_H
#define EXPORTER_SOURCE_ETL_READER_H

#include "exporter/record/etl_framer.h"
#include "exporter/aggregator/recording.h"
#include "exporter/source/source.h"
#include "exporter/source/etl_index.h"
#include "exporter/source/input.h"
#include "exporter/source/pacer.h"

struct etl_reader {
	const struct source_context *context;
	struct etl_framer framer;
	struct recording *recording;
	bool handed_on; /* with a buffer: the aggregator knows it and frees it */
	struct pacer pacer;
	uint64_t buffers; /* framed so far */
	uint64_t looked;  /* bytes framed or skipped so far */
	uint8_t *carry;	  /* read but not handed on: the beginning of a buffer */
	size_t carry_bytes;
	size_t carry_capacity;
	size_t need; /* bytes that are needed to go on; 0: what is in the carry may do */
	bool at_end; /* of what there is now */
	struct etl_index *index; /* set by the caller: notes the buffers; NULL: nothing does */
	bool is_silent;		 /* likewise: nothing is handed on */
};

/* -1: out of memory. */
int etl_reader_init(struct etl_reader *reader, const struct source_context *context,
		    struct error *error);

/*
 * Reads from where the input stands to its end, or until the stop is set. With `last` what is there
 * at the end is all that will come; else the beginning of a buffer stays in carry, and may be read
 * again with etl_reader_forget(). -1: see error; what was read before was handed on. With `last` it
 * is an error, too, if the input holds no buffer at all.
 */
int etl_reader_read(struct etl_reader *reader, struct input *input, bool last, struct error *error);

/* Says that no buffer was found. -1. */
int etl_reader_not_a_recording(const struct etl_reader *reader, const struct input *input,
			       struct error *error);

/* Drops the carry; returns its size. */
size_t etl_reader_forget(struct etl_reader *reader);

/* Hands on a header buffer, or its beginning, that was read before, for what it says now. */
void etl_reader_header_again(struct etl_reader *reader, const uint8_t *bytes, size_t count);

/* Hands on the end of the recording, and frees what the reader has. */
void etl_reader_done(struct etl_reader *reader);

#endif
