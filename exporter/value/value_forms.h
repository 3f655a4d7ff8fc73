/*
 * value_forms: how Windows writes addresses, times, SIDs and the like, for value_text.h and label
 * functions alike.
 *
 * Each appends a text. Pure functions, any thread.
 */
#ifndef EXPORTER_VALUE_FORMS_H
#define EXPORTER_VALUE_FORMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exporter/schema/schema.h"
#include "metrics/text.h"

/* U+FFFD for halves of surrogate pairs. */
void value_forms_code_point(uint32_t c, struct text *to);

/* Of 16 bytes; without braces, lower case. */
void value_forms_guid(const uint8_t *bytes, struct text *to);

/* S-1-5-...; false: the bytes are no SID as a whole, and nothing is appended. */
bool value_forms_sid(const uint8_t *bytes, size_t length, struct text *to);

/* An IPv4 address (4 bytes) or IPv6 address (16), in network order; false: neither. */
bool value_forms_address(const uint8_t *bytes, size_t length, struct text *to);

/* What a SOCKADDR holds; `address` points into its bytes. */
struct socket_address {
	const uint8_t *address;
	size_t address_bytes; /* 4 or 16 */
	uint16_t port;
};

/* False: it is none of IPv4 or IPv6. */
bool value_forms_socket_address(const uint8_t *bytes, size_t length, struct socket_address *found);

/* RFC 3339; out of range the number. False: it is 0, which is no time, and nothing is appended. */
bool value_forms_filetime(uint64_t filetime, struct text *to);

/* RFC 3339 of 16 bytes. The zone is not in the data; taken to be UTC. */
void value_forms_systemtime(const uint8_t *bytes, struct text *to);

/* The numbers of the bits that are set, as in "0-3,8"; "none": none is. */
void value_forms_bitmask(const uint8_t *bytes, size_t length, struct text *to);

/* What a value map calls a number; false: nothing. A map of bits has something for any of 32 bits.
 */
bool value_forms_map(const struct value_map *map, uint64_t number, struct text *to);

#endif
