/*
 * bytes: the way to read trace bytes: little-endian loads, and a cursor that checks every length.
 *
 * The le*() loads are for offsets that were checked against the record before; everything whose
 * length the trace itself says goes through the cursor.
 */
#ifndef EXPORTER_BYTES_H
#define EXPORTER_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define BYTES_LE16(v) __builtin_bswap16(v)
#define BYTES_LE32(v) __builtin_bswap32(v)
#define BYTES_LE64(v) __builtin_bswap64(v)
#else
#define BYTES_LE16(v) (v)
#define BYTES_LE32(v) (v)
#define BYTES_LE64(v) (v)
#endif

static inline uint16_t le16(const uint8_t *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return BYTES_LE16(value);
}

static inline uint32_t le32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return BYTES_LE32(value);
}

static inline uint64_t le64(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return BYTES_LE64(value);
}

static inline void put_le32(uint8_t *at, uint32_t value)
{
	value = BYTES_LE32(value);
	memcpy(at, &value, sizeof(value));
}

struct bytes {
	const uint8_t *at; /* borrowed */
	size_t left;
};

/* The next `count` bytes, and the cursor moves past them; NULL, and it stays, where fewer are left.
 */
static inline const uint8_t *bytes_take(struct bytes *bytes, size_t count)
{
	const uint8_t *at = bytes->at;

	if (count > bytes->left)
		return NULL;
	bytes->at += count;
	bytes->left -= count;
	return at;
}

/*
 * An 8-bit string up to and over its terminating zero; its length without it. NULL, and the cursor
 * stays, where no zero is left.
 */
static inline const uint8_t *bytes_string(struct bytes *bytes, size_t *length)
{
	const uint8_t *end = bytes->left ? memchr(bytes->at, 0, bytes->left) : NULL;

	if (!end)
		return NULL;
	*length = (size_t)(end - bytes->at);
	return bytes_take(bytes, *length + 1);
}

#endif
