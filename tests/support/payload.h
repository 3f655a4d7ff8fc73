/*
 * payload: puts an event's fields together, little endian and packed, as providers do. For tests.
 *
 * Starts as all zeros; aborts where the bytes do not fit.
 */
#ifndef TESTS_SUPPORT_PAYLOAD_H
#define TESTS_SUPPORT_PAYLOAD_H

#include <stddef.h>
#include <stdint.h>

struct payload {
	size_t length;
	uint8_t bytes[4096];
};

void payload_u8(struct payload *payload, uint8_t value);
void payload_u16(struct payload *payload, uint16_t value);
void payload_u32(struct payload *payload, uint32_t value);
void payload_u64(struct payload *payload, uint64_t value);
void payload_f64(struct payload *payload, double value);
void payload_bytes(struct payload *payload, const void *bytes, size_t length);

/* Big endian, as ports are. */
void payload_port(struct payload *payload, uint16_t value);

/* With a terminator: the text as it is, and as UTF-16. */
void payload_string(struct payload *payload, const char *text);
void payload_utf16(struct payload *payload, const char *text);

#endif
