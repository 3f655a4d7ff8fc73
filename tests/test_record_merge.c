/* Records of several runs, in the order of their times. The bytes of trace buffers are overwritten
 * as soon as they may be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/aggregator/record_merge.h"
#include "tests/support/etl_writer.h"
#include "tests/support/random.h"

#define DATA_AT	   16
#define EVENT	   20 /* bytes: an absolute stamp, a header, the common fields */
#define TYPE_STAMP 31

struct rig {
	struct session_health health;
	struct buffer_walk walk;
	struct record_merge merge;
};

static void begin(struct rig *rig)
{
	memset(rig, 0, sizeof(*rig));
	session_health_init(&rig->health);
	rig->walk.health = &rig->health;
	record_merge_init(&rig->merge, &rig->walk);
}

static void end(struct rig *rig)
{
	record_merge_done(&rig->merge);
	buffer_walk_done(&rig->walk);
}

/* A page with an event for each time, each with a PID that says which one it is. */
struct run {
	uint8_t *page;
	size_t bytes;
	struct record_cursor cursor;
};

static void make_run(struct run *run, uint16_t cpu, const uint64_t *times, size_t count,
		     uint32_t first_pid)
{
	struct ftrace_frame frame = {(uint32_t)(DATA_AT + count * EVENT), DATA_AT, cpu, DATA_AT, 0};
	uint8_t *at;
	size_t i;

	run->bytes = frame.page_bytes;
	run->page = calloc(1, run->bytes);
	assert_non_null(run->page);
	put_le32(run->page + 8, (uint32_t)(count * EVENT));
	for (i = 0, at = run->page + DATA_AT; i < count; i++, at += EVENT) {
		put_le32(at, TYPE_STAMP | (uint32_t)(times[i] & 0x7ffffff) << 5);
		put_le32(at + 4, (uint32_t)(times[i] >> 27));
		put_le32(at + 8, 2);
		put_le32(at + 12, cpu);
		put_le32(at + 16, first_pid + (uint32_t)i);
	}
	run->cursor.is_ftrace = true;
	assert_true(ftrace_walk(&run->cursor.ftrace, &frame, run->page));
}

static void poison(struct run *run)
{
	memset(run->page, 0xff, run->bytes);
	free(run->page);
	run->page = NULL;
}

static void add(struct rig *rig, struct run *run)
{
	assert_int_equal(record_merge_add(&rig->merge, &run->cursor, false), 0);
}

static void add_times(struct rig *rig, struct run *run, uint16_t cpu, uint32_t first_pid,
		      size_t count, const uint64_t *times)
{
	make_run(run, cpu, times, count, first_pid);
	add(rig, run);
}

#define ADD(rig, run, cpu, pid, ...)                                                        \
	add_times(rig, run, cpu, pid, sizeof((uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t), \
		  (const uint64_t[]){__VA_ARGS__})

static void assert_next(struct rig *rig, uint64_t until, uint64_t time, uint32_t pid)
{
	const struct event_record *record = record_merge_next(&rig->merge, until);

	assert_non_null(record);
	assert_int_equal(record->timestamp, time);
	assert_int_equal(record->pid, pid);
	assert_int_equal(le32(record->payload + 4), pid);
}

static void assert_none(struct rig *rig, uint64_t until)
{
	assert_null(record_merge_next(&rig->merge, until));
}

static uint64_t unordered(struct rig *rig)
{
	return health_get(&rig->health.events_unordered);
}

static void nothing_comes_of_nothing(void **state)
{
	struct rig rig;
	struct run run;

	(void)state;
	begin(&rig);
	assert_none(&rig, UINT64_MAX);
	make_run(&run, 0, NULL, 0, 0);
	add(&rig, &run);
	assert_none(&rig, UINT64_MAX);
	assert_true(record_merge_keep(&rig.merge));
	poison(&run);
	end(&rig);
}

static void records_of_several_runs_come_by_their_times(void **state)
{
	struct run runs[3];
	struct rig rig;
	size_t i;

	(void)state;
	begin(&rig);
	ADD(&rig, &runs[0], 0, 10, 100, 400, 600);
	ADD(&rig, &runs[1], 1, 20, 200, 300, 700);
	ADD(&rig, &runs[2], 2, 30, 500);
	assert_next(&rig, UINT64_MAX, 100, 10);
	assert_next(&rig, UINT64_MAX, 200, 20);
	assert_next(&rig, UINT64_MAX, 300, 21);
	assert_next(&rig, UINT64_MAX, 400, 11);
	assert_next(&rig, UINT64_MAX, 500, 30);
	assert_next(&rig, UINT64_MAX, 600, 12);
	assert_next(&rig, UINT64_MAX, 700, 22);
	assert_none(&rig, UINT64_MAX);
	assert_int_equal(unordered(&rig), 0);
	for (i = 0; i < 3; i++)
		poison(&runs[i]);
	end(&rig);
}

static void of_equal_times_the_run_that_came_first_comes_first(void **state)
{
	struct run runs[3];
	struct rig rig;
	size_t i;

	(void)state;
	begin(&rig);
	ADD(&rig, &runs[0], 2, 10, 100, 100);
	ADD(&rig, &runs[1], 1, 20, 100, 100);
	ADD(&rig, &runs[2], 0, 30, 50, 100);
	assert_next(&rig, UINT64_MAX, 50, 30);
	assert_next(&rig, UINT64_MAX, 100, 10);
	assert_next(&rig, UINT64_MAX, 100, 11);
	assert_next(&rig, UINT64_MAX, 100, 20);
	assert_next(&rig, UINT64_MAX, 100, 21);
	assert_next(&rig, UINT64_MAX, 100, 31);
	assert_none(&rig, UINT64_MAX);
	assert_int_equal(unordered(&rig), 0);
	for (i = 0; i < 3; i++)
		poison(&runs[i]);
	end(&rig);
}

static void records_from_the_limit_on_wait(void **state)
{
	struct rig rig;
	struct run run;

	(void)state;
	begin(&rig);
	ADD(&rig, &run, 0, 1, 100, 200, 300);
	assert_none(&rig, 100);
	assert_next(&rig, 101, 100, 1);
	assert_none(&rig, 101);
	assert_none(&rig, 200);
	assert_next(&rig, 300, 200, 2);
	assert_none(&rig, 300);
	assert_next(&rig, UINT64_MAX, 300, 3);
	assert_none(&rig, UINT64_MAX);
	poison(&run);
	end(&rig);
}

static void what_was_kept_outlives_its_trace_buffer(void **state)
{
	struct run first, second, third;
	struct rig rig;

	(void)state;
	begin(&rig);
	ADD(&rig, &first, 0, 10, 100, 300, 500);
	assert_next(&rig, 200, 100, 10);
	assert_none(&rig, 200);
	assert_true(record_merge_keep(&rig.merge));
	poison(&first);
	ADD(&rig, &second, 1, 20, 200, 400);
	assert_next(&rig, 350, 200, 20);
	assert_next(&rig, 350, 300, 11);
	assert_none(&rig, 350);
	assert_true(record_merge_keep(&rig.merge));
	poison(&second);
	assert_next(&rig, UINT64_MAX, 400, 21);
	assert_next(&rig, UINT64_MAX, 500, 12);
	assert_none(&rig, UINT64_MAX);
	assert_int_equal(rig.merge.kept_bytes, 0);
	/* The room is used again. */
	ADD(&rig, &third, 0, 30, 600, 700);
	assert_true(record_merge_keep(&rig.merge));
	poison(&third);
	assert_next(&rig, UINT64_MAX, 600, 30);
	assert_next(&rig, UINT64_MAX, 700, 31);
	assert_none(&rig, UINT64_MAX);
	end(&rig);
}

static void what_passes_may_go_at_once(void **state)
{
	const uint64_t times[] = {100, 200};
	struct rig rig;
	struct run run;
	uint32_t i;

	(void)state;
	begin(&rig);
	for (i = 0; i < 3; i++) {
		make_run(&run, 0, times, 2, 10 * i);
		assert_int_equal(record_merge_add(&rig.merge, &run.cursor, true), 0);
		poison(&run);
	}
	make_run(&run, 0, NULL, 0, 0);
	assert_int_equal(record_merge_add(&rig.merge, &run.cursor, true), 0);
	poison(&run);
	for (i = 0; i < 6; i++)
		assert_next(&rig, UINT64_MAX, times[i / 3], i < 3 ? 10 * i : 10 * (i - 3) + 1);
	assert_none(&rig, UINT64_MAX);
	assert_int_equal(rig.merge.kept_bytes, 0);
	end(&rig);
}

static void a_time_that_goes_back_in_a_run_comes_where_it_stands_and_is_counted(void **state)
{
	struct run first, second;
	struct rig rig;

	(void)state;
	begin(&rig);
	ADD(&rig, &first, 0, 10, 100, 300, 200, 400);
	ADD(&rig, &second, 1, 20, 250, 350);
	assert_next(&rig, UINT64_MAX, 100, 10);
	assert_next(&rig, UINT64_MAX, 250, 20);
	assert_next(&rig, UINT64_MAX, 300, 11);
	assert_next(&rig, UINT64_MAX, 200, 12);
	assert_int_equal(unordered(&rig), 1);
	assert_next(&rig, UINT64_MAX, 350, 21);
	assert_next(&rig, UINT64_MAX, 400, 13);
	assert_none(&rig, UINT64_MAX);
	assert_int_equal(unordered(&rig), 1);
	poison(&first);
	poison(&second);
	end(&rig);
}

static void a_run_that_comes_too_late_is_delivered_and_counted(void **state)
{
	struct run first, second;
	struct rig rig;

	(void)state;
	begin(&rig);
	ADD(&rig, &first, 0, 10, 100, 300);
	assert_next(&rig, UINT64_MAX, 100, 10);
	assert_next(&rig, UINT64_MAX, 300, 11);
	assert_none(&rig, UINT64_MAX);
	ADD(&rig, &second, 1, 20, 200, 299, 300);
	assert_next(&rig, UINT64_MAX, 200, 20);
	assert_next(&rig, UINT64_MAX, 299, 21);
	assert_next(&rig, UINT64_MAX, 300, 22);
	assert_int_equal(unordered(&rig), 2);
	poison(&first);
	poison(&second);
	end(&rig);
}

static void times_of_another_recording_are_not_behind(void **state)
{
	struct run first, second;
	struct rig rig;

	(void)state;
	begin(&rig);
	ADD(&rig, &first, 0, 10, 500);
	assert_next(&rig, UINT64_MAX, 500, 10);
	assert_none(&rig, UINT64_MAX);
	record_merge_restart(&rig.merge);
	ADD(&rig, &second, 0, 20, 100);
	assert_next(&rig, UINT64_MAX, 100, 20);
	assert_int_equal(unordered(&rig), 0);
	poison(&first);
	poison(&second);
	end(&rig);
}

static void damage_ends_its_run_alone_and_is_counted(void **state)
{
	const uint64_t times[] = {100, 300};
	struct run first, second;
	struct rig rig;

	(void)state;
	begin(&rig);
	make_run(&first, 0, times, 2, 10);
	/* The second record: a length that reaches past the page. */
	put_le32(first.page + DATA_AT + EVENT + 8, 28);
	add(&rig, &first);
	ADD(&rig, &second, 1, 20, 200, 400);
	assert_next(&rig, UINT64_MAX, 100, 10);
	assert_next(&rig, UINT64_MAX, 200, 20);
	assert_next(&rig, UINT64_MAX, 400, 21);
	assert_none(&rig, UINT64_MAX);
	assert_int_equal(health_get(&rig.health.malformed[MALFORMED_PAGE_EVENT]), 1);
	poison(&first);
	poison(&second);
	end(&rig);
}

/* The first buffer of a recording of ETW behind the header's. */
static struct record_cursor cursor_of(struct etl_writer *writer)
{
	struct record_cursor cursor = {.is_ftrace = false};
	struct etl_buffer buffer;
	const uint8_t *at;
	size_t length;

	at = etl_writer_finish(writer, &length) + etl_buffer_offset(writer, 1);
	etl_buffer_read(at, &buffer);
	etl_walk(&cursor.etl, at + ETL_BUFFER_HEADER_BYTES,
		 buffer.data_end - ETL_BUFFER_HEADER_BYTES, buffer.cpu);
	return cursor;
}

static void write_event_with_items(struct etl_writer *writer, uint64_t time, uint16_t id)
{
	static const uint8_t traits[] = {6, 0, 'p', 'r', 'o', 0};
	static const uint8_t schema[] = {7, 0, 0, 0, 'e', 'v', 0};
	const struct etl_item items[] = {{12, traits, sizeof(traits)},
					 {11, schema, sizeof(schema)}};
	const struct etl_event event = {.time = time,
					.id = id,
					.guid = {0x77},
					.activity_id = {0x66},
					.items = items,
					.item_count = 2,
					.payload = "payload",
					.payload_bytes = 8};

	etl_write_event(writer, &event, 8);
}

static const struct event_record *next_event(struct rig *rig, uint64_t until, uint16_t id)
{
	const struct event_record *record = record_merge_next(&rig->merge, until);

	assert_non_null(record);
	assert_int_equal(record->id, id);
	assert_int_equal(record->guid[0], 0x77);
	assert_int_equal(event_record_activity_id(record)[0], 0x66);
	assert_string_equal((const char *)record->payload, "payload");
	assert_non_null(record->schema);
	assert_memory_equal(record->schema + record->schema_bytes - 3, "ev", 3);
	assert_non_null(record->traits);
	assert_memory_equal(record->traits + record->traits_bytes - 4, "pro", 4);
	return record;
}

static void all_that_a_kept_record_points_to_is_kept(void **state)
{
	struct etl_writer *writer = etl_writer_new(NULL);
	struct record_cursor cursor;
	struct rig rig;

	(void)state;
	begin(&rig);
	write_event_with_items(writer, 1000000100, 1);
	write_event_with_items(writer, 1000000200, 2);
	cursor = cursor_of(writer);
	assert_int_equal(record_merge_add(&rig.merge, &cursor, false), 0);
	assert_none(&rig, 1);
	assert_true(record_merge_keep(&rig.merge));
	memset((void *)(uintptr_t)cursor.etl.at, 0xff, (size_t)(cursor.etl.end - cursor.etl.at));
	etl_writer_free(writer);
	next_event(&rig, UINT64_MAX, 1);
	next_event(&rig, UINT64_MAX, 2);
	assert_none(&rig, UINT64_MAX);
	end(&rig);
}

static void a_record_without_a_time_comes_behind_the_one_before_it(void **state)
{
	static const struct etl_wpp message = {
		.number = 7, .flags = 0x22, .guid = {0x55}, .payload = "x", .payload_bytes = 1};
	struct etl_writer *writer = etl_writer_new(NULL);
	const struct event_record *record;
	struct record_cursor cursor;
	struct run other;
	struct rig rig;

	(void)state;
	begin(&rig);
	etl_write_wpp(writer, &message);
	write_event_with_items(writer, 1000000100, 1);
	etl_write_wpp(writer, &message);
	write_event_with_items(writer, 1000000300, 2);
	cursor = cursor_of(writer);
	assert_int_equal(record_merge_add(&rig.merge, &cursor, false), 0);
	ADD(&rig, &other, 1, 20, 1000000050, 1000000200);
	record = record_merge_next(&rig.merge, 1);
	assert_non_null(record);
	assert_false(record->has_time);
	assert_none(&rig, 1);
	assert_next(&rig, UINT64_MAX, 1000000050, 20);
	next_event(&rig, UINT64_MAX, 1);
	record = record_merge_next(&rig.merge, UINT64_MAX);
	assert_non_null(record);
	assert_false(record->has_time);
	assert_next(&rig, UINT64_MAX, 1000000200, 21);
	next_event(&rig, UINT64_MAX, 2);
	assert_none(&rig, UINT64_MAX);
	assert_int_equal(unordered(&rig), 0);
	poison(&other);
	etl_writer_free(writer);
	end(&rig);
}

/* Keeps runs of one page each until that is refused; how many were added. */
static size_t add_until_full(struct rig *rig, const uint64_t *times, size_t count, size_t limit)
{
	size_t added = 0;
	struct run run;
	bool fits = true;

	while (fits && added < limit) {
		make_run(&run, 0, times, count, 0);
		add(rig, &run);
		added++;
		fits = record_merge_keep(&rig->merge);
		poison(&run);
	}
	return added;
}

static size_t count_all(struct rig *rig)
{
	size_t count = 0;

	while (record_merge_next(&rig->merge, UINT64_MAX))
		count++;
	return count;
}

static void more_than_the_cap_is_not_kept(void **state)
{
	enum {
		EVENTS = 100000
	};
	uint64_t *times = calloc(EVENTS, sizeof(*times));
	struct rig rig;
	size_t added, i;

	(void)state;
	assert_non_null(times);
	for (i = 0; i < EVENTS; i++)
		times[i] = 1000 + i;
	begin(&rig);
	added = add_until_full(&rig, times, EVENTS, 1000);
	assert_int_equal(added, RECORD_MERGE_BYTES_MAX / (EVENTS * EVENT) + 1);
	assert_int_equal(count_all(&rig), added * EVENTS);
	assert_int_equal(rig.merge.kept_bytes, 0);
	assert_true(record_merge_keep(&rig.merge));
	end(&rig);
	free(times);
}

static void many_small_runs_come_to_the_cap_by_what_they_take_themselves(void **state)
{
	const uint64_t time = 1000;
	struct rig rig;
	struct run run;
	size_t added, i, limit = RECORD_MERGE_BYTES_MAX / sizeof(struct record_run) + 1;

	(void)state;
	begin(&rig);
	make_run(&run, 0, &time, 1, 0);
	for (i = 0; i < limit; i++)
		add(&rig, &run);
	assert_false(record_merge_keep(&rig.merge));
	poison(&run);
	added = count_all(&rig);
	assert_int_equal(added, limit);
	assert_int_equal(rig.merge.kept_bytes, 0);
	end(&rig);
}

static void what_passes_is_not_kept_beyond_the_cap(void **state)
{
	enum {
		EVENTS = 100000
	};
	uint64_t *times = calloc(EVENTS, sizeof(*times));
	struct rig rig;
	struct run run;
	size_t added = 0;

	(void)state;
	assert_non_null(times);
	begin(&rig);
	make_run(&run, 0, times, EVENTS, 0);
	while (added < 1000 && !record_merge_add(&rig.merge, &run.cursor, true))
		added++;
	assert_int_equal(added, RECORD_MERGE_BYTES_MAX / (EVENTS * EVENT));
	assert_true(rig.merge.kept_bytes <= RECORD_MERGE_BYTES_MAX);
	assert_int_equal(count_all(&rig), added * EVENTS);
	assert_int_equal(record_merge_add(&rig.merge, &run.cursor, true), 0);
	assert_int_equal(count_all(&rig), EVENTS);
	poison(&run);
	end(&rig);
	free(times);
}

/* Of one CPU, ordered in itself, in many buffers; what is given out is in order whatever the cuts.
 */
static void any_cut_into_buffers_gives_the_same_order(void **state)
{
	enum {
		CPUS = 5,
		ROUNDS = 40,
		EVENTS_MAX = 9
	};
	struct random random = {.state = 7};
	uint64_t clock[CPUS] = {0}, last = 0, times[EVENTS_MAX];
	const struct event_record *record;
	size_t written = 0, read = 0, round, cpu, i;
	struct run runs[CPUS];
	struct rig rig;

	(void)state;
	begin(&rig);
	for (round = 1; round <= ROUNDS; round++) {
		for (cpu = 0; cpu < CPUS; cpu++) {
			size_t count = random_below(&random, EVENTS_MAX + 1);

			if (clock[cpu] < 1000 * (round - 1))
				clock[cpu] = 1000 * (round - 1);
			for (i = 0; i < count; i++)
				times[i] = clock[cpu] += random_below(&random, 300);
			make_run(&runs[cpu], (uint16_t)cpu, times, count, 0);
			add(&rig, &runs[cpu]);
			written += count;
		}
		while ((record = record_merge_next(&rig.merge, 1000 * round))) {
			assert_true(record->timestamp >= last && record->timestamp < 1000 * round);
			last = record->timestamp;
			read++;
		}
		assert_true(record_merge_keep(&rig.merge));
		for (cpu = 0; cpu < CPUS; cpu++)
			poison(&runs[cpu]);
	}
	assert_true(read < written);
	assert_int_equal(read + count_all(&rig), written);
	assert_int_equal(unordered(&rig), 0);
	end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_comes_of_nothing),
		cmocka_unit_test(records_of_several_runs_come_by_their_times),
		cmocka_unit_test(of_equal_times_the_run_that_came_first_comes_first),
		cmocka_unit_test(records_from_the_limit_on_wait),
		cmocka_unit_test(what_was_kept_outlives_its_trace_buffer),
		cmocka_unit_test(what_passes_may_go_at_once),
		cmocka_unit_test(
			a_time_that_goes_back_in_a_run_comes_where_it_stands_and_is_counted),
		cmocka_unit_test(a_run_that_comes_too_late_is_delivered_and_counted),
		cmocka_unit_test(times_of_another_recording_are_not_behind),
		cmocka_unit_test(damage_ends_its_run_alone_and_is_counted),
		cmocka_unit_test(all_that_a_kept_record_points_to_is_kept),
		cmocka_unit_test(a_record_without_a_time_comes_behind_the_one_before_it),
		cmocka_unit_test(more_than_the_cap_is_not_kept),
		cmocka_unit_test(many_small_runs_come_to_the_cap_by_what_they_take_themselves),
		cmocka_unit_test(what_passes_is_not_kept_beyond_the_cap),
		cmocka_unit_test(any_cut_into_buffers_gives_the_same_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
