/*
 * little_endian: writes integers the way traces hold them, on any machine.
 */
#ifndef TESTS_SUPPORT_LITTLE_ENDIAN_H
#define TESTS_SUPPORT_LITTLE_ENDIAN_H

#include <stdint.h>

#include "exporter/base/bytes.h" /* put_le32() */

static inline void put_le16(uint8_t *to, uint16_t value)
{
	to[0] = (uint8_t)value;
	to[1] = (uint8_t)(value >> 8);
}

static inline void put_le64(uint8_t *to, uint64_t value)
{
	put_le32(to, (uint32_t)value);
	put_le32(to + 4, (uint32_t)(value >> 32));
}

#endif
