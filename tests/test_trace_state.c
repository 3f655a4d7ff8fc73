#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exporter/state/trace_state.h"
#include "tests/support/kernel_events.h"
#include "tests/support/random.h"

#define MS	    ((int64_t)1000000)
#define KERNEL_BASE 0xfffff80000000000u

/* Types of classes. */
enum {
	START = 1,
	END = 2,
	DC_START = 3,
	DC_END = 4,
	DEFUNCT = 39,
	UNLOAD = 2,
	LOAD = 10,
	NAME = 0,
	FILE_CREATE = 32,
	FILE_DELETE = 35,
	FILE_RUNDOWN = 36,
	OPEN = 64,
};

static struct trace_state *new_state(void)
{
	struct trace_state *state = trace_state_new(NULL);

	assert_non_null(state);
	return state;
}

/* Times are milliseconds. */
static void learn(struct trace_state *state, struct kernel_event *event, int64_t time)
{
	unsigned int kind = trace_state_kind(&event->record, event->schema);

	assert_true(kind != 0);
	trace_state_learn(state, kind, &event->record, event->schema, time * MS);
	kernel_event_done(event);
}

static void process(struct trace_state *state, uint8_t type, uint32_t pid, const char *name,
		    int64_t time)
{
	struct kernel_event event;

	kernel_event_process(&event, 4, type, pid, name);
	learn(state, &event, time);
}

static void thread(struct trace_state *state, uint8_t type, uint32_t pid, uint32_t tid,
		   int64_t time)
{
	struct kernel_event event;

	kernel_event_thread(&event, 3, type, pid, tid);
	learn(state, &event, time);
}

static void image(struct trace_state *state, uint8_t type, uint32_t pid, uint64_t base,
		  uint64_t bytes, const char *path, int64_t time)
{
	struct kernel_event event;

	kernel_event_image(&event, 3, type, pid, base, bytes, path);
	learn(state, &event, time);
}

static void file(struct trace_state *state, uint8_t type, uint64_t object, const char *path,
		 int64_t time)
{
	struct kernel_event event;

	kernel_event_file(&event, type, object, path);
	learn(state, &event, time);
}

#define assert_process(state, pid, time, name) \
	assert_string_equal(trace_state_process(state, pid, (time)*MS)->text, name)
#define assert_image(state, pid, address, time, path) \
	assert_string_equal(trace_state_image(state, pid, address, (time)*MS)->text, path)
#define assert_file(state, object, time, path) \
	assert_string_equal(trace_state_file(state, object, (time)*MS)->text, path)

static void what_the_trace_does_not_say_is_unknown(void **unused)
{
	struct trace_state *state = new_state();

	(void)unused;
	assert_process(state, 17, 0, "unknown");
	assert_int_equal(trace_state_process(state, 17, 0)->id, 0);
	assert_process(state, UINT32_MAX, 0, "unknown");
	assert_image(state, 17, 0x1000, 0, "unknown");
	assert_file(state, 0x1000, 0, "unknown");
	assert_int_equal(trace_state_thread_pid(state, 17, 0), UINT32_MAX);
	assert_string_equal(trace_state_thread_process(state, 17, 0)->text, "unknown");
	trace_state_free(state);
}

static void idle_and_system_have_names_of_their_own(void **unused)
{
	struct trace_state *state = new_state();

	(void)unused;
	assert_process(state, 0, 0, "Idle");
	assert_process(state, 4, 0, "System");
	assert_string_equal(trace_state_thread_process(state, 0, 0)->text, "Idle");
	process(state, DC_START, 4, "Registry", 1);
	assert_process(state, 4, 5, "Registry");
	trace_state_free(state);
}

static void every_version_of_process_events_is_understood(void **unused)
{
	unsigned int version;

	(void)unused;
	for (version = 0; version <= 4; version++) {
		struct trace_state *state = new_state();
		struct kernel_event event;

		kernel_event_process(&event, (uint16_t)version, DC_START, 17, "cmd.exe");
		learn(state, &event, 10);
		assert_process(state, 17, 5, "cmd.exe");
		assert_process(state, 17, 15, "cmd.exe");
		trace_state_free(state);
	}
}

static void a_pid_that_is_used_again_is_two_processes(void **unused)
{
	struct trace_state *state = new_state();

	(void)unused;
	process(state, DC_START, 17, "cmd.exe", 0);
	process(state, END, 17, "cmd.exe", 20);
	process(state, START, 17, "notepad.exe", 30);
	process(state, DC_END, 17, "notepad.exe", 50);
	assert_process(state, 17, 19, "cmd.exe");
	assert_process(state, 17, 25, "unknown");
	assert_process(state, 17, 31, "notepad.exe");
	assert_process(state, 17, 99, "notepad.exe");
	assert_int_equal(trace_state_entries(state, STATE_PROCESSES), 2);
	trace_state_free(state);
}

static void rundown_at_the_end_tells_of_before(void **unused)
{
	struct trace_state *state = new_state();

	(void)unused;
	process(state, DC_END, 17, "cmd.exe", 100);
	process(state, DEFUNCT, 18, "gone.exe", 100);
	thread(state, DC_END, 17, 170, 100);
	image(state, DC_END, 17, 0x10000, 0x1000, "\\a.dll", 100);
	assert_process(state, 17, 1, "cmd.exe");
	assert_process(state, 18, 1, "gone.exe");
	assert_process(state, 18, 110, "unknown");
	assert_string_equal(trace_state_thread_process(state, 170, MS)->text, "cmd.exe");
	assert_image(state, 17, 0x10fff, 1, "\\a.dll");
	trace_state_free(state);
}

static void a_short_name_is_completed_by_the_whole_one(void **unused)
{
	struct trace_state *state = new_state();

	(void)unused;
	process(state, START, 17, "a-very-long-name.exe", 10);
	process(state, END, 17, "A-Very-Long-Na", 20);
	process(state, END, 18, "another-long-n", 20);
	process(state, START, 18, "another-long-name.exe", 10);
	assert_process(state, 17, 15, "a-very-long-name.exe");
	assert_process(state, 18, 15, "another-long-name.exe");
	assert_process(state, 17, 25, "unknown");
	assert_int_equal(trace_state_entries(state, STATE_PROCESSES), 2);
	trace_state_free(state);
}

static void a_tid_belongs_to_the_process_of_its_time(void **unused)
{
	struct trace_state *state = new_state();

	(void)unused;
	process(state, DC_START, 17, "cmd.exe", 0);
	process(state, DC_START, 18, "notepad.exe", 0);
	thread(state, START, 17, 170, 10);
	thread(state, END, 17, 170, 20);
	thread(state, START, 18, 170, 30);
	assert_int_equal(trace_state_thread_pid(state, 170, 15 * MS), 17);
	assert_int_equal(trace_state_thread_pid(state, 170, 25 * MS), UINT32_MAX);
	assert_int_equal(trace_state_thread_pid(state, 170, 35 * MS), 18);
	assert_string_equal(trace_state_thread_process(state, 170, 35 * MS)->text, "notepad.exe");
	assert_int_equal(trace_state_entries(state, STATE_THREADS), 2);
	trace_state_free(state);
}

static void every_version_of_thread_events_is_understood(void **unused)
{
	unsigned int version;

	(void)unused;
	for (version = 0; version <= 4; version++) {
		struct trace_state *state = new_state();
		struct kernel_event event;

		kernel_event_thread(&event, (uint16_t)version, START, 17, 170);
		learn(state, &event, 10);
		assert_int_equal(trace_state_thread_pid(state, 170, 15 * MS), 17);
		trace_state_free(state);
	}
}

static void every_version_of_image_events_is_understood(void **unused)
{
	unsigned int version;

	(void)unused;
	for (version = 0; version <= 3; version++) {
		struct trace_state *state = new_state();
		struct kernel_event event;

		kernel_event_image(&event, (uint16_t)version, LOAD, 17, 0x10000, 0x1000, "\\a.dll");
		learn(state, &event, 10);
		assert_image(state, 17, 0x10000, 15, "\\a.dll");
		assert_image(state, 17, 0xffff, 15, "unknown");
		assert_image(state, 17, 0x11000, 15, "unknown");
		trace_state_free(state);
	}
}

static void an_image_is_there_until_it_is_unloaded(void **unused)
{
	struct trace_state *state = new_state();

	(void)unused;
	image(state, LOAD, 17, 0x10000, 0x1000, "\\a.dll", 10);
	image(state, LOAD, 17, 0x20000, 0x1000, "\\b.dll", 10);
	image(state, LOAD, 18, 0x10000, 0x1000, "\\c.dll", 10);
	image(state, UNLOAD, 17, 0x10000, 0x1000, "\\a.dll", 20);
	image(state, LOAD, 17, 0x10000, 0x2000, "\\d.dll", 30);
	assert_image(state, 17, 0x10800, 15, "\\a.dll");
	assert_image(state, 17, 0x10800, 25, "unknown");
	assert_image(state, 17, 0x10800, 35, "\\d.dll");
	assert_image(state, 17, 0x11800, 35, "\\d.dll");
	assert_image(state, 17, 0x20800, 35, "\\b.dll");
	assert_image(state, 18, 0x10800, 35, "\\c.dll");
	trace_state_free(state);
}

static void the_kernels_images_are_in_every_process(void **unused)
{
	struct trace_state *state = new_state();

	(void)unused;
	image(state, DC_START, 0, KERNEL_BASE, 0x1000, "\\ntoskrnl.exe", 10);
	image(state, DC_START, 500, KERNEL_BASE + 0x10000, 0x1000, "\\win32k.sys", 10);
	image(state, DC_START, 4, 0x80010000, 0x1000, "\\hal.dll", 10);
	assert_image(state, 17, KERNEL_BASE + 0x800, 10, "\\ntoskrnl.exe");
	assert_image(state, 0, KERNEL_BASE + 0x800, 10, "\\ntoskrnl.exe");
	assert_image(state, 17, KERNEL_BASE + 0x10800, 10, "\\win32k.sys");
	assert_image(state, 17, 0x80010800, 10, "\\hal.dll");
	assert_image(state, 17, UINT64_MAX, 10, "unknown");
	trace_state_free(state);
}

static void the_images_of_a_process_end_with_it(void **unused)
{
	struct trace_state *state = new_state();

	(void)unused;
	image(state, LOAD, 17, 0x10000, 0x10000, "\\a.dll", 10);
	process(state, END, 17, "a.exe", 20);
	image(state, LOAD, 17, 0x18000, 0x1000, "\\b.dll", 30);
	assert_image(state, 17, 0x12000, 15, "\\a.dll");
	assert_image(state, 17, 0x12000, 35, "unknown");
	assert_image(state, 17, 0x18800, 15, "\\a.dll");
	assert_image(state, 17, 0x18800, 35, "\\b.dll");
	trace_state_free(state);
}

static void an_image_ends_what_it_overlaps(void **unused)
{
	struct trace_state *state = new_state();

	(void)unused;
	image(state, LOAD, 17, 0x10000, 0x10000, "\\a.dll", 10);
	image(state, LOAD, 17, 0x1f000, 0x10000, "\\b.dll", 20);
	image(state, LOAD, 17, 0x0f000, 0x2000, "\\c.dll", 30);
	assert_image(state, 17, 0x18000, 15, "\\a.dll");
	assert_image(state, 17, 0x18000, 25, "unknown");
	assert_image(state, 17, 0x2e000, 35, "\\b.dll");
	assert_image(state, 17, 0x10800, 35, "\\c.dll");
	trace_state_free(state);
}

static void images_may_reach_to_the_end_of_all_addresses(void **unused)
{
	struct trace_state *state = new_state();

	(void)unused;
	image(state, LOAD, 0, UINT64_MAX - 0xfff, UINT64_MAX, "\\a.sys", 10);
	assert_image(state, 0, UINT64_MAX - 1, 15, "\\a.sys");
	trace_state_free(state);
}

static void a_file_is_called_by_its_object_until_that_is_used_again(void **unused)
{
	struct trace_state *state = new_state();

	(void)unused;
	file(state, OPEN, 0x1000, "\\Device\\a", 10);
	file(state, FILE_CREATE, 0x2000, "\\Device\\b", 10);
	file(state, FILE_DELETE, 0x2000, "\\Device\\b", 20);
	file(state, OPEN, 0x1000, "\\Device\\c", 30);
	file(state, FILE_RUNDOWN, 0x3000, "\\Device\\d", 100);
	file(state, NAME, 0x4000, "\\Device\\e", 1);
	assert_file(state, 0x1000, 15, "\\Device\\a");
	assert_file(state, 0x1000, 35, "\\Device\\c");
	assert_file(state, 0x2000, 5, "unknown");
	assert_file(state, 0x2000, 50, "\\Device\\b");
	assert_file(state, 0x3000, 5, "\\Device\\d");
	assert_file(state, 0x4000, 5, "\\Device\\e");
	assert_int_equal(trace_state_entries(state, STATE_FILES), 5);
	trace_state_free(state);
}

static void the_events_of_manifests_say_the_same(void **unused)
{
	struct trace_state *state = new_state();
	struct kernel_event event;

	(void)unused;
	kernel_event_process_start(&event, 17, "\\Device\\HarddiskVolume3\\Windows\\cmd.exe");
	learn(state, &event, 10);
	kernel_event_process_rundown(&event, 19, "\\Device\\HarddiskVolume3\\old.exe");
	learn(state, &event, 10);
	kernel_event_thread_start(&event, 17, 170);
	learn(state, &event, 10);
	kernel_event_image_load(&event, 17, 0x10000, 0x1000, "\\Device\\a.dll");
	learn(state, &event, 10);
	kernel_event_name_create(&event, 0x1000, "\\Device\\a.txt");
	learn(state, &event, 10);
	kernel_event_process_stop(&event, 17, "cmd.exe");
	learn(state, &event, 20);
	assert_process(state, 17, 15, "cmd.exe");
	assert_process(state, 17, 25, "unknown");
	assert_process(state, 19, 1, "old.exe");
	assert_string_equal(trace_state_thread_process(state, 170, 15 * MS)->text, "cmd.exe");
	assert_image(state, 17, 0x10800, 15, "\\Device\\a.dll");
	assert_file(state, 0x1000, 15, "\\Device\\a.txt");
	trace_state_free(state);
}

static void only_some_kinds_of_events_say_something(void **unused)
{
	struct kernel_event event;

	(void)unused;
	kernel_event_process(&event, 2, 11, 17, "a.exe");
	assert_int_equal(trace_state_kind(&event.record, event.schema), 0);
	event.record.kind = RECORD_EVENT;
	event.record.opcode = START;
	assert_int_equal(trace_state_kind(&event.record, event.schema), 0);
	event.record.kind = RECORD_MESSAGE;
	assert_int_equal(trace_state_kind(&event.record, event.schema), 0);
	event.record.kind = RECORD_FULL;
	assert_int_not_equal(trace_state_kind(&event.record, event.schema), 0);
	kernel_event_done(&event);
}

static void without_a_schema_nothing_is_learnt(void **unused)
{
	struct trace_state *state = new_state();
	struct kernel_event event;

	(void)unused;
	kernel_event_process(&event, 4, START, 17, "a.exe");
	trace_state_learn(state, trace_state_kind(&event.record, event.schema), &event.record, NULL,
			  0);
	trace_state_learn(state, 0, &event.record, event.schema, 0);
	trace_state_learn(state, 10000, &event.record, event.schema, 0);
	event.record.payload_bytes = 30;
	trace_state_learn(state, trace_state_kind(&event.record, event.schema), &event.record,
			  event.schema, 0);
	assert_int_equal(trace_state_entries(state, STATE_PROCESSES), 0);
	kernel_event_done(&event);
	trace_state_free(state);
}

static void a_name_is_one_and_stays(void **unused)
{
	struct trace_state *state = new_state();
	const struct state_name *name;
	char other[32];
	uint32_t i;

	(void)unused;
	process(state, START, 17, "a.exe", 0);
	name = trace_state_process(state, 17, MS);
	for (i = 0; i < 2000; i++) {
		snprintf(other, sizeof(other), "process-%u.exe", i);
		process(state, START, 1000 + i, other, 0);
	}
	process(state, START, 18, "a.exe", 0);
	assert_ptr_equal(trace_state_process(state, 18, MS), name);
	assert_int_equal(name->length, 5);
	assert_string_equal(name->text, "a.exe");
	assert_process(state, 2999, 1, "process-1999.exe");
	trace_state_free(state);
}

static void text_becomes_utf8(void **unused)
{
	struct trace_state *state = new_state();

	(void)unused;
	process(state, START, 17, "caf\xe9.exe", 0);
	assert_process(state, 17, 1, "caf\xc3\xa9.exe");
	trace_state_free(state);
}

static void names_beyond_the_limit_are_other(void **unused)
{
	const struct trace_state_limits limits = {100, 100, 100, 100, 100, 100};
	struct trace_state *state = trace_state_new(&limits);

	(void)unused;
	assert_non_null(state);
	process(state, START, 17, "a.exe", 0);
	file(state, OPEN, 1,
	     "\\Device\\HarddiskVolume3\\a-path-that-is-longer-than-all-the-names-"
	     "together-may-be.txt",
	     0);
	assert_process(state, 17, 1, "a.exe");
	assert_file(state, 1, 1, "other");
	assert_int_equal(trace_state_refused(state, STATE_NAMES), 1);
	assert_true(trace_state_file(state, 1, MS)->id != 0);
	trace_state_free(state);
}

static void tables_are_bounded_and_what_they_refuse_is_counted(void **unused)
{
	const struct trace_state_limits limits = {8, 9, 10, 11, 1000, 12};
	struct trace_state *state = trace_state_new(&limits);
	uint32_t i;

	(void)unused;
	assert_non_null(state);
	for (i = 0; i < 50; i++) {
		process(state, START, 100 + i, "a.exe", i);
		thread(state, START, 17, 100 + i, i);
		image(state, LOAD, 100 + i % 3, (uint64_t)i << 16, 0x1000, "\\a.dll", i);
		file(state, OPEN, 1 + i, "\\a", i);
	}
	assert_int_equal(trace_state_entries(state, STATE_PROCESSES), 8);
	assert_int_equal(trace_state_refused(state, STATE_PROCESSES), 42);
	assert_int_equal(trace_state_entries(state, STATE_THREADS), 9);
	assert_int_equal(trace_state_refused(state, STATE_THREADS), 41);
	assert_int_equal(trace_state_entries(state, STATE_IMAGES), 10);
	assert_int_equal(trace_state_refused(state, STATE_IMAGES), 40);
	assert_int_equal(trace_state_entries(state, STATE_FILES), 11);
	assert_int_equal(trace_state_refused(state, STATE_FILES), 39);
	assert_process(state, 149, 49, "a.exe");
	assert_image(state, 101, 49 << 16, 49, "\\a.dll");
	assert_string_equal(state_table_name(STATE_IMAGES), "images");
	trace_state_free(state);
}

static void one_process_has_images_up_to_a_limit(void **unused)
{
	struct trace_state *state = new_state();
	uint32_t i;

	(void)unused;
	for (i = 0; i < 8200; i++)
		image(state, LOAD, 17, (uint64_t)(8200 - i) << 16, 0x1000, "\\a.dll", 0);
	assert_int_equal(trace_state_entries(state, STATE_IMAGES), 8192);
	assert_int_equal(trace_state_refused(state, STATE_IMAGES), 8);
	assert_image(state, 17, (uint64_t)8200 << 16, 1, "\\a.dll");
	assert_image(state, 17, (uint64_t)1 << 16, 1, "unknown");
	trace_state_free(state);
}

static uint32_t id_of(struct trace_state *state, uint32_t pid, int64_t time)
{
	return trace_state_process(state, pid, time * MS)->id;
}

static void a_name_lives_as_long_as_a_process_has_it(void **unused)
{
	struct trace_state *state = new_state();
	int64_t since = 0;
	uint32_t id;

	(void)unused;
	process(state, START, 17, "a.exe", 0);
	process(state, START, 18, "a.exe", 5);
	process(state, END, 18, "a.exe", 10);
	id = id_of(state, 17, 1);
	assert_true(trace_state_name_lives(state, id, &since));
	process(state, END, 17, "a.exe", 8);
	assert_false(trace_state_name_lives(state, id, &since));
	assert_int_equal(since, 10 * MS);
	process(state, START, 19, "a.exe", 20);
	assert_true(trace_state_name_lives(state, id, &since));
	trace_state_free(state);
}

static void a_name_of_no_process_lives(void **unused)
{
	struct trace_state *state = new_state();
	int64_t since = 0;

	(void)unused;
	file(state, OPEN, 1, "\\a", 0);
	assert_true(trace_state_name_lives(state, trace_state_file(state, 1, 0)->id, &since));
	process(state, START, 17, "", 0);
	process(state, END, 17, "", 9);
	assert_true(trace_state_name_lives(state, 0, &since));
	assert_true(trace_state_name_lives(state, UINT32_MAX, &since));
	trace_state_free(state);
}

static void a_name_whose_process_was_pushed_out_is_dead(void **unused)
{
	const struct trace_state_limits limits = {2, 1, 1, 1, 1000, 1};
	struct trace_state *state = trace_state_new(&limits);
	int64_t since = 0;
	uint32_t id;

	(void)unused;
	assert_non_null(state);
	process(state, START, 17, "a.exe", 0);
	id = id_of(state, 17, 1);
	process(state, START, 18, "b.exe", 1);
	process(state, START, 19, "c.exe", 7);
	assert_false(trace_state_name_lives(state, id, &since));
	assert_int_equal(since, 7 * MS);
	trace_state_free(state);
}

/* Every kind with every payload that its schema can make something of, or nothing. */
static void hostile_payloads_do_no_harm(void **unused)
{
	const struct trace_state_limits limits = {50, 50, 50, 50, 4000, 50};
	struct trace_state *state = trace_state_new(&limits);
	struct random random = {11};
	uint8_t bytes[300];
	int i;

	(void)unused;
	assert_non_null(state);
	for (i = 0; i < 100000; i++) {
		struct kernel_event event;
		uint8_t *exact;
		size_t length = random_below(&random, sizeof(bytes)), j;
		int64_t time_ns = (int64_t)random_next(&random);

		/* Small numbers, so that keys come again. */
		for (j = 0; j < sizeof(bytes); j++)
			bytes[j] = random_below(&random, 3) ? 0 : (uint8_t)random_next(&random);
		exact = malloc(length ? length : 1);
		assert_non_null(exact);
		memcpy(exact, bytes, length);
		kernel_event_any(&event, &random);
		event.record.payload = exact;
		event.record.payload_bytes = (uint32_t)length;
		trace_state_learn(state, trace_state_kind(&event.record, event.schema),
				  &event.record, event.schema, time_ns);
		trace_state_image(state, bytes[0], random_next(&random), time_ns);
		trace_state_thread_process(state, bytes[0], time_ns);
		trace_state_file(state, bytes[0], time_ns);
		kernel_event_done(&event);
		free(exact);
	}
	assert_in_range(trace_state_entries(state, STATE_IMAGES), 1, 50);
	assert_in_range(trace_state_entries(state, STATE_PROCESSES), 1, 50);
	assert_true(trace_state_refused(state, STATE_NAMES) > 0);
	trace_state_free(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_trace_does_not_say_is_unknown),
		cmocka_unit_test(idle_and_system_have_names_of_their_own),
		cmocka_unit_test(every_version_of_process_events_is_understood),
		cmocka_unit_test(a_pid_that_is_used_again_is_two_processes),
		cmocka_unit_test(rundown_at_the_end_tells_of_before),
		cmocka_unit_test(a_short_name_is_completed_by_the_whole_one),
		cmocka_unit_test(a_tid_belongs_to_the_process_of_its_time),
		cmocka_unit_test(every_version_of_thread_events_is_understood),
		cmocka_unit_test(every_version_of_image_events_is_understood),
		cmocka_unit_test(an_image_is_there_until_it_is_unloaded),
		cmocka_unit_test(the_kernels_images_are_in_every_process),
		cmocka_unit_test(the_images_of_a_process_end_with_it),
		cmocka_unit_test(an_image_ends_what_it_overlaps),
		cmocka_unit_test(images_may_reach_to_the_end_of_all_addresses),
		cmocka_unit_test(a_file_is_called_by_its_object_until_that_is_used_again),
		cmocka_unit_test(the_events_of_manifests_say_the_same),
		cmocka_unit_test(only_some_kinds_of_events_say_something),
		cmocka_unit_test(without_a_schema_nothing_is_learnt),
		cmocka_unit_test(a_name_is_one_and_stays),
		cmocka_unit_test(text_becomes_utf8),
		cmocka_unit_test(names_beyond_the_limit_are_other),
		cmocka_unit_test(tables_are_bounded_and_what_they_refuse_is_counted),
		cmocka_unit_test(one_process_has_images_up_to_a_limit),
		cmocka_unit_test(a_name_lives_as_long_as_a_process_has_it),
		cmocka_unit_test(a_name_of_no_process_lives),
		cmocka_unit_test(a_name_whose_process_was_pushed_out_is_dead),
		cmocka_unit_test(hostile_payloads_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
