/*
 * etl_writer_private: what the parts of etl_writer share: buffers in one file, record kinds in
 * another, the log file header in a third.
 */
#ifndef TESTS_SUPPORT_ETL_WRITER_PRIVATE_H
#define TESTS_SUPPORT_ETL_WRITER_PRIVATE_H

#include "tests/support/etl_writer.h"

#define BUFFER_HEADER_BYTES 0x48

/* Fills the place for a record of `size` bytes in the processor's buffer, and its padding. */
uint8_t *etl_writer_reserve(struct etl_writer *writer, uint32_t processor, uint64_t time,
			    size_t size);

/* The options as given, with the defaults for what was not. */
struct etl_writer_options etl_header_options(const struct etl_writer_options *given);

/* What is known only when a session ends. */
struct etl_header_end {
	uint64_t last_time; /* of any record, in the session's clock */
	uint32_t buffers_written;
};

/* The log file header record as it stands in a session that still runs; `*size` without padding. */
uint8_t *etl_header_new(const struct etl_writer_options *options, size_t *size);

/* Sets the fields of the record at `record` that a session sets when it ends. */
void etl_header_finalise(uint8_t *record, const struct etl_writer_options *options,
			 const struct etl_header_end *end);

#endif
