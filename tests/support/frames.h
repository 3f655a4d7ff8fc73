/*
 * frames: what a framer makes of a recording that it is given in pieces. For tests.
 *
 * Each look is at a copy on the heap that ends where the bytes given so far end, so that sanitizers
 * see a step outside. Aborts the test where a framer breaks its contract.
 */
#ifndef TESTS_SUPPORT_FRAMES_H
#define TESTS_SUPPORT_FRAMES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/record/etl_framer.h"

#define FRAMES_MAX 256

struct frames {
	struct frames_buffer {
		size_t at, bytes;
		uint32_t data_end;
	} buffers[FRAMES_MAX];
	size_t count;
	size_t malformed[MALFORMED_COUNT + 1]; /* the last: nothing wrong */
	size_t looked;			       /* how far it came */
	size_t skipped;
};

static inline void frames_note(struct frames *frames, const struct etl_framed *framed,
			       const uint8_t *bytes)
{
	struct frames_buffer *buffer = &frames->buffers[frames->count];
	struct etl_buffer header;

	frames->malformed[framed->malformed]++;
	if (framed->frame == ETL_FRAME_SKIP) {
		frames->skipped += framed->bytes;
	} else {
		assert_true(framed->bytes >= ETL_BUFFER_HEADER_BYTES);
		assert_true(frames->count < FRAMES_MAX);
		etl_buffer_read(bytes, &header);
		assert_int_equal(header.bytes, framed->bytes);
		*buffer = (struct frames_buffer){frames->looked, framed->bytes, header.data_end};
		frames->count++;
	}
	frames->looked += framed->bytes;
}

/* One look at `count` bytes; false where more bytes are wanted or none are written yet. */
static inline bool frames_look(struct frames *frames, struct etl_framer *framer,
			       const uint8_t *bytes, size_t count, bool last)
{
	uint8_t *copy = malloc(count);
	struct etl_framed framed;

	assert_non_null(copy);
	memcpy(copy, bytes, count);
	framed = etl_frame(framer, copy, count, last);
	assert_true(framed.malformed <= MALFORMED_COUNT);
	switch (framed.frame) {
	case ETL_FRAME_BUFFER:
	case ETL_FRAME_SKIP:
		assert_true(framed.bytes > 0 && framed.bytes <= count);
		frames_note(frames, &framed, copy);
		break;
	case ETL_FRAME_MORE:
		assert_false(last);
		assert_true(framed.bytes > count && framed.bytes <= ETL_FRAME_MAX_BYTES);
		assert_int_equal(framed.malformed, MALFORMED_COUNT);
		break;
	case ETL_FRAME_WAIT:
		assert_true(framer->growing);
		assert_int_equal(framed.bytes, 0);
		assert_int_equal(framed.malformed, MALFORMED_COUNT);
		break;
	}
	free(copy);
	return framed.frame == ETL_FRAME_BUFFER || framed.frame == ETL_FRAME_SKIP;
}

/*
 * Goes on from frames->looked to `length`, looking after each piece. Not `last`: what is there so
 * far.
 */
static inline void frames_feed(struct frames *frames, struct etl_framer *framer,
			       const uint8_t *bytes, size_t length, size_t piece, bool last)
{
	size_t have = frames->looked;

	while (have < length) {
		have = length - have < piece ? length : have + piece;
		while (frames->looked < have &&
		       frames_look(frames, framer, bytes + frames->looked, have - frames->looked,
				   last && have == length))
			;
	}
}

/* All of a recording, with what only shows at its end. */
static inline void frames_all(struct frames *frames, const uint8_t *bytes, size_t length,
			      size_t piece)
{
	struct etl_framer framer;

	memset(frames, 0, sizeof(*frames));
	etl_framer_init(&framer);
	frames_feed(frames, &framer, bytes, length, piece, true);
	assert_int_equal(frames->looked, length);
	frames->malformed[etl_framer_end(&framer)]++;
}

/* How many things were found wrong. */
static inline size_t frames_damage(const struct frames *frames)
{
	size_t damage = 0;

	for (size_t i = 0; i < MALFORMED_COUNT; i++)
		damage += frames->malformed[i];
	return damage;
}

static inline bool frames_has(const struct frames *frames, size_t at, size_t bytes)
{
	for (size_t i = 0; i < frames->count; i++)
		if (frames->buffers[i].at == at)
			return frames->buffers[i].bytes == bytes;
	return false;
}

#endif
