/* Pages of a Linux ring buffer, laid out byte by byte beside what they mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/record/ftrace.h"

#define PAGE_BYTES 4096
#define TIME	   UINT64_C(0x0000123456789abc)
#define MISSING	   0x80000000u
#define STORED	   0x40000000u

enum {
	PADDING = 29,
	TIME_EXTEND = 30,
	TIME_STAMP = 31
};

/* A page that is being written, and a walk over it. */
struct rig {
	uint8_t *page; /* of its own allocation: sanitizers see what reaches beyond it */
	struct ftrace_frame frame;
	size_t end; /* of the events */
	struct ftrace_cursor cursor;
	struct event_record record;
};

static void put_le64(uint8_t *at, uint64_t value)
{
	put_le32(at, (uint32_t)value);
	put_le32(at + 4, (uint32_t)(value >> 32));
}

static void commit(struct rig *rig, uint32_t flags)
{
	put_le32(rig->page + 8, (uint32_t)(rig->end - rig->frame.data_at) | flags);
}

static void begin_sized(struct rig *rig, size_t page_bytes, uint16_t data_at)
{
	memset(rig, 0, sizeof(*rig));
	rig->page = calloc(1, page_bytes);
	assert_non_null(rig->page);
	put_le64(rig->page, TIME);
	rig->frame = (struct ftrace_frame){(uint32_t)page_bytes, data_at, 3, data_at, 4};
	rig->end = data_at;
}

static void begin(struct rig *rig)
{
	begin_sized(rig, PAGE_BYTES, 16);
}

static void add_word(struct rig *rig, uint32_t word)
{
	assert_true(rig->end + 4 <= rig->frame.page_bytes);
	put_le32(rig->page + rig->end, word);
	rig->end += 4;
}

static void add_header(struct rig *rig, uint32_t type, uint32_t delta)
{
	add_word(rig, type | delta << 5);
}

/* Of so many words: type, flags and preemption count, PID, then what counts up. */
static void add_data(struct rig *rig, uint32_t words, uint16_t id, uint32_t pid)
{
	uint32_t i;

	for (i = 0; i < words; i++)
		add_word(rig, i == 0 ? id | 0x02010000u : i == 1 ? pid : 0x03020100u + i);
}

static void add_event(struct rig *rig, uint32_t delta, uint32_t words, uint16_t id)
{
	add_header(rig, words, delta);
	add_data(rig, words, id, 1000u + id);
}

static bool walk(struct rig *rig)
{
	bool fits = ftrace_walk(&rig->cursor, &rig->frame, rig->page);

	memset(&rig->record, 0xee, sizeof(rig->record));
	return fits;
}

static void begin_walk(struct rig *rig)
{
	commit(rig, 0);
	assert_true(walk(rig));
}

static void assert_record(struct rig *rig, uint16_t id, uint64_t time)
{
	assert_int_equal(ftrace_next(&rig->cursor, &rig->record), FTRACE_RECORD);
	assert_int_equal(rig->record.id, id);
	assert_int_equal(rig->record.timestamp, time);
}

static void end(struct rig *rig, enum ftrace_next expected)
{
	assert_int_equal(ftrace_next(&rig->cursor, &rig->record), expected);
	free(rig->page);
}

static void every_short_type_is_a_record_of_that_many_words(void **state)
{
	struct rig rig;
	uint32_t words;
	uint64_t time = TIME;

	(void)state;
	begin(&rig);
	for (words = 2; words < PADDING; words++)
		add_event(&rig, words, words, (uint16_t)words);
	begin_walk(&rig);
	for (words = 2; words < PADDING; words++) {
		time += words;
		assert_record(&rig, (uint16_t)words, time);
		assert_int_equal(rig.record.payload_bytes, 4 * words);
	}
	end(&rig, FTRACE_END);
}

static void a_record_has_what_its_page_and_its_common_fields_say(void **state)
{
	static const uint8_t no_guid[16];
	struct rig rig;

	(void)state;
	begin(&rig);
	add_header(&rig, 3, 7);
	add_data(&rig, 3, 0xa1a2, 0xb1b2b3b4);
	begin_walk(&rig);
	assert_record(&rig, 0xa1a2, TIME + 7);
	assert_memory_equal(rig.record.guid, no_guid, 16);
	assert_ptr_equal(rig.record.payload, rig.page + 20);
	assert_int_equal(rig.record.payload_bytes, 12);
	assert_int_equal(rig.record.pid, 0xb1b2b3b4);
	assert_int_equal(rig.record.tid, 0xb1b2b3b4);
	assert_int_equal(rig.record.cpu, 3);
	assert_int_equal(rig.record.version, 4);
	assert_int_equal(rig.record.kind, RECORD_FTRACE);
	assert_int_equal(rig.record.pointer_bytes, 8);
	assert_true(rig.record.has_time);
	assert_null(rig.record.schema);
	assert_null(rig.record.traits);
	end(&rig, FTRACE_END);
}

static void the_length_of_a_long_record_counts_its_own_word(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig);
	add_header(&rig, 0, 5);
	add_word(&rig, 4 + 40 * 4);
	add_data(&rig, 40, 1, 2);
	add_event(&rig, 1, 2, 9);
	begin_walk(&rig);
	assert_record(&rig, 1, TIME + 5);
	assert_int_equal(rig.record.payload_bytes, 160);
	assert_record(&rig, 9, TIME + 6);
	end(&rig, FTRACE_END);
}

static void a_time_extend_is_no_record_and_adds_59_bits(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig);
	add_header(&rig, TIME_EXTEND, 0x7ffffff);
	add_word(&rig, 0x12345678);
	add_event(&rig, 2, 2, 1);
	begin_walk(&rig);
	assert_record(&rig, 1, TIME + (UINT64_C(0x12345678) << 27) + 0x7ffffff + 2);
	end(&rig, FTRACE_END);
}

static void add_stamp(struct rig *rig, uint64_t stamp)
{
	add_header(rig, TIME_STAMP, stamp & 0x7ffffff);
	add_word(rig, (uint32_t)(stamp >> 27));
}

static void an_absolute_stamp_replaces_the_time(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig);
	add_stamp(&rig, 0x123456789abcdef);
	add_event(&rig, 3, 2, 1);
	begin_walk(&rig);
	assert_record(&rig, 1, 0x123456789abcdef + 3);
	end(&rig, FTRACE_END);
}

static void assert_stamp(uint64_t before, uint64_t stamp, uint64_t expected)
{
	struct rig rig;

	begin(&rig);
	put_le64(rig.page, before);
	add_stamp(&rig, stamp);
	add_event(&rig, 0, 2, 1);
	begin_walk(&rig);
	assert_record(&rig, 1, expected);
	end(&rig, FTRACE_END);
}

static void the_upper_bits_of_an_absolute_stamp_are_those_of_the_time_before(void **state)
{
	(void)state;
	assert_stamp(UINT64_C(0xa812345678901234), UINT64_C(0x012345678901235),
		     UINT64_C(0xa812345678901235));
	/* The stamp would go back: its upper bits went on by one. */
	assert_stamp(UINT64_C(0xa812345678901234), UINT64_C(0x012345678901233),
		     UINT64_C(0xb012345678901233));
	/* Without upper bits nothing says that. */
	assert_stamp(UINT64_C(0x0012345678901234), UINT64_C(0x012345678901233),
		     UINT64_C(0x0012345678901233));
}

static void padding_ends_the_events_whatever_is_behind_it(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig);
	add_event(&rig, 1, 2, 1);
	add_header(&rig, PADDING, 0);
	add_event(&rig, 1, 2, 2);
	begin_walk(&rig);
	assert_record(&rig, 1, TIME + 1);
	end(&rig, FTRACE_END);
}

static void a_discarded_event_is_stepped_over_and_adds_its_time(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig);
	add_header(&rig, PADDING, 100);
	add_word(&rig, 4 + 3 * 4);
	add_data(&rig, 3, 1, 1);
	add_event(&rig, 2, 2, 2);
	begin_walk(&rig);
	assert_record(&rig, 2, TIME + 102);
	end(&rig, FTRACE_END);
}

static void a_page_of_a_32_bit_kernel_has_a_header_of_12_bytes(void **state)
{
	struct rig rig;

	(void)state;
	begin_sized(&rig, PAGE_BYTES, 12);
	add_event(&rig, 1, 4, 1);
	begin_walk(&rig);
	assert_record(&rig, 1, TIME + 1);
	assert_ptr_equal(rig.record.payload, rig.page + 16);
	assert_int_equal(rig.record.pointer_bytes, 4);
	end(&rig, FTRACE_END);
}

static void a_page_without_events_is_none(void **state)
{
	struct rig rig;

	(void)state;
	begin_sized(&rig, 16, 16);
	begin_walk(&rig);
	assert_false(rig.cursor.is_missing);
	end(&rig, FTRACE_END);
}

static void what_was_delivered_before_counts_for_the_time_alone(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig);
	add_event(&rig, 10, 2, 1);
	add_header(&rig, TIME_EXTEND, 0);
	add_word(&rig, 1);
	rig.frame.from = (uint32_t)rig.end;
	add_event(&rig, 10, 2, 2);
	begin_walk(&rig);
	assert_record(&rig, 2, TIME + 20 + (1 << 27));
	end(&rig, FTRACE_END);
}

static void nothing_is_left_where_all_was_delivered_before(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig);
	add_event(&rig, 10, 2, 1);
	rig.frame.from = (uint32_t)rig.end;
	begin_walk(&rig);
	end(&rig, FTRACE_END);
}

static void assert_missing(uint32_t flags, uint16_t data_at, uint32_t from, uint64_t missed)
{
	struct rig rig;

	begin_sized(&rig, PAGE_BYTES, data_at);
	add_event(&rig, 1, 2, 1);
	put_le64(rig.page + rig.end, UINT64_C(0x100000002));
	commit(&rig, flags);
	rig.frame.from = from;
	assert_true(walk(&rig));
	assert_int_equal(rig.cursor.is_missing, (flags & MISSING) && from <= data_at);
	assert_int_equal(rig.cursor.missed, missed);
	free(rig.page);
}

static void missing_events_are_told_with_their_number_where_it_is_stored(void **state)
{
	(void)state;
	assert_missing(0, 16, 16, 0);
	assert_missing(MISSING, 16, 16, 0);
	assert_missing(MISSING | STORED, 16, 16, UINT64_C(0x100000002));
	assert_missing(MISSING | STORED, 16, 0, UINT64_C(0x100000002));
	assert_missing(MISSING | STORED, 12, 12, 2);
	assert_missing(STORED, 16, 16, 0);
}

static void missing_events_are_told_once_of_a_page_that_comes_in_parts(void **state)
{
	(void)state;
	assert_missing(MISSING | STORED, 16, 28, 0);
}

static void a_number_of_missing_events_that_does_not_fit_is_not_read(void **state)
{
	struct rig rig;

	(void)state;
	begin_sized(&rig, 16 + 12 + 7, 16);
	add_event(&rig, 1, 2, 1);
	commit(&rig, MISSING | STORED);
	assert_true(walk(&rig));
	assert_true(rig.cursor.is_missing);
	assert_int_equal(rig.cursor.missed, 0);
	assert_record(&rig, 1, TIME + 1);
	end(&rig, FTRACE_END);
}

static void assert_no_walk(struct rig *rig)
{
	assert_false(walk(rig));
	assert_false(rig->cursor.is_missing);
	assert_int_equal(rig->cursor.missed, 0);
	end(rig, FTRACE_END);
}

static void a_header_that_does_not_fit_is_damage(void **state)
{
	static const uint16_t places[] = {0, 8, 11, 13, 15, 17, 24, UINT16_MAX};
	struct rig rig;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		begin(&rig);
		rig.frame.data_at = places[i];
		assert_no_walk(&rig);
	}
	begin_sized(&rig, 16, 16);
	rig.frame.page_bytes = 15;
	assert_no_walk(&rig);
	begin(&rig);
	rig.frame.from = PAGE_BYTES + 1;
	assert_no_walk(&rig);
	begin(&rig);
	put_le32(rig.page + 8, PAGE_BYTES - 16 + 1);
	assert_no_walk(&rig);
}

static void damage_in_what_was_delivered_before_leaves_nothing(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig);
	add_header(&rig, 0, 1);
	add_word(&rig, PAGE_BYTES);
	add_event(&rig, 1, 2, 1);
	add_event(&rig, 1, 2, 2);
	commit(&rig, 0);
	rig.frame.from = (uint32_t)rig.end;
	assert_no_walk(&rig);
}

static void assert_bad(struct rig *rig)
{
	begin_walk(rig);
	assert_record(rig, 1, TIME + 1);
	end(rig, FTRACE_BAD);
}

static void begin_with_one(struct rig *rig)
{
	begin(rig);
	add_event(rig, 1, 2, 1);
}

static void a_record_that_reaches_past_the_events_is_damage(void **state)
{
	struct rig rig;

	(void)state;
	begin_with_one(&rig);
	add_header(&rig, 4, 1);
	add_data(&rig, 3, 2, 2);
	assert_bad(&rig);
	begin_with_one(&rig);
	add_header(&rig, 0, 1);
	add_word(&rig, 4 + 13);
	add_data(&rig, 3, 2, 2);
	assert_bad(&rig);
}

static void a_record_too_short_for_the_common_fields_is_damage(void **state)
{
	struct rig rig;

	(void)state;
	begin_with_one(&rig);
	add_event(&rig, 1, 1, 2);
	assert_bad(&rig);
	begin_with_one(&rig);
	add_header(&rig, 0, 1);
	add_word(&rig, 4 + 7);
	add_data(&rig, 2, 2, 2);
	assert_bad(&rig);
}

static void a_length_shorter_than_its_own_word_is_damage(void **state)
{
	struct rig rig;

	(void)state;
	begin_with_one(&rig);
	add_header(&rig, 0, 1);
	add_word(&rig, 3);
	assert_bad(&rig);
	begin_with_one(&rig);
	add_header(&rig, PADDING, 1);
	add_word(&rig, 0);
	assert_bad(&rig);
}

static void a_second_word_that_is_missing_is_damage(void **state)
{
	static const uint32_t types[] = {0, PADDING, TIME_EXTEND, TIME_STAMP};
	struct rig rig;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		begin_with_one(&rig);
		add_header(&rig, types[i], 1);
		assert_bad(&rig);
	}
}

static void a_rest_too_short_for_a_header_is_damage(void **state)
{
	struct rig rig;

	(void)state;
	begin_with_one(&rig);
	rig.end += 3;
	assert_bad(&rig);
}

static void a_discarded_event_that_reaches_past_the_events_is_damage(void **state)
{
	struct rig rig;

	(void)state;
	begin_with_one(&rig);
	add_header(&rig, PADDING, 1);
	add_word(&rig, 4 + 5);
	add_word(&rig, 0);
	assert_bad(&rig);
}

static void a_long_record_of_no_bytes_is_passed_over(void **state)
{
	struct rig rig;

	(void)state;
	begin_with_one(&rig);
	add_header(&rig, 0, 1);
	add_word(&rig, 4);
	add_event(&rig, 1, 2, 2);
	begin_walk(&rig);
	assert_record(&rig, 1, TIME + 1);
	assert_record(&rig, 2, TIME + 3);
	end(&rig, FTRACE_END);
}

static void assert_frame(const struct ftrace_frame *frame, const struct ftrace_frame *expected)
{
	assert_int_equal(frame->page_bytes, expected->page_bytes);
	assert_int_equal(frame->from, expected->from);
	assert_int_equal(frame->cpu, expected->cpu);
	assert_int_equal(frame->data_at, expected->data_at);
	assert_int_equal(frame->version, expected->version);
}

/* Frames stand one behind the other, each a multiple of FTRACE_ALIGN long. */
static void frames_are_taken_one_behind_the_other(void **state)
{
	const struct ftrace_frame first = {20, 16, 1, 16, 65535},
				  second = {4096, 4000, 65535, 12, 0};
	uint8_t bytes[16 + 24 + 16 + 4096 + 15] = {0};
	struct bytes rest = {bytes, sizeof(bytes)};
	struct ftrace_frame frame;

	(void)state;
	assert_int_equal(ftrace_frame_size(20), 40);
	ftrace_frame_write(bytes, &first);
	ftrace_frame_write(bytes + 40, &second);
	assert_ptr_equal(ftrace_frame_take(&rest, &frame), bytes + 16);
	assert_frame(&frame, &first);
	assert_ptr_equal(ftrace_frame_take(&rest, &frame), bytes + 56);
	assert_frame(&frame, &second);
	assert_null(ftrace_frame_take(&rest, &frame));
}

static void a_frame_that_does_not_fit_is_none(void **state)
{
	static const uint32_t sizes[] = {9, 16, 1u << 20, UINT32_MAX - 8, UINT32_MAX};
	uint8_t bytes[16 + 8];
	struct ftrace_frame frame;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct bytes rest = {bytes, sizeof(bytes)};

		frame = (struct ftrace_frame){sizes[i], 16, 0, 16, 0};
		ftrace_frame_write(bytes, &frame);
		assert_null(ftrace_frame_take(&rest, &frame));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_short_type_is_a_record_of_that_many_words),
		cmocka_unit_test(a_record_has_what_its_page_and_its_common_fields_say),
		cmocka_unit_test(the_length_of_a_long_record_counts_its_own_word),
		cmocka_unit_test(a_time_extend_is_no_record_and_adds_59_bits),
		cmocka_unit_test(an_absolute_stamp_replaces_the_time),
		cmocka_unit_test(the_upper_bits_of_an_absolute_stamp_are_those_of_the_time_before),
		cmocka_unit_test(padding_ends_the_events_whatever_is_behind_it),
		cmocka_unit_test(a_discarded_event_is_stepped_over_and_adds_its_time),
		cmocka_unit_test(a_page_of_a_32_bit_kernel_has_a_header_of_12_bytes),
		cmocka_unit_test(a_page_without_events_is_none),
		cmocka_unit_test(what_was_delivered_before_counts_for_the_time_alone),
		cmocka_unit_test(nothing_is_left_where_all_was_delivered_before),
		cmocka_unit_test(missing_events_are_told_with_their_number_where_it_is_stored),
		cmocka_unit_test(missing_events_are_told_once_of_a_page_that_comes_in_parts),
		cmocka_unit_test(a_number_of_missing_events_that_does_not_fit_is_not_read),
		cmocka_unit_test(a_header_that_does_not_fit_is_damage),
		cmocka_unit_test(damage_in_what_was_delivered_before_leaves_nothing),
		cmocka_unit_test(a_record_that_reaches_past_the_events_is_damage),
		cmocka_unit_test(a_record_too_short_for_the_common_fields_is_damage),
		cmocka_unit_test(a_length_shorter_than_its_own_word_is_damage),
		cmocka_unit_test(a_second_word_that_is_missing_is_damage),
		cmocka_unit_test(a_rest_too_short_for_a_header_is_damage),
		cmocka_unit_test(a_discarded_event_that_reaches_past_the_events_is_damage),
		cmocka_unit_test(a_long_record_of_no_bytes_is_passed_over),
		cmocka_unit_test(frames_are_taken_one_behind_the_other),
		cmocka_unit_test(a_frame_that_does_not_fit_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
