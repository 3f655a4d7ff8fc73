/* Instances that an earlier run left, and those that somebody else has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exporter/tracefs/trace_mount_linux.h"
#include "exporter/tracefs/trace_name.h"
#include "exporter/tracefs/trace_remove_linux.h"
#include "tests/support/trace_rig.h"
#include "tests/support/tracefs_place.h"

#define SCHED "  providers: [{name: sched, events: sched_switch}]\n"

static const char *file(const struct trace_rig *rig, const char *name)
{
	return tracefs_text(trace_instance_path(rig->instance), name);
}

__attribute__((noinline)) void traced_function(int number);

__attribute__((noinline)) void traced_function(int number)
{
	__asm__ volatile("" : : "r"(number) : "memory");
}

/* Opens a session in a process that is killed then. */
static void open_and_die(const char *name, const char *lines)
{
	const char *session = trace_rig_session(name);
	char config[4096];
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (!child) {
		struct problems problems;
		struct error error;
		struct config *parsed;

		snprintf(config, sizeof(config), "sessions:\n- name: %s\n  source: tracefs\n%s",
			 session, lines);
		problems_init(&problems);
		parsed = config_parse_text("c", config, strlen(config), &problems);
		if (!parsed || !trace_instance_open(&parsed->sessions[0], NULL, NULL, &error))
			_exit(1);
		for (int i = 0; i < 1000; i++)
			syscall(SYS_getppid);
		for (int i = 0; i < 10; i++)
			traced_function(i);
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

static const char *getppid_lines(const char *more)
{
	static char lines[512];

	snprintf(lines, sizeof(lines),
		 "%s  providers: [{name: raw_syscalls, events: sys_enter, filter: 'id == %d && "
		 "comm ~ \"test_trace_exis*\"'}]\n",
		 more, SYS_getppid);
	return lines;
}

static void an_instance_left_by_a_killed_run_is_replaced(void **state)
{
	struct trace_rig rig;

	(void)state;
	tracefs_or_skip();
	open_and_die("killed", getppid_lines(""));
	assert_int_equal(trace_rig_left(), 1);
	trace_rig_must_open(&rig, "killed", getppid_lines(""));
	assert_int_equal(trace_rig_stats(&rig).entries, 0);
	trace_rig_close(&rig);
	assert_int_equal(trace_rig_left(), 0);
}

static void an_instance_is_reused_with_what_is_in_it(void **state)
{
	struct trace_rig rig;

	(void)state;
	tracefs_or_skip();
	open_and_die("reused", getppid_lines("  clock: mono\n"));
	trace_rig_must_open(&rig, "reused", "  clock: mono\n  on_exists: reuse\n" SCHED);
	assert_true(trace_rig_stats(&rig).entries >= 1000);
	assert_string_equal(file(&rig, "events/raw_syscalls/sys_enter/enable"), "0");
	assert_string_equal(file(&rig, "events/raw_syscalls/sys_enter/filter"), "none");
	assert_string_equal(file(&rig, "events/sched/sched_switch/enable"), "1");
	trace_rig_close(&rig);
	assert_int_equal(trace_rig_left(), 0);
}

static void an_instance_that_cannot_be_reused_traces_nothing(void **state)
{
	struct trace_rig rig;
	char there[PATH_MAX];

	(void)state;
	tracefs_or_skip();
	trace_rig_must_open(&rig, "quiet", SCHED);
	snprintf(there, sizeof(there), "%s", trace_instance_path(rig.instance));
	trace_rig_close(&rig);
	assert_int_equal(mkdir(there, 0750), 0);
	trace_rig_open(&rig, "quiet",
		       "  on_exists: reuse\n"
		       "  providers: [{name: sched, events: sched_switch}, {name: shced}]\n");
	assert_null(rig.instance);
	trace_rig_close(&rig);
	assert_string_equal(tracefs_text(there, "events/sched/sched_switch/enable"), "0");
	assert_int_equal(rmdir(there), 0);
}

/* Removing a probe empties the buffers that it was traced into. */
static void a_probe_that_stays_the_same_is_reused_with_its_events(void **state)
{
	char self[1024], lines[3000];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	struct trace_rig rig;

	(void)state;
	tracefs_or_skip();
	self[length > 0 ? length : 0] = '\0';
	snprintf(lines, sizeof(lines),
		 "  on_exists: reuse\n  providers:\n"
		 "  - uprobe: {binary: %s, symbol: traced_function, name: n, args: 'a=%%di:u64'}\n",
		 self);
	open_and_die("probe", lines);
	trace_rig_must_open(&rig, "probe", lines);
	assert_int_equal(trace_rig_stats(&rig).entries, 10);
	traced_function(1);
	assert_int_equal(trace_rig_stats(&rig).entries, 11);
	trace_rig_close(&rig);
	assert_int_equal(trace_rig_left(), 0);
}

static void an_instance_that_is_there_can_be_an_error(void **state)
{
	struct trace_rig rig;

	(void)state;
	tracefs_or_skip();
	open_and_die("there", getppid_lines(""));
	trace_rig_open(&rig, "there", getppid_lines("  on_exists: fail\n"));
	assert_null(rig.instance);
	assert_non_null(strstr(rig.error.text, "is there already"));
	assert_int_equal(trace_rig_left(), 1);
	trace_rig_close(&rig);
	trace_rig_must_open(&rig, "there", getppid_lines(""));
	trace_rig_close(&rig);
	assert_int_equal(trace_rig_left(), 0);
}

/* Nor does it share its events. */
static void an_instance_of_another_exporter_stays_as_it_is(void **state)
{
	static const char *const ways[] = {"replace", "reuse"};
	struct trace_rig first, second;
	char lines[256];
	size_t i;

	(void)state;
	tracefs_or_skip();
	trace_rig_must_open(&first, "used", SCHED);
	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		snprintf(lines, sizeof(lines), "  on_exists: %s\n" SCHED, ways[i]);
		trace_rig_open(&second, "used", lines);
		assert_null(second.instance);
		assert_non_null(strstr(second.error.text, "it is in use: another etw_exporter has "
							  "a session of the same name"));
		trace_rig_close(&second);
		assert_true(trace_instance_is_alive(first.instance));
		assert_string_equal(file(&first, "events/sched/sched_switch/enable"), "1");
	}
	trace_rig_close(&first);
	assert_int_equal(trace_rig_left(), 0);
}

static void an_instance_that_somebody_reads_is_not_replaced(void **state)
{
	struct trace_rig rig;
	char path[PATH_MAX + 64];
	char there[PATH_MAX];
	int used;

	(void)state;
	tracefs_or_skip();
	trace_rig_must_open(&rig, "read", SCHED);
	snprintf(there, sizeof(there), "%s", trace_instance_path(rig.instance));
	trace_rig_close(&rig);
	assert_int_equal(mkdir(there, 0750), 0);
	snprintf(path, sizeof(path), "%s/per_cpu/cpu0/trace_pipe_raw", there);
	used = open(path, O_RDONLY | O_NONBLOCK);
	assert_true(used >= 0);
	trace_rig_open(&rig, "read", SCHED);
	assert_null(rig.instance);
	assert_non_null(strstr(rig.error.text, "it is in use"));
	trace_rig_close(&rig);
	close(used);
	trace_rig_must_open(&rig, "read", SCHED);
	trace_rig_close(&rig);
	assert_int_equal(trace_rig_left(), 0);
}

static void probes_that_cannot_be_looked_for_are_told(void **state)
{
	struct error error = {""};
	struct rlimit before, none;
	char path[PATH_MAX];
	int tracefs, result;

	(void)state;
	tracefs_or_skip();
	tracefs = trace_mount_open(false, path, &error);
	assert_true(tracefs >= 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = (struct rlimit){0, before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	result = trace_remove(tracefs, "etw_exporter_t0_nowhere", &error);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	close(tracefs);
	assert_int_equal(result, -1);
	assert_non_null(strstr(error.text, "probe_events: Too many open files"));
}

static void *remove_it(void *name)
{
	char path[PATH_MAX], instance[TRACE_NAME_SIZE];
	struct error error = {""};
	int tracefs = trace_mount_open(false, path, &error), result;

	trace_name_instance(name, instance);
	result = trace_remove(tracefs, instance, &error);
	if (result)
		print_message("%s\n", error.text);
	close(tracefs);
	return result ? name : NULL;
}

static void two_may_remove_an_instance_at_once(void **state)
{
	char session[64];
	pthread_t other;
	void *failed;
	int i;

	(void)state;
	tracefs_or_skip();
	snprintf(session, sizeof(session), "%s", trace_rig_session("both"));
	for (i = 0; i < 30; i++) {
		struct trace_rig rig;

		trace_rig_must_open(&rig, "both", SCHED);
		assert_int_equal(pthread_create(&other, NULL, remove_it, session), 0);
		assert_null(remove_it(session));
		assert_int_equal(pthread_join(other, &failed), 0);
		assert_null(failed);
		trace_rig_close(&rig);
	}
	assert_int_equal(trace_rig_left(), 0);
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
		cmocka_unit_test(an_instance_left_by_a_killed_run_is_replaced),
		cmocka_unit_test(an_instance_is_reused_with_what_is_in_it),
		cmocka_unit_test(an_instance_that_cannot_be_reused_traces_nothing),
		cmocka_unit_test(a_probe_that_stays_the_same_is_reused_with_its_events),
		cmocka_unit_test(an_instance_that_is_there_can_be_an_error),
		cmocka_unit_test(an_instance_of_another_exporter_stays_as_it_is),
		cmocka_unit_test(an_instance_that_somebody_reads_is_not_replaced),
		cmocka_unit_test(probes_that_cannot_be_looked_for_are_told),
		cmocka_unit_test(two_may_remove_an_instance_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, remove_what_is_left);
}
