#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "exporter/rule/rule_field.h"
#include "exporter/state/trace_state.h"
#include "tests/support/random.h"
#include "tests/support/task_events.h"

#define MS     ((int64_t)1000000)
#define S      (1000 * MS)
#define THREAD 0x00010000u /* CLONE_THREAD */

struct rig {
	struct task_event_rig events;
	struct trace_state *state;
};

static int setup(void **context)
{
	struct rig *rig = malloc(sizeof(*rig));

	assert_non_null(rig);
	task_event_rig_init(&rig->events);
	rig->state = trace_state_new(NULL);
	assert_non_null(rig->state);
	*context = rig;
	return 0;
}

static int teardown(void **context)
{
	struct rig *rig = *context;

	trace_state_free(rig->state);
	task_event_rig_done(&rig->events);
	free(rig);
	return 0;
}

/* What was made last. */
static void learn(struct rig *rig, int64_t time_ns)
{
	unsigned int kind = trace_state_kind(&rig->events.record, rig->events.schema);

	assert_true(kind != 0);
	trace_state_learn(rig->state, kind, &rig->events.record, rig->events.schema, time_ns);
}

#define LEARN(rig, time_ns, event, ...)                          \
	do {                                                     \
		task_event_##event(&(rig)->events, __VA_ARGS__); \
		learn(rig, time_ns);                             \
	} while (0)

#define assert_comm(rig, tid, time_ns, name) \
	assert_string_equal(trace_state_task((rig)->state, tid, time_ns)->text, name)
#define assert_process(rig, tid, time_ns, name) \
	assert_string_equal(trace_state_task_process((rig)->state, tid, time_ns)->text, name)

static bool lives(struct rig *rig, uint32_t tid, int64_t time_ns)
{
	int64_t since;

	return trace_state_name_lives(
		rig->state, trace_state_task_process(rig->state, tid, time_ns)->id, &since);
}

static void tasks_are_called_as_the_scheduler_says(void **context)
{
	struct rig *rig = *context;

	assert_comm(rig, 100, S, "unknown");
	LEARN(rig, S, switch, 100, "bash", 101, "ls");
	LEARN(rig, 2 * S, waking, 100, 102, "fifteen letters");
	assert_comm(rig, 100, S, "bash");
	assert_comm(rig, 101, 2 * S, "ls");
	assert_comm(rig, 102, 3 * S, "fifteen letters");
	assert_comm(rig, 103, 3 * S, "unknown");
	assert_comm(rig, UINT32_MAX, 3 * S, "unknown");
}

static void without_a_group_a_process_is_called_as_the_task(void **context)
{
	struct rig *rig = *context;

	LEARN(rig, S, switch, 100, "bash", 101, "worker");
	assert_process(rig, 101, S, "worker");
	assert_process(rig, 102, S, "unknown");
}

static void the_idle_task_is_of_no_processor(void **context)
{
	struct rig *rig = *context;

	LEARN(rig, S, switch, 0, "swapper/0", 100, "bash");
	LEARN(rig, S, switch, 0, "swapper/1", 100, "bash");
	assert_comm(rig, 0, S, "swapper");
	assert_process(rig, 0, S, "swapper");
	assert_int_equal(trace_state_entries(rig->state, STATE_TASKS), 1);
}

static void threads_are_of_the_process_of_their_leader(void **context)
{
	struct rig *rig = *context;

	LEARN(rig, S, newtask, 50, 100, "server", 0);
	LEARN(rig, 2 * S, newtask, 100, 101, "server", THREAD);
	LEARN(rig, 3 * S, newtask, 101, 102, "server", THREAD);
	LEARN(rig, 4 * S, rename, 102, 102, "io-thread");
	LEARN(rig, 4 * S, switch, 101, "pool-1", 0, "swapper/0");
	assert_comm(rig, 101, 5 * S, "pool-1");
	assert_comm(rig, 102, 5 * S, "io-thread");
	assert_process(rig, 100, 5 * S, "server");
	assert_process(rig, 101, 5 * S, "server");
	assert_process(rig, 102, 5 * S, "server");
	assert_int_equal(trace_state_entries(rig->state, STATE_PROCESSES), 1);
}

static void a_process_is_called_as_what_it_executes(void **context)
{
	struct rig *rig = *context;

	LEARN(rig, S, newtask, 50, 100, "bash", 0);
	LEARN(rig, S + MS / 1000, fork, 50, 100, "bash");
	LEARN(rig, 2 * S, exec, 100, 100, "/usr/lib/a-very-long-name-of-a-program");
	assert_process(rig, 100, S, "bash");
	assert_process(rig, 100, 3 * S, "a-very-long-nam");
	assert_comm(rig, 100, 3 * S, "a-very-long-nam");
	LEARN(rig, 3 * S, switch, 100, "a-very-long-nam", 0, "swapper/0");
	assert_int_equal(trace_state_entries(rig->state, STATE_TASKS), 2);
	/* By a descriptor: the path says nothing, the rename before it did. */
	LEARN(rig, 4 * S, rename, 100, 100, "runc");
	LEARN(rig, 4 * S, exec, 100, 100, "/dev/fd/5");
	assert_process(rig, 100, 5 * S, "runc");
	assert_process(rig, 100, 3 * S, "a-very-long-nam");
}

static void a_thread_that_executes_becomes_the_leader(void **context)
{
	struct rig *rig = *context;

	LEARN(rig, S, newtask, 50, 100, "server", 0);
	LEARN(rig, 2 * S, newtask, 100, 101, "server", THREAD);
	LEARN(rig, 3 * S, exit, 100, "server", false);
	LEARN(rig, 3 * S + MS, exec, 100, 101, "/bin/helper");
	assert_process(rig, 100, 4 * S, "helper");
	assert_process(rig, 101, 2 * S, "server");
	assert_true(lives(rig, 100, 4 * S));
	/* The number it had is another's. */
	LEARN(rig, 5 * S, newtask, 50, 101, "cron", 0);
	assert_process(rig, 101, 6 * S, "cron");
}

static void the_name_of_a_process_is_that_of_its_leader(void **context)
{
	struct rig *rig = *context;

	LEARN(rig, S, newtask, 50, 100, "nginx", 0);
	LEARN(rig, 2 * S, newtask, 100, 101, "nginx", THREAD);
	LEARN(rig, 3 * S, rename, 101, 100, "nginx: master");
	LEARN(rig, 3 * S, rename_new, 101, "nginx: aio");
	assert_process(rig, 101, 2 * S + MS, "nginx");
	assert_process(rig, 101, 4 * S, "nginx: master");
	assert_comm(rig, 101, 4 * S, "nginx: aio");
}

static void a_number_that_is_used_again_is_another_process(void **context)
{
	struct rig *rig = *context;

	LEARN(rig, S, newtask, 50, 100, "make", 0);
	LEARN(rig, 2 * S, exit, 100, "make", true);
	LEARN(rig, 2 * S + 20 * MS, newtask, 60, 100, "cron", 0);
	assert_process(rig, 100, S + MS, "make");
	assert_process(rig, 100, 2 * S, "make");
	assert_process(rig, 100, 2 * S + 20 * MS, "cron");
	assert_process(rig, 100, 9 * S, "cron");
	assert_comm(rig, 100, 9 * S, "cron");
}

static void a_number_is_used_again_though_no_end_was_seen(void **context)
{
	struct rig *rig = *context;

	LEARN(rig, S, newtask, 50, 100, "make", 0);
	LEARN(rig, S, newtask, 100, 101, "make", THREAD);
	LEARN(rig, 5 * S, newtask, 60, 101, "cron", 0);
	assert_process(rig, 101, 2 * S, "make");
	assert_process(rig, 101, 6 * S, "cron");
	LEARN(rig, 8 * S, fork, 60, 101, "sshd");
	assert_process(rig, 101, 6 * S, "cron");
	assert_process(rig, 101, 9 * S, "sshd");
	/* A name that the scheduler says, and no other event did. */
	LEARN(rig, 12 * S, switch, 101, "late", 0, "swapper/0");
	assert_comm(rig, 101, 13 * S, "late");
}

static void processors_may_be_read_one_after_the_other(void **context)
{
	struct rig *rig = *context;

	LEARN(rig, 3 * S, switch, 100, "ls", 0, "swapper/1");
	LEARN(rig, 4 * S, exit, 100, "ls", true);
	LEARN(rig, S, newtask, 50, 100, "bash", 0);
	LEARN(rig, 2 * S, exec, 100, 100, "/bin/ls");
	assert_comm(rig, 100, S + MS, "bash");
	assert_comm(rig, 100, 3 * S, "ls");
	assert_process(rig, 100, S + MS, "bash");
	assert_process(rig, 100, 3 * S, "ls");
}

static void what_ends_keeps_its_name_for_what_it_does_last(void **context)
{
	struct rig *rig = *context;

	LEARN(rig, S, newtask, 50, 100, "make", 0);
	LEARN(rig, 2 * S, exit, 100, "make", true);
	LEARN(rig, 2 * S + 200 * MS, switch, 100, "make", 0, "swapper/0");
	assert_process(rig, 100, 2 * S + 300 * MS, "make");
	assert_comm(rig, 100, 2 * S + 300 * MS, "make");
	assert_false(lives(rig, 100, 2 * S + 300 * MS));
	assert_comm(rig, 100, 4 * S, "unknown");
	assert_process(rig, 100, 4 * S, "unknown");
}

static void a_process_lives_until_its_last_thread_ends(void **context)
{
	struct rig *rig = *context;

	LEARN(rig, S, newtask, 50, 100, "server", 0);
	LEARN(rig, S, newtask, 100, 101, "server", THREAD);
	LEARN(rig, 2 * S, exit, 100, "server", false);
	assert_true(lives(rig, 101, 9 * S));
	assert_process(rig, 101, 9 * S, "server");
	LEARN(rig, 10 * S, exit, 101, "server", true);
	assert_false(lives(rig, 101, 10 * S));
}

static void in_older_kernels_a_process_ends_with_its_leader(void **context)
{
	struct rig *rig = *context;

	LEARN(rig, S, newtask, 50, 100, "server", 0);
	LEARN(rig, S, newtask, 100, 101, "server", THREAD);
	LEARN(rig, 2 * S, exit_old, 101, "server");
	assert_true(lives(rig, 100, 3 * S));
	LEARN(rig, S, newtask, 100, 102, "server", THREAD);
	LEARN(rig, 4 * S, exit_old, 100, "server");
	assert_false(lives(rig, 100, 4 * S));
	assert_process(rig, 102, 9 * S, "server");
}

/* What a label of a field of the header is, with this function. */
static void check_label(struct rig *rig, const char *path, enum label_state state, int64_t time_ns,
			const char *expected)
{
	struct event_view view = {.record = &rig->events.record,
				  .state = rig->state,
				  .time_ns = time_ns,
				  .time_is_set = true,
				  .has_time = true};
	const struct value *value;
	struct rule_field field;
	struct made_value made;

	assert_true(rule_field_find(path, state, NULL, NULL, &field));
	value = rule_field_value(&field, &view, NULL, &made);
	assert_non_null(value);
	assert_int_equal(value->length, strlen(expected));
	assert_memory_equal(value->bytes, expected, value->length);
}

static void labels_are_of_the_task_at_work(void **context)
{
	struct rig *rig = *context;

	LEARN(rig, S, newtask, 50, 100, "server", 0);
	LEARN(rig, S, newtask, 100, 101, "server", THREAD);
	LEARN(rig, 2 * S, rename, 101, 101, "worker");
	task_event_waking(&rig->events, 101, 100, "server");
	check_label(rig, "$process", LABEL_PURE, 3 * S, "server");
	check_label(rig, "$pid", LABEL_PROCESS, 3 * S, "server");
	check_label(rig, "$pid", LABEL_THREAD_PROCESS, 3 * S, "server");
	check_label(rig, "$pid", LABEL_COMM, 3 * S, "worker");
	check_label(rig, "$pid", LABEL_DEVICE, 3 * S, "0:101");
	check_label(rig, "$pid", LABEL_IRQ, 3 * S, "101");
	check_label(rig, "$pid", LABEL_SYMBOL, 3 * S, "0x65");
	check_label(rig, "$pid", LABEL_FILE, 3 * S, "unknown");
}

static void other_events_say_nothing(void **context)
{
	struct rig *rig = *context;

	task_event_switch(&rig->events, 100, "a", 101, "b");
	assert_int_equal(trace_state_kind(&rig->events.record, NULL), 0);
	rig->events.record.kind = RECORD_SYSTEM;
	assert_int_equal(trace_state_kind(&rig->events.record, rig->events.schema), 0);
}

static void records_that_are_cut_do_no_harm(void **context)
{
	struct rig *rig = *context;
	uint32_t length, whole;

	LEARN(rig, S, switch, 100, "bash", 101, "ls");
	task_event_switch(&rig->events, 100, "bad", 101, "bad");
	whole = rig->events.record.payload_bytes;
	for (length = 0; length < whole; length++) {
		uint8_t *copy = malloc(length + 1);

		assert_non_null(copy);
		memcpy(copy, rig->events.payload.bytes, length);
		rig->events.record.payload = copy;
		rig->events.record.payload_bytes = length;
		if (length < 28)
			learn(rig, 2 * S);
		free(copy);
	}
	assert_comm(rig, 100, 3 * S, "bash");
}

/* Any bytes in place of what the kernel writes: names stay valid, tables within their limits. */
static void any_bytes_do_no_harm(void **context)
{
	struct rig *rig = *context;
	struct trace_state_limits limits = {.processes = 50,
					    .threads = 60,
					    .images = 1,
					    .files = 1,
					    .name_bytes = 4096,
					    .lookups = 20};
	struct random random;
	int i;

	trace_state_free(rig->state);
	rig->state = trace_state_new(&limits);
	assert_non_null(rig->state);
	random.state = 17;
	for (i = 0; i < 200000; i++) {
		uint32_t tid = (uint32_t)(random_next(&random) % 200);
		int64_t time_ns = (int64_t)(random_next(&random) % 100) * S / 10;
		size_t at = 8 + random_next(&random) % 24;

		switch (random_next(&random) % 6) {
		case 0:
			task_event_switch(&rig->events, tid, "a", tid + 1, "b");
			break;
		case 1:
			task_event_newtask(&rig->events, tid + 1, tid, "c", THREAD * (tid & 1));
			break;
		case 2:
			task_event_exec(&rig->events, tid, tid ^ 1, "/bin/d");
			break;
		case 3:
			task_event_exit(&rig->events, tid, "e", tid & 1);
			break;
		case 4:
			task_event_fork(&rig->events, tid, tid + 3, "f");
			break;
		default:
			task_event_rename(&rig->events, tid, tid, "g");
		}
		if (random_next(&random) % 4 == 0)
			rig->events.payload.bytes[at] = (uint8_t)random_next(&random);
		learn(rig, time_ns);
		trace_state_task_process(rig->state, tid, time_ns);
		trace_state_device(rig->state, random_next(&random) % 100, time_ns);
	}
	assert_true(trace_state_entries(rig->state, STATE_PROCESSES) <= limits.processes);
	assert_true(trace_state_entries(rig->state, STATE_THREADS) <= limits.threads);
	assert_true(trace_state_entries(rig->state, STATE_TASKS) <= limits.threads);
	assert_true(trace_state_entries(rig->state, STATE_LOOKUPS) <= limits.lookups);
	assert_true(trace_state_refused(rig->state, STATE_TASKS) > 0);
	assert_true(trace_state_refused(rig->state, STATE_LOOKUPS) > 0);
}

struct news {
	int what;
	uint32_t tid;
	int64_t time_ns;
};

/* Few tasks; those of the first number and the last but one are kept in the same place. */
static struct news draw_news(struct random *random, int number)
{
	static const uint32_t tids[] = {100, 101, 102, 103, 100 + 256, 101 + 256};

	return (struct news){
		.what = (int)random_below(random, 6),
		.tid = tids[random_below(random, 6)],
		.time_ns = (number + random_below(random, 3)) * S,
	};
}

static void learn_news(struct rig *rig, const struct news *news)
{
	const char name[] = {(char)('a' + news->time_ns / S % 26), '\0'};
	uint32_t tid = news->tid;

	switch (news->what) {
	case 0:
		LEARN(rig, news->time_ns, switch, tid, name, tid + 1, "b");
		break;
	case 1:
		LEARN(rig, news->time_ns, newtask, tid ^ 1, tid, name, 0);
		break;
	case 2:
		LEARN(rig, news->time_ns, newtask, tid ^ 1, tid, name, THREAD);
		break;
	case 3:
		LEARN(rig, news->time_ns, exec, tid, tid, "/bin/program");
		break;
	case 4:
		LEARN(rig, news->time_ns, exit, tid, name, tid & 1);
		break;
	default:
		LEARN(rig, news->time_ns, rename, tid, tid, name);
	}
}

/* What one says who was never asked before. */
static void check_asked_first(const struct news *news, size_t count, uint32_t tid, int64_t time_ns,
			      const char *comm, const char *process)
{
	struct rig *rig;
	void *context;
	size_t i;

	setup(&context);
	rig = context;
	for (i = 0; i < count; i++)
		learn_news(rig, &news[i]);
	assert_comm(rig, tid, time_ns, comm);
	assert_process(rig, tid, time_ns, process);
	teardown(&context);
}

static void names_do_not_depend_on_what_was_asked_before(void **context)
{
	struct rig *rig = *context;
	struct random random = {23};
	struct news news[60];
	size_t i, j;

	for (i = 0; i < 60; i++) {
		news[i] = draw_news(&random, (int)i);
		learn_news(rig, &news[i]);
		for (j = 0; j < 20; j++) {
			uint32_t tid = draw_news(&random, 0).tid;
			int64_t time_ns = (int64_t)random_below(&random, (uint32_t)i + 4) * S;

			check_asked_first(news, i + 1, tid, time_ns,
					  trace_state_task(rig->state, tid, time_ns)->text,
					  trace_state_task_process(rig->state, tid, time_ns)->text);
		}
	}
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(tasks_are_called_as_the_scheduler_says),
		test(without_a_group_a_process_is_called_as_the_task),
		test(the_idle_task_is_of_no_processor),
		test(threads_are_of_the_process_of_their_leader),
		test(a_process_is_called_as_what_it_executes),
		test(a_thread_that_executes_becomes_the_leader),
		test(the_name_of_a_process_is_that_of_its_leader),
		test(a_number_that_is_used_again_is_another_process),
		test(a_number_is_used_again_though_no_end_was_seen),
		test(processors_may_be_read_one_after_the_other),
		test(what_ends_keeps_its_name_for_what_it_does_last),
		test(a_process_lives_until_its_last_thread_ends),
		test(in_older_kernels_a_process_ends_with_its_leader),
		test(labels_are_of_the_task_at_work),
		test(other_events_say_nothing),
		test(names_do_not_depend_on_what_was_asked_before),
		test(records_that_are_cut_do_no_harm),
		test(any_bytes_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
