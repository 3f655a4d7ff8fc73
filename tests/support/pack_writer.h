/*
 * pack_writer: writes the recordings that the shipped rule packs are tested with, from tables: a
 * type of event says what its fields are, a row what they hold.
 *
 * Fields are letters, of manifest events with a name behind a colon (`d:Count`):
 *   b w d q  integers of 8, 16, 32, 64 bits      p  a pointer of 8 bytes     f  a double
 *   s S      8-bit and UTF-16 text               4  an IPv4 address          6  an IPv6 address
 *   n        a port, in network order            k  the SID of System, without a value
 *   W16      UTF-16 text in so many units
 * Values stand in the order of the fields with a space between two: numbers as in C, text as it is
 * (`-` is none), of IPv6 addresses the last byte, `@N` the time of N microseconds before the event.
 */
#ifndef TESTS_SUPPORT_PACK_WRITER_H
#define TESTS_SUPPORT_PACK_WRITER_H

#include <stddef.h>
#include <stdint.h>

#include "tests/support/etl_writer.h"

struct pack_provider {
	const char *name;
	uint8_t guid[16]; /* as stored */
};

struct pack_type {
	const struct pack_provider *provider; /* NULL: a kernel event */
	uint16_t id;			      /* or the group of the kernel's class */
	uint8_t version;
	uint8_t opcode; /* of kernel events the event type */
	uint8_t level;
	const char *fields;
};

struct pack_row {
	const struct pack_type *type;
	uint32_t after_us; /* since the row before */
	uint8_t cpu;
	uint32_t pid, tid; /* of the header; PID 0: a kernel event of a kind that has none */
	const char *values;
};

struct pack {
	const struct pack_row *rows;
	size_t count;
};

/* The schemas of all manifest events that occur come first. Freed by etl_writer_free(). */
struct etl_writer *pack_writer_new(const struct pack *packs, size_t count);

#endif
