/*
 * protobuf_reader: walks the fields of messages of Google's protocol buffers
 * (protobuf.dev/programming-guides/encoding), whoever wrote them: nothing is read beyond their end,
 * and nothing is kept. Any thread.
 */
#ifndef EXPORTER_BASELINE_PROTOBUF_READER_H
#define EXPORTER_BASELINE_PROTOBUF_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "metrics/protobuf.h"

/* What is left of a message; borrowed. */
struct protobuf_reader {
	const uint8_t *at, *end;
	const char *why; /* what is wrong, once something is: half a sentence */
};

struct protobuf_field {
	uint32_t number;
	enum protobuf_wire wire;
	uint64_t bits;	      /* of PROTOBUF_VARINT and the fixed ones */
	const uint8_t *bytes; /* of PROTOBUF_LENGTH; points into the message */
	size_t length;
};

enum protobuf_next {
	PROTOBUF_FIELD,
	PROTOBUF_END,
	PROTOBUF_WRONG, /* see reader->why; there is nothing to be read any more */
};

static inline struct protobuf_reader protobuf_reader_of(const void *bytes, size_t length)
{
	const uint8_t *at = (const uint8_t *)bytes;

	return (struct protobuf_reader){at, at + length, NULL};
}

/* Moves behind the next field. */
enum protobuf_next protobuf_next(struct protobuf_reader *reader, struct protobuf_field *field);

/* Moves behind a varint, as a row of them has no tags. False: see reader->why. */
bool protobuf_varint(struct protobuf_reader *reader, uint64_t *value);
/* The same of 8 bytes, as a row of doubles has them. */
bool protobuf_fixed64(struct protobuf_reader *reader, uint64_t *value);

/* Moves behind a message that has its length before it. False: see reader->why. */
bool protobuf_delimited(struct protobuf_reader *reader, struct protobuf_reader *message);

static inline double protobuf_double(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* What protobuf_zigzag() is made of. */
static inline int64_t protobuf_signed(uint64_t zigzag)
{
	return (int64_t)(zigzag >> 1) ^ -(int64_t)(zigzag & 1);
}

#endif
