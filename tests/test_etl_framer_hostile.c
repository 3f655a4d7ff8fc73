/*
 * Bytes that were made to waste time or to lead astray: the framer comes to their end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/record/etl_framer.h"
#include "tests/support/little_endian.h"
#include "tests/support/random.h"
#include "tests/support/recording_kinds.h"

/* How many places and records the framer may look at for each byte. */
#define LOOKS_PER_BYTE 12
#define ROOM_BYTES     100 /* for what is looked at a second time when more has come */

#define LENGTH	     ((size_t)3 << 20)
#define LARGE_BYTES  (2u << 20)
#define RECORD_BYTES 0x58

/*
 * Without copies, in pieces. The work is in proportion to the length: a search that comes by the
 * same bytes again for every buffer would take hours.
 */
static void frame_in_place(uint8_t *bytes, size_t piece)
{
	struct etl_framer framer;
	struct etl_framed framed;
	size_t at = 0, have = 0;

	etl_framer_init(&framer);
	while (at < LENGTH) {
		have = LENGTH - have < piece ? LENGTH : have + piece;
		do {
			framed = etl_frame(&framer, bytes + at, have - at, have == LENGTH);
			if (framed.frame == ETL_FRAME_MORE)
				break;
			assert_true(framed.frame == ETL_FRAME_BUFFER ||
				    framed.frame == ETL_FRAME_SKIP);
			assert_true(framed.bytes > 0 && framed.bytes <= have - at);
			at += framed.bytes;
			assert_true(framer.looks <= LOOKS_PER_BYTE * (at + ROOM_BYTES));
		} while (at < have);
		assert_true(framer.looks <= LOOKS_PER_BYTE * (have + ROOM_BYTES));
	}
}

/* On their own, in an uncompressed recording of large buffers, and in one of unequal ones; in
 * pieces of one size each, that change from `round` to round. */
static void frame_after_headers(uint8_t *bytes, size_t round)
{
	static const size_t pieces[] = {LENGTH, 256 << 10, 10007};
	struct etl_writer_options options = {.buffer_bytes = LARGE_BYTES};
	struct small_recording recording = small_make(&options, 0);
	uint8_t *copy = malloc(LENGTH);

	assert_non_null(copy);
	for (size_t i = 0; i < 3; i++) {
		memcpy(copy, bytes, LENGTH);
		if (i > 0)
			memcpy(copy, recording.bytes, 0x1000);
		if (i == 2)
			put_le32(copy, 0x1000);
		frame_in_place(copy, pieces[(i + round) % 3]);
	}
	free(copy);
	small_done(&recording);
}

static void put_header(uint8_t *at, uint32_t size, uint32_t data_end, uint16_t type)
{
	put_le32(at + SIZE_AT, size);
	put_le32(at + DATA_END_AT, data_end);
	put_le16(at + FLAGS_AT, 0);
	put_le16(at + TYPE_AT, type);
}

static void headers_close_to_each_other_take_time_in_proportion(void **state)
{
	static const struct {
		size_t distance;
		uint32_t size;
		uint16_t type;
	} patterns[] = {
		{0x4c, LARGE_BYTES, 0},
		{0x4c, LARGE_BYTES, 4},
		{0x4c, 0x48, 0},
		{0x4c, LARGE_BYTES - 1, 0},
		{0x4c, ETL_BUFFER_MAX_BYTES, 0},
		{0x4c, ETL_BUFFER_MAX_BYTES, 4},
		{0x49, 0x7fffff, 0},
		{0x101, 0, 0},
		{0x101, UINT32_MAX, 4},
		{1 << 18, LARGE_BYTES - 7, 4},
		{LARGE_BYTES, 0x48, 0},
	};
	uint8_t *bytes = malloc(LENGTH);

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		memset(bytes, 0x20, LENGTH);
		for (size_t at = 0; at + 0x4c <= LENGTH; at += patterns[i].distance)
			put_header(bytes + at, patterns[i].size, 0x48, patterns[i].type);
		frame_after_headers(bytes, i);
	}
	free(bytes);
}

/* Each record holds a buffer's header; the walk goes on, or ends now and then. */
static void headers_in_records_take_time_in_proportion(void **state)
{
	static const uint32_t sizes[] = {0x48, 0x1001, LARGE_BYTES - 1, LARGE_BYTES};
	static const size_t broken_every[] = {SIZE_MAX, 1000, 9, 2};
	uint8_t *bytes = malloc(LENGTH);

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < 16; i++) {
		memset(bytes, 0x20, LENGTH);
		put_header(bytes, sizes[i % 4], LARGE_BYTES, 0);
		for (size_t at = 0x48, n = 1; at + RECORD_BYTES <= LENGTH;
		     at += RECORD_BYTES, n++) {
			put_le32(bytes + at, 0xc00c0000 | RECORD_BYTES);
			put_header(bytes + at + 8, sizes[i % 4], LARGE_BYTES, 0);
			put_le32(bytes + at + 8 + 0x48, 0xc00c0000 | RECORD_BYTES);
			if (n % broken_every[i / 4] == 0)
				put_le32(bytes + at, 0x20202020);
		}
		frame_after_headers(bytes, i);
	}
	free(bytes);
}

static void any_bytes_are_framed_to_their_end_in_pieces(void **state)
{
	struct random random = {5};
	struct frames frames;

	(void)state;
	for (int round = 0; round < 600; round++) {
		struct small_recording recording = make((enum kind)(round % KINDS));

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
		cmocka_unit_test(headers_close_to_each_other_take_time_in_proportion),
		cmocka_unit_test(headers_in_records_take_time_in_proportion),
		cmocka_unit_test(any_bytes_are_framed_to_their_end_in_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
