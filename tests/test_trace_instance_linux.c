#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/trace_rig.h"
#include "tests/support/tracefs_place.h"

#define SCHED "  providers: [{name: sched, events: sched_switch}]\n"

static const char *file(const struct trace_rig *rig, const char *name)
{
	return tracefs_text(trace_instance_path(rig->instance), name);
}

static void an_instance_is_set_up_as_configured(void **state)
{
	struct trace_rig rig;

	(void)state;
	tracefs_or_skip();
	trace_rig_must_open(&rig, "setup",
			    "  buffers: {size: 1MiB, percent: 20}\n  clock: mono\n  cpus: 0\n"
			    "  pids: [1, 2]\n  children: true\n"
			    "  providers:\n"
			    "  - {name: sched, events: [sched_switch, sched_wakeup*], filter: "
			    "'common_pid > 0'}\n"
			    "  - {name: irq, pids: [3, 4], filter: 'common_pid > 1'}\n");
	assert_true(strtoul(file(&rig, "buffer_size_kb"), NULL, 10) >= 1024);
	assert_string_equal(file(&rig, "buffer_percent"), "20");
	assert_non_null(strstr(file(&rig, "trace_clock"), "[mono]"));
	assert_int_equal(strtoul(file(&rig, "tracing_cpumask"), NULL, 16), 1);
	assert_true(tracefs_has_line(trace_instance_path(rig.instance), "set_event_pid", "1\n"));
	assert_true(tracefs_has_line(trace_instance_path(rig.instance), "set_event_pid", "2"));
	assert_string_equal(file(&rig, "options/event-fork"), "1");
	assert_string_equal(file(&rig, "options/overwrite"), "1");
	assert_string_equal(file(&rig, "tracing_on"), "1");
	assert_string_equal(file(&rig, "events/sched/sched_switch/enable"), "1");
	assert_string_equal(file(&rig, "events/sched/sched_wakeup_new/enable"), "1");
	assert_string_equal(file(&rig, "events/sched/sched_process_exec/enable"), "0");
	assert_string_equal(file(&rig, "events/sched/sched_switch/filter"), "common_pid > 0");
	assert_string_equal(file(&rig, "events/irq/softirq_entry/enable"), "1");
	assert_string_equal(file(&rig, "events/irq/softirq_entry/filter"),
			    "(common_pid == 3 || common_pid == 4) && (common_pid > 1)");
	assert_string_equal(file(&rig, "events/block/enable"), "0");
	assert_true(trace_instance_is_alive(rig.instance));
	assert_string_equal(rig.log, "");
	trace_rig_close(&rig);
	assert_int_equal(trace_rig_left(), 0);
}

static void sub_buffers_have_the_size_configured(void **state)
{
	struct trace_rig rig;
	char path[PATH_MAX];

	(void)state;
	tracefs_or_skip();
	trace_rig_must_open(&rig, "sub", "  buffers: {size: 1MiB, subbuffer: 16KiB}\n" SCHED);
	snprintf(path, sizeof(path), "%s/buffer_subbuf_size_kb", trace_instance_path(rig.instance));
	if (access(path, F_OK) == 0)
		assert_string_equal(file(&rig, "buffer_subbuf_size_kb"), "16");
	else
		assert_non_null(strstr(rig.log, "sub-buffers"));
	trace_rig_close(&rig);
}

static uint16_t version_of(const char *lines)
{
	struct trace_rig rig;
	uint16_t version;

	trace_rig_must_open(&rig, "version", lines);
	version = trace_instance_events_version(rig.instance);
	trace_rig_close(&rig);
	return version;
}

/* A session that restarts does not make its event types anew. */
static void the_version_of_ids_is_that_of_the_events(void **state)
{
	(void)state;
	tracefs_or_skip();
	assert_int_equal(version_of(SCHED), version_of(SCHED));
	assert_int_not_equal(version_of(SCHED), version_of("  providers: [{name: irq}]\n"));
}

/* Exactly those of this process, and none of others that run meanwhile. */
static void calls_are_counted_exactly_under_a_pid_filter(void **state)
{
	struct trace_rig rig;
	char lines[512];
	int i;

	(void)state;
	tracefs_or_skip();
	snprintf(lines, sizeof(lines),
		 "  providers: [{name: raw_syscalls, events: sys_enter, pids: %d, "
		 "filter: 'id == %d'}]\n",
		 getpid(), SYS_getppid);
	trace_rig_must_open(&rig, "count", lines);
	for (i = 0; i < 12345; i++)
		syscall(SYS_getppid);
	assert_int_equal(trace_rig_stats(&rig).entries, 12345);
	trace_rig_close(&rig);
}

static pthread_barrier_t barrier;

static void *call_when_told(void *unused)
{
	int i;

	(void)unused;
	pthread_barrier_wait(&barrier);
	for (i = 0; i < 321; i++)
		syscall(SYS_getppid);
	return NULL;
}

static void a_process_is_traced_with_its_threads(void **state)
{
	struct trace_rig rig;
	pthread_t thread;
	char lines[512];

	(void)state;
	tracefs_or_skip();
	snprintf(lines, sizeof(lines),
		 "  pids: %d\n"
		 "  providers: [{name: raw_syscalls, events: sys_enter, filter: 'id == %d'}]\n",
		 getpid(), SYS_getppid);
	assert_int_equal(pthread_barrier_init(&barrier, NULL, 2), 0);
	assert_int_equal(pthread_create(&thread, NULL, call_when_told, NULL), 0);
	trace_rig_must_open(&rig, "threads", lines);
	pthread_barrier_wait(&barrier);
	assert_int_equal(pthread_join(thread, NULL), 0);
	pthread_barrier_destroy(&barrier);
	assert_int_equal(trace_rig_stats(&rig).entries, 321);
	trace_rig_close(&rig);
}

static void what_a_full_buffer_drops_is_counted(void **state)
{
	struct cpu_stats stats;
	struct trace_rig rig;
	char lines[512];
	int i;

	(void)state;
	tracefs_or_skip();
	snprintf(lines, sizeof(lines),
		 "  buffers: {size: 8KiB}\n  pids: %d\n"
		 "  providers: [{name: raw_syscalls, events: sys_enter, filter: 'id == %d'}]\n",
		 getpid(), SYS_getppid);
	trace_rig_must_open(&rig, "loss", lines);
	for (i = 0; i < 5000; i++)
		syscall(SYS_getppid);
	stats = trace_rig_stats(&rig);
	assert_true(stats.overrun > 0);
	assert_int_equal(stats.entries + stats.overrun, 5000);
	assert_int_equal(stats.dropped_events, 0);
	trace_rig_close(&rig);
}

__attribute__((noinline)) void traced_function(int number);

__attribute__((noinline)) void traced_function(int number)
{
	__asm__ volatile("" : : "r"(number) : "memory");
}

static void a_uprobe_counts_the_calls_of_a_function(void **state)
{
	char self[1024], lines[3000];
	struct trace_rig rig;
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	int i;

	(void)state;
	tracefs_or_skip();
	self[length > 0 ? length : 0] = '\0';
	snprintf(lines, sizeof(lines),
		 "  providers:\n"
		 "  - uprobe: {binary: %s, symbol: traced_function, name: enter}\n"
		 "    pids: %d\n"
		 "  - uprobe: {binary: %s, symbol: traced_function, name: leave, return: true}\n",
		 self, getpid(), self);
	trace_rig_must_open(&rig, "up-1", lines);
	for (i = 0; i < 100; i++)
		traced_function(i);
	assert_int_equal(trace_rig_stats(&rig).entries, 200);
	trace_rig_close(&rig);
	assert_int_equal(trace_rig_left(), 0);
}

/* Opening has to fail with this sentence, and leave nothing. */
static void refuses(const char *lines, const char *sentence)
{
	struct trace_rig rig;

	trace_rig_open(&rig, "refused", lines);
	assert_null(rig.instance);
	if (!strstr(rig.error.text, sentence))
		fail_msg("\"%s\" is not in \"%s\"", sentence, rig.error.text);
	trace_rig_close(&rig);
	assert_int_equal(trace_rig_left(), 0);
}

static void a_bad_filter_is_reported_in_the_kernels_words(void **state)
{
	(void)state;
	tracefs_or_skip();
	refuses("  providers: [{name: sched, events: sched_switch, filter: 'foo == 1'}]\n",
		"the kernel refuses the filter \"foo == 1\" of sched/sched_switch: Field not "
		"found, near \"== 1\"");
	refuses("  providers: [{name: sched, filter: 'common_pid > 0 && bar == 1'}]\n",
		"Field not found, near \"== 1\"");
}

static void events_without_the_fields_of_a_filter_pass_and_are_told(void **state)
{
	struct trace_rig rig;

	(void)state;
	tracefs_or_skip();
	trace_rig_must_open(
		&rig, "partly",
		"  providers:\n  - {name: sched, events: [sched_switch, sched_wakeup],\n"
		"     filter: 'prev_pid != 0', pids: 1}\n");
	assert_string_equal(file(&rig, "events/sched/sched_switch/filter"),
			    "(common_pid == 1) && (prev_pid != 0)");
	assert_string_equal(file(&rig, "events/sched/sched_wakeup/filter"), "common_pid == 1");
	assert_non_null(strstr(rig.log, "sched/sched_wakeup"));
	trace_rig_close(&rig);
}

static void what_is_not_there_is_an_error_with_a_hint(void **state)
{
	(void)state;
	tracefs_or_skip();
	refuses("  providers: [{name: shced}]\n",
		"no event system is called \"shced\" here; did you mean \"sched\"?");
	refuses("  providers: [{name: sched, events: [sched_swich]}]\n",
		"no event of \"sched\" is called \"sched_swich\" here; did you mean "
		"\"sched_switch\"?");
	refuses("  providers: [{name: sched, events: [sched_switch, 'x*']}]\n",
		"no event of \"sched\" is called \"x*\" here");
	refuses("  clock: bot\n" SCHED, "this kernel has no clock \"bot\", did you mean \"boot\"?");
	refuses("  providers: [{name: ftrace}]\n", "the events of \"ftrace\" cannot be enabled");
	refuses("  cpus: 8000\n" SCHED, "cpus names CPU 8000, which this machine does not have");
}

static void buffers_that_cannot_be_had_are_an_error(void **state)
{
	char path[PATH_MAX], size[200], refusal[100];
	unsigned long long mib;
	struct trace_rig rig;
	bool has_sizes;

	(void)state;
	tracefs_or_skip();
	/* As much for each CPU as the machine has in all. */
	mib = (unsigned long long)sysconf(_SC_PHYS_PAGES) / 256 *
	      (unsigned long long)(sysconf(_SC_PAGESIZE) / 4096);
	mib = (mib < 65535 ? mib : 65535) | 1;
	snprintf(size, sizeof(size), "  buffers: {size: %lluMiB}\n" SCHED, mib);
	snprintf(refusal, sizeof(refusal), "cannot have a buffer of %lluMiB for each of ", mib);
	refuses(size, refusal);
	trace_rig_must_open(&rig, "size", SCHED);
	snprintf(path, sizeof(path), "%s/buffer_subbuf_size_kb", trace_instance_path(rig.instance));
	has_sizes = access(path, F_OK) == 0;
	trace_rig_close(&rig);
	if (has_sizes && sysconf(_SC_PAGESIZE) == 4096)
		refuses("  buffers: {size: 2MiB, subbuffer: 1MiB}\n" SCHED,
			"cannot have sub-buffers of 1MiB: this kernel has them up to 128 pages, "
			"which are 512KiB");
}

static void a_probe_that_cannot_be_made_says_why(void **state)
{
	char self[1024], lines[3000];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

	(void)state;
	tracefs_or_skip();
	self[length > 0 ? length : 0] = '\0';
	snprintf(lines, sizeof(lines),
		 "  providers: [{uprobe: {binary: %s, symbol: no_such_function, name: n}}]\n",
		 self);
	refuses(lines, "has no function \"no_such_function\" among its");
	snprintf(lines, sizeof(lines),
		 "  providers: [{uprobe: {binary: %s, symbol: main, name: n, args: 'a=%%zz'}}]\n",
		 self);
	refuses(lines, "Invalid register name");
	refuses("  providers: [{uprobe: {binary: /dev/null, symbol: main, name: n}}]\n",
		"cannot read the symbols of /dev/null: it is no ELF file");
	refuses("  providers: [{uprobe: {binary: /nowhere, symbol: main, name: n}}]\n",
		"cannot find the binary /nowhere of the uprobe n");
}

static void a_kprobe_counts_or_the_kernel_has_none(void **state)
{
	struct trace_rig rig;

	(void)state;
	tracefs_or_skip();
	trace_rig_open(&rig, "kp", "  providers: [{kprobe: {symbol: do_exit, name: k}}]\n");
	if (!rig.instance)
		assert_non_null(strstr(rig.error.text, "this kernel has no kprobes (no "
						       "kprobe_events in "));
	trace_rig_close(&rig);
	assert_int_equal(trace_rig_left(), 0);
}

static void two_instances_at_once_do_not_mix(void **state)
{
	struct trace_rig first, second;

	(void)state;
	tracefs_or_skip();
	trace_rig_must_open(&first, "one", SCHED);
	trace_rig_must_open(&second, "two", "  providers: [{name: raw_syscalls}]\n");
	assert_int_equal(trace_rig_left(), 2);
	assert_string_equal(file(&first, "events/raw_syscalls/sys_enter/enable"), "0");
	assert_string_equal(file(&second, "events/sched/sched_switch/enable"), "0");
	trace_rig_close(&first);
	assert_true(trace_instance_is_alive(second.instance));
	trace_rig_close(&second);
	assert_int_equal(trace_rig_left(), 0);
}

static void an_instance_that_is_stopped_or_removed_is_not_alive(void **state)
{
	struct trace_rig rig;
	char path[PATH_MAX];
	struct cpu_stats stats;
	int on;

	(void)state;
	tracefs_or_skip();
	trace_rig_must_open(&rig, "alive", SCHED);
	snprintf(path, sizeof(path), "%s/tracing_on", trace_instance_path(rig.instance));
	on = open(path, O_WRONLY);
	assert_int_equal(write(on, "0", 1), 1);
	assert_false(trace_instance_is_alive(rig.instance));
	assert_int_equal(write(on, "1", 1), 1);
	close(on);
	assert_true(trace_instance_is_alive(rig.instance));
	assert_int_equal(rmdir(trace_instance_path(rig.instance)), 0);
	assert_false(trace_instance_is_alive(rig.instance));
	assert_false(trace_instance_cpu_stats(rig.instance, 0, &stats));
	assert_int_equal(mkdir(trace_instance_path(rig.instance), 0750), 0);
	assert_false(trace_instance_is_alive(rig.instance));
	snprintf(path, sizeof(path), "%s", trace_instance_path(rig.instance));
	trace_rig_close(&rig);
	/* It is another's now. */
	assert_int_equal(rmdir(path), 0);
}

/* In a process without privileges; its exit code says whether the sentence was right. */
static void without_privileges_it_says_what_is_missing(void **state)
{
	int status;
	pid_t child;

	(void)state;
	tracefs_or_skip();
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		struct trace_rig rig;

		if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
			_exit(2);
		trace_rig_open(&rig, "nobody", SCHED);
		_exit(rig.instance ||
		      !strstr(rig.error.text, "no permission; it takes root, the capability "
					      "CAP_DAC_OVERRIDE"));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* Of tests that failed. */
static int remove_what_is_left(void **state)
{
	(void)state;
	trace_rig_remove_left();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_instance_is_set_up_as_configured),
		cmocka_unit_test(sub_buffers_have_the_size_configured),
		cmocka_unit_test(the_version_of_ids_is_that_of_the_events),
		cmocka_unit_test(calls_are_counted_exactly_under_a_pid_filter),
		cmocka_unit_test(a_process_is_traced_with_its_threads),
		cmocka_unit_test(what_a_full_buffer_drops_is_counted),
		cmocka_unit_test(a_uprobe_counts_the_calls_of_a_function),
		cmocka_unit_test(a_bad_filter_is_reported_in_the_kernels_words),
		cmocka_unit_test(events_without_the_fields_of_a_filter_pass_and_are_told),
		cmocka_unit_test(what_is_not_there_is_an_error_with_a_hint),
		cmocka_unit_test(buffers_that_cannot_be_had_are_an_error),
		cmocka_unit_test(a_probe_that_cannot_be_made_says_why),
		cmocka_unit_test(a_kprobe_counts_or_the_kernel_has_none),
		cmocka_unit_test(two_instances_at_once_do_not_mix),
		cmocka_unit_test(an_instance_that_is_stopped_or_removed_is_not_alive),
		cmocka_unit_test(without_privileges_it_says_what_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, remove_what_is_left);
}
