#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/kernel_events.h"
#include "tests/support/rule_rig.h"

/* Groups and types of the kernel's events. */
enum {
	GROUP_PROCESS = 3,
	GROUP_FILE = 4,
	GROUP_THREAD = 5,
	GROUP_IMAGE = 0x14,

	START = 1,
	END = 2,
	LOAD = 10,
	FILE_NAME = 0,

	BASE = 0x10000000,
};

/* As the kernel writes it. */
static void write_kernel(struct rule_rig *rig, uint8_t group, struct kernel_event *event,
			 uint64_t ms)
{
	const struct etl_classic classic = {
		.time = rule_rig_time(ms),
		.group = group,
		.type = event->record.opcode,
		.version = event->record.version,
		.payload = event->payload.bytes,
		.payload_bytes = event->payload.length,
	};

	etl_write_system(rig->writer, &classic, 8);
	kernel_event_done(event);
}

static void write_process(struct rule_rig *rig, uint8_t type, uint32_t pid, const char *name,
			  uint64_t ms)
{
	struct kernel_event event;

	kernel_event_process(&event, 4, type, pid, name);
	write_kernel(rig, GROUP_PROCESS, &event, ms);
}

static void write_thread(struct rule_rig *rig, uint8_t type, uint32_t pid, uint32_t tid,
			 uint64_t ms)
{
	struct kernel_event event;

	kernel_event_thread(&event, 4, type, pid, tid);
	write_kernel(rig, GROUP_THREAD, &event, ms);
}

/* An event with everything that state can be asked for. */
static void write_work(struct rule_rig *rig, uint32_t pid, uint32_t tid, uint64_t ms)
{
	struct tl_event event;

	tl_begin(&event, 1, "Work");
	tl_u32(&event, "Pid", pid);
	tl_u64(&event, "WidePid", (uint64_t)1 << 32 | pid);
	tl_u32(&event, "Tid", tid);
	tl_u64(&event, "Address", BASE + 0x123);
	tl_u64(&event, "File", 0x5000);
	tl_text(&event, "Text", "100");
	event.event.time = rule_rig_time(ms);
	event.event.pid = pid;
	event.event.tid = tid;
	tl_write(rig->writer, &event);
}

static void a_pid_that_is_used_again_is_another_process(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init_counter(
		&rig, "labels: {header: $process, field: {field: Pid, as: process}, chain: {field: "
		      "$pid, as: [process, upper]}}");
	write_process(&rig, START, 100, "first.exe", 10);
	write_work(&rig, 100, 1, 20);
	write_work(&rig, 100, 1, 30);
	write_process(&rig, END, 100, "first.exe", 50);
	write_process(&rig, START, 100, "second.exe", 60);
	write_work(&rig, 100, 1, 70);
	write_work(&rig, 999, 1, 70);
	rule_rig_run(&rig);
	rule_rig_check(&rig,
		       "a_total{header=\"first.exe\",field=\"first.exe\",chain=\"FIRST.EXE\"}", 2);
	rule_rig_check(&rig,
		       "a_total{header=\"second.exe\",field=\"second.exe\",chain=\"SECOND.EXE\"}",
		       1);
	rule_rig_check(&rig, "a_total{header=\"unknown\",field=\"unknown\",chain=\"UNKNOWN\"}", 1);
	assert_int_equal(rule_rig_all_errors(&rig, 0), 0);
	rule_rig_done(&rig);
}

static void an_event_of_another_cpu_has_the_process_of_its_time(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init_counter(&rig, "labels: {process: $process}");
	write_process(&rig, START, 100, "first.exe", 10);
	write_process(&rig, END, 100, "first.exe", 50);
	write_process(&rig, START, 100, "second.exe", 60);
	etl_flush(rig.writer, 0, 0);
	write_work(&rig, 100, 1, 40);
	write_work(&rig, 100, 1, 70);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total{process=\"first.exe\"}", 1);
	rule_rig_check(&rig, "a_total{process=\"second.exe\"}", 1);
	rule_rig_done(&rig);
}

static void a_thread_has_the_process_that_it_runs_in(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init_counter(&rig, "labels: {process: {field: Tid, as: thread_process}}");
	write_process(&rig, START, 100, "a.exe", 10);
	write_process(&rig, START, 200, "b.exe", 10);
	write_thread(&rig, START, 100, 7, 20);
	write_work(&rig, 1, 7, 30);
	write_thread(&rig, END, 100, 7, 40);
	write_thread(&rig, START, 200, 7, 50);
	write_work(&rig, 1, 7, 60);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total{process=\"a.exe\"}", 1);
	rule_rig_check(&rig, "a_total{process=\"b.exe\"}", 1);
	rule_rig_done(&rig);
}

static void addresses_and_file_objects_have_names(void **state)
{
	struct rule_rig rig;
	struct kernel_event event;

	(void)state;
	rule_rig_init_counter(
		&rig,
		"labels: {image: {field: Address, as: [image, basename]}, file: {field: File, "
		"as: [file, basename]}}");
	write_process(&rig, START, 100, "a.exe", 10);
	kernel_event_image(&event, 3, LOAD, 100, BASE, 0x1000,
			   "\\Device\\HarddiskVolume1\\lib.dll");
	write_kernel(&rig, GROUP_IMAGE, &event, 15);
	kernel_event_file(&event, FILE_NAME, 0x5000, "\\Device\\HarddiskVolume1\\data.bin");
	write_kernel(&rig, GROUP_FILE, &event, 15);
	write_work(&rig, 100, 1, 20);
	write_work(&rig, 200, 1, 20);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total{image=\"lib.dll\",file=\"data.bin\"}", 1);
	rule_rig_check(&rig, "a_total{image=\"unknown\",file=\"data.bin\"}", 1);
	rule_rig_done(&rig);
}

static void what_is_no_pid_has_no_process(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init_counter(
		&rig, "labels: {text: {field: Text, as: process, default: none}, wide: {field: "
		      "WidePid, as: process}}");
	write_process(&rig, START, 100, "a.exe", 10);
	write_work(&rig, 100, 1, 20);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total{text=\"none\",wide=\"unknown\"}", 1);
	assert_int_equal(rule_rig_errors(&rig, 0, RULE_ERROR_FIELD), 1);
	rule_rig_done(&rig);
}

static void conditions_ask_for_processes(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init_counter(
		&rig, "where: {any: [{field: $process, glob: 'A*'}, {field: Pid, as: process, eq: "
		      "b.exe}]}");
	write_process(&rig, START, 100, "a.exe", 10);
	write_process(&rig, START, 200, "b.exe", 10);
	write_process(&rig, START, 300, "c.exe", 10);
	write_work(&rig, 100, 1, 20);
	write_work(&rig, 200, 1, 20);
	write_work(&rig, 300, 1, 20);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total", 2);
	rule_rig_done(&rig);
}

static void pairs_are_by_process_and_have_that_of_their_start(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init(
		&rig, "test",
		"[{name: d_seconds, help: h, type: histogram, match: {provider: Test-1}, pair: "
		"{start: {provider: Process, id: 1}, key: {start: ProcessId, end: Pid}}, "
		"buckets: [1], labels: {process: {field: ProcessId, as: process, from: start}, "
		"name: {field: ImageFileName, from: start}, ender: $process}}]");
	write_process(&rig, START, 100, "a.exe", 10);
	write_work(&rig, 100, 1, 40);
	write_process(&rig, END, 100, "a.exe", 50);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "d_seconds_count{process=\"a.exe\",name=\"a.exe\",ender=\"a.exe\"}",
		       1);
	rule_rig_done(&rig);
}

static void series_of_processes_that_have_ended_expire(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init_counter(&rig, "labels: {process: $process}, expire: 10s");
	write_process(&rig, START, 100, "a.exe", 10);
	write_process(&rig, START, 200, "b.exe", 10);
	write_work(&rig, 100, 1, 20);
	write_work(&rig, 200, 1, 20);
	write_process(&rig, END, 100, "a.exe", 50);
	etl_flush(rig.writer, 0, 0);
	write_work(&rig, 200, 1, 30000);
	etl_flush(rig.writer, 0, 0);
	write_process(&rig, START, 300, "a.exe", 40000);
	write_work(&rig, 300, 1, 40001);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total{process=\"a.exe\"}", 1);
	rule_rig_check(&rig, "a_total{process=\"b.exe\"}", 2);
	rule_rig_check(&rig, "etw_exporter_series_expired_total{family=\"a_total\"}", 1);
	rule_rig_done(&rig);
}

/* Who knew them is gone with the session before. */
static void series_of_processes_that_nobody_knows_any_more_expire(void **state)
{
	struct rule_rig rig;

	(void)state;
	rule_rig_init_counter(&rig, "labels: {process: $process}, expire: 10s");
	write_process(&rig, START, 100, "a.exe", 10);
	write_process(&rig, START, 200, "b.exe", 10);
	write_work(&rig, 100, 1, 20);
	write_work(&rig, 200, 1, 20);
	write_work(&rig, 300, 1, 20);
	rule_rig_run(&rig);
	rule_rig_succeed(&rig, rig.set);
	write_process(&rig, START, 200, "b.exe", 10);
	write_work(&rig, 200, 1, 1000);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total{process=\"a.exe\"}", 1);
	rule_rig_check(&rig, "a_total{process=\"b.exe\"}", 2);
	write_work(&rig, 200, 1, 12000);
	rule_rig_run(&rig);
	rule_rig_check(&rig, "a_total{process=\"a.exe\"}", RULE_RIG_NO_SAMPLE);
	rule_rig_check(&rig, "a_total{process=\"b.exe\"}", 3);
	rule_rig_check(&rig, "a_total{process=\"unknown\"}", 1);
	rule_rig_done(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pid_that_is_used_again_is_another_process),
		cmocka_unit_test(an_event_of_another_cpu_has_the_process_of_its_time),
		cmocka_unit_test(a_thread_has_the_process_that_it_runs_in),
		cmocka_unit_test(addresses_and_file_objects_have_names),
		cmocka_unit_test(what_is_no_pid_has_no_process),
		cmocka_unit_test(conditions_ask_for_processes),
		cmocka_unit_test(pairs_are_by_process_and_have_that_of_their_start),
		cmocka_unit_test(series_of_processes_that_have_ended_expire),
		cmocka_unit_test(series_of_processes_that_nobody_knows_any_more_expire),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
