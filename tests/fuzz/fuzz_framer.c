/*
 * Any bytes, or a recording damaged in any way, given to the framer in any pieces: it gets on, says
 * nothing of bytes that it was not given, and comes to the end.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/record/etl_framer.h"
#include "tests/support/random.h"
#include "tests/support/small_recording.h"

/* The first three bytes of an input: what it is, and how it is cut in pieces. */
#define CHOICE_BYTES 3
/* Of the inputs that damage a recording: two bytes of place, one of what to do, one of how much. */
#define STEP_BYTES 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_header(const uint8_t *bytes, size_t count)
{
	struct event_record record;

	if (etl_find_header(bytes, count, &record))
		require(record.payload >= bytes &&
			record.payload + record.payload_bytes <= bytes + count);
}

static void check_buffer(const uint8_t *bytes, const struct etl_framed *framed)
{
	struct etl_buffer buffer;

	require(framed->bytes >= ETL_BUFFER_HEADER_BYTES && framed->bytes <= ETL_BUFFER_MAX_BYTES);
	etl_buffer_read(bytes, &buffer);
	require(buffer.bytes == framed->bytes);
	check_header(bytes, framed->bytes);
}

/* How far one look at `count` bytes gets: 0 where it wants more. */
static size_t look(struct etl_framer *framer, const uint8_t *bytes, size_t count, bool last)
{
	uint8_t *copy = malloc(count);
	struct etl_framed framed;

	require(copy != NULL);
	memcpy(copy, bytes, count);
	framed = etl_frame(framer, copy, count, last);
	require(framed.malformed <= MALFORMED_COUNT);
	switch (framed.frame) {
	case ETL_FRAME_MORE:
		require(!last && framed.bytes > count && framed.bytes <= ETL_FRAME_MAX_BYTES);
		framed.bytes = 0;
		break;
	case ETL_FRAME_WAIT:
		require(framer->growing && framed.bytes == 0);
		break;
	case ETL_FRAME_BUFFER:
		check_buffer(copy, &framed);
		require(framed.bytes <= count);
		break;
	case ETL_FRAME_SKIP:
		require(framed.bytes > 0 && framed.bytes <= count);
		break;
	}
	free(copy);
	return framed.bytes;
}

/* A growing recording may end with bytes that are waited for; then it grows no more. */
static void frame_all(const uint8_t *bytes, size_t length, struct random random, bool growing)
{
	uint32_t most = 1 + random_below(&random, random_below(&random, 2) ? 50 : 3000);
	size_t looked = 0, have = 0, step;
	struct etl_framer framer;

	etl_framer_init(&framer);
	framer.growing = growing;
	while (have < length) {
		have += 1 + random_below(&random, most);
		have = have < length ? have : length;
		do {
			step = looked < have ? look(&framer, bytes + looked, have - looked,
						    have == length && !growing)
					     : 0;
			looked += step;
		} while (step);
	}
	framer.growing = false;
	while (looked < length)
		looked += look(&framer, bytes + looked, length - looked, true);
	require(looked == length);
	etl_framer_end(&framer);
}

static struct small_recording make(unsigned int choice)
{
	const struct etl_writer_options options = {
		.buffer_bytes = 1024,
		.compressed = choice & 1,
		.log_file_mode = choice & 2 ? 0x21 : 1,
		.pointer_bytes = choice & 4 ? 4 : 8,
	};
	struct small_recording recording = small_make(&options, 1 + (choice >> 3 & 3));

	if (choice & 0x20)
		small_cut_header(&recording, 512);
	if (choice & 0x40) {
		struct small_recording second = small_make(&options, 2);

		small_append(&recording, &second);
	}
	return recording;
}

static void damage(struct small_recording *recording, const uint8_t *data, size_t size)
{
	for (; size >= STEP_BYTES; data += STEP_BYTES, size -= STEP_BYTES) {
		size_t at = (data[0] | (size_t)data[1] << 8) % recording->length;
		size_t count = data[3] < recording->length - at ? data[3] : 0;

		if (data[2] & 0x80)
			at = recording->at[data[0] % recording->count] + data[1] % 0x50;
		at = at < recording->length ? at : 0;
		if (data[2] == 0x7f && recording->length < 100000)
			small_insert(recording, at, 0, count * 4);
		else if (data[2] == 0x7e && count && at + count < recording->length)
			small_remove(recording, at, count);
		else
			recording->bytes[at] = data[3];
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct small_recording recording;
	struct random random;

	if (size <= CHOICE_BYTES)
		return 0;
	random.state = data[1];
	if (data[2] & 1) {
		frame_all(data + CHOICE_BYTES, size - CHOICE_BYTES, random, data[2] & 2);
		return 0;
	}
	recording = make(data[0]);
	damage(&recording, data + CHOICE_BYTES, size - CHOICE_BYTES);
	frame_all(recording.bytes, recording.length, random, data[2] & 2);
	small_done(&recording);
	return 0;
}
