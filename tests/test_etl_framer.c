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

#define PREALLOCATE 0x00000021

static const struct etl_writer_options plain = {.buffer_bytes = 1024, .session_name = "plain"};
static const struct etl_writer_options larger = {.buffer_bytes = 2048, .session_name = "larger"};
static const struct etl_writer_options compressed = {
	.buffer_bytes = 1024, .compressed = true, .session_name = "compressed"};

/* The buffers of the recording and nothing else, and nothing wrong with them. */
static void assert_framed(const struct small_recording *recording, size_t piece)
{
	struct frames frames;

	frames_all(&frames, recording->bytes, recording->length, piece);
	assert_int_equal(frames.count, recording->count);
	for (size_t i = 0; i < frames.count; i++) {
		assert_int_equal(frames.buffers[i].at, recording->at[i]);
		assert_int_equal(frames.buffers[i].bytes, recording->size[i]);
	}
	assert_int_equal(frames_damage(&frames), 0);
	assert_int_equal(frames.skipped, 0);
}

static void an_uncompressed_recording_is_framed_by_its_headers_size(void **state)
{
	struct small_recording recording = small_make(&plain, 9);
	struct etl_framer framer;
	struct frames frames = {0};

	(void)state;
	assert_framed(&recording, recording.length);
	etl_framer_init(&framer);
	frames_feed(&frames, &framer, recording.bytes, recording.length, 1024, true);
	assert_true(framer.has_header);
	assert_int_equal(framer.stride, 1024);
	assert_string_equal(framer.header.session_name, "plain");
	small_done(&recording);
}

static void a_compressed_recording_is_framed_by_its_buffers_sizes(void **state)
{
	struct small_recording recording = small_make(&compressed, 9);
	struct etl_framer framer;
	struct frames frames = {0};

	(void)state;
	assert_int_equal(recording.size[0], 512);
	assert_int_not_equal(recording.size[1], recording.size[2]);
	assert_framed(&recording, recording.length);
	etl_framer_init(&framer);
	frames_feed(&frames, &framer, recording.bytes, recording.length, recording.length, true);
	assert_int_equal(framer.stride, 0);
	assert_string_equal(framer.header.session_name, "compressed");
	small_done(&recording);
}

static void a_recording_with_a_cut_header_buffer_is_framed_by_its_buffers_sizes(void **state)
{
	struct small_recording recording = small_make(&plain, 9);

	(void)state;
	small_cut_header(&recording, 512);
	assert_framed(&recording, recording.length);
	small_done(&recording);
}

static void a_buffer_that_is_smaller_than_the_others_is_believed(void **state)
{
	struct small_recording recording = small_make(&plain, 5);
	size_t at = recording.at[3];
	uint32_t used;

	(void)state;
	used = (uint32_t)recording.bytes[at + 0x30] | (uint32_t)recording.bytes[at + 0x31] << 8;
	put_le32(recording.bytes + at, used);
	small_remove(&recording, at + used, 1024 - used);
	assert_framed(&recording, recording.length);
	small_done(&recording);
}

static void an_empty_recording_is_its_header_buffer(void **state)
{
	struct small_recording recording = small_make(&plain, 0);
	struct small_recording other = small_make(&compressed, 0);

	(void)state;
	assert_framed(&recording, recording.length);
	assert_framed(&other, other.length);
	small_done(&recording);
	small_done(&other);
}

/* Each of a kind of its own, one behind the other. */
static struct small_recording make_concatenated(void)
{
	static const struct etl_writer_options *const options[] = {
		&plain, &compressed, &larger, &plain, &larger, &compressed};
	struct small_recording all = small_make(&compressed, 3);

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		struct small_recording next = small_make(options[i], 2 + i);

		if (i == 3)
			small_cut_header(&next, 512);
		small_append(&all, &next);
	}
	return all;
}

static void recordings_one_behind_the_other_are_framed_each_its_own_way(void **state)
{
	struct small_recording all = make_concatenated();

	(void)state;
	assert_framed(&all, all.length);
	small_done(&all);
}

static void assert_framed_in_pieces(const struct small_recording *recording)
{
	struct etl_framer framer;
	struct frames late;

	for (size_t piece = 1; piece <= recording->length; piece += piece < 2100 ? 1 : 997) {
		assert_framed(recording, piece);
		/* That it was the last piece is known only after a further look. */
		memset(&late, 0, sizeof(late));
		etl_framer_init(&framer);
		frames_feed(&late, &framer, recording->bytes, recording->length, piece, false);
		frames_feed(&late, &framer, recording->bytes, recording->length, piece, true);
		assert_int_equal(late.count, recording->count);
		assert_int_equal(frames_damage(&late), 0);
	}
}

static void pieces_of_every_size_give_the_same_frames(void **state)
{
	struct small_recording recording = small_make(&plain, 5);

	(void)state;
	assert_framed_in_pieces(&recording);
	small_cut_header(&recording, 512);
	assert_framed_in_pieces(&recording);
	small_done(&recording);
	recording = small_make(&compressed, 7);
	assert_framed_in_pieces(&recording);
	small_done(&recording);
}

static void pieces_of_every_size_give_the_same_frames_of_many_recordings(void **state)
{
	struct small_recording all = make_concatenated();

	(void)state;
	assert_framed_in_pieces(&all);
	small_done(&all);
}

/* A buffer on its own is not kept waiting for the next: it may be long in coming. */
static void a_whole_buffer_needs_nothing_behind_it(void **state)
{
	static const struct etl_writer_options *const options[] = {&plain, &compressed};

	(void)state;
	for (size_t kind = 0; kind < 2; kind++) {
		struct small_recording recording = small_make(options[kind], 5);
		struct frames frames = {0};
		struct etl_framer framer;

		etl_framer_init(&framer);
		for (size_t i = 0; i < recording.count; i++) {
			size_t end = recording.at[i] + recording.size[i];

			frames_feed(&frames, &framer, recording.bytes, end, end, false);
			assert_int_equal(frames.looked, end);
			assert_int_equal(frames.count, i + 1);
		}
		small_done(&recording);
	}
}

/* Zeros in front of the buffer `index`, or behind the last: how often they are counted. */
static size_t count_zeros(const struct etl_writer_options *options, size_t index, size_t zeros,
			  size_t piece)
{
	struct small_recording recording = small_make(options, 4);
	struct frames frames;
	size_t counted;

	small_insert(&recording, index < 5 ? recording.at[index] : recording.length, 0, zeros);
	frames_all(&frames, recording.bytes, recording.length, piece);
	counted = frames.malformed[MALFORMED_BUFFER_ZEROS];
	assert_int_equal(frames_damage(&frames), counted);
	assert_int_equal(frames.skipped, zeros);
	for (size_t i = 0; i < recording.count; i++)
		assert_true(frames_has(&frames, recording.at[i], recording.size[i]));
	small_done(&recording);
	return counted;
}

static void zeros_between_buffers_are_counted_once(void **state)
{
	static const size_t pieces[] = {1, 7, 100, 1024, 1025, 100000};

	(void)state;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		for (size_t index = 0; index < 5; index++) {
			assert_int_equal(count_zeros(&plain, index, 1024, pieces[i]), 1);
			assert_int_equal(count_zeros(&plain, index, 3072, pieces[i]), 1);
			assert_int_equal(count_zeros(&compressed, index, 1024, pieces[i]), 1);
			assert_int_equal(count_zeros(&compressed, index, 1111, pieces[i]), 1);
		}
	}
}

static void zeros_to_the_end_are_damage_unless_the_file_was_preallocated(void **state)
{
	static const size_t pieces[] = {1, 100, 1024, 100000};
	struct etl_writer_options preallocated[] = {plain, compressed};

	(void)state;
	preallocated[0].log_file_mode = PREALLOCATE;
	preallocated[1].log_file_mode = PREALLOCATE;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		assert_int_equal(count_zeros(&plain, 5, 2048, pieces[i]), 1);
		assert_int_equal(count_zeros(&plain, 5, 2000, pieces[i]), 1);
		assert_int_equal(count_zeros(&compressed, 5, 2000, pieces[i]), 1);
		assert_int_equal(count_zeros(&preallocated[0], 5, 2048, pieces[i]), 0);
		assert_int_equal(count_zeros(&preallocated[0], 5, 2000, pieces[i]), 0);
		assert_int_equal(count_zeros(&preallocated[1], 5, 2000, pieces[i]), 0);
		/* Between its buffers they are damage of that file, too. */
		assert_int_equal(count_zeros(&preallocated[0], 3, 1024, pieces[i]), 1);
		assert_int_equal(count_zeros(&preallocated[1], 3, 1024, pieces[i]), 1);
	}
}

/* The size of the buffer behind the zeros begins with one, two or three zeros itself. */
static void zeros_do_not_eat_the_size_of_the_next_buffer(void **state)
{
	static const uint32_t sizes[] = {256, 512, 65536, 131072, ETL_BUFFER_MAX_BYTES};
	size_t zeros = 100;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint8_t *bytes = calloc(1, zeros + sizes[i]);
		struct frames frames;

		assert_non_null(bytes);
		put_le32(bytes + zeros, sizes[i]);
		put_le32(bytes + zeros + 0x30, sizes[i]);
		bytes[zeros + 0x4b] = 0xc0;
		frames_all(&frames, bytes, zeros + sizes[i], sizes[i] < 1000 ? 1 : sizes[i]);
		assert_int_equal(frames.count, 1);
		assert_int_equal(frames.buffers[0].at, zeros);
		assert_int_equal(frames.buffers[0].bytes, sizes[i]);
		assert_int_equal(frames.malformed[MALFORMED_BUFFER_ZEROS], 1);
		assert_int_equal(frames_damage(&frames), 1);
		free(bytes);
	}
}

static void zeros_behind_a_preallocated_recording_are_no_damage_before_the_next(void **state)
{
	struct etl_writer_options preallocated = plain;
	struct small_recording all, next;
	struct frames frames;

	(void)state;
	preallocated.log_file_mode = PREALLOCATE;
	for (int both = 0; both < 2; both++) {
		all = small_make(both ? &preallocated : &plain, 3);
		next = small_make(both ? &compressed : &preallocated, 3);
		small_insert(&all, all.length, 0, 4096);
		small_append(&all, &next);
		frames_all(&frames, all.bytes, all.length, 1000);
		assert_int_equal(frames.count, 8);
		assert_int_equal(frames_damage(&frames), both ? 0 : 1);
		small_done(&all);
	}
}

static void zeros_in_a_growing_file_are_waited_for(void **state)
{
	static const struct etl_writer_options *const options[] = {&plain, &compressed};

	(void)state;
	for (size_t kind = 0; kind < 2; kind++) {
		struct small_recording recording = small_make(options[kind], 3);
		size_t written = recording.at[3];
		struct frames frames = {0};
		struct etl_framer framer;
		uint8_t *bytes = calloc(1, recording.length);

		assert_non_null(bytes);
		memcpy(bytes, recording.bytes, written);
		etl_framer_init(&framer);
		framer.growing = true;
		for (int again = 0; again < 3; again++) {
			frames_feed(&frames, &framer, bytes, recording.length, 300, false);
			assert_int_equal(frames.looked, written);
			assert_int_equal(frames.count, 3);
		}
		frames_feed(&frames, &framer, recording.bytes, recording.length, 300, false);
		assert_int_equal(frames.count, 4);
		assert_int_equal(frames_damage(&frames), 0);
		assert_int_equal(etl_framer_end(&framer), MALFORMED_COUNT);
		free(bytes);
		small_done(&recording);
	}
}

static void bytes_that_are_no_recording_are_counted_once_and_skipped(void **state)
{
	static const uint8_t values[] = {0x01, 0x20, 'a', 0xff};
	uint8_t bytes[5000];
	struct frames frames;

	(void)state;
	for (size_t i = 0; i < sizeof(values); i++) {
		for (size_t piece = 1; piece <= sizeof(bytes); piece = piece * 3 + 1) {
			memset(bytes, values[i], sizeof(bytes));
			frames_all(&frames, bytes, sizeof(bytes), piece);
			assert_int_equal(frames.count, 0);
			assert_int_equal(frames.skipped, sizeof(bytes));
			assert_int_equal(frames.malformed[MALFORMED_BUFFER_HEADER], 1);
			assert_int_equal(frames_damage(&frames), 1);
		}
	}
}

/* Numbers that could be sizes and ends of data, where there is no buffer. */
static void sane_numbers_alone_are_no_buffer(void **state)
{
	uint8_t bytes[5000];
	struct frames frames;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i += 4)
		put_le32(bytes + i, 0x1000);
	for (size_t piece = 1; piece <= sizeof(bytes); piece = piece * 3 + 1) {
		frames_all(&frames, bytes, sizeof(bytes), piece);
		assert_int_equal(frames.count, 0);
		assert_int_equal(frames.malformed[MALFORMED_BUFFER_HEADER], 1);
	}
}

static void other_bytes_behind_zeros_are_counted_too(void **state)
{
	for (size_t piece = 1; piece <= 4096; piece *= 4) {
		struct small_recording recording = small_make(&compressed, 4);
		size_t at = recording.at[3];
		struct frames frames;

		small_insert(&recording, at, 'x', 100);
		small_insert(&recording, at, 0, 100);
		frames_all(&frames, recording.bytes, recording.length, piece);
		assert_int_equal(frames.count, 5);
		assert_int_equal(frames.skipped, 200);
		assert_int_equal(frames.malformed[MALFORMED_BUFFER_HEADER], 1);
		assert_int_equal(frames.malformed[MALFORMED_BUFFER_ZEROS], 1);
		assert_int_equal(frames_damage(&frames), 2);
		small_done(&recording);
	}
	(void)state;
}

/* Any kind of record may be the first of a buffer that is looked for. */
static void a_buffer_is_known_by_the_mark_of_its_first_record(void **state)
{
	static const uint8_t marks[] = {0xc0, 0x90, 0xb0};

	(void)state;
	for (size_t i = 0; i < sizeof(marks); i++) {
		struct small_recording recording = small_make(&plain, 3);
		struct frames frames;

		small_remove(&recording, 0, 1000);
		for (size_t buffer = 1; buffer < 4; buffer++)
			recording.bytes[recording.at[buffer] + 0x4b] = marks[i];
		frames_all(&frames, recording.bytes, recording.length, recording.length);
		assert_int_equal(frames.count, 3);
		assert_int_equal(frames.buffers[0].at, 24);
		small_done(&recording);
	}
}

static void a_recording_behind_other_bytes_is_found(void **state)
{
	static const size_t before[] = {1, 71, 72, 73, 1000};

	(void)state;
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		struct small_recording recording = small_make(&plain, 3);
		struct frames frames;

		small_insert(&recording, 0, 'x', before[i]);
		frames_all(&frames, recording.bytes, recording.length, 100);
		assert_int_equal(frames.count, 4);
		assert_int_equal(frames.skipped, before[i]);
		for (size_t buffer = 0; buffer < 4; buffer++)
			assert_true(frames_has(&frames, recording.at[buffer], 1024));
		assert_int_equal(frames_damage(&frames), 1);
		small_done(&recording);
	}
}

static void a_header_buffer_gives_its_record(void **state)
{
	struct small_recording recording = small_make(&plain, 1);
	struct event_record record;
	uint8_t *bytes = recording.bytes;

	(void)state;
	assert_true(etl_find_header(bytes, 1024, &record));
	assert_true(record.payload > bytes && record.payload < bytes + 1024);
	/* A data buffer; fewer bytes than the record or the buffer's header. */
	assert_false(etl_find_header(bytes + 1024, 1024, &record));
	assert_false(etl_find_header(bytes, 200, &record));
	assert_false(etl_find_header(bytes, 71, &record));
	assert_false(etl_find_header(bytes, 0, &record));
	/* An end of the data before the record's. */
	put_le32(bytes + 0x30, 200);
	assert_false(etl_find_header(bytes, 1024, &record));
	put_le32(bytes + 0x30, 71);
	assert_false(etl_find_header(bytes, 1024, &record));
	put_le32(bytes + 0x30, UINT32_MAX);
	assert_true(etl_find_header(bytes, 1024, &record));
	put_le16(bytes + 0x34, 0x40);
	assert_false(etl_find_header(bytes, 1024, &record));
	put_le16(bytes + 0x34, 0);
	bytes[0x48 + 6] = 5;
	assert_false(etl_find_header(bytes, 1024, &record));
	small_done(&recording);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_uncompressed_recording_is_framed_by_its_headers_size),
		cmocka_unit_test(a_compressed_recording_is_framed_by_its_buffers_sizes),
		cmocka_unit_test(
			a_recording_with_a_cut_header_buffer_is_framed_by_its_buffers_sizes),
		cmocka_unit_test(a_buffer_that_is_smaller_than_the_others_is_believed),
		cmocka_unit_test(an_empty_recording_is_its_header_buffer),
		cmocka_unit_test(recordings_one_behind_the_other_are_framed_each_its_own_way),
		cmocka_unit_test(pieces_of_every_size_give_the_same_frames),
		cmocka_unit_test(pieces_of_every_size_give_the_same_frames_of_many_recordings),
		cmocka_unit_test(a_whole_buffer_needs_nothing_behind_it),
		cmocka_unit_test(zeros_between_buffers_are_counted_once),
		cmocka_unit_test(zeros_to_the_end_are_damage_unless_the_file_was_preallocated),
		cmocka_unit_test(zeros_do_not_eat_the_size_of_the_next_buffer),
		cmocka_unit_test(
			zeros_behind_a_preallocated_recording_are_no_damage_before_the_next),
		cmocka_unit_test(zeros_in_a_growing_file_are_waited_for),
		cmocka_unit_test(bytes_that_are_no_recording_are_counted_once_and_skipped),
		cmocka_unit_test(sane_numbers_alone_are_no_buffer),
		cmocka_unit_test(other_bytes_behind_zeros_are_counted_too),
		cmocka_unit_test(a_buffer_is_known_by_the_mark_of_its_first_record),
		cmocka_unit_test(a_recording_behind_other_bytes_is_found),
		cmocka_unit_test(a_header_buffer_gives_its_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
