#include <dirent.h>
#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "exporter/log/log.h"
#include "exporter/machine/tasks.h"
#include "exporter/state/lookups.h"
#include "exporter/state/trace_state.h"
#include "tests/support/task_events.h"

#define S ((int64_t)1000000000)

/* One that no machine has: the kernel's PID_MAX_LIMIT is 2^22. */
#define NOBODY (1u << 23)

#define THREAD_NAME  "test-thread"
#define PROCESS_NAME "test_machine"

struct rig {
	struct task_event_rig events;
	struct trace_state *recorded, *live;
	struct log *log;
	FILE *lines;
	char *text; /* of the log */
	size_t length;
};

static int setup(void **context)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	task_event_rig_init(&rig->events);
	rig->recorded = trace_state_new(NULL);
	rig->live = trace_state_new(NULL);
	rig->lines = open_memstream(&rig->text, &rig->length);
	rig->log = log_new(rig->lines, LOG_INFO, LOG_LOGFMT);
	assert_true(rig->recorded && rig->live && rig->log);
	trace_state_look_at_machine(rig->live, true, rig->log, "test");
	fflush(rig->lines);
	*context = rig;
	return 0;
}

static int teardown(void **context)
{
	struct rig *rig = *context;

	task_event_rig_done(&rig->events);
	trace_state_free(rig->recorded);
	trace_state_free(rig->live);
	log_free(rig->log);
	fclose(rig->lines);
	free(rig->text);
	free(rig);
	return 0;
}

static void need_tasks(void)
{
	if (tasks_are_of_the_kernel())
		return;
	print_message("skipped because this is a PID namespace of its own\n");
	skip();
}

static void learn(struct rig *rig, int64_t time_ns)
{
	trace_state_learn(rig->live, trace_state_kind(&rig->events.record, rig->events.schema),
			  &rig->events.record, rig->events.schema, time_ns);
}

static const char *process_of(struct rig *rig, uint32_t tid, int64_t time_ns)
{
	return trace_state_task_process(rig->live, tid, time_ns)->text;
}

static const char *comm_of(struct rig *rig, uint32_t tid, int64_t time_ns)
{
	return trace_state_task(rig->live, tid, time_ns)->text;
}

static void a_task_that_the_trace_has_not_named_is_called_as_in_proc(void **context)
{
	struct rig *rig = *context;

	need_tasks();
	assert_string_equal(process_of(rig, (uint32_t)getpid(), S), PROCESS_NAME);
	assert_string_equal(comm_of(rig, (uint32_t)getpid(), S), PROCESS_NAME);
	assert_string_equal(process_of(rig, 1, S), comm_of(rig, 1, S));
	assert_string_not_equal(process_of(rig, 1, S), "unknown");
	assert_string_equal(process_of(rig, NOBODY, S), "unknown");
	assert_string_equal(comm_of(rig, NOBODY, S), "unknown");
}

/* What a thread tells, and waits for. */
struct thread {
	pthread_barrier_t told, seen;
	uint32_t tid;
};

static void *be_a_thread(void *context)
{
	struct thread *thread = context;

	prctl(PR_SET_NAME, THREAD_NAME);
	thread->tid = (uint32_t)gettid();
	pthread_barrier_wait(&thread->told);
	pthread_barrier_wait(&thread->seen);
	return NULL;
}

static void a_thread_is_of_the_process_that_proc_says(void **context)
{
	struct rig *rig = *context;
	struct thread thread;
	pthread_t handle;

	need_tasks();
	pthread_barrier_init(&thread.told, NULL, 2);
	pthread_barrier_init(&thread.seen, NULL, 2);
	assert_int_equal(pthread_create(&handle, NULL, be_a_thread, &thread), 0);
	pthread_barrier_wait(&thread.told);
	assert_string_equal(process_of(rig, thread.tid, S), PROCESS_NAME);
	assert_string_equal(comm_of(rig, thread.tid, S), THREAD_NAME);
	pthread_barrier_wait(&thread.seen);
	pthread_join(handle, NULL);
	pthread_barrier_destroy(&thread.told);
	pthread_barrier_destroy(&thread.seen);
}

/* A process that waits for its end. */
static pid_t start_child(void)
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (child)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

static void end_child(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static void a_name_that_is_known_outlives_the_process(void **context)
{
	struct rig *rig = *context;
	pid_t child;

	need_tasks();
	child = start_child();
	assert_string_equal(process_of(rig, (uint32_t)child, S), PROCESS_NAME);
	end_child(child);
	assert_string_equal(process_of(rig, (uint32_t)child, 9 * S), PROCESS_NAME);
	/* Nor is it called so any more when the trace says that it is another. */
	task_event_fork(&rig->events, 1, (uint32_t)child, "another");
	learn(rig, 10 * S);
	assert_string_equal(process_of(rig, (uint32_t)child, 11 * S), "another");
	assert_string_equal(process_of(rig, (uint32_t)child, 9 * S), PROCESS_NAME);
}

static void long_after_a_task_has_ended_its_number_is_asked_for_again(void **context)
{
	struct rig *rig = *context;
	pid_t child;

	need_tasks();
	child = start_child();
	end_child(child);
	assert_string_equal(process_of(rig, (uint32_t)child, S), "unknown");
	assert_string_equal(process_of(rig, (uint32_t)getpid(), S), PROCESS_NAME);
	task_event_exit(&rig->events, (uint32_t)getpid(), PROCESS_NAME, true);
	learn(rig, 2 * S);
	/* It has ended, says the trace, and long after that there is one of that number. */
	assert_string_equal(process_of(rig, (uint32_t)getpid(), 9 * S), PROCESS_NAME);
}

static void what_the_trace_says_is_not_asked_for(void **context)
{
	struct rig *rig = *context;
	uint32_t own = (uint32_t)getpid();

	need_tasks();
	task_event_newtask(&rig->events, 1, own, "traced", 0);
	learn(rig, S);
	assert_string_equal(process_of(rig, own, 2 * S), "traced");
	assert_string_equal(comm_of(rig, own, 2 * S), "traced");
	assert_int_equal(trace_state_entries(rig->live, STATE_LOOKUPS), 0);
}

static void a_recording_does_not_ask_this_machine(void **context)
{
	struct rig *rig = *context;
	struct trace_state *state = rig->recorded;

	assert_string_equal(trace_state_task_process(state, (uint32_t)getpid(), S)->text,
			    "unknown");
	assert_string_equal(trace_state_task(state, 1, S)->text, "unknown");
	assert_string_equal(trace_state_device(state, 8 << 20 | 1, S)->text, "8:1");
	assert_string_equal(trace_state_device(state, UINT32_MAX, S)->text, "4095:1048575");
	assert_string_equal(trace_state_irq(state, 1, S)->text, "1");
	assert_string_equal(trace_state_irq(state, (uint64_t)-1, S)->text, "-1");
	assert_string_equal(trace_state_symbol(state, 0xffffffff81000000, S)->text,
			    "0xffffffff81000000");
}

/* Calls with each name in a directory; how often that was true. */
static size_t for_names(const char *path, bool (*check)(struct rig *, const char *),
			struct rig *rig)
{
	DIR *directory = opendir(path);
	const struct dirent *entry;
	size_t count = 0;

	if (!directory) {
		print_message("skipped because %s cannot be read\n", path);
		skip();
	}
	while ((entry = readdir(directory)))
		if (entry->d_name[0] != '.')
			count += check(rig, entry->d_name);
	closedir(directory);
	return count;
}

/* The link of a device leads to a directory that is called as it is, but for slashes. */
static bool check_device(struct rig *rig, const char *numbers)
{
	char path[64], link[512], *name, *at;
	uint32_t major, minor;
	ssize_t length;

	snprintf(path, sizeof(path), "/sys/dev/block/%s", numbers);
	length = readlink(path, link, sizeof(link) - 1);
	assert_true(length > 0);
	link[length] = '\0';
	name = strrchr(link, '/') + 1;
	while ((at = strchr(name, '!')))
		*at = '/';
	assert_int_equal(sscanf(numbers, "%" SCNu32 ":%" SCNu32, &major, &minor), 2);
	assert_string_equal(trace_state_device(rig->live, major << 20 | minor, S)->text, name);
	return true;
}

static void disks_are_called_as_this_machine_calls_them(void **context)
{
	struct rig *rig = *context;

	if (!for_names("/sys/dev/block", check_device, rig)) {
		print_message("skipped because there are no block devices\n");
		skip();
	}
	assert_string_equal(trace_state_device(rig->live, 4095u << 20 | 17, S)->text, "4095:17");
	assert_string_equal(trace_state_device(rig->live, (uint64_t)1 << 40, S)->text,
			    "1099511627776");
}

/* Whether the last column of /proc/interrupts has this for the number. */
static bool interrupts_have(const char *number, const char *name)
{
	FILE *file = fopen("/proc/interrupts", "re");
	char line[4096], label[32];
	bool found = false;

	if (!file) {
		print_message("skipped because /proc/interrupts cannot be read\n");
		skip();
	}
	while (!found && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (sscanf(line, " %31[^:]:", label) != 1 || strcmp(label, number) != 0)
			continue;
		found = strlen(line) > strlen(name) &&
			strcmp(line + strlen(line) - strlen(name), name) == 0;
	}
	fclose(file);
	return found;
}

static bool check_irq(struct rig *rig, const char *number)
{
	const char *name = trace_state_irq(rig->live, strtoul(number, NULL, 10), S)->text;

	if (strcmp(name, number) == 0 || strchr(name, ','))
		return false;
	assert_true(interrupts_have(number, name));
	return true;
}

static void interrupts_are_called_as_their_handlers(void **context)
{
	struct rig *rig = *context;

	if (!for_names("/sys/kernel/irq", check_irq, rig)) {
		print_message("skipped because no interrupt has a handler\n");
		skip();
	}
	assert_string_equal(trace_state_irq(rig->live, 1000000, S)->text, "1000000");
}

static uint64_t address_of(const char *function)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	char line[512], name[256], type;
	uint64_t address = 0;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%" SCNx64 " %c %255s", &address, &type, name) == 3 &&
		    strcmp(name, function) == 0)
			break;
		address = 0;
	}
	if (file)
		fclose(file);
	return address;
}

static void functions_are_called_as_the_kernel_calls_them(void **context)
{
	struct rig *rig = *context;
	uint64_t address = address_of("vfs_read");

	if (!address) {
		assert_non_null(strstr(rig->text, "/proc/kallsyms"));
		assert_non_null(strstr(rig->text, "session=test"));
		print_message("skipped because /proc/kallsyms does not say where vfs_read is\n");
		skip();
	}
	assert_string_equal(trace_state_symbol(rig->live, address, S)->text, "vfs_read");
	assert_string_equal(trace_state_symbol(rig->live, address + 9, S)->text, "vfs_read");
	assert_string_equal(trace_state_symbol(rig->live, 0x1234, S)->text, "0x1234");
	assert_null(strstr(rig->text, "functions of the kernel"));
}

static void proc_is_not_asked_more_often_than_it_may_be(void **context)
{
	struct table_counts counts = {0};
	struct lookups lookups;
	struct timespec begin, end;
	unsigned int may = 0, seconds;
	int i;

	(void)context;
	assert_int_equal(lookups_init(&lookups, 10, &counts), 0);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (i = 0; i < 10 * LOOKUPS_PER_SECOND; i++)
		may += lookups_may_ask(&lookups);
	clock_gettime(CLOCK_MONOTONIC, &end);
	seconds = (unsigned int)(end.tv_sec - begin.tv_sec) + 2;
	assert_true(may >= LOOKUPS_PER_SECOND);
	assert_true(may <= seconds * LOOKUPS_PER_SECOND);
	lookups_done(&lookups);
}

static void lookups_are_forgotten_when_there_are_too_many(void **context)
{
	struct table_counts counts = {0};
	struct lookups lookups;
	uint64_t i;

	(void)context;
	assert_int_equal(lookups_init(&lookups, 10, &counts), 0);
	for (i = 0; i < 10; i++)
		assert_non_null(lookups_add(&lookups, LOOKUP_IRQ, i));
	assert_non_null(lookups_find(&lookups, LOOKUP_IRQ, 0));
	assert_null(lookups_find(&lookups, LOOKUP_DEVICE, 0));
	assert_int_equal(table_entries(&counts), 10);
	assert_non_null(lookups_add(&lookups, LOOKUP_DEVICE, 0));
	assert_null(lookups_find(&lookups, LOOKUP_IRQ, 0));
	assert_non_null(lookups_find(&lookups, LOOKUP_DEVICE, 0));
	assert_int_equal(table_entries(&counts), 1);
	lookups_done(&lookups);
}

static void check_cut(const char *shown, const char *expected)
{
	char comm[64];

	strcpy(comm, shown);
	task_comm_cut(comm);
	assert_string_equal(comm, expected);
}

static void names_of_kernel_threads_are_as_in_the_trace(void **context)
{
	(void)context;
	check_cut("kworker/0:1H-kblockd", "kworker/0:1H");
	check_cut("kworker/u8:2+events_unbound", "kworker/u8:2");
	check_cut("kworker/R-rcu_gp", "kworker/R-rcu_g");
	check_cut("kworker/3:0", "kworker/3:0");
	check_cut("rcu_tasks_rude_kthread", "rcu_tasks_rude_");
	check_cut("my-shell+more", "my-shell+more");
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_task_that_the_trace_has_not_named_is_called_as_in_proc),
		test(a_thread_is_of_the_process_that_proc_says),
		test(a_name_that_is_known_outlives_the_process),
		test(long_after_a_task_has_ended_its_number_is_asked_for_again),
		test(what_the_trace_says_is_not_asked_for),
		test(a_recording_does_not_ask_this_machine),
		test(disks_are_called_as_this_machine_calls_them),
		test(interrupts_are_called_as_their_handlers),
		test(functions_are_called_as_the_kernel_calls_them),
		cmocka_unit_test(proc_is_not_asked_more_often_than_it_may_be),
		cmocka_unit_test(lookups_are_forgotten_when_there_are_too_many),
		cmocka_unit_test(names_of_kernel_threads_are_as_in_the_trace),
	};

	prctl(PR_SET_NAME, PROCESS_NAME);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
