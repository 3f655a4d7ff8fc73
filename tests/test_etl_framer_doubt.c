/*
 * Where a buffer ends when its neighbour is damaged or not there yet: its own records tell.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/base/bytes.h"
#include "exporter/record/etl_framer.h"
#include "tests/support/frames.h"
#include "tests/support/little_endian.h"
#include "tests/support/recording_kinds.h"

#define FAKE_BYTES    0x50
#define HEADER_DAMAGE 16
#define EVEN_BYTES    136
#define EVEN_RECORDS  7 /* fill a buffer */

/* The payload of the record `index` of a buffer, which has `bytes` bytes at least; NULL: it has
 * not. */
static uint8_t *find_payload(const struct small_recording *recording, size_t buffer, size_t index,
			     size_t bytes)
{
	uint8_t *at = recording->bytes + recording->at[buffer];
	struct etl_cursor cursor;
	struct event_record record;

	etl_walk(&cursor, at + ETL_BUFFER_HEADER_BYTES,
		 le32(at + DATA_END_AT) - ETL_BUFFER_HEADER_BYTES, 0);
	do {
		if (etl_next(&cursor, &record) != ETL_RECORD)
			return NULL;
	} while (index--);
	return record.payload_bytes >= bytes ? at + (record.payload - at) : NULL;
}

/* Header and first record of a buffer, or what looks so. */
static void put_fake(uint8_t *at, uint32_t size)
{
	memset(at, 0, FAKE_BYTES);
	put_le32(at + SIZE_AT, size);
	put_le32(at + DATA_END_AT, 0x60);
	put_le32(at + 0x48, 0xc0130018);
}

/* Damages the header of the next buffer; this one's end is to be found by what is in it. */
static void damage_next(struct small_recording *recording, size_t buffer)
{
	memset(recording->bytes + recording->at[buffer + 1], 0x80, HEADER_DAMAGE);
}

static void a_record_that_looks_like_a_buffer_does_not_end_its_own(void **state)
{
	struct frames frames;
	size_t tried = 0;

	(void)state;
	for (enum kind kind = PLAIN; kind <= CUT_HEADER; kind++) {
		for (size_t i = 0; i < 5 * LAST; i++) {
			struct small_recording recording = make(kind);
			size_t buffer = i / 5;
			uint8_t *fake = find_payload(&recording, buffer, i % 5, FAKE_BYTES);

			if (fake) {
				put_fake(fake, kind == PLAIN ? 1024 : 200);
				damage_next(&recording, buffer);
				frames_all(&frames, recording.bytes, recording.length,
					   recording.length);
				assert_others(&recording, &frames, buffer + 1);
				tried++;
			}
			small_done(&recording);
		}
	}
	assert_true(tried > 5);
}

/* Nothing follows the last buffer, whose size nothing else confirms. */
static void a_record_that_looks_like_a_buffer_does_not_end_the_last(void **state)
{
	struct frames frames;
	size_t tried = 0;

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		struct small_recording recording = make(CUT_HEADER);
		uint8_t *fake = find_payload(&recording, LAST, i, FAKE_BYTES);

		if (fake) {
			put_fake(fake, 200);
			frames_all(&frames, recording.bytes, recording.length, 1);
			assert_others(&recording, &frames, recording.count);
			assert_int_equal(frames_damage(&frames), 0);
			tried++;
		}
		small_done(&recording);
	}
	assert_true(tried > 0);
}

/* What is said to be compressed must begin with a record, too. */
static void a_compressed_buffer_is_known_by_the_mark_of_its_first_record(void **state)
{
	static const uint8_t marks[] = {0xc0, 0x90, 0xb0, 0x08, 0x00, 0x80, 0xd0};
	struct frames frames;

	(void)state;
	for (size_t i = 0; i < sizeof(marks); i++) {
		struct small_recording recording = make(CUT_HEADER);
		uint8_t *at = recording.bytes + recording.at[MIDDLE];

		put_le32(at + DATA_END_AT, 0);
		put_fake(at + 200, 824);
		put_le16(at + 200 + FLAGS_AT, 0x40);
		/* Flags of 32 literals, and the first of them. */
		put_le32(at + 200 + 0x48, 0);
		put_le32(at + 200 + 0x4c, (uint32_t)marks[i] << 24);
		frames_all(&frames, recording.bytes, recording.length, recording.length);
		assert_int_equal(frames_has(&frames, recording.at[MIDDLE] + 200, 824), i < 3);
		assert_others(&recording, &frames, MIDDLE);
		small_done(&recording);
	}
}

/*
 * A size that ends just where what was read so far does, too, in the middle of the next buffer: it
 * is not believed.
 */
static void a_size_up_to_the_end_of_a_read_does_not_hide_the_next_buffer(void **state)
{
	struct frames frames;

	(void)state;
	for (enum kind kind = CUT_HEADER; kind < KINDS; kind++) {
		for (size_t buffer = 0; buffer < LAST; buffer++) {
			struct small_recording recording = make(kind);
			size_t size = recording.size[buffer] + 100;
			struct etl_framer framer;

			put_le32(recording.bytes + recording.at[buffer], (uint32_t)size);
			memset(&frames, 0, sizeof(frames));
			etl_framer_init(&framer);
			frames_feed(&frames, &framer, recording.bytes, recording.at[buffer],
				    recording.length, false);
			frames_feed(&frames, &framer, recording.bytes, recording.at[buffer] + size,
				    recording.length, false);
			frames_feed(&frames, &framer, recording.bytes, recording.length,
				    recording.length, true);
			assert_others(&recording, &frames, buffer);
			small_done(&recording);
		}
	}
}

/* The first of another recording follows a buffer that was cut; what was read ends where that would
 * have. */
static void a_cut_buffer_up_to_the_end_of_a_read_does_not_hide_the_next_recording(void **state)
{
	struct frames frames;

	(void)state;
	for (enum kind first = PLAIN; first <= CUT_HEADER; first++) {
		for (size_t cut = 1; cut < 1024 - ETL_BUFFER_HEADER_BYTES; cut++) {
			struct small_recording all = make(first), next = make(PLAIN);
			size_t end = all.length;
			struct etl_framer framer;

			small_remove(&all, end - cut, cut);
			small_append(&all, &next);
			memset(&frames, 0, sizeof(frames));
			etl_framer_init(&framer);
			frames_feed(&frames, &framer, all.bytes, end, 1024, false);
			frames_feed(&frames, &framer, all.bytes, all.length, all.length, true);
			assert_others(&all, &frames, LAST);
			small_done(&all);
		}
	}
}

/* Fills all buffers but the first with records of one size. */
static void fill_evenly(struct small_recording *recording)
{
	for (size_t buffer = 1; buffer <= LAST; buffer++) {
		uint8_t *at = recording->bytes + recording->at[buffer];

		memset(at + ETL_BUFFER_HEADER_BYTES, 0x20, EVEN_RECORDS * EVEN_BYTES);
		for (size_t i = 0; i < EVEN_RECORDS; i++)
			put_le32(at + ETL_BUFFER_HEADER_BYTES + i * EVEN_BYTES,
				 0xc0130000 | EVEN_BYTES);
		put_le32(at + DATA_END_AT, ETL_BUFFER_HEADER_BYTES + EVEN_RECORDS * EVEN_BYTES);
	}
}

/* One that is cut by missing bytes may go over the next buffer's header just up to a record there.
 */
static void a_record_over_the_beginning_of_the_next_buffer_does_not_hide_that(void **state)
{
	struct frames frames;

	(void)state;
	for (enum kind kind = PLAIN; kind <= CUT_HEADER; kind++) {
		for (size_t left = ETL_BUFFER_HEADER_BYTES; left < 1024; left++) {
			struct small_recording recording = make(kind);

			fill_evenly(&recording);
			small_remove(&recording, recording.at[MIDDLE] + left, 1024 - left);
			frames_all(&frames, recording.bytes, recording.length, recording.length);
			assert_others(&recording, &frames, MIDDLE);
			small_done(&recording);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_that_looks_like_a_buffer_does_not_end_its_own),
		cmocka_unit_test(a_record_that_looks_like_a_buffer_does_not_end_the_last),
		cmocka_unit_test(a_compressed_buffer_is_known_by_the_mark_of_its_first_record),
		cmocka_unit_test(a_size_up_to_the_end_of_a_read_does_not_hide_the_next_buffer),
		cmocka_unit_test(
			a_cut_buffer_up_to_the_end_of_a_read_does_not_hide_the_next_recording),
		cmocka_unit_test(a_record_over_the_beginning_of_the_next_buffer_does_not_hide_that),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
