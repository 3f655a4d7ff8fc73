/*
 * Damage to recordings: what is before and after it is framed as ever.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/record/etl_framer.h"
#include "tests/support/frames.h"
#include "tests/support/little_endian.h"
#include "tests/support/random.h"
#include "tests/support/recording_kinds.h"

static uint32_t get(const uint8_t *at, size_t bytes)
{
	uint32_t value = 0;

	while (bytes--)
		value = value << 8 | at[bytes];
	return value;
}

static void put(uint8_t *at, uint32_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

/* What a field of `bytes` bytes may be damaged to, `round` from 0 on. False: no more. */
static bool damaged_value(uint32_t was, size_t bytes, size_t round, uint32_t *value)
{
	static const uint32_t values[] = {
		0,	    1,		0x40,	    0x47,      0x48,	  0x49,	      0x4b,
		0x4c,	    0x100,	0x1ff,	    0x200,     0x3ff,	  0x400,      0x401,
		0x500,	    0x7ff,	0x800,	    0xc00,     0x1000,	  0x1400,     0x2000,
		0x10000,    0x100000,	0x1000000,  0x1000001, 0x1000048, 0x5a5a5a5a, 0x7fffffff,
		0x80000000, 0xff000000, 0xffffff00, 0xffffffff};
	size_t count = sizeof(values) / sizeof(values[0]);

	*value = round < count ? values[round] : was ^ (uint32_t)(UINT64_C(1) << (round - count));
	return round < count + 8 * bytes;
}

/* Damages a field of one buffer in every way, and has all the others looked for. */
static void damage_field(enum kind kind, size_t damaged, size_t field, size_t bytes)
{
	struct small_recording recording = make(kind);
	uint8_t *at = recording.bytes + recording.at[damaged] + field;
	uint32_t was = get(at, bytes), value;
	struct frames frames;

	for (size_t round = 0; damaged_value(was, bytes, round, &value); round++) {
		put(at, value, bytes);
		frames_all(&frames, recording.bytes, recording.length, recording.length);
		for (size_t i = 0; i < recording.count; i++)
			if (i != damaged &&
			    !frames_has(&frames, recording.at[i], recording.size[i]))
				fail_msg("kind %d, buffer %zu, field 0x%zx = 0x%x: %zu is lost",
					 (int)kind, damaged, field, value, i);
		if (field > TYPE_AT || (field > SIZE_AT && field < DATA_END_AT))
			assert_int_equal(frames.count, recording.count);
	}
	small_done(&recording);
}

static void damage_header(size_t damaged)
{
	for (enum kind kind = PLAIN; kind < KINDS; kind++) {
		for (size_t field = 0; field < ETL_BUFFER_HEADER_BYTES; field += 4)
			damage_field(kind, damaged, field, 4);
		damage_field(kind, damaged, FLAGS_AT, 2);
		damage_field(kind, damaged, TYPE_AT, 2);
	}
}

static void a_damaged_field_of_the_first_header_costs_no_other_buffer(void **state)
{
	(void)state;
	damage_header(0);
}

static void a_damaged_field_of_a_header_in_the_middle_costs_no_other_buffer(void **state)
{
	(void)state;
	damage_header(MIDDLE);
}

static void a_damaged_field_of_the_last_header_costs_no_other_buffer(void **state)
{
	(void)state;
	damage_header(LAST);
}

static void a_whole_header_of_any_bytes_costs_no_other_buffer(void **state)
{
	struct random random = {1};

	(void)state;
	for (int round = 0; round < 3000; round++) {
		enum kind kind = (enum kind)(round % KINDS);
		struct small_recording recording = make(kind);
		size_t damaged = random_below(&random, DATA_BUFFERS + 1);
		uint8_t *at = recording.bytes + recording.at[damaged];
		struct frames frames;

		for (size_t i = 0; i < ETL_BUFFER_HEADER_BYTES; i++)
			at[i] = (uint8_t)random_next(&random);
		frames_all(&frames, recording.bytes, recording.length, recording.length);
		assert_others(&recording, &frames, damaged);
		assert_true(frames_damage(&frames) > 0);
		small_done(&recording);
	}
}

/* The size says one thing, the log file header another. */
static void a_damaged_size_is_counted_and_the_buffer_framed(void **state)
{
	static const uint32_t sizes[] = {0, 71, 1023, 1025, 2048, 3072, 1 << 20, UINT32_MAX};
	struct frames frames;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (size_t damaged = 0; damaged <= LAST; damaged++) {
			struct small_recording recording = make(PLAIN);

			/* A first size a little too small is that of a cut header buffer. */
			if (damaged == 0 && sizes[i] == 1023) {
				small_done(&recording);
				continue;
			}
			put_le32(recording.bytes + recording.at[damaged], sizes[i]);
			frames_all(&frames, recording.bytes, recording.length, recording.length);
			assert_int_equal(frames.count, recording.count);
			assert_others(&recording, &frames, recording.count);
			assert_int_equal(frames.malformed[MALFORMED_BUFFER_SIZE], 1);
			assert_int_equal(frames_damage(&frames), 1);
			small_done(&recording);
		}
	}
}

/* A size with one bit more points to where another buffer begins. */
static void a_size_that_spans_two_buffers_does_not_hide_the_second(void **state)
{
	struct frames frames;

	(void)state;
	for (enum kind kind = PLAIN; kind <= CUT_HEADER; kind++) {
		for (size_t damaged = 0; damaged < LAST; damaged++) {
			struct small_recording recording = make(kind);
			size_t size = recording.size[damaged] + recording.size[damaged + 1];

			put_le32(recording.bytes + recording.at[damaged], (uint32_t)size);
			for (size_t piece = 1; piece <= 4096; piece *= 2) {
				frames_all(&frames, recording.bytes, recording.length, piece);
				assert_others(&recording, &frames, damaged);
			}
			small_done(&recording);
		}
	}
}

/* The log file header's word against the first buffer's: what follows decides. */
static void a_first_size_that_is_too_large_is_not_believed(void **state)
{
	struct small_recording recording = make(PLAIN);
	struct etl_framer framer;
	struct frames frames = {0};

	(void)state;
	put_le32(recording.bytes, 2048);
	etl_framer_init(&framer);
	frames_feed(&frames, &framer, recording.bytes, recording.length, 100, true);
	assert_int_equal(framer.stride, 1024);
	assert_others(&recording, &frames, recording.count);
	/* Now the size in the log file header is wrong, and the buffers' own are right. */
	put_le32(recording.bytes, 1024);
	put_le32(recording.bytes + 0x68, 512);
	frames_all(&frames, recording.bytes, recording.length, recording.length);
	assert_others(&recording, &frames, recording.count);
	assert_int_equal(frames_damage(&frames), 0);
	small_done(&recording);
}

static void a_first_size_smaller_than_its_data_does_not_hide_the_log_file_header(void **state)
{
	static const uint32_t sizes[] = {72, 76, 100, 200, 400};
	struct frames frames;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct small_recording recording = make(PLAIN);
		struct etl_framer framer;

		put_le32(recording.bytes, sizes[i]);
		memset(&frames, 0, sizeof(frames));
		etl_framer_init(&framer);
		frames_feed(&frames, &framer, recording.bytes, recording.length, 500, true);
		assert_true(framer.has_header);
		assert_int_equal(framer.stride, 1024);
		assert_others(&recording, &frames, recording.count);
		small_done(&recording);
	}
}

static void a_header_with_two_wrong_fields_is_framed_by_the_others_size(void **state)
{
	struct small_recording recording = make(PLAIN);
	struct frames frames;

	(void)state;
	put_le32(recording.bytes + recording.at[MIDDLE], 5000);
	put_le16(recording.bytes + recording.at[MIDDLE] + TYPE_AT, 8);
	frames_all(&frames, recording.bytes, recording.length, recording.length);
	assert_int_equal(frames.count, recording.count);
	assert_others(&recording, &frames, recording.count);
	assert_int_equal(frames.malformed[MALFORMED_BUFFER_SIZE], 1);
	assert_int_equal(frames_damage(&frames), 1);
	small_done(&recording);
}

/* In the records of a buffer that is skipped stand the fields of a header, with one that cannot be.
 */
static void what_only_resembles_a_buffer_is_not_taken_for_one(void **state)
{
	static const struct {
		uint32_t size, data_end;
		uint16_t flags, type;
		uint8_t mark;
	} fakes[] = {
		{1025, 100, 0, 0, 0xc0}, {71, 71, 0, 0, 0xc0},	      {200, 71, 0, 0, 0xc0},
		{200, 1025, 0x40, 0, 0}, {200, 201, 0, 0, 0xc0},      {200, 100, 0x80, 0, 0xc0},
		{200, 100, 0, 8, 0xc0},	 {200, 100, 0, 0, 0xd0},      {200, 100, 0, 0, 0x80},
		{72, 100, 0x40, 0, 0},	 {200, 100, 0x8000, 0, 0xc0},
	};
	struct frames frames;

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(fakes) / sizeof(fakes[0]); i++) {
		struct small_recording recording = make(i % 2 ? CUT_HEADER : PLAIN);
		uint8_t *at = recording.bytes + recording.at[MIDDLE];

		put_le32(at + DATA_END_AT, 0);
		at += 200;
		put_le32(at + SIZE_AT, fakes[i / 2].size);
		put_le32(at + DATA_END_AT, fakes[i / 2].data_end);
		put_le16(at + FLAGS_AT, fakes[i / 2].flags);
		put_le16(at + TYPE_AT, fakes[i / 2].type);
		at[0x4b] = fakes[i / 2].mark;
		frames_all(&frames, recording.bytes, recording.length, recording.length);
		assert_int_equal(frames.count, recording.count - 1);
		assert_int_equal(frames.skipped, 1024);
		assert_others(&recording, &frames, MIDDLE);
		small_done(&recording);
	}
}

/* One that is right, but not of this recording's size, is no buffer of it; of unequal ones it is.
 */
static void in_an_uncompressed_recording_only_its_size_is_a_buffers(void **state)
{
	struct frames frames;

	(void)state;
	for (enum kind kind = PLAIN; kind <= CUT_HEADER; kind++) {
		struct small_recording recording = make(kind);
		uint8_t *at = recording.bytes + recording.at[MIDDLE];

		put_le32(at + DATA_END_AT, 0);
		at += 200;
		put_le32(at + SIZE_AT, 824);
		put_le32(at + DATA_END_AT, 100);
		put_le32(at + FLAGS_AT, 0);
		at[0x4b] = 0xc0;
		frames_all(&frames, recording.bytes, recording.length, recording.length);
		assert_int_equal(frames_has(&frames, recording.at[MIDDLE] + 200, 824),
				 kind == CUT_HEADER);
		assert_others(&recording, &frames, MIDDLE);
		small_done(&recording);
	}
}

static void an_end_of_data_that_cannot_be_costs_its_buffer(void **state)
{
	static const uint32_t ends[] = {0, 71, ETL_BUFFER_MAX_BYTES + 1, UINT32_MAX};
	struct frames frames;

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		for (enum kind kind = PLAIN; kind < KINDS; kind++) {
			struct small_recording recording = make(kind);

			put_le32(recording.bytes + recording.at[MIDDLE] + DATA_END_AT, ends[i]);
			frames_all(&frames, recording.bytes, recording.length, recording.length);
			assert_int_equal(frames.count, recording.count - 1);
			assert_others(&recording, &frames, MIDDLE);
			assert_int_equal(frames.skipped, recording.size[MIDDLE]);
			assert_int_equal(frames.malformed[MALFORMED_BUFFER_HEADER], 1);
			assert_int_equal(frames_damage(&frames), 1);
			small_done(&recording);
		}
	}
}

/* Every length of what is left of the last buffers. */
static void a_recording_cut_anywhere_keeps_the_buffers_before(void **state)
{
	struct frames frames;

	(void)state;
	for (enum kind kind = PLAIN; kind < KINDS; kind++) {
		struct small_recording recording = make(kind);

		for (size_t cut = 1; cut < recording.length; cut++) {
			size_t whole = 0, rest;

			while (recording.at[whole] + recording.size[whole] <= cut)
				whole++;
			rest = cut - recording.at[whole];
			frames_all(&frames, recording.bytes, cut, cut);
			if (whole == 0)
				continue;
			for (size_t i = 0; i < whole; i++)
				assert_true(
					frames_has(&frames, recording.at[i], recording.size[i]));
			assert_int_equal(frames.count, whole + (rest >= ETL_BUFFER_HEADER_BYTES));
			assert_int_equal(frames_damage(&frames), rest > 0);
			assert_int_equal(frames.malformed[MALFORMED_BUFFER_TRUNCATED], rest > 0);
		}
		small_done(&recording);
	}
}

static void a_cut_buffers_data_ends_with_it(void **state)
{
	struct small_recording recording = make(PLAIN);
	uint32_t data_end = get(recording.bytes + recording.at[LAST] + DATA_END_AT, 4);
	struct frames frames;

	(void)state;
	for (size_t rest = ETL_BUFFER_HEADER_BYTES; rest < 1024; rest++) {
		frames_all(&frames, recording.bytes, recording.at[LAST] + rest, 100000);
		assert_int_equal(frames.buffers[LAST].bytes, rest);
		assert_int_equal(frames.buffers[LAST].data_end, rest < data_end ? rest : data_end);
	}
	small_done(&recording);
}

/* The sizes of what is framed after `count` bytes were put into or taken out of a middle buffer. */
static void shift(enum kind kind, size_t into, size_t count, bool insert)
{
	struct small_recording recording = make(kind);
	struct frames frames;

	assert_true(into + (insert ? 0 : count) < recording.size[MIDDLE]);
	if (insert)
		small_insert(&recording, recording.at[MIDDLE] + into, 0xff, count);
	else
		small_remove(&recording, recording.at[MIDDLE] + into, count);
	frames_all(&frames, recording.bytes, recording.length, recording.length);
	assert_others(&recording, &frames, MIDDLE);
	assert_true(frames_damage(&frames) > 0);
	small_done(&recording);
}

static void missing_bytes_cost_their_buffer_only(void **state)
{
	(void)state;
	for (enum kind kind = PLAIN; kind < KINDS; kind++) {
		shift(kind, 150, 1, false);
		shift(kind, 100, 8, false);
		shift(kind, 80, 60, false);
		shift(kind, 8, 40, false);
		shift(kind, 0, 72, false);
	}
}

static void bytes_too_many_cost_their_buffer_only(void **state)
{
	(void)state;
	for (enum kind kind = PLAIN; kind < KINDS; kind++) {
		shift(kind, 150, 1, true);
		shift(kind, 100, 8, true);
		shift(kind, 80, 100, true);
		shift(kind, 150, 1500, true);
		shift(kind, 0, 50, true);
	}
}

static void a_recording_behind_one_that_was_cut_is_found(void **state)
{
	struct frames frames;

	(void)state;
	for (enum kind first = PLAIN; first < KINDS; first++) {
		for (enum kind second = PLAIN; second < KINDS; second++) {
			struct small_recording all = make(first), next = make(second);

			small_remove(&all, all.length - 150, 150);
			small_append(&all, &next);
			for (size_t piece = 1; piece <= all.length + 1; piece += 1023) {
				frames_all(&frames, all.bytes, all.length, piece);
				assert_others(&all, &frames, all.count);
				assert_int_equal(frames.count, all.count);
				assert_int_equal(frames_damage(&frames), 1);
			}
			small_done(&all);
		}
	}
}

static void a_buffer_of_zeros_costs_itself_only(void **state)
{
	struct frames frames;

	(void)state;
	for (enum kind kind = PLAIN; kind < KINDS; kind++) {
		for (size_t damaged = 0; damaged <= LAST; damaged++) {
			struct small_recording recording = make(kind);

			memset(recording.bytes + recording.at[damaged], 0, recording.size[damaged]);
			frames_all(&frames, recording.bytes, recording.length, recording.length);
			assert_others(&recording, &frames, damaged);
			assert_int_equal(frames.malformed[MALFORMED_BUFFER_ZEROS], 1);
			assert_int_equal(frames_damage(&frames), 1);
			small_done(&recording);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_damaged_field_of_the_first_header_costs_no_other_buffer),
		cmocka_unit_test(a_damaged_field_of_a_header_in_the_middle_costs_no_other_buffer),
		cmocka_unit_test(a_damaged_field_of_the_last_header_costs_no_other_buffer),
		cmocka_unit_test(a_whole_header_of_any_bytes_costs_no_other_buffer),
		cmocka_unit_test(a_damaged_size_is_counted_and_the_buffer_framed),
		cmocka_unit_test(a_size_that_spans_two_buffers_does_not_hide_the_second),
		cmocka_unit_test(a_first_size_that_is_too_large_is_not_believed),
		cmocka_unit_test(
			a_first_size_smaller_than_its_data_does_not_hide_the_log_file_header),
		cmocka_unit_test(a_header_with_two_wrong_fields_is_framed_by_the_others_size),
		cmocka_unit_test(what_only_resembles_a_buffer_is_not_taken_for_one),
		cmocka_unit_test(in_an_uncompressed_recording_only_its_size_is_a_buffers),
		cmocka_unit_test(an_end_of_data_that_cannot_be_costs_its_buffer),
		cmocka_unit_test(a_recording_cut_anywhere_keeps_the_buffers_before),
		cmocka_unit_test(a_cut_buffers_data_ends_with_it),
		cmocka_unit_test(missing_bytes_cost_their_buffer_only),
		cmocka_unit_test(bytes_too_many_cost_their_buffer_only),
		cmocka_unit_test(a_recording_behind_one_that_was_cut_is_found),
		cmocka_unit_test(a_buffer_of_zeros_costs_itself_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
