/*
 * protobuf: the few things that messages of Google's protocol buffers are made of, written into
 * memory that the caller has found large enough (protobuf.dev/programming-guides/encoding). Each
 * function returns where what it wrote ends. Fields have numbers from 1 to 15: their tags are one
 * byte. No state; any thread.
 */
#ifndef METRICS_PROTOBUF_H
#define METRICS_PROTOBUF_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PROTOBUF_VARINT_MAX 10
/* A field with its number: an integer or a double. */
#define PROTOBUF_NUMBER_MAX (1 + PROTOBUF_VARINT_MAX)
/* What stands before a message within another: tag and length, which fits in 32 bits. */
#define PROTOBUF_HEADER_MAX 6

enum protobuf_wire {
	PROTOBUF_VARINT = 0,
	PROTOBUF_FIXED64 = 1,
	PROTOBUF_LENGTH = 2,
	PROTOBUF_FIXED32 = 5,
};

static inline char *protobuf_put_varint(char *at, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		*at++ = (char)(value | 0x80);
	*at++ = (char)value;
	return at;
}

static inline size_t protobuf_varint_size(uint64_t value)
{
	size_t size = 1;

	for (; value >= 0x80; value >>= 7)
		size++;
	return size;
}

static inline uint64_t protobuf_zigzag(int64_t value)
{
	return (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0);
}

static inline char *protobuf_put_tag(char *at, unsigned int field, enum protobuf_wire wire)
{
	*at++ = (char)(field << 3 | wire);
	return at;
}

static inline char *protobuf_put_u64(char *at, unsigned int field, uint64_t value)
{
	return protobuf_put_varint(protobuf_put_tag(at, field, PROTOBUF_VARINT), value);
}

static inline char *protobuf_put_s64(char *at, unsigned int field, int64_t value)
{
	return protobuf_put_u64(at, field, protobuf_zigzag(value));
}

static inline char *protobuf_put_double(char *at, unsigned int field, double value)
{
	uint64_t bits;
	int i;

	memcpy(&bits, &value, sizeof(bits));
	at = protobuf_put_tag(at, field, PROTOBUF_FIXED64);
	for (i = 0; i < 8; i++)
		*at++ = (char)(bits >> 8 * i);
	return at;
}

/* Tag and length of what follows: bytes, or a message of that many. */
static inline char *protobuf_put_header(char *at, unsigned int field, size_t length)
{
	return protobuf_put_varint(protobuf_put_tag(at, field, PROTOBUF_LENGTH), length);
}

static inline char *protobuf_put_bytes(char *at, unsigned int field, const char *bytes,
				       size_t length)
{
	at = protobuf_put_header(at, field, length);
	memcpy(at, bytes, length);
	return at + length;
}

/* A message whose length is known once it is written: begin where its body is to be written ... */
static inline char *protobuf_open(char *start)
{
	return start + PROTOBUF_HEADER_MAX;
}

/* ... to `end`: the body moves to behind its header, which is put at `start`. */
static inline char *protobuf_close(char *start, unsigned int field, const char *end)
{
	const char *body = start + PROTOBUF_HEADER_MAX;
	size_t length = (size_t)(end - body);
	char *at = protobuf_put_header(start, field, length);

	memmove(at, body, length);
	return at + length;
}

#endif
