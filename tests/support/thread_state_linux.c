#include "tests/support/thread_state.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define DEADLINE_SECONDS 30

/* What two looks compare: a thread that ran in between has been switched to once more. */
struct look {
	char state;
	unsigned long switches;
};

void thread_state_here(struct thread_state *thread)
{
	atomic_store(&thread->id, syscall(SYS_gettid));
}

/* proc(5): "State:" and "voluntary_ctxt_switches:" of a thread. */
static struct look look(long id)
{
	struct look look = {'?', 0};
	char path[64], line[256];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%ld/status", id);
	file = fopen(path, "r");
	if (!file)
		return look;
	while (fgets(line, sizeof(line), file)) {
		if (strncmp(line, "State:", 6) == 0)
			look.state = line[7];
		else if (strncmp(line, "voluntary_ctxt_switches:", 24) == 0)
			look.switches = strtoul(line + 24, NULL, 10);
	}
	fclose(file);
	return look;
}

static time_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

void thread_state_wait_blocked(const struct thread_state *thread)
{
	time_t deadline = seconds() + DEADLINE_SECONDS;
	struct look before = {'?', 0}, now;

	for (;;) {
		now = atomic_load(&thread->id) ? look(atomic_load(&thread->id))
					       : (struct look){'?', 0};
		if (now.state == 'S' && before.state == 'S' && now.switches == before.switches)
			return;
		if (seconds() > deadline)
			abort();
		before = now;
		sched_yield();
	}
}
