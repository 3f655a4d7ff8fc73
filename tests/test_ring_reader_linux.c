/* Ring buffers of the real tracefs, mapped and by read(): both give what the load did. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "exporter/source/ring_clock_linux.h"
#include "exporter/source/ring_reader_linux.h"
#include "tests/support/trace_rig.h"
#include "tests/support/tracefs_place.h"

#define CPUS 64

struct rig {
	struct trace_rig trace;
	struct ring_reader readers[CPUS];
	size_t count;
	uint8_t *frame; /* room for one */
	uint64_t last[CPUS];
	uint64_t events, pages, missed;
	bool is_missing;
};

/* Nothing can be mapped meanwhile, as where a kernel does not offer it. */
static void open_unmapped(struct ring_reader *reader, const char *instance, unsigned int cpu)
{
	struct rlimit before, none;
	struct error error;
	int result;

	assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
	none = (struct rlimit){1, before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_AS, &none), 0);
	result = ring_reader_open(reader, instance, cpu, true, &error);
	if (!result)
		ring_reader_appears(reader, instance);
	assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
	assert_int_equal(result, 0);
	assert_null(reader->meta);
}

static void begin(struct rig *rig, const char *name, const char *more, bool mapped)
{
	char lines[512];
	struct error error;
	size_t i;

	memset(rig, 0, sizeof(*rig));
	snprintf(lines, sizeof(lines),
		 "%s  pids: %d\n  providers: [{name: raw_syscalls, events: sys_enter, "
		 "filter: 'id == %d'}]\n",
		 more, getpid(), SYS_getppid);
	trace_rig_must_open(&rig->trace, name, lines);
	rig->count = trace_instance_cpu_count(rig->trace.instance);
	assert_true(rig->count <= CPUS);
	for (i = 0; i < rig->count; i++) {
		const char *path = trace_instance_path(rig->trace.instance);
		unsigned int cpu = trace_instance_cpu(rig->trace.instance, i);

		if (!mapped) {
			open_unmapped(&rig->readers[i], path, cpu);
			continue;
		}
		assert_int_equal(ring_reader_open(&rig->readers[i], path, cpu, true, &error), 0);
		ring_reader_appears(&rig->readers[i], path);
	}
	rig->frame = malloc(ftrace_frame_size(rig->readers[0].page_bytes));
	assert_non_null(rig->frame);
}

static void end(struct rig *rig)
{
	size_t i;

	for (i = 0; i < rig->count; i++)
		ring_reader_close(&rig->readers[i]);
	free(rig->frame);
	trace_rig_close(&rig->trace);
	assert_int_equal(trace_rig_left(), 0);
}

static void call(unsigned int times)
{
	while (times--)
		syscall(SYS_getppid);
}

/* Every record is of this thread, and none before the one before it. */
static void count_frame(struct rig *rig, size_t reader, size_t bytes)
{
	struct bytes rest = {rig->frame, bytes};
	struct ftrace_cursor cursor;
	struct event_record record;
	struct ftrace_frame frame;
	enum ftrace_next next;
	const uint8_t *page;

	page = ftrace_frame_take(&rest, &frame);
	assert_non_null(page);
	assert_int_equal(rest.left, 0);
	assert_int_equal(frame.cpu, rig->readers[reader].cpu);
	assert_true(ftrace_walk(&cursor, &frame, page));
	rig->is_missing |= cursor.is_missing;
	rig->missed += cursor.missed;
	while ((next = ftrace_next(&cursor, &record)) == FTRACE_RECORD) {
		assert_int_equal(record.tid, getpid());
		assert_true(record.timestamp >= rig->last[reader]);
		rig->last[reader] = record.timestamp;
		rig->events++;
	}
	assert_int_equal(next, FTRACE_END);
	rig->pages++;
}

/* All that there is by now. */
static void take_all(struct rig *rig)
{
	enum ring_read read;
	size_t i, bytes;

	for (i = 0; i < rig->count; i++) {
		while ((read = ring_reader_take(&rig->readers[i], rig->frame, &bytes)) !=
		       RING_EMPTY) {
			assert_int_not_equal(read, RING_FAILED);
			count_frame(rig, i, bytes);
		}
	}
}

static void each_event_comes_once(struct rig *rig)
{
	unsigned int total = 0, i;

	take_all(rig);
	assert_int_equal(rig->events, 0);
	for (i = 0; i < 200; i++) {
		call(i);
		total += i;
		take_all(rig);
		assert_int_equal(rig->events, total);
	}
	call(50000);
	take_all(rig);
	assert_int_equal(rig->events, total + 50000);
	assert_false(rig->is_missing);
	assert_int_equal(trace_rig_stats(&rig->trace).overrun, 0);
	end(rig);
}

static void each_event_comes_once_of_a_mapped_buffer(void **state)
{
	struct rig rig;

	(void)state;
	tracefs_or_skip();
	begin(&rig, "mapped", "  buffers: {size: 8MiB}\n", true);
	each_event_comes_once(&rig);
}

static void each_event_comes_once_by_read(void **state)
{
	struct rig rig;

	(void)state;
	tracefs_or_skip();
	begin(&rig, "read", "  buffers: {size: 8MiB}\n", false);
	each_event_comes_once(&rig);
}

static void larger_sub_buffers_come_whole(void **state)
{
	struct rig rig;

	(void)state;
	tracefs_or_skip();
	begin(&rig, "large", "  buffers: {size: 8MiB, subbuffer: 64KiB}\n", true);
	each_event_comes_once(&rig);
}

static void larger_sub_buffers_come_whole_by_read(void **state)
{
	struct rig rig;

	(void)state;
	tracefs_or_skip();
	begin(&rig, "rlarge", "  buffers: {size: 8MiB, subbuffer: 64KiB}\n", false);
	each_event_comes_once(&rig);
}

/* What was taken and what the kernel says to have lost is what was emitted. */
static void nothing_is_lost_unsaid(struct rig *rig)
{
	struct cpu_stats stats;

	call(10);
	take_all(rig);
	call(100000);
	take_all(rig);
	call(10);
	take_all(rig);
	stats = trace_rig_stats(&rig->trace);
	assert_true(stats.overrun > 0);
	assert_int_equal(rig->events + stats.overrun, 100020);
	assert_true(rig->is_missing);
	assert_true(rig->missed <= stats.overrun);
	end(rig);
}

static void what_a_mapped_buffer_lost_is_told(void **state)
{
	struct rig rig;

	(void)state;
	tracefs_or_skip();
	begin(&rig, "mloss", "  buffers: {size: 64KiB}\n", true);
	nothing_is_lost_unsaid(&rig);
}

static void what_was_lost_is_told_by_read(void **state)
{
	struct rig rig;

	(void)state;
	tracefs_or_skip();
	begin(&rig, "rloss", "  buffers: {size: 64KiB}\n", false);
	nothing_is_lost_unsaid(&rig);
}

static void a_buffer_is_mapped_where_the_kernel_has_that(void **state)
{
	struct utsname system;
	int major = 0, minor = 0;
	struct rig rig;

	(void)state;
	tracefs_or_skip();
	assert_int_equal(uname(&system), 0);
	assert_int_equal(sscanf(system.release, "%d.%d", &major, &minor), 2);
	begin(&rig, "map", "", true);
	assert_int_equal(rig.readers[0].meta != NULL, major > 6 || (major == 6 && minor >= 10));
	end(&rig);
}

static void a_cpu_that_is_not_there_is_an_error(void **state)
{
	struct ring_reader reader;
	struct error error;
	struct rig rig;

	(void)state;
	tracefs_or_skip();
	begin(&rig, "nocpu", "", true);
	assert_int_equal(ring_reader_open(&reader, trace_instance_path(rig.trace.instance), 9999,
					  true, &error),
			 -1);
	assert_non_null(strstr(error.text, "cpu9999/trace_pipe_raw: No such file"));
	ring_reader_close(&reader);
	end(&rig);
}

/* As the kernel says of a CPU that has not been online yet. */
static bool no_ring;

int __real_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout);

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout)
{
	if (!no_ring)
		return __real_poll(fds, count, timeout);
	fds->revents = POLLERR;
	return 1;
}

static void a_cpu_that_comes_online_is_read_from_then_on(void **state)
{
	struct rig rig;

	(void)state;
	tracefs_or_skip();
	no_ring = true;
	begin(&rig, "later", "", true);
	call(100);
	take_all(&rig);
	assert_int_equal(rig.events, 0);
	assert_int_equal(rig.readers[0].ring_bytes, 0);
	assert_false(ring_reader_appears(&rig.readers[0], trace_instance_path(rig.trace.instance)));
	no_ring = false;
	for (size_t i = 0; i < rig.count; i++)
		ring_reader_appears(&rig.readers[i], trace_instance_path(rig.trace.instance));
	assert_false(ring_reader_appears(&rig.readers[0], trace_instance_path(rig.trace.instance)));
	assert_true(rig.readers[0].ring_bytes > 0);
	take_all(&rig);
	assert_int_equal(rig.events, 100);
	end(&rig);
}

/* More than a sub-buffer of 4 KiB is written for each that is read. */
static void a_round_ends(bool mapped)
{
	enum ring_read read = RING_PAGE;
	cpu_set_t before, first;
	unsigned int pages;
	struct rig rig;
	size_t bytes;

	begin(&rig, "fast", "  buffers: {size: 64KiB, subbuffer: 4KiB}\n", mapped);
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	CPU_ZERO(&first);
	CPU_SET(rig.readers[0].cpu, &first);
	assert_int_equal(sched_setaffinity(0, sizeof(first), &first), 0);
	call(1000);
	ring_reader_begin(&rig.readers[0], 0);
	for (pages = 0; read == RING_PAGE && pages < 100; pages++) {
		call(300);
		read = ring_reader_take(&rig.readers[0], rig.frame, &bytes);
	}
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
	assert_int_equal(read, RING_LAST);
	assert_true(pages >= 16);
	end(&rig);
}

static void a_round_ends_however_fast_writers_are(void **state)
{
	(void)state;
	tracefs_or_skip();
	a_round_ends(true);
	a_round_ends(false);
}

static void without_file_descriptors_it_says_so(void **state)
{
	struct rlimit before, none;
	struct ring_reader reader;
	struct error error;
	struct rig rig;
	bool is_alive;
	int result;

	(void)state;
	tracefs_or_skip();
	begin(&rig, "nofd", "", false);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = (struct rlimit){0, before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	result = ring_reader_open(&reader, trace_instance_path(rig.trace.instance), 0, false,
				  &error);
	is_alive = trace_instance_is_alive(rig.trace.instance);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_true(is_alive);
	assert_int_equal(result, -1);
	assert_non_null(strstr(error.text, "header_page: Too many open files"));
	end(&rig);
}

static void assert_clock(const char *name, bool nanoseconds)
{
	struct ring_clock clock;
	int64_t origin = 0;
	char lines[64];
	uint64_t now = 0;
	struct rig rig;

	snprintf(lines, sizeof(lines), "  clock: %s\n", name);
	begin(&rig, name, lines, true);
	ring_clock_init(&clock, name, rig.trace.instance);
	call(1);
	take_all(&rig);
	assert_int_equal(ring_clock_now(&clock, &now, &origin), nanoseconds);
	if (nanoseconds) {
		uint64_t last = 0;
		size_t i;

		for (i = 0; i < rig.count; i++)
			last = rig.last[i] > last ? rig.last[i] : last;
		assert_true(last <= now + 1000000);
		assert_true(now - last < 60000000000);
	}
	end(&rig);
}

static void clocks_show_what_events_are_stamped_with(void **state)
{
	static const char *const names[] = {"boot",  "mono",   "mono_raw", "tai",
					    "local", "global", "perf"};
	size_t i;

	(void)state;
	tracefs_or_skip();
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_clock(names[i], true);
	assert_clock("counter", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_event_comes_once_of_a_mapped_buffer),
		cmocka_unit_test(each_event_comes_once_by_read),
		cmocka_unit_test(larger_sub_buffers_come_whole),
		cmocka_unit_test(larger_sub_buffers_come_whole_by_read),
		cmocka_unit_test(what_a_mapped_buffer_lost_is_told),
		cmocka_unit_test(what_was_lost_is_told_by_read),
		cmocka_unit_test(a_buffer_is_mapped_where_the_kernel_has_that),
		cmocka_unit_test(a_cpu_that_is_not_there_is_an_error),
		cmocka_unit_test(a_cpu_that_comes_online_is_read_from_then_on),
		cmocka_unit_test(a_round_ends_however_fast_writers_are),
		cmocka_unit_test(without_file_descriptors_it_says_so),
		cmocka_unit_test(clocks_show_what_events_are_stamped_with),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	trace_rig_remove_left();
	return failed;
}
