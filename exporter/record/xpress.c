#include "exporter/record/xpress.h"

#include <stdbool.h>
#include <string.h>

#include "exporter/base/bytes.h"

struct reader {
	struct bytes in;
	const uint8_t *nibble; /* the byte whose high half is the next nibble, or NULL */
};

/* Bytes that a copy may write past a match's end, where there is room for them. */
#define OVERRUN 16

static bool read_nibble(struct reader *reader, uint32_t *value)
{
	const uint8_t *byte = reader->nibble;

	if (byte) {
		reader->nibble = NULL;
		*value = *byte >> 4;
		return true;
	}
	byte = bytes_take(&reader->in, 1);
	if (!byte)
		return false;
	reader->nibble = byte;
	*value = *byte & 15;
	return true;
}

/* The forms of a match length that do not fit its three bits: nibble, byte, u16, u32. */
static bool read_long_length(struct reader *reader, size_t *length)
{
	uint32_t nibble;
	const uint8_t *at;
	size_t value;

	if (!read_nibble(reader, &nibble))
		return false;
	if (nibble < 15) {
		*length = nibble + 7 + 3;
		return true;
	}
	at = bytes_take(&reader->in, 1);
	if (!at)
		return false;
	if (*at < 255) {
		*length = (size_t)*at + 15 + 7 + 3;
		return true;
	}
	at = bytes_take(&reader->in, 2);
	if (!at)
		return false;
	value = le16(at);
	if (value == 0) {
		at = bytes_take(&reader->in, 4);
		if (!at)
			return false;
		value = le32(at);
	}
	if (value < 15 + 7)
		return false;
	*length = value + 3;
	return true;
}

/* Source and target may overlap: a distance below the length repeats what was just written. */
static void copy_match(uint8_t *to, size_t distance, size_t length, size_t room)
{
	const uint8_t *from = to - distance;
	size_t i;

	if (distance >= 8 && length + OVERRUN <= room) {
		for (i = 0; i < length; i += 8)
			memcpy(to + i, from + i, 8);
		return;
	}
	for (i = 0; i < length; i++)
		to[i] = from[i];
}

size_t xpress_decompress(uint8_t *to, size_t to_bytes, const uint8_t *from, size_t from_bytes)
{
	struct reader reader = {{from, from_bytes}, NULL};
	uint32_t flags = 0;
	unsigned int flags_left = 0;
	size_t written = 0;

	while (written < to_bytes) {
		const uint8_t *at;
		size_t distance, length;

		if (flags_left == 0) {
			at = bytes_take(&reader.in, 4);
			if (!at)
				break;
			flags = le32(at);
			flags_left = 32;
		}
		flags_left--;
		if (!(flags >> flags_left & 1)) {
			at = bytes_take(&reader.in, 1);
			if (!at)
				break;
			to[written++] = *at;
			continue;
		}
		at = bytes_take(&reader.in, 2);
		if (!at)
			break;
		distance = (size_t)(le16(at) >> 3) + 1;
		length = (size_t)(le16(at) & 7) + 3;
		if (length == 7 + 3 && !read_long_length(&reader, &length))
			break;
		if (distance > written || length > to_bytes - written)
			break;
		copy_match(to + written, distance, length, to_bytes - written);
		written += length;
	}
	return written;
}
