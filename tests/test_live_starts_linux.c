/* Exporters of live sessions that start, count and stop, STARTS times (60) in one process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <malloc.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "config/config.h"
#include "exporter/exporter.h"
#include "tests/support/trace_rig.h"
#include "tests/support/tracefs_place.h"

#define PATIENCE_SECONDS 30
#define STARTS		 60
#define FIRST_STARTS	 20 /* what the C library and others keep is allocated after these */
#define GROWTH_BYTES	 65536

__attribute__((noinline)) void probed_function(int number);

__attribute__((noinline)) void probed_function(int number)
{
	__asm__ volatile("" : : "r"(number) : "memory");
}

static struct config *parse(void)
{
	char self[1024], text[4096];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	struct problems problems;
	struct config *config;

	self[length > 0 ? length : 0] = '\0';
	snprintf(text, sizeof(text),
		 "sessions:\n- name: %s\n  source: tracefs\n  buffers: {size: 64KiB}\n"
		 "  providers:\n  - {name: sched, events: sched_process_exit, pids: %d}\n"
		 "  - {uprobe: {binary: %s, symbol: probed_function, name: probed}, pids: %d}\n"
		 "metrics:\n- {name: probed_total, help: Calls., type: counter, match: {provider: "
		 "'etw_*', name: "
		 "probed}, labels: {process: $process}}\n",
		 trace_rig_session("starts"), getpid(), self, getpid());
	problems_init(&problems);
	config = config_parse_text("c.yml", text, strlen(text), &problems);
	if (!config)
		fail_msg("%s", problems.list[0].text);
	problems_done(&problems);
	return config;
}

static time_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec;
}

static void wait_until_it_runs(const struct session *session)
{
	const struct timespec step = {.tv_nsec = 100000};
	time_t deadline = now() + PATIENCE_SECONDS;

	while (session_state(session) != SESSION_RUNNING) {
		assert_true(now() < deadline);
		nanosleep(&step, NULL);
	}
}

/* One life of an exporter, which counts one event. */
static void start_and_stop(const struct config *config, struct log *log)
{
	struct error error = {""};
	struct exporter *exporter = exporter_new(config, log, &error);
	struct sessions *sessions;
	const struct session *session;

	if (!exporter || sessions_start(exporter_sessions(exporter), &error))
		fail_msg("%s", error.text);
	sessions = exporter_sessions(exporter);
	session = sessions_get(sessions, 0);
	wait_until_it_runs(session);
	probed_function(1);
	assert_true(sessions_stop(sessions, PATIENCE_SECONDS));
	assert_int_equal(atomic_load(&session_health(session)->events), 1);
	assert_int_equal(atomic_load(&session_health(session)->restarts), 0);
	exporter_free(exporter);
}

static unsigned int count_open_files(void)
{
	DIR *directory = opendir("/proc/self/fd");
	unsigned int count = 0;

	assert_non_null(directory);
	while (readdir(directory))
		count++;
	closedir(directory);
	return count;
}

static unsigned long count_starts(void)
{
	const char *text = getenv("STARTS");
	unsigned long starts = text ? strtoul(text, NULL, 10) : STARTS;

	assert_true(starts > FIRST_STARTS);
	return starts;
}

static void many_starts_and_stops_leave_nothing_behind(void **state)
{
	unsigned long starts = count_starts(), i;
	struct config *config;
	unsigned int files = 0;
	size_t bytes = 0;
	struct log *log;

	(void)state;
	tracefs_or_skip();
	config = parse();
	log = log_new(stderr, LOG_WARN, LOG_LOGFMT);
	for (i = 0; i < starts; i++) {
		if (i == FIRST_STARTS) {
			files = count_open_files();
			bytes = mallinfo2().uordblks;
		}
		start_and_stop(config, log);
		assert_int_equal(trace_rig_left(), 0);
	}
	assert_int_equal(count_open_files(), files);
	if (mallinfo2().uordblks > bytes + GROWTH_BYTES)
		fail_msg("%zu bytes became %zu", bytes, mallinfo2().uordblks);
	log_free(log);
	config_free(config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_starts_and_stops_leave_nothing_behind),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	trace_rig_remove_left();
	return failed;
}
