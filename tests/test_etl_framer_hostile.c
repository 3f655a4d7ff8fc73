/*
 * Bytes that were made to waste time or to lead astray: the framer comes to their end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "exporter/record/etl_framer.h"
#include "tests/support/frames.h"
#include "tests/support/little_endian.h"
#include "tests/support/random.h"
#include "tests/support/small_recording.h"

#define DATA_BUFFERS 6
#define SIZE_AT	     0x00
#define DATA_END_AT  0x30
#define FLAGS_AT     0x34
#define TYPE_AT	     0x36

/* Frames in one piece, without copies; gives how many steps it took. */
static size_t frame_in_place(uint8_t *bytes, size_t length)
{
	struct etl_framer framer;
	size_t at = 0, steps = 0;

	etl_framer_init(&framer);
	while (at < length) {
		struct etl_framed framed = etl_frame(&framer, bytes + at, length - at, true);

		assert_true(framed.frame == ETL_FRAME_BUFFER || framed.frame == ETL_FRAME_SKIP);
		assert_true(framed.bytes > 0 && framed.bytes <= length - at);
		at += framed.bytes;
		steps++;
	}
	return steps;
}

/* Buffer headers every `distance` bytes that claim `size`; with a log file header in front or not.
 */
static void fill(uint8_t *bytes, size_t length, size_t distance, uint32_t size, uint16_t type)
{
	memset(bytes, 0x20, length);
	for (size_t at = 0; at + 0x4c <= length; at += distance) {
		put_le32(bytes + at + SIZE_AT, size);
		put_le32(bytes + at + DATA_END_AT, 0x48);
		put_le16(bytes + at + FLAGS_AT, 0);
		put_le16(bytes + at + TYPE_AT, type);
	}
}

/* Time that grows with the square of the length would be hours here, and the run's time limit ends
 * it. */
static void hostile_bytes_take_time_in_proportion(void **state)
{
	static const struct {
		size_t distance;
		uint32_t size;
		uint16_t type;
	} patterns[] = {
		{0x4c, ETL_BUFFER_MAX_BYTES, 0},
		{0x4c, ETL_BUFFER_MAX_BYTES, 4},
		{0x4c, 0x48, 0},
		{0x4c, ETL_BUFFER_MAX_BYTES - 1, 0},
		{0x49, 0x7fffff, 0},
		{0x101, 0, 0},
		{0x101, UINT32_MAX, 4},
		{1 << 20, ETL_BUFFER_MAX_BYTES - 7, 4},
		{(size_t)1 << 24, 0x48, 0},
	};
	size_t length = (size_t)20 << 20;
	uint8_t *bytes = malloc(length);
	struct etl_writer_options options = {.buffer_bytes = ETL_BUFFER_MAX_BYTES};
	struct small_recording recording = small_make(&options, 0);

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		fill(bytes, length, patterns[i].distance, patterns[i].size, patterns[i].type);
		frame_in_place(bytes, length);
		/* In an uncompressed recording of the largest buffers, and in one of unequal ones.
		 */
		memcpy(bytes, recording.bytes, 0x1000);
		frame_in_place(bytes, length);
		put_le32(bytes, 0x1000);
		frame_in_place(bytes, length);
	}
	small_done(&recording);
	free(bytes);
}

static struct small_recording make(int round)
{
	const struct etl_writer_options options = {.buffer_bytes = 1024,
						   .compressed = round % 3 == 2};
	struct small_recording recording = small_make(&options, DATA_BUFFERS);

	if (round % 3 == 1)
		small_cut_header(&recording, 512);
	return recording;
}

static void any_bytes_are_framed_to_their_end_in_pieces(void **state)
{
	struct random random = {5};
	struct frames frames;

	(void)state;
	for (int round = 0; round < 600; round++) {
		struct small_recording recording = make(round);

		for (uint32_t i = random_below(&random, 40); i > 0; i--) {
			uint32_t at = random_below(&random, (uint32_t)recording.length);

			if (i % 2)
				at = (uint32_t)
					     recording.at[random_below(&random, DATA_BUFFERS + 1)] +
				     random_below(&random, ETL_BUFFER_HEADER_BYTES);
			recording.bytes[at] = (uint8_t)random_next(&random);
		}
		frames_all(&frames, recording.bytes, recording.length,
			   1 + random_below(&random, 3000));
		small_done(&recording);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_bytes_take_time_in_proportion),
		cmocka_unit_test(any_bytes_are_framed_to_their_end_in_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
