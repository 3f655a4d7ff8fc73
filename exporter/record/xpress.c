#include "exporter/record/xpress.h"

#include <stdbool.h>
#include <string.h>

#include "exporter/bytes.h"

struct reader {
	struct bytes in;
	const uint8_t *nibble; /* the byte whose high half is the next nibble, or NULL */
};

/* Flags in a flag word: one for each literal and each match. */
#define FLAGS 32

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

/* Copies literals, as many as the flags announce one after the other. */
static size_t copy_literals(struct bytes *in, uint8_t *to, size_t count, size_t room)
{
	if (in->left >= FLAGS && room >= FLAGS) {
		memcpy(to, in->at, FLAGS);
		bytes_take(in, count);
		return count;
	}
	if (count > in->left)
		count = in->left;
	if (count > room)
		count = room;
	memcpy(to, in->at, count);
	bytes_take(in, count);
	return count;
}

/* The length of the match here, which was checked and copied; 0: none, or damage. */
static size_t take_match(struct reader *reader, uint8_t *to, size_t written, size_t room)
{
	const uint8_t *at = bytes_take(&reader->in, 2);
	size_t distance, length;

	if (!at)
		return 0;
	distance = (size_t)(le16(at) >> 3) + 1;
	length = (size_t)(le16(at) & 7) + 3;
	if (length == 7 + 3 && !read_long_length(reader, &length))
		return 0;
	if (distance > written || length > room)
		return 0;
	copy_match(to, distance, length, room);
	return length;
}

size_t xpress_decompress(uint8_t *to, size_t to_bytes, const uint8_t *from, size_t from_bytes)
{
	struct reader reader = {{from, from_bytes}, NULL};
	uint32_t flags = 0; /* the next one is the highest bit */
	unsigned int flags_left = 0, run;
	size_t written = 0, step;

	while (written < to_bytes) {
		if (flags_left == 0) {
			const uint8_t *word = bytes_take(&reader.in, 4);

			if (!word)
				break;
			flags = le32(word);
			flags_left = FLAGS;
		}
		run = flags ? (unsigned int)__builtin_clz(flags) : FLAGS;
		if (run > flags_left)
			run = flags_left;
		if (run == 0) {
			run = 1;
			step = take_match(&reader, to + written, written, to_bytes - written);
		} else {
			step = copy_literals(&reader.in, to + written, run, to_bytes - written);
		}
		if (step == 0)
			break;
		written += step;
		flags_left -= run;
		flags = run < FLAGS ? flags << run : 0;
	}
	return written;
}
